"""Layers whose weights have a mask."""

from reflow.framework import ops
from reflow.framework import tensor_shape
from reflow.layers import convolutional
from reflow.layers import core
from reflow.layers import utils
from reflow.ops import init_ops
from reflow.ops import math_ops
from reflow.ops import nn
from reflow.ops import standard_ops

MASK_COLLECTION = 'masks'
THRESHOLD_COLLECTION = 'thresholds'
MASKED_WEIGHT_COLLECTION = 'masked_weights'
WEIGHT_COLLECTION = 'kernel'
MASKED_WEIGHT_NAME = 'weights/masked_weight'  # below `weights`, where rounding looks for them


def collect(mask, threshold, masked_weights, weights):
    """Has masks be updated, once each."""
    if mask not in ops.get_collection_ref(MASK_COLLECTION):
        ops.add_to_collection(THRESHOLD_COLLECTION, threshold)
        ops.add_to_collection(MASK_COLLECTION, mask)
        ops.add_to_collection(MASKED_WEIGHT_COLLECTION, masked_weights)
        ops.add_to_collection(WEIGHT_COLLECTION, weights)


def add_mask(layer, shape):
    """A mask of the layer's, which takes out nothing at first."""
    return layer.add_variable(name='mask', shape=shape, initializer=init_ops.ones_initializer(), trainable=False,
                              dtype=layer.dtype)


def add_threshold(layer):
    """Below which weights of the layer are taken out."""
    return layer.add_variable(name='threshold', shape=[], initializer=init_ops.zeros_initializer(), trainable=False,
                              dtype=layer.dtype)


class MaskedConv2D(convolutional.Conv2D):
    """A convolution whose weights have a mask."""

    def build(self, input_shape):
        """Makes mask, kernel, threshold and bias."""
        shape = self.kernel_size + (self._input_channels(input_shape), self.filters)
        self.mask = add_mask(self, shape)
        self.kernel = self._add_kernel('kernel', shape)
        self.threshold = add_threshold(self)
        self.masked_kernel = math_ops.multiply(self.mask, self.kernel, MASKED_WEIGHT_NAME)
        collect(self.mask, self.threshold, self.masked_kernel, self.kernel)
        self._add_bias()
        self.built = True

    def call(self, inputs):
        """The outputs."""
        layout = utils.convert_data_format(self.data_format, self.rank + 2)
        outputs = nn.convolution(inputs, self.masked_kernel, self.padding.upper(), self.strides, self.dilation_rate,
                                 data_format=layout)
        return self._activated(self._with_bias(outputs))


class MaskedFullyConnected(core.Dense):
    """A fully connected layer whose weights have a mask."""

    def build(self, input_shape):
        """Makes kernel, mask, threshold and bias."""
        size = tensor_shape.dimension_value(tensor_shape.TensorShape(input_shape)[-1])
        if size is None:
            raise ValueError('The last dimension of the inputs to `Dense` should be defined. Found `None`.')
        self.kernel = self.add_variable('kernel', shape=[size, self.units], initializer=self.kernel_initializer,
                                        regularizer=self.kernel_regularizer, dtype=self.dtype, trainable=True)
        self.mask = add_mask(self, [size, self.units])
        self.threshold = add_threshold(self)
        self.masked_kernel = math_ops.multiply(self.mask, self.kernel, MASKED_WEIGHT_NAME)
        collect(self.mask, self.threshold, self.masked_kernel, self.kernel)
        self.bias = self.add_variable('bias', shape=[self.units], initializer=self.bias_initializer,
                                      regularizer=self.bias_regularizer, dtype=self.dtype,
                                      trainable=True) if self.use_bias else None
        self.built = True

    def call(self, inputs):
        """The outputs."""
        inputs = ops.convert_to_tensor(inputs, dtype=self.dtype)
        shape = inputs.get_shape().as_list()
        if len(shape) > 2:
            outputs = standard_ops.tensordot(inputs, self.masked_kernel, [[len(shape) - 1], [0]])
            outputs.set_shape(shape[:-1] + [self.units])
        else:
            outputs = standard_ops.matmul(inputs, self.masked_kernel)
        if self.use_bias:
            outputs = nn.bias_add(outputs, self.bias)
        return outputs if self.activation is None else self.activation(outputs)
