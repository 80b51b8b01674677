"""Convolutions of one to three dimensions, dilated and transposed ones."""

import collections.abc

import numpy as np

from reflow.framework import ops
from reflow.framework import tensor_shape
from reflow.ops import array_ops
from reflow.ops import gen_nn_ops
from reflow.ops import space_to_batch
from reflow.util import deprecation


def explicit_padding(padding):
    """(padding, explicit_paddings) of what convolutions are given."""
    if isinstance(padding, (list, tuple)):
        return 'EXPLICIT', [size for pair in padding for size in pair]
    return padding, []


def all_sizes(value, n, channel_index, name):
    """One number for each of all n + 2 dimensions."""
    if value is None:
        value = [1]
    elif not isinstance(value, (list, tuple, np.ndarray)):
        value = [value]
    current = len(value)
    if current == n + 2:
        return list(value)
    if current == 1:
        value = list(value) * n
    elif current != n:
        raise ValueError('{} should be of length 1, {} or {} but was {}'.format(name, n, n + 2, current))
    return [1, 1] + list(value) if channel_index == 1 else [1] + list(value) + [1]


def strides_and_rates(num_spatial_dims, strides, dilation_rate):
    """Both as arrays, checked: they can't both be larger than 1."""
    def checked(name, values):
        if values is None:
            return np.ones(num_spatial_dims, np.int32)
        if len(values) != num_spatial_dims:
            raise ValueError('len(%s)=%d but should be %d' % (name, len(values), num_spatial_dims))
        values = np.array(values, np.int32)
        if (values < 1).any():
            raise ValueError('all values of %s must be positive' % name)
        return values

    rates = checked('dilation_rate', dilation_rate)
    strides = checked('strides', strides)
    if (strides > 1).any() and (rates > 1).any():
        raise ValueError('strides > 1 not supported in conjunction with dilation_rate > 1')
    return strides, rates


def _without_dilation(rank, padding, data_format, strides, name):
    """The convolution of inputs of a rank, as a function of input and filter."""
    if rank is None:
        raise ValueError('Rank of convolution must be known')
    if rank < 3 or rank > 5:
        raise ValueError('`input` and `filter` must have rank at least 3 and at most 5')
    if rank == 3:
        if data_format is None:
            data_format = 'NWC'
        elif data_format not in {'NCW', 'NWC', 'NCHW', 'NHWC'}:
            raise ValueError('data_format must be "NWC" or "NCW".')
        return lambda x, filter: conv1d(value=x, filters=filter, stride=int(strides[0]), padding=padding,
                                        data_format=data_format, name=name)
    last, first = ('NHWC', 'NCHW') if rank == 4 else ('NDHWC', 'NCDHW')
    data_format = data_format or last
    if data_format not in (last, first):
        raise ValueError('data_format must be "%s" or "%s".' % (last, first) +
                         (' Have: %s' % data_format if rank == 5 else ''))
    strides = [int(size) for size in strides]
    strides = [1] + strides + [1] if data_format == last else [1, 1] + strides
    op = gen_nn_ops.conv2d if rank == 4 else gen_nn_ops.conv3d
    return lambda x, filter: op(input=x, filter=filter, strides=strides, padding=padding, data_format=data_format,
                                name=name)


class Convolution:
    """A convolution of tensors whose static shapes are known, as layers call it."""

    def __init__(self, input_shape, filter_shape, padding, strides=None, dilation_rate=None, name=None, data_format=None):
        rank = filter_shape.ndims
        if rank is None:
            rank = input_shape.ndims
        if rank is None:
            raise ValueError('rank of input or filter must be known')
        n = rank - 2
        for shape, kind in ((input_shape, 'input'), (filter_shape, 'filter')):
            try:
                shape.with_rank(rank)
            except ValueError:
                raise ValueError('%s tensor must have rank %d' % (kind, rank)) from None
        channels_first = data_format is not None and data_format.startswith('NC')
        channels = tensor_shape.dimension_at_index(input_shape, 1 if channels_first else n + 1)
        if not channels.is_compatible_with(filter_shape[n]):
            raise ValueError('number of input channels does not match corresponding dimension of filter, {} != {}'.format(
                channels, filter_shape[n]))
        strides, dilation_rate = strides_and_rates(n, strides, dilation_rate)
        self._call = space_to_batch.WithSpaceToBatch(
            input_shape, dilation_rate=dilation_rate, padding=padding,
            build_op=lambda _, padding: _without_dilation(rank, padding, data_format, strides, name),
            filter_shape=filter_shape, spatial_dims=range(2, n + 2) if channels_first else range(1, n + 1),
            data_format=data_format)

    def __call__(self, inp, filter):
        return self._call(inp, filter)


