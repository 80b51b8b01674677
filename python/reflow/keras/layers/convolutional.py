"""Convolutions as layers."""

from reflow.framework import tensor_shape
from reflow.keras import regularizers
from reflow.keras.engine import arguments
from reflow.keras.engine.base_layer import Layer
from reflow.keras.engine.input_spec import InputSpec
from reflow.keras.utils import conv_utils
from reflow.ops import array_ops
from reflow.ops import nn
from reflow.ops import nn_ops


class Conv(Layer):
    """A convolution in `rank` dimensions, with a bias and an activation."""

    def __init__(self, rank, filters, kernel_size, strides=1, padding='valid', data_format=None, dilation_rate=1,
                 activation=None, use_bias=True, kernel_initializer='glorot_uniform', bias_initializer='zeros',
                 kernel_regularizer=None, bias_regularizer=None, activity_regularizer=None, kernel_constraint=None,
                 bias_constraint=None, trainable=True, name=None, **kwargs):
        super().__init__(trainable=trainable, name=name, activity_regularizer=regularizers.get(activity_regularizer),
                         **kwargs)
        self.rank = rank
        self.filters = filters
        self.kernel_size = conv_utils.normalize_tuple(kernel_size, rank, 'kernel_size')
        self.strides = conv_utils.normalize_tuple(strides, rank, 'strides')
        self.padding = conv_utils.normalize_padding(padding)
        if self.padding == 'causal' and rank != 1:
            raise ValueError('Causal padding is only supported for `Conv1D`and ``SeparableConv1D`.')
        self.data_format = conv_utils.normalize_data_format(data_format)
        self.dilation_rate = conv_utils.normalize_tuple(dilation_rate, rank, 'dilation_rate')
        arguments.keep(self, activation=activation, use_bias=use_bias, kernel_initializer=kernel_initializer,
                       bias_initializer=bias_initializer, kernel_regularizer=kernel_regularizer,
                       bias_regularizer=bias_regularizer, kernel_constraint=kernel_constraint,
                       bias_constraint=bias_constraint)
        self.input_spec = InputSpec(ndim=rank + 2)

    @property
    def _channel_axis(self):
        return 1 if self.data_format == 'channels_first' else -1

    def _input_channels(self, input_shape):
        channels = tensor_shape.TensorShape(input_shape).dims[self._channel_axis].value
        if channels is None:
            raise ValueError('The channel dimension of the inputs should be defined. Found `None`.')
        self.input_spec = InputSpec(ndim=self.rank + 2, axes={self._channel_axis: channels})
        return channels

    def _add_kernel(self, name, shape, kind='kernel'):
        return self.add_weight(name=name, shape=shape, initializer=getattr(self, kind + '_initializer'),
                               regularizer=getattr(self, kind + '_regularizer'),
                               constraint=getattr(self, kind + '_constraint'), trainable=True, dtype=self.dtype)

    def _add_bias(self):
        self.bias = self._add_kernel('bias', (self.filters,), 'bias') if self.use_bias else None

    def build(self, input_shape):
        """Makes kernel and bias."""
        channels = self._input_channels(input_shape)
        self.kernel = self._add_kernel('kernel', self.kernel_size + (channels, self.filters))
        self._add_bias()
        padding = 'valid' if self.padding == 'causal' else self.padding
        self._convolution_op = nn_ops.Convolution(
            tensor_shape.TensorShape(input_shape), filter_shape=self.kernel.shape, dilation_rate=self.dilation_rate,
            strides=self.strides, padding=padding if isinstance(padding, (list, tuple)) else padding.upper(),
            data_format=conv_utils.convert_data_format(self.data_format, self.rank + 2))
        self.built = True

    def call(self, inputs):
        """The outputs."""
        outputs = self._convolution_op(inputs, self.kernel)
        if self.use_bias:
            if self.data_format == 'channels_last':
                outputs = nn.bias_add(outputs, self.bias, data_format='NHWC')
            elif self.rank == 1:
                outputs += array_ops.reshape(self.bias, (1, self.filters, 1))
            else:
                outputs = nn.bias_add(outputs, self.bias, data_format='NCHW')
        return self._activated(outputs)

    def _activated(self, outputs):
        return self.activation(outputs) if self.activation is not None else outputs

    def _with_bias(self, outputs):
        if not self.use_bias:
            return outputs
        return nn.bias_add(outputs, self.bias, data_format=conv_utils.convert_data_format(self.data_format, ndim=4))

    def _spatial_axes(self):
        first = 2 if self.data_format == 'channels_first' else 1
        return range(first, first + self.rank)

    def compute_output_shape(self, input_shape):
        """The shape after the convolution."""
        shape = tensor_shape.TensorShape(input_shape).as_list()
        for i, axis in enumerate(self._spatial_axes()):
            shape[axis] = conv_utils.conv_output_length(shape[axis], self.kernel_size[i], padding=self.padding,
                                                        stride=self.strides[i], dilation=self.dilation_rate[i])
        shape[self._channel_axis] = self.filters
        return tensor_shape.TensorShape(shape)

    # What classes that derive from this one tell of themselves, and what they don't.
    _more_arguments = ()
    _no_arguments = ()

    def get_config(self):
        """The arguments of the constructor."""
        names = ['filters', 'kernel_size', 'strides', 'padding', 'data_format', 'dilation_rate', 'activation', 'use_bias',
                 *arguments.of_weights('kernel', 'bias', activity=True), *self._more_arguments]
        return self._config(*(name for name in names if name not in self._no_arguments))

    def _causal_padding(self):
        left = [self.dilation_rate[0] * (self.kernel_size[0] - 1), 0]
        return [[0, 0], left, [0, 0]] if self.data_format == 'channels_last' else [[0, 0], [0, 0], left]


