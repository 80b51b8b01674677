"""What distributions share: logits and probabilities, seeds, checks of integers."""

import hashlib

from reflow.framework import dtypes
from reflow.framework import ops
from reflow.framework import tensor_shape
from reflow.ops import array_ops
from reflow.ops import check_ops
from reflow.ops import control_flow_ops
from reflow.ops import math_ops
from reflow.ops import nn
from reflow.ops.distributions.arrangements import (  # noqa: F401
    matrix_diag_transform, maybe_get_static_value, pad, pick_vector, prefer_static_broadcast_shape, prefer_static_rank,
    prefer_static_shape, prefer_static_value, reduce_weighted_logsumexp, rotate_transpose, tridiag)

__all__ = ['gen_new_seed', 'get_logits_and_probs', 'embed_check_nonnegative_integer_form', 'embed_check_integer_casting_closed',
           'embed_check_categorical_event_shape', 'log_combinations', 'same_dynamic_shape', 'softplus_inverse',
           'assert_integer_form', 'assert_symmetric', 'dimension_size', 'with_dependencies', 'fill_triangular',
           'fill_triangular_inverse', 'matrix_diag_transform', 'maybe_get_static_value', 'pad', 'pick_vector',
           'prefer_static_broadcast_shape', 'prefer_static_rank', 'prefer_static_shape', 'prefer_static_value',
           'reduce_weighted_logsumexp', 'rotate_transpose', 'tridiag']


def gen_new_seed(seed, salt):
    """Another seed, of a seed and a word."""
    if seed is None:
        return None
    return int(hashlib.md5((str(seed) + salt).encode('utf-8')).hexdigest()[:8], 16) & 0x7FFFFFFF


def with_dependencies(dependencies, output_tensor, name=None):
    """`output_tensor` after the dependencies."""
    return control_flow_ops.with_dependencies(dependencies, output_tensor, name=name)


def dimension_size(x, axis):
    """The size of a dimension, as a tensor; a constant where it is known."""
    dims = x.get_shape().dims
    if dims is not None and dims[axis].value is not None:
        return ops.convert_to_tensor(dims[axis].value, name='static_value')
    return array_ops.shape(x)[axis]


def get_logits_and_probs(logits=None, probs=None, multidimensional=False, validate_args=False,
                         name='get_logits_and_probs', dtype=None):
    """(logits, probabilities), where one of them is given; along the last dimension if `multidimensional`."""
    with ops.name_scope(name, values=[probs, logits]):
        if (probs is None) == (logits is None):
            raise ValueError('Must pass probs or logits, but not both.')
        if probs is None:
            logits = _floating(logits, 'logits', dtype)
            if multidimensional and validate_args:
                logits = embed_check_categorical_event_shape(logits)
            return logits, (nn.softmax if multidimensional else math_ops.sigmoid)(logits, name='probs')
        probs = _floating(probs, 'probs', dtype)
        if validate_args:
            probs = _valid_probs(probs, multidimensional)
        with ops.name_scope('logits'):
            log_probs = math_ops.log(probs)
            return log_probs if multidimensional else log_probs - math_ops.log1p(-1. * probs), probs


def _floating(value, name, dtype):
    value = ops.convert_to_tensor(value, name=name, dtype=dtype)
    if not value.dtype.is_floating:
        raise TypeError('%s must having floating type.' % name)
    return value


def _valid_probs(probs, multidimensional):
    """`probs`, after assertions that they lie between 0 and 1, or add up to 1."""
    with ops.name_scope('validate_probs'):
        one = ops.convert_to_tensor(1., dtype=probs.dtype.base_dtype)
        checks = [check_ops.assert_non_negative(probs)]
        if multidimensional:
            probs = embed_check_categorical_event_shape(probs)
            total = math_ops.reduce_sum(probs, -1)
            checks.append(check_ops.assert_near(total, one, message='probs does not sum to 1.'))
        else:
            checks.append(check_ops.assert_less_equal(probs, one, message='probs has components greater than 1.'))
        return control_flow_ops.with_dependencies(checks, probs)


