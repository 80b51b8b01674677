"""Convolution and pooling with tf.contrib.layers."""

import functools

from reflow.contrib.framework.python.ops import variables
from reflow.contrib.framework.python.ops.arg_scope import add_arg_scope
from reflow.contrib.layers.python.layers import initializers
from reflow.contrib.layers.python.layers import layer_variables
from reflow.contrib.layers.python.layers import utils
from reflow.framework import ops
from reflow.layers import convolutional as convolutional_layers
from reflow.layers import pooling as pooling_layers
from reflow.ops import array_ops
from reflow.ops import init_ops
from reflow.ops import nn
from reflow.ops import variable_scope

_NHWC, _NDHWC = layer_variables.DATA_FORMAT_NHWC, 'NDHWC'
_2D_FORMATS, _3D_FORMATS = ('NCHW', 'NHWC'), ('NCDHW', 'NDHWC')


def _pooled(layer_class, formats, default_name, inputs, kernel_size, stride, padding, data_format, outputs_collections,
            scope):
    layer_variables.check_format(data_format, formats)
    with ops.name_scope(scope, default_name, [inputs]) as sc:
        inputs = ops.convert_to_tensor(inputs)
        layer = layer_class(pool_size=kernel_size, strides=stride, padding=padding,
                            data_format=layer_variables.keras_format(data_format), _scope=sc)
        return utils.collect_named_outputs(outputs_collections, sc, layer.apply(inputs))


@add_arg_scope
def avg_pool2d(inputs, kernel_size, stride=2, padding='VALID', data_format=_NHWC, outputs_collections=None, scope=None):
    """The mean of each window of [batch, height, width, channels]."""
    return _pooled(pooling_layers.AveragePooling2D, _2D_FORMATS, 'AvgPool2D', inputs, kernel_size, stride, padding,
                   data_format, outputs_collections, scope)


@add_arg_scope
def avg_pool3d(inputs, kernel_size, stride=2, padding='VALID', data_format=_NDHWC, outputs_collections=None, scope=None):
    """The mean of each window of [batch, depth, height, width, channels]."""
    return _pooled(pooling_layers.AveragePooling3D, _3D_FORMATS, 'AvgPool3D', inputs, kernel_size, stride, padding,
                   data_format, outputs_collections, scope)


@add_arg_scope
def max_pool2d(inputs, kernel_size, stride=2, padding='VALID', data_format=_NHWC, outputs_collections=None, scope=None):
    """The largest value of each window of [batch, height, width, channels]."""
    return _pooled(pooling_layers.MaxPooling2D, _2D_FORMATS, 'MaxPool2D', inputs, kernel_size, stride, padding,
                   data_format, outputs_collections, scope)


@add_arg_scope
def max_pool3d(inputs, kernel_size, stride=2, padding='VALID', data_format=_NDHWC, outputs_collections=None, scope=None):
    """The largest value of each window of [batch, depth, height, width, channels]."""
    return _pooled(pooling_layers.MaxPooling3D, _3D_FORMATS, 'MaxPool3D', inputs, kernel_size, stride, padding,
                   data_format, outputs_collections, scope)


@add_arg_scope
def pool(inputs, kernel_size, pooling_type, padding='VALID', data_format=None, dilation_rate=1, stride=1,
         outputs_collections=None, scope=None):
    """Pooling of kind 'MAX' or 'AVG' in as many dimensions as the inputs have, of dilated windows too."""
    with ops.name_scope(scope, '%s_pool' % pooling_type.lower(), [inputs]) as sc:
        inputs = ops.convert_to_tensor(inputs)
        rank = inputs.get_shape().ndims
        if rank is None:
            raise ValueError('Rank of inputs must be known')
        if rank < 3:
            raise ValueError('Rank of inputs must be >= 3')
        sizes = functools.partial(utils.n_positive_integers, rank - 2)
        output = nn.pool(input=inputs, window_shape=sizes(kernel_size), pooling_type=pooling_type, padding=padding,
                         data_format=data_format, dilation_rate=sizes(dilation_rate), strides=sizes(stride), name=sc)
        return utils.collect_named_outputs(outputs_collections, sc, output)


