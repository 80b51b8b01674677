"""Labels and vectors as arrays."""

import numpy as np


def to_categorical(y, num_classes=None, dtype='float32'):
    """Numbers of classes as vectors with a 1 at the class."""
    y = np.array(y, dtype='int')
    shape = y.shape
    if shape and shape[-1] == 1 and len(shape) > 1:
        shape = tuple(shape[:-1])
    y = y.ravel()
    if not num_classes:
        num_classes = np.max(y) + 1
    categorical = np.zeros((y.shape[0], num_classes), dtype=dtype)
    categorical[np.arange(y.shape[0]), y] = 1
    return np.reshape(categorical, shape + (num_classes,))


def normalize(x, axis=-1, order=2):
    """Divided by the norm; zeros stay."""
    norms = np.atleast_1d(np.linalg.norm(x, order, axis))
    norms[norms == 0] = 1
    return x / np.expand_dims(norms, axis)
