"""Weights of values: a scalar, or of the values' rank, each dimension the values' or 1."""

from reflow import _core


def assert_broadcastable(weights, values):
    """An operation that fails where `weights` can't be broadcast to `values`."""
    return _core.assert_broadcastable(weights, values)


def broadcast_weights(weights, values):
    """`weights` in the shape of `values`."""
    return _core.broadcast_weights(weights, values)
