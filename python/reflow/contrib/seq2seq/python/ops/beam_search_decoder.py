"""A decoder that searches with beams."""

import collections

import numpy as np

from reflow.contrib.seq2seq.python.ops import beam_search_ops
from reflow.contrib.seq2seq.python.ops import beam_search_step
from reflow.contrib.seq2seq.python.ops import decoder
from reflow.framework import dtypes
from reflow.framework import ops
from reflow.framework import tensor_shape
from reflow.framework import tensor_util
from reflow.keras.engine import base_layer
from reflow.ops import array_ops
from reflow.ops import control_flow_ops
from reflow.ops import embedding_ops
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


def _tile_batch(t, multiplier):
    t = ops.convert_to_tensor(t, name='t')
    shape_t = array_ops.shape(t)
    if t.shape.ndims is None or t.shape.ndims < 1:
        raise ValueError('t must have statically known rank')
    tiling = [1] * (t.shape.ndims + 1)
    tiling[1] = multiplier
    size = t.shape.dims[0].value
    tiled = array_ops.tile(array_ops.expand_dims(t, 1), tiling)
    tiled = array_ops.reshape(tiled, array_ops.concat(([shape_t[0] * multiplier], shape_t[1:]), 0))
    tiled.set_shape(tensor_shape.TensorShape([None if size is None else size * multiplier]).concatenate(t.shape[1:]))
    return tiled


def tile_batch(t, multiplier, name=None):
    """Each entry of the batch `multiplier` times, one after the other, in all tensors of a nest."""
    flat_t = nest.flatten(t)
    with ops.name_scope(name, 'tile_batch', flat_t + [multiplier]):
        return nest.map_structure(lambda t_: _tile_batch(t_, multiplier), t)


def gather_tree_from_array(t, parent_ids, sequence_length):
    """`t`, [time, batch, beam, ...], as the beams' final sequences have it."""
    max_time, batch_size, beam_width = (parent_ids.shape.dims[i].value or array_ops.shape(parent_ids)[i] for i in range(3))
    beam_ids = array_ops.expand_dims(array_ops.expand_dims(math_ops.range(beam_width), 0), 0)
    beam_ids = array_ops.tile(beam_ids, [max_time, batch_size, 1])
    max_sequence_lengths = math_ops.cast(math_ops.reduce_max(sequence_length, axis=1), dtypes.int32)
    sorted_beam_ids = beam_search_ops.gather_tree(step_ids=beam_ids, parent_ids=parent_ids,
                                                  max_sequence_lengths=max_sequence_lengths, end_token=beam_width + 1)
    in_bound_steps = array_ops.transpose(array_ops.sequence_mask(sequence_length, maxlen=max_time), perm=[2, 0, 1])
    sorted_beam_ids = array_ops.where(in_bound_steps, x=sorted_beam_ids, y=beam_ids)
    time_ind = array_ops.tile(array_ops.reshape(math_ops.range(max_time), [-1, 1, 1]), [1, batch_size, beam_width])
    batch_ind = array_ops.tile(array_ops.reshape(math_ops.range(batch_size), [-1, 1, 1]), [1, max_time, beam_width])
    batch_ind = array_ops.transpose(batch_ind, perm=[1, 0, 2])
    return array_ops.gather_nd(t, array_ops.stack([time_ind, batch_ind, sorted_beam_ids], -1))


def _check_static_batch_beam_maybe(shape, batch_size, beam_width):
    """Whether elements of that shape may have a batch and beams; warns where they don't."""
    if batch_size is not None and shape.dims[0].value is not None and (
            shape[0] != batch_size * beam_width or (
                shape.ndims >= 2 and shape.dims[1].value is not None and
                (shape[0] != batch_size or shape[1] != beam_width))):
        tf_logging.warn('TensorArray reordering expects elements to be reshapable to %s which is incompatible with the '
                        'current shape %s. Consider setting reorder_tensor_arrays to False to disable TensorArray '
                        'reordering during the beam search.' % (
                            tensor_shape.TensorShape([batch_size, beam_width, None]), shape))
        return False
    return True


def _check_batch_beam(t, batch_size, beam_width):
    """An assertion that elements have a batch and beams."""
    message = ('TensorArray reordering expects elements to be reshapable to [batch_size, beam_size, -1] which is '
               'incompatible with the dynamic shape of %s elements. Consider setting reorder_tensor_arrays to False to '
               'disable TensorArray reordering during the beam search.' % t.name)
    rank, shape = t.shape.ndims, array_ops.shape(t)
    merged = math_ops.equal(shape[1], batch_size * beam_width)
    condition = merged
    if rank != 2:
        condition = math_ops.logical_or(merged, math_ops.logical_and(
            math_ops.equal(shape[1], batch_size), math_ops.equal(shape[2], beam_width)))
    return control_flow_ops.Assert(condition, [message])


