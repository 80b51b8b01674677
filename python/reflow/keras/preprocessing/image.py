"""Images as arrays, and batches of them that are changed at random."""

import os

import numpy as np

from reflow.keras import backend_config
from reflow.keras.preprocessing.image_affine import (apply_affine_transform, apply_brightness_shift,  # noqa: F401
                                                     apply_channel_shift, flip_axis, random_brightness,
                                                     random_channel_shift, random_rotation, random_shear, random_shift,
                                                     random_zoom)
from reflow.keras.preprocessing.image_batches import (DirectoryIterator, Iterator, NumpyArrayIterator)  # noqa: F401


def _pil():
    try:
        from PIL import Image
    except ImportError:
        raise ImportError('Could not import PIL.Image. The use of `load_img` requires PIL.') from None
    return Image


def array_to_img(x, data_format=None, scale=True, dtype=None):
    """An array as an image of PIL."""
    image = _pil()
    x = np.asarray(x, dtype=dtype or backend_config.floatx())
    data_format = data_format or backend_config.image_data_format()
    if x.ndim != 3:
        raise ValueError('Expected image array to have rank 3 (single image). Got array with shape: %s' % (x.shape,))
    if data_format not in {'channels_first', 'channels_last'}:
        raise ValueError('Invalid data_format: %s' % data_format)
    if data_format == 'channels_first':
        x = x.transpose(1, 2, 0)
    if scale:
        x = x - np.min(x)
        if np.max(x) != 0:
            x /= np.max(x)
        x *= 255
    if x.shape[2] == 4:
        return image.fromarray(x.astype('uint8'), 'RGBA')
    if x.shape[2] == 3:
        return image.fromarray(x.astype('uint8'), 'RGB')
    if x.shape[2] == 1:
        return image.fromarray(x[:, :, 0].astype('uint8'), 'L')
    raise ValueError('Unsupported channel number: %s' % (x.shape[2],))


def img_to_array(img, data_format=None, dtype=None):
    """An image of PIL as an array."""
    data_format = data_format or backend_config.image_data_format()
    if data_format not in {'channels_first', 'channels_last'}:
        raise ValueError('Unknown data_format: %s' % data_format)
    x = np.asarray(img, dtype=dtype or backend_config.floatx())
    if x.ndim == 3:
        return x.transpose(2, 0, 1) if data_format == 'channels_first' else x
    if x.ndim == 2:
        return x.reshape((1,) + x.shape if data_format == 'channels_first' else x.shape + (1,))
    raise ValueError('Unsupported image shape: %s' % (x.shape,))


def save_img(path, x, data_format=None, file_format=None, scale=True, **kwargs):
    """Writes an array as an image file."""
    img = array_to_img(x, data_format=data_format, scale=scale)
    if img.mode == 'RGBA' and file_format in ('jpg', 'jpeg'):
        img = img.convert('RGB')
    img.save(path, format=file_format, **kwargs)


def load_img(path, grayscale=False, color_mode='rgb', target_size=None, interpolation='nearest'):
    """An image file as an image of PIL."""
    image = _pil()
    img = image.open(path)
    if grayscale:
        color_mode = 'grayscale'
    modes = {'grayscale': 'L', 'rgba': 'RGBA', 'rgb': 'RGB'}
    if color_mode not in modes:
        raise ValueError('color_mode must be "grayscale", "rgb", or "rgba"')
    if img.mode != modes[color_mode]:
        img = img.convert(modes[color_mode])
    if target_size is not None and img.size != (target_size[1], target_size[0]):
        methods = {'nearest': image.NEAREST, 'bilinear': image.BILINEAR, 'bicubic': image.BICUBIC, 'hamming': image.HAMMING,
                   'box': image.BOX, 'lanczos': image.LANCZOS}
        if interpolation not in methods:
            raise ValueError('Invalid interpolation method {} specified. Supported methods are {}'.format(
                interpolation, ', '.join(methods.keys())))
        img = img.resize((target_size[1], target_size[0]), methods[interpolation])
    return img


