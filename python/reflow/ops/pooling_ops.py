"""Pooling in one to three dimensions, and morphology."""

import numpy as np

from reflow.framework import dtypes
from reflow.framework import ops
from reflow.ops import array_ops
from reflow.ops import gen_array_ops
from reflow.ops import gen_nn_ops
from reflow.ops import math_ops
from reflow.ops import space_to_batch
from reflow.ops.convolution_ops import all_sizes, strides_and_rates
from reflow.util import deprecation


def _pool_2d(op, name_scope, value, ksize, strides, padding, data_format, name):
    with ops.name_scope(name, name_scope, [value]) as name:
        data_format = data_format or 'NHWC'
        channel_index = 1 if data_format.startswith('NC') else 3
        return op(value, ksize=all_sizes(ksize, 2, channel_index, 'ksize'),
                  strides=all_sizes(strides, 2, channel_index, 'strides'), padding=padding, data_format=data_format,
                  name=name)


def _pool_1d(op, name_scope, value, ksize, strides, padding, data_format, name):
    with ops.name_scope(name, name_scope, [value]) as name:
        data_format = data_format or 'NWC'
        channel_index = 1 if data_format.startswith('NC') else 2
        height = 1 if data_format == 'NWC' else 2
        result = op(array_ops.expand_dims(value, height), ksize=[1] + all_sizes(ksize, 1, channel_index, 'ksize'),
                    strides=[1] + all_sizes(strides, 1, channel_index, 'strides'), padding=padding,
                    data_format='NHWC' if data_format == 'NWC' else 'NCHW', name=name)
        return array_ops.squeeze(result, height)


def _pool_3d(op, name_scope, value, ksize, strides, padding, data_format, name):
    with ops.name_scope(name, name_scope, [value]) as name:
        data_format = data_format or 'NDHWC'
        channel_index = 1 if data_format.startswith('NC') else 4
        return op(value, ksize=all_sizes(ksize, 3, channel_index, 'ksize'),
                  strides=all_sizes(strides, 3, channel_index, 'strides'), padding=padding, data_format=data_format,
                  name=name)


def max_pool(value, ksize, strides, padding, data_format='NHWC', name=None, input=None):
    """The largest value of each window."""
    value = deprecation.deprecated_argument_lookup('input', input, 'value', value)
    return _pool_2d(gen_nn_ops.max_pool, 'MaxPool', value, ksize, strides, padding, data_format, name)


def avg_pool(value, ksize, strides, padding, data_format='NHWC', name=None, input=None):
    """The mean of each window."""
    with ops.name_scope(name, 'AvgPool', [value]) as name:
        value = deprecation.deprecated_argument_lookup('input', input, 'value', value)
        return _pool_2d(gen_nn_ops.avg_pool, 'AvgPool', value, ksize, strides, padding, data_format, name)


def max_pool2d(input, ksize, strides, padding, data_format='NHWC', name=None):
    """The largest value of each window."""
    return _pool_2d(gen_nn_ops.max_pool, 'MaxPool2d', input, ksize, strides, padding, data_format, name)


def avg_pool2d(input, ksize, strides, padding, data_format='NHWC', name=None):
    """The mean of each window."""
    return _pool_2d(gen_nn_ops.avg_pool, 'AvgPool2D', input, ksize, strides, padding, data_format, name)


def max_pool1d(input, ksize, strides, padding, data_format='NWC', name=None):
    """The largest value of each window of [batch, width, channels]."""
    return _pool_1d(gen_nn_ops.max_pool, 'MaxPool1d', input, ksize, strides, padding, data_format, name)


def avg_pool1d(input, ksize, strides, padding, data_format='NWC', name=None):
    """The mean of each window of [batch, width, channels]."""
    return _pool_1d(gen_nn_ops.avg_pool, 'AvgPool1D', input, ksize, strides, padding, data_format, name)


def max_pool3d(input, ksize, strides, padding, data_format='NDHWC', name=None):
    """The largest value of each window of [batch, depth, height, width, channels]."""
    return _pool_3d(gen_nn_ops.max_pool3d, 'MaxPool3D', input, ksize, strides, padding, data_format, name)


def avg_pool3d(input, ksize, strides, padding, data_format='NDHWC', name=None):
    """The mean of each window of [batch, depth, height, width, channels]."""
    return _pool_3d(gen_nn_ops.avg_pool3d, 'AvgPool3D', input, ksize, strides, padding, data_format, name)


def _pool_of_rank(pool_1d, op_2d, op_3d, input, ksize, strides, padding, data_format, name):
    if input.shape is not None and input.shape.rank is not None:
        n = len(input.shape) - 2
    elif data_format is not None:
        n = len(data_format) - 2
    else:
        raise ValueError('The input must have a rank or a data format must be given.')
    if not 1 <= n <= 3:
        raise ValueError('Input tensor must be of rank 3, 4 or 5 but was {}.'.format(n + 2))
    channel_index = 1 if data_format is not None and data_format.startswith('NC') else n + 1
    ksize = all_sizes(ksize, n, channel_index, 'ksize')
    strides = all_sizes(strides, n, channel_index, 'strides')
    op = (pool_1d, op_2d, op_3d)[n - 1]
    return op(input, ksize=ksize, strides=strides, padding=padding,
              data_format=data_format or ('NWC', 'NHWC', 'NDHWC')[n - 1], name=name)


def max_pool_v2(input, ksize, strides, padding, data_format=None, name=None):
    """The largest value of each window, in as many dimensions as the input has."""
    return _pool_of_rank(max_pool1d, gen_nn_ops.max_pool, gen_nn_ops.max_pool3d, input, ksize, strides, padding,
                         data_format, name)


