"""Convolutions whose kernel is another one at each place."""

import numpy as np

from reflow.framework import sparse_tensor
from reflow.framework import tensor_shape
from reflow.keras import backend as K
from reflow.keras import backend_nn
from reflow.keras import regularizers
from reflow.keras.engine import arguments
from reflow.keras.engine.base_layer import Layer
from reflow.keras.engine.input_spec import InputSpec
from reflow.keras.utils import conv_utils
from reflow.ops import array_ops
from reflow.ops import math_ops
from reflow.ops import sparse_ops


class _LocallyConnected(Layer):
    _rank = None

    def _set_up(self, filters, kernel_size, strides, padding, data_format, activation, use_bias, given, implementation):
        self.filters = filters
        self.kernel_size = conv_utils.normalize_tuple(kernel_size, self._rank, 'kernel_size')
        self.strides = conv_utils.normalize_tuple(strides, self._rank, 'strides')
        self.padding = conv_utils.normalize_padding(padding)
        if self.padding != 'valid' and implementation == 1:
            raise ValueError('Invalid border mode for LocallyConnected%dD (only "valid" is supported if implementation is 1): '
                             % self._rank + padding)
        self.data_format = conv_utils.normalize_data_format(data_format)
        arguments.keep(self, activation=activation, use_bias=use_bias, implementation=implementation,
                       **{name: given[name] for name in arguments.of_weights('kernel', 'bias')})
        self.input_spec = InputSpec(ndim=self._rank + 2)

    def _output_sizes(self, sizes):
        first = 2 if self.data_format == 'channels_first' else 1
        return [conv_utils.conv_output_length(sizes[first + i], self.kernel_size[i], self.padding, self.strides[i])
                for i in range(self._rank)]

    def build(self, input_shape):
        """Makes kernels and biases."""
        sizes = tensor_shape.TensorShape(input_shape).as_list()
        channel_axis = 1 if self.data_format == 'channels_first' else -1
        channels = sizes[channel_axis]
        places = self._output_sizes(sizes)
        if None in places or channels is None:
            raise ValueError('The spatial dimensions of the inputs to a LocallyConnected%dD layer should be fully-defined, '
                             'but layer received the inputs shape %s' % (self._rank, tuple(sizes)))
        self._places = places
        self.kernel = self.add_weight(shape=self._kernel_shape(sizes, channels), initializer=self.kernel_initializer,
                                      name='kernel', regularizer=self.kernel_regularizer, constraint=self.kernel_constraint)
        self.bias = None
        if self.use_bias:
            self.bias = self.add_weight(shape=tuple(places) + (self.filters,), initializer=self.bias_initializer,
                                        name='bias', regularizer=self.bias_regularizer, constraint=self.bias_constraint)
        self.input_spec = InputSpec(ndim=self._rank + 2, axes={channel_axis: channels})
        self.built = True

    def _kernel_shape(self, sizes, channels):
        """The shape of the kernel: of patches, of all inputs and outputs (2), or of those of them that are connected (3)."""
        if self.implementation == 1:
            return (int(np.prod(self._places)), int(np.prod(self.kernel_size)) * channels, self.filters)
        first = self.data_format == 'channels_first'
        rows = sizes[2:] if first else sizes[1:-1]
        connected = self._connected(rows)
        if self.implementation == 2:
            self.kernel_mask = np.expand_dims(np.expand_dims(connected, 0 if first else self._rank),
                                              self._rank + 1 if first else -1)
            if first:
                return (channels, *rows, self.filters, *self._places)
            return (*rows, channels, *self._places, self.filters)
        if self.implementation == 3:
            outputs, inputs = int(np.prod(self._places)), int(np.prod(rows))
            mask = connected.reshape(inputs, outputs).T > 0
            mask = (np.kron(np.ones((self.filters, channels), bool), mask) if first else
                    np.kron(mask, np.ones((self.filters, channels), bool)))
            self.kernel_idxs = np.argwhere(mask)
            self.kernel_shape = mask.shape
            return (len(self.kernel_idxs),)
        raise ValueError('Unrecognized implementation mode: %d.' % self.implementation)

    def _connected(self, rows):
        """[places of inputs..., places of outputs...]: 1 where the output sees the input."""
        result = np.ones(())
        for size, places, width, stride in zip(rows, self._places, self.kernel_size, self.strides):
            before = width // 2 if self.padding == 'same' else 0
            start = np.arange(places) * stride - before
            seen = (np.arange(size)[:, None] >= start) & (np.arange(size)[:, None] < start + width)
            result = np.multiply.outer(result, seen.astype(np.float64))
        order = list(range(0, 2 * self._rank, 2)) + list(range(1, 2 * self._rank, 2))
        return result.transpose(order)

    def _products(self, inputs):
        """What implementations 2 and 3 compute: the product of all inputs and a matrix."""
        sizes = self.compute_output_shape(inputs.shape).as_list()[1:]
        flat = K.reshape(inputs, (K.shape(inputs)[0], -1))
        if self.implementation == 2:
            kernel = array_ops.reshape(self.kernel_mask.astype(self.kernel.dtype.as_numpy_dtype) * self.kernel,
                                       [-1, int(np.prod(sizes))])
            product = math_ops.matmul(flat, kernel, b_is_sparse=True)
        else:
            kernel = sparse_tensor.SparseTensor(self.kernel_idxs, self.kernel, self.kernel_shape)
            product = K.transpose(sparse_ops.sparse_tensor_dense_matmul(kernel, flat, adjoint_b=True))
        return K.reshape(product, [K.shape(product)[0]] + sizes)

    def call(self, inputs):
        """The outputs."""
        if self.implementation == 1:
            outputs = backend_nn._local_conv(inputs, self.kernel, self.kernel_size, self.strides, tuple(self._places),
                                             self.data_format)
        else:
            outputs = self._products(inputs)
        outputs.set_shape(self.compute_output_shape(inputs.shape))
        if self.use_bias:
            outputs = K.bias_add(outputs, self.bias, data_format=self.data_format)
        return self.activation(outputs)

    def compute_output_shape(self, input_shape):
        """The shape after the convolution."""
        sizes = tensor_shape.TensorShape(input_shape).as_list()
        places = self._output_sizes(sizes)
        if self.data_format == 'channels_first':
            return tensor_shape.TensorShape([sizes[0], self.filters] + places)
        return tensor_shape.TensorShape([sizes[0]] + places + [self.filters])

    def get_config(self):
        """The arguments of the constructor."""
        return self._config('filters', 'kernel_size', 'strides', 'padding', 'data_format', 'activation', 'use_bias',
                            *arguments.of_weights('kernel', 'bias', activity=True), 'implementation')


