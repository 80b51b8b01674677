"""The layers of tf.contrib.layers (tensorflow.contrib.layers.python.layers.layers)."""

import functools

from reflow.contrib.framework.python.ops.arg_scope import add_arg_scope
from reflow.contrib.layers.python.layers import initializers
from reflow.contrib.layers.python.layers import layer_variables
from reflow.contrib.layers.python.layers import utils
from reflow.contrib.layers.python.layers.batch_norms import batch_norm, layer_norm
from reflow.contrib.layers.python.layers.convolutions import (
    avg_pool2d, avg_pool3d, conv1d, conv2d, conv2d_in_plane, conv2d_transpose, conv3d, conv3d_transpose, convolution,
    convolution1d, convolution2d, convolution2d_in_plane, convolution2d_transpose, convolution3d, convolution3d_transpose,
    max_pool2d, max_pool3d, pool, separable_conv2d, separable_convolution2d)
from reflow.contrib.layers.python.layers.legacy_layers import legacy_fully_connected, legacy_linear, legacy_relu
from reflow.framework import constant_op
from reflow.framework import dtypes
from reflow.framework import ops
from reflow.framework import sparse_tensor
from reflow.layers import core as core_layers
from reflow.ops import array_ops
from reflow.ops import init_ops
from reflow.ops import math_ops
from reflow.ops import nn
from reflow.ops import variable_scope

__all__ = ['avg_pool2d', 'avg_pool3d', 'batch_norm', 'bias_add', 'conv1d', 'conv2d', 'conv3d', 'conv2d_in_plane',
           'conv2d_transpose', 'conv3d_transpose', 'convolution', 'convolution1d', 'convolution2d',
           'convolution2d_in_plane', 'convolution2d_transpose', 'convolution3d', 'convolution3d_transpose', 'dense_to_sparse',
           'dropout',
           'elu', 'flatten', 'fully_connected', 'layer_norm', 'linear', 'pool', 'max_pool2d', 'max_pool3d',
           'one_hot_encoding', 'relu', 'relu6', 'repeat', 'separable_conv2d', 'separable_convolution2d',
           'softmax', 'stack', 'unit_norm', 'legacy_fully_connected', 'legacy_linear', 'legacy_relu', 'maxout']

# As layers of programs call them.
_model_variable_getter = layer_variables.model_variable_getter
_build_variable_getter = layer_variables.renaming_getter
_add_variable_to_collections = layer_variables.add_to_collections


@add_arg_scope
def bias_add(inputs, activation_fn=None, initializer=init_ops.zeros_initializer(), regularizer=None, reuse=None,
             variables_collections=None, outputs_collections=None, trainable=True,
             data_format=layer_variables.DATA_FORMAT_NHWC, scope=None):
    """Adds a bias to each channel."""
    layer_variables.check_format(data_format)
    with variable_scope.variable_scope(scope, 'BiasAdd', [inputs], reuse=reuse) as sc:
        inputs = ops.convert_to_tensor(inputs)
        shape = inputs.get_shape()
        if shape.ndims is None:
            raise ValueError('Dims of shape must be known but is None')
        if shape.ndims != 4 and data_format == layer_variables.DATA_FORMAT_NCHW:
            raise ValueError('Data format NCHW only supports 4D Tensor')
        num_features = shape.dims[1 if data_format == layer_variables.DATA_FORMAT_NCHW else -1].value
        if num_features is None:
            raise ValueError('`C` dimension must be known but is None')
        biases = layer_variables.model_variable('biases', variables_collections, shape=[num_features],
                                                dtype=inputs.dtype.base_dtype, initializer=initializer,
                                                regularizer=regularizer, trainable=trainable)
        outputs = nn.bias_add(inputs, biases, data_format=data_format)
        return layer_variables.finished(outputs, outputs_collections, sc.name, activation_fn)


@add_arg_scope
def dense_to_sparse(tensor, eos_token=0, outputs_collections=None, scope=None):
    """The elements that aren't `eos_token`, as a sparse tensor."""
    with variable_scope.variable_scope(scope, 'dense_to_sparse', [tensor]) as sc:
        dense = ops.convert_to_tensor(tensor)
        places = array_ops.where(math_ops.not_equal(dense, constant_op.constant(eos_token, dense.dtype)))
        kept = array_ops.gather_nd(dense, places)
        sparse = sparse_tensor.SparseTensor(places, kept, array_ops.shape(dense, out_type=dtypes.int64))
        return utils.collect_named_outputs(outputs_collections, sc.name, sparse)


@add_arg_scope
def dropout(inputs, keep_prob=0.5, noise_shape=None, is_training=True, outputs_collections=None, scope=None, seed=None):
    """Drops inputs at random where `is_training` is true."""
    with variable_scope.variable_scope(scope, 'Dropout', [inputs],
                                       custom_getter=layer_variables.model_variable_getter) as sc:
        inputs = ops.convert_to_tensor(inputs)
        layer = core_layers.Dropout(rate=1 - keep_prob, noise_shape=noise_shape, seed=seed, name=sc.name, _scope=sc)
        outputs = layer.apply(inputs, training=is_training)
        return utils.collect_named_outputs(outputs_collections, sc.name, outputs)


@add_arg_scope
def flatten(inputs, outputs_collections=None, scope=None):
    """All dimensions but the batch as one."""
    with ops.name_scope(scope, 'Flatten', [inputs]) as sc:
        outputs = core_layers.flatten(ops.convert_to_tensor(inputs))
        return utils.collect_named_outputs(outputs_collections, sc, outputs)


