"""Layers of neural networks: activations, losses, convolution, pooling."""

from reflow import _core
from reflow.framework import ops
from reflow.framework import random_seed
from reflow.ops import gen_nn_ops
from reflow.ops.convolution_ops import (  # noqa: F401
    Convolution, all_sizes, atrous_conv2d, atrous_conv2d_transpose, conv1d, conv1d_transpose, conv1d_v2,
    conv3d_transpose, conv3d_transpose_v2, conv3d_v1, conv3d_v2, conv_transpose, convolution, convolution_internal,
    convolution_v2, explicit_padding)
from reflow.ops.pooling_ops import (  # noqa: F401
    avg_pool, avg_pool1d, avg_pool2d, avg_pool3d, avg_pool_v2, dilation2d_v1, erosion2d, fractional_avg_pool,
    fractional_max_pool, max_pool, max_pool1d, max_pool2d, max_pool3d, max_pool_v2, max_pool_with_argmax_v1,
    max_pool_with_argmax_v2, pool)
from reflow.ops.space_to_batch import with_space_to_batch  # noqa: F401
from reflow.util import deprecation


def __getattr__(name):
    """What is an op and nothing more, or has TensorFlow 2's arguments."""
    if name.endswith('_v2'):
        from reflow.ops import nn_ops_v2
        if name in vars(nn_ops_v2):
            return getattr(nn_ops_v2, name)
    return getattr(gen_nn_ops, name)


def _ensure_xent_args(name, sentinel, labels, logits):
    if sentinel is not None:
        raise ValueError('Only call `%s` with named arguments (labels=..., logits=..., ...)' % name)
    if labels is None or logits is None:
        raise ValueError('Both labels and logits must be provided.')


def relu6(features, name=None):
    """min(max(features, 0), 6)."""
    return _core.relu6(features, name)


def leaky_relu(features, alpha=0.2, name=None):
    """The features, negative ones times `alpha`."""
    return _core.leaky_relu(features, alpha, name)


def crelu(features, name=None, axis=-1):
    """relu of the features and of their negatives, side by side."""
    return _core.crelu(features, name, axis)


def crelu_v2(features, axis=-1, name=None):
    """relu of the features and of their negatives, side by side."""
    return _core.crelu(features, name, axis)


def softmax(logits, axis=None, name=None, dim=None):
    """exp(logits) / sum(exp(logits)) along a dimension."""
    axis = deprecation.deprecated_argument_lookup('axis', axis, 'dim', dim)
    return _core.softmax(logits, -1 if axis is None else axis, name)


def softmax_v2(logits, axis=None, name=None):
    """exp(logits) / sum(exp(logits)) along a dimension."""
    return softmax(logits, axis, name)


def log_softmax(logits, axis=None, name=None, dim=None):
    """logits - log(sum(exp(logits))) along a dimension."""
    axis = deprecation.deprecated_argument_lookup('axis', axis, 'dim', dim)
    return _core.log_softmax(logits, -1 if axis is None else axis, name)


def log_softmax_v2(logits, axis=None, name=None):
    """logits - log(sum(exp(logits))) along a dimension."""
    return log_softmax(logits, axis, name)


def softmax_cross_entropy_with_logits_v2(labels, logits, axis=None, name=None, dim=None):
    """The cross entropy of probabilities and logits, with a gradient to both."""
    axis = deprecation.deprecated_argument_lookup('axis', axis, 'dim', dim)
    return softmax_cross_entropy_with_logits_v2_helper(labels, logits, axis, name)


def softmax_cross_entropy_with_logits_v2_helper(labels, logits, axis=None, name=None, dim=None):
    """The cross entropy of probabilities and logits, with a gradient to both."""
    axis = deprecation.deprecated_argument_lookup('axis', axis, 'dim', dim)
    return _core.softmax_cross_entropy_with_logits_v2(labels, logits, -1 if axis is None else axis, name)


def softmax_cross_entropy_with_logits(_sentinel=None, labels=None, logits=None, dim=-1, name=None, axis=None):
    """The cross entropy of probabilities and logits, with a gradient to the logits."""
    dim = deprecation.deprecated_argument_lookup('axis', axis, 'dim', dim) if axis is not None else dim
    _ensure_xent_args('softmax_cross_entropy_with_logits', _sentinel, labels, logits)
    return _core.softmax_cross_entropy_with_logits(labels, logits, dim, name)


def sparse_softmax_cross_entropy_with_logits(_sentinel=None, labels=None, logits=None, name=None):
    """The cross entropy of class numbers and logits."""
    _ensure_xent_args('sparse_softmax_cross_entropy_with_logits', _sentinel, labels, logits)
    return _core.sparse_softmax_cross_entropy_with_logits(labels, logits, name)


def bias_add(value, bias, data_format=None, name=None):
    """A vector added along the channels."""
    return _core.bias_add(value, bias, data_format, name)


