"""A decoder that searches with beams."""

import collections

import numpy as np

from reflow.contrib.seq2seq.python.ops import beam_search_ops
from reflow.contrib.seq2seq.python.ops import beam_search_step
from reflow.contrib.seq2seq.python.ops import decoder
from reflow.contrib.seq2seq.python.ops import helper
from reflow.framework import dtypes
from reflow.framework import ops
from reflow.framework import tensor_shape
from reflow.framework import tensor_util
from reflow.ops import array_ops
from reflow.ops import control_flow_ops
from reflow.ops import math_ops
from reflow.ops import tensor_array_ops
from reflow.ops.rnn_cell_base import assert_like_rnncell
from reflow.platform import tf_logging
from reflow.util import nest

__all__ = ['BeamSearchDecoderOutput', 'BeamSearchDecoderState', 'BeamSearchDecoder', 'FinalBeamSearchDecoderOutput',
           'tile_batch']


class BeamSearchDecoderState(collections.namedtuple(
        'BeamSearchDecoderState', ('cell_state', 'log_probs', 'finished', 'lengths', 'accumulated_attention_probs'))):
    """The state of all beams."""


class BeamSearchDecoderOutput(collections.namedtuple(
        'BeamSearchDecoderOutput', ('scores', 'predicted_ids', 'parent_ids'))):
    """What a step gives for each beam."""


class FinalBeamSearchDecoderOutput(collections.namedtuple(
        'FinalBeamDecoderOutput', ('predicted_ids', 'beam_search_decoder_output'))):
    """The sequences, best first, and the outputs of the steps."""


def _repeated(tensor, multiplier):
    """[batch * multiplier, ...] of [batch, ...]."""
    tensor = ops.convert_to_tensor(tensor, name='t')
    sizes, rank = array_ops.shape(tensor), tensor.shape.ndims
    if not rank:
        raise ValueError('t must have statically known rank')
    batch = tensor.shape.dims[0].value
    copies = array_ops.tile(array_ops.expand_dims(tensor, 1), [1, multiplier] + [1] * (rank - 1))
    copies = array_ops.reshape(copies, array_ops.concat(([sizes[0] * multiplier], sizes[1:]), 0))
    known = tensor_shape.TensorShape([None if batch is None else batch * multiplier])
    copies.set_shape(known.concatenate(tensor.shape[1:]))
    return copies


def tile_batch(t, multiplier, name=None):
    """Each entry of the batch `multiplier` times, one after the other, in all tensors of a nest."""
    with ops.name_scope(name, 'tile_batch', nest.flatten(t) + [multiplier]):
        return nest.map_structure(lambda tensor: _repeated(tensor, multiplier), t)


def gather_tree_from_array(t, parent_ids, sequence_length):
    """`t`, [time, batch, beam, ...], as the beams' final sequences have it."""
    time, batch, width = (parent_ids.shape.dims[i].value or array_ops.shape(parent_ids)[i] for i in range(3))
    beams = array_ops.expand_dims(array_ops.expand_dims(math_ops.range(width), 0), 0)
    beams = array_ops.tile(beams, [time, batch, 1])
    lengths = math_ops.cast(math_ops.reduce_max(sequence_length, axis=1), dtypes.int32)
    sources = beam_search_ops.gather_tree(beams, parent_ids, lengths, end_token=width + 1)
    are_within = array_ops.transpose(array_ops.sequence_mask(sequence_length, maxlen=time), perm=[2, 0, 1])
    sources = array_ops.where(are_within, sources, beams)

    def numbers(count, copies):
        """[count, copies[1], copies[2]]."""
        return array_ops.tile(array_ops.reshape(math_ops.range(count), [-1, 1, 1]), copies)

    times = numbers(time, [1, batch, width])
    entries = array_ops.transpose(numbers(batch, [1, time, width]), perm=[1, 0, 2])
    return array_ops.gather_nd(t, array_ops.stack([times, entries, sources], -1))


_REORDERING = 'TensorArray reordering expects elements to be reshapable to %s which is incompatible with the %s. Consider ' \
    'setting reorder_tensor_arrays to False to disable TensorArray reordering during the beam search.'


def _may_have_beams(shape, batch_size, beam_width):
    """Whether elements of that shape may have a batch and beams, as far as it is known; warns where they don't."""
    first, second = [shape.dims[i].value if i < shape.ndims else None for i in range(2)]
    if batch_size is None or first is None:
        return True
    are_merged = first == batch_size * beam_width
    are_apart = second is None or (first == batch_size and second == beam_width)
    if are_merged and are_apart:
        return True
    wanted = tensor_shape.TensorShape([batch_size, beam_width, None])
    tf_logging.warn(_REORDERING % (wanted, 'current shape %s' % shape))
    return False