def convolution(input, filter, padding, strides=None, dilation_rate=None, name=None, data_format=None, filters=None,
                dilations=None):
    """The convolution of `input`, [batch, ..., channels], in as many dimensions as it has."""
    filter = deprecation.deprecated_argument_lookup('filters', filters, 'filter', filter)
    dilation_rate = deprecation.deprecated_argument_lookup('dilations', dilations, 'dilation_rate', dilation_rate)
    return convolution_internal(input, filter, strides=strides, padding=padding, data_format=data_format,
                                dilations=dilation_rate, name=name)


def convolution_v2(input, filters, strides=None, padding='VALID', data_format=None, dilations=None, name=None):
    """The convolution of `input`, [batch, ..., channels], in as many dimensions as it has."""
    return convolution_internal(input, filters, strides=strides, padding=padding, data_format=data_format,
                                dilations=dilations, name=name)


def convolution_internal(input, filters, strides=None, padding='VALID', data_format=None, dilations=None, name=None):
    """The convolution of `input`; dilated ones are made of others."""
    shape = _known_shape(input)
    if shape is None:
        shape = _known_shape(filters)
    if shape is None:
        raise ValueError('rank of input or filter must be known')
    n = len(shape) - 2
    if not 1 <= n <= 3:
        raise ValueError('Input tensor must be of rank 3, 4 or 5 but was {}.'.format(n + 2))
    channel_index = 1 if data_format is not None and data_format.startswith('NC') else n + 1
    strides = all_sizes(strides, n, channel_index, 'strides')
    dilations = all_sizes(dilations, n, channel_index, 'dilations')
    with ops.name_scope(name, 'convolution', [input, filters]) as name:
        if all(rate == 1 for rate in dilations):
            if n == 1:
                return conv1d(input, filters, strides, padding=padding, data_format=data_format, dilations=dilations,
                              name=name)
            op = gen_nn_ops.conv2d if n == 2 else gen_nn_ops.conv3d
            return op(input, filters, [int(size) for size in strides], padding=padding,
                      data_format=data_format or ('NHWC' if n == 2 else 'NDHWC'),
                      dilations=[int(rate) for rate in dilations], name=name)
        spatial = slice(2, None) if channel_index == 1 else slice(1, -1)
        op = Convolution(tensor_shape.as_shape(input.shape), tensor_shape.as_shape(filters.shape), padding,
                         strides=strides[spatial], dilation_rate=dilations[spatial], name=name, data_format=data_format)
        return op(input, filters)


def _known_shape(value):
    shape = value.shape
    if isinstance(shape, tensor_shape.TensorShape):
        return None if shape.rank is None else shape.as_list()
    return shape


def atrous_conv2d(value, filters, rate, padding, name=None):
    """The convolution of pictures with filters that have holes of rate - 1 pixels."""
    return convolution(input=value, filter=filters, padding=padding, dilation_rate=np.broadcast_to(rate, (2,)), name=name)


def _format_1d(data_format, formats_2d=()):
    """(two-dimensional format, the dimension of size 1, the channels' dimension) of a one-dimensional format."""
    if data_format is None or data_format == 'NWC' or (formats_2d and data_format == 'NHWC'):
        return 'NHWC', 1, 2
    if data_format == 'NCW' or (formats_2d and data_format == 'NCHW'):
        return 'NCHW', 2, 1
    raise ValueError('data_format must be "NWC" or "NCW".')