class LocallyConnected1D(_LocallyConnected):
    """A convolution of [batch, width, channels] whose kernel is another one at each place."""

    _rank = 1

    def __init__(self, filters, kernel_size, strides=1, padding='valid', data_format=None, activation=None, use_bias=True,
                 kernel_initializer='glorot_uniform', bias_initializer='zeros', kernel_regularizer=None,
                 bias_regularizer=None, activity_regularizer=None, kernel_constraint=None, bias_constraint=None,
                 implementation=1, **kwargs):
        given = dict(locals())
        super().__init__(activity_regularizer=regularizers.get(activity_regularizer), **kwargs)
        self._set_up(filters, kernel_size, strides, padding, data_format, activation, use_bias, given, implementation)


class LocallyConnected2D(_LocallyConnected):
    """A convolution of images whose kernel is another one at each place."""

    _rank = 2

    def __init__(self, filters, kernel_size, strides=(1, 1), padding='valid', data_format=None, activation=None,
                 use_bias=True, kernel_initializer='glorot_uniform', bias_initializer='zeros', kernel_regularizer=None,
                 bias_regularizer=None, activity_regularizer=None, kernel_constraint=None, bias_constraint=None,
                 implementation=1, **kwargs):
        given = dict(locals())
        super().__init__(activity_regularizer=regularizers.get(activity_regularizer), **kwargs)
        self._set_up(filters, kernel_size, strides, padding, data_format, activation, use_bias, given, implementation)


for _class in (LocallyConnected1D, LocallyConnected2D):
    _class.__module__ = 'tensorflow.python.keras.layers.local'
