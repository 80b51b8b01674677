"""Linear-chain conditional random fields: scores, likelihoods and the most likely tags of sequences."""

import numpy as np

from reflow.framework import constant_op
from reflow.framework import dtypes
from reflow.framework import smart_cond
from reflow.framework import tensor_shape
from reflow.ops import array_ops
from reflow.ops import gen_array_ops
from reflow.ops import math_ops
from reflow.ops import rnn
from reflow.ops import rnn_cell
from reflow.ops import variable_scope as vs

__all__ = ['crf_sequence_score', 'crf_log_norm', 'crf_log_likelihood', 'crf_unary_score', 'crf_binary_score',
           'CrfForwardRnnCell', 'viterbi_decode', 'crf_decode', 'CrfDecodeForwardRnnCell', 'CrfDecodeBackwardRnnCell',
           'crf_multitag_sequence_score']


def _size(tensor, axis):
    """The size of a dimension: an int where it is known."""
    return tensor_shape.dimension_value(tensor.shape[axis]) or array_ops.shape(tensor)[axis]


def _lengths_left(sequence_lengths):
    """The lengths without the first step, none of them negative."""
    return math_ops.maximum(constant_op.constant(0, dtype=sequence_lengths.dtype), sequence_lengths - 1)


def _for_length_one_or_more(inputs, one, more):
    """The result of `one` or of `more`, by the number of steps of `inputs`."""
    return smart_cond.smart_cond(pred=math_ops.equal(_size(inputs, 1), 1), true_fn=one, false_fn=more)


def crf_sequence_score(inputs, tag_indices, sequence_lengths, transition_params):
    """The scores of the tags, one a sequence; `inputs` are [batch, time, tags]."""
    def of_one():
        batch_size = array_ops.shape(inputs, out_type=tag_indices.dtype)[0]
        example_inds = array_ops.reshape(math_ops.range(batch_size, dtype=tag_indices.dtype), [-1, 1])
        scores = array_ops.gather_nd(array_ops.squeeze(inputs, [1]),
                                     array_ops.concat([example_inds, tag_indices], axis=1))
        return array_ops.where(math_ops.less_equal(sequence_lengths, 0), array_ops.zeros_like(scores), scores)

    def of_more():
        unary_scores = crf_unary_score(tag_indices, sequence_lengths, inputs)
        return unary_scores + crf_binary_score(tag_indices, sequence_lengths, transition_params)

    return _for_length_one_or_more(inputs, of_one, of_more)


def crf_multitag_sequence_score(inputs, tag_bitmap, sequence_lengths, transition_params):
    """The scores of all sequences of tags that `tag_bitmap`, [batch, time, tags], allows."""
    tag_bitmap = math_ops.cast(tag_bitmap, dtype=dtypes.bool)
    filtered = array_ops.where(tag_bitmap, inputs, array_ops.fill(array_ops.shape(inputs), float('-inf')))

    def of_one():
        return math_ops.reduce_logsumexp(filtered, axis=[1, 2], keepdims=False)

    def of_more():
        return crf_log_norm(inputs=filtered, sequence_lengths=sequence_lengths, transition_params=transition_params)

    return _for_length_one_or_more(inputs, of_one, of_more)


def crf_log_norm(inputs, sequence_lengths, transition_params):
    """The logarithm of the sum over all sequences of tags."""
    first_input = array_ops.squeeze(array_ops.slice(inputs, [0, 0, 0], [-1, 1, -1]), [1])

    def of_one():
        log_norm = math_ops.reduce_logsumexp(first_input, [1])
        return array_ops.where(math_ops.less_equal(sequence_lengths, 0), array_ops.zeros_like(log_norm), log_norm)

    def of_more():
        rest = array_ops.slice(inputs, [0, 1, 0], [-1, -1, -1])
        _, alphas = rnn.dynamic_rnn(cell=CrfForwardRnnCell(transition_params), inputs=rest,
                                    sequence_length=_lengths_left(sequence_lengths), initial_state=first_input,
                                    dtype=dtypes.float32)
        log_norm = math_ops.reduce_logsumexp(alphas, [1])
        return array_ops.where(math_ops.less_equal(sequence_lengths, 0), array_ops.zeros_like(log_norm), log_norm)

    return _for_length_one_or_more(inputs, of_one, of_more)