def conv1d(value=None, filters=None, stride=None, padding=None, use_cudnn_on_gpu=None, data_format=None, name=None,
           input=None, dilations=None):
    """The convolution of [batch, width, channels] with [width, channels, outputs]."""
    value = deprecation.deprecated_argument_lookup('input', input, 'value', value)
    with ops.name_scope(name, 'conv1d', [value, filters]) as name:
        data_format, height, channel_index = _format_1d(data_format, formats_2d=True)
        strides = [1] + [int(size) for size in all_sizes(stride, 1, channel_index, 'stride')]
        dilations = [1] + [int(rate) for rate in all_sizes(dilations, 1, channel_index, 'dilations')]
        value = array_ops.expand_dims(value, height)
        filters = array_ops.expand_dims(filters, 0)
        result = gen_nn_ops.conv2d(value, filters, strides, padding,
                                   use_cudnn_on_gpu=True if use_cudnn_on_gpu is None else use_cudnn_on_gpu,
                                   data_format=data_format, dilations=dilations, name=name)
        return array_ops.squeeze(result, [height])


def conv1d_v2(input, filters, stride, padding, data_format='NWC', dilations=None, name=None):
    """The convolution of [batch, width, channels] with [width, channels, outputs]."""
    return conv1d(input, filters, stride, padding, use_cudnn_on_gpu=True, data_format=data_format, name=name,
                  dilations=dilations)


def conv1d_transpose(input, filters, output_shape, strides, padding='SAME', data_format='NWC', dilations=None, name=None):
    """The transpose of conv1d."""
    with ops.name_scope(name, 'conv1d_transpose', [input, filters, output_shape]) as name:
        data_format, height, channel_index = _format_1d(data_format)
        strides = [1] + all_sizes(strides, 1, channel_index, 'stride')
        dilations = [1] + all_sizes(dilations, 1, channel_index, 'dilations')
        input = array_ops.expand_dims(input, height)
        filters = array_ops.expand_dims(filters, 0)
        if not isinstance(output_shape, ops.Tensor):
            output_shape = list(output_shape)
        output_shape = array_ops.concat([output_shape[:height], [1], output_shape[height:]], 0)
        result = gen_nn_ops.conv2d_backprop_input(input_sizes=output_shape, filter=filters, out_backprop=input,
                                                  strides=strides, padding=padding, data_format=data_format,
                                                  dilations=dilations, name=name)
        return array_ops.squeeze(result, height)


def conv3d_v1(input, filter=None, strides=None, padding=None, data_format='NDHWC', dilations=[1, 1, 1, 1, 1], name=None,
              filters=None):
    """The convolution of [batch, depth, height, width, channels]."""
    filter = deprecation.deprecated_argument_lookup('filters', filters, 'filter', filter)
    return gen_nn_ops.conv3d(input, filter, strides, padding, data_format, dilations, name)


def conv3d_v2(input, filters, strides, padding, data_format='NDHWC', dilations=None, name=None):
    """The convolution of [batch, depth, height, width, channels]."""
    return gen_nn_ops.conv3d(input, filters, strides, padding, data_format,
                             [1, 1, 1, 1, 1] if dilations is None else dilations, name)


def conv3d_transpose(value, filter=None, output_shape=None, strides=None, padding='SAME', data_format='NDHWC', name=None,
                     input=None, filters=None, dilations=None):
    """The transpose of conv3d."""
    filter = deprecation.deprecated_argument_lookup('filters', filters, 'filter', filter)
    value = deprecation.deprecated_argument_lookup('input', input, 'value', value)
    return conv3d_transpose_v2(value, filter, output_shape, strides, padding=padding, data_format=data_format,
                               dilations=dilations, name=name)


def conv3d_transpose_v2(input, filters, output_shape, strides, padding='SAME', data_format='NDHWC', dilations=None,
                        name=None):
    """The transpose of conv3d."""
    with ops.name_scope(name, 'conv3d_transpose', [input, filters, output_shape]) as name:
        if data_format is None:
            data_format = 'NDHWC'
        channel_index = 1 if data_format.startswith('NC') else 4
        return gen_nn_ops.conv3d_backprop_input_v2(
            input_sizes=output_shape, filter=filters, out_backprop=input,
            strides=all_sizes(strides, 3, channel_index, 'strides'), padding=padding, data_format=data_format,
            dilations=all_sizes(dilations, 3, channel_index, 'dilations'), name=name)