def _assert_beams(elements, batch_size, beam_width):
    """An assertion that elements, [time, ...], have a batch and beams, as two dimensions or as one."""
    shape = array_ops.shape(elements)
    have_beams = math_ops.equal(shape[1], batch_size * beam_width)
    if elements.shape.ndims != 2:
        are_apart = math_ops.logical_and(math_ops.equal(shape[1], batch_size), math_ops.equal(shape[2], beam_width))
        have_beams = math_ops.logical_or(have_beams, are_apart)
    message = _REORDERING % ('[batch_size, beam_size, -1]', 'dynamic shape of %s elements' % elements.name)
    return control_flow_ops.Assert(have_beams, [message])


class BeamSearchDecoder(decoder.Decoder):
    """Keeps the `beam_width` best sequences. The cell's state has to be tiled by tile_batch."""

    def __init__(self, cell, embedding, start_tokens, end_token, initial_state, beam_width, output_layer=None,
                 length_penalty_weight=0.0, coverage_penalty_weight=0.0, reorder_tensor_arrays=True):
        assert_like_rnncell('cell', cell)
        decoder.check_output_layer(output_layer)
        self._cell, self._output_layer = cell, output_layer
        self._reorder_tensor_arrays = reorder_tensor_arrays
        self._embedding_fn = helper.embedding_function(embedding)
        starts, self._end_token = helper.start_and_end(start_tokens, end_token)
        self._batch_size, self._beam_width = array_ops.size(start_tokens), beam_width
        self._length_penalty_weight = length_penalty_weight
        self._coverage_penalty_weight = coverage_penalty_weight
        self._initial_cell_state = nest.map_structure(self._maybe_split_batch_beams, initial_state, cell.state_size)
        self._start_tokens = array_ops.tile(array_ops.expand_dims(starts, 1), [1, beam_width])
        self._start_inputs = self._embedding_fn(self._start_tokens)
        self._finished = self._first_beam(False, True, dtypes.bool)  # the others are the same sequence again

    def _first_beam(self, of_first, of_others, dtype):
        """[batch, beam]."""
        firsts = array_ops.zeros([self._batch_size], dtype=dtypes.int32)
        if dtype != dtypes.bool:
            of_first, of_others = [ops.convert_to_tensor(value, dtype=dtype) for value in (of_first, of_others)]
        return array_ops.one_hot(firsts, self._beam_width, on_value=of_first, off_value=of_others, dtype=dtype)

    @property
    def batch_size(self):
        """The size of the batch, without beams."""
        return self._batch_size

    def _rnn_output_size(self):
        return decoder.size_behind(self._cell, self._output_layer)

    @property
    def tracks_own_finished(self):
        """True: beams take each other's places."""
        return True

    @property
    def output_size(self):
        """The sizes of outputs."""
        width = tensor_shape.TensorShape([self._beam_width])
        return BeamSearchDecoderOutput(scores=width, predicted_ids=width, parent_ids=width)

    @property
    def output_dtype(self):
        """The types of outputs."""
        dtype = nest.flatten(self._initial_cell_state)[0].dtype
        return BeamSearchDecoderOutput(scores=nest.map_structure(lambda _: dtype, self._rnn_output_size()),
                                       predicted_ids=dtypes.int32, parent_ids=dtypes.int32)

    def initialize(self, name=None):
        """(finished, first inputs, first state)."""
        dtype = nest.flatten(self._initial_cell_state)[0].dtype
        log_probs = self._first_beam(0.0, -np.inf, dtype)
        attention_probs = beam_search_step.get_attention_probs(self._initial_cell_state, self._coverage_penalty_weight)
        lengths = array_ops.zeros([self._batch_size, self._beam_width], dtype=dtypes.int64)
        state = BeamSearchDecoderState(self._initial_cell_state, log_probs, self._finished, lengths,
                                       () if attention_probs is None else attention_probs)
        return self._finished, self._start_inputs, state

    def finalize(self, outputs, final_state, sequence_lengths):
        """(sequences and outputs, final state)."""
        lengths = math_ops.cast(math_ops.reduce_max(final_state.lengths, axis=1), dtypes.int32)
        sequences = beam_search_ops.gather_tree(outputs.predicted_ids, outputs.parent_ids, lengths, self._end_token)
        if self._reorder_tensor_arrays:
            def in_order(each):
                return self._maybe_sort_array_beams(each, outputs.parent_ids, final_state.lengths)

            final_state = final_state._replace(cell_state=nest.map_structure(in_order, final_state.cell_state))
        return FinalBeamSearchDecoderOutput(sequences, outputs), final_state

    @staticmethod
    def _static_shape(shape):
        return tensor_shape.as_shape(tensor_util.constant_value(shape) if isinstance(shape, ops.Tensor) else shape)

    def _merge_batch_beams(self, t, s=None):
        """[batch, beam, ...] as [batch * beam, ...]; `s` is the shape of the rest, as far as it is known."""
        rest = self._static_shape(s)
        sizes, batch = array_ops.shape(t), tensor_util.constant_value(self._batch_size)
        merged = array_ops.reshape(t, array_ops.concat(([self._batch_size * self._beam_width], sizes[2:]), 0))
        known = tensor_shape.TensorShape([None if batch is None else batch * self._beam_width])
        merged.set_shape(known.concatenate(rest))
        return merged

    def _split_batch_beams(self, t, s=None):
        """[batch * beam, ...] as [batch, beam, ...]; `s` is the shape of the rest, as far as it is known."""
        rest, sizes = self._static_shape(s), array_ops.shape(t)
        apart = array_ops.reshape(t, array_ops.concat(([self._batch_size, self._beam_width], sizes[1:]), 0))
        batch = tensor_util.constant_value(self._batch_size)
        expected = tensor_shape.TensorShape([batch, self._beam_width]).concatenate(rest)
        if not apart.shape.is_compatible_with(expected):
            raise ValueError('Unexpected behavior when reshaping between beam width and batch size.  The reshaped tensor '
                             'has shape: %s.  We expected it to have shape (batch_size, beam_width, depth) == %s.  Perhaps '
                             'you forgot to create a zero_state with batch_size=encoder_batch_size * beam_width?' % (
                                 apart.shape, expected))
        apart.set_shape(expected)
        return apart

    def _maybe_split_batch_beams(self, t, s):
        return self._if_of_rank(1, self._split_batch_beams, t, s)

    def _maybe_merge_batch_beams(self, t, s):
        return self._if_of_rank(2, self._merge_batch_beams, t, s)

    @staticmethod
    def _if_of_rank(rank, function, t, s):
        """function(t, s), where `t` is a tensor of at least that rank; else `t`."""
        if isinstance(t, tensor_array_ops.TensorArray):
            return t
        beam_search_step.check_ndims(t)
        return function(t, s) if t.shape.ndims >= rank else t

    def _maybe_sort_array_beams(self, t, parent_ids, sequence_length):
        if not isinstance(t, tensor_array_ops.TensorArray):
            return t
        if not t.element_shape.ndims:
            tf_logging.warn(
                'The TensorArray %s in the cell state is not amenable to sorting based on the beam search result. For a '
                'TensorArray to be sorted, its elements shape must be defined and have at least a rank of 1, but saw '
                'shape: %s' % (t.handle.name, t.element_shape))
            return t
        if not _may_have_beams(t.element_shape, tensor_util.constant_value(self._batch_size), self._beam_width):
            return t
        elements = t.stack()
        with ops.control_dependencies([_assert_beams(elements, self._batch_size, self._beam_width)]):
            return gather_tree_from_array(elements, parent_ids, sequence_length)

    def step(self, time, inputs, state, name=None):
        """(outputs, next state, next inputs, finished)."""
        sizes = self._cell.state_size
        with ops.name_scope(name, 'BeamSearchDecoderStep', (time, inputs, state)):
            inputs = nest.map_structure(lambda each: self._merge_batch_beams(each, each.shape[2:]), inputs)
            merged_state = nest.map_structure(self._maybe_merge_batch_beams, state.cell_state, sizes)
            logits, cell_state = self._cell(inputs, merged_state)
            logits = nest.map_structure(lambda each: self._split_batch_beams(each, each.shape[1:]), logits)
            cell_state = nest.map_structure(self._maybe_split_batch_beams, cell_state, sizes)
            if self._output_layer is not None:
                logits = self._output_layer(logits)
            scores, words, parents, next_state = beam_search_step.beam_search_step(
                logits, cell_state, state, self._batch_size, self._beam_width, self._end_token, self._length_penalty_weight,
                self._coverage_penalty_weight)
            finished = next_state['finished']
            inputs = control_flow_ops.cond(math_ops.reduce_all(finished), lambda: self._start_inputs,
                                           lambda: self._embedding_fn(words))
        return BeamSearchDecoderOutput(scores, words, parents), BeamSearchDecoderState(**next_state), inputs, finished