class Conv1D(Conv):
    """The convolution of [batch, width, channels]."""

    def __init__(self, filters, kernel_size, strides=1, padding='valid', data_format='channels_last', dilation_rate=1,
                 activation=None, use_bias=True, kernel_initializer='glorot_uniform', bias_initializer='zeros',
                 kernel_regularizer=None, bias_regularizer=None, activity_regularizer=None, kernel_constraint=None,
                 bias_constraint=None, **kwargs):
        super().__init__(rank=1, **arguments.passed_on(locals()))

    def call(self, inputs):
        """The outputs."""
        if self.padding == 'causal':
            inputs = array_ops.pad(inputs, self._causal_padding())
        return super().call(inputs)


class Conv2D(Conv):
    """The convolution of [batch, height, width, channels]."""

    def __init__(self, filters, kernel_size, strides=(1, 1), padding='valid', data_format=None, dilation_rate=(1, 1),
                 activation=None, use_bias=True, kernel_initializer='glorot_uniform', bias_initializer='zeros',
                 kernel_regularizer=None, bias_regularizer=None, activity_regularizer=None, kernel_constraint=None,
                 bias_constraint=None, **kwargs):
        super().__init__(rank=2, **arguments.passed_on(locals()))


class Conv3D(Conv):
    """The convolution of [batch, depth, height, width, channels]."""

    def __init__(self, filters, kernel_size, strides=(1, 1, 1), padding='valid', data_format=None,
                 dilation_rate=(1, 1, 1), activation=None, use_bias=True, kernel_initializer='glorot_uniform',
                 bias_initializer='zeros', kernel_regularizer=None, bias_regularizer=None, activity_regularizer=None,
                 kernel_constraint=None, bias_constraint=None, **kwargs):
        super().__init__(rank=3, **arguments.passed_on(locals()))


class _Transposed:
    """What transposed convolutions share: a kernel the other way round, and larger outputs."""

    _more_arguments = ('output_padding',)

    def _set_output_padding(self, output_padding):
        self.output_padding = output_padding
        if output_padding is None:
            return
        self.output_padding = conv_utils.normalize_tuple(output_padding, self.rank, 'output_padding')
        if any(padding >= stride for stride, padding in zip(self.strides, self.output_padding)):
            raise ValueError('Stride ' + str(self.strides) + ' must be greater than output padding ' +
                             str(self.output_padding))

    def build(self, input_shape):
        """Makes kernel and bias."""
        if len(input_shape) != self.rank + 2:
            raise ValueError('Inputs should have rank %d. Received input shape: ' % (self.rank + 2) + str(input_shape))
        channels = self._input_channels(input_shape)
        self.kernel = self._add_kernel('kernel', self.kernel_size + (self.filters, channels))
        self._add_bias()
        self.built = True

    def _output_length(self, i, length):
        return conv_utils.deconv_output_length(
            length, self.kernel_size[i], padding=self.padding, stride=self.strides[i], dilation=self.dilation_rate[i],
            output_padding=None if self.output_padding is None else self.output_padding[i])

    def _output_shape(self, inputs):
        shape = array_ops.shape(inputs)
        batch = shape[0]
        sizes = [shape[axis] for axis in self._spatial_axes()]
        sizes = [self._output_length(i, size) for i, size in enumerate(sizes)]
        if self.data_format == 'channels_first':
            return array_ops.stack([batch, self.filters, *sizes])
        return array_ops.stack([batch, *sizes, self.filters])

    def _all_strides(self):
        return (1, 1) + self.strides if self.data_format == 'channels_first' else (1,) + self.strides + (1,)

    def _finished(self, outputs, inputs):
        outputs.set_shape(self.compute_output_shape(inputs.shape))
        return self._activated(self._with_bias(outputs))

    def compute_output_shape(self, input_shape):
        """The shape after the transposed convolution."""
        shape = tensor_shape.TensorShape(input_shape).as_list()
        for i, axis in enumerate(self._spatial_axes()):
            shape[axis] = self._output_length(i, shape[axis])
        shape[self._channel_axis] = self.filters
        return tensor_shape.TensorShape(shape)


