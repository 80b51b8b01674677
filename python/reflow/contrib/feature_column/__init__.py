"""`tf.contrib.feature_column`: columns of sequences, and the input layer of them."""
from reflow.contrib.feature_column.python.feature_column.sequence_feature_column import *  # noqa: F401,F403
from reflow.names.packages import lazy_modules

__getattr__ = lazy_modules(__spec__.name)