@add_arg_scope
def convolution(inputs, num_outputs, kernel_size, stride=1, padding='SAME', data_format=None, rate=1,
                activation_fn=nn.relu, normalizer_fn=None, normalizer_params=None,
                weights_initializer=initializers.xavier_initializer(), weights_regularizer=None,
                biases_initializer=init_ops.zeros_initializer(), biases_regularizer=None, reuse=None,
                variables_collections=None, outputs_collections=None, trainable=True, scope=None, conv_dims=None):
    """The convolution of inputs of rank 3 to 5, with biases or a normaliser, and an activation."""
    given = dict(locals())
    if data_format not in [None, 'NWC', 'NCW', 'NHWC', 'NCHW', 'NDHWC', 'NCDHW']:
        raise ValueError('Invalid data_format: %r' % (data_format,))
    with layer_variables.kernel_scope(scope, 'Conv', inputs, reuse) as sc:
        inputs = ops.convert_to_tensor(inputs)
        rank = inputs.get_shape().ndims
        if conv_dims is not None and conv_dims + 2 != rank:
            raise ValueError('Convolution expects input with rank %d, got %d' % (conv_dims + 2, rank))
        if rank not in (3, 4, 5):
            raise ValueError('Convolution not supported for input with rank', rank)
        layer_class = (convolutional_layers.Conv1D, convolutional_layers.Conv2D, convolutional_layers.Conv3D)[rank - 3]
        return layer_variables.applied(
            layer_class, inputs, sc, given, filters=num_outputs, kernel_size=kernel_size, strides=stride, padding=padding,
            data_format=layer_variables.keras_format(data_format), dilation_rate=rate)


def _of_rank(conv_dims, name):
    """`convolution` of inputs of one rank."""
    @add_arg_scope
    def convolution_of_rank(inputs, num_outputs, kernel_size, stride=1, padding='SAME', data_format=None, rate=1,
                            activation_fn=nn.relu, normalizer_fn=None, normalizer_params=None,
                            weights_initializer=initializers.xavier_initializer(), weights_regularizer=None,
                            biases_initializer=init_ops.zeros_initializer(), biases_regularizer=None, reuse=None,
                            variables_collections=None, outputs_collections=None, trainable=True, scope=None):
        return convolution(inputs, num_outputs, kernel_size, stride, padding, data_format, rate, activation_fn,
                           normalizer_fn, normalizer_params, weights_initializer, weights_regularizer, biases_initializer,
                           biases_regularizer, reuse, variables_collections, outputs_collections, trainable, scope,
                           conv_dims=conv_dims)

    convolution_of_rank.__name__ = convolution_of_rank.__qualname__ = name
    convolution_of_rank.__doc__ = 'The convolution of inputs of rank %d.' % (conv_dims + 2)
    return convolution_of_rank


convolution1d = conv1d = _of_rank(1, 'convolution1d')
convolution2d = conv2d = _of_rank(2, 'convolution2d')
convolution3d = conv3d = _of_rank(3, 'convolution3d')


