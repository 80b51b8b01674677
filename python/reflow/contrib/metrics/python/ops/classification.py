"""The accuracy of a batch."""

from reflow.framework import dtypes
from reflow.framework import ops
from reflow.ops import array_ops
from reflow.ops import math_ops

__all__ = ['accuracy']


def accuracy(predictions, labels, weights=None, name=None):
    """The share of predictions that are right."""
    if not (labels.dtype.is_integer or labels.dtype in (dtypes.bool, dtypes.string)):
        raise ValueError('Labels should have bool, integer, or string dtype, not %r' % labels.dtype)
    if not labels.dtype.is_compatible_with(predictions.dtype):
        raise ValueError('Dtypes of predictions and labels should match. Given: predictions (%r) and labels (%r)' % (
            predictions.dtype, labels.dtype))
    with ops.name_scope(name, 'accuracy', values=[predictions, labels]):
        right = math_ops.cast(math_ops.equal(predictions, labels), dtypes.float32)
        if weights is None:
            return math_ops.reduce_mean(right)
        right = math_ops.multiply(right, weights)
        count = math_ops.multiply(weights, array_ops.ones_like(right))
        return math_ops.div(math_ops.reduce_sum(right), math_ops.reduce_sum(count))
