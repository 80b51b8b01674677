"""The functions that make operations in one module, as `tensorflow.python.ops.standard_ops` has them."""
import sys

from reflow.names import public

public.furnish(sys.modules[__spec__.name], '')
