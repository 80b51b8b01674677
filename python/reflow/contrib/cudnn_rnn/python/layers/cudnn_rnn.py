"""The layers of cuDNN. They have no kernels for a CPU, and cannot be built here."""

from reflow.framework import dtypes
from reflow.framework import errors
from reflow.layers import base

CUDNN_RNN_UNIDIRECTION = 'unidirectional'
CUDNN_RNN_BIDIRECTION = 'bidirectional'
CUDNN_LSTM = 'lstm'
CUDNN_GRU = 'gru'
CUDNN_RNN_RELU = 'rnn_relu'
CUDNN_RNN_TANH = 'rnn_tanh'
CUDNN_LSTM_PARAMS_PER_LAYER = 8
CUDNN_GRU_PARAMS_PER_LAYER = 6
CUDNN_RNN_TANH_PARAMS_PER_LAYER = 2
CUDNN_RNN_RELU_PARAMS_PER_LAYER = 2
CUDNN_INPUT_LINEAR_MODE = 'linear_input'
CUDNN_INPUT_SKIP_MODE = 'skip_input'
CUDNN_INPUT_AUTO_MODE = 'auto_select'

__all__ = ['CudnnGRU', 'CudnnLSTM', 'CudnnRNNRelu', 'CudnnRNNTanh']


class _CudnnRNN(base.Layer):
    _rnn_mode = None

    def __init__(self, num_layers, num_units, input_mode=CUDNN_INPUT_LINEAR_MODE, direction=CUDNN_RNN_UNIDIRECTION,
                 dropout=0., seed=None, dtype=dtypes.float32, kernel_initializer=None, bias_initializer=None, name=None):
        super().__init__(dtype=dtype, name=name)
        directions = CUDNN_RNN_UNIDIRECTION, CUDNN_RNN_BIDIRECTION
        if direction not in directions:
            raise ValueError('Invalid direction: %s, expecting %s or %s' % (direction, *directions))
        modes = CUDNN_INPUT_LINEAR_MODE, CUDNN_INPUT_SKIP_MODE, CUDNN_INPUT_AUTO_MODE
        if input_mode not in modes:
            raise ValueError('Invalid input_mode: %s, expect one of (%s, %s, %s)' % (input_mode, *modes))
        if dtype not in [dtypes.float16, dtypes.float32, dtypes.float64]:
            raise ValueError('Only support float16, float32, float64, provided %s' % dtype)
        self.num_layers = num_layers
        self.num_units = num_units
        self.input_mode = input_mode
        self.direction = direction
        self.num_dirs = 1 if direction == CUDNN_RNN_UNIDIRECTION else 2
        self.rnn_mode = self._rnn_mode

    def build(self, input_shape):
        raise errors.InvalidArgumentError(
            None, None, "No OpKernel was registered to support Op 'CudnnRNNCanonicalToParams' used by %s: cuDNN needs a GPU. "
            'CudnnCompatibleLSTMCell and CudnnCompatibleGRUCell compute the same without one.' % self.name)

    def state_shape(self, batch_size):
        """The shapes of the states: one, or two for an LSTM."""
        shape = [self.num_layers * self.num_dirs, batch_size, self.num_units]
        return (shape, list(shape)) if self._rnn_mode == CUDNN_LSTM else (shape,)


class CudnnLSTM(_CudnnRNN):
    """An LSTM of cuDNN."""
    _rnn_mode = CUDNN_LSTM


class CudnnGRU(_CudnnRNN):
    """A GRU of cuDNN."""
    _rnn_mode = CUDNN_GRU


class CudnnRNNTanh(_CudnnRNN):
    """A plain recurrent network of cuDNN with tanh."""
    _rnn_mode = CUDNN_RNN_TANH


class CudnnRNNRelu(_CudnnRNN):
    """A plain recurrent network of cuDNN with ReLU."""
    _rnn_mode = CUDNN_RNN_RELU
