"""`tf.contrib.seq2seq`."""
from reflow.contrib.seq2seq.python.ops.loss import *  # noqa: F401,F403
from reflow.names.packages import lazy_modules

__getattr__ = lazy_modules(__spec__.name)
