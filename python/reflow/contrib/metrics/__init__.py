"""`tf.contrib.metrics`."""
from reflow.contrib.metrics.python.ops.metric_ops import *  # noqa: F401,F403
from reflow.names.packages import lazy_modules

__getattr__ = lazy_modules(__spec__.name)
