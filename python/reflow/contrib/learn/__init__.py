"""`tf.contrib.learn`."""
from reflow.contrib.learn.python.learn import datasets, preprocessing  # noqa: F401
