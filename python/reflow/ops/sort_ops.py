"""Sorting along an axis."""

import numpy as np

from reflow.framework import constant_op
from reflow.framework import ops
from reflow.framework import tensor_util


def sort(values, axis=-1, direction='ASCENDING', name=None):
    """The values along `axis` in order."""
    with ops.name_scope(name, 'sort'):
        return _sort_or_argsort(values, axis, direction, return_argsort=False)


def argsort(values, axis=-1, direction='ASCENDING', stable=False, name=None):
    """The indices along `axis` that put the values in order."""
    del stable  # it always is
    with ops.name_scope(name, 'argsort'):
        return _sort_or_argsort(values, axis, direction, return_argsort=True)


def _sort_or_argsort(values, axis, direction, return_argsort):
    if direction not in ('ASCENDING', 'DESCENDING'):
        raise ValueError('%s should be one of %s' % (direction, ', '.join(sorted(['DESCENDING', 'ASCENDING']))))
    # The axis says which code is built, so it has to be known.
    axis_static = tensor_util.constant_value(ops.convert_to_tensor(axis, name='axis'))
    if axis_static is None:
        raise ValueError('axis must be constant')
    if np.ndim(axis_static) != 0:
        raise ValueError('axis must be a scalar')
    values = ops.convert_to_tensor(values, name='values')
    arrange = _descending_sort if direction == 'DESCENDING' else _ascending_sort
    return arrange(values, int(axis_static), return_argsort)


def _descending_sort(values, axis, return_argsort=False):
    from reflow.ops import array_ops
    from reflow.ops import math_ops
    from reflow.ops import nn_ops
    k = array_ops.shape(values)[axis]
    rank = array_ops.rank(values)
    static_rank = values.shape.ndims
    if axis == -1 or axis + 1 == values.get_shape().ndims:  # top_k works along the last axis
        top_k_input = values
        transposition = None
    else:
        if axis < 0:
            axis += static_rank or rank
        if static_rank is not None:
            transposition = constant_op.constant_v1(
                np.r_[np.arange(axis), [static_rank - 1], np.arange(axis + 1, static_rank - 1), [axis]],
                name='transposition')
        else:
            transposition = array_ops.concat([
                math_ops.range(axis), [rank - 1], math_ops.range(axis + 1, rank - 1), [axis]], axis=0)
        top_k_input = array_ops.transpose(values, transposition)
    values, indices = nn_ops.top_k(top_k_input, k)
    result = indices if return_argsort else values
    return result if transposition is None else array_ops.transpose(result, transposition)


def _ascending_sort(values, axis, return_argsort=False):
    result = _descending_sort(-values, axis, return_argsort)
    return result if return_argsort else -result
