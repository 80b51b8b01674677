"""The recurrent layers whose variables are cuDNN's: two biases for each gate.

They compute what cuDNN computes, with the operations of this machine, so that models that were trained with it can be used.
"""

from reflow.keras import backend as K
from reflow.keras import initializers
from reflow.keras import regularizers
from reflow.keras.engine import arguments
from reflow.keras.engine.input_spec import InputSpec
from reflow.keras.layers import recurrent
from reflow.keras.layers import recurrent_cells
from reflow.keras.layers.recurrent_cells import GRUCell, LSTMCell
from reflow.ops import array_ops
from reflow.ops import math_ops
from reflow.ops import nn_ops

_ARGUMENTS = arguments.of_weights(*recurrent_cells.WEIGHTS)


class _LSTMCell(LSTMCell):
    """A step of an LSTM with biases for inputs and for states."""

    def _bias_shape(self):
        return (self.units * 8,)

    def _bias_initializer(self):
        if not self.unit_forget_bias:
            return self.bias_initializer

        def initial(shape, *args, **kwargs):
            ones = initializers.get('ones')((self.units,), *args, **kwargs)
            return array_ops.concat([self.bias_initializer((self.units * 5,), *args, **kwargs), ones,
                                     self.bias_initializer((self.units * 2,), *args, **kwargs)], axis=0)

        return initial

    def call(self, inputs, states, training=None):
        """(output, new states)"""
        h, c = states
        z = K.dot(inputs, self.kernel) + K.dot(h, self.recurrent_kernel)
        z = nn_ops.bias_add(z, self.bias[:self.units * 4] + self.bias[self.units * 4:])
        i, f, new, o = array_ops.split(z, 4, axis=1)
        c = math_ops.sigmoid(f) * c + math_ops.sigmoid(i) * math_ops.tanh(new)
        h = math_ops.sigmoid(o) * math_ops.tanh(c)
        return h, [h, c]


class _GRUCell(GRUCell):
    """A step of a GRU with biases for inputs and for states."""

    def _bias_shape(self):
        return (self.units * 6,)

    def call(self, inputs, states, training=None):
        """(output, new states)"""
        h = states[0]
        of_inputs = nn_ops.bias_add(K.dot(inputs, self.kernel), self.bias[:self.units * 3])
        of_state = nn_ops.bias_add(K.dot(h, self.recurrent_kernel), self.bias[self.units * 3:])
        x_z, x_r, x_new = array_ops.split(of_inputs, 3, axis=1)
        h_z, h_r, h_new = array_ops.split(of_state, 3, axis=1)
        z = math_ops.sigmoid(x_z + h_z)
        new = math_ops.tanh(x_new + math_ops.sigmoid(x_r + h_r) * h_new)
        h = z * h + (1 - z) * new
        return h, [h]


class _CuDNNRNN(recurrent.RNN):
    """What the two layers share."""

    def __init__(self, cell, activity_regularizer, **kwargs):
        super().__init__(cell, activity_regularizer=regularizers.get(activity_regularizer), **kwargs)
        self.supports_masking = False
        self.input_spec = [InputSpec(ndim=3)]

    @property
    def cell(self):
        """What computes a step."""
        return self._cell

    @cell.setter
    def cell(self, cell):
        self._cell = cell

    def call(self, inputs, mask=None, training=None, initial_state=None):
        """The outputs."""
        if (mask[0] if isinstance(mask, list) else mask) is not None:
            raise ValueError('Masking is not supported for CuDNN RNNs.')
        return super().call(inputs, training=training, initial_state=initial_state)

    def get_losses_for(self, inputs=None):
        """The losses that depend on these inputs; None: those of the layer."""
        return super().get_losses_for(inputs)

    def get_config(self):
        """The arguments of the constructor."""
        config = self._config_with_cell()
        del config['unroll']
        return config

    @classmethod
    def from_config(cls, config):
        """The layer of what get_config gives."""
        return cls(**config)


@recurrent.with_cell_properties('units', *_ARGUMENTS)
class CuDNNGRU(_CuDNNRNN):
    """The gated recurrent unit of cuDNN."""

    def __init__(self, units, kernel_initializer='glorot_uniform', recurrent_initializer='orthogonal',
                 bias_initializer='zeros', kernel_regularizer=None, recurrent_regularizer=None, bias_regularizer=None,
                 activity_regularizer=None, kernel_constraint=None, recurrent_constraint=None, bias_constraint=None,
                 return_sequences=False, return_state=False, go_backwards=False, stateful=False, **kwargs):
        cell = _GRUCell(
            units, kernel_initializer=kernel_initializer, recurrent_initializer=recurrent_initializer,
            bias_initializer=bias_initializer, kernel_regularizer=kernel_regularizer,
            recurrent_regularizer=recurrent_regularizer, bias_regularizer=bias_regularizer,
            kernel_constraint=kernel_constraint, recurrent_constraint=recurrent_constraint,
            bias_constraint=bias_constraint, dtype=kwargs.get('dtype'))
        super().__init__(cell, activity_regularizer, return_sequences=return_sequences, return_state=return_state,
                         go_backwards=go_backwards, stateful=stateful, **kwargs)


@recurrent.with_cell_properties('units', 'unit_forget_bias', *_ARGUMENTS)
class CuDNNLSTM(_CuDNNRNN):
    """The long short-term memory of cuDNN."""

    def __init__(self, units, kernel_initializer='glorot_uniform', recurrent_initializer='orthogonal',
                 bias_initializer='zeros', unit_forget_bias=True, kernel_regularizer=None, recurrent_regularizer=None,
                 bias_regularizer=None, activity_regularizer=None, kernel_constraint=None, recurrent_constraint=None,
                 bias_constraint=None, return_sequences=False, return_state=False, go_backwards=False, stateful=False,
                 **kwargs):
        cell = _LSTMCell(
            units, kernel_initializer=kernel_initializer, recurrent_initializer=recurrent_initializer,
            unit_forget_bias=unit_forget_bias, bias_initializer=bias_initializer, kernel_regularizer=kernel_regularizer,
            recurrent_regularizer=recurrent_regularizer, bias_regularizer=bias_regularizer,
            kernel_constraint=kernel_constraint, recurrent_constraint=recurrent_constraint,
            bias_constraint=bias_constraint, dtype=kwargs.get('dtype'))
        super().__init__(cell, activity_regularizer, return_sequences=return_sequences, return_state=return_state,
                         go_backwards=go_backwards, stateful=stateful, **kwargs)

    def get_config(self):
        """The arguments of the constructor."""
        return dict(super().get_config(), unit_forget_bias=self.unit_forget_bias)


for _class in (CuDNNGRU, CuDNNLSTM):
    _class.__module__ = 'tensorflow.python.keras.layers.cudnn_recurrent'