class ImageDataGenerator:
    """Batches of images that are changed at random, and normalised."""

    def __init__(self, featurewise_center=False, samplewise_center=False, featurewise_std_normalization=False,
                 samplewise_std_normalization=False, zca_whitening=False, zca_epsilon=1e-6, rotation_range=0,
                 width_shift_range=0., height_shift_range=0., brightness_range=None, shear_range=0., zoom_range=0.,
                 channel_shift_range=0., fill_mode='nearest', cval=0., horizontal_flip=False, vertical_flip=False,
                 rescale=None, preprocessing_function=None, data_format=None, validation_split=0.0, dtype=None):
        self.samplewise_std_normalization = samplewise_std_normalization
        self.zca_whitening = zca_whitening
        self.featurewise_center = featurewise_center or zca_whitening or featurewise_std_normalization
        self.samplewise_center = samplewise_center or samplewise_std_normalization
        self.featurewise_std_normalization = featurewise_std_normalization and not zca_whitening
        self.zca_epsilon = zca_epsilon
        self.rotation_range = rotation_range
        self.width_shift_range = width_shift_range
        self.height_shift_range = height_shift_range
        self.shear_range = shear_range
        self.channel_shift_range = channel_shift_range
        self.fill_mode = fill_mode
        self.cval = cval
        self.horizontal_flip = horizontal_flip
        self.vertical_flip = vertical_flip
        self.rescale = rescale
        self.preprocessing_function = preprocessing_function
        self.dtype = dtype or backend_config.floatx()
        self.interpolation_order = 1
        self.data_format = data_format or backend_config.image_data_format()
        if self.data_format not in {'channels_last', 'channels_first'}:
            raise ValueError('`data_format` should be `"channels_last"` (channel after row and column) or `"channels_first"` '
                             '(channel before row and column). Received: %s' % self.data_format)
        first = self.data_format == 'channels_first'
        self.channel_axis, self.row_axis, self.col_axis = (1, 2, 3) if first else (3, 1, 2)
        if validation_split and not 0 < validation_split < 1:
            raise ValueError('`validation_split` must be strictly between 0 and 1.  Received: %s' % validation_split)
        self._validation_split = validation_split
        self.mean = self.std = self.principal_components = None
        if isinstance(zoom_range, (float, int)):
            self.zoom_range = [1 - zoom_range, 1 + zoom_range]
        elif len(zoom_range) == 2 and all(isinstance(value, (float, int)) for value in zoom_range):
            self.zoom_range = [zoom_range[0], zoom_range[1]]
        else:
            raise ValueError('`zoom_range` should be a float or a tuple or list of two floats. Received: %s' % (zoom_range,))
        if brightness_range is not None and (not isinstance(brightness_range, (tuple, list)) or len(brightness_range) != 2):
            raise ValueError('`brightness_range should be tuple or list of two floats. Received: %s' % (brightness_range,))
        self.brightness_range = brightness_range

    def flow(self, x, y=None, batch_size=32, shuffle=True, sample_weight=None, seed=None, save_to_dir=None, save_prefix='',
             save_format='png', subset=None):
        """Batches of arrays."""
        return NumpyArrayIterator(x, y, self, batch_size=batch_size, shuffle=shuffle, sample_weight=sample_weight,
                                  seed=seed, data_format=self.data_format, save_to_dir=save_to_dir,
                                  save_prefix=save_prefix, save_format=save_format, subset=subset)

    def flow_from_directory(self, directory, target_size=(256, 256), color_mode='rgb', classes=None,
                            class_mode='categorical', batch_size=32, shuffle=True, seed=None, save_to_dir=None,
                            save_prefix='', save_format='png', follow_links=False, subset=None, interpolation='nearest'):
        """Batches of the image files of a directory that has one for each class."""
        return DirectoryIterator(directory, self, target_size=target_size, color_mode=color_mode, classes=classes,
                                 class_mode=class_mode, data_format=self.data_format, batch_size=batch_size,
                                 shuffle=shuffle, seed=seed, save_to_dir=save_to_dir, save_prefix=save_prefix,
                                 save_format=save_format, follow_links=follow_links, subset=subset,
                                 interpolation=interpolation)

    def standardize(self, x):
        """A normalised image."""
        if self.preprocessing_function:
            x = self.preprocessing_function(x)
        if self.rescale:
            x = x * self.rescale
        if self.samplewise_center:
            x = x - np.mean(x, keepdims=True)
        if self.samplewise_std_normalization:
            x = x / (np.std(x, keepdims=True) + 1e-6)
        for wanted, value, change in ((self.featurewise_center, self.mean, lambda: x - self.mean),
                                      (self.featurewise_std_normalization, self.std, lambda: x / (self.std + 1e-6))):
            if wanted:
                if value is None:
                    import warnings
                    warnings.warn('This ImageDataGenerator specifies statistics of the data, but it hasn\'t been fit on any '
                                  'training data. Fit it first by calling `.fit(numpy_data)`.')
                else:
                    x = change()
        if self.zca_whitening and self.principal_components is not None:
            x = np.reshape(np.dot(np.reshape(x, (-1, np.prod(x.shape))), self.principal_components), x.shape)
        return x

    def get_random_transform(self, img_shape, seed=None):
        """How an image is changed, at random."""
        if seed is not None:
            np.random.seed(seed)
        rows, cols = img_shape[self.row_axis - 1], img_shape[self.col_axis - 1]
        theta = np.random.uniform(-self.rotation_range, self.rotation_range) if self.rotation_range else 0
        tx = _random_shift_of(self.height_shift_range, rows) if np.any(self.height_shift_range) else 0
        ty = _random_shift_of(self.width_shift_range, cols) if np.any(self.width_shift_range) else 0
        shear = np.random.uniform(-self.shear_range, self.shear_range) if self.shear_range else 0
        if self.zoom_range[0] == 1 and self.zoom_range[1] == 1:
            zx, zy = 1, 1
        else:
            zx, zy = np.random.uniform(self.zoom_range[0], self.zoom_range[1], 2)
        horizontal = (np.random.random() < 0.5) * self.horizontal_flip
        vertical = (np.random.random() < 0.5) * self.vertical_flip
        channel_shift = None
        if self.channel_shift_range != 0:
            channel_shift = np.random.uniform(-self.channel_shift_range, self.channel_shift_range)
        brightness = None
        if self.brightness_range is not None:
            brightness = np.random.uniform(self.brightness_range[0], self.brightness_range[1])
        return {'theta': theta, 'tx': tx, 'ty': ty, 'shear': shear, 'zx': zx, 'zy': zy, 'flip_horizontal': horizontal,
                'flip_vertical': vertical, 'channel_shift_intensity': channel_shift, 'brightness': brightness}

    def apply_transform(self, x, transform_parameters):
        """An image changed as the parameters say."""
        row, col, channel = self.row_axis - 1, self.col_axis - 1, self.channel_axis - 1
        get = transform_parameters.get
        x = apply_affine_transform(x, get('theta', 0), get('tx', 0), get('ty', 0), get('shear', 0), get('zx', 1),
                                   get('zy', 1), row_axis=row, col_axis=col, channel_axis=channel,
                                   fill_mode=self.fill_mode, cval=self.cval, order=self.interpolation_order)
        if get('channel_shift_intensity') is not None:
            x = apply_channel_shift(x, get('channel_shift_intensity'), channel)
        if get('flip_horizontal', False):
            x = flip_axis(x, col)
        if get('flip_vertical', False):
            x = flip_axis(x, row)
        if get('brightness') is not None:
            x = apply_brightness_shift(x, get('brightness'))
        return x

    def random_transform(self, x, seed=None):
        """An image changed at random."""
        return self.apply_transform(x, self.get_random_transform(x.shape, seed))

    def fit(self, x, augment=False, rounds=1, seed=None):
        """Computes the statistics of images [n, height, width, channels]."""
        x = np.asarray(x, dtype=self.dtype)
        if x.ndim != 4:
            raise ValueError('Input to `.fit()` should have rank 4. Got array with shape: ' + str(x.shape))
        if seed is not None:
            np.random.seed(seed)
        x = np.copy(x)
        if self.rescale:
            x *= self.rescale
        if augment:
            x = np.concatenate([np.stack([self.random_transform(image) for image in x]) for _ in range(rounds)])
        shape = [1, 1, 1]
        shape[self.channel_axis - 1] = x.shape[self.channel_axis]
        if self.featurewise_center:
            self.mean = np.reshape(np.mean(x, axis=(0, self.row_axis, self.col_axis)), shape)
            x -= self.mean
        if self.featurewise_std_normalization:
            self.std = np.reshape(np.std(x, axis=(0, self.row_axis, self.col_axis)), shape)
            x /= self.std + 1e-6
        if self.zca_whitening:
            flat = np.reshape(x, (x.shape[0], -1))
            u, s, _ = np.linalg.svd(np.dot(flat.T, flat) / flat.shape[0])
            self.principal_components = (u * (1. / np.sqrt(s + self.zca_epsilon))).dot(u.T)


def _random_shift_of(shift_range, size):
    """A shift: of a part of the size, of a number of points, or one of a list."""
    try:
        shift = np.random.choice(shift_range) * np.random.choice([-1, 1])
    except ValueError:
        shift = np.random.uniform(-shift_range, shift_range)
    return shift * size if np.max(shift_range) < 1 else shift


def list_pictures(directory, ext=('jpg', 'jpeg', 'bmp', 'png', 'ppm', 'tif', 'tiff')):
    """The image files of a directory."""
    return [os.path.join(root, name) for root, _, files in os.walk(directory) for name in files
            if name.lower().endswith(tuple('.' + each for each in ext))]


for _class in (ImageDataGenerator, DirectoryIterator, Iterator, NumpyArrayIterator):
    _class.__module__ = 'tensorflow.python.keras.preprocessing.image'