def assert_integer_form(x, data=None, summarize=None, message=None, int_dtype=None, name='assert_integer_form'):
    """An assertion that the numbers of `x` are whole."""
    with ops.name_scope(name, values=[x, data]):
        x = ops.convert_to_tensor(x, name='x')
        if x.dtype.is_integer:
            return control_flow_ops.no_op()
        message = message or '{} has non-integer components'.format(x)
        if int_dtype is None:
            int_dtype = {dtypes.float16: dtypes.int16, dtypes.float32: dtypes.int32,
                         dtypes.float64: dtypes.int64}.get(x.dtype.base_dtype)
            if int_dtype is None:
                raise TypeError('Unrecognized type {}'.format(x.dtype.name))
        return check_ops.assert_equal(x, math_ops.cast(math_ops.cast(x, int_dtype), x.dtype), data=data,
                                      summarize=summarize, message=message, name=name)


def checked_positive(value, validate_args, name=None):
    """`value` under a name, after an assertion that it is positive if arguments are to be validated."""
    with ops.control_dependencies([check_ops.assert_positive(value)] if validate_args else []):
        return array_ops.identity(value, name=name)


def assert_symmetric(matrix):
    """`matrix` after an assertion that it is its own transpose."""
    transposed = array_ops.matrix_transpose(matrix)
    return control_flow_ops.with_dependencies([check_ops.assert_equal(matrix, transposed)], matrix)


def embed_check_nonnegative_integer_form(x, name='embed_check_nonnegative_integer_form'):
    """`x` after assertions that its numbers are whole and not negative."""
    with ops.name_scope(name, values=[x]):
        x = ops.convert_to_tensor(x, name='x')
        checks = [check_ops.assert_non_negative(x, message="'%s' must be non-negative." % x)]
        if not x.dtype.is_integer:
            checks.append(assert_integer_form(x, message="'%s' cannot contain fractional components." % x))
        return control_flow_ops.with_dependencies(checks, x)


def embed_check_categorical_event_shape(categorical_param, name='embed_check_categorical_event_shape'):
    """`categorical_param` after a check that there are two or more classes."""
    with ops.name_scope(name, values=[categorical_param]):
        x = ops.convert_to_tensor(categorical_param, name='categorical_param')
        x_shape = x.get_shape()
        if x_shape.ndims is not None and x_shape.ndims < 1:
            raise ValueError('A categorical-distribution parameter must have at least 1 dimension.')
        classes = tensor_shape.dimension_value(x_shape.with_rank_at_least(1)[-1]) if x_shape.ndims is not None else None
        if classes is None:
            size = array_ops.shape(x, out_type=dtypes.int64, name='x_shape')[-1]
            assertions = [check_ops.assert_rank_at_least(
                x, 1, message='A categorical-distribution parameter must have at least 1 dimension.')]
            assertions += [check_ops.assert_greater_equal(
                array_ops.shape(x)[-1], 2,
                message='A categorical-distribution parameter must have at least 2 events.')]
            with ops.control_dependencies([size]):
                return control_flow_ops.with_dependencies(assertions, x)
        if classes < 2:
            raise ValueError('A categorical-distribution parameter must have at least 2 events.')
        return x


def embed_check_integer_casting_closed(x, target_dtype, assert_nonnegative=True, name='embed_check_casting_closed'):
    """`x` after assertions that it is the same as `target_dtype`."""
    with ops.name_scope(name, values=[x]):
        x = ops.convert_to_tensor(x, name='x')
        assertions = []
        if assert_nonnegative:
            assertions += [check_ops.assert_non_negative(x, message='Elements must be non-negative.')]
        if x.dtype.is_floating:
            assertions += [assert_integer_form(x, int_dtype=target_dtype if target_dtype.is_integer else None,
                                               message='Elements must be {}-equivalent.'.format(target_dtype.name))]
        elif target_dtype.is_integer and x.dtype.max > target_dtype.max:
            assertions += [check_ops.assert_less_equal(
                x, target_dtype.max, message='Elements cannot exceed {}.'.format(target_dtype.max))]
        return control_flow_ops.with_dependencies(assertions, x) if assertions else x


