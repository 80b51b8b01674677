"""CIFAR-100: photographs of a hundred kinds of things."""

import os

from reflow.tflearn.data_utils import to_categorical
from reflow.tflearn.datasets import cifar


def load_data(dirname='cifar-100-python', one_hot=False):
    """((training images, labels), (test images, labels)): [images, 32, 32, 3] of numbers from 0 to 1."""
    cifar.extracted('cifar-100-python.tar.gz', dirname, '.', os.path.join(dirname, 'test'))
    sets = []
    for name in ('train', 'test'):
        rows, labels = load_batch(os.path.join(dirname, name))
        sets.append((cifar.images_of(rows), to_categorical(labels, 100) if one_hot else labels))
    return tuple(sets)


def load_batch(fpath):
    """(Rows of 3072 bytes, numbers of classes) of a file."""
    return cifar.load_batch(fpath, 'fine_labels')
