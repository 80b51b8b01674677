"""Losses over many classes of which a few are sampled."""

from reflow.framework import dtypes
from reflow.framework import ops
from reflow.ops import array_ops
from reflow.ops import embedding_ops
from reflow.ops import math_ops
from reflow.ops import nn
from reflow.ops import nn_ops
from reflow.ops import sampled_losses

__all__ = ['rank_sampled_softmax_loss', 'sampled_sparse_softmax_loss']


def sampled_sparse_softmax_loss(weights, biases, labels, inputs, num_sampled, num_classes, sampled_values=None,
                                remove_accidental_hits=True, partition_strategy='mod',
                                name='sampled_sparse_softmax_loss'):
    """sampled_softmax_loss of one true class an example."""
    logits, _ = sampled_losses.compute_sampled_logits(
        weights=weights, biases=biases, labels=labels, inputs=inputs, num_sampled=num_sampled, num_classes=num_classes,
        num_true=1, sampled_values=sampled_values, subtract_log_q=True, remove_accidental_hits=remove_accidental_hits,
        partition_strategy=partition_strategy, name=name)
    # The true class is the first of the sampled ones.
    labels = array_ops.zeros([array_ops.shape(logits)[0], 1], dtype=dtypes.int64)
    return nn_ops.sparse_softmax_cross_entropy_with_logits(labels=array_ops.squeeze(labels), logits=logits)


def _most_probable(weights, biases, inputs, sampled_values, num_resampled, temperature, partition_strategy):
    """Of the sampled classes those with the largest logits over all examples."""
    sampled, true_expected_count, sampled_expected_count = [array_ops.stop_gradient(each) for each in sampled_values]
    sampled = math_ops.cast(sampled, dtypes.int64)
    embeddings = embedding_ops.embedding_lookup(weights, sampled, partition_strategy)
    logits = math_ops.reduce_logsumexp(math_ops.matmul(embeddings, inputs / temperature, transpose_b=True), axis=1,
                                       keepdims=False)
    sampled_b = array_ops.reshape(embedding_ops.embedding_lookup(biases, sampled, partition_strategy), [-1])
    logits += sampled_b / temperature
    _, indices = nn.top_k(logits, k=num_resampled, sorted=False)
    return (array_ops.gather(sampled, indices=indices), true_expected_count,
            array_ops.gather(sampled_expected_count, indices=indices))


def rank_sampled_softmax_loss(weights, biases, labels, inputs, num_sampled, num_resampled, num_classes, num_true,
                              sampled_values, resampling_temperature, remove_accidental_hits, partition_strategy,
                              name=None):
    """sampled_softmax_loss of the `num_resampled` hardest of `num_sampled` sampled classes."""
    for is_wrong, text, values in (
            (num_sampled > num_classes, 'num_sampled (%s) cannot be greater than num_classes (%s)', (num_sampled, num_classes)),
            (num_sampled <= num_resampled, 'num_resampled (%s) must be less than num_sampled (%s)',
             (num_resampled, num_sampled)),
            (partition_strategy not in ('div', 'mod'), 'unsupported partition_strategy (%s)', (partition_strategy,))):
        if is_wrong:
            raise ValueError(text % values)
    with ops.name_scope(name, 'rank_sampled_softmax_loss',
                        [weights, biases, labels, inputs, sampled_values, resampling_temperature]) as name:
        candidates = sampled_values or nn.learned_unigram_candidate_sampler(labels, num_true, num_sampled, True, num_classes)
        hardest = _most_probable(weights, biases, inputs, candidates, num_resampled, resampling_temperature,
                                 partition_strategy)
        return nn.sampled_softmax_loss(weights, biases, labels, inputs, num_resampled, num_classes, num_true, hardest,
                                       remove_accidental_hits, partition_strategy, name)
