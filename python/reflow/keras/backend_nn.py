"""Keras' functions of networks: activations, cross entropies, convolutions, pooling, normalisation."""

import numpy as np

from reflow.framework import ops
from reflow.framework import sparse_tensor
from reflow.keras import backend_shapes
from reflow.keras.backend_config import epsilon, image_data_format
from reflow.ops import array_ops
from reflow.ops import clip_ops
from reflow.ops import ctc_ops
from reflow.ops import math_ops
from reflow.ops import nn


def relu(x, alpha=0., max_value=None, threshold=0):
    """max(x, 0), with a slope `alpha` below `threshold` and a limit `max_value`."""
    from reflow.keras import activations
    return activations.relu(x, alpha=alpha, max_value=max_value, threshold=threshold)


def elu(x, alpha=1.):
    """x, or alpha * (exp(x) - 1) where that is negative."""
    result = nn.elu(x)
    return result if alpha == 1 else array_ops.where(x > 0, result, alpha * result)


def softmax(x, axis=-1):
    """exp(x) / sum(exp(x))."""
    return nn.softmax(x, axis=axis)


def softplus(x):
    """log(exp(x) + 1)."""
    return nn.softplus(x)


def softsign(x):
    """x / (abs(x) + 1)."""
    return nn.softsign(x)


def sigmoid(x):
    """1 / (1 + exp(-x))."""
    return nn.sigmoid(x)


def hard_sigmoid(x):
    """0.2 * x + 0.5 in [0, 1]."""
    from reflow.keras import activations
    return activations.hard_sigmoid(x)


def tanh(x):
    """The hyperbolic tangent."""
    return nn.tanh(x)


def dropout(x, level, noise_shape=None, seed=None):
    """Drops values at random."""
    seed = np.random.randint(10e6) if seed is None else seed
    return nn.dropout_v2(x, rate=level, noise_shape=noise_shape, seed=seed)


def l2_normalize(x, axis=None):
    """Divided by the norm."""
    return nn.l2_normalize(x, axis=axis)


def in_top_k(predictions, targets, k):
    """Whether the targets are among the k largest predictions."""
    return nn.in_top_k(predictions, targets, k)


def _logits_of(output, op_type):
    """What the op that makes the probabilities was given; None: another op makes them, or none."""
    if isinstance(output, ops.Tensor) and not hasattr(output, 'numpy') and output.op.type == op_type:
        return output.op.inputs[0]
    return None


def _inside(output):
    """Probabilities that logarithms can be taken of."""
    epsilon_ = ops.convert_to_tensor(epsilon(), output.dtype.base_dtype)
    return clip_ops.clip_by_value(output, epsilon_, 1. - epsilon_)


def categorical_crossentropy(target, output, from_logits=False, axis=-1):
    """The cross entropy of distributions."""
    if not from_logits:
        logits = _logits_of(output, 'Softmax')
        if logits is None:
            output = _inside(output / math_ops.reduce_sum(output, axis, True))
            return -math_ops.reduce_sum(target * math_ops.log(output), axis)
        output = logits
    return nn.softmax_cross_entropy_with_logits_v2(labels=target, logits=output, axis=axis)


def sparse_categorical_crossentropy(target, output, from_logits=False, axis=-1):
    """The cross entropy of numbers of classes."""
    output = ops.convert_to_tensor(output)
    if not from_logits:
        logits = _logits_of(output, 'Softmax')
        output = math_ops.log(_inside(output)) if logits is None else logits
    rank = output.shape.ndims
    if rank is not None:
        axis %= rank
        if axis != rank - 1:
            output = array_ops.transpose(output, perm=[*range(axis), *range(axis + 1, rank), axis])
    elif axis != -1:
        raise ValueError('Cannot compute sparse categorical crossentropy with `axis={}` on an output tensor with unknown '
                         'rank'.format(axis))
    target = math_ops.cast(target, 'int64')
    output_shape = array_ops.shape(output)
    is_reshaped = target.shape.ndims is not None and rank is not None and target.shape.ndims != rank - 1
    if is_reshaped:
        target = backend_shapes.flatten(target)
        output = array_ops.reshape(output, [-1, output_shape[-1]])
    result = nn.sparse_softmax_cross_entropy_with_logits(labels=target, logits=output)
    return array_ops.reshape(result, output_shape[:-1]) if is_reshaped and rank >= 3 else result