def crf_log_likelihood(inputs, tag_indices, sequence_lengths, transition_params=None):
    """(log likelihoods of the tags, transition matrix); a variable `transitions` is the matrix where none is given."""
    num_tags = tensor_shape.dimension_value(inputs.shape[2])
    sequence_lengths = math_ops.cast(sequence_lengths, dtype=dtypes.int32)
    if transition_params is None:
        transition_params = vs.get_variable('transitions', [num_tags, num_tags])
    sequence_scores = crf_sequence_score(inputs, tag_indices, sequence_lengths, transition_params)
    log_norm = crf_log_norm(inputs, sequence_lengths, transition_params)
    return sequence_scores - log_norm, transition_params


def crf_unary_score(tag_indices, sequence_lengths, inputs):
    """The sums of the inputs at the tags."""
    batch_size, max_seq_len, num_tags = (array_ops.shape(inputs)[i] for i in range(3))
    flattened_inputs = array_ops.reshape(inputs, [-1])
    offsets = array_ops.expand_dims(math_ops.range(batch_size) * max_seq_len * num_tags, 1)
    offsets += array_ops.expand_dims(math_ops.range(max_seq_len) * num_tags, 0)
    if tag_indices.dtype == dtypes.int64:
        offsets = math_ops.cast(offsets, dtypes.int64)
    flattened_tag_indices = array_ops.reshape(offsets + tag_indices, [-1])
    unary_scores = array_ops.reshape(array_ops.gather(flattened_inputs, flattened_tag_indices), [batch_size, max_seq_len])
    masks = array_ops.sequence_mask(sequence_lengths, maxlen=array_ops.shape(tag_indices)[1], dtype=dtypes.float32)
    return math_ops.reduce_sum(unary_scores * masks, 1)


def crf_binary_score(tag_indices, sequence_lengths, transition_params):
    """The sums of the transitions between the tags."""
    num_tags = transition_params.get_shape()[0]
    num_transitions = array_ops.shape(tag_indices)[1] - 1
    start_tag_indices = array_ops.slice(tag_indices, [0, 0], [-1, num_transitions])
    end_tag_indices = array_ops.slice(tag_indices, [0, 1], [-1, num_transitions])
    flattened_indices = start_tag_indices * num_tags + end_tag_indices
    binary_scores = array_ops.gather(array_ops.reshape(transition_params, [-1]), flattened_indices)
    masks = array_ops.sequence_mask(sequence_lengths, maxlen=array_ops.shape(tag_indices)[1], dtype=dtypes.float32)
    truncated_masks = array_ops.slice(masks, [0, 1], [-1, -1])
    return math_ops.reduce_sum(binary_scores * truncated_masks, 1)


class CrfForwardRnnCell(rnn_cell.RNNCell):
    """A step of the forward algorithm: the state are the alphas, [batch, tags]."""

    def __init__(self, transition_params):
        self._transition_params = array_ops.expand_dims(transition_params, 0)
        self._num_tags = tensor_shape.dimension_value(transition_params.shape[0])

    @property
    def state_size(self):
        """The number of tags."""
        return self._num_tags

    @property
    def output_size(self):
        """The number of tags."""
        return self._num_tags

    def __call__(self, inputs, state, scope=None):
        """(alphas, alphas)."""
        state = array_ops.expand_dims(state, 2)
        transition_scores = state + self._transition_params
        new_alphas = inputs + math_ops.reduce_logsumexp(transition_scores, [1])
        return new_alphas, new_alphas


