"""The MNIST database of handwritten digits."""
import gzip

import numpy

from reflow.contrib.learn.python.learn.datasets import base
from reflow.framework import dtypes, random_seed
from reflow.platform import gfile
from reflow.util.shown_attributes import shown

DEFAULT_SOURCE_URL = 'https://storage.googleapis.com/cvdf-datasets/mnist/'

_IMAGES_MAGIC = 2051
_LABELS_MAGIC = 2049


def _read32(stream):
    return numpy.frombuffer(stream.read(4), dtype='>u4')[0]


def extract_images(f):
    """The images of a gzip-compressed file object, uint8 [number, rows, columns, 1]. ValueError: it has others."""
    print('Extracting', f.name)
    with gzip.GzipFile(fileobj=f) as stream:
        magic = _read32(stream)
        if magic != _IMAGES_MAGIC:
            raise ValueError('Invalid magic number %d in MNIST image file: %s' % (magic, f.name))
        number, rows, columns = (int(_read32(stream)) for _ in range(3))
        data = numpy.frombuffer(stream.read(number * rows * columns), dtype=numpy.uint8)
    return data.reshape(number, rows, columns, 1)


def dense_to_one_hot(labels_dense, num_classes):
    """Labels [number] as rows of zeros with a one, float64 [number, num_classes]."""
    number = labels_dense.shape[0]
    one_hot = numpy.zeros((number, num_classes))
    one_hot.flat[numpy.arange(number) * num_classes + labels_dense.ravel()] = 1
    return one_hot


def extract_labels(f, one_hot=False, num_classes=10):
    """The labels of a gzip-compressed file object, uint8 [number], or one-hot. ValueError: it has others."""
    print('Extracting', f.name)
    with gzip.GzipFile(fileobj=f) as stream:
        magic = _read32(stream)
        if magic != _LABELS_MAGIC:
            raise ValueError('Invalid magic number %d in MNIST label file: %s' % (magic, f.name))
        labels = numpy.frombuffer(stream.read(int(_read32(stream))), dtype=numpy.uint8)
    return dense_to_one_hot(labels, num_classes) if one_hot else labels


class DataSet:
    """Images with their labels, handed out in batches and shuffled by NumPy's global random generator."""

    def __init__(self, images, labels, fake_data=False, one_hot=False, dtype=dtypes.float32, reshape=True, seed=None):
        """`images` [number, rows, columns, 1] and `labels` [number, ...].

        Seeds NumPy's generator with the seed, the graph's, or neither. With `dtype` float32 images go from 0 to 1, uint8
        leaves them as they are; `reshape` makes rows of them. `one_hot` is for `fake_data`, which has no images.
        """
        graph_seed, op_seed = random_seed.get_seed(seed)
        numpy.random.seed(graph_seed if seed is None else op_seed)
        dtype = dtypes.as_dtype(dtype).base_dtype
        if dtype not in (dtypes.uint8, dtypes.float32):
            raise TypeError('Invalid image dtype %r, expected uint8 or float32' % dtype)
        if fake_data:
            self._num_examples, self.one_hot = 10000, one_hot
        else:
            shape = images.shape
            assert shape[0] == labels.shape[0], 'images.shape: %s labels.shape: %s' % (shape, labels.shape)
            self._num_examples = shape[0]
            if reshape:
                assert shape[3] == 1
                images = images.reshape(shape[0], shape[1] * shape[2])
            if dtype == dtypes.float32:
                images = images.astype(numpy.float32) * numpy.float32(1 / 255)
        self._images, self._labels = images, labels
        self._index_in_epoch = self._epochs_completed = 0

    images = shown('_images', 'All images, in the order of this epoch.')
    labels = shown('_labels', 'All labels, in the order of this epoch.')
    num_examples = shown('_num_examples', 'The number of images.')
    epochs_completed = shown('_epochs_completed', 'How often all images were handed out.')

    def next_batch(self, batch_size, fake_data=False, shuffle=True):
        """The next images and labels; where an epoch ends within the batch, it goes on in the next one."""
        if fake_data:
            label = [1] + [0] * 9 if self.one_hot else 0
            return [[1] * 784 for _ in range(batch_size)], [label for _ in range(batch_size)]
        start = self._index_in_epoch
        if shuffle and self._epochs_completed == 0 and start == 0:
            self._shuffle()
        end = start + batch_size
        if end <= self._num_examples:
            self._index_in_epoch = end
            return self._images[start:end], self._labels[start:end]
        self._epochs_completed += 1
        rest = self._images[start:], self._labels[start:]
        if shuffle:
            self._shuffle()
        self._index_in_epoch = end - self._num_examples
        first = self._images[:self._index_in_epoch], self._labels[:self._index_in_epoch]
        return tuple(numpy.concatenate(parts, axis=0) for parts in zip(rest, first))

    def _shuffle(self):
        order = numpy.arange(self._num_examples)
        numpy.random.shuffle(order)
        self._images = self._images[order]
        self._labels = self._labels[order]


def read_data_sets(train_dir, fake_data=False, one_hot=False, dtype=dtypes.float32, reshape=True, validation_size=5000,
                   seed=None, source_url=DEFAULT_SOURCE_URL):
    """The training, validation and test sets of the four files in `train_dir`, downloaded where they are missing.

    The first `validation_size` training images become the validation set. The other arguments are DataSet's.
    """
    if fake_data:
        train, validation, test = (DataSet([], [], fake_data=True, one_hot=one_hot, dtype=dtype, seed=seed)
                                   for _ in range(3))
        return base.Datasets(train=train, validation=validation, test=test)

    def extract(filename, function, **kwargs):
        path = base.maybe_download(filename, train_dir, (source_url or DEFAULT_SOURCE_URL) + filename)
        with gfile.Open(path, 'rb') as file:
            return function(file, **kwargs)

    train_images = extract('train-images-idx3-ubyte.gz', extract_images)
    train_labels = extract('train-labels-idx1-ubyte.gz', extract_labels, one_hot=one_hot)
    test_images = extract('t10k-images-idx3-ubyte.gz', extract_images)
    test_labels = extract('t10k-labels-idx1-ubyte.gz', extract_labels, one_hot=one_hot)
    if not 0 <= validation_size <= len(train_images):
        raise ValueError('Validation size should be between 0 and {}. Received: {}.'.format(
            len(train_images), validation_size))
    train, validation, test = (
        DataSet(images, labels, dtype=dtype, reshape=reshape, seed=seed)
        for images, labels in ((train_images[validation_size:], train_labels[validation_size:]),
                               (train_images[:validation_size], train_labels[:validation_size]),
                               (test_images, test_labels)))
    return base.Datasets(train=train, validation=validation, test=test)


def load_mnist(train_dir='MNIST-data'):
    """read_data_sets with no options."""
    return read_data_sets(train_dir)
