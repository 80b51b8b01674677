"""Small colour images of 10 classes."""

from reflow.keras.datasets.cifar import load_folder
from reflow.keras.utils.data_utils import get_file


def load_data():
    """(x_train, y_train), (x_test, y_test): images [n, 32, 32, 3] of bytes, and classes [n, 1]."""
    path = get_file('cifar-10-batches-py', origin='https://www.cs.toronto.edu/~kriz/cifar-10-python.tar.gz', untar=True,
                    file_hash='6d958be074577803d12ecdefd02955f39262c83c16fe9348329d7fe0b5c001ce')
    return load_folder(path, ['data_batch_%d' % i for i in range(1, 6)], 'test_batch')
