"""Probabilities of which many are 0. Martins and Astudillo, arXiv 1602.02068."""

from reflow.framework import dtypes
from reflow.framework import ops
from reflow.ops import array_ops
from reflow.ops import math_ops
from reflow.ops import nn

__all__ = ['sparsemax', 'sparsemax_loss']


def sparsemax(logits, name=None):
    """The point of the simplex that is nearest to `logits`, of [batch, classes]."""
    with ops.name_scope(name, 'sparsemax', [logits]) as name:
        logits = ops.convert_to_tensor(logits, name='logits')
        rows, classes = array_ops.shape(logits)[0], array_ops.shape(logits)[1]
        descending, _ = nn.top_k(logits, k=classes)
        sums = math_ops.cumsum(descending, axis=1)
        counts = math_ops.range(1, math_ops.cast(classes, logits.dtype) + 1, dtype=logits.dtype)
        is_kept = 1 + counts * descending > sums
        kept = math_ops.reduce_sum(math_ops.cast(is_kept, dtypes.int32), axis=1)
        at_least_one = math_ops.maximum(kept, 1)  # none are kept of NaN
        where = array_ops.stack([math_ops.range(0, rows), at_least_one - 1], axis=1)
        threshold = (array_ops.gather_nd(sums, where) - 1) / math_ops.cast(kept, logits.dtype)
        probs = math_ops.maximum(math_ops.cast(0, logits.dtype), logits - threshold[:, array_ops.newaxis])
        is_undefined = math_ops.logical_or(math_ops.equal(kept, 0), math_ops.is_nan(sums[:, -1]))
        nan = array_ops.fill([rows, classes], math_ops.cast(float('nan'), logits.dtype))
        return array_ops.where(is_undefined, nan, probs)


def sparsemax_loss(logits, sparsemax, labels, name=None):
    """The loss whose gradient is sparsemax(logits) - labels; each row's."""
    with ops.name_scope(name, 'sparsemax_loss', [logits, sparsemax, labels]) as name:
        logits = ops.convert_to_tensor(logits, name='logits')
        probs = ops.convert_to_tensor(sparsemax, name='sparsemax')
        labels = ops.convert_to_tensor(labels, name='labels')
        # Logits may be infinite where the probability, or the label, is 0.
        is_counted = math_ops.logical_or(probs > 0, math_ops.is_nan(probs))
        of_probs = array_ops.where(is_counted, probs * (logits - 0.5 * probs), array_ops.zeros_like(probs))
        of_labels = labels * (0.5 * labels - logits)
        is_free = math_ops.logical_and(math_ops.equal(labels, 0), math_ops.is_inf(logits))
        of_labels = array_ops.where(is_free, array_ops.zeros_like(logits), of_labels)
        return math_ops.reduce_sum(of_probs + of_labels, axis=1)
