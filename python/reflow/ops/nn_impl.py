"""Functions of neural networks that are made of several ops."""

import math

from reflow import _core
from reflow.framework import ops
from reflow.ops import math_ops
from reflow.ops import nn_ops
from reflow.ops.sampled_losses import compute_sampled_logits as _compute_sampled_logits  # noqa: F401
from reflow.ops.sampled_losses import nce_loss, sampled_softmax_loss  # noqa: F401
from reflow.ops.sampled_losses import sum_rows as _sum_rows  # noqa: F401
from reflow.util import deprecation


def __getattr__(name):
    """What has TensorFlow 2's arguments."""
    if name.endswith('_v2'):
        from reflow.ops import nn_ops_v2
        if name in vars(nn_ops_v2):
            return getattr(nn_ops_v2, name)
    raise AttributeError("module '%s' has no attribute '%s'" % (__name__, name))


def sigmoid_cross_entropy_with_logits(_sentinel=None, labels=None, logits=None, name=None):
    """The cross entropy of independent probabilities and logits."""
    nn_ops._ensure_xent_args('sigmoid_cross_entropy_with_logits', _sentinel, labels, logits)
    return _core.sigmoid_cross_entropy_with_logits(labels, logits, name)


def weighted_cross_entropy_with_logits(labels=None, logits=None, pos_weight=None, name=None, targets=None):
    """The same with positive examples weighted."""
    labels = deprecation.deprecated_argument_lookup('labels', labels, 'targets', targets)
    return _core.weighted_cross_entropy_with_logits(labels, logits, pos_weight, name)


def normalize(tensor, ord='euclidean', axis=None, name=None):
    """(the tensor over its norm, the norm)."""
    from reflow.ops import linalg_ops
    with ops.name_scope(name, 'normalize', [tensor]):
        tensor = ops.convert_to_tensor(tensor)
        norm = linalg_ops.norm(tensor, ord, axis, keepdims=True)
        norm = math_ops.cast(norm, tensor.dtype)
        return tensor / norm, norm


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
    _ = x.dtype  # AttributeError: it is no tensor
    keep_dims = deprecation.deprecated_argument_lookup('keepdims', keepdims, 'keep_dims', keep_dims)
    return _core.moments(x, axes, name, bool(keep_dims))


def moments_v2(x, axes, shift=None, keepdims=False, name=None):
    """The mean and the variance over dimensions."""
    _ = x.dtype  # AttributeError: it is no tensor
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
    _ = x.dtype  # AttributeError: it is no tensor
    if variance is None:
        variance + variance_epsilon  # TypeError
    return _core.batch_normalization(x, mean, variance, offset, scale, variance_epsilon, name)


def log_poisson_loss(targets, log_input, compute_full_loss=False, name=None):
    """The log of Poisson's loss."""
    from reflow.ops import array_ops
    from reflow.ops import math_ops
    with ops.name_scope(name, 'log_poisson_loss', [log_input, targets]) as name:
        log_input = ops.convert_to_tensor(log_input, name='log_input')
        targets = ops.convert_to_tensor(targets, name='targets')
        if not targets.shape.is_compatible_with(log_input.shape):
            raise ValueError('log_input and targets must have the same shape (%s vs %s)' % (log_input.shape, targets.shape))
        loss = math_ops.exp(log_input) - log_input * targets
        if not compute_full_loss:
            return loss
        half, tau = [ops.convert_to_tensor(number, dtype=targets.dtype) for number in (0.5, math.tau)]
        # Stirling's approximation of log(targets!), which is 0 up to 1.
        log_factorial = targets * math_ops.log(targets) - targets + half * math_ops.log(tau * targets)
        zeros, ones = [fill(targets, dtype=targets.dtype) for fill in (array_ops.zeros_like, array_ops.ones_like)]
        is_small = math_ops.logical_and(targets >= zeros, targets <= ones)
        return loss + array_ops.where(is_small, zeros, log_factorial)


def depthwise_conv2d(input, filter, strides, padding, rate=None, name=None, data_format=None, dilations=None):
    """The convolution of each channel with filters of its own."""
    rate = deprecation.deprecated_argument_lookup('dilations', dilations, 'rate', rate)
    with ops.name_scope(name, 'depthwise', [input, filter]) as name:
        input = ops.convert_to_tensor(input, name='tensor_in')
        filter = ops.convert_to_tensor(filter, name='filter_in')
        return _depthwise(input, filter, strides, padding, rate, data_format, name)


def _depthwise(input, filter, strides, padding, rate, data_format, name):
    from reflow.ops import array_ops
    from reflow.ops import gen_nn_ops

    def op(converted, _, padding):
        return gen_nn_ops.depthwise_conv2d_native(input=converted, filter=filter, strides=strides, padding=padding,
                                                  data_format=data_format or 'NHWC', name=name)
    return nn_ops.with_space_to_batch(input=input, filter_shape=array_ops.shape(filter),
                                      dilation_rate=[1, 1] if rate is None else rate, padding=padding,
                                      data_format=data_format, op=op)


