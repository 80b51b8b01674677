"""The MNIST database, as the tutorials read it."""
from reflow.contrib.learn.python.learn.datasets.mnist import read_data_sets  # noqa: F401