def binary_crossentropy(target, output, from_logits=False):
    """The cross entropy of labels 0 and 1."""
    if not from_logits:
        logits = _logits_of(output, 'Sigmoid')
        if logits is None:
            output = _inside(output)
            bce = target * math_ops.log(output + epsilon())
            bce += (1 - target) * math_ops.log(1 - output + epsilon())
            return -bce
        output = logits
    return nn.sigmoid_cross_entropy_with_logits(labels=target, logits=output)


def bias_add(x, bias, data_format=None):
    """x with a bias for each channel."""
    data_format = _checked_format(data_format)
    bias_shape = bias.shape.as_list()
    rank = x.shape.ndims
    if len(bias_shape) not in (1, rank - 1):
        raise ValueError('Unexpected bias dimensions %d, expect to be 1 or %d dimensions' % (len(bias_shape), rank))
    if len(bias_shape) == 1:
        if data_format == 'channels_first' and rank > 2:
            if rank == 4:
                return nn.bias_add(x, bias, data_format='NCHW')
            return x + array_ops.reshape(bias, (1, bias_shape[0]) + (1,) * (rank - 2))
        return nn.bias_add(x, bias, data_format='NHWC') if rank in (2, 4) or rank == 3 else (
            x + array_ops.reshape(bias, (1,) * (rank - 1) + (bias_shape[0],)))
    if data_format == 'channels_first':
        return x + array_ops.reshape(bias, (1, bias_shape[-1]) + tuple(bias_shape[:-1]))
    return x + array_ops.reshape(bias, (1,) + tuple(bias_shape))


def _checked_format(data_format):
    data_format = data_format or image_data_format()
    if data_format not in {'channels_first', 'channels_last'}:
        raise ValueError('Unknown data_format: ' + str(data_format))
    return data_format


def _padding(padding):
    if padding not in ('same', 'valid'):
        raise ValueError('Invalid padding: ' + str(padding))
    return padding.upper()


def _format(data_format, rank):
    first = _checked_format(data_format) == 'channels_first'
    return {1: 'NCW' if first else 'NWC', 2: 'NCHW' if first else 'NHWC', 3: 'NCDHW' if first else 'NDHWC'}[rank]


def conv1d(x, kernel, strides=1, padding='valid', data_format=None, dilation_rate=1):
    """The convolution of [batch, width, channels]."""
    if padding == 'causal':
        x = backend_shapes.temporal_padding(x, (dilation_rate * (kernel.shape.as_list()[0] - 1), 0))
        padding = 'valid'
    return nn.convolution(input=x, filter=kernel, dilation_rate=[dilation_rate], strides=[strides],
                          padding=_padding(padding), data_format=_format(data_format, 1))


def conv2d(x, kernel, strides=(1, 1), padding='valid', data_format=None, dilation_rate=(1, 1)):
    """The convolution of [batch, height, width, channels]."""
    return _moved_if_first(x, data_format, 2, lambda values: nn.convolution(
        input=values, filter=kernel, dilation_rate=dilation_rate, strides=strides, padding=_padding(padding),
        data_format='NHWC'))


def conv3d(x, kernel, strides=(1, 1, 1), padding='valid', data_format=None, dilation_rate=(1, 1, 1)):
    """The convolution of [batch, depth, height, width, channels]."""
    return _moved_if_first(x, data_format, 3, lambda values: nn.convolution(
        input=values, filter=kernel, dilation_rate=dilation_rate, strides=strides, padding=_padding(padding),
        data_format='NDHWC'))


def _moved_if_first(x, data_format, rank, function):
    """A function of values with channels last, also for channels first: CPUs have no kernels for these."""
    if _checked_format(data_format) == 'channels_last':
        return function(x)
    x = array_ops.transpose(x, [0, *range(2, rank + 2), 1])
    return array_ops.transpose(function(x), [0, rank + 1, *range(1, rank + 1)])


