"""Connectionist temporal classification: Graves and others, ICML 2006."""

from reflow.framework import dtypes
from reflow.framework import ops
from reflow.framework import sparse_tensor
from reflow.framework import tensor_shape
from reflow.ops import array_ops
from reflow.ops import gen_ctc_ops
from reflow.ops import map_fn
from reflow.ops import math_ops
from reflow.util import deprecation


def ctc_loss(labels, inputs=None, sequence_length=None, preprocess_collapse_repeated=False, ctc_merge_repeated=True,
             ignore_longer_outputs_than_inputs=False, time_major=True, logits=None):
    """The negative log-probabilities of the labels."""
    if not isinstance(labels, sparse_tensor.SparseTensor):
        raise TypeError('Expected labels (first argument) to be a SparseTensor')
    given = deprecation.deprecated_argument_lookup('logits', logits, 'inputs', inputs)
    by_time = given if time_major else array_ops.transpose(given, [1, 0, 2])
    return gen_ctc_ops.ctc_loss(by_time, labels.indices, labels.values, sequence_length, preprocess_collapse_repeated,
                                ctc_merge_repeated, ignore_longer_outputs_than_inputs)[0]


def ctc_greedy_decoder(inputs, sequence_length, merge_repeated=True):
    """The most likely class at each time: a list of one sparse tensor, and the log-probabilities."""
    indices, values, shape, log_probabilities = gen_ctc_ops.ctc_greedy_decoder(inputs, sequence_length,
                                                                               merge_repeated=merge_repeated)
    return [sparse_tensor.SparseTensor(indices, values, shape)], log_probabilities


def ctc_beam_search_decoder(inputs, sequence_length, beam_width=100, top_paths=1, merge_repeated=True):
    """The likeliest paths, found by beam search: a list of sparse tensors, and the log-probabilities."""
    indices, values, shapes, log_probabilities = gen_ctc_ops.ctc_beam_search_decoder(
        inputs, sequence_length, beam_width=beam_width, top_paths=top_paths, merge_repeated=merge_repeated)
    return [sparse_tensor.SparseTensor(*parts) for parts in zip(indices, values, shapes)], log_probabilities


def ctc_beam_search_decoder_v2(inputs, sequence_length, beam_width=100, top_paths=1):
    """The likeliest paths, found by beam search, repeated classes kept."""
    return ctc_beam_search_decoder(inputs, sequence_length=sequence_length, beam_width=beam_width, top_paths=top_paths,
                                   merge_repeated=False)


def collapse_repeated(labels, seq_length, name=None):
    """(labels without repetitions, padded with zeros; their lengths)."""
    with ops.name_scope(name, 'collapse_repeated_labels', [labels, seq_length]):
        labels = ops.convert_to_tensor(labels, name='labels')
        seq_length = ops.convert_to_tensor(seq_length, name='seq_length')
        begins = array_ops.concat([array_ops.ones_like(labels[:, :1], dtypes.bool),
                                   math_ops.not_equal(labels[:, 1:], labels[:, :-1])], axis=1)
        within = array_ops.sequence_mask(seq_length, maxlen=_dim(labels, 1))
        kept = math_ops.logical_and(begins, within)
        new_lengths = math_ops.reduce_sum(math_ops.cast(kept, dtypes.int32), axis=1)
        longest = math_ops.reduce_max(new_lengths)
        places = array_ops.sequence_mask(new_lengths, maxlen=longest)
        flat_labels = array_ops.reshape(labels, [-1])
        flat_kept = array_ops.reshape(kept, [-1])
        flat_places = array_ops.reshape(places, [-1])
        numbers = math_ops.range(_dim(flat_places, 0))
        flat = array_ops.scatter_nd(
            indices=array_ops.expand_dims(array_ops.boolean_mask(numbers, flat_places), axis=1),
            updates=array_ops.boolean_mask(flat_labels, flat_kept), shape=array_ops.shape(flat_places))
        return (array_ops.reshape(flat, [_dim(labels, 0), longest]), math_ops.cast(new_lengths, seq_length.dtype))


def ctc_unique_labels(labels, name=None):
    """(the labels of each row without repetitions, padded with zeros; where in them each label is)."""
    with ops.name_scope(name, 'ctc_unique_labels', [labels]):
        labels = ops.convert_to_tensor(labels, name='labels')

        def unique(row):
            found = array_ops.unique(row)
            padded = array_ops.pad(found.y, [[0, _dim(found.idx, 0) - _dim(found.y, 0)]])
            return [math_ops.cast(padded, dtypes.int64), found.idx]

        return map_fn.map_fn(unique, labels, dtype=[dtypes.int64, dtypes.int32])


def _dim(tensor, i):
    return tensor_shape.dimension_value(tensor.shape[i]) or array_ops.shape(tensor)[i]


def ctc_loss_v2(labels, logits, label_length, logit_length, logits_time_major=True, unique=None, blank_index=None,
                name=None):
    """The negative log-probabilities of labels, sparse or, with their lengths, dense; `blank_index` (0 for dense labels) is
    the class of blanks."""
    if isinstance(labels, sparse_tensor.SparseTensor):
        if blank_index is None:
            raise ValueError('blank_index must be given when using SparseTensor labels.')
        return _ctc_loss_of_sparse(labels, logits, logit_length, logits_time_major, blank_index)
    with ops.name_scope(name, 'ctc_loss_dense', [labels, logits, label_length, logit_length]):
        logits = ops.convert_to_tensor(logits, name='logits')
        labels = ops.convert_to_tensor(labels, name='labels')
        within = array_ops.sequence_mask(label_length, maxlen=_dim(labels, 1))
        indices = array_ops.where(within)
        values = math_ops.cast(array_ops.gather_nd(labels, indices), dtypes.int32)
        labels = sparse_tensor.SparseTensor(indices, values, array_ops.shape(labels, out_type=dtypes.int64))
        return _ctc_loss_of_sparse(labels, logits, logit_length, logits_time_major, blank_index or 0)


def _ctc_loss_of_sparse(labels, logits, logit_length, time_major, blank_index):
    num_classes = _dim(logits, 2)
    if blank_index < 0:
        blank_index += num_classes
    if blank_index != num_classes - 1:  # the op takes the last class for that of blanks
        logits = array_ops.concat([logits[:, :, :blank_index], logits[:, :, blank_index + 1:],
                                   logits[:, :, blank_index:blank_index + 1]], axis=2)
        values = array_ops.where(labels.values < blank_index, labels.values, labels.values - 1)
        labels = sparse_tensor.SparseTensor(labels.indices, values, labels.dense_shape)
    return ctc_loss(labels=labels, inputs=logits, sequence_length=logit_length, time_major=time_major)
