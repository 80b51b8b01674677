"""Handwritten digits."""

import numpy as np

from reflow.keras.utils.data_utils import get_file


def load_data(path='mnist.npz'):
    """(x_train, y_train), (x_test, y_test): images [n, 28, 28] of bytes, and digits."""
    path = get_file(path, origin='https://storage.googleapis.com/tensorflow/tf-keras-datasets/mnist.npz',
                    file_hash='8a61469f7ea1b51cbae51d4f78837e45')
    with np.load(path, allow_pickle=True) as file:
        return (file['x_train'], file['y_train']), (file['x_test'], file['y_test'])
