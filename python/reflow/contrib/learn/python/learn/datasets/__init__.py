"""`tf.contrib.learn.datasets`."""
from reflow.contrib.learn.python.learn.datasets import base, mnist, synthetic, text_datasets
from reflow.contrib.learn.python.learn.datasets.base import load_boston, load_iris

DATASETS = {'iris': load_iris, 'boston': load_boston, 'mnist': mnist.load_mnist, 'dbpedia': text_datasets.load_dbpedia}
SYNTHETIC = {'circles': synthetic.circles, 'spirals': synthetic.spirals}


def load_dataset(name, size='small', test_with_fake_data=False):
    """The dataset `iris`, `boston`, `mnist` or `dbpedia`. ValueError: another name."""
    if name not in DATASETS:
        raise ValueError('Name of dataset is not found: %s' % name)
    if name == 'dbpedia':
        return text_datasets.load_dbpedia(size, test_with_fake_data)
    return DATASETS[name]()


def make_dataset(name, n_samples=100, noise=None, seed=42, *args, **kwargs):
    """The points of two classes, `circles` or `spirals`. ValueError: another name."""
    if name not in SYNTHETIC:
        raise ValueError('Synthetic dataset not found or not implemeted: %s' % name)
    return SYNTHETIC[name](*args, n_samples=n_samples, noise=noise, seed=seed, **kwargs)
