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


def _mask_probs(probs, eos_token, finished):
    """Log probabilities of beams that are finished: all of it at the end token."""
    vocab_size = array_ops.shape(probs)[2]
    finished_row = array_ops.one_hot(eos_token, vocab_size, dtype=probs.dtype,
                                     on_value=ops.convert_to_tensor(0., dtype=probs.dtype), off_value=probs.dtype.min)
    finished_probs = array_ops.tile(array_ops.reshape(finished_row, [1, 1, -1]),
                                    array_ops.concat([array_ops.shape(finished), [1]], 0))
    finished_mask = array_ops.tile(array_ops.expand_dims(finished, 2), [1, 1, vocab_size])
    return array_ops.where(finished_mask, finished_probs, probs)


def _length_penalty(sequence_lengths, penalty_factor):
    """((5 + lengths) / 6) ** penalty_factor. Wu and others, arXiv 1609.08144."""
    penalty_factor = ops.convert_to_tensor(penalty_factor, name='penalty_factor')
    penalty_factor.set_shape(())
    static_penalty = tensor_util.constant_value(penalty_factor)
    if static_penalty is not None and static_penalty == 0:
        return 1.0
    return math_ops.div((5. + math_ops.cast(sequence_lengths, dtypes.float32)) ** penalty_factor,
                        (5. + 1.) ** penalty_factor)


def _get_scores(log_probs, sequence_lengths, length_penalty_weight, coverage_penalty_weight, finished,
                accumulated_attention_probs):
    """Log probabilities with the penalties for length and coverage."""
    length_penalty = _length_penalty(sequence_lengths=sequence_lengths, penalty_factor=length_penalty_weight)
    length_penalty = math_ops.cast(length_penalty, dtype=log_probs.dtype)
    scores = log_probs / length_penalty
    coverage_penalty_weight = ops.convert_to_tensor(coverage_penalty_weight, name='coverage_penalty_weight')
    if coverage_penalty_weight.shape.ndims != 0:
        raise ValueError('coverage_penalty_weight should be a scalar, but saw shape: %s' % coverage_penalty_weight.shape)
    static_weight = tensor_util.constant_value(coverage_penalty_weight)
    if static_weight is not None and static_weight == 0.0:
        return scores
    if accumulated_attention_probs is None:
        raise ValueError('accumulated_attention_probs can be None only if coverage_penalty_weight is 0.0.')
    # Where nothing was attended to lies beyond the source's length.
    accumulated_attention_probs = array_ops.where(
        math_ops.equal(accumulated_attention_probs, 0.0), array_ops.ones_like(accumulated_attention_probs),
        accumulated_attention_probs)
    coverage_penalty = math_ops.reduce_sum(math_ops.log(math_ops.minimum(accumulated_attention_probs, 1.0)), 2)
    coverage_penalty *= math_ops.cast(finished, dtypes.float32)
    return scores + array_ops.expand_dims(coverage_penalty * coverage_penalty_weight, 2)


def _gather(gather_indices, gather_from, batch_size, range_size, gather_shape, name=None):
    """What the indices name in each batch."""
    with ops.name_scope(name, 'tensor_gather_helper'):
        range_ = array_ops.expand_dims(math_ops.range(batch_size) * range_size, 1)
        gather_indices = array_ops.reshape(gather_indices + range_, [-1])
        output = array_ops.gather(array_ops.reshape(gather_from, gather_shape), gather_indices)
        final_shape = array_ops.shape(gather_from)[:1 + len(gather_shape)]
        static_batch_size = tensor_util.constant_value(batch_size)
        final_static_shape = tensor_shape.TensorShape([static_batch_size]).concatenate(
            gather_from.shape[1:1 + len(gather_shape)])
        output = array_ops.reshape(output, final_shape, name='output')
        output.set_shape(final_static_shape)
        return output


