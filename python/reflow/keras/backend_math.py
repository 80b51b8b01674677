"""Keras' functions of tensors: arithmetic, reductions, shapes, random numbers."""

import numpy as np

from reflow.framework import dtypes
from reflow.framework import ops
from reflow.keras import backend_session
from reflow.keras.backend_config import floatx
from reflow.keras.backend_session import int_shape, is_sparse
from reflow.ops import array_ops
from reflow.ops import clip_ops
from reflow.ops import init_ops
from reflow.ops import linalg_ops
from reflow.ops import math_ops
from reflow.ops import random_ops
from reflow.ops import sparse_ops

# Keras' names for functions of Python that they hide here.
_range, _all, _abs = range, all, abs


def ndim(x):
    """The rank."""
    return x.shape.ndims


def shape(x):
    """The shape, as a tensor."""
    return array_ops.shape(x)


def cast(x, dtype):
    """The tensor in another type."""
    return math_ops.cast(x, dtype)


def count_params(x):
    """The number of elements of a tensor whose shape is known."""
    return np.prod(x.shape.as_list())


def _filled(make, shape, dtype, name):
    dtype = dtypes.as_dtype(dtype or floatx())
    value = make(shape=shape, dtype=dtype, name=name)
    if _all(size is not None for size in value.shape.as_list()):
        return backend_session.variable(value, dtype=dtype, name=name)
    return value


def zeros(shape, dtype=None, name=None):
    """A variable of zeros."""
    with ops.init_scope():
        return _filled(array_ops.zeros, shape, dtype, name)


def ones(shape, dtype=None, name=None):
    """A variable of ones."""
    with ops.init_scope():
        return _filled(array_ops.ones, shape, dtype, name)


def eye(size, dtype=None, name=None):
    """A variable that is the identity matrix."""
    return backend_session.variable(linalg_ops.eye(size, dtype=dtypes.as_dtype(dtype or floatx())), dtype, name)


def zeros_like(x, dtype=None, name=None):
    """Zeros of the shape of a tensor."""
    return array_ops.zeros_like(x, dtype=dtype, name=name)


def ones_like(x, dtype=None, name=None):
    """Ones of the shape of a tensor."""
    return array_ops.ones_like(x, dtype=dtype, name=name)


def identity(x, name=None):
    """The same values."""
    return array_ops.identity(x, name=name)


def random_uniform_variable(shape, low, high, dtype=None, name=None, seed=None):
    """A variable that is uniform in [low, high)."""
    dtype = dtypes.as_dtype(dtype or floatx())
    seed = np.random.randint(10e8) if seed is None else seed
    return backend_session.variable(init_ops.RandomUniform(low, high, dtype=dtype, seed=seed)(shape), dtype=dtype,
                                    name=name)


def random_normal_variable(shape, mean, scale, dtype=None, name=None, seed=None):
    """A variable that is normal."""
    dtype = dtypes.as_dtype(dtype or floatx())
    seed = np.random.randint(10e8) if seed is None else seed
    return backend_session.variable(init_ops.RandomNormal(mean, scale, dtype=dtype, seed=seed)(shape), dtype=dtype,
                                    name=name)


def random_uniform(shape, minval=0.0, maxval=1.0, dtype=None, seed=None):
    """Numbers that are uniform in [minval, maxval)."""
    seed = np.random.randint(10e6) if seed is None else seed
    return random_ops.random_uniform(shape, minval=minval, maxval=maxval, dtype=dtype or floatx(), seed=seed)


def random_normal(shape, mean=0.0, stddev=1.0, dtype=None, seed=None):
    """Numbers that are normal."""
    seed = np.random.randint(10e6) if seed is None else seed
    return random_ops.random_normal(shape, mean=mean, stddev=stddev, dtype=dtype or floatx(), seed=seed)


