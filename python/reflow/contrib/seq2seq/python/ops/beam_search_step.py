"""A step of beam search: scores, the best beams, and what goes along with them."""

from reflow.contrib.seq2seq.python.ops.attention_wrapper import AttentionWrapperState
from reflow.framework import dtypes
from reflow.framework import ops
from reflow.framework import tensor_shape
from reflow.framework import tensor_util
from reflow.ops import array_ops
from reflow.ops import math_ops
from reflow.ops import nn_ops
from reflow.ops import tensor_array_ops
from reflow.util import nest


def check_ndims(t):
    """Raises ValueError where the rank isn't known."""
    if t.shape.ndims is None:
        raise ValueError('Expected tensor (%s) to have known rank, but ndims == None.' % t)


def get_attention_probs(next_cell_state, coverage_penalty_weight):
    """What the state's attentions weigh, [batch, beam, memory]; None where there is no penalty for coverage."""
    if coverage_penalty_weight == 0.0:
        return None
    states = next_cell_state if not isinstance(next_cell_state, AttentionWrapperState) else (next_cell_state,)
    probs = [_attention_probs(state) for state in states if isinstance(state, AttentionWrapperState)] if (
        isinstance(states, tuple)) else []
    if not probs:
        raise ValueError('coverage_penalty_weight must be 0.0 if no cell is attentional.')
    return probs[0] if len(probs) == 1 else _mean_of(probs)


def _mean_of(probs):
    return math_ops.reduce_mean(array_ops.concat([array_ops.expand_dims(prob, -1) for prob in probs], -1), -1)


def _attention_probs(state):
    return _mean_of(state.alignments) if isinstance(state.alignments, tuple) else state.alignments


def _at_end(log_probs, end_token, finished):
    """Log probabilities of words, [batch, beam, words]: of beams that are finished the end token has all of it."""
    num_words = array_ops.shape(log_probs)[2]
    certain = ops.convert_to_tensor(0., dtype=log_probs.dtype)
    of_end = array_ops.one_hot(end_token, num_words, on_value=certain, off_value=log_probs.dtype.min, dtype=log_probs.dtype)
    row = array_ops.reshape(of_end, [1, 1, -1])
    of_all = array_ops.tile(row, array_ops.concat([array_ops.shape(finished), [1]], 0))
    are_finished = array_ops.tile(array_ops.expand_dims(finished, 2), [1, 1, num_words])
    return array_ops.where(are_finished, of_all, log_probs)


def _length_penalty(lengths, factor):
    """((5 + lengths) / 6) ** factor. Wu and others, arXiv 1609.08144."""
    factor = ops.convert_to_tensor(factor, name='penalty_factor')
    factor.set_shape(())
    if tensor_util.constant_value(factor) == 0:
        return 1.0
    return math_ops.div((5. + math_ops.cast(lengths, dtypes.float32)) ** factor, (5. + 1.) ** factor)


def _coverage_penalty(attended, finished):
    """The sum of log(min(attended, 1)) over the source, [batch, beam], for finished beams. Wu and others, as above."""
    # Where nothing was attended to lies beyond the source's length.
    ones = array_ops.where(math_ops.equal(attended, 0.0), array_ops.ones_like(attended), attended)
    penalty = math_ops.reduce_sum(math_ops.log(math_ops.minimum(ones, 1.0)), 2)
    return penalty * math_ops.cast(finished, dtypes.float32)


def _scores(log_probs, lengths, length_weight, coverage_weight, finished, attended):
    """Log probabilities with the penalties for length and coverage."""
    penalty = math_ops.cast(_length_penalty(lengths, length_weight), dtype=log_probs.dtype)
    scores = log_probs / penalty
    coverage_weight = ops.convert_to_tensor(coverage_weight, name='coverage_penalty_weight')
    if coverage_weight.shape.ndims != 0:
        raise ValueError('coverage_penalty_weight should be a scalar, but saw shape: %s' % coverage_weight.shape)
    if tensor_util.constant_value(coverage_weight) == 0.0:
        return scores
    if attended is None:
        raise ValueError('accumulated_attention_probs can be None only if coverage_penalty_weight is 0.0.')
    return scores + array_ops.expand_dims(_coverage_penalty(attended, finished) * coverage_weight, 2)


