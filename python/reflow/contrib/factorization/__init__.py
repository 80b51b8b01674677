"""`tf.contrib.factorization`: k-means."""
from reflow.contrib.factorization.python.ops.clustering_ops import *  # noqa: F401,F403
from reflow.contrib.factorization.python.ops.kmeans import *  # noqa: F401,F403
from reflow.names.packages import lazy_modules

__getattr__ = lazy_modules(__spec__.name)
