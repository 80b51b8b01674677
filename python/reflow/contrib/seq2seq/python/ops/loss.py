"""The loss of sequences of classes."""

from reflow.framework import ops
from reflow.ops import array_ops
from reflow.ops import math_ops
from reflow.ops import nn_ops

__all__ = ['sequence_loss']


def sequence_loss(logits, targets, weights, average_across_timesteps=True, average_across_batch=True,
                  sum_over_timesteps=False, sum_over_batch=False, softmax_loss_function=None, name=None):
    """The weighted cross entropy of `logits`, [batch, time, classes], and `targets`, averaged or summed over both."""
    if len(logits.get_shape()) != 3:
        raise ValueError('Logits must be a [batch_size x sequence_length x logits] tensor')
    if len(targets.get_shape()) != 2:
        raise ValueError('Targets must be a [batch_size x sequence_length] tensor')
    if len(weights.get_shape()) != 2:
        raise ValueError('Weights must be a [batch_size x sequence_length] tensor')
    if average_across_timesteps and sum_over_timesteps:
        raise ValueError('average_across_timesteps and sum_over_timesteps cannot be set to True at same time.')
    if average_across_batch and sum_over_batch:
        raise ValueError('average_across_batch and sum_over_batch cannot be set to True at same time.')
    with ops.name_scope(name, 'sequence_loss', [logits, targets, weights]):
        num_classes = array_ops.shape(logits)[2]
        logits_flat = array_ops.reshape(logits, [-1, num_classes])
        targets = array_ops.reshape(targets, [-1])
        loss_function = softmax_loss_function or nn_ops.sparse_softmax_cross_entropy_with_logits
        crossent = loss_function(labels=targets, logits=logits_flat)
        crossent *= array_ops.reshape(weights, [-1])
        if average_across_timesteps and average_across_batch:
            crossent = math_ops.reduce_sum(crossent)
            return math_ops.div_no_nan(crossent, math_ops.reduce_sum(weights))
        if sum_over_timesteps and sum_over_batch:
            crossent = math_ops.reduce_sum(crossent)
            count = math_ops.cast(math_ops.count_nonzero(weights), crossent.dtype)
            return math_ops.div_no_nan(crossent, count)
        crossent = array_ops.reshape(crossent, array_ops.shape(logits)[0:2])
        if average_across_timesteps or average_across_batch:
            axis = [0] if average_across_batch else [1]
            crossent = math_ops.reduce_sum(crossent, axis=axis)
            return math_ops.div_no_nan(crossent, math_ops.reduce_sum(weights, axis=axis))
        if sum_over_timesteps or sum_over_batch:
            axis = [0] if sum_over_batch else [1]
            crossent = math_ops.reduce_sum(crossent, axis=axis)
            count = math_ops.cast(math_ops.count_nonzero(weights, axis=axis), dtype=crossent.dtype)
            return math_ops.div_no_nan(crossent, count)
        return crossent
