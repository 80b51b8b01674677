"""Losses over many classes of which a few are sampled."""

from reflow.framework import dtypes
from reflow.framework import ops
from reflow.ops import array_ops
from reflow.ops import candidate_sampling_ops
from reflow.ops import embedding_ops
from reflow.ops import gen_sparse_ops
from reflow.ops import math_ops
from reflow.ops import nn_ops


def sum_rows(x):
    """The sum of each row, as a product with a vector of ones."""
    cols = array_ops.shape(x)[1]
    ones = array_ops.ones(array_ops.stack([cols, 1]), x.dtype)
    return array_ops.reshape(math_ops.matmul(x, ones), [-1])


def _rows(table, ids, partition_strategy, dtype):
    rows = embedding_ops.embedding_lookup(table, ids, partition_strategy=partition_strategy)
    return rows if rows.dtype == dtype else math_ops.cast(rows, dtype)


def compute_sampled_logits(weights, biases, labels, inputs, num_sampled, num_classes, num_true=1, sampled_values=None,
                           subtract_log_q=True, remove_accidental_hits=False, partition_strategy='mod', name=None,
                           seed=None):
    """(logits, labels), [batch, num_true + num_sampled] both, of the true classes and of sampled ones."""
    weights = list(weights) if hasattr(weights, '_get_partitions') or isinstance(weights, list) else [weights]
    with ops.name_scope(name, 'compute_sampled_logits', weights + [biases, inputs, labels]):
        labels = labels if labels.dtype == dtypes.int64 else math_ops.cast(labels, dtypes.int64)
        true_ids = array_ops.reshape(labels, [-1])
        if sampled_values is None:
            sampled_values = candidate_sampling_ops.log_uniform_candidate_sampler(
                labels, num_true, num_sampled, True, num_classes, seed=seed)
        sampled, true_counts, sampled_counts = map(array_ops.stop_gradient, sampled_values)
        sampled = math_ops.cast(sampled, dtypes.int64)
        ids = array_ops.concat([true_ids, sampled], 0)

        def count():
            return array_ops.shape(true_ids)

        # Rows of the true classes come first, then those of the sampled ones.
        rows = _rows(weights, ids, partition_strategy, inputs.dtype)
        true_rows = array_ops.slice(rows, [0, 0], array_ops.stack([count()[0], -1]))
        sampled_rows = array_ops.slice(rows, array_ops.stack([count()[0], 0]), [-1, -1])
        sampled_logits = math_ops.matmul(inputs, sampled_rows, transpose_b=True)
        offsets = _rows(biases, ids, partition_strategy, inputs.dtype)
        true_offsets = array_ops.slice(offsets, [0], count())
        sampled_offsets = array_ops.slice(offsets, count(), [-1])
        true_logits = _products_by_row(inputs, true_rows, num_true)
        true_logits += array_ops.reshape(true_offsets, [-1, num_true])
        sampled_logits += sampled_offsets
        if remove_accidental_hits:
            sampled_logits = _without_hits(sampled_logits, labels, sampled, num_true, num_sampled)
        if subtract_log_q:
            true_logits -= math_ops.log(true_counts)
            sampled_logits -= math_ops.log(sampled_counts)
        logits = array_ops.concat([true_logits, sampled_logits], 1)
        shares = array_ops.ones_like(true_logits) / num_true
        return logits, array_ops.concat([shares, array_ops.zeros_like(sampled_logits)], 1)


def _products_by_row(inputs, rows, num_rows):
    """[batch, num_rows]: each input times each of its own rows."""
    size = array_ops.shape(rows)[1:2]
    shape = array_ops.concat([[-1, num_rows], size], 0)
    products = math_ops.multiply(array_ops.expand_dims(inputs, 1), array_ops.reshape(rows, shape))
    sums = sum_rows(array_ops.reshape(products, array_ops.concat([[-1], size], 0)))
    return array_ops.reshape(sums, [-1, num_rows])


def _without_hits(sampled_logits, labels, sampled, num_true, num_sampled):
    """The logits with a very negative number added where what was sampled is true."""
    rows, columns, numbers = candidate_sampling_ops.compute_accidental_hits(labels, sampled, num_true=num_true)
    rows = array_ops.reshape(rows, [-1, 1])
    columns = array_ops.reshape(math_ops.cast(columns, dtypes.int32), [-1, 1])
    places = array_ops.concat([rows, columns], 1, 'sparse_indices')
    shape = array_ops.concat([array_ops.shape(labels)[:1], array_ops.expand_dims(num_sampled, 0)], 0)
    if numbers.dtype != sampled_logits.dtype:
        numbers = math_ops.cast(numbers, sampled_logits.dtype)
    return sampled_logits + gen_sparse_ops.sparse_to_dense(places, shape, numbers, 0.0, False)


def nce_loss(weights, biases, labels, inputs, num_sampled, num_classes, num_true=1, sampled_values=None,
             remove_accidental_hits=False, partition_strategy='mod', name='nce_loss'):
    """The noise-contrastive loss of each row. Gutmann and Hyvarinen, AISTATS 2010."""
    from reflow.ops import nn_impl
    logits, labels = compute_sampled_logits(
        weights=weights, biases=biases, labels=labels, inputs=inputs, num_sampled=num_sampled, num_classes=num_classes,
        num_true=num_true, sampled_values=sampled_values, subtract_log_q=True,
        remove_accidental_hits=remove_accidental_hits, partition_strategy=partition_strategy, name=name)
    losses = nn_impl.sigmoid_cross_entropy_with_logits(labels=labels, logits=logits, name='sampled_losses')
    return sum_rows(losses)


def sampled_softmax_loss(weights, biases, labels, inputs, num_sampled, num_classes, num_true=1, sampled_values=None,
                         remove_accidental_hits=True, partition_strategy='mod', name='sampled_softmax_loss', seed=None):
    """The softmax loss of each row over its true classes and sampled ones. Jean and others, arXiv 1412.2007."""
    logits, labels = compute_sampled_logits(
        weights=weights, biases=biases, labels=labels, inputs=inputs, num_sampled=num_sampled, num_classes=num_classes,
        num_true=num_true, sampled_values=sampled_values, subtract_log_q=True,
        remove_accidental_hits=remove_accidental_hits, partition_strategy=partition_strategy, name=name, seed=seed)
    labels = array_ops.stop_gradient(labels, name='labels_stop_gradient')
    return nn_ops.softmax_cross_entropy_with_logits_v2(labels=labels, logits=logits)
