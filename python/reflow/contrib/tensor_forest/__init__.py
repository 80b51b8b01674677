"""`tf.contrib.tensor_forest`: extremely random forests that grow while examples come."""
from reflow.contrib.tensor_forest.client import *  # noqa: F401,F403
from reflow.contrib.tensor_forest.python import *  # noqa: F401,F403
from reflow.names.packages import lazy_modules

__getattr__ = lazy_modules(__spec__.name)
