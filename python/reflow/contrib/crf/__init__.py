"""`tf.contrib.crf`."""
from reflow.contrib.crf.python.ops.crf import *  # noqa: F401,F403
from reflow.names.packages import lazy_modules

__getattr__ = lazy_modules(__spec__.name)
