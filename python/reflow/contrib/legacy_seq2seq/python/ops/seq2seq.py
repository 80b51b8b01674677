"""Unrolled networks from sequences to sequences, and their losses: sequences are lists of steps."""

from reflow.contrib.legacy_seq2seq.python.ops import attention_decoders, decoders
from reflow.contrib.legacy_seq2seq.python.ops.attention_decoders import *  # noqa: F401,F403
from reflow.contrib.legacy_seq2seq.python.ops.decoders import *  # noqa: F401,F403
from reflow.framework import ops
from reflow.ops import array_ops
from reflow.ops import math_ops
from reflow.ops import nn_ops
from reflow.ops import variable_scope

__all__ = ['sequence_loss', 'sequence_loss_by_example', 'model_with_buckets', *attention_decoders.__all__,
           *decoders.__all__]

_extract_argmax_and_embed = decoders.best_symbol_embedded


def _loss_of_step(labels, logits):
    return nn_ops.sparse_softmax_cross_entropy_with_logits(labels=array_ops.reshape(labels, [-1]), logits=logits)


def sequence_loss_by_example(logits, targets, weights, average_across_timesteps=True, softmax_loss_function=None,
                             name=None):
    """The weighted cross entropy of each example, averaged or summed over the steps."""
    if len(targets) != len(logits) or len(weights) != len(logits):
        raise ValueError('Lengths of logits, weights, and targets must be the same %d, %d, %d.' % (
            len(logits), len(weights), len(targets)))
    with ops.name_scope(name, 'sequence_loss_by_example', logits + targets + weights):
        loss_of = _loss_of_step if softmax_loss_function is None else softmax_loss_function
        total = math_ops.add_n([loss_of(labels=target, logits=logit) * weight
                                for logit, target, weight in zip(logits, targets, weights)])
        if not average_across_timesteps:
            return total
        return total / (math_ops.add_n(weights) + 1e-12)  # not 0 where all weights are


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


def model_with_buckets(encoder_inputs, decoder_inputs, targets, weights, buckets, seq2seq, softmax_loss_function=None,
                       per_example_loss=False, name=None):
    """(outputs, losses) of seq2seq(encoder_inputs, decoder_inputs) for each bucket, a pair of lengths."""
    for values, kind, side in ((encoder_inputs, 'encoder_inputs', 0), (targets, 'targets', 1), (weights, 'weights', 1)):
        if len(values) < buckets[-1][side]:
            raise ValueError('Length of %s (%d) must be at least that of last bucket (%d).' % (kind, len(values),
                                                                                             buckets[-1][side]))
    losses, outputs = [], []
    loss = sequence_loss_by_example if per_example_loss else sequence_loss
    with ops.name_scope(name, 'model_with_buckets', encoder_inputs + decoder_inputs + targets + weights):
        for i, (encoder_length, decoder_length) in enumerate(buckets):
            with variable_scope.variable_scope(variable_scope.get_variable_scope(), reuse=True if i > 0 else None):
                bucket_outputs, _ = seq2seq(encoder_inputs[:encoder_length], decoder_inputs[:decoder_length])
                outputs.append(bucket_outputs)
                losses.append(loss(outputs[-1], targets[:decoder_length], weights[:decoder_length],
                                   softmax_loss_function=softmax_loss_function))
    return outputs, losses
