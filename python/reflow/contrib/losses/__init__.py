"""`tf.contrib.losses`."""
from reflow.contrib.losses.python import metric_learning  # noqa: F401
from reflow.contrib.losses.python.losses.loss_ops import *  # noqa: F401,F403
from reflow.names.packages import lazy_modules

__getattr__ = lazy_modules(__spec__.name)