@add_arg_scope
def convolution2d_in_plane(inputs, kernel_size, stride=1, padding='SAME', activation_fn=nn.relu, normalizer_fn=None,
                           normalizer_params=None, weights_initializer=initializers.xavier_initializer(),
                           weights_regularizer=None, biases_initializer=init_ops.zeros_initializer(),
                           biases_regularizer=None, reuse=None, variables_collections=None, outputs_collections=None,
                           trainable=True, scope=None):
    """The convolution of each channel with the same filter."""
    with variable_scope.variable_scope(scope, 'ConvInPlane', [inputs], reuse=reuse) as sc:
        dtype = inputs.dtype.base_dtype
        stride_h, stride_w = utils.two_element_tuple(stride)
        channels = utils.last_dimension(inputs.get_shape(), min_rank=4)
        weights = layer_variables.model_variable(
            'weights', variables_collections, shape=[*utils.two_element_tuple(kernel_size), 1, 1], dtype=dtype,
            initializer=weights_initializer, regularizer=weights_regularizer, trainable=trainable)
        outputs = nn.depthwise_conv2d(inputs, array_ops.tile(weights, [1, 1, channels, 1]), [1, stride_h, stride_w, 1],
                                      padding)
        if normalizer_fn is None and biases_initializer is not None:
            outputs = nn.bias_add(outputs, _biases(channels, dtype, biases_initializer, biases_regularizer, trainable,
                                                   variables_collections))
        return layer_variables.finished(outputs, outputs_collections, sc.name, activation_fn, normalizer_fn,
                                        normalizer_params)


def _biases(size, dtype, initializer, regularizer, trainable, variables_collections):
    return layer_variables.model_variable('biases', variables_collections, shape=[size], dtype=dtype,
                                          initializer=initializer, regularizer=regularizer, trainable=trainable)


def _transposed(layer_class, formats, default_name, inputs, num_outputs, kernel_size, stride, padding, data_format,
                activation_fn, normalizer_fn, normalizer_params, weights_initializer, weights_regularizer,
                biases_initializer, biases_regularizer, reuse, variables_collections, outputs_collections, trainable,
                scope):
    given = dict(locals())
    with layer_variables.kernel_scope(scope, default_name, inputs, reuse) as sc:
        layer_variables.check_format(data_format, formats)
        inputs = ops.convert_to_tensor(inputs)
        return layer_variables.applied(
            layer_class, inputs, sc, given, filters=num_outputs, kernel_size=kernel_size, strides=stride, padding=padding,
            data_format=layer_variables.keras_format(data_format))


@add_arg_scope
def convolution2d_transpose(inputs, num_outputs, kernel_size, stride=1, padding='SAME', data_format=_NHWC,
                            activation_fn=nn.relu, normalizer_fn=None, normalizer_params=None,
                            weights_initializer=initializers.xavier_initializer(), weights_regularizer=None,
                            biases_initializer=init_ops.zeros_initializer(), biases_regularizer=None, reuse=None,
                            variables_collections=None, outputs_collections=None, trainable=True, scope=None):
    """The transpose of conv2d."""
    return _transposed(convolutional_layers.Conv2DTranspose, _2D_FORMATS, 'Conv2d_transpose', inputs, num_outputs,
                       kernel_size, stride, padding, data_format, activation_fn, normalizer_fn, normalizer_params,
                       weights_initializer, weights_regularizer, biases_initializer, biases_regularizer, reuse,
                       variables_collections, outputs_collections, trainable, scope)


@add_arg_scope
def convolution3d_transpose(inputs, num_outputs, kernel_size, stride=1, padding='SAME', data_format=_NDHWC,
                            activation_fn=nn.relu, normalizer_fn=None, normalizer_params=None,
                            weights_initializer=initializers.xavier_initializer(), weights_regularizer=None,
                            biases_initializer=init_ops.zeros_initializer(), biases_regularizer=None, reuse=None,
                            variables_collections=None, outputs_collections=None, trainable=True, scope=None):
    """The transpose of conv3d."""
    return _transposed(convolutional_layers.Conv3DTranspose, _3D_FORMATS, 'Conv3d_transpose', inputs, num_outputs,
                       kernel_size, stride, padding, data_format, activation_fn, normalizer_fn, normalizer_params,
                       weights_initializer, weights_regularizer, biases_initializer, biases_regularizer, reuse,
                       variables_collections, outputs_collections, trainable, scope)