def conv_transpose(input, filters, output_shape, strides, padding='SAME', data_format=None, dilations=None, name=None):
    """The transpose of a convolution, in as many dimensions as `output_shape` has."""
    from reflow.ops import nn_ops
    with ops.name_scope(name, 'conv_transpose', [input, filters, output_shape]) as name:
        if isinstance(output_shape, ops.Tensor):
            n = int(output_shape.shape[0]) - 2
        elif isinstance(output_shape, collections.abc.Sized):
            n = len(output_shape) - 2
        else:
            raise ValueError('output_shape must be a tensor or sized collection.')
        if not 1 <= n <= 3:
            raise ValueError('output_shape must be of length 3, 4 or 5 but was {}.'.format(n + 2))
        op = (conv1d_transpose, nn_ops.conv2d_transpose_v2, conv3d_transpose_v2)[n - 1]
        return op(input, filters, output_shape, strides, padding=padding, data_format=data_format, dilations=dilations,
                  name=name)


def atrous_conv2d_transpose(value, filters, output_shape, rate, padding, name=None):
    """The transpose of atrous_conv2d."""
    from reflow.ops import nn_ops
    with ops.name_scope(name, 'atrous_conv2d_transpose', [value, filters, output_shape]) as name:
        value = ops.convert_to_tensor(value, name='value')
        filters = ops.convert_to_tensor(filters, name='filters')
        if not value.get_shape().dims[3].is_compatible_with(filters.get_shape()[3]):
            raise ValueError("value's input channels does not match filters' input channels, {} != {}".format(
                value.get_shape()[3], filters.get_shape()[3]))
        if rate < 1:
            raise ValueError('rate {} cannot be less than one'.format(rate))
        if rate == 1:
            return nn_ops.conv2d_transpose(value, filters, output_shape, strides=[1, 1, 1, 1], padding=padding,
                                           data_format='NHWC')
        shape = ops.convert_to_tensor(output_shape, name='output_shape').get_shape()
        if not shape.is_compatible_with(tensor_shape.TensorShape([4])):
            raise ValueError('output_shape must have shape (4,), got {}'.format(shape))
        if isinstance(output_shape, (list, tuple, np.ndarray)):
            output_shape = list(output_shape)
            if not filters.get_shape().dims[2].is_compatible_with(output_shape[3]):
                raise ValueError("output_shape does not match filter's output channels, {} != {}".format(
                    output_shape[3], filters.get_shape()[2]))
        top, bottom, left, right = _dilated_paddings(filters, rate, padding)
        height = output_shape[1] + top + bottom
        width = output_shape[2] + left + right
        bottom_extra = (rate - height % rate) % rate
        right_extra = (rate - width % rate) % rate
        value = array_ops.space_to_batch(input=value, paddings=[[0, bottom_extra], [0, right_extra]], block_size=rate)
        sizes = [rate * rate * output_shape[0], (height + bottom_extra) // rate, (width + right_extra) // rate,
                 output_shape[3]]
        value = gen_nn_ops.conv2d_backprop_input(input_sizes=sizes, filter=filters, out_backprop=value,
                                                 strides=[1, 1, 1, 1], padding='VALID', data_format='NHWC')
        return array_ops.batch_to_space(input=value, block_size=rate,
                                        crops=[[top, bottom + bottom_extra], [left, right + right_extra]])


def _dilated_paddings(filters, rate, padding):
    """(top, bottom, left, right) that make a VALID convolution with the dilated filter one with `padding`."""
    if padding == 'VALID':
        return 0, 0, 0, 0
    if padding != 'SAME':
        raise ValueError('padding must be either VALID or SAME: {}'.format(padding))
    shape = filters.get_shape().as_list() if filters.get_shape().is_fully_defined() else array_ops.shape(filters)
    result = []
    for size in (shape[0], shape[1]):
        total = size + (size - 1) * (rate - 1) - 1
        before = total // 2
        result += [before, total - before]
    return tuple(result)
