"""CIFAR-10: photographs of ten kinds of things."""

import os

import numpy as np

from reflow.tflearn.data_utils import to_categorical
from reflow.tflearn.datasets import cifar


def load_data(dirname='cifar-10-batches-py', one_hot=False):
    """((training images, labels), (test images, labels)): [images, 32, 32, 3] of numbers from 0 to 1."""
    folder = os.path.join(dirname, 'cifar-10-batches-py')
    cifar.extracted('cifar-10-python.tar.gz', dirname, dirname, os.path.join(folder, 'test_batch'))
    batches = [load_batch(os.path.join(folder, 'data_batch_%d' % i)) for i in range(1, 6)]
    train_labels = np.concatenate([labels for _, labels in batches])
    test, test_labels = load_batch(os.path.join(folder, 'test_batch'))
    if one_hot:
        train_labels, test_labels = to_categorical(train_labels, 10), to_categorical(test_labels, 10)
    train = cifar.images_of(np.concatenate([rows for rows, _ in batches]))
    return (train, train_labels), (cifar.images_of(test), test_labels)


def load_batch(fpath):
    """(Rows of 3072 bytes, numbers of classes) of a file."""
    return cifar.load_batch(fpath, 'labels')