class BeamSearchDecoder(decoder.Decoder):
    """Keeps the `beam_width` best sequences. The cell's state has to be tiled by tile_batch."""

    def __init__(self, cell, embedding, start_tokens, end_token, initial_state, beam_width, output_layer=None,
                 length_penalty_weight=0.0, coverage_penalty_weight=0.0, reorder_tensor_arrays=True):
        assert_like_rnncell('cell', cell)
        if output_layer is not None and not isinstance(output_layer, base_layer.Layer):
            raise TypeError('output_layer must be a Layer, received: %s' % type(output_layer))
        self._cell = cell
        self._output_layer = output_layer
        self._reorder_tensor_arrays = reorder_tensor_arrays
        if callable(embedding):
            self._embedding_fn = embedding
        else:
            self._embedding_fn = lambda ids: embedding_ops.embedding_lookup(embedding, ids)
        self._start_tokens = ops.convert_to_tensor(start_tokens, dtype=dtypes.int32, name='start_tokens')
        if self._start_tokens.get_shape().ndims != 1:
            raise ValueError('start_tokens must be a vector')
        self._end_token = ops.convert_to_tensor(end_token, dtype=dtypes.int32, name='end_token')
        if self._end_token.get_shape().ndims != 0:
            raise ValueError('end_token must be a scalar')
        self._batch_size = array_ops.size(start_tokens)
        self._beam_width = beam_width
        self._length_penalty_weight = length_penalty_weight
        self._coverage_penalty_weight = coverage_penalty_weight
        self._initial_cell_state = nest.map_structure(self._maybe_split_batch_beams, initial_state, self._cell.state_size)
        self._start_tokens = array_ops.tile(array_ops.expand_dims(self._start_tokens, 1), [1, self._beam_width])
        self._start_inputs = self._embedding_fn(self._start_tokens)
        self._finished = array_ops.one_hot(array_ops.zeros([self._batch_size], dtype=dtypes.int32),
                                           depth=self._beam_width, on_value=False, off_value=True, dtype=dtypes.bool)

    @property
    def batch_size(self):
        """The size of the batch, without beams."""
        return self._batch_size

    def _rnn_output_size(self):
        size = self._cell.output_size
        if self._output_layer is None:
            return size
        with_batch = nest.map_structure(lambda s: tensor_shape.TensorShape([None]).concatenate(s), size)
        layer_output_shape = self._output_layer.compute_output_shape(with_batch)
        return nest.map_structure(lambda s: s[1:], layer_output_shape)

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
        log_probs = array_ops.one_hot(
            array_ops.zeros([self._batch_size], dtype=dtypes.int32), depth=self._beam_width,
            on_value=ops.convert_to_tensor(0.0, dtype=dtype), off_value=ops.convert_to_tensor(-np.inf, dtype=dtype),
            dtype=dtype)
        attention_probs = beam_search_step.get_attention_probs(self._initial_cell_state, self._coverage_penalty_weight)
        initial_state = BeamSearchDecoderState(
            cell_state=self._initial_cell_state, log_probs=log_probs, finished=self._finished,
            lengths=array_ops.zeros([self._batch_size, self._beam_width], dtype=dtypes.int64),
            accumulated_attention_probs=() if attention_probs is None else attention_probs)
        return self._finished, self._start_inputs, initial_state

    def finalize(self, outputs, final_state, sequence_lengths):
        """(sequences and outputs, final state)."""
        max_sequence_lengths = math_ops.cast(math_ops.reduce_max(final_state.lengths, axis=1), dtypes.int32)
        predicted_ids = beam_search_ops.gather_tree(
            outputs.predicted_ids, outputs.parent_ids, max_sequence_lengths=max_sequence_lengths,
            end_token=self._end_token)
        if self._reorder_tensor_arrays:
            final_state = final_state._replace(cell_state=nest.map_structure(
                lambda t: self._maybe_sort_array_beams(t, outputs.parent_ids, final_state.lengths),
                final_state.cell_state))
        return FinalBeamSearchDecoderOutput(beam_search_decoder_output=outputs, predicted_ids=predicted_ids), final_state

    def _merge_batch_beams(self, t, s=None):
        """[batch, beam, ...] as [batch * beam, ...]."""
        s = tensor_shape.as_shape(tensor_util.constant_value(s) if isinstance(s, ops.Tensor) else s)
        t_shape = array_ops.shape(t)
        static_batch_size = tensor_util.constant_value(self._batch_size)
        size = None if static_batch_size is None else static_batch_size * self._beam_width
        reshaped_t = array_ops.reshape(t, array_ops.concat(([self._batch_size * self._beam_width], t_shape[2:]), 0))
        reshaped_t.set_shape(tensor_shape.TensorShape([size]).concatenate(s))
        return reshaped_t

    def _split_batch_beams(self, t, s=None):
        """[batch * beam, ...] as [batch, beam, ...]."""
        s = tensor_shape.as_shape(tensor_util.constant_value(s) if isinstance(s, ops.Tensor) else s)
        t_shape = array_ops.shape(t)
        reshaped_t = array_ops.reshape(t, array_ops.concat(([self._batch_size, self._beam_width], t_shape[1:]), 0))
        static_batch_size = tensor_util.constant_value(self._batch_size)
        expected = tensor_shape.TensorShape([static_batch_size, self._beam_width]).concatenate(s)
        if not reshaped_t.shape.is_compatible_with(expected):
            raise ValueError('Unexpected behavior when reshaping between beam width and batch size.  The reshaped tensor '
                             'has shape: %s.  We expected it to have shape (batch_size, beam_width, depth) == %s.  Perhaps '
                             'you forgot to create a zero_state with batch_size=encoder_batch_size * beam_width?' % (
                                 reshaped_t.shape, expected))
        reshaped_t.set_shape(expected)
        return reshaped_t

    def _maybe_split_batch_beams(self, t, s):
        if isinstance(t, tensor_array_ops.TensorArray):
            return t
        beam_search_step.check_ndims(t)
        return self._split_batch_beams(t, s) if t.shape.ndims >= 1 else t

    def _maybe_merge_batch_beams(self, t, s):
        if isinstance(t, tensor_array_ops.TensorArray):
            return t
        beam_search_step.check_ndims(t)
        return self._merge_batch_beams(t, s) if t.shape.ndims >= 2 else t

    def _maybe_sort_array_beams(self, t, parent_ids, sequence_length):
        if not isinstance(t, tensor_array_ops.TensorArray):
            return t
        if t.element_shape.ndims is None or t.element_shape.ndims < 1:
            tf_logging.warn(
                'The TensorArray %s in the cell state is not amenable to sorting based on the beam search result. For a '
                'TensorArray to be sorted, its elements shape must be defined and have at least a rank of 1, but saw '
                'shape: %s' % (t.handle.name, t.element_shape))
            return t
        if not _check_static_batch_beam_maybe(t.element_shape, tensor_util.constant_value(self._batch_size),
                                              self._beam_width):
            return t
        t = t.stack()
        with ops.control_dependencies([_check_batch_beam(t, self._batch_size, self._beam_width)]):
            return gather_tree_from_array(t, parent_ids, sequence_length)

    def step(self, time, inputs, state, name=None):
        """(outputs, next state, next inputs, finished)."""
        with ops.name_scope(name, 'BeamSearchDecoderStep', (time, inputs, state)):
            inputs = nest.map_structure(lambda inp: self._merge_batch_beams(inp, s=inp.shape[2:]), inputs)
            cell_state = nest.map_structure(self._maybe_merge_batch_beams, state.cell_state, self._cell.state_size)
            cell_outputs, next_cell_state = self._cell(inputs, cell_state)
            cell_outputs = nest.map_structure(lambda out: self._split_batch_beams(out, out.shape[1:]), cell_outputs)
            next_cell_state = nest.map_structure(self._maybe_split_batch_beams, next_cell_state, self._cell.state_size)
            if self._output_layer is not None:
                cell_outputs = self._output_layer(cell_outputs)
            scores, word_ids, parent_ids, next_state = beam_search_step.beam_search_step(
                logits=cell_outputs, next_cell_state=next_cell_state, beam_state=state, batch_size=self._batch_size,
                beam_width=self._beam_width, end_token=self._end_token, length_penalty_weight=self._length_penalty_weight,
                coverage_penalty_weight=self._coverage_penalty_weight)
            finished = next_state['finished']
            next_inputs = control_flow_ops.cond(math_ops.reduce_all(finished), lambda: self._start_inputs,
                                                lambda: self._embedding_fn(word_ids))
        return (BeamSearchDecoderOutput(scores=scores, predicted_ids=word_ids, parent_ids=parent_ids),
                BeamSearchDecoderState(**next_state), next_inputs, finished)
