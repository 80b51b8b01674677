"""`tf.contrib.framework`."""
from reflow.contrib.framework.python.ops.variables import *  # noqa: F401,F403
from reflow.names.packages import lazy_modules
from reflow.util import nest  # noqa: F401

__getattr__ = lazy_modules(__spec__.name)
