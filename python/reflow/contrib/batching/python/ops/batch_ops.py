"""Rows of several runs as one batch, and each run's rows of it (tensorflow.contrib.batching.python.ops.batch_ops)."""
from reflow.ops.batch_ops import batch_function  # noqa: F401
from reflow.ops.gen_batch_ops import batch, unbatch  # noqa: F401
