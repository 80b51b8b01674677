"""Percentiles and correlations of samples, and means that move."""

import numpy as np

from reflow.framework import dtypes
from reflow.framework import ops
from reflow.framework import tensor_util
from reflow.ops import array_ops
from reflow.ops import check_ops
from reflow.ops import clip_ops
from reflow.ops import control_flow_ops
from reflow.ops import init_ops
from reflow.ops import math_ops
from reflow.ops import nn_ops
from reflow.ops import state_ops
from reflow.ops import variable_scope
from reflow.ops.distributions import util as distribution_util
from reflow.ops.signal import fft_ops

__all__ = ['assign_log_moving_mean_exp', 'assign_moving_mean_variance', 'auto_correlation', 'moving_mean_variance',
           'percentile']


def auto_correlation(x, axis=-1, max_lags=None, center=True, normalize=True, name='auto_correlation'):
    """The correlation of `x` with itself, moved by 0 to `max_lags` along `axis`."""
    with ops.name_scope(name, values=[x]):
        x = ops.convert_to_tensor(x, name='x')
        rank = distribution_util.prefer_static_rank(x)
        shift = rank - 1 - (rank + axis if axis < 0 else axis)
        rotated = distribution_util.rotate_transpose(x, shift)
        if center:
            rotated -= math_ops.reduce_mean(rotated, axis=-1, keepdims=True)
        # By Fourier's transform, of a length that is a power of 2 and leaves no number beside those that it is moved onto.
        length = distribution_util.prefer_static_shape(rotated)[-1]
        as_double = math_ops.cast(length, dtypes.float64)
        padded_length = math_ops.pow(np.float64(2.), math_ops.ceil(math_ops.log(as_double * 2) / np.log(2.)))
        padding = math_ops.cast(padded_length - as_double, dtypes.int32)
        padded = distribution_util.pad(rotated, axis=-1, back=True, count=padding)
        dtype = x.dtype
        if not dtype.is_complex:
            if not dtype.is_floating:
                raise TypeError('Argument x must have either float or complex dtype found: {}'.format(dtype))
            padded = math_ops.complex(padded, dtype.real_dtype.as_numpy_dtype(0.))
        transformed = fft_ops.fft(padded)
        products = math_ops.cast(fft_ops.ifft(transformed * math_ops.conj(transformed)), dtype)
        is_known = rotated.shape.is_fully_defined()
        if max_lags is None:
            max_lags = length - 1
        else:
            max_lags = ops.convert_to_tensor(max_lags, name='max_lags')
            known = tensor_util.constant_value(max_lags)
            is_known = is_known and known is not None
            max_lags = min(length - 1, known) if is_known else math_ops.minimum(length - 1, max_lags)
        products = products[..., :max_lags + 1]
        if is_known:
            products.set_shape(rotated.shape[:-1].concatenate([int(min(length, max_lags + 1))]))
        counts = math_ops.cast(length, dtype.real_dtype) - math_ops.range(
            0., math_ops.cast(max_lags, dtype.real_dtype) + 1.)
        means = products / math_ops.cast(counts, dtype)
        if normalize:
            means /= means[..., :1]
        return distribution_util.rotate_transpose(means, -shift)


def percentile(x, q, axis=None, interpolation=None, keep_dims=False, validate_args=False, name=None):
    """The number of `x`, along `axis`, below which `q` of a hundred are."""
    interpolation = 'nearest' if interpolation is None else interpolation
    allowed = {'lower', 'higher', 'nearest'}
    if interpolation not in allowed:
        raise ValueError("Argument 'interpolation' must be in %s.  Found %s" % (allowed, interpolation))
    with ops.name_scope(name or 'percentile', values=[x, q]):
        x = ops.convert_to_tensor(x, name='x')
        q = math_ops.cast(q, dtypes.float64, name='q')
        if not q.shape.is_compatible_with([]):
            raise ValueError("Expected argument 'x' to have ndims 0.  Found tensor %s" % q)
        if validate_args:
            checks = [check_ops.assert_rank(q, 0)]
            for check, bound in ((check_ops.assert_greater_equal, 0.), (check_ops.assert_less_equal, 100.)):
                checks.append(check(q, math_ops.cast(bound, dtypes.float64)))
            q = control_flow_ops.with_dependencies(checks, q)
        axis = None if axis is None else _checked_axes(axis, x)
        y = array_ops.reshape(x, [-1]) if axis is None else _moved_to_end(x, axis)
        above = 1. - q / 100.
        count = math_ops.cast(array_ops.shape(y)[-1], dtypes.float64)
        rounding = {'lower': math_ops.ceil, 'higher': math_ops.floor, 'nearest': math_ops.round}[interpolation]
        index = rounding((count - 1) * above)
        count = array_ops.shape(y)[-1]
        index = clip_ops.clip_by_value(math_ops.cast(index, dtypes.int32), 0, count - 1)
        descending, _ = nn_ops.top_k(y, k=array_ops.shape(y)[-1])
        result = descending[..., index]
        result.set_shape(y.get_shape()[:-1])
        if not keep_dims:
            return result
        if axis is None:
            ndims = array_ops.rank(x) if x.get_shape().ndims is None else x.get_shape().ndims
            return result * array_ops.ones(array_ops.ones(shape=[ndims], dtype=dtypes.int32), dtype=x.dtype)
        for each in sorted(axis):
            result = array_ops.expand_dims(result, axis=each)
        return result


