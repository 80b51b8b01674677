"""What is done to samples at random while training."""

import random

import numpy as np


class DataAugmentation:
    """Functions of batches, one after the other."""

    def __init__(self):
        self.methods = []

    def apply(self, batch):
        """The batch after all functions."""
        for function in self.methods:
            batch = function(np.array(batch))
        return batch


class ImageAugmentation(DataAugmentation):
    """Augmentation of images."""

    def _add(self, change):
        self.methods.append(lambda batch: np.stack([change(image) for image in batch]))

    def add_random_crop(self, crop_shape, padding=None):
        """A random part of each image, with zeros around it before."""
        def crop(image):
            if padding:
                image = np.pad(image, [(padding, padding)] * 2 + [(0, 0)] * (image.ndim - 2), mode='constant')
            top = random.randint(0, image.shape[0] - crop_shape[0])
            left = random.randint(0, image.shape[1] - crop_shape[1])
            return image[top:top + crop_shape[0], left:left + crop_shape[1]]

        self._add(crop)

    def add_random_flip_leftright(self):
        """Every other image mirrored."""
        self._add(lambda image: np.fliplr(image) if bool(random.getrandbits(1)) else image)

    def add_random_flip_updown(self):
        """Every other image upside down."""
        self._add(lambda image: np.flipud(image) if bool(random.getrandbits(1)) else image)

    def add_random_90degrees_rotation(self, rotations=(0, 1, 2, 3)):
        """Images turned by right angles."""
        self._add(lambda image: np.rot90(image, random.choice(rotations)))

    def add_random_rotation(self, max_angle=20.):
        """Images turned by an angle."""
        from reflow.keras.preprocessing.image_affine import apply_affine_transform
        self._add(lambda image: apply_affine_transform(
            image, theta=random.uniform(-max_angle, max_angle), row_axis=0, col_axis=1, channel_axis=2,
            fill_mode='constant') if bool(random.getrandbits(1)) else image)

    def add_random_blur(self, sigma_max=5.):
        """Images blurred by a Gaussian."""
        def blur(image):
            if not bool(random.getrandbits(1)):
                return image
            sigma = random.uniform(0., sigma_max)
            radius = max(1, int(4 * sigma + 0.5))
            kernel = np.exp(-0.5 * (np.arange(-radius, radius + 1) / max(sigma, 1e-6)) ** 2)
            kernel /= kernel.sum()
            for axis in (0, 1):
                image = np.apply_along_axis(lambda line: np.convolve(np.pad(line, radius, mode='symmetric'), kernel,
                                                                     mode='valid'), axis, image)
            return image

        self._add(blur)
