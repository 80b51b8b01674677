"""The convolution of each channel with filters of its own."""

from reflow.framework import tensor_shape
from reflow.keras import backend as K
from reflow.keras.engine import arguments
from reflow.keras.engine.input_spec import InputSpec
from reflow.keras.layers.convolutional import Conv2D
from reflow.keras.utils import conv_utils


class DepthwiseConv2D(Conv2D):
    """The convolution of each channel of images with filters of its own."""

    def __init__(self, kernel_size, strides=(1, 1), padding='valid', depth_multiplier=1, data_format=None, activation=None,
                 use_bias=True, depthwise_initializer='glorot_uniform', bias_initializer='zeros',
                 depthwise_regularizer=None, bias_regularizer=None, activity_regularizer=None, depthwise_constraint=None,
                 bias_constraint=None, **kwargs):
        super().__init__(filters=None, **arguments.passed_on(locals(), *self._more_arguments))
        arguments.keep(self, depth_multiplier=depth_multiplier, depthwise_initializer=depthwise_initializer,
                       depthwise_regularizer=depthwise_regularizer, depthwise_constraint=depthwise_constraint)

    def build(self, input_shape):
        """Makes kernel and bias."""
        sizes = tensor_shape.TensorShape(input_shape).as_list()
        if len(sizes) < 4:
            raise ValueError('Inputs to `DepthwiseConv2D` should have rank 4. Received input shape:', str(tuple(sizes)))
        channel_axis = 1 if self.data_format == 'channels_first' else 3
        if sizes[channel_axis] is None:
            raise ValueError('The channel dimension of the inputs to `DepthwiseConv2D` should be defined. Found `None`.')
        channels = int(sizes[channel_axis])
        self.depthwise_kernel = self.add_weight(
            shape=self.kernel_size + (channels, self.depth_multiplier), initializer=self.depthwise_initializer,
            name='depthwise_kernel', regularizer=self.depthwise_regularizer, constraint=self.depthwise_constraint)
        self.bias = None
        if self.use_bias:
            self.bias = self.add_weight(shape=(channels * self.depth_multiplier,), initializer=self.bias_initializer,
                                        name='bias', regularizer=self.bias_regularizer, constraint=self.bias_constraint)
        self.input_spec = InputSpec(ndim=4, axes={channel_axis: channels})
        self.built = True

    def call(self, inputs):
        """The outputs."""
        outputs = K.depthwise_conv2d(inputs, self.depthwise_kernel, strides=self.strides, padding=self.padding,
                                     dilation_rate=self.dilation_rate, data_format=self.data_format)
        if self.use_bias:
            outputs = K.bias_add(outputs, self.bias, data_format=self.data_format)
        return self._activated(outputs)

    def compute_output_shape(self, input_shape):
        """The shape after the convolution."""
        sizes = tensor_shape.TensorShape(input_shape).as_list()
        for i, axis in enumerate(self._spatial_axes()):
            sizes[axis] = conv_utils.conv_output_length(sizes[axis], self.kernel_size[i], self.padding, self.strides[i])
        axis = 1 if self.data_format == 'channels_first' else 3
        sizes[axis] *= self.depth_multiplier
        return tensor_shape.TensorShape(sizes)

    _more_arguments = ('depth_multiplier', *arguments.of_weights('depthwise'))
    _no_arguments = ('filters', *arguments.of_weights('kernel'))


DepthwiseConv2D.__module__ = 'tensorflow.python.keras.layers.convolutional'
