"""Functions of nn_ops and nn_impl with the arguments that TensorFlow 2 has given them."""

from reflow.framework import random_seed
from reflow.ops import gen_nn_ops
from reflow.ops import nn_impl
from reflow.ops import nn_ops


def in_top_k_v2(targets, predictions, k, name=None):
    """Whether the targets are among the k largest predictions."""
    return nn_ops.in_top_k(predictions, targets, k, name)


def sigmoid_cross_entropy_with_logits_v2(labels=None, logits=None, name=None):
    """Cross entropy of independent classes."""
    return nn_impl.sigmoid_cross_entropy_with_logits(labels=labels, logits=logits, name=name)


def sparse_softmax_cross_entropy_with_logits_v2(labels, logits, name=None):
    """Cross entropy of exclusive classes, given by their numbers."""
    return nn_ops.sparse_softmax_cross_entropy_with_logits(labels=labels, logits=logits, name=name)


def weighted_cross_entropy_with_logits_v2(labels, logits, pos_weight, name=None):
    """Cross entropy of independent classes, those that are there weighted."""
    return nn_impl.weighted_cross_entropy_with_logits(labels=labels, logits=logits, pos_weight=pos_weight, name=name)


def weighted_moments_v2(x, axes, frequency_weights, keepdims=False, name=None):
    """Mean and variance of weighted elements."""
    return nn_impl.weighted_moments(x, axes, frequency_weights, name=name, keep_dims=keepdims)


def sufficient_statistics_v2(x, axes, shift=None, keepdims=False, name=None):
    """Count, sum, sum of squares and shift, of which mean and variance are made."""
    return nn_impl.sufficient_statistics(x, axes, shift=shift, keep_dims=keepdims, name=name)


def batch_norm_with_global_normalization_v2(input, mean, variance, beta, gamma, variance_epsilon,
                                            scale_after_normalization, name=None):
    """Batch normalization of images."""
    return nn_impl.batch_norm_with_global_normalization(
        t=input, m=mean, v=variance, beta=beta, gamma=gamma, variance_epsilon=variance_epsilon,
        scale_after_normalization=scale_after_normalization, name=name)


def depthwise_conv2d_v2(input, filter, strides, padding, data_format=None, dilations=None, name=None):
    """A convolution of each channel by filters of its own."""
    return nn_impl.depthwise_conv2d(input=input, filter=filter, strides=strides, padding=padding, rate=dilations, name=name,
                                    data_format=data_format)


def separable_conv2d_v2(input, depthwise_filter, pointwise_filter, strides, padding, data_format=None, dilations=None,
                        name=None):
    """A depthwise convolution and one of single pixels behind it."""
    return nn_impl.separable_conv2d(input, depthwise_filter, pointwise_filter, strides, padding, rate=dilations, name=name,
                                    data_format=data_format)


def _check_channels_last(data_format):
    if data_format != 'NHWC':
        raise ValueError('Data formats other than NHWC are not yet supported')


def dilation2d_v2(input, filters, strides, padding, data_format, dilations, name=None):
    """The largest sums of pixels and filter."""
    _check_channels_last(data_format)
    return gen_nn_ops.dilation2d(input=input, filter=filters, strides=strides, rates=dilations, padding=padding, name=name)


def erosion2d_v2(value, filters, strides, padding, data_format, dilations, name=None):
    """The smallest differences of pixels and filter."""
    _check_channels_last(data_format)
    return nn_ops.erosion2d(value, filters, strides, dilations, padding, name=name)


def pool_v2(input, window_shape, pooling_type, strides=None, padding='VALID', data_format=None, dilations=None, name=None):
    """Pooling over one to three dimensions of space."""
    return nn_ops.pool(input=input, window_shape=window_shape, pooling_type=pooling_type, padding=padding,
                       dilation_rate=dilations, strides=strides, name=name, data_format=data_format)


def fractional_max_pool_v2(value, pooling_ratio, pseudo_random=False, overlapping=False, seed=0, name=None):
    """The largest of areas whose sizes make a ratio that isn't whole."""
    return _fractional_pool(gen_nn_ops.fractional_max_pool, value, pooling_ratio, pseudo_random, overlapping, seed, name)


def fractional_avg_pool_v2(value, pooling_ratio, pseudo_random=False, overlapping=False, seed=0, name=None):
    """The means of areas whose sizes make a ratio that isn't whole."""
    return _fractional_pool(gen_nn_ops.fractional_avg_pool, value, pooling_ratio, pseudo_random, overlapping, seed, name)


def _fractional_pool(op, value, pooling_ratio, pseudo_random, overlapping, seed, name):
    if seed == 0:
        return op(value, pooling_ratio, pseudo_random, overlapping, deterministic=False, seed=0, seed2=0, name=name)
    seed, seed2 = random_seed.get_seed(seed)
    return op(value, pooling_ratio, pseudo_random, overlapping, deterministic=True, seed=seed, seed2=seed2, name=name)


def nce_loss_v2(weights, biases, labels, inputs, num_sampled, num_classes, num_true=1, sampled_values=None,
                remove_accidental_hits=False, name='nce_loss'):
    """Noise-contrastive estimation's loss."""
    return nn_impl.nce_loss(weights, biases, labels, inputs, num_sampled, num_classes, num_true=num_true,
                            sampled_values=sampled_values, remove_accidental_hits=remove_accidental_hits,
                            partition_strategy='div', name=name)


def sampled_softmax_loss_v2(weights, biases, labels, inputs, num_sampled, num_classes, num_true=1, sampled_values=None,
                            remove_accidental_hits=True, seed=None, name='sampled_softmax_loss'):
    """Cross entropy of the true classes and of some that are drawn."""
    return nn_impl.sampled_softmax_loss(weights, biases, labels, inputs, num_sampled, num_classes, num_true=num_true,
                                        sampled_values=sampled_values, remove_accidental_hits=remove_accidental_hits,
                                        partition_strategy='div', name=name, seed=seed)