class Conv2DTranspose(_Transposed, Conv2D):
    """The transpose of Conv2D."""

    def __init__(self, filters, kernel_size, strides=(1, 1), padding='valid', output_padding=None, data_format=None,
                 dilation_rate=(1, 1), activation=None, use_bias=True, kernel_initializer='glorot_uniform',
                 bias_initializer='zeros', kernel_regularizer=None, bias_regularizer=None, activity_regularizer=None,
                 kernel_constraint=None, bias_constraint=None, **kwargs):
        super().__init__(**arguments.passed_on(locals(), 'output_padding'))
        self._set_output_padding(output_padding)

    def call(self, inputs):
        """The outputs."""
        output_shape = self._output_shape(inputs)
        first = self.data_format == 'channels_first'
        values = inputs
        if first:  # on CPUs TensorFlow moves the channels
            values = array_ops.transpose(inputs, (0, 2, 3, 1))
            output_shape = array_ops.stack([output_shape[i] for i in (0, 2, 3, 1)])
        else:
            output_shape[0]  # makes a node that nothing reads, as in TensorFlow's graphs
        if self.dilation_rate == (1, 1):
            outputs = nn.conv2d_transpose(values, self.kernel, output_shape, (1,) + self.strides + (1,),
                                          padding=self.padding.upper(), data_format='NHWC')
        elif self.dilation_rate[0] != self.dilation_rate[1]:
            raise ValueError('Transposed convolutions take one dilation rate for both dimensions. Received: %s' % (
                self.dilation_rate,))
        else:
            outputs = nn.atrous_conv2d_transpose(values, self.kernel, output_shape, rate=self.dilation_rate[0],
                                                 padding=self.padding.upper())
        return self._finished(array_ops.transpose(outputs, (0, 3, 1, 2)) if first else outputs, inputs)


class Conv3DTranspose(_Transposed, Conv3D):
    """The transpose of Conv3D."""

    _no_arguments = ('dilation_rate',)

    def __init__(self, filters, kernel_size, strides=(1, 1, 1), padding='valid', output_padding=None, data_format=None,
                 activation=None, use_bias=True, kernel_initializer='glorot_uniform', bias_initializer='zeros',
                 kernel_regularizer=None, bias_regularizer=None, activity_regularizer=None, kernel_constraint=None,
                 bias_constraint=None, **kwargs):
        super().__init__(**arguments.passed_on(locals(), 'output_padding'))
        self._set_output_padding(output_padding)

    def call(self, inputs):
        """The outputs."""
        output_shape = self._output_shape(inputs)
        outputs = nn.conv3d_transpose(inputs, self.kernel, output_shape, self._all_strides(),
                                      data_format=conv_utils.convert_data_format(self.data_format, ndim=5),
                                      padding=self.padding.upper())
        return self._finished(outputs, inputs)


