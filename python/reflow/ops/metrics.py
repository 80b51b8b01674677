"""Streaming metrics (tensorflow.python.ops.metrics)."""
from reflow.ops.metrics_impl import *  # noqa: F401,F403