def random_binomial(shape, p=0.0, dtype=None, seed=None):
    """Ones with the probability p, else zeros."""
    dtype = dtype or floatx()
    seed = np.random.randint(10e6) if seed is None else seed
    return array_ops.where(random_ops.random_uniform(shape, dtype=dtype, seed=seed) <= p,
                           array_ops.ones(shape, dtype=dtype), array_ops.zeros(shape, dtype=dtype))


def truncated_normal(shape, mean=0.0, stddev=1.0, dtype=None, seed=None):
    """Numbers that are normal, none further than two standard deviations from the mean."""
    seed = np.random.randint(10e6) if seed is None else seed
    return random_ops.truncated_normal(shape, mean, stddev, dtype=dtype or floatx(), seed=seed)


def dot(x, y):
    """The product of the last dimension of x and the last but one of y."""
    if ndim(x) is not None and (ndim(x) > 2 or ndim(y) > 2):
        x_shape = [dynamic if size is None else size
                   for size, dynamic in zip(int_shape(x), array_ops.unstack(array_ops.shape(x)))]
        y_shape = [dynamic if size is None else size
                   for size, dynamic in zip(int_shape(y), array_ops.unstack(array_ops.shape(y)))]
        order = list(_range(ndim(y)))
        order = [order.pop(-2)] + order
        xt = array_ops.reshape(x, [-1, x_shape[-1]])
        yt = array_ops.reshape(array_ops.transpose(y, perm=order), [y_shape[-2], -1])
        return array_ops.reshape(math_ops.matmul(xt, yt), x_shape[:-1] + y_shape[:-2] + y_shape[-1:])
    if is_sparse(x):
        return sparse_ops.sparse_tensor_dense_matmul(x, y)
    return math_ops.matmul(x, y)


def batch_dot(x, y, axes=None):
    """The product of a dimension of x and one of y, sample by sample: that of the matrices which their last two are."""
    x_rank, y_rank = ndim(x), ndim(y)
    missing = _abs(x_rank - y_rank)
    if axes is None:
        axes = x_rank - 1, y_rank - 2
    x_axis, y_axis = (axes, axes) if isinstance(axes, int) else axes
    if x_rank > y_rank:
        y = _with_ones(y, missing)
    elif y_rank > x_rank:
        x = _with_ones(x, missing)
    if ndim(x) == ndim(y) == 2:
        left = x if x_axis == y_axis else array_ops.transpose(x, [1, 0])
        result = math_ops.reduce_sum(math_ops.multiply(left, y), y_axis)
    else:
        result = math_ops.matmul(x, y, adjoint_a=x_axis != ndim(x) - 1, adjoint_b=y_axis == ndim(y) - 1)
    if missing:
        first = x_rank + y_rank - 3 if x_rank > y_rank else x_rank - 1
        result = array_ops.squeeze(result, list(_range(first, first + missing)))
    return array_ops.expand_dims(result, 1) if ndim(result) == 1 else result


def _with_ones(x, number):
    """`x` with so many dimensions of one element behind its own."""
    return array_ops.reshape(x, array_ops.concat([array_ops.shape(x), [1] * number], axis=0))


def transpose(x):
    """The dimensions in reverse order."""
    return array_ops.transpose(x)


def gather(reference, indices):
    """The rows with these indices."""
    return array_ops.gather(reference, indices)


def max(x, axis=None, keepdims=False):  # noqa: A001: Keras' names
    """The largest value."""
    return math_ops.reduce_max(x, axis, keepdims)


def min(x, axis=None, keepdims=False):  # noqa: A001
    """The smallest value."""
    return math_ops.reduce_min(x, axis, keepdims)


def sum(x, axis=None, keepdims=False):  # noqa: A001
    """The sum."""
    return math_ops.reduce_sum(x, axis, keepdims)


def prod(x, axis=None, keepdims=False):
    """The product."""
    return math_ops.reduce_prod(x, axis, keepdims)


def cumsum(x, axis=0):
    """Cumulative sums."""
    return math_ops.cumsum(x, axis=axis)