def conv2d_transpose(x, kernel, output_shape, strides=(1, 1), padding='valid', data_format=None, dilation_rate=(1, 1)):
    """The transpose of conv2d."""
    first = _checked_format(data_format) == 'channels_first'
    if isinstance(output_shape, (tuple, list)):
        output_shape = array_ops.stack(list(output_shape))
    if first:
        output_shape = array_ops.stack([output_shape[i] for i in (0, 2, 3, 1)])

    def transposed(values):
        if tuple(dilation_rate) == (1, 1):
            return nn.conv2d_transpose(values, kernel, output_shape, (1,) + tuple(strides) + (1,),
                                       padding=_padding(padding), data_format='NHWC')
        return nn.atrous_conv2d_transpose(values, kernel, output_shape, rate=dilation_rate[0], padding=_padding(padding))

    return _moved_if_first(x, data_format, 2, transposed)


def separable_conv2d(x, depthwise_kernel, pointwise_kernel, strides=(1, 1), padding='valid', data_format=None,
                     dilation_rate=(1, 1)):
    """The convolution of each channel, and one of all channels at each point after it."""
    if len(strides) != 2:
        raise ValueError('`strides` must be a tuple of 2 integers.')
    return _moved_if_first(x, data_format, 2, lambda values: nn.separable_conv2d(
        values, depthwise_kernel, pointwise_kernel, strides=(1,) + tuple(strides) + (1,), padding=_padding(padding),
        rate=dilation_rate, data_format='NHWC'))


def depthwise_conv2d(x, depthwise_kernel, strides=(1, 1), padding='valid', data_format=None, dilation_rate=(1, 1)):
    """The convolution of each channel with filters of its own."""
    return _moved_if_first(x, data_format, 2, lambda values: nn.depthwise_conv2d(
        values, depthwise_kernel, strides=(1,) + tuple(strides) + (1,), padding=_padding(padding), rate=dilation_rate,
        data_format='NHWC'))


def pool2d(x, pool_size, strides=(1, 1), padding='valid', data_format=None, pool_mode='max'):
    """The largest values, or means, of windows of images."""
    if len(pool_size) != 2:
        raise ValueError('`pool_size` must be a tuple of 2 integers.')
    if len(strides) != 2:
        raise ValueError('`strides` must be a tuple of 2 integers.')
    return _pooled(x, pool_size, strides, padding, data_format, pool_mode, nn.max_pool, nn.avg_pool)


def pool3d(x, pool_size, strides=(1, 1, 1), padding='valid', data_format=None, pool_mode='max'):
    """The largest values, or means, of windows of volumes."""
    return _pooled(x, pool_size, strides, padding, data_format, pool_mode, nn.max_pool3d, nn.avg_pool3d)


def _pooled(x, pool_size, strides, padding, data_format, pool_mode, max_pool, avg_pool):
    if pool_mode not in ('max', 'avg'):
        raise ValueError('Invalid pooling mode: ' + str(pool_mode))
    function = max_pool if pool_mode == 'max' else avg_pool
    return _moved_if_first(x, data_format, len(pool_size), lambda values: function(
        values, (1,) + tuple(pool_size) + (1,), (1,) + tuple(strides) + (1,), padding=_padding(padding)))


def local_conv1d(inputs, kernel, kernel_size, strides, data_format=None):
    """A convolution of [batch, width, channels] whose kernel is another one at each place."""
    return _local_conv(inputs, kernel, kernel_size, strides, (kernel.shape.as_list()[0],), data_format)


def local_conv2d(inputs, kernel, kernel_size, strides, output_shape, data_format=None):
    """A convolution of images whose kernel is another one at each place."""
    return _local_conv(inputs, kernel, kernel_size, strides, output_shape, data_format)


def _local_conv(inputs, kernel, kernel_size, strides, output_shape, data_format):
    first = _checked_format(data_format) == 'channels_first'
    features, filters = kernel.shape.as_list()[1:]
    places = list(np.ndindex(*output_shape))
    patches = []
    for place in places:
        window = tuple(slice(i * stride, i * stride + size) for i, stride, size in zip(place, strides, kernel_size))
        piece = inputs[(slice(None), slice(None)) + window] if first else inputs[(slice(None),) + window + (slice(None),)]
        patches.append(array_ops.reshape(piece, (1, -1, features)))
    output = math_ops.matmul(array_ops.concat(patches, axis=0), kernel)  # [place, batch, filter]
    output = array_ops.reshape(output, tuple(output_shape) + (-1, filters))
    rank = len(output_shape)
    order = [rank, rank + 1, *range(rank)] if first else [rank, *range(rank), rank + 1]
    return array_ops.transpose(output, order)


