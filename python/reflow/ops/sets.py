"""Sets along the last dimension of tensors (tensorflow.python.ops.sets)."""
from reflow.ops.sets_impl import *  # noqa: F401,F403
