"""Batches of images: of arrays and of directories."""

import os
import threading

import numpy as np

from reflow.keras import backend_config
from reflow.keras.utils import data_utils

_FORMATS = ('png', 'jpg', 'jpeg', 'bmp', 'ppm', 'tif', 'tiff')


class Iterator(data_utils.Sequence):
    """Batches without end, each epoch in another order if wanted."""

    white_list_formats = _FORMATS

    def __init__(self, n, batch_size, shuffle, seed):
        self.n = n
        self.batch_size = batch_size
        self.seed = seed
        self.shuffle = shuffle
        self.batch_index = 0
        self.total_batches_seen = 0
        self.lock = threading.Lock()
        self.index_array = None
        self.index_generator = self._flow_index()

    def _set_index_array(self):
        self.index_array = np.random.permutation(self.n) if self.shuffle else np.arange(self.n)

    def __getitem__(self, idx):
        if idx >= len(self):
            raise ValueError('Asked to retrieve element {idx}, but the Sequence has length {length}'.format(
                idx=idx, length=len(self)))
        if self.seed is not None:
            np.random.seed(self.seed + self.total_batches_seen)
        self.total_batches_seen += 1
        if self.index_array is None:
            self._set_index_array()
        return self._get_batches_of_transformed_samples(
            self.index_array[self.batch_size * idx:self.batch_size * (idx + 1)])

    def __len__(self):
        return (self.n + self.batch_size - 1) // self.batch_size

    def on_epoch_end(self):
        """Makes another order."""
        self._set_index_array()

    def reset(self):
        """Begins anew."""
        self.batch_index = 0

    def _flow_index(self):
        self.reset()
        while 1:
            if self.seed is not None:
                np.random.seed(self.seed + self.total_batches_seen)
            if self.batch_index == 0:
                self._set_index_array()
            if self.n == 0:
                return
            start = (self.batch_index * self.batch_size) % self.n
            self.batch_index = self.batch_index + 1 if self.n > start + self.batch_size else 0
            self.total_batches_seen += 1
            yield self.index_array[start:start + self.batch_size]

    def __iter__(self):
        return self

    def __next__(self, *args, **kwargs):
        return self.next(*args, **kwargs)

    def next(self):
        """The next batch."""
        with self.lock:
            rows = next(self.index_generator)
        return self._get_batches_of_transformed_samples(rows)

    def _get_batches_of_transformed_samples(self, index_array):
        raise NotImplementedError

    def _save(self, batch, rows, directory, prefix, file_format, data_format):
        from reflow.keras.preprocessing.image import array_to_img
        for image, row in zip(batch, rows):
            name = '{}_{}_{}.{}'.format(prefix, row, np.random.randint(1e4), file_format)
            array_to_img(image, data_format, scale=True).save(os.path.join(directory, name))


class NumpyArrayIterator(Iterator):
    """Batches of arrays."""

    def __init__(self, x, y, image_data_generator, batch_size=32, shuffle=False, sample_weight=None, seed=None,
                 data_format=None, save_to_dir=None, save_prefix='', save_format='png', subset=None, dtype=None):
        self.dtype = dtype or backend_config.floatx()
        self.data_format = data_format or backend_config.image_data_format()
        others = []
        if isinstance(x, (tuple, list)):
            if not isinstance(x[1], list):
                x = (x[0], [x[1]])
            others = [np.asarray(each) for each in x[1]]
            x = x[0]
            if any(len(each) != len(x) for each in others):
                raise ValueError('All of the arrays in `x` should have the same length. Found a pair with: len(x[0]) = %s, '
                                 'len(x[?]) = %s' % (len(x), [len(each) for each in others]))
        for name, values in (('y', y), ('sample_weight', sample_weight)):
            if values is not None and len(x) != len(values):
                raise ValueError('`x` (images tensor) and `%s` (%s) should have the same length. Found: x.shape = %s, '
                                 '%s.shape = %s' % (name, 'labels' if name == 'y' else 'sample weights',
                                                    np.asarray(x).shape, name, np.asarray(values).shape))
        if subset is not None:
            if subset not in {'training', 'validation'}:
                raise ValueError('Invalid subset name: %s; expected "training" or "validation".' % (subset,))
            split = int(len(x) * image_data_generator._validation_split)
            part = slice(None, split) if subset == 'validation' else slice(split, None)
            x, others = x[part], [each[part] for each in others]
            y = None if y is None else y[part]
            sample_weight = None if sample_weight is None else sample_weight[part]
        self.x = np.asarray(x, dtype=self.dtype)
        self.x_misc = others
        if self.x.ndim != 4:
            raise ValueError('Input data in `NumpyArrayIterator` should have rank 4. You passed an array with shape',
                             self.x.shape)
        self.y = None if y is None else np.asarray(y)
        self.sample_weight = None if sample_weight is None else np.asarray(sample_weight)
        self.image_data_generator = image_data_generator
        self.save_to_dir, self.save_prefix, self.save_format = save_to_dir, save_prefix, save_format
        super().__init__(self.x.shape[0], batch_size, shuffle, seed)

    def _get_batches_of_transformed_samples(self, index_array):
        generator = self.image_data_generator
        images = []
        for row in index_array:
            image = self.x[row]
            parameters = generator.get_random_transform(image.shape)
            image = generator.apply_transform(image.astype(self.dtype), parameters)
            images.append(generator.standardize(image))
        batch = np.array(images, dtype=self.dtype).reshape((len(index_array),) + np.shape(images[0]))
        if self.save_to_dir:
            self._save(batch, index_array, self.save_to_dir, self.save_prefix, self.save_format, self.data_format)
        x = [batch] + [each[index_array] for each in self.x_misc] if self.x_misc else batch
        if self.y is None:
            return x
        if self.sample_weight is None:
            return x, self.y[index_array]
        return x, self.y[index_array], self.sample_weight[index_array]


