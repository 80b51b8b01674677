"""Pictures of clothes in the format of MNIST."""

import gzip

import numpy as np

from reflow.keras.utils.data_utils import get_file

_FILES = ('train-labels-idx1-ubyte.gz', 'train-images-idx3-ubyte.gz', 't10k-labels-idx1-ubyte.gz',
          't10k-images-idx3-ubyte.gz')


def load_data():
    """(x_train, y_train), (x_test, y_test): images [n, 28, 28] of bytes, and classes."""
    paths = [get_file(name, origin='https://storage.googleapis.com/tensorflow/tf-keras-datasets/' + name,
                      cache_subdir='datasets/fashion-mnist') for name in _FILES]
    arrays = []
    for path, offset in zip(paths, (8, 16, 8, 16)):
        with gzip.open(path, 'rb') as file:
            arrays.append(np.frombuffer(file.read(), np.uint8, offset=offset))
    y_train, x_train, y_test, x_test = arrays
    return (x_train.reshape(len(y_train), 28, 28), y_train), (x_test.reshape(len(y_test), 28, 28), y_test)
