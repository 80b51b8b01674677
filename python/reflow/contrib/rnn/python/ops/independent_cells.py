"""Recurrent cells whose units look at their own state only. Li and others, arXiv 1803.04831; Gonnet, arXiv 1903.08023."""

from reflow.framework import constant_op
from reflow.framework import dtypes
from reflow.framework import tensor_shape
from reflow.keras.engine import input_spec
from reflow.ops import array_ops
from reflow.ops import gen_array_ops
from reflow.ops import init_ops
from reflow.ops import math_ops
from reflow.ops import nn_ops
from reflow.ops import rnn_cell_impl
from reflow.util.shown_attributes import shown

__all__ = ['IndRNNCell', 'IndyGRUCell', 'IndyLSTMCell']


class _IndependentCell(rnn_cell_impl.LayerRNNCell):
    """Kernels of inputs, and vectors that stand for the recurrent kernels."""

    def __init__(self, num_units, activation, reuse, kernel_initializer, bias_initializer, name, dtype):
        super().__init__(_reuse=reuse, name=name, dtype=dtype)
        self.input_spec = input_spec.InputSpec(ndim=2)
        self._num_units = num_units
        self._activation = activation or math_ops.tanh
        self._kernel_initializer = kernel_initializer
        self._bias_initializer = bias_initializer

    state_size = shown('_num_units', 'The number of units.')
    output_size = shown('_num_units', 'The number of units.')

    @staticmethod
    def _depth(inputs_shape):
        depth = tensor_shape.dimension_value(inputs_shape[1])
        if depth is None:
            raise ValueError('Expected inputs.shape[-1] to be known, saw shape: %s' % inputs_shape)
        return depth

    def _add(self, depth, width, prefix='', kernel='kernel_w', bias=None):
        """(kernel, recurrent vector, bias) of `width` units."""
        kernel = self.add_variable(prefix + kernel, shape=[depth, width], initializer=self._kernel_initializer)
        recurrent = self.add_variable(prefix + 'kernel_u', shape=[1, width], initializer=init_ops.random_uniform_initializer(
            minval=-1, maxval=1, dtype=self.dtype))
        initializer = self._bias_initializer
        if initializer is None:
            initializer = bias or init_ops.zeros_initializer(dtype=self.dtype)
        return kernel, recurrent, self.add_variable(prefix + 'bias', shape=[width], initializer=initializer)


class IndRNNCell(_IndependentCell):
    """The basic cell."""

    def __init__(self, num_units, activation=None, reuse=None, name=None, dtype=None):
        super().__init__(num_units, activation, reuse, None, None, name, dtype)

    def build(self, inputs_shape):
        """Makes kernel, recurrent vector and bias."""
        self._kernel_w, self._kernel_u, self._bias = self._add(self._depth(inputs_shape), self._num_units)
        self.built = True

    def call(self, inputs, state):
        """(output, new state)."""
        units = math_ops.matmul(inputs, self._kernel_w) + state * self._kernel_u
        output = self._activation(nn_ops.bias_add(units, self._bias))
        return output, output


class IndyGRUCell(_IndependentCell):
    """A gated recurrent unit."""

    def __init__(self, num_units, activation=None, reuse=None, kernel_initializer=None, bias_initializer=None, name=None,
                 dtype=None):
        super().__init__(num_units, activation, reuse, kernel_initializer, bias_initializer, name, dtype)

    def build(self, inputs_shape):
        """Makes the variables of the gates and of the candidate."""
        depth = self._depth(inputs_shape)
        self._gates = self._add(depth, 2 * self._num_units, 'gates/',
                                bias=init_ops.constant_initializer(1.0, dtype=self.dtype))
        self._candidate = self._add(depth, self._num_units, 'candidate/', kernel='kernel')
        self.built = True

    def call(self, inputs, state):
        """(output, new state)."""
        kernel, recurrent, bias = self._gates
        gates = math_ops.matmul(inputs, kernel) + gen_array_ops.tile(state, [1, 2]) * recurrent
        gates = math_ops.sigmoid(nn_ops.bias_add(gates, bias))
        reset, update = array_ops.split(value=gates, num_or_size_splits=2, axis=1)
        reset_state = reset * state
        kernel, recurrent, bias = self._candidate
        candidate = math_ops.matmul(inputs, kernel) + reset_state * recurrent
        candidate = self._activation(nn_ops.bias_add(candidate, bias))
        new_h = update * state + (1 - update) * candidate
        return new_h, new_h


class IndyLSTMCell(_IndependentCell):
    """A long short-term memory."""

    def __init__(self, num_units, forget_bias=1.0, activation=None, reuse=None, kernel_initializer=None,
                 bias_initializer=None, name=None, dtype=None):
        super().__init__(num_units, activation, reuse, kernel_initializer, bias_initializer, name, dtype)
        self._forget_bias = forget_bias

    @property
    def state_size(self):
        """The sizes of both parts of the state."""
        return rnn_cell_impl.LSTMStateTuple(self._num_units, self._num_units)

    def build(self, inputs_shape):
        """Makes kernel, recurrent vector and bias."""
        self._kernel_w, self._kernel_u, self._bias = self._add(self._depth(inputs_shape), 4 * self._num_units)
        self.built = True

    def call(self, inputs, state):
        """(output, new state)."""
        add, multiply, sigmoid = math_ops.add, math_ops.multiply, math_ops.sigmoid
        one = constant_op.constant(1, dtype=dtypes.int32)
        c, h = state
        gates = math_ops.matmul(inputs, self._kernel_w)
        gates += gen_array_ops.tile(h, [1, 4]) * self._kernel_u
        gates = nn_ops.bias_add(gates, self._bias)
        i, j, f, o = array_ops.split(value=gates, num_or_size_splits=4, axis=one)
        forget_bias = constant_op.constant(self._forget_bias, dtype=f.dtype)
        kept = multiply(c, sigmoid(add(f, forget_bias)))
        new_c = add(kept, multiply(sigmoid(i), self._activation(j)))
        new_h = multiply(self._activation(new_c), sigmoid(o))
        return new_h, rnn_cell_impl.LSTMStateTuple(new_c, new_h)
