"""Decoders, and the loop that runs them."""

import abc

from reflow.framework import constant_op
from reflow.framework import dtypes
from reflow.framework import ops
from reflow.framework import tensor_shape
from reflow.framework import tensor_util
from reflow.ops import array_ops
from reflow.ops import control_flow_ops
from reflow.ops import math_ops
from reflow.ops import rnn
from reflow.ops import tensor_array_ops
from reflow.ops import variable_scope
from reflow.ops.rnn_cell_base import _zero_state_tensors
from reflow.util import nest

__all__ = ['Decoder', 'dynamic_decode']

_transpose_batch_time = rnn._transpose_batch_time


class Decoder(metaclass=abc.ABCMeta):
    """What dynamic_decode runs step by step."""

    @property
    def batch_size(self):
        """The size of the batch."""
        raise NotImplementedError

    @property
    def output_size(self):
        """The sizes of outputs, a nest."""
        raise NotImplementedError

    @property
    def output_dtype(self):
        """The types of outputs, a nest."""
        raise NotImplementedError

    @abc.abstractmethod
    def initialize(self, name=None):
        """(finished, first inputs, first state)."""

    @abc.abstractmethod
    def step(self, time, inputs, state, name=None):
        """(outputs, next state, next inputs, finished)."""

    def finalize(self, outputs, final_state, sequence_lengths):
        """(final outputs, final state), after the last step."""
        raise NotImplementedError

    @property
    def tracks_own_finished(self):
        """Whether `finished` of a step is all that counts: a beam search moves beams about."""
        return False


def check_output_layer(layer):
    """TypeError: it is neither a layer nor None."""
    from reflow.keras.engine import base_layer
    if layer is not None and not isinstance(layer, base_layer.Layer):
        raise TypeError('output_layer must be a Layer, received: %s' % type(layer))


def size_behind(cell, layer):
    """The size of what a cell gives, or of what a layer makes of that: a nest."""
    if layer is None:
        return cell.output_size
    batches = nest.map_structure(lambda size: tensor_shape.TensorShape([None]).concatenate(size), cell.output_size)
    return nest.map_structure(lambda shape: shape[1:], layer.compute_output_shape(batches))


def _create_zero_outputs(size, dtype, batch_size):
    return nest.map_structure(lambda s, d: _zero_state_tensors(s, batch_size, d), size, dtype)


def _in_while_loop():
    context = ops.get_default_graph()._get_control_flow_context()
    while context is not None:
        if context.IsWhileContext():
            return True
        context = context.outer_context
    return False


def _element_shape(batch_size, from_shape):
    if not isinstance(from_shape, tensor_shape.TensorShape) or from_shape.ndims == 0:
        return tensor_shape.TensorShape(None)
    batch_size = tensor_util.constant_value(ops.convert_to_tensor(batch_size, name='batch_size'))
    return tensor_shape.TensorShape([batch_size]).concatenate(from_shape)


def dynamic_decode(decoder, output_time_major=False, impute_finished=False, maximum_iterations=None,
                   parallel_iterations=32, swap_memory=False, scope=None, **kwargs):
    """(final outputs, final state, lengths) of steps until all sequences are finished."""
    if not isinstance(decoder, Decoder):
        raise TypeError('Expected decoder to be type Decoder, but saw: %s' % type(decoder))
    with variable_scope.variable_scope(scope, 'decoder') as varscope:
        from reflow.eager import context
        if not context.executing_eagerly() and varscope.caching_device is None and not _in_while_loop():
            varscope.set_caching_device(lambda op: op.device)
        if maximum_iterations is not None:
            maximum_iterations = ops.convert_to_tensor(maximum_iterations, dtype=dtypes.int32, name='maximum_iterations')
            if maximum_iterations.get_shape().ndims != 0:
                raise ValueError('maximum_iterations must be a scalar')
        initial_finished, initial_inputs, initial_state = decoder.initialize(**kwargs)
        zero_outputs = _create_zero_outputs(decoder.output_size, decoder.output_dtype, decoder.batch_size)
        if maximum_iterations is not None:
            initial_finished = math_ops.logical_or(initial_finished, 0 >= maximum_iterations)
        initial_sequence_lengths = array_ops.zeros_like(initial_finished, dtype=dtypes.int32)
        initial_time = constant_op.constant(0, dtype=dtypes.int32)
        initial_outputs_ta = nest.map_structure(
            lambda s, d: tensor_array_ops.TensorArray(dtype=d, size=0, dynamic_size=True,
                                                      element_shape=_element_shape(decoder.batch_size, s)),
            decoder.output_size, decoder.output_dtype)

        def condition(unused_time, unused_outputs_ta, unused_state, unused_inputs, finished, unused_sequence_lengths):
            return math_ops.logical_not(math_ops.reduce_all(finished))

        def body(time, outputs_ta, state, inputs, finished, sequence_lengths):
            next_outputs, decoder_state, next_inputs, decoder_finished = decoder.step(time, inputs, state)
            next_finished = decoder_finished
            if not decoder.tracks_own_finished:
                next_finished = math_ops.logical_or(decoder_finished, finished)
            next_sequence_lengths = array_ops.where(
                math_ops.logical_not(finished), array_ops.fill(array_ops.shape(sequence_lengths), time + 1),
                sequence_lengths)
            nest.assert_same_structure(state, decoder_state)
            nest.assert_same_structure(outputs_ta, next_outputs)
            nest.assert_same_structure(inputs, next_inputs)
            emit = next_outputs
            if impute_finished:
                emit = nest.map_structure(lambda out, zero: array_ops.where(finished, zero, out), next_outputs, zero_outputs)

            def maybe_copy_state(new, cur):
                if isinstance(cur, tensor_array_ops.TensorArray):
                    return new
                new.set_shape(cur.shape)
                return new if new.shape.ndims == 0 else array_ops.where(finished, cur, new)

            next_state = decoder_state
            if impute_finished:
                next_state = nest.map_structure(maybe_copy_state, decoder_state, state)
            outputs_ta = nest.map_structure(lambda ta, out: ta.write(time, out), outputs_ta, emit)
            return time + 1, outputs_ta, next_state, next_inputs, next_finished, next_sequence_lengths

        results = control_flow_ops.while_loop(
            condition, body,
            loop_vars=(initial_time, initial_outputs_ta, initial_state, initial_inputs, initial_finished,
                       initial_sequence_lengths),
            parallel_iterations=parallel_iterations, maximum_iterations=maximum_iterations, swap_memory=swap_memory)
        final_state, final_sequence_lengths = results[2], results[5]
        final_outputs = nest.map_structure(lambda ta: ta.stack(), results[1])
        try:
            final_outputs, final_state = decoder.finalize(final_outputs, final_state, final_sequence_lengths)
        except NotImplementedError:
            pass
        if not output_time_major:
            final_outputs = nest.map_structure(_transpose_batch_time, final_outputs)
    return final_outputs, final_state, final_sequence_lengths