class DirectoryIterator(Iterator):
    """Batches of the image files of a directory that has one for each class."""

    def __init__(self, directory, image_data_generator, target_size=(256, 256), color_mode='rgb', classes=None,
                 class_mode='categorical', batch_size=32, shuffle=True, seed=None, data_format=None, save_to_dir=None,
                 save_prefix='', save_format='png', follow_links=False, subset=None, interpolation='nearest', dtype=None):
        modes = {'categorical', 'binary', 'sparse', 'input', None}
        if class_mode not in modes:
            raise ValueError('Invalid class_mode: {}; expected one of: {}'.format(class_mode, modes))
        channels = {'rgb': 3, 'rgba': 4, 'grayscale': 1}
        if color_mode not in channels:
            raise ValueError('Invalid color mode: %s; expected "rgb", "rgba", or "grayscale".' % (color_mode,))
        self.directory = directory
        self.image_data_generator = image_data_generator
        self.target_size = tuple(target_size)
        self.color_mode = color_mode
        self.class_mode = class_mode
        self.data_format = data_format or backend_config.image_data_format()
        self.dtype = dtype or backend_config.floatx()
        self.interpolation = interpolation
        self.save_to_dir, self.save_prefix, self.save_format = save_to_dir, save_prefix, save_format
        size = self.target_size
        self.image_shape = size + (channels[color_mode],) if self.data_format == 'channels_last' else (
            (channels[color_mode],) + size)
        if not classes:
            classes = sorted(name for name in os.listdir(directory) if os.path.isdir(os.path.join(directory, name)))
        self.num_classes = len(classes)
        self.class_indices = dict(zip(classes, range(len(classes))))
        names, labels = [], []
        for name in classes:
            files = self._files(os.path.join(directory, name), follow_links)
            if subset is not None:
                if subset not in {'training', 'validation'}:
                    raise ValueError('Invalid subset name: %s;expected "training" or "validation"' % (subset,))
                split = int(len(files) * image_data_generator._validation_split)
                files = files[:split] if subset == 'validation' else files[split:]
            names += files
            labels += [self.class_indices[name]] * len(files)
        self.filenames = [os.path.relpath(name, directory) for name in names]
        self.filepaths = names
        self.classes = np.array(labels, dtype='int32')
        self.samples = len(names)
        print('Found %d images belonging to %d classes.' % (self.samples, self.num_classes))
        super().__init__(self.samples, batch_size, shuffle, seed)

    @property
    def labels(self):
        """The class of each file."""
        return self.classes

    @staticmethod
    def _files(directory, follow_links):
        found = []
        for root, _, files in sorted(os.walk(directory, followlinks=follow_links), key=lambda entry: entry[0]):
            found += [os.path.join(root, name) for name in sorted(files)
                      if name.lower().endswith(tuple('.' + each for each in _FORMATS))]
        return found

    def _get_batches_of_transformed_samples(self, index_array):
        from reflow.keras.preprocessing.image import img_to_array, load_img
        generator = self.image_data_generator
        batch = np.zeros((len(index_array),) + self.image_shape, dtype=self.dtype)
        for i, row in enumerate(index_array):
            image = load_img(self.filepaths[row], color_mode=self.color_mode, target_size=self.target_size,
                             interpolation=self.interpolation)
            x = img_to_array(image, data_format=self.data_format)
            parameters = generator.get_random_transform(x.shape)
            batch[i] = generator.standardize(generator.apply_transform(x, parameters))
        if self.save_to_dir:
            self._save(batch, index_array, self.save_to_dir, self.save_prefix, self.save_format, self.data_format)
        if self.class_mode == 'input':
            return batch, batch.copy()
        if self.class_mode in {'binary', 'sparse'}:
            return batch, self.classes[index_array].astype(self.dtype)
        if self.class_mode == 'categorical':
            return batch, np.eye(self.num_classes, dtype=self.dtype)[self.classes[index_array]]
        return batch