class SeparableConv(Conv):
    """The convolution of each channel with filters of its own, and one of all channels at each point after it."""

    _more_arguments = ('depth_multiplier', *arguments.of_weights('depthwise', 'pointwise'))

    def __init__(self, rank, filters, kernel_size, strides=1, padding='valid', data_format=None, dilation_rate=1,
                 depth_multiplier=1, activation=None, use_bias=True, depthwise_initializer='glorot_uniform',
                 pointwise_initializer='glorot_uniform', bias_initializer='zeros', depthwise_regularizer=None,
                 pointwise_regularizer=None, bias_regularizer=None, activity_regularizer=None, depthwise_constraint=None,
                 pointwise_constraint=None, bias_constraint=None, trainable=True, name=None, **kwargs):
        super().__init__(**arguments.passed_on(locals(), *self._more_arguments))
        arguments.keep(self, depth_multiplier=depth_multiplier, depthwise_initializer=depthwise_initializer,
                       pointwise_initializer=pointwise_initializer, depthwise_regularizer=depthwise_regularizer,
                       pointwise_regularizer=pointwise_regularizer, depthwise_constraint=depthwise_constraint,
                       pointwise_constraint=pointwise_constraint)

    def build(self, input_shape):
        """Makes both kernels and the bias."""
        channels = self._input_channels(input_shape)
        self.depthwise_kernel = self._add_kernel(
            'depthwise_kernel', self.kernel_size + (channels, self.depth_multiplier), 'depthwise')
        self.pointwise_kernel = self._add_kernel(
            'pointwise_kernel', (1,) * self.rank + (self.depth_multiplier * channels, self.filters), 'pointwise')
        self._add_bias()
        self.built = True

    def call(self, inputs):
        """The outputs."""
        raise NotImplementedError


class SeparableConv1D(SeparableConv):
    """The separable convolution of [batch, width, channels]."""

    def __init__(self, filters, kernel_size, strides=1, padding='valid', data_format=None, dilation_rate=1,
                 depth_multiplier=1, activation=None, use_bias=True, depthwise_initializer='glorot_uniform',
                 pointwise_initializer='glorot_uniform', bias_initializer='zeros', depthwise_regularizer=None,
                 pointwise_regularizer=None, bias_regularizer=None, activity_regularizer=None,
                 depthwise_constraint=None, pointwise_constraint=None, bias_constraint=None, **kwargs):
        super().__init__(rank=1, **arguments.passed_on(locals()))

    def call(self, inputs):
        """The outputs."""
        if self.padding == 'causal':
            inputs = array_ops.pad(inputs, self._causal_padding())
        last = self.data_format == 'channels_last'
        height = 1 if last else 2
        strides = (1,) + self.strides * 2 + (1,) if last else (1, 1) + self.strides * 2
        inputs = array_ops.expand_dims(inputs, height)
        depthwise_kernel = array_ops.expand_dims(self.depthwise_kernel, 0)
        pointwise_kernel = array_ops.expand_dims(self.pointwise_kernel, 0)
        padding = 'VALID' if self.padding == 'causal' else self.padding.upper()
        outputs = nn.separable_conv2d(inputs, depthwise_kernel, pointwise_kernel, strides=strides, padding=padding,
                                      rate=(1,) + self.dilation_rate,
                                      data_format=conv_utils.convert_data_format(self.data_format, ndim=4))
        return self._activated(array_ops.squeeze(self._with_bias(outputs), [height]))


class SeparableConv2D(SeparableConv):
    """The separable convolution of [batch, height, width, channels]."""

    def __init__(self, filters, kernel_size, strides=(1, 1), padding='valid', data_format=None, dilation_rate=(1, 1),
                 depth_multiplier=1, activation=None, use_bias=True, depthwise_initializer='glorot_uniform',
                 pointwise_initializer='glorot_uniform', bias_initializer='zeros', depthwise_regularizer=None,
                 pointwise_regularizer=None, bias_regularizer=None, activity_regularizer=None,
                 depthwise_constraint=None, pointwise_constraint=None, bias_constraint=None, **kwargs):
        super().__init__(rank=2, **arguments.passed_on(locals()))

    def call(self, inputs):
        """The outputs."""
        strides = (1,) + self.strides + (1,) if self.data_format == 'channels_last' else (1, 1) + self.strides
        outputs = nn.separable_conv2d(inputs, self.depthwise_kernel, self.pointwise_kernel, strides=strides,
                                      padding=self.padding.upper(), rate=self.dilation_rate,
                                      data_format=conv_utils.convert_data_format(self.data_format, ndim=4))
        return self._activated(self._with_bias(outputs))


for _class in (Conv, Conv1D, Conv2D, Conv3D, Conv2DTranspose, Conv3DTranspose, SeparableConv, SeparableConv1D,
               SeparableConv2D):
    _class.__module__ = 'tensorflow.python.keras.layers.convolutional'

from reflow.keras.layers.depthwise import DepthwiseConv2D  # noqa: E402,F401
from reflow.keras.layers.spatial_sizes import (Cropping1D, Cropping2D, Cropping3D, UpSampling1D, UpSampling2D,  # noqa: E402,F401
                                               UpSampling3D, ZeroPadding1D, ZeroPadding2D, ZeroPadding3D)
