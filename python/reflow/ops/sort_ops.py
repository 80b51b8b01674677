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
    """By top_k of all, which works along the last axis: another axis takes its place meanwhile."""
    from reflow.ops import array_ops
    from reflow.ops import nn_ops
    size, rank = array_ops.shape(values)[axis], array_ops.rank(values)
    is_last = axis == -1 or axis + 1 == values.shape.ndims
    swap = None if is_last else _swap_with_last(axis, rank, values.shape.ndims)
    sorted_values, places = nn_ops.top_k(values if is_last else array_ops.transpose(values, swap), size)
    result = places if return_argsort else sorted_values
    return result if is_last else array_ops.transpose(result, swap)


def _swap_with_last(axis, rank, static_rank):
    """The permutation that swaps an axis and the last one."""
    from reflow.ops import array_ops
    from reflow.ops import math_ops
    if axis < 0:
        axis += static_rank or rank
    if static_rank is None:
        between = [math_ops.range(axis), [rank - 1], math_ops.range(axis + 1, rank - 1), [axis]]
        return array_ops.concat(between, axis=0)
    order = np.arange(static_rank)
    order[[axis, -1]] = order[[-1, axis]]
    return constant_op.constant_v1(order, name='transposition')


def _ascending_sort(values, axis, return_argsort=False):
    result = _descending_sort(-values, axis, return_argsort)
    return result if return_argsort else -result
