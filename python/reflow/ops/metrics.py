"""Streaming metrics (tensorflow.python.ops.metrics)."""
from reflow.ops import metrics_impl
from reflow.ops.metrics_impl import *  # noqa: F401,F403


def __getattr__(name):
    """The metrics of the k best predictions."""
    return getattr(metrics_impl, name)
