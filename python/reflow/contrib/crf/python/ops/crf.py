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
from reflow.util.shown_attributes import shown

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
        index_type = tag_indices.dtype
        batch_size = array_ops.shape(inputs, out_type=index_type)[0]
        rows = array_ops.reshape(math_ops.range(batch_size, dtype=index_type), [-1, 1])
        step = array_ops.squeeze(inputs, [1])
        scores = array_ops.gather_nd(step, array_ops.concat([rows, tag_indices], axis=1))
        return _zeros_if_empty(scores, sequence_lengths)

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


def _zeros_if_empty(scores, sequence_lengths):
    """`scores`, and 0 for sequences of no steps."""
    return array_ops.where(math_ops.less_equal(sequence_lengths, 0), array_ops.zeros_like(scores), scores)


def _first_and_rest(inputs):
    """[batch, tags] of the first step, and a function that gives the other steps, [batch, time - 1, tags]."""
    first = array_ops.squeeze(array_ops.slice(inputs, [0, 0, 0], [-1, 1, -1]), [1])
    return first, lambda: array_ops.slice(inputs, [0, 1, 0], [-1, -1, -1])


def crf_log_norm(inputs, sequence_lengths, transition_params):
    """The logarithm of the sum over all sequences of tags."""
    first, rest = _first_and_rest(inputs)

    def norm_of(alphas):
        return _zeros_if_empty(math_ops.reduce_logsumexp(alphas, [1]), sequence_lengths)

    def of_more():
        steps = rest()
        _, alphas = rnn.dynamic_rnn(CrfForwardRnnCell(transition_params), steps, _lengths_left(sequence_lengths), first,
                                    dtypes.float32)
        return norm_of(alphas)

    return _for_length_one_or_more(inputs, lambda: norm_of(first), of_more)


def crf_log_likelihood(inputs, tag_indices, sequence_lengths, transition_params=None):
    """(log likelihoods of the tags, transition matrix); a variable `transitions` is the matrix where none is given."""
    lengths = math_ops.cast(sequence_lengths, dtype=dtypes.int32)
    if transition_params is None:
        num_tags = tensor_shape.dimension_value(inputs.shape[2])
        transition_params = vs.get_variable('transitions', [num_tags, num_tags])
    score = crf_sequence_score(inputs, tag_indices, lengths, transition_params)
    return score - crf_log_norm(inputs, lengths, transition_params), transition_params


def _steps_that_count(tag_indices, sequence_lengths):
    """1. for steps within the sequences, 0. behind, [batch, time]."""
    return array_ops.sequence_mask(sequence_lengths, maxlen=array_ops.shape(tag_indices)[1], dtype=dtypes.float32)


def crf_unary_score(tag_indices, sequence_lengths, inputs):
    """The sums of the inputs at the tags."""
    batch, time, num_tags = (array_ops.shape(inputs)[i] for i in range(3))
    all_inputs = array_ops.reshape(inputs, [-1])
    # Where the tags of each step begin in there.
    begins = array_ops.expand_dims(math_ops.range(batch) * time * num_tags, 1)
    begins += array_ops.expand_dims(math_ops.range(time) * num_tags, 0)
    if tag_indices.dtype == dtypes.int64:
        begins = math_ops.cast(begins, dtypes.int64)
    places = array_ops.reshape(begins + tag_indices, [-1])
    scores = array_ops.reshape(array_ops.gather(all_inputs, places), [batch, time])
    return math_ops.reduce_sum(scores * _steps_that_count(tag_indices, sequence_lengths), 1)


def crf_binary_score(tag_indices, sequence_lengths, transition_params):
    """The sums of the transitions between the tags."""
    num_tags = transition_params.get_shape()[0]
    count = array_ops.shape(tag_indices)[1] - 1
    before, after = (array_ops.slice(tag_indices, begin, [-1, count]) for begin in ([0, 0], [0, 1]))
    places = before * num_tags + after
    scores = array_ops.gather(array_ops.reshape(transition_params, [-1]), places)
    steps_after = array_ops.slice(_steps_that_count(tag_indices, sequence_lengths), [0, 1], [-1, -1])
    return math_ops.reduce_sum(scores * steps_after, 1)


