"""Functions of neural networks that are made of several ops."""

from reflow import _core
from reflow.framework import ops
from reflow.ops import nn_ops
from reflow.util import deprecation


def sigmoid_cross_entropy_with_logits(_sentinel=None, labels=None, logits=None, name=None):
    """The cross entropy of independent probabilities and logits."""
    nn_ops._ensure_xent_args('sigmoid_cross_entropy_with_logits', _sentinel, labels, logits)
    return _core.sigmoid_cross_entropy_with_logits(labels, logits, name)


def weighted_cross_entropy_with_logits(labels=None, logits=None, pos_weight=None, name=None, targets=None):
    """The same with positive examples weighted."""
    labels = deprecation.deprecated_argument_lookup('labels', labels, 'targets', targets)
    return _core.weighted_cross_entropy_with_logits(labels, logits, pos_weight, name)


def l2_normalize(x, axis=None, epsilon=1e-12, name=None, dim=None):
    """`x` divided by its L2 norm along dimensions."""
    axis = deprecation.deprecated_argument_lookup('axis', axis, 'dim', dim)
    return _core.l2_normalize(x, axis, epsilon, name)


def l2_normalize_v2(x, axis=None, epsilon=1e-12, name=None):
    """`x` divided by its L2 norm along dimensions."""
    return _core.l2_normalize(x, axis, epsilon, name)


def relu_layer(x, weights, biases, name=None):
    """relu(x * weights + biases)."""
    return _core.relu_layer(x, weights, biases, name)


def zero_fraction(value, name=None):
    """The share of zeros."""
    return _core.zero_fraction(value, name)


def moments(x, axes, shift=None, name=None, keep_dims=None, keepdims=None):
    """The mean and the variance over dimensions."""
    keep_dims = deprecation.deprecated_argument_lookup('keepdims', keepdims, 'keep_dims', keep_dims)
    return _core.moments(x, axes, name, bool(keep_dims))


def moments_v2(x, axes, shift=None, keepdims=False, name=None):
    """The mean and the variance over dimensions."""
    return _core.moments(x, axes, name, keepdims)


def weighted_moments(x, axes, frequency_weights, name=None, keep_dims=None, keepdims=None):
    """The weighted mean and variance over dimensions."""
    keep_dims = deprecation.deprecated_argument_lookup('keepdims', keepdims, 'keep_dims', keep_dims)
    return _core.weighted_moments(x, axes, frequency_weights, name, bool(keep_dims))


def normalize_moments(counts, mean_ss, variance_ss, shift, name=None):
    """The mean and the variance of sufficient statistics."""
    return _core.normalize_moments(counts, mean_ss, variance_ss, shift, name)


def batch_normalization(x, mean, variance, offset, scale, variance_epsilon, name=None):
    """(x - mean) / sqrt(variance + variance_epsilon) * scale + offset."""
    return _core.batch_normalization(x, mean, variance, offset, scale, variance_epsilon, name)


def log_poisson_loss(targets, log_input, compute_full_loss=False, name=None):
    """The log of Poisson's loss."""
    from reflow.ops import array_ops
    from reflow.ops import math_ops
    with ops.name_scope(name, 'log_poisson_loss', [log_input, targets]) as name:
        log_input = ops.convert_to_tensor(log_input, name='log_input')
        targets = ops.convert_to_tensor(targets, name='targets')
        try:
            targets.get_shape().merge_with(log_input.get_shape())
        except ValueError:
            raise ValueError('log_input and targets must have the same shape (%s vs %s)' % (
                log_input.get_shape(), targets.get_shape())) from None
        result = math_ops.exp(log_input) - log_input * targets
        if compute_full_loss:
            import math
            point_five = ops.convert_to_tensor(0.5, dtype=targets.dtype)
            two_pi = ops.convert_to_tensor(2 * math.pi, dtype=targets.dtype)
            stirling = (targets * math_ops.log(targets)) - targets + (point_five * math_ops.log(two_pi * targets))
            zeros = array_ops.zeros_like(targets, dtype=targets.dtype)
            ones = array_ops.ones_like(targets, dtype=targets.dtype)
            cond = math_ops.logical_and(targets >= zeros, targets <= ones)
            result += array_ops.where(cond, zeros, stirling)
        return result


def depthwise_conv2d(input, filter, strides, padding, rate=None, name=None, data_format=None, dilations=None):
    """The convolution of each channel with filters of its own."""
    from reflow.ops import gen_nn_ops
    rate = deprecation.deprecated_argument_lookup('dilations', dilations, 'rate', rate)
    with ops.name_scope(name, 'depthwise', [input, filter]) as name:
        input = ops.convert_to_tensor(input, name='tensor_in')
        filter = ops.convert_to_tensor(filter, name='filter_in')
        if rate is not None and any(each != 1 for each in rate):
            raise NotImplementedError('tf.nn.depthwise_conv2d of Reflow has no rates yet')
        return gen_nn_ops.depthwise_conv2d_native(input=input, filter=filter, strides=strides, padding=padding,
                                                  data_format=data_format or 'NHWC', name=name)


def swish(features):
    """features * sigmoid(features)."""
    from reflow.ops import math_ops
    features = ops.convert_to_tensor(features, name='features')
    return features * math_ops.sigmoid(features)