def log_combinations(n, counts, name='log_combinations'):
    """The logarithm of n! / prod(counts!), along the last dimension."""
    with ops.name_scope(name, values=[n, counts]):
        n = ops.convert_to_tensor(n, name='n')
        counts = ops.convert_to_tensor(counts, name='counts')
        total_permutations = math_ops.lgamma(n + 1)
        counts_factorial = math_ops.lgamma(counts + 1)
        return total_permutations - math_ops.reduce_sum(counts_factorial, axis=[-1])


def same_dynamic_shape(a, b):
    """Whether both have the same shape, as a tensor."""
    a, b = ops.convert_to_tensor(a, name='a'), ops.convert_to_tensor(b, name='b')

    def joined(*tensors):
        return array_ops.concat([array_ops.shape(tensor) for tensor in tensors], 0)

    # The branch is built also where the ranks are known to differ; joined, both have the same length.
    return control_flow_ops.cond(math_ops.equal(array_ops.rank(a), array_ops.rank(b)),
                                 lambda: math_ops.reduce_all(math_ops.equal(joined(a, b), joined(b, a))),
                                 lambda: ops.convert_to_tensor(False))


def softplus_inverse(x, name=None):
    """What softplus makes `x` of, also where that overflows."""
    import numpy as np
    with ops.name_scope(name, 'softplus_inverse', values=[x]):
        x = ops.convert_to_tensor(x, name='x')
        least = np.log(np.finfo(x.dtype.as_numpy_dtype).eps) + 2.
        is_small, is_large = math_ops.less(x, np.exp(least)), math_ops.greater(x, -least)
        of_small, of_large = math_ops.log(x), x  # exp(y) = x there, and y = x
        safe = array_ops.where_v2(math_ops.logical_or(is_small, is_large), array_ops.ones_like(x), x)
        between = safe + math_ops.log(-math_ops.expm1(-safe))
        return array_ops.where_v2(is_small, of_small, array_ops.where_v2(is_large, of_large, between))


def fill_triangular(x, upper=False, name=None):
    """Triangular matrices of vectors of n (n + 1) / 2 numbers, filled in a spiral."""
    with ops.name_scope(name, 'fill_triangular', values=[x]):
        x = ops.convert_to_tensor(x, name='x')
        size = tensor_shape.dimension_value(x.shape.with_rank_at_least(1)[-1])
        if size is None:
            raise NotImplementedError('fill_triangular of a vector of unknown length')
        n = int((0.25 + 2. * size) ** 0.5 - 0.5)
        if n * (n + 1) // 2 != size:
            raise ValueError('Input right-most shape ({}) does not correspond to a triangular matrix.'.format(size))
        ndims = x.shape.ndims
        tail = x[..., n:]
        parts = [x, array_ops.reverse(tail, axis=[ndims - 1])] if upper else [
            tail, array_ops.reverse(x, axis=[ndims - 1])]
        new_shape = array_ops.concat([array_ops.shape(x)[:-1], [n, n]], axis=0)
        x = array_ops.reshape(array_ops.concat(parts, axis=ndims - 1), new_shape)
        return array_ops.matrix_band_part(x, num_lower=0 if upper else -1, num_upper=-1 if upper else 0)


def fill_triangular_inverse(x, upper=False, name=None):
    """The vectors that fill_triangular makes the matrices of."""
    with ops.name_scope(name, 'fill_triangular_inverse', values=[x]):
        x = ops.convert_to_tensor(x, name='x')
        n = tensor_shape.dimension_value(x.shape.with_rank_at_least(2)[-1])
        if n is None:
            raise NotImplementedError('fill_triangular_inverse of a matrix of unknown size')
        size = n * (n + 1) // 2
        ndims = x.shape.ndims
        if upper:
            initial, triangular = x[..., 0, :], x[..., 1:, :]
        else:
            initial = array_ops.reverse(x[..., -1, :], axis=[ndims - 2])
            triangular = x[..., :-1, :]
        rotated = array_ops.reverse(array_ops.reverse(triangular, axis=[ndims - 1]), axis=[ndims - 2])
        consolidated = triangular + rotated
        rest = array_ops.reshape(consolidated, array_ops.concat([array_ops.shape(x)[:-2], [n * (n - 1)]], axis=0))
        y = array_ops.concat([initial, rest[..., :size - n]], axis=-1)
        y.set_shape(y.get_shape().merge_with(x.shape[:-2].concatenate([size])))
        return y