@add_arg_scope
def fully_connected(inputs, num_outputs, activation_fn=nn.relu, normalizer_fn=None, normalizer_params=None,
                    weights_initializer=initializers.xavier_initializer(), weights_regularizer=None,
                    biases_initializer=init_ops.zeros_initializer(), biases_regularizer=None, reuse=None,
                    variables_collections=None, outputs_collections=None, trainable=True, scope=None):
    """activation_fn(inputs * weights + biases); with a normaliser there are no biases."""
    given = dict(locals())
    if not isinstance(num_outputs, int):
        raise ValueError('num_outputs type should be one of %s, got %s.' % ([int], type(num_outputs)))
    with layer_variables.kernel_scope(scope, 'fully_connected', inputs, reuse) as sc:
        inputs = ops.convert_to_tensor(inputs)
        return layer_variables.applied(core_layers.Dense, inputs, sc, given, units=num_outputs)


relu = functools.partial(fully_connected, activation_fn=nn.relu)
relu6 = functools.partial(fully_connected, activation_fn=nn.relu6)
elu = functools.partial(fully_connected, activation_fn=nn.elu)
linear = functools.partial(fully_connected, activation_fn=None)


@add_arg_scope
def one_hot_encoding(labels, num_classes, on_value=1.0, off_value=0.0, outputs_collections=None, scope=None):
    """Vectors with `on_value` where the label says, and `off_value` elsewhere."""
    with ops.name_scope(scope, 'OneHotEncoding', [labels, num_classes]) as sc:
        labels = ops.convert_to_tensor(labels)
        if labels.dtype == dtypes.int32:
            labels = math_ops.to_int64(labels)
        outputs = array_ops.one_hot(labels, num_classes, on_value=on_value, off_value=off_value)
        return utils.collect_named_outputs(outputs_collections, sc, outputs)


def _scope_of(layer, scope, otherwise):
    """The name of the scopes of a repeated layer."""
    if scope is not None:
        return scope
    if hasattr(layer, '__name__'):
        return layer.__name__
    return getattr(getattr(layer, 'func', None), '__name__', otherwise)  # a functools.partial


def repeat(inputs, repetitions, layer, *args, **kwargs):
    """The same layer several times, one after the other."""
    scope = kwargs.pop('scope', None)
    with variable_scope.variable_scope(scope, 'Repeat', [inputs]):
        outputs = ops.convert_to_tensor(inputs)
        scope = _scope_of(layer, scope, 'repeat')
        for i in range(repetitions):
            outputs = layer(outputs, *args, **dict(kwargs, scope='%s_%d' % (scope, i + 1)))
        return outputs


def stack(inputs, layer, stack_args, **kwargs):
    """A layer after the other, with the arguments of a list."""
    scope = kwargs.pop('scope', None)
    if not isinstance(stack_args, (list, tuple)):
        raise ValueError('stack_args need to be a list or tuple')
    with variable_scope.variable_scope(scope, 'Stack', [inputs]):
        outputs = ops.convert_to_tensor(inputs)
        scope = _scope_of(layer, scope, 'stack')
        for i, args in enumerate(stack_args):
            args = args if isinstance(args, (list, tuple)) else [args]
            outputs = layer(outputs, *args, **dict(kwargs, scope='%s_%d' % (scope, i + 1)))
        return outputs


@add_arg_scope
def softmax(logits, scope=None):
    """The softmax along the last dimension."""
    with variable_scope.variable_scope(scope, 'softmax', [logits]):
        num_logits = utils.last_dimension(logits.get_shape(), min_rank=2)
        predictions = nn.softmax(array_ops.reshape(logits, [-1, num_logits]))
        predictions = array_ops.reshape(predictions, array_ops.shape(logits))
        predictions.set_shape(logits.get_shape())
        return predictions


@add_arg_scope
def unit_norm(inputs, dim, epsilon=1e-7, scope=None):
    """Inputs of length 1 along a dimension."""
    with variable_scope.variable_scope(scope, 'UnitNorm', [inputs]):
        if not inputs.get_shape():
            raise ValueError('The input rank must be known.')
        rank = len(inputs.get_shape().as_list())
        if dim < 0 or dim >= rank:
            raise ValueError('dim must be positive but smaller than the input rank.')
        lengths = math_ops.sqrt(epsilon + math_ops.reduce_sum(math_ops.square(inputs), dim, True))
        multiples = [array_ops.ones([dim], dtypes.int32)] if dim > 0 else []
        multiples.append(array_ops.strided_slice(array_ops.shape(inputs), [dim], [dim + 1]))
        if dim < rank - 1:
            multiples.append(array_ops.ones([rank - 1 - dim], dtypes.int32))
        return math_ops.div(inputs, array_ops.tile(lengths, array_ops.concat(multiples, 0)))


@add_arg_scope
def maxout(inputs, num_units, axis=-1, scope=None):
    """The largest of each group of channels. Goodfellow and others, arXiv 1302.4389."""
    with variable_scope.variable_scope(scope, 'MaxOut', [inputs]):
        inputs = ops.convert_to_tensor(inputs)
        shape = inputs.get_shape().as_list()
        channels = shape[axis]
        if channels % num_units:
            raise ValueError('number of features({}) is not a multiple of num_units({})'.format(channels, num_units))
        shape[axis] = num_units
        shape += [channels // num_units]
        for i, size in enumerate(shape):
            if size is None:
                shape[i] = array_ops.shape(inputs)[i]
        return math_ops.reduce_max(array_ops.reshape(inputs, shape), -1, keepdims=False)
