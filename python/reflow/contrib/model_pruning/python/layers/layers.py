"""The layers of tf.contrib.layers with masked weights."""

import types

from reflow.contrib.framework.python.ops.arg_scope import add_arg_scope
from reflow.contrib.layers.python.layers import initializers
from reflow.contrib.layers.python.layers import layer_variables
from reflow.contrib.model_pruning.python.layers import core_layers as core
from reflow.framework import ops
from reflow.ops import init_ops
from reflow.ops import nn


@add_arg_scope
def masked_convolution(inputs, num_outputs, kernel_size, stride=1, padding='SAME', data_format=None, rate=1,
                       activation_fn=nn.relu, normalizer_fn=None, normalizer_params=None,
                       weights_initializer=initializers.xavier_initializer(), weights_regularizer=None,
                       biases_initializer=init_ops.zeros_initializer(), biases_regularizer=None, reuse=None,
                       variables_collections=None, outputs_collections=None, trainable=True, scope=None):
    """conv2d of tf.contrib.layers with a mask of its weights. ValueError: the inputs aren't images, or their format is unknown."""
    if data_format not in [None, 'NWC', 'NCW', 'NHWC', 'NCHW', 'NDHWC', 'NCDHW']:
        raise ValueError('Invalid data_format: %r' % (data_format,))
    return _outputs(core.MaskedConv2D, 'Conv', locals(), _check_images, filters=num_outputs, kernel_size=kernel_size,
                    strides=stride, padding=padding, data_format=layer_variables.keras_format(data_format), dilation_rate=rate)


masked_conv2d = masked_convolution


@add_arg_scope
def masked_fully_connected(inputs, num_outputs, activation_fn=nn.relu, normalizer_fn=None, normalizer_params=None,
                           weights_initializer=initializers.xavier_initializer(), weights_regularizer=None,
                           biases_initializer=init_ops.zeros_initializer(), biases_regularizer=None, reuse=None,
                           variables_collections=None, outputs_collections=None, trainable=True, scope=None):
    """fully_connected of tf.contrib.layers with a mask of its weights."""
    if not isinstance(num_outputs, int):
        raise ValueError('num_outputs should be int or long, got %s.' % (num_outputs,))
    return _outputs(core.MaskedFullyConnected, 'fully_connected', locals(), units=num_outputs)


def _check_images(rank, data_format):
    if rank != 4:
        raise ValueError('Sparse Convolution not supported for input with rank', rank)
    if data_format not in (None, 'NHWC', 'NCHW'):
        raise ValueError('Unsupported data format', data_format)


def _outputs(layer_class, default_scope, arguments, check=None, **sizes):
    """What a layer of the class and `sizes` gives, in a scope and with variables, activation and so on as the arguments say."""
    given = types.SimpleNamespace(**arguments)
    with layer_variables.kernel_scope(given.scope, default_scope, given.inputs, given.reuse) as scope:
        inputs = ops.convert_to_tensor(given.inputs)
        if check is not None:
            check(inputs.shape.ndims, given.data_format)
        layer = layer_class(
            **sizes, activation=None, use_bias=not given.normalizer_fn and given.biases_initializer, trainable=given.trainable,
            kernel_initializer=given.weights_initializer, kernel_regularizer=given.weights_regularizer,
            bias_initializer=given.biases_initializer, bias_regularizer=given.biases_regularizer, name=scope.name,
            dtype=inputs.dtype.base_dtype, _scope=scope, _reuse=given.reuse)
        outputs = layer.apply(inputs)
        for variable, kind in ((layer.kernel, 'weights'), (layer.bias, 'biases')):
            if variable is not None:
                layer_variables.add_to_collections(variable, given.variables_collections, kind)
        return layer_variables.finished(outputs, given.outputs_collections, scope.original_name_scope, given.activation_fn,
                                        given.normalizer_fn, given.normalizer_params)