def cumprod(x, axis=0):
    """Cumulative products."""
    return math_ops.cumprod(x, axis=axis)


def var(x, axis=None, keepdims=False):
    """The variance."""
    if x.dtype.base_dtype == dtypes.bool:
        x = math_ops.cast(x, floatx())
    return math_ops.reduce_variance(x, axis=axis, keepdims=keepdims)


def std(x, axis=None, keepdims=False):
    """The standard deviation."""
    if x.dtype.base_dtype == dtypes.bool:
        x = math_ops.cast(x, floatx())
    return math_ops.reduce_std(x, axis=axis, keepdims=keepdims)


def mean(x, axis=None, keepdims=False):
    """The mean."""
    if x.dtype.base_dtype == dtypes.bool:
        x = math_ops.cast(x, floatx())
    return math_ops.reduce_mean(x, axis, keepdims)


def any(x, axis=None, keepdims=False):  # noqa: A001
    """Whether any is true."""
    return math_ops.reduce_any(math_ops.cast(x, dtypes.bool), axis, keepdims)


def all(x, axis=None, keepdims=False):  # noqa: A001
    """Whether all are true."""
    return math_ops.reduce_all(math_ops.cast(x, dtypes.bool), axis, keepdims)


def argmax(x, axis=-1):
    """The index of the largest value."""
    return math_ops.argmax(x, axis)


def argmin(x, axis=-1):
    """The index of the smallest value."""
    return math_ops.argmin(x, axis)


def square(x):
    """x * x."""
    return math_ops.square(x)


def abs(x):  # noqa: A001
    """The absolute value."""
    return math_ops.abs(x)


def sqrt(x):
    """The square root; of negative numbers 0."""
    zero = ops.convert_to_tensor(0., x.dtype.base_dtype)
    infinity = ops.convert_to_tensor(np.inf, x.dtype.base_dtype)
    return math_ops.sqrt(clip_ops.clip_by_value(x, zero, infinity))


def exp(x):
    """e to the power x."""
    return math_ops.exp(x)


def log(x):
    """The natural logarithm."""
    return math_ops.log(x)


def logsumexp(x, axis=None, keepdims=False):
    """log(sum(exp(x)))."""
    return math_ops.reduce_logsumexp(x, axis, keepdims)


def round(x):  # noqa: A001
    """The nearest integer, the even one of two."""
    return math_ops.round(x)


def sign(x):
    """-1, 0 or 1."""
    return math_ops.sign(x)


def pow(x, a):  # noqa: A001
    """x to the power a."""
    return math_ops.pow(x, a)


def clip(x, min_value, max_value):
    """x between two limits; None: there is no such limit."""
    if isinstance(min_value, (int, float)) and isinstance(max_value, (int, float)) and max_value < min_value:
        max_value = min_value
    if min_value is None:
        min_value = -np.inf
    if max_value is None:
        max_value = np.inf
    dtype = x.dtype.base_dtype
    return clip_ops.clip_by_value(x, ops.convert_to_tensor(min_value, dtype=dtype),
                                  ops.convert_to_tensor(max_value, dtype=dtype))


def equal(x, y):
    """x == y."""
    return math_ops.equal(x, y)


def not_equal(x, y):
    """x != y."""
    return math_ops.not_equal(x, y)


def greater(x, y):
    """x > y."""
    return math_ops.greater(x, y)


def greater_equal(x, y):
    """x >= y."""
    return math_ops.greater_equal(x, y)


def less(x, y):
    """x < y."""
    return math_ops.less(x, y)


def less_equal(x, y):
    """x <= y."""
    return math_ops.less_equal(x, y)


def maximum(x, y):
    """The larger of each two."""
    return math_ops.maximum(x, y)


def minimum(x, y):
    """The smaller of each two."""
    return math_ops.minimum(x, y)


def sin(x):
    """The sine."""
    return math_ops.sin(x)


def cos(x):
    """The cosine."""
    return math_ops.cos(x)
