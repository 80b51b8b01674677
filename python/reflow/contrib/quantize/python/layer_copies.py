"""Copies of layers that take other weights."""

from reflow.ops import array_ops
from reflow.ops import math_ops
from reflow.ops import nn_impl
from reflow.ops import nn_ops


def copy_layer(layer, inputs, weights, name):
    """What the layer gives for other inputs and weights. ValueError: it is none that can be folded."""
    if layer.type == 'Conv2D':
        return nn_ops.conv2d(inputs, weights, strides=layer.get_attr('strides'), padding=layer.get_attr('padding'),
                             use_cudnn_on_gpu=layer.get_attr('use_cudnn_on_gpu'),
                             data_format=layer.get_attr('data_format').decode(), name=name)
    if layer.type == 'MatMul':
        return math_ops.matmul(inputs, weights, transpose_a=layer.get_attr('transpose_a'),
                               transpose_b=layer.get_attr('transpose_b'), name=name)
    if layer.type == 'DepthwiseConv2dNative':  # its dilation is in the ops around
        return nn_impl.depthwise_conv2d(inputs, weights, strides=layer.get_attr('strides'), padding=layer.get_attr('padding'),
                                        name=name)
    raise ValueError('Cannot handle operation of type: %s' % layer.type)


def copy_batch_to_space(op, inputs, name):
    """What a BatchToSpaceND gives for other inputs."""
    return array_ops.batch_to_space_nd(inputs, op.inputs[1], op.inputs[2], name=name)


def depthwise_shape(weights):
    """The shape that factors of a depthwise convolution's weights have: [channels, multiplier]."""
    return weights.get_shape().as_list()[2:4]