class _CellOfTags(rnn_cell.RNNCell):
    """A cell over all tags at once: `inputs`, outputs and state are [batch, tags]."""

    state_size = output_size = shown('_num_tags', 'The number of tags.')

    def __init__(self, transition_params):
        self._transition_params = array_ops.expand_dims(transition_params, 0)
        self._num_tags = tensor_shape.dimension_value(transition_params.shape[0])

    def _scores_of_pairs(self, state):
        """The scores of each tag with each one before it, [batch, before, tags]."""
        return array_ops.expand_dims(state, 2) + self._transition_params


class CrfForwardRnnCell(_CellOfTags):
    """A step of the forward algorithm: the state are the alphas, [batch, tags]."""

    def __call__(self, inputs, state, scope=None):
        """(alphas, alphas)."""
        alphas = inputs + math_ops.reduce_logsumexp(self._scores_of_pairs(state), [1])
        return alphas, alphas


def viterbi_decode(score, transition_params):
    """(tags, their score) of one sequence, in NumPy: `score` is [time, tags]."""
    best = score[0]  # of the sequences that end in each tag
    tags_before = []
    for of_step in score[1:]:
        of_pairs = best[:, np.newaxis] + transition_params
        tags_before.append(of_pairs.argmax(axis=0).astype(np.int32))
        best = (of_step + of_pairs.max(axis=0)).astype(score.dtype)
    tags = [best.argmax()]
    for before in reversed(tags_before):
        tags.append(before[tags[-1]])
    return tags[::-1], best.max()


class CrfDecodeForwardRnnCell(_CellOfTags):
    """A step of Viterbi's algorithm: outputs are the tags before, [batch, tags], the state are the scores."""

    def __call__(self, inputs, state, scope=None):
        """(tags before, scores)."""
        of_pairs = self._scores_of_pairs(state)
        scores = inputs + math_ops.reduce_max(of_pairs, [1])
        return math_ops.cast(math_ops.argmax(of_pairs, 1), dtype=dtypes.int32), scores


class CrfDecodeBackwardRnnCell(rnn_cell.RNNCell):
    """Follows the tags before from the last one: the state is the tag, [batch, 1]."""

    state_size = output_size = property(lambda self: 1, doc='A tag.')

    def __init__(self, num_tags):
        self._num_tags = num_tags

    def __call__(self, inputs, state, scope=None):
        """(tag, tag)."""
        tags = array_ops.squeeze(state, axis=[1])
        places = array_ops.stack([math_ops.range(array_ops.shape(inputs)[0]), tags], axis=1)
        before = array_ops.expand_dims(gen_array_ops.gather_nd(inputs, places), axis=-1)
        return before, before


def crf_decode(potentials, transition_params, sequence_length):
    """(most likely tags, [batch, time]; their scores, [batch])."""
    def int32(tags):
        return math_ops.cast(tags, dtype=dtypes.int32)

    def of_one():
        scores = array_ops.squeeze(potentials, [1])
        return int32(array_ops.expand_dims(math_ops.argmax(scores, axis=1), 1)), math_ops.reduce_max(scores, axis=1)

    def of_more():
        first, rest = _first_and_rest(potentials)
        steps, lengths = rest(), _lengths_left(sequence_length)

        def run(cell, inputs, state):
            return rnn.dynamic_rnn(cell, inputs, lengths, state, dtypes.int32)

        tags_before, scores = run(CrfDecodeForwardRnnCell(transition_params), steps, first)
        backwards = gen_array_ops.reverse_sequence(tags_before, lengths, seq_dim=1)
        last = array_ops.expand_dims(int32(math_ops.argmax(scores, axis=1)), axis=-1)
        num_tags = tensor_shape.dimension_value(potentials.shape[2])
        others, _ = run(CrfDecodeBackwardRnnCell(num_tags), backwards, last)
        tags = array_ops.concat([last, array_ops.squeeze(others, axis=[2])], axis=1)
        return gen_array_ops.reverse_sequence(tags, sequence_length, seq_dim=1), math_ops.reduce_max(scores, axis=1)

    return _for_length_one_or_more(potentials, of_one, of_more)
