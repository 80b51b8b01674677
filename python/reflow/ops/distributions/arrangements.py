"""Shapes and arrangements of the tensors of distributions: known beforehand where they can be."""

import numpy as np

from reflow.framework import dtypes
from reflow.framework import ops
from reflow.framework import tensor_shape
from reflow.framework import tensor_util
from reflow.ops import array_ops
from reflow.ops import check_ops
from reflow.ops import math_ops

__all__ = ['maybe_get_static_value', 'matrix_diag_transform', 'pad', 'pick_vector', 'prefer_static_broadcast_shape',
           'prefer_static_rank', 'prefer_static_shape', 'prefer_static_value', 'reduce_weighted_logsumexp',
           'rotate_transpose', 'tridiag']


def maybe_get_static_value(x, dtype=None):
    """The value of `x`, None where it isn't known."""
    if x is None:
        return x
    value = tensor_util.constant_value(x) if tensor_util.is_tensor(x) else x
    return value if value is None or dtype is None else np.array(value, dtype)


def prefer_static_value(x):
    """The value of a tensor if it is known, else the tensor."""
    value = tensor_util.constant_value(x)
    return x if value is None else value


def prefer_static_rank(x):
    """The rank of a tensor, as a number if it is known."""
    return prefer_static_value(array_ops.rank(x))


def prefer_static_shape(x):
    """The shape of a tensor, as an array if it is known."""
    return prefer_static_value(array_ops.shape(x))


def prefer_static_broadcast_shape(shape1, shape2, name='prefer_static_broadcast_shape'):
    """What both shapes broadcast to, as a TensorShape if it is known."""
    def tensor_of(shape):
        return ops.convert_to_tensor(shape, name='shape', dtype=dtypes.int32)

    def static(shape):
        if isinstance(shape, tensor_shape.TensorShape):
            return shape
        value = tensor_util.constant_value(tensor_of(shape))
        return None if value is None else tensor_shape.TensorShape(value)

    def dynamic(shape):
        if not isinstance(shape, tensor_shape.TensorShape):
            return tensor_of(shape)
        if not shape.is_fully_defined():
            raise ValueError('Cannot broadcast from partially defined `TensorShape`.')
        return tensor_of(shape.as_list())

    with ops.name_scope(name, values=[shape1, shape2]):
        known = [static(shape1), static(shape2)]
        if None not in known:
            return array_ops.broadcast_static_shape(*known)
        return array_ops.broadcast_dynamic_shape(dynamic(shape1), dynamic(shape2))


def rotate_transpose(x, shift, name='rotate_transpose'):
    """`x` with its dimensions moved round by `shift` to the right."""
    with ops.name_scope(name, values=[x, shift]):
        x = ops.convert_to_tensor(x, name='x')
        shift = ops.convert_to_tensor(shift, name='shift')
        check_ops.assert_integer(shift)
        steps, ndims = tensor_util.constant_value(shift), x.get_shape().ndims
        if ndims is not None and steps is not None:
            if ndims < 2 or steps % ndims == 0:
                return x
            return array_ops.transpose(x, perm=np.roll(np.arange(ndims), steps))
        ndims = array_ops.rank(x)
        first = array_ops.where_v2(math_ops.less(shift, 0), math_ops.mod(-shift, ndims),
                                   ndims - math_ops.mod(shift, ndims))
        head = math_ops.range(0, first)
        return array_ops.transpose(x, perm=array_ops.concat([math_ops.range(first, ndims), head], 0))


def pick_vector(cond, true_vector, false_vector, name='pick_vector'):
    """One of two vectors, which may differ in length."""
    with ops.name_scope(name, values=(cond, true_vector, false_vector)):
        cond = ops.convert_to_tensor(cond, name='cond')
        if cond.dtype != dtypes.bool:
            raise TypeError('%s.dtype=%s which is not %s' % (cond, cond.dtype, dtypes.bool))
        known = tensor_util.constant_value(cond)
        if known is not None:
            return true_vector if known else false_vector
        vectors = [ops.convert_to_tensor(true_vector, name='true_vector'),
                   ops.convert_to_tensor(false_vector, name='false_vector')]
        if vectors[0].dtype != vectors[1].dtype:
            raise TypeError('%s.dtype=%s does not match %s.dtype=%s' % (
                vectors[0], vectors[0].dtype, vectors[1], vectors[1].dtype))
        size = array_ops.shape(vectors[0])[0]
        both = array_ops.concat(vectors, 0)
        return array_ops.slice(both, [array_ops.where_v2(cond, 0, size)], [array_ops.where(cond, size, -1)])


