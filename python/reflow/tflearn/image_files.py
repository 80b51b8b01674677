"""Images of files: one folder for each class, or a list of paths and labels; read when they are asked for, or all at once.

Needs Pillow, and h5py where HDF5 files are written.
"""

import io
import os
import pickle
import urllib.parse
import urllib.request

import numpy as np

from reflow.tflearn import data_utils


def load_image(in_image):
    """Pillow's image of a path or an address."""
    from PIL import Image
    if urllib.parse.urlparse(in_image).scheme in ('http', 'https'):
        with urllib.request.urlopen(in_image) as response:
            return Image.open(io.BytesIO(response.read()))
    return Image.open(in_image)


def resize_image(in_image, new_width, new_height, out_image=None, resize_mode=None):
    """The image in another size, written to `out_image` too. The mode is Pillow's, by default LANCZOS."""
    from PIL import Image
    image = in_image.resize((new_width, new_height), Image.LANCZOS if resize_mode is None else resize_mode)
    if out_image:
        image.save(out_image)
    return image


def convert_color(in_image, mode):
    """The image in another mode of Pillow, 'L' or 'RGB' for example."""
    return in_image.convert(mode)


def pil_to_nparray(pil_image):
    """[height, width, channels] of an image."""
    pil_image.load()
    return np.asarray(pil_image, dtype='float32')


def get_img_channel(image_path):
    """How many channels the image of a file has."""
    shape = pil_to_nparray(load_image(image_path)).shape
    return shape[2] if len(shape) > 2 else 1


def directory_to_samples(directory, flags=None, filter_channel=False):
    """(Paths, numbers of classes) of the files in the folders of a directory, each of which is a class.

    Only of files with one of `flags` in their names, and, with `filter_channel`, of images with three channels.
    """
    samples, targets = [], []
    for label, name in enumerate(sorted(next(os.walk(directory))[1])):
        folder = os.path.join(directory, name)
        for file in next(os.walk(folder))[2]:
            path = os.path.join(folder, file)
            if flags and not any(flag in file for flag in flags) or filter_channel and get_img_channel(path) != 3:
                continue
            samples.append(path)
            targets.append(label)
    return samples, targets


def _listed(path, flags, filter_channel, image_base_path, float_labels):
    """(Paths, labels) of the lines of a file."""
    samples, targets = [], []
    with open(path) as file:
        for line in file:
            name, label = line.strip('\n').split()[:2]
            name = image_base_path + name
            if flags and not any(flag in name for flag in flags) or filter_channel and get_img_channel(name) != 3:
                continue
            samples.append(name)
            targets.append(float(label) if float_labels else int(label))
    return samples, targets


class Preloader:
    """A sequence of what a function makes of the elements of another, when they are asked for."""

    def __init__(self, array, function):
        self.array = array
        self.function = function

    def __getitem__(self, id):
        if isinstance(id, (list, np.ndarray)):
            return [self.function(self.array[i]) for i in id]
        if isinstance(id, slice):
            return [self.function(each) for each in self.array[id]]
        return self.function(self.array[id])

    def __len__(self):
        return len(self.array)


class ImagePreloader(Preloader):
    """The images of paths, as arrays of one size."""

    def __init__(self, array, image_shape, normalize=True, grayscale=False):
        super().__init__(array, lambda path: self.preload(path, image_shape, normalize, grayscale))

    def preload(self, path, image_shape, normalize=True, grayscale=False):
        """One image, [height, width, channels]; from 0 to 1 with `normalize`."""
        image = load_image(path)
        if image.size != tuple(image_shape[:2]):
            image = resize_image(image, image_shape[0], image_shape[1])
        image = pil_to_nparray(convert_color(image, 'L') if grayscale else image)
        image = image[..., np.newaxis] if grayscale else image
        return image / np.float32(255.) if normalize else image


class LabelPreloader(Preloader):
    """Labels, as vectors with a 1 at the class with `categorical_label`."""

    def __init__(self, array, n_class=None, categorical_label=True):
        super().__init__(array, lambda label: self.preload(label, n_class, categorical_label))

    def preload(self, label, n_class, categorical_label):
        """One label."""
        return data_utils.to_categorical([label], n_class)[0] if categorical_label else label


