"""Losses of sequences that are lists of steps."""

from reflow.framework import ops
from reflow.ops import array_ops
from reflow.ops import math_ops
from reflow.ops import nn_ops

__all__ = ['sequence_loss', 'sequence_loss_by_example']


def sequence_loss_by_example(logits, targets, weights, average_across_timesteps=True, softmax_loss_function=None,
                             name=None):
    """The weighted cross entropy of each example, averaged or summed over the steps."""
    if len(targets) != len(logits) or len(weights) != len(logits):
        raise ValueError('Lengths of logits, weights, and targets must be the same %d, %d, %d.' % (
            len(logits), len(weights), len(targets)))
    with ops.name_scope(name, 'sequence_loss_by_example', logits + targets + weights):
        losses = []
        for logit, target, weight in zip(logits, targets, weights):
            if softmax_loss_function is None:
                target = array_ops.reshape(target, [-1])
                crossent = nn_ops.sparse_softmax_cross_entropy_with_logits(labels=target, logits=logit)
            else:
                crossent = softmax_loss_function(labels=target, logits=logit)
            losses.append(crossent * weight)
        loss = math_ops.add_n(losses)
        if average_across_timesteps:
            total_size = math_ops.add_n(weights)
            total_size += 1e-12  # where all weights are 0
            loss /= total_size
    return loss


def sequence_loss(logits, targets, weights, average_across_timesteps=True, average_across_batch=True,
                  softmax_loss_function=None, name=None):
    """The sum or mean of sequence_loss_by_example over the batch."""
    with ops.name_scope(name, 'sequence_loss', logits + targets + weights):
        cost = math_ops.reduce_sum(sequence_loss_by_example(
            logits, targets, weights, average_across_timesteps=average_across_timesteps,
            softmax_loss_function=softmax_loss_function))
        if not average_across_batch:
            return cost
        return cost / math_ops.cast(array_ops.shape(targets[0])[0], cost.dtype)