class _Gather:
    """Takes from each entry of a batch what indices, [batch, beam], name."""

    def __init__(self, indices, batch_size, beam_width):
        self._indices, self._batch_size, self._beam_width = indices, batch_size, beam_width

    def elements(self, values, size, name=None):
        """[batch, beam] of [batch, ...], whose entries have `size` elements."""
        return self._rows(values, size, [-1], name)

    def rows(self, values, name=None):
        """[batch, beam, ...] of the same."""
        return self._rows(values, self._beam_width, self._flat_shape(), name)

    def rows_if_there(self, values):
        """The same; a TensorArray, and what has less than two dimensions, as it is."""
        flat_shape = self._flat_shape()  # TensorFlow makes it for these too
        if isinstance(values, tensor_array_ops.TensorArray):
            return values
        check_ndims(values)
        return values if values.shape.ndims < 2 else self._rows(values, self._beam_width, flat_shape, None)

    def _flat_shape(self):
        return [self._batch_size * self._beam_width, -1]

    def _rows(self, values, size, flat_shape, name):
        with ops.name_scope(name, 'tensor_gather_helper'):
            begins = array_ops.expand_dims(math_ops.range(self._batch_size) * size, 1)
            places = array_ops.reshape(self._indices + begins, [-1])
            gathered = array_ops.gather(array_ops.reshape(values, flat_shape), places)
            num_dims = 1 + len(flat_shape)
            shaped = array_ops.reshape(gathered, array_ops.shape(values)[:num_dims], name='output')
            known = tensor_shape.TensorShape([tensor_util.constant_value(self._batch_size)])
            shaped.set_shape(known.concatenate(values.shape[1:num_dims]))
            return shaped


def _lengths_with(beam_state, goes_on, end_token, batch_size, beam_width, num_words):
    """The lengths with each word behind, [batch, beam, words]: one more, unless the word, or the beam, is at its end."""
    ends = array_ops.fill([batch_size, beam_width], end_token)
    zero, one = math_ops.to_int64(0), math_ops.to_int64(1)
    more = array_ops.one_hot(ends, num_words, on_value=zero, off_value=one, dtype=dtypes.int64)
    more *= array_ops.expand_dims(math_ops.cast(goes_on, dtypes.int64), 2)
    return more + array_ops.expand_dims(beam_state.lengths, 2)


def beam_search_step(logits, next_cell_state, beam_state, batch_size, beam_width, end_token, length_penalty_weight,
                     coverage_penalty_weight):
    """(scores, word ids, parent ids, parts of the next state as a dict): the best of all words behind all beams.

    `logits` are [batch, beam, words], the results [batch, beam].
    """
    finished = beam_state.finished
    goes_on = math_ops.logical_not(finished)
    of_step = _at_end(nn_ops.log_softmax(logits), end_token, finished)
    log_probs = array_ops.expand_dims(beam_state.log_probs, 2) + of_step
    num_words = logits.shape.dims[-1].value or array_ops.shape(logits)[-1]
    lengths = _lengths_with(beam_state, goes_on, end_token, batch_size, beam_width, num_words)
    attended, of_step = None, get_attention_probs(next_cell_state, coverage_penalty_weight)
    if of_step is not None:
        of_step *= array_ops.expand_dims(math_ops.cast(goes_on, dtypes.float32), 2)
        attended = beam_state.accumulated_attention_probs + of_step
    scores = _scores(log_probs, lengths, length_penalty_weight, coverage_penalty_weight, finished, attended)

    in_a_row = array_ops.reshape(scores, [batch_size, -1])
    count = ops.convert_to_tensor(beam_width, dtype=dtypes.int32, name='beam_width')
    best, places = nn_ops.top_k(in_a_row, k=count)
    for each in (best, places):
        each.set_shape([tensor_util.constant_value(batch_size), beam_width])

    next_log_probs = _Gather(places, batch_size, beam_width).elements(log_probs, beam_width * num_words, 'next_beam_probs')
    words = math_ops.cast(math_ops.mod(places, num_words, name='next_beam_word_ids'), dtypes.int32)
    parents = math_ops.cast(places / num_words, dtypes.int32, name='next_beam_parent_ids')
    of_parents = _Gather(parents, batch_size, beam_width)
    finished = of_parents.elements(finished, beam_width)
    next_finished = math_ops.logical_or(finished, math_ops.equal(words, end_token), name='next_beam_finished')
    more = math_ops.cast(math_ops.logical_not(finished), dtypes.int64)
    next_lengths = of_parents.elements(beam_state.lengths, beam_width) + more
    next_attended = () if attended is None else of_parents.rows(attended, 'next_accumulated_attention_probs')
    return best, words, parents, {
        'cell_state': nest.map_structure(of_parents.rows_if_there, next_cell_state), 'log_probs': next_log_probs,
        'lengths': next_lengths, 'finished': next_finished, 'accumulated_attention_probs': next_attended}
