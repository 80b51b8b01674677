"""`tf.contrib.legacy_seq2seq`."""
from reflow.contrib.legacy_seq2seq.python.ops.seq2seq import *  # noqa: F401,F403
from reflow.names.packages import lazy_modules

__getattr__ = lazy_modules(__spec__.name)
