"""Recurrent cells with gates of their own kind."""

from reflow.contrib.rnn.python.ops import core_rnn_cell
from reflow.framework import tensor_shape
from reflow.keras.engine import input_spec
from reflow.ops import array_ops
from reflow.ops import init_ops
from reflow.ops import math_ops
from reflow.ops import nn_ops
from reflow.ops import rnn_cell_impl
from reflow.ops import variable_scope as vs
from reflow.util.shown_attributes import shown

__all__ = ['IntersectionRNNCell', 'NASCell', 'SRUCell', 'CompiledWrapper']


class IntersectionRNNCell(rnn_cell_impl.RNNCell):
    """Gates what goes on in time and what goes up in depth. Collins and others, arXiv 1611.09913."""

    def __init__(self, num_units, num_in_proj=None, initializer=None, forget_bias=1.0, y_activation=nn_ops.relu,
                 reuse=None):
        super().__init__(_reuse=reuse)
        self._num_units = num_units
        self._initializer = initializer
        self._forget_bias = forget_bias
        self._num_input_proj = num_in_proj
        self._y_activation = y_activation
        self._projection = None
        self._linear = None

    state_size = shown('_num_units', 'The number of units.')
    output_size = shown('_num_units', 'The number of units.')

    def _projected(self, inputs, input_size):
        if input_size == self._num_units:
            return inputs
        if not self._num_input_proj:
            raise ValueError('Must have input size == output size for Intersection RNN. To fix, num_in_proj should be set '
                             'to num_units at cell init.')
        with vs.variable_scope('in_projection'):
            if self._projection is None:
                self._projection = core_rnn_cell._Linear(inputs, self._num_units, True)
            return self._projection(inputs)

    def call(self, inputs, state):
        """(output, new state)."""
        input_size = inputs.get_shape().with_rank(2).dims[1].value
        if input_size is None:
            raise ValueError('Could not infer input size from inputs.get_shape()[-1]')
        n = self._num_units
        with vs.variable_scope(vs.get_variable_scope(), initializer=self._initializer):
            inputs = self._projected(inputs, input_size)
            joined = array_ops.concat([inputs, state], 1)
            if self._linear is None:
                self._linear = core_rnn_cell._Linear(joined, 4 * n, True)
            units = self._linear(joined)
            time_gate, time_input, depth_gate, depth_input = [units[:, :n]] + [
                units[:, i * n:(i + 1) * n] for i in (1, 2, 3)]
            new_h = math_ops.tanh(time_input)
            new_y = self._y_activation(depth_input)
            time_gate = math_ops.sigmoid(time_gate + self._forget_bias)
            depth_gate = math_ops.sigmoid(depth_gate + self._forget_bias)
            new_state = time_gate * state + (1.0 - time_gate) * new_h
            output = depth_gate * inputs + (1.0 - depth_gate) * new_y
        return output, new_state


