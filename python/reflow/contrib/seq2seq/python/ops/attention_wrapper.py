"""A cell with attention."""

import collections

from reflow.contrib.framework.python.framework import tensor_util
from reflow.contrib.seq2seq.python.ops import attention_mechanisms
from reflow.contrib.seq2seq.python.ops.attention_mechanisms import *  # noqa: F401,F403
from reflow.contrib.seq2seq.python.ops.attention_mechanisms import (  # noqa: F401
    AttentionMechanism, _bahdanau_score, _BaseAttentionMechanism, _BaseMonotonicAttentionMechanism, _luong_score,
    _maybe_mask_score, _prepare_memory, _size)
from reflow.eager import context
from reflow.framework import dtypes
from reflow.framework import ops
from reflow.framework import tensor_shape
from reflow.layers import core as layers_core
from reflow.ops import array_ops
from reflow.ops import check_ops
from reflow.ops import math_ops
from reflow.ops import rnn_cell_impl
from reflow.ops import tensor_array_ops
from reflow.ops.rnn_cell_base import _zero_state_tensors
from reflow.util import nest

__all__ = [*attention_mechanisms.__all__, 'AttentionWrapper', 'AttentionWrapperState', 'hardmax']


def _with_same_shape(old, new):
    """`new`, which has to have the shape of `old`."""
    if not isinstance(old, ops.Tensor) or not isinstance(new, ops.Tensor):
        return new
    if context.executing_eagerly():
        if old.shape != new.shape:
            raise ValueError('The shape of the AttentionWrapperState is expected to be same as the one to clone. '
                             'self.shape: %s, input.shape: %s' % (old.shape, new.shape))
        return new
    return tensor_util.with_same_shape(old, new)


class AttentionWrapperState(collections.namedtuple(
        'AttentionWrapperState',
        ('cell_state', 'attention', 'time', 'alignments', 'alignment_history', 'attention_state'))):
    """The state of AttentionWrapper."""

    def clone(self, **kwargs):
        """The state with some parts changed, which have to have the same shapes."""
        return nest.map_structure(_with_same_shape, self, super()._replace(**kwargs))


def hardmax(logits, name=None):
    """1 for the largest logit and 0 for the others."""
    with ops.name_scope(name, 'Hardmax', [logits]):
        logits = ops.convert_to_tensor(logits, name='logits')
        depth = tensor_shape.dimension_value(logits.get_shape()[-1])
        if depth is None:
            depth = array_ops.shape(logits)[-1]
        return array_ops.one_hot(math_ops.argmax(logits, -1), depth, dtype=logits.dtype)


def _compute_attention(attention_mechanism, cell_output, attention_state, attention_layer):
    """(attention, alignments, next state of the mechanism)."""
    alignments, next_attention_state = attention_mechanism(cell_output, state=attention_state)
    context = math_ops.matmul(array_ops.expand_dims(alignments, 1), attention_mechanism.values)
    attention = array_ops.squeeze(context, [1])
    if attention_layer is not None:
        attention = attention_layer(array_ops.concat([cell_output, attention], 1))
    return attention, alignments, next_attention_state


_TILE = ('via the tf.contrib.seq2seq.tile_batch function with argument multiple=beam_width.')


