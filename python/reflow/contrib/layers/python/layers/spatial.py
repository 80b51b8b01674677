"""Layers of what pictures have where: their keypoints, and their columns as sequences."""

from reflow.contrib.framework.python.ops import variables
from reflow.contrib.framework.python.ops.arg_scope import add_arg_scope
from reflow.contrib.layers.python.layers import layer_variables
from reflow.contrib.layers.python.layers import utils
from reflow.framework import dtypes
from reflow.framework import ops
from reflow.framework import tensor_shape
from reflow.ops import array_ops
from reflow.ops import init_ops
from reflow.ops import math_ops
from reflow.ops import nn
from reflow.ops import variable_scope

__all__ = ['spatial_softmax', 'images_to_sequence', 'sequence_to_images']


def _positions(height, width):
    """Where each pixel is, from -1 to 1 in each dimension."""
    x, y = array_ops.meshgrid(math_ops.lin_space(-1., 1., num=height), math_ops.lin_space(-1., 1., num=width),
                              indexing='ij')
    return array_ops.reshape(x, [height * width]), array_ops.reshape(y, [height * width])


@add_arg_scope
def spatial_softmax(features, temperature=None, name=None, variables_collections=None, trainable=True,
                    data_format='NHWC'):
    """The place of each channel's largest values, [batch, 2 * channels]. Levine and others, arXiv 1509.06113."""
    with variable_scope.variable_scope(name, 'spatial_softmax'):
        shape = array_ops.shape(features)
        layer_variables.check_format(data_format)
        first = data_format == layer_variables.DATA_FORMAT_NCHW
        height, width = (shape[2], shape[3]) if first else (shape[1], shape[2])
        channels = tensor_shape.dimension_value(features.shape[1 if first else 3])
        if channels is None:
            raise ValueError('The num_channels dimension of the inputs to `spatial_softmax` should be defined. Found '
                             '`None`.')
        with ops.name_scope('spatial_softmax_op', 'spatial_softmax_op', [features]):
            x, y = _positions(height, width)
            initializer = init_ops.ones_initializer()
            if temperature is not None:
                initializer = init_ops.constant_initializer(temperature)
            collections = utils.get_variable_collections(variables_collections, 'temperature') if trainable else None
            temperature = variables.model_variable('temperature', shape=(), dtype=dtypes.float32, initializer=initializer,
                                                   collections=collections, trainable=trainable)
            if not first:
                features = array_ops.transpose(features, [0, 3, 1, 2])
            features = array_ops.reshape(features, [-1, height * width])
            attention = nn.softmax(features / temperature)
            expected = [math_ops.reduce_sum(position * attention, [1], keepdims=True) for position in (x, y)]
            keypoints = array_ops.reshape(array_ops.concat(expected, 1), [-1, channels * 2])
            keypoints.set_shape([None, channels * 2])
    return keypoints


@add_arg_scope
def images_to_sequence(inputs, data_format=layer_variables.DATA_FORMAT_NHWC, outputs_collections=None, scope=None):
    """The columns of pictures as steps: [width, batch * height, channels]."""
    layer_variables.check_format(data_format)
    with ops.name_scope(scope, 'ImagesToSequence', [inputs]) as scope:
        inputs = ops.convert_to_tensor(inputs)
        if data_format == layer_variables.DATA_FORMAT_NCHW:
            inputs = array_ops.transpose(inputs, [0, 2, 3, 1])
        width, depth = inputs.get_shape().as_list()[2:]
        shape = array_ops.shape(inputs)
        batch_size, height = shape[0], shape[1]
        outputs = array_ops.transpose(inputs, [2, 0, 1, 3])
        outputs = array_ops.reshape(outputs, [width, batch_size * height, depth])
        return utils.collect_named_outputs(outputs_collections, scope, outputs)


@add_arg_scope
def sequence_to_images(inputs, height, output_data_format='channels_last', outputs_collections=None, scope=None):
    """What images_to_sequence makes, as pictures again."""
    with ops.name_scope(scope, 'SequenceToImages', [inputs]) as scope:
        inputs = ops.convert_to_tensor(inputs)
        width, rows, depth = inputs.get_shape().as_list()
        pictures = -1 if rows is None else rows // height
        outputs = array_ops.reshape(inputs, [width, pictures, height, depth])
        outputs = array_ops.transpose(outputs, [1, 3, 2, 0] if output_data_format == 'channels_first' else [1, 2, 0, 3])
        return utils.collect_named_outputs(outputs_collections, scope, outputs)
