"""Handwritten digits."""

from reflow.contrib.learn.python.learn.datasets import mnist


def load_data(data_dir='mnist/', one_hot=False):
    """(training images, labels, test images, labels): images as rows of numbers from 0 to 1."""
    data = mnist.read_data_sets(data_dir, one_hot=one_hot)
    return data.train.images, data.train.labels, data.test.images, data.test.labels


def read_data_sets(train_dir, fake_data=False, one_hot=False):
    """The data sets for training, validation and test."""
    return mnist.read_data_sets(train_dir, fake_data=fake_data, one_hot=one_hot)