def _maybe_gather(gather_indices, gather_from, batch_size, range_size, gather_shape):
    if isinstance(gather_from, tensor_array_ops.TensorArray):
        return gather_from
    check_ndims(gather_from)
    if gather_from.shape.ndims < len(gather_shape):
        return gather_from
    return _gather(gather_indices, gather_from, batch_size, range_size, gather_shape)


def beam_search_step(logits, next_cell_state, beam_state, batch_size, beam_width, end_token, length_penalty_weight,
                     coverage_penalty_weight):
    """(scores, word ids, parent ids, parts of the next state as a dict)."""
    static_batch_size = tensor_util.constant_value(batch_size)
    previously_finished = beam_state.finished
    not_finished = math_ops.logical_not(previously_finished)
    step_log_probs = _mask_probs(nn_ops.log_softmax(logits), end_token, previously_finished)
    total_probs = array_ops.expand_dims(beam_state.log_probs, 2) + step_log_probs
    vocab_size = logits.shape.dims[-1].value or array_ops.shape(logits)[-1]
    lengths_to_add = array_ops.one_hot(
        indices=array_ops.fill([batch_size, beam_width], end_token), depth=vocab_size, on_value=math_ops.to_int64(0),
        off_value=math_ops.to_int64(1), dtype=dtypes.int64)
    lengths_to_add *= array_ops.expand_dims(math_ops.cast(not_finished, dtypes.int64), 2)
    new_prediction_lengths = lengths_to_add + array_ops.expand_dims(beam_state.lengths, 2)
    accumulated_attention_probs = None
    attention_probs = get_attention_probs(next_cell_state, coverage_penalty_weight)
    if attention_probs is not None:
        attention_probs *= array_ops.expand_dims(math_ops.cast(not_finished, dtypes.float32), 2)
        accumulated_attention_probs = beam_state.accumulated_attention_probs + attention_probs
    scores = _get_scores(total_probs, new_prediction_lengths, length_penalty_weight, coverage_penalty_weight,
                         previously_finished, accumulated_attention_probs)
    scores_flat = array_ops.reshape(scores, [batch_size, -1])
    next_beam_size = ops.convert_to_tensor(beam_width, dtype=dtypes.int32, name='beam_width')
    next_beam_scores, word_indices = nn_ops.top_k(scores_flat, k=next_beam_size)
    next_beam_scores.set_shape([static_batch_size, beam_width])
    word_indices.set_shape([static_batch_size, beam_width])
    next_beam_probs = _gather(word_indices, total_probs, batch_size, beam_width * vocab_size, [-1],
                              name='next_beam_probs')
    next_word_ids = math_ops.cast(math_ops.mod(word_indices, vocab_size, name='next_beam_word_ids'), dtypes.int32)
    next_beam_ids = math_ops.cast(word_indices / vocab_size, dtypes.int32, name='next_beam_parent_ids')
    previously_finished = _gather(next_beam_ids, previously_finished, batch_size, beam_width, [-1])
    next_finished = math_ops.logical_or(previously_finished, math_ops.equal(next_word_ids, end_token),
                                        name='next_beam_finished')
    lengths_to_add = math_ops.cast(math_ops.logical_not(previously_finished), dtypes.int64)
    next_lengths = _gather(next_beam_ids, beam_state.lengths, batch_size, beam_width, [-1])
    next_lengths += lengths_to_add
    next_attention_probs = ()
    if accumulated_attention_probs is not None:
        next_attention_probs = _gather(next_beam_ids, accumulated_attention_probs, batch_size, beam_width,
                                       [batch_size * beam_width, -1], name='next_accumulated_attention_probs')
    next_cell_state = nest.map_structure(
        lambda x: _maybe_gather(next_beam_ids, x, batch_size, beam_width, [batch_size * beam_width, -1]), next_cell_state)
    next_state = {'cell_state': next_cell_state, 'log_probs': next_beam_probs, 'lengths': next_lengths,
                  'finished': next_finished, 'accumulated_attention_probs': next_attention_probs}
    return next_beam_scores, next_word_ids, next_beam_ids, next_state
