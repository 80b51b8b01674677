"""Connectionist temporal classification: Graves and others, ICML 2006."""

from reflow.framework import sparse_tensor
from reflow.ops import array_ops
from reflow.ops import gen_ctc_ops
from reflow.util import deprecation


def ctc_loss(labels, inputs=None, sequence_length=None, preprocess_collapse_repeated=False, ctc_merge_repeated=True,
             ignore_longer_outputs_than_inputs=False, time_major=True, logits=None):
    """The negative log-probabilities of the labels."""
    if not isinstance(labels, sparse_tensor.SparseTensor):
        raise TypeError('Expected labels (first argument) to be a SparseTensor')
    inputs = deprecation.deprecated_argument_lookup('logits', logits, 'inputs', inputs)
    if not time_major:
        inputs = array_ops.transpose(inputs, [1, 0, 2])
    loss, _ = gen_ctc_ops.ctc_loss(inputs, labels.indices, labels.values, sequence_length,
                                   preprocess_collapse_repeated=preprocess_collapse_repeated,
                                   ctc_merge_repeated=ctc_merge_repeated,
                                   ignore_longer_outputs_than_inputs=ignore_longer_outputs_than_inputs)
    return loss


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