def normalize_batch_in_training(x, gamma, beta, reduction_axes, epsilon=1e-3):
    """The normalised batch, its mean and variance."""
    if x.shape.ndims == 4 and list(reduction_axes) in ([0, 1, 2], [0, 2, 3]):
        data_format = 'NHWC' if list(reduction_axes) == [0, 1, 2] else 'NCHW'
        channels = x.shape.as_list()[3 if data_format == 'NHWC' else 1]
        gamma = array_ops.ones([channels], dtype=x.dtype) if gamma is None else gamma
        beta = array_ops.zeros([channels], dtype=x.dtype) if beta is None else beta
        return nn.fused_batch_norm(x, gamma, beta, epsilon=epsilon, data_format=data_format)
    mean, variance = nn.moments(x, reduction_axes)
    if sorted(reduction_axes) != list(range(x.shape.ndims))[:-1]:
        sizes = array_ops.stack([1 if axis in reduction_axes else array_ops.shape(x)[axis] for axis in range(x.shape.ndims)])
        broadcast = [None if each is None else array_ops.reshape(each, sizes) for each in (mean, variance, beta, gamma)]
        return nn.batch_normalization(x, *broadcast, epsilon), mean, variance
    return nn.batch_normalization(x, mean, variance, beta, gamma, epsilon), mean, variance


def batch_normalization(x, mean, var, beta, gamma, axis=-1, epsilon=1e-3):
    """x normalised with a mean and a variance."""
    if x.shape.ndims == 4 and axis in (-1, 3):
        flat = [None if each is None else (array_ops.reshape(each, [-1]) if each.shape.ndims > 1 else each)
                for each in (mean, var, beta, gamma)]
        mean, var, beta, gamma = flat
        beta = array_ops.zeros_like(mean) if beta is None else beta
        gamma = array_ops.ones_like(mean) if gamma is None else gamma
        return nn.fused_batch_norm(x, gamma, beta, epsilon=epsilon, mean=mean, variance=var, data_format='NHWC',
                                   is_training=False)[0]
    return nn.batch_normalization(x, mean, var, beta, gamma, epsilon)


def ctc_label_dense_to_sparse(labels, label_lengths):
    """A SparseTensor of the labels that belong to the sequences."""
    shape = array_ops.shape(labels)
    is_label = array_ops.sequence_mask(math_ops.cast(label_lengths, 'int32'), shape[1])
    indices = array_ops.where(is_label)
    values = array_ops.gather_nd(labels, indices)
    return sparse_tensor.SparseTensor(indices, values, math_ops.cast(shape, 'int64'))


def ctc_batch_cost(y_true, y_pred, input_length, label_length):
    """The loss of connectionist temporal classification, sample by sample."""
    label_length = math_ops.cast(array_ops.squeeze(label_length, axis=-1), 'int32')
    input_length = math_ops.cast(array_ops.squeeze(input_length, axis=-1), 'int32')
    sparse_labels = ctc_label_dense_to_sparse(math_ops.cast(y_true, 'int32'), label_length)
    y_pred = math_ops.log(array_ops.transpose(y_pred, perm=[1, 0, 2]) + epsilon())
    return array_ops.expand_dims(ctc_ops.ctc_loss(inputs=y_pred, labels=sparse_labels, sequence_length=input_length), 1)


def ctc_decode(y_pred, input_length, greedy=True, beam_width=100, top_paths=1):
    """The most likely labels of a softmax, and their log probabilities."""
    y_pred = math_ops.log(array_ops.transpose(y_pred, perm=[1, 0, 2]) + epsilon())
    input_length = math_ops.cast(input_length, 'int32')
    if greedy:
        decoded, log_prob = ctc_ops.ctc_greedy_decoder(inputs=y_pred, sequence_length=input_length)
    else:
        decoded, log_prob = ctc_ops.ctc_beam_search_decoder(inputs=y_pred, sequence_length=input_length,
                                                            beam_width=beam_width, top_paths=top_paths)
    from reflow.ops import sparse_ops
    dense = [sparse_ops.sparse_to_dense(each.indices, each.dense_shape, each.values, default_value=-1) for each in decoded]
    return dense, log_prob