def _checked_axes(axis, x):
    """The axes as a list, counted from the first."""
    axis = ops.convert_to_tensor(axis, name='axis')
    check_ops.assert_integer(axis)
    known = tensor_util.constant_value(axis)
    if known is None:
        raise ValueError("Expected argument 'axis' to be statically available.  Found: %s" % axis)
    if known.ndim > 1:
        raise ValueError("Expected argument 'x' to have ndims <= %d.  Found tensor %s" % (1, axis))
    ndims = x.get_shape().ndims
    if ndims is None:
        raise ValueError("Expected argument 'x' to have statically defined 'ndims'.  Found: %s" % x)
    if ndims < 1:
        raise ValueError("Expected argument 'x' to have ndims >= %d.  Found tensor %s" % (1, x))
    axes = []
    for each in np.atleast_1d(known).tolist():
        if each >= ndims:
            raise ValueError('dim %d not in the interval [0, %d].' % (each, ndims - 1))
        if each < -ndims:
            raise ValueError('Negatively indexed dim %d not in the interval [-%d, -1]' % (each, ndims))
        axes.append(each % ndims)
    return axes


def _moved_to_end(x, axis):
    """`x` with the axes as one, the last."""
    front = [each for each in range(x.get_shape().ndims) if each not in axis]
    moved = array_ops.transpose(x, perm=front + list(axis))
    if x.get_shape().is_fully_defined():
        sizes = x.get_shape().as_list()
        return array_ops.reshape(moved, shape=[sizes[each] for each in front] + [
            int(np.prod([sizes[each] for each in axis]))])
    return array_ops.reshape(moved, shape=array_ops.concat([array_ops.shape(moved)[:len(front)], [-1]], axis=0))


def _float_dtype(variable, name):
    dtype = variable.dtype.base_dtype
    if not dtype.is_floating:
        raise TypeError('{}.base_dtype({}) does not have float type `dtype`.'.format(name, dtype.name))
    return dtype


def assign_moving_mean_variance(mean_var, variance_var, value, decay, name=None):
    """Moves a mean and a variance towards `value`, by 1 - `decay` of the way; both variables."""
    with ops.name_scope(name, 'assign_moving_mean_variance', [variance_var, mean_var, value, decay]):
        with ops.colocate_with(variance_var):
            with ops.colocate_with(mean_var):
                dtype = _float_dtype(mean_var, 'mean_var')
                if dtype != variance_var.dtype.base_dtype:
                    raise TypeError('mean_var.base_dtype({}) != variance_var.base_dtype({})'.format(
                        dtype.name, variance_var.dtype.base_dtype.name))
                value, decay = [ops.convert_to_tensor(given, dtype=dtype, name=argument)
                                for argument, given in (('value', value), ('decay', decay))]
                off = value - mean_var
                with ops.control_dependencies([off]):
                    moved = state_ops.assign_add(mean_var, (1. - decay) * off)
                    spread = (1. - decay) * (variance_var - decay * math_ops.square(off))
                    return moved, state_ops.assign_sub(variance_var, spread)


def assign_log_moving_mean_exp(log_mean_exp_var, log_value, decay, name=None):
    """Moves the mean of exp(`log_value`), of which the variable has the logarithm."""
    with ops.name_scope(name, 'assign_log_moving_mean_exp', [log_mean_exp_var, log_value, decay]):
        with ops.colocate_with(log_mean_exp_var):
            dtype = _float_dtype(log_mean_exp_var, 'log_mean_exp_var')
            log_value = ops.convert_to_tensor(log_value, dtype=dtype, name='log_value')
            decay = ops.convert_to_tensor(decay, dtype=dtype, name='decay')
            delta = (log_value - log_mean_exp_var)[array_ops.newaxis, ...]
            terms = array_ops.concat([math_ops.log(decay) * array_ops.ones_like(delta),
                                      delta + math_ops.log1p(-decay)], axis=0)
            return log_mean_exp_var.assign_add(math_ops.reduce_logsumexp(terms, axis=0))


def moving_mean_variance(value, decay, collections=None, name=None):
    """Variables of the moving mean and variance of `value`, moved by each run."""
    collections = [ops.GraphKeys.GLOBAL_VARIABLES] if collections is None else collections
    with variable_scope.variable_scope(name, 'moving_mean_variance', [value, decay]):
        value = ops.convert_to_tensor(value, name='value')
        decay = ops.convert_to_tensor(decay, dtype=_float_dtype(value, 'value'), name='decay')

        def variable(name):
            return variable_scope.get_variable(name, shape=value.shape, dtype=value.dtype, trainable=False,
                                               initializer=init_ops.zeros_initializer(), collections=collections)

        variance = variable('moving_variance')
        return assign_moving_mean_variance(variable('moving_mean'), variance, value, decay)