class NASCell(rnn_cell_impl.LayerRNNCell):
    """A cell that an architecture search found. Zoph and Le, arXiv 1611.01578."""

    def __init__(self, num_units, num_proj=None, use_bias=False, reuse=None, **kwargs):
        super().__init__(_reuse=reuse, **kwargs)
        self._num_units = num_units
        self._num_proj = num_proj
        self._use_bias = use_bias

    @property
    def state_size(self):
        """The sizes of both parts of the state."""
        return rnn_cell_impl.LSTMStateTuple(self._num_units, self.output_size)

    @property
    def output_size(self):
        """The size of the projection, or the number of units."""
        return self._num_units if self._num_proj is None else self._num_proj

    def build(self, inputs_shape):
        """Makes the kernels, the bias and the projection."""
        input_size = tensor_shape.dimension_value(tensor_shape.TensorShape(inputs_shape).with_rank(2)[1])
        if input_size is None:
            raise ValueError('Could not infer input size from inputs.get_shape()[-1]')
        width = 8 * self._num_units
        self.recurrent_kernel = self.add_variable('recurrent_kernel', [self.output_size, width])
        self.kernel = self.add_variable('kernel', [input_size, width])
        if self._use_bias:
            self.bias = self.add_variable('bias', shape=[width], initializer=init_ops.zeros_initializer)
        if self._num_proj is not None:
            self.projection_weights = self.add_variable('projection_weights', [self._num_units, self._num_proj])
        self.built = True

    def call(self, inputs, state):
        """(output, new state)."""
        sigmoid, tanh, relu = math_ops.sigmoid, math_ops.tanh, nn_ops.relu
        c_prev, m_prev = state
        of_state = math_ops.matmul(m_prev, self.recurrent_kernel)
        of_inputs = math_ops.matmul(inputs, self.kernel)
        if self._use_bias:
            of_state = nn_ops.bias_add(of_state, self.bias)
        of_state = array_ops.split(axis=1, num_or_size_splits=8, value=of_state)
        of_inputs = array_ops.split(axis=1, num_or_size_splits=8, value=of_inputs)
        functions = (sigmoid, relu, sigmoid, relu, tanh, sigmoid, tanh, sigmoid)
        leaves = [function(x * m if i == 3 else x + m)
                  for i, (function, x, m) in enumerate(zip(functions, of_inputs, of_state))]
        first = tanh(leaves[0] * leaves[1])
        second = tanh(leaves[2] + leaves[3])
        third = tanh(leaves[4] * leaves[5])
        fourth = sigmoid(leaves[6] + leaves[7])
        first = tanh(first + c_prev)
        new_c = first * second
        new_m = tanh(new_c * tanh(third + fourth))
        if self._num_proj is not None:
            new_m = math_ops.matmul(new_m, self.projection_weights)
        return new_m, rnn_cell_impl.LSTMStateTuple(new_c, new_m)


class SRUCell(rnn_cell_impl.LayerRNNCell):
    """A simple recurrent unit, whose gates don't look at the state. Lei and others, arXiv 1709.02755."""

    def __init__(self, num_units, activation=None, reuse=None, name=None, **kwargs):
        super().__init__(_reuse=reuse, name=name, **kwargs)
        self._num_units = num_units
        self._activation = activation or math_ops.tanh
        self.input_spec = input_spec.InputSpec(ndim=2)

    state_size = shown('_num_units', 'The number of units.')
    output_size = shown('_num_units', 'The number of units.')

    def build(self, inputs_shape):
        """Makes kernel and bias."""
        depth = tensor_shape.dimension_value(inputs_shape[1])
        if depth is None:
            raise ValueError('Expected inputs.shape[-1] to be known, saw shape: %s' % inputs_shape)
        self._kernel = self.add_variable('kernel', shape=[depth, 4 * self._num_units])
        self._bias = self.add_variable('bias', shape=[2 * self._num_units], initializer=init_ops.zeros_initializer)
        self.built = True

    def call(self, inputs, state):
        """(output, new state)."""
        units = math_ops.matmul(inputs, self._kernel)
        new, forget, reset, through = array_ops.split(value=units, num_or_size_splits=4, axis=1)
        gates = math_ops.sigmoid(nn_ops.bias_add(array_ops.concat([forget, reset], 1), self._bias))
        forget, reset = array_ops.split(value=gates, num_or_size_splits=2, axis=1)
        c = forget * state + (1.0 - forget) * new
        h = reset * self._activation(c) + (1.0 - reset) * through
        return h, c


class CompiledWrapper(core_rnn_cell.CellAround):
    """A cell that TensorFlow would compile by XLA: here graphs are compiled anyway, and the cell is as it is."""

    def __init__(self, cell, compile_stateful=False):
        self._cell = cell
        self._compile_stateful = compile_stateful

    def __call__(self, inputs, state, scope=None):
        return self._cell(inputs, state, scope=scope)
