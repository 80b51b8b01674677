"""`tf.contrib.batching`: functions whose calls become one."""
from reflow.names.packages import lazy_modules
from reflow.ops.batch_ops import batch_function  # noqa: F401

__getattr__ = lazy_modules(__spec__.name)
