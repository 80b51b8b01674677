"""Cells that compute what the layers of cuDNN do, with weights of the same form."""

from reflow.contrib.rnn.python.ops import lstm_ops
from reflow.framework import tensor_shape
from reflow.ops import array_ops
from reflow.ops import init_ops
from reflow.ops import math_ops
from reflow.ops import nn_ops
from reflow.ops import rnn_cell_impl


class CudnnCompatibleLSTMCell(lstm_ops.LSTMBlockCell):
    """An LSTM cell without forget bias, whose variables are named as those of `CudnnLSTM` are saved."""

    def __init__(self, num_units, reuse=None):
        super().__init__(num_units, forget_bias=0, cell_clip=None, use_peephole=False, reuse=reuse,
                         name='cudnn_compatible_lstm_cell')


class CudnnCompatibleGRUCell(rnn_cell_impl.GRUCell):
    """A GRU cell whose reset gate acts on the product of state and weights, which have a bias of their own."""

    def __init__(self, num_units, reuse=None, kernel_initializer=None):
        super().__init__(num_units, activation=None, reuse=reuse, kernel_initializer=kernel_initializer)

    def build(self, inputs_shape):
        """Makes kernels and biases."""
        depth = tensor_shape.dimension_value(inputs_shape[1])
        if depth is None:
            raise ValueError('Expected inputs.shape[-1] to be known, saw shape: %s' % inputs_shape)
        units = self._num_units
        zeros = init_ops.zeros_initializer(dtype=self.dtype)

        def kernel(name, rows, columns):
            return self.add_variable(name + '/kernel', shape=[rows, columns], initializer=self._kernel_initializer)

        def bias(name, size, initial):
            initializer = initial if self._bias_initializer is None else self._bias_initializer
            return self.add_variable(name + '/bias', shape=[size], initializer=initializer)

        self._gate_kernel = kernel('gates', depth + units, 2 * units)
        self._gate_bias = bias('gates', 2 * units, init_ops.constant_initializer(1.0, dtype=self.dtype))
        self._candidate_input_kernel = kernel('candidate/input_projection', depth, units)
        self._candidate_hidden_kernel = kernel('candidate/hidden_projection', units, units)
        self._candidate_input_bias = bias('candidate/input_projection', units, zeros)
        self._candidate_hidden_bias = bias('candidate/hidden_projection', units, zeros)

    def call(self, inputs, state):
        """(output, new state)."""
        gates = math_ops.matmul(array_ops.concat([inputs, state], 1), self._gate_kernel)
        gates = math_ops.sigmoid(nn_ops.bias_add(gates, self._gate_bias))
        r, u = array_ops.split(value=gates, num_or_size_splits=2, axis=1)
        candidate = nn_ops.bias_add(math_ops.matmul(inputs, self._candidate_input_kernel), self._candidate_input_bias)
        candidate += r * nn_ops.bias_add(math_ops.matmul(state, self._candidate_hidden_kernel), self._candidate_hidden_bias)
        candidate = self._activation(candidate)
        new_state = (1 - u) * candidate + u * state
        return new_state, new_state
