"""The layers of tf.contrib.layers with masked weights."""

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
    with layer_variables.kernel_scope(scope, 'Conv', inputs, reuse) as sc:
        inputs = ops.convert_to_tensor(inputs)
        rank = inputs.get_shape().ndims
        if rank != 4:
            raise ValueError('Sparse Convolution not supported for input with rank', rank)
        if data_format not in (None, 'NHWC', 'NCHW'):
            raise ValueError('Unsupported data format', data_format)
        layer = core.MaskedConv2D(
            filters=num_outputs, kernel_size=kernel_size, strides=stride, padding=padding,
            data_format=layer_variables.keras_format(data_format), dilation_rate=rate, activation=None,
            use_bias=not normalizer_fn and biases_initializer, kernel_initializer=weights_initializer,
            bias_initializer=biases_initializer, kernel_regularizer=weights_regularizer, bias_regularizer=biases_regularizer,
            activity_regularizer=None, trainable=trainable, name=sc.name, dtype=inputs.dtype.base_dtype, _scope=sc, _reuse=reuse)
        outputs = layer.apply(inputs)
        layer_variables.add_to_collections(layer.kernel, variables_collections, 'weights')
        if layer.use_bias:
            layer_variables.add_to_collections(layer.bias, variables_collections, 'biases')
        return layer_variables.finished(outputs, outputs_collections, sc.original_name_scope, activation_fn, normalizer_fn,
                                        normalizer_params)


masked_conv2d = masked_convolution


@add_arg_scope
def masked_fully_connected(inputs, num_outputs, activation_fn=nn.relu, normalizer_fn=None, normalizer_params=None,
                           weights_initializer=initializers.xavier_initializer(), weights_regularizer=None,
                           biases_initializer=init_ops.zeros_initializer(), biases_regularizer=None, reuse=None,
                           variables_collections=None, outputs_collections=None, trainable=True, scope=None):
    """fully_connected of tf.contrib.layers with a mask of its weights."""
    if not isinstance(num_outputs, int):
        raise ValueError('num_outputs should be int or long, got %s.' % (num_outputs,))
    with layer_variables.kernel_scope(scope, 'fully_connected', inputs, reuse) as sc:
        inputs = ops.convert_to_tensor(inputs)
        layer = core.MaskedFullyConnected(
            units=num_outputs, activation=None, use_bias=not normalizer_fn and biases_initializer,
            kernel_initializer=weights_initializer, bias_initializer=biases_initializer,
            kernel_regularizer=weights_regularizer, bias_regularizer=biases_regularizer, activity_regularizer=None,
            trainable=trainable, name=sc.name, dtype=inputs.dtype.base_dtype, _scope=sc, _reuse=reuse)
        outputs = layer.apply(inputs)
        layer_variables.add_to_collections(layer.kernel, variables_collections, 'weights')
        if layer.bias is not None:
            layer_variables.add_to_collections(layer.bias, variables_collections, 'biases')
        return layer_variables.finished(outputs, outputs_collections, sc.original_name_scope, activation_fn, normalizer_fn,
                                        normalizer_params)
