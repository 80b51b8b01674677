"""`tf.contrib.learn.datasets`."""
from reflow.contrib.learn.python.learn.datasets import base, mnist
from reflow.contrib.learn.python.learn.datasets.base import load_boston, load_iris

DATASETS = {'iris': load_iris, 'boston': load_boston, 'mnist': mnist.load_mnist}


def load_dataset(name, size='small', test_with_fake_data=False):
    """The dataset `iris`, `boston` or `mnist`. ValueError: another name."""
    del size, test_with_fake_data
    if name not in DATASETS:
        raise ValueError('Name of dataset is not found: %s' % name)
    return DATASETS[name]()