class AttentionWrapper(rnn_cell_impl.RNNCell):
    """A cell whose inputs and outputs come with what its output attends to."""

    def __init__(self, cell, attention_mechanism, attention_layer_size=None, alignment_history=False, cell_input_fn=None,
                 output_attention=True, initial_cell_state=None, name=None, attention_layer=None, attention_fn=None,
                 dtype=None):
        super().__init__(name=name, dtype=dtype)
        rnn_cell_impl.assert_like_rnncell('cell', cell)
        self._is_multi = isinstance(attention_mechanism, (list, tuple))
        mechanisms = tuple(attention_mechanism) if self._is_multi else (attention_mechanism,)
        for mechanism in mechanisms:
            if isinstance(mechanism, AttentionMechanism):
                continue
            if self._is_multi:
                raise TypeError('attention_mechanism must contain only instances of AttentionMechanism, saw type: %s' %
                                type(mechanism).__name__)
            raise TypeError('attention_mechanism must be an AttentionMechanism or list of multiple AttentionMechanism '
                            'instances, saw type: %s' % type(mechanism).__name__)
        if cell_input_fn is None:
            def cell_input_fn(inputs, attention):
                return array_ops.concat([inputs, attention], -1)
        elif not callable(cell_input_fn):
            raise TypeError('cell_input_fn must be callable, saw type: %s' % type(cell_input_fn).__name__)
        self._make_attention_layers(mechanisms, attention_layer_size, attention_layer)
        self._attention_fn = _compute_attention if attention_fn is None else attention_fn
        self._cell = cell
        self._attention_mechanisms = mechanisms
        self._cell_input_fn = cell_input_fn
        self._output_attention = output_attention
        self._alignment_history = alignment_history
        with ops.name_scope(name, 'AttentionWrapperInit'):
            self._initial_cell_state = None
            if initial_cell_state is not None:
                state_batch_size = _size(nest.flatten(initial_cell_state)[-1], 0)
                message = ('When constructing AttentionWrapper %s: Non-matching batch sizes between the memory (encoder '
                           'output) and initial_cell_state.  Are you using the BeamSearchDecoder?  You may need to tile '
                           'your initial state %s' % (self._base_name, _TILE))
                with ops.control_dependencies(self._batch_size_checks(state_batch_size, message)):
                    self._initial_cell_state = nest.map_structure(
                        lambda s: array_ops.identity(s, name='check_initial_cell_state'), initial_cell_state)

    def _make_attention_layers(self, mechanisms, attention_layer_size, attention_layer):
        if attention_layer_size is not None and attention_layer is not None:
            raise ValueError('Only one of attention_layer_size and attention_layer should be set')
        self._attention_layers = None
        if attention_layer_size is not None:
            sizes = tuple(attention_layer_size if isinstance(attention_layer_size, (list, tuple)) else
                          (attention_layer_size,))
            if len(sizes) != len(mechanisms):
                raise ValueError('If provided, attention_layer_size must contain exactly one integer per '
                                 'attention_mechanism, saw: %d vs %d' % (len(sizes), len(mechanisms)))
            self._attention_layers = tuple(
                layers_core.Dense(size, name='attention_layer', use_bias=False, dtype=mechanisms[i].dtype)
                for i, size in enumerate(sizes))
            self._attention_layer_size = sum(sizes)
        elif attention_layer is not None:
            self._attention_layers = tuple(attention_layer if isinstance(attention_layer, (list, tuple)) else
                                           (attention_layer,))
            if len(self._attention_layers) != len(mechanisms):
                raise ValueError('If provided, attention_layer must contain exactly one layer per attention_mechanism, '
                                 'saw: %d vs %d' % (len(self._attention_layers), len(mechanisms)))
            outputs = (layer.compute_output_shape([None, tensor_shape.dimension_value(mechanism.values.shape[-1])])
                       for layer, mechanism in zip(self._attention_layers, mechanisms))
            self._attention_layer_size = sum(tensor_shape.dimension_value(shape[-1]) for shape in outputs)
        else:
            self._attention_layer_size = sum(tensor_shape.dimension_value(mechanism.values.shape[-1])
                                             for mechanism in mechanisms)

    def _batch_size_checks(self, batch_size, error_message):
        return [check_ops.assert_equal(batch_size, mechanism.batch_size, message=error_message)
                for mechanism in self._attention_mechanisms]

    def _item_or_tuple(self, seq):
        seq = tuple(seq)
        return seq if self._is_multi else seq[0]

    @property
    def output_size(self):
        """The size of the attention, or that of the cell."""
        return self._attention_layer_size if self._output_attention else self._cell.output_size

    @property
    def state_size(self):
        """The sizes of the state's parts."""
        mechanisms = self._attention_mechanisms
        return AttentionWrapperState(
            cell_state=self._cell.state_size, time=tensor_shape.TensorShape([]), attention=self._attention_layer_size,
            alignments=self._item_or_tuple(a.alignments_size for a in mechanisms),
            attention_state=self._item_or_tuple(a.state_size for a in mechanisms),
            alignment_history=self._item_or_tuple(a.alignments_size if self._alignment_history else ()
                                                  for a in mechanisms))

    def zero_state(self, batch_size, dtype):
        """The first state."""
        with ops.name_scope(type(self).__name__ + 'ZeroState', values=[batch_size]):
            cell_state = self._initial_cell_state
            if cell_state is None:
                cell_state = self._cell.zero_state(batch_size, dtype)
            message = ('When calling zero_state of AttentionWrapper %s: Non-matching batch sizes between the memory (encoder '
                       'output) and the requested batch size.  Are you using the BeamSearchDecoder?  If so, make sure your '
                       'encoder output has been tiled to beam_width via tf.contrib.seq2seq.tile_batch, and the batch_size= '
                       'argument passed to zero_state is batch_size * beam_width.' % self._base_name)
            with ops.control_dependencies(self._batch_size_checks(batch_size, message)):
                cell_state = nest.map_structure(lambda s: array_ops.identity(s, name='checked_cell_state'), cell_state)
            mechanisms = self._attention_mechanisms
            initial_alignments = [mechanism.initial_alignments(batch_size, dtype) for mechanism in mechanisms]
            return AttentionWrapperState(
                cell_state=cell_state, time=array_ops.zeros([], dtype=dtypes.int32),
                attention=_zero_state_tensors(self._attention_layer_size, batch_size, dtype),
                alignments=self._item_or_tuple(initial_alignments),
                attention_state=self._item_or_tuple(mechanism.initial_state(batch_size, dtype)
                                                    for mechanism in mechanisms),
                alignment_history=self._item_or_tuple(
                    tensor_array_ops.TensorArray(dtype, size=0, dynamic_size=True, element_shape=alignment.shape)
                    if self._alignment_history else () for alignment in initial_alignments))

    def call(self, inputs, state):
        """(attention or output of the cell, next state)."""
        if not isinstance(state, AttentionWrapperState):
            raise TypeError('Expected state to be instance of AttentionWrapperState. Received type %s instead.' %
                            type(state))
        cell_inputs = self._cell_input_fn(inputs, state.attention)
        cell_output, next_cell_state = self._cell(cell_inputs, state.cell_state)
        message = ('When applying AttentionWrapper %s: Non-matching batch sizes between the memory (encoder output) and the '
                   'query (decoder output).  Are you using the BeamSearchDecoder?  You may need to tile your memory input '
                   '%s' % (self.name, _TILE))
        with ops.control_dependencies(self._batch_size_checks(_size(cell_output, 0), message)):
            cell_output = array_ops.identity(cell_output, name='checked_cell_output')
        if self._is_multi:
            previous_states, previous_histories = state.attention_state, state.alignment_history
        else:
            previous_states, previous_histories = [state.attention_state], [state.alignment_history]
        attentions, all_alignments, states, histories = [], [], [], []
        for i, mechanism in enumerate(self._attention_mechanisms):
            attention, alignments, next_state = self._attention_fn(
                mechanism, cell_output, previous_states[i], self._attention_layers[i] if self._attention_layers else None)
            histories.append(previous_histories[i].write(state.time, alignments) if self._alignment_history else ())
            states.append(next_state)
            all_alignments.append(alignments)
            attentions.append(attention)
        attention = array_ops.concat(attentions, 1)
        next_state = AttentionWrapperState(
            time=state.time + 1, cell_state=next_cell_state, attention=attention,
            attention_state=self._item_or_tuple(states), alignments=self._item_or_tuple(all_alignments),
            alignment_history=self._item_or_tuple(histories))
        return (attention if self._output_attention else cell_output), next_state