def image_preloader(target_path, image_shape, mode='file', normalize=True, grayscale=False, categorical_labels=True,
                    files_extension=None, filter_channel=False, image_base_path='', float_labels=False):
    """(Images, labels) of the folders of a directory, or of a file of paths and labels; images are read when they are needed."""
    assert mode in ['folder', 'file']
    if mode == 'folder':
        images, labels = directory_to_samples(target_path, flags=files_extension, filter_channel=filter_channel)
    else:
        images, labels = _listed(target_path, files_extension, filter_channel, image_base_path, float_labels)
    return (ImagePreloader(images, image_shape, normalize, grayscale),
            LabelPreloader(labels, np.max(labels) + 1, categorical_labels))


def build_hdf5_image_dataset(target_path, image_shape, output_path='dataset.h5', mode='file', categorical_labels=True,
                             normalize=True, grayscale=False, files_extension=None, chunks=False, image_base_path='',
                             float_labels=False):
    """Writes images of folders or of a file of paths and labels, and their labels, to the datasets X and Y of an HDF5 file."""
    import h5py
    assert image_shape, 'Image shape must be defined.'
    assert image_shape[0] and image_shape[1], "Image shape error. It must be a tuple of int: ('width', 'height')."
    assert mode in ['folder', 'file'], "`mode` arg must be 'folder' or 'file'"
    if mode == 'folder':
        images, labels = directory_to_samples(target_path, flags=files_extension)
    else:
        images, labels = _listed(target_path, None, False, image_base_path, float_labels)
    n_classes = np.max(labels) + 1
    shape = (len(images), image_shape[1], image_shape[0]) + (() if grayscale else (3,))
    label_shape = (len(images), n_classes) if categorical_labels else (len(images),)
    dataset = h5py.File(output_path, 'w')
    dataset.create_dataset('X', shape, chunks=(1,) + shape[1:] if chunks is True else None)
    dataset.create_dataset('Y', label_shape, chunks=(1,) + label_shape[1:] if chunks is True and categorical_labels else None)
    for i, (path, label) in enumerate(zip(images, labels)):
        image = load_image(path)
        if image.size != tuple(image_shape[:2]):
            image = resize_image(image, image_shape[0], image_shape[1])
        if grayscale or image.mode in ('L', 'RGBA'):
            image = convert_color(image, 'L' if grayscale else 'RGB')
        image = pil_to_nparray(image)
        dataset['X'][i] = image / 255. if normalize else image
        dataset['Y'][i] = data_utils.to_categorical([label], n_classes)[0] if categorical_labels else label


def image_dirs_to_samples(directory, resize=None, convert_gray=None, filetypes=None):
    """(Arrays from 0 to 1, numbers of classes) of the images in the folders of a directory."""
    print('Starting to parse images...')
    paths, targets = directory_to_samples(directory, flags=list(filetypes) if filetypes else None)
    samples = []
    for path in paths:
        image = load_image(path)
        if resize:
            image = resize_image(image, resize[0], resize[1])
        samples.append(pil_to_nparray(convert_color(image, 'L') if convert_gray else image) / np.float32(255.))
    print('Parsing Done!')
    return samples, targets


def build_image_dataset_from_dir(directory, dataset_file='my_tflearn_dataset.pkl', resize=None, convert_gray=None,
                                 filetypes=None, shuffle_data=False, categorical_Y=False):
    """image_dirs_to_samples, kept in a file from which they are read the next time."""
    if os.path.exists(dataset_file):
        with open(dataset_file, 'rb') as file:
            return pickle.load(file)
    x, y = image_dirs_to_samples(directory, resize, convert_gray, filetypes)
    if categorical_Y:
        y = data_utils.to_categorical(y, np.max(y) + 1)
    if shuffle_data:
        x, y = data_utils.shuffle(x, y)
    with open(dataset_file, 'wb') as file:
        pickle.dump((x, y), file)
    return x, y