def xw_plus_b(x, weights, biases, name=None):
    """x * weights + biases."""
    return _core.xw_plus_b(x, weights, biases, name)


def dropout(x, keep_prob=None, noise_shape=None, seed=None, name=None, rate=None):
    """Drops elements at random and scales up the others."""
    try:
        keep = 1. - keep_prob if keep_prob is not None else None
    except TypeError:
        raise ValueError('keep_prob must be a floating point number or Tensor (got %r)' % keep_prob) from None
    rate = deprecation.deprecated_argument_lookup('rate', rate, 'keep_prob', keep)
    if rate is None:
        raise ValueError('You must provide a rate to dropout.')
    return dropout_v2(x, rate, noise_shape=noise_shape, seed=seed, name=name)


def dropout_v2(x, rate, noise_shape=None, seed=None, name=None):
    """Drops elements at random and scales up the others."""
    return _core.dropout(x, rate, noise_shape, random_seed.fitting(seed), name)


def top_k(input, k=1, sorted=True, name=None):
    """The largest elements along the last dimension, and their indices."""
    return gen_nn_ops.top_kv2(input, k=k, sorted=sorted, name=name)


def in_top_k(predictions, targets, k, name=None):
    """Whether the prediction of the target is among the k largest."""
    return _core.in_top_k(predictions, targets, k, name)


def nth_element(input, n, reverse=False, name=None):
    """The n-th smallest element along the last dimension."""
    return gen_nn_ops.nth_element(input, n, reverse=reverse, name=name)


def conv2d(input, filter=None, strides=None, padding=None, use_cudnn_on_gpu=True, data_format='NHWC',
           dilations=[1, 1, 1, 1], name=None, filters=None):
    """The convolution of pictures with filters."""
    filter = deprecation.deprecated_argument_lookup('filters', filters, 'filter', filter)
    padding, explicit_paddings = explicit_padding(padding)
    if data_format is None:
        data_format = 'NHWC'
    channel_index = 1 if data_format.startswith('NC') else 3
    return gen_nn_ops.conv2d(input, filter=filter, strides=all_sizes(strides, 2, channel_index, 'strides'), padding=padding,
                             use_cudnn_on_gpu=use_cudnn_on_gpu, explicit_paddings=explicit_paddings,
                             data_format=data_format, dilations=all_sizes(dilations, 2, channel_index, 'dilations'),
                             name=name)


def conv2d_v2(input, filters, strides, padding, data_format='NHWC', dilations=None, name=None):
    """The convolution of pictures with filters."""
    return conv2d(input, filters, strides, padding, data_format=data_format,
                  dilations=[1, 1, 1, 1] if dilations is None else dilations, name=name)


def conv2d_backprop_filter(input, filter_sizes, out_backprop, strides, padding, use_cudnn_on_gpu=True,
                           data_format='NHWC', dilations=[1, 1, 1, 1], name=None):
    """The gradient of conv2d to its filter."""
    padding, explicit_paddings = explicit_padding(padding)
    return gen_nn_ops.conv2d_backprop_filter(input, filter_sizes, out_backprop, strides, padding, use_cudnn_on_gpu,
                                             explicit_paddings, data_format, dilations, name)


def conv2d_backprop_input(input_sizes, filter=None, out_backprop=None, strides=None, padding=None, use_cudnn_on_gpu=True,
                          data_format='NHWC', dilations=[1, 1, 1, 1], name=None, filters=None):
    """The gradient of conv2d to its input."""
    filter = deprecation.deprecated_argument_lookup('filters', filters, 'filter', filter)
    padding, explicit_paddings = explicit_padding(padding)
    return gen_nn_ops.conv2d_backprop_input(input_sizes, filter, out_backprop, strides, padding, use_cudnn_on_gpu,
                                            explicit_paddings, data_format, dilations, name)


def conv2d_transpose(value=None, filter=None, output_shape=None, strides=None, padding='SAME', data_format='NHWC',
                     name=None, input=None, filters=None, dilations=None):
    """The transpose of conv2d."""
    value = deprecation.deprecated_argument_lookup('input', input, 'value', value)
    filter = deprecation.deprecated_argument_lookup('filters', filters, 'filter', filter)
    with ops.name_scope(name, 'conv2d_transpose', [value, filter, output_shape]) as name:
        if data_format is None:
            data_format = 'NHWC'
        channel_index = 1 if data_format.startswith('NC') else 3
        return gen_nn_ops.conv2d_backprop_input(
            input_sizes=output_shape, filter=filter, out_backprop=value,
            strides=all_sizes(strides, 2, channel_index, 'strides'), padding=padding, data_format=data_format,
            dilations=all_sizes(dilations, 2, channel_index, 'dilations'), name=name)


def conv2d_transpose_v2(input, filters, output_shape, strides, padding='SAME', data_format='NHWC', dilations=None,
                        name=None):
    """The transpose of conv2d."""
    return conv2d_transpose(input, filters, output_shape, strides, padding, data_format, name, dilations=dilations)
