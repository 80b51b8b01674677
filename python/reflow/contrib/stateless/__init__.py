"""`tf.contrib.stateless`."""
from reflow.names.packages import lazy_modules
from reflow.ops.stateless_random_ops import (  # noqa: F401
    stateless_multinomial, stateless_random_normal, stateless_random_uniform, stateless_truncated_normal)

__getattr__ = lazy_modules(__spec__.name)
