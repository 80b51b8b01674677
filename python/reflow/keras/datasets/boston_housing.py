"""Prices of houses in Boston."""

import numpy as np

from reflow.keras.utils.data_utils import get_file


def load_data(path='boston_housing.npz', test_split=0.2, seed=113):
    """(x_train, y_train), (x_test, y_test): 13 numbers for each house, and its price."""
    assert 0 <= test_split < 1
    path = get_file(path, origin='https://storage.googleapis.com/tensorflow/tf-keras-datasets/boston_housing.npz',
                    file_hash='f553886a1f8d56431e820c5b82552d9d95cfcb96d1e678153f8839538947dff5')
    with np.load(path, allow_pickle=True) as file:
        x, y = file['x'], file['y']
    indices = np.arange(len(x))
    np.random.RandomState(seed).shuffle(indices)
    x, y = x[indices], y[indices]
    first = int(len(x) * (1 - test_split))
    return (np.array(x[:first]), np.array(y[:first])), (np.array(x[first:]), np.array(y[first:]))