def avg_pool_v2(input, ksize, strides, padding, data_format=None, name=None):
    """The mean of each window, in as many dimensions as the input has."""
    return _pool_of_rank(avg_pool1d, gen_nn_ops.avg_pool, gen_nn_ops.avg_pool3d, input, ksize, strides, padding,
                         data_format, name)


def max_pool_with_argmax_v1(input, ksize, strides, padding, data_format='NHWC', Targmax=None, name=None,
                            output_dtype=None, include_batch_in_index=False):
    """The largest value of each window, and where it is."""
    if data_format != 'NHWC':
        raise ValueError("Data formats other than 'NHWC' are not yet supported")
    targmax = deprecation.deprecated_argument_lookup('output_dtype', output_dtype, 'Targmax', Targmax)
    return gen_nn_ops.max_pool_with_argmax(input=input, ksize=ksize, strides=strides, padding=padding,
                                           Targmax=dtypes.int64 if targmax is None else targmax,
                                           include_batch_in_index=include_batch_in_index, name=name)


def max_pool_with_argmax_v2(input, ksize, strides, padding, data_format='NHWC', output_dtype=dtypes.int64,
                            include_batch_in_index=False, name=None):
    """The largest value of each window, and where it is."""
    if data_format != 'NHWC':
        raise ValueError("Data formats other than 'NHWC' are not yet supported")
    return gen_nn_ops.max_pool_with_argmax(input=input, ksize=all_sizes(ksize, 2, 3, 'ksize'),
                                           strides=all_sizes(strides, 2, 3, 'strides'), padding=padding,
                                           Targmax=output_dtype, include_batch_in_index=include_batch_in_index, name=name)


def fractional_max_pool(value, pooling_ratio, pseudo_random=False, overlapping=False, deterministic=False, seed=0,
                        seed2=0, name=None):
    """The largest value of windows whose sizes vary, so that sizes shrink by a ratio. Graham, arXiv 1412.6071."""
    return gen_nn_ops.fractional_max_pool(value, pooling_ratio, pseudo_random, overlapping, deterministic, seed, seed2,
                                          name=name)


def fractional_avg_pool(value, pooling_ratio, pseudo_random=False, overlapping=False, deterministic=False, seed=0,
                        seed2=0, name=None):
    """The mean of windows whose sizes vary, so that sizes shrink by a ratio."""
    return gen_nn_ops.fractional_avg_pool(value, pooling_ratio, pseudo_random, overlapping, deterministic, seed, seed2,
                                          name=name)


def pool(input, window_shape, pooling_type, padding, dilation_rate=None, strides=None, name=None, data_format=None,
         dilations=None):
    """Pooling of kind 'MAX' or 'AVG' in as many dimensions as `window_shape` has, of dilated windows too."""
    dilation_rate = deprecation.deprecated_argument_lookup('dilations', dilations, 'dilation_rate', dilation_rate)
    with ops.name_scope(name, '%s_pool' % pooling_type.lower(), [input]) as scope:
        input = ops.convert_to_tensor(input, name='input')
        n = len(window_shape)
        if n < 1 or n > 3:
            raise ValueError('It is required that 1 <= num_spatial_dims <= 3.')
        input.get_shape().with_rank(n + 2)
        strides, dilation_rate = strides_and_rates(n, strides, dilation_rate)
        if padding == 'SAME' and np.any(dilation_rate > 1):
            raise ValueError('pooling with SAME padding is not implemented for dilation_rate > 1')
        if np.any(strides > window_shape):
            raise ValueError('strides > window_shape not supported due to inconsistency between CPU and GPU '
                             'implementations')
        if pooling_type not in ('MAX', 'AVG'):
            raise ValueError('%d-D %s pooling is not supported.' % (n, pooling_type))
        op = {'MAX': (max_pool, max_pool, max_pool3d), 'AVG': (avg_pool, avg_pool, avg_pool3d)}[pooling_type][n - 1]
        channels_first = data_format is not None and data_format.startswith('NC')
        sizes = [[1, 1] + [int(x) for x in each] if channels_first else [1] + [int(x) for x in each] + [1]
                 for each in (window_shape, strides)]
        first = 2 if channels_first else 1
        if n == 1:
            if data_format not in (None, 'NWC', 'NCW'):
                raise ValueError('data_format must be either "NWC" or "NCW".')
            sizes = [[1] + each for each in sizes]
            data_format = 'NCHW' if data_format == 'NCW' else 'NHWC'

        def run(value, _, padding):
            if n == 1:
                value = array_ops.expand_dims(value, first)
            result = op(value, sizes[0], sizes[1], padding, name=scope, data_format=data_format)
            return array_ops.squeeze(result, [first]) if n == 1 else result
        return space_to_batch.with_space_to_batch(input=input, dilation_rate=dilation_rate, padding=padding, op=run,
                                                  spatial_dims=range(first, n + first), filter_shape=window_shape)


def dilation2d_v1(input, filter=None, strides=None, rates=None, padding=None, name=None, filters=None, dilations=None):
    """The largest value of each window plus the filter."""
    filter = deprecation.deprecated_argument_lookup('filters', filters, 'filter', filter)
    rates = deprecation.deprecated_argument_lookup('dilations', dilations, 'rates', rates)
    return gen_nn_ops.dilation2d(input, filter, strides, rates, padding, name)


def erosion2d(value, kernel, strides, rates, padding, name=None):
    """The smallest value of each window minus the kernel."""
    with ops.name_scope(name, 'erosion2d', [value, kernel]) as name:
        return math_ops.negative(gen_nn_ops.dilation2d(
            input=math_ops.negative(value), filter=gen_array_ops.reverse_v2(kernel, [0, 1]), strides=strides, rates=rates,
            padding=padding, name=name))
