"""`tf.contrib.decision_trees`: the messages that trees are written as, in its package `proto`."""
from reflow.names.packages import lazy_modules

__getattr__ = lazy_modules(__spec__.name)
