"""`tf.contrib.metrics`."""
from reflow.contrib.metrics.python.ops.at_thresholds import *  # noqa: F401,F403
from reflow.contrib.metrics.python.ops.at_top_k import *  # noqa: F401,F403
from reflow.contrib.metrics.python.ops.classification import *  # noqa: F401,F403
from reflow.contrib.metrics.python.ops.dynamic_auc import *  # noqa: F401,F403
from reflow.contrib.metrics.python.ops.error_rates import *  # noqa: F401,F403
from reflow.contrib.metrics.python.ops.f1_score import *  # noqa: F401,F403
from reflow.contrib.metrics.python.ops.histogram_ops import *  # noqa: F401,F403
from reflow.contrib.metrics.python.ops.metric_ops import *  # noqa: F401,F403
from reflow.contrib.metrics.python.ops.streamed_moments import *  # noqa: F401,F403
from reflow.names.packages import lazy_modules
from reflow.ops.confusion_matrix import confusion_matrix_v1 as confusion_matrix  # noqa: F401
from reflow.ops.sets_impl import set_difference, set_intersection, set_size, set_union  # noqa: F401

__getattr__ = lazy_modules(__spec__.name)