def matrix_diag_transform(matrix, transform=None, name=None):
    """The matrices with `transform` of their diagonals in place of these."""
    with ops.name_scope(name, 'matrix_diag_transform', [matrix]):
        matrix = ops.convert_to_tensor(matrix, name='matrix')
        if transform is None:
            return matrix
        return array_ops.matrix_set_diag(matrix, transform(array_ops.matrix_diag_part(matrix)))


def tridiag(below=None, diag=None, above=None, name=None):
    """Matrices of what is below, on and above the diagonal."""
    def padded(x):
        zero = array_ops.zeros(array_ops.concat([array_ops.shape(x)[:-1], [1]], axis=0), dtype=x.dtype)
        return array_ops.concat([zero, x, zero], axis=-1)

    with ops.name_scope(name, 'tridiag', [below, diag, above]):
        parts = []
        if below is not None:
            below = ops.convert_to_tensor(below, name='below')
            parts.append(array_ops.matrix_diag(padded(below))[..., :-1, 1:])
        if diag is not None:
            parts.append(array_ops.matrix_diag(ops.convert_to_tensor(diag, name='diag')))
        if above is not None:
            above = ops.convert_to_tensor(above, name='above')
            parts.append(array_ops.matrix_diag(padded(above))[..., 1:, :-1])
        if not parts:
            raise ValueError('Must specify at least one of `below`, `diag`, `above`.')
        return sum(parts[1:], parts[0])


def reduce_weighted_logsumexp(logx, w=None, axis=None, keep_dims=False, return_sign=False, name=None):
    """log(abs(sum(w exp(logx)))) over `axis`, and the sign of the sum if that is wanted; the weights may be negative."""
    with ops.name_scope(name, 'reduce_weighted_logsumexp', [logx, w]):
        logx = ops.convert_to_tensor(logx, name='logx')
        if w is None:
            result = math_ops.reduce_logsumexp(logx, axis=axis, keepdims=keep_dims)
            return (result, array_ops.ones_like(result)) if return_sign else result
        w = ops.convert_to_tensor(w, dtype=logx.dtype, name='w')
        terms = logx + math_ops.log(math_ops.abs(w))
        largest = math_ops.reduce_max(terms, axis=axis, keepdims=True)
        largest = array_ops.where_v2(math_ops.is_inf(largest), array_ops.zeros_like(largest), largest)
        total = math_ops.reduce_sum(math_ops.sign(w) * math_ops.exp(terms - largest), axis=axis, keepdims=keep_dims)
        if not keep_dims:
            largest = array_ops.squeeze(largest, axis)
        sign = math_ops.sign(total)
        result = largest + math_ops.log(sign * total)
        return (result, sign) if return_sign else result


def pad(x, axis, front=False, back=False, value=0, count=1, name=None):
    """`x` with `count` times `value` at the front or back of a dimension."""
    with ops.name_scope(name, 'pad', [x, value, count]):
        x = ops.convert_to_tensor(x, name='x')
        value, count = ops.convert_to_tensor(value, dtype=x.dtype, name='value'), ops.convert_to_tensor(count, name='count')
        if not count.dtype.is_integer:
            raise TypeError('`count.dtype` (`%s`) must be `int`-like.' % count.dtype.name)
        if not (front or back):
            raise ValueError('At least one of `front`, `back` must be `True`.')
        ndims = x.shape.ndims
        if ndims is None:
            ndims = array_ops.rank(x, name='ndims')
        axis = ops.convert_to_tensor(axis, name='axis')
        known = tensor_util.constant_value(axis)
        shape = None
        if known is None:
            axis = array_ops.where_v2(axis < 0, ndims + axis, axis)
        else:
            axis = ndims + known if known < 0 else known
            if x.shape.ndims is not None:
                added = tensor_util.constant_value(count)
                size = None if added is None else x.shape[int(axis)] + int(added) * (front + back)
                shape = x.shape[:axis].concatenate([size]).concatenate(x.shape[axis + 1:])
        where = array_ops.stack([axis if front else -1, axis if back else -1])
        x = array_ops.pad(x, paddings=array_ops.one_hot(indices=where, depth=ndims, axis=0, on_value=count,
                                                        dtype=dtypes.int32), constant_values=value)
        if shape is not None:
            x.set_shape(shape)
        return x