def viterbi_decode(score, transition_params):
    """(tags, their score) of one sequence, in NumPy: `score` is [time, tags]."""
    trellis = np.zeros_like(score)
    backpointers = np.zeros_like(score, dtype=np.int32)
    trellis[0] = score[0]
    for t in range(1, score.shape[0]):
        v = np.expand_dims(trellis[t - 1], 1) + transition_params
        trellis[t] = score[t] + np.max(v, 0)
        backpointers[t] = np.argmax(v, 0)
    viterbi = [np.argmax(trellis[-1])]
    for bp in reversed(backpointers[1:]):
        viterbi.append(bp[viterbi[-1]])
    viterbi.reverse()
    return viterbi, np.max(trellis[-1])


class CrfDecodeForwardRnnCell(rnn_cell.RNNCell):
    """A step of Viterbi's algorithm: outputs are the tags before, [batch, tags], the state are the scores."""

    def __init__(self, transition_params):
        self._transition_params = array_ops.expand_dims(transition_params, 0)
        self._num_tags = tensor_shape.dimension_value(transition_params.shape[0])

    @property
    def state_size(self):
        """The number of tags."""
        return self._num_tags

    @property
    def output_size(self):
        """The number of tags."""
        return self._num_tags

    def __call__(self, inputs, state, scope=None):
        """(tags before, scores)."""
        state = array_ops.expand_dims(state, 2)
        transition_scores = state + self._transition_params
        new_state = inputs + math_ops.reduce_max(transition_scores, [1])
        backpointers = math_ops.cast(math_ops.argmax(transition_scores, 1), dtype=dtypes.int32)
        return backpointers, new_state


class CrfDecodeBackwardRnnCell(rnn_cell.RNNCell):
    """Follows the tags before from the last one: the state is the tag, [batch, 1]."""

    def __init__(self, num_tags):
        self._num_tags = num_tags

    @property
    def state_size(self):
        """A tag."""
        return 1

    @property
    def output_size(self):
        """A tag."""
        return 1

    def __call__(self, inputs, state, scope=None):
        """(tag, tag)."""
        state = array_ops.squeeze(state, axis=[1])
        batch_size = array_ops.shape(inputs)[0]
        b_indices = math_ops.range(batch_size)
        indices = array_ops.stack([b_indices, state], axis=1)
        new_tags = array_ops.expand_dims(gen_array_ops.gather_nd(inputs, indices), axis=-1)
        return new_tags, new_tags


def crf_decode(potentials, transition_params, sequence_length):
    """(most likely tags, [batch, time]; their scores, [batch])."""
    def of_one():
        squeezed = array_ops.squeeze(potentials, [1])
        decode_tags = array_ops.expand_dims(math_ops.argmax(squeezed, axis=1), 1)
        return math_ops.cast(decode_tags, dtype=dtypes.int32), math_ops.reduce_max(squeezed, axis=1)

    def of_more():
        num_tags = tensor_shape.dimension_value(potentials.shape[2])
        initial_state = array_ops.squeeze(array_ops.slice(potentials, [0, 0, 0], [-1, 1, -1]), axis=[1])
        inputs = array_ops.slice(potentials, [0, 1, 0], [-1, -1, -1])
        lengths = _lengths_left(sequence_length)
        backpointers, last_score = rnn.dynamic_rnn(
            CrfDecodeForwardRnnCell(transition_params), inputs=inputs, sequence_length=lengths,
            initial_state=initial_state, time_major=False, dtype=dtypes.int32)
        backpointers = gen_array_ops.reverse_sequence(backpointers, lengths, seq_dim=1)
        initial_state = math_ops.cast(math_ops.argmax(last_score, axis=1), dtype=dtypes.int32)
        initial_state = array_ops.expand_dims(initial_state, axis=-1)
        decode_tags, _ = rnn.dynamic_rnn(
            CrfDecodeBackwardRnnCell(num_tags), inputs=backpointers, sequence_length=lengths,
            initial_state=initial_state, time_major=False, dtype=dtypes.int32)
        decode_tags = array_ops.squeeze(decode_tags, axis=[2])
        decode_tags = array_ops.concat([initial_state, decode_tags], axis=1)
        decode_tags = gen_array_ops.reverse_sequence(decode_tags, sequence_length, seq_dim=1)
        return decode_tags, math_ops.reduce_max(last_score, axis=1)

    return _for_length_one_or_more(potentials, of_one, of_more)