@add_arg_scope
def separable_convolution2d(inputs, num_outputs, kernel_size, depth_multiplier=1, stride=1, padding='SAME',
                            data_format=_NHWC, rate=1, activation_fn=nn.relu, normalizer_fn=None, normalizer_params=None,
                            weights_initializer=initializers.xavier_initializer(), pointwise_initializer=None,
                            weights_regularizer=None, biases_initializer=init_ops.zeros_initializer(),
                            biases_regularizer=None, reuse=None, variables_collections=None, outputs_collections=None,
                            trainable=True, scope=None):
    """The convolution of each channel, and one of all channels at each point unless num_outputs is None."""
    layer_variables.check_format(data_format)
    names = {'bias': 'biases', 'depthwise_kernel': 'depthwise_weights', 'pointwise_kernel': 'pointwise_weights'}
    with layer_variables.weighted_scope(scope, 'SeparableConv2d', inputs, reuse, names) as sc:
        inputs = ops.convert_to_tensor(inputs)
        if num_outputs is None:
            outputs = _depthwise(inputs, kernel_size, depth_multiplier, stride, padding, data_format, rate,
                                 normalizer_fn, weights_initializer, weights_regularizer, biases_initializer,
                                 biases_regularizer, variables_collections, trainable)
        else:
            layer = convolutional_layers.SeparableConv2D(
                filters=num_outputs, kernel_size=kernel_size, strides=stride, padding=padding,
                data_format=layer_variables.keras_format(data_format), dilation_rate=utils.two_element_tuple(rate),
                activation=None, depth_multiplier=depth_multiplier, use_bias=not normalizer_fn and biases_initializer,
                depthwise_initializer=weights_initializer,
                pointwise_initializer=weights_initializer if pointwise_initializer is None else pointwise_initializer,
                bias_initializer=biases_initializer, depthwise_regularizer=weights_regularizer,
                pointwise_regularizer=weights_regularizer, bias_regularizer=biases_regularizer,
                activity_regularizer=None, trainable=trainable, name=sc.name, dtype=inputs.dtype.base_dtype, _scope=sc,
                _reuse=reuse)
            outputs = layer.apply(inputs)
            layer_variables.add_to_collections(layer.depthwise_kernel, variables_collections, 'weights')
            layer_variables.add_to_collections(layer.pointwise_kernel, variables_collections, 'weights')
            if layer.bias is not None:
                layer_variables.add_to_collections(layer.bias, variables_collections, 'biases')
        return layer_variables.finished(outputs, outputs_collections, sc.name, activation_fn, normalizer_fn,
                                        normalizer_params)


def _depthwise(inputs, kernel_size, depth_multiplier, stride, padding, data_format, rate, normalizer_fn,
               weights_initializer, weights_regularizer, biases_initializer, biases_regularizer, variables_collections,
               trainable):
    dtype = inputs.dtype.base_dtype
    stride_h, stride_w = utils.two_element_tuple(stride)
    channels = utils.channel_dimension(inputs.get_shape(), layer_variables.keras_format(data_format), min_rank=4)
    weights = variables.model_variable(
        'depthwise_weights', shape=[*utils.two_element_tuple(kernel_size), channels, depth_multiplier], dtype=dtype,
        initializer=weights_initializer, regularizer=weights_regularizer, trainable=trainable,
        collections=utils.get_variable_collections(variables_collections, 'weights'))
    strides = [1, 1, stride_h, stride_w] if data_format.startswith('NC') else [1, stride_h, stride_w, 1]
    outputs = nn.depthwise_conv2d(inputs, weights, strides, padding, rate=utils.two_element_tuple(rate),
                                  data_format=data_format)
    if normalizer_fn is None and biases_initializer is not None:
        biases = _biases(depth_multiplier * channels, dtype, biases_initializer, biases_regularizer, trainable,
                         variables_collections)
        outputs = nn.bias_add(outputs, biases, data_format=data_format)
    return outputs


conv2d_in_plane = convolution2d_in_plane
conv2d_transpose = convolution2d_transpose
conv3d_transpose = convolution3d_transpose
separable_conv2d = separable_convolution2d
