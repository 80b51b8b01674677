"""`tf.contrib.summary`: summaries that operations write themselves."""
from reflow.contrib.summary.summary import *  # noqa: F401,F403
from reflow.names.packages import lazy_modules

__getattr__ = lazy_modules(__spec__.name)
