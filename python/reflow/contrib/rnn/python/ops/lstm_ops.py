"""LSTM cells of one operation: a step, or a whole sequence."""

from reflow.framework import dtypes
from reflow.framework import ops
from reflow.keras.engine import input_spec
from reflow.layers import base as base_layer
from reflow.ops import array_ops
from reflow.ops import gen_rnn_ops
from reflow.ops import init_ops
from reflow.ops import math_ops
from reflow.ops import rnn_cell_impl
from reflow.util.shown_attributes import shown

__all__ = ['LSTMBlockCell', 'LSTMBlockWrapper', 'LSTMBlockFusedCell']


class _LSTMVariables:
    """Kernel, bias and peepholes of an LSTM, called as those of LSTMCell."""

    def _add_lstm_variables(self, input_size):
        units = self._num_units
        self._kernel = self.add_variable('kernel', [input_size + units, units * 4])
        self._bias = self.add_variable('bias', [units * 4], initializer=init_ops.constant_initializer(0.0))
        if self._use_peephole:
            self._w_i_diag, self._w_f_diag, self._w_o_diag = [
                self.add_variable(name, [units]) for name in ('w_i_diag', 'w_f_diag', 'w_o_diag')]
        self.built = True

    def _peepholes(self, dtype):
        if self._use_peephole:
            return {'wci': self._w_i_diag, 'wcf': self._w_f_diag, 'wco': self._w_o_diag}
        zeros = array_ops.zeros([self._num_units], dtype=dtype)
        return {'wci': zeros, 'wcf': zeros, 'wco': zeros}


class LSTMBlockCell(_LSTMVariables, rnn_cell_impl.LayerRNNCell):
    """LSTMCell in one operation. Zaremba and others, arXiv 1409.2329."""

    def __init__(self, num_units, forget_bias=1.0, cell_clip=None, use_peephole=False, dtype=None, reuse=None,
                 name='lstm_cell'):
        super().__init__(_reuse=reuse, dtype=dtype, name=name)
        self._num_units = num_units
        self._forget_bias = forget_bias
        self._use_peephole = use_peephole
        self._cell_clip = -1 if cell_clip is None else cell_clip
        self.input_spec = input_spec.InputSpec(ndim=2)

    @property
    def state_size(self):
        """The sizes of both parts of the state."""
        return rnn_cell_impl.LSTMStateTuple(self._num_units, self._num_units)

    output_size = shown('_num_units', 'The number of units.')

    def build(self, inputs_shape):
        """Makes kernel, bias and peepholes."""
        if not inputs_shape.dims[1].value:
            raise ValueError('Expecting inputs_shape[1] to be set: %s' % str(inputs_shape))
        self._add_lstm_variables(inputs_shape.dims[1].value)

    def call(self, inputs, state):
        """(output, new state)."""
        if len(state) != 2:
            raise ValueError('Expecting state to be a tuple with length 2.')
        peepholes = self._peepholes(self.dtype)
        cs_prev, h_prev = state
        _, cs, _, _, _, _, h = gen_rnn_ops.lstm_block_cell(
            x=inputs, cs_prev=cs_prev, h_prev=h_prev, w=self._kernel, b=self._bias, forget_bias=self._forget_bias,
            cell_clip=self._cell_clip, use_peephole=self._use_peephole, **peepholes)
        return h, rnn_cell_impl.LSTMStateTuple(cs, h)


class LSTMBlockWrapper(base_layer.Layer):
    """An LSTM that is called with a whole sequence; subclasses say how that is computed."""

    @property
    def num_units(self):
        """The number of units."""
        raise NotImplementedError

    def _call_cell(self, inputs, initial_cell_state, initial_output, dtype, sequence_length):
        raise NotImplementedError

    def call(self, inputs, initial_state=None, dtype=None, sequence_length=None):
        """(outputs, final state) of `inputs`, [time, batch, ...] or a list."""
        is_list = isinstance(inputs, list)
        if is_list:
            inputs = array_ops.stack(inputs)
        shape = inputs.get_shape().with_rank(3)
        if not shape[2]:
            raise ValueError('Expecting inputs_shape[2] to be set: %s' % shape)
        batch_size = shape.dims[1].value
        if batch_size is None:
            batch_size = array_ops.shape(inputs)[1]
        time_len = shape.dims[0].value
        if time_len is None:
            time_len = array_ops.shape(inputs)[0]
        if initial_state is None:
            if dtype is None:
                raise ValueError('Either initial_state or dtype needs to be specified')
            zeros = array_ops.zeros(array_ops.stack([batch_size, self.num_units]), dtype=dtype)
            initial_state = zeros, zeros
        else:
            if len(initial_state) != 2:
                raise ValueError('Expecting initial_state to be a tuple with length 2 or None')
            dtype = initial_state[0].dtype if dtype is None else dtype
        if sequence_length is not None:
            sequence_length = ops.convert_to_tensor(sequence_length)
        initial_cell_state, initial_output = initial_state
        cell_states, outputs = self._call_cell(inputs, initial_cell_state, initial_output, dtype, sequence_length)
        if sequence_length is not None:
            mask = array_ops.transpose(array_ops.sequence_mask(sequence_length, time_len, dtype=dtype), [1, 0])
            outputs *= array_ops.tile(array_ops.expand_dims(mask, [-1]), [1, 1, self.num_units])
            all_states = array_ops.concat([array_ops.expand_dims(initial_cell_state, [0]), cell_states], 0)
            all_outputs = array_ops.concat([array_ops.expand_dims(initial_output, [0]), outputs], 0)
            final = [array_ops.gather_nd(values, array_ops.stack([sequence_length, math_ops.range(batch_size)], axis=1))
                     for values in (all_states, all_outputs)]
        else:
            final = cell_states[-1], outputs[-1]
        return array_ops.unstack(outputs) if is_list else outputs, rnn_cell_impl.LSTMStateTuple(*final)


class LSTMBlockFusedCell(_LSTMVariables, LSTMBlockWrapper):
    """An LSTM over a whole sequence in one operation."""

    def __init__(self, num_units, forget_bias=1.0, cell_clip=None, use_peephole=False, reuse=None, dtype=None,
                 name='lstm_fused_cell'):
        super().__init__(_reuse=reuse, name=name, dtype=dtype)
        self._num_units = num_units
        self._forget_bias = forget_bias
        self._cell_clip = -1 if cell_clip is None else cell_clip
        self._use_peephole = use_peephole
        self.input_spec = input_spec.InputSpec(ndim=3)

    num_units = shown('_num_units', 'The number of units.')

    def build(self, input_shape):
        """Makes kernel, bias and peepholes."""
        self._add_lstm_variables(input_shape.dims[2].value)

    def _call_cell(self, inputs, initial_cell_state=None, initial_output=None, dtype=None, sequence_length=None):
        time_len = inputs.get_shape().with_rank(3).dims[0].value
        if time_len is None:
            time_len = array_ops.shape(inputs)[0]
        peepholes = self._peepholes(dtype)
        longest = time_len if sequence_length is None else math_ops.reduce_max(sequence_length)
        _, cs, _, _, _, _, h = gen_rnn_ops.block_lstm(
            seq_len_max=math_ops.cast(longest, dtypes.int64), x=inputs, cs_prev=initial_cell_state, h_prev=initial_output,
            w=self._kernel, b=self._bias, forget_bias=self._forget_bias, cell_clip=self._cell_clip,
            use_peephole=self._use_peephole, **peepholes)
        return cs, h