def separable_conv2d(input, depthwise_filter, pointwise_filter, strides, padding, rate=None, name=None, data_format=None,
                     dilations=None):
    """The convolution of each channel with filters of its own, and one of all channels at each point after it."""
    rate = deprecation.deprecated_argument_lookup('dilations', dilations, 'rate', rate)
    with ops.name_scope(name, 'separable_conv2d', [input, depthwise_filter, pointwise_filter]) as name:
        input = ops.convert_to_tensor(input, name='tensor_in')
        depthwise_filter = ops.convert_to_tensor(depthwise_filter, name='depthwise_filter')
        pointwise_filter = ops.convert_to_tensor(pointwise_filter, name='pointwise_filter')
        pointwise_shape = pointwise_filter.get_shape().with_rank(4)
        pointwise_shape.dims[0].assert_is_compatible_with(1)
        pointwise_shape.dims[1].assert_is_compatible_with(1)
        depthwise = _depthwise(input, depthwise_filter, strides, padding, rate, data_format, 'depthwise')
        return nn_ops.conv2d(depthwise, pointwise_filter, [1, 1, 1, 1], padding='VALID', data_format=data_format,
                             name=name)


def sufficient_statistics(x, axes, shift=None, keep_dims=None, name=None, keepdims=None):
    """(number of elements, sum, sum of squares, shift): what mean and variance over dimensions are computed from."""
    from reflow.framework import constant_op
    from reflow.ops import array_ops
    from reflow.ops import math_ops
    axes = list(set(axes))
    keep_dims = bool(deprecation.deprecated_argument_lookup('keepdims', keepdims, 'keep_dims', keep_dims))
    with ops.name_scope(name, 'sufficient_statistics', [x, shift]):
        x = ops.convert_to_tensor(x, name='x')
        shape = x.get_shape()
        if shape.rank is not None and all(shape.dims[axis].value is not None for axis in axes):
            counts = 1
            for axis in axes:
                counts *= shape.dims[axis].value
            counts = constant_op.constant(counts, dtype=x.dtype)
        else:
            sizes = array_ops.gather(math_ops.cast(array_ops.shape(x), x.dtype), axes)
            counts = math_ops.reduce_prod(sizes, name='count')
        if shift is not None:
            shift = ops.convert_to_tensor(shift, name='shift')
            sums, squares = math_ops.subtract(x, shift), math_ops.squared_difference(x, shift)
        else:
            sums, squares = x, math_ops.square(x)
        sums = math_ops.reduce_sum(sums, axes, keepdims=keep_dims, name='mean_ss')
        squares = math_ops.reduce_sum(squares, axes, keepdims=keep_dims, name='var_ss')
    return counts, sums, squares, shift


def fused_batch_norm(x, scale, offset, mean=None, variance=None, epsilon=0.001, data_format='NHWC', is_training=True,
                     name=None):
    """(normalised pictures, mean, variance) with the statistics of the batch or, not training, the given ones."""
    from reflow.framework import constant_op
    from reflow.ops import gen_nn_ops
    x = ops.convert_to_tensor(x, name='input')
    scale = ops.convert_to_tensor(scale, name='scale')
    offset = ops.convert_to_tensor(offset, name='offset')
    if is_training and (mean is not None or variance is not None):
        raise ValueError("Both 'mean' and 'variance' must be None if is_training is True.")
    if mean is None:
        mean = constant_op.constant([])
    if variance is None:
        variance = constant_op.constant([])
    outputs = gen_nn_ops.fused_batch_norm_v3(x, scale, offset, mean, variance, epsilon=max(epsilon, 1.001e-5),
                                             data_format=data_format, is_training=is_training, name=name)
    return outputs[0], outputs[1], outputs[2]


def batch_norm_with_global_normalization(t=None, m=None, v=None, beta=None, gamma=None, variance_epsilon=None,
                                         scale_after_normalization=None, name=None, input=None, mean=None, variance=None):
    """Deprecated: batch_normalization."""
    t = deprecation.deprecated_argument_lookup('input', input, 't', t)
    m = deprecation.deprecated_argument_lookup('mean', mean, 'm', m)
    v = deprecation.deprecated_argument_lookup('variance', variance, 'v', v)
    return batch_normalization(t, m, v, beta, gamma if scale_after_normalization else None, variance_epsilon, name)


def swish(features):
    """features * sigmoid(features), whose gradient computes the sigmoid anew. Ramachandran and others, arXiv 1710.05941."""
    return _core.swish(features)


def scale_regularization_loss(regularization_loss):
    """The sum of the losses over the number of replicas, which is 1: there are no strategies of distribution."""
    return math_ops.reduce_sum(regularization_loss) / 1.0


def compute_average_loss(per_example_loss, sample_weight=None, global_batch_size=None):
    """The sum of the losses of examples over the size of the batch."""
    from reflow.framework import dtypes
    from reflow.ops import array_ops, weights_broadcast_ops
    loss = ops.convert_to_tensor(per_example_loss)
    if loss.shape.rank == 0:
        raise ValueError('Invalid value passed for `per_example_loss`. Expected a tensor with at least rank 1, received: %s' %
                         loss)
    dtype = loss.dtype
    if sample_weight is not None:
        loss = math_ops.cast(loss, dtypes.float32)
        weights = math_ops.cast(sample_weight, dtypes.float32)
        weights = weights_broadcast_ops.broadcast_weights(weights, loss)
        loss = math_ops.cast(math_ops.multiply(loss, weights), dtype)
    if global_batch_size is None:
        global_batch_size = math_ops.cast(array_ops.shape(loss)[0] * 1, dtype)  # one replica
    return math_ops.reduce_sum(loss) / global_batch_size
