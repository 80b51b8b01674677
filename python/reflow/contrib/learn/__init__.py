"""`tf.contrib.learn`."""
from reflow.contrib.learn.python.learn import datasets  # noqa: F401
