"""`tf.contrib.quantize`: graphs rewritten so that they compute as if with integers of few bits."""
from reflow.contrib.quantize.python.quantize_graph import *  # noqa: F401,F403
from reflow.names.packages import lazy_modules

__getattr__ = lazy_modules(__spec__.name)
