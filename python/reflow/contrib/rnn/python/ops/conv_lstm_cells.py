"""LSTM cells whose matrices are convolutions. Shi and others, arXiv 1506.04214."""

from reflow.framework import tensor_shape
from reflow.ops import array_ops
from reflow.ops import init_ops
from reflow.ops import math_ops
from reflow.ops import nn_ops
from reflow.ops import rnn_cell_impl
from reflow.ops import variable_scope as vs
from reflow.util.shown_attributes import shown

__all__ = ['ConvLSTMCell', 'Conv1DLSTMCell', 'Conv2DLSTMCell', 'Conv3DLSTMCell']


def _convolved(args, kernel_shape, num_features, use_bias):
    """The convolution of what `args` are side by side, and a bias."""
    shapes = [arg.get_shape().as_list() for arg in args]
    rank = len(shapes[0])
    for shape in shapes:
        if len(shape) not in (3, 4, 5):
            raise ValueError('Conv Linear expects 3D, 4D or 5D arguments: %s' % str(shapes))
        if len(shape) != rank:
            raise ValueError('Conv Linear expects all args to be of same Dimension: %s' % str(shapes))
    channels = sum(shape[-1] for shape in shapes)
    dtype = args[0].dtype
    kernel = vs.get_variable('kernel', kernel_shape + [channels, num_features], dtype=dtype)
    op = {3: nn_ops.conv1d, 4: nn_ops.conv2d, 5: nn_ops.conv3d}[rank]
    joined = array_ops.concat(axis=rank - 1, values=args)
    result = op(joined, kernel, 1 if rank == 3 else [1] * rank, padding='SAME')
    if not use_bias:
        return result
    return result + vs.get_variable('biases', [num_features], dtype=dtype,
                                    initializer=init_ops.constant_initializer(0.0, dtype=dtype))


class ConvLSTMCell(rnn_cell_impl.RNNCell):
    """A convolutional LSTM of sequences, pictures or volumes of `input_shape`, channels last."""

    def __init__(self, conv_ndims, input_shape, output_channels, kernel_shape, use_bias=True, skip_connection=False,
                 forget_bias=1.0, initializers=None, name='conv_lstm_cell'):
        super().__init__(name=name)
        if conv_ndims != len(input_shape) - 1:
            raise ValueError('Invalid input_shape {} for conv_ndims={}.'.format(input_shape, conv_ndims))
        self._conv_ndims = conv_ndims
        self._output_channels = output_channels
        self._kernel_shape = list(kernel_shape)
        self._use_bias = use_bias
        self._forget_bias = forget_bias
        self._skip_connection = skip_connection
        depth = output_channels + (input_shape[-1] if skip_connection else 0)
        state_size = tensor_shape.TensorShape(input_shape[:-1] + [output_channels])
        self._state_size = rnn_cell_impl.LSTMStateTuple(state_size, state_size)
        self._output_size = tensor_shape.TensorShape(input_shape[:-1] + [depth])

    output_size = shown('_output_size', 'The shape of an output.')
    state_size = shown('_state_size', 'The shapes of both parts of the state.')

    def call(self, inputs, state, scope=None):
        """(output, new state)."""
        cell, hidden = state
        gates = _convolved([inputs, hidden], self._kernel_shape, 4 * self._output_channels, self._use_bias)
        i, j, f, o = array_ops.split(value=gates, num_or_size_splits=4, axis=self._conv_ndims + 1)
        new_cell = math_ops.sigmoid(f + self._forget_bias) * cell
        new_cell += math_ops.sigmoid(i) * math_ops.tanh(j)
        output = math_ops.tanh(new_cell) * math_ops.sigmoid(o)
        if self._skip_connection:
            output = array_ops.concat([output, inputs], axis=-1)
        return output, rnn_cell_impl.LSTMStateTuple(new_cell, output)


class Conv1DLSTMCell(ConvLSTMCell):
    """A convolutional LSTM of sequences."""

    def __init__(self, name='conv_1d_lstm_cell', **kwargs):
        super().__init__(conv_ndims=1, name=name, **kwargs)


class Conv2DLSTMCell(ConvLSTMCell):
    """A convolutional LSTM of pictures."""

    def __init__(self, name='conv_2d_lstm_cell', **kwargs):
        super().__init__(conv_ndims=2, name=name, **kwargs)


class Conv3DLSTMCell(ConvLSTMCell):
    """A convolutional LSTM of volumes."""

    def __init__(self, name='conv_3d_lstm_cell', **kwargs):
        super().__init__(conv_ndims=3, name=name, **kwargs)
