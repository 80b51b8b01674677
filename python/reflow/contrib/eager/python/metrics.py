"""`tf.contrib.eager.metrics`."""
from reflow.contrib.eager.python.metrics_impl import Accuracy  # noqa: F401
from reflow.contrib.eager.python.metrics_impl import BinaryAccuracy  # noqa: F401
from reflow.contrib.eager.python.metrics_impl import CategoricalAccuracy  # noqa: F401
from reflow.contrib.eager.python.metrics_impl import Mean  # noqa: F401
from reflow.contrib.eager.python.metrics_impl import Metric  # noqa: F401
from reflow.contrib.eager.python.metrics_impl import SparseAccuracy  # noqa: F401
