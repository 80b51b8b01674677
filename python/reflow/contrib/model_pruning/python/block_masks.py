"""Masks of blocks of weights, and their assignment to variables that lie in parts."""

import numpy as np

from reflow.framework import constant_op
from reflow.framework import dtypes
from reflow.framework import ops
from reflow.ops import array_ops
from reflow.ops import control_flow_ops
from reflow.ops import nn_ops
from reflow.ops import state_ops


def expand(matrix, block_dims):
    """The matrix with each element as a block of that height and width. ValueError: it is none."""
    if matrix.get_shape().ndims != 2:
        raise ValueError('Input tensor must be rank 2')
    if len(block_dims) != 2:
        raise ValueError('block_dims must have 2 elements')
    height, width = block_dims
    if height > 1:
        matrix = _repeated_rows(matrix, height)
    if width > 1:
        matrix = array_ops.transpose(_repeated_rows(array_ops.transpose(matrix), width))
    return matrix


def _repeated_rows(matrix, times):
    rows, columns = matrix.shape.as_list()
    indices = (np.arange(rows) * times + np.arange(times)[:, None]).reshape(-1, 1).astype(np.int32)
    indices = constant_op.constant(indices)
    return array_ops.scatter_nd(indices, array_ops.tile(matrix, [times, 1]), [rows * times, columns])


def factorized_pool(matrix, window_shape, pooling_type, strides, padding, name=None):
    """A matrix pooled along its rows, then along its columns. ValueError: it is none."""
    if matrix.get_shape().ndims != 2:
        raise ValueError('factorized_pool() accepts tensors of rank 2 only')
    height, width = matrix.get_shape()
    with ops.name_scope(name, 'factorized_pool'):
        pooled = array_ops.reshape(matrix, [1, 1, height, width], name=matrix.op.name + '_aligned')
        for size, stride in zip(window_shape, strides):
            pooled = nn_ops.pool(pooled, window_shape=[1, size], pooling_type=pooling_type, strides=[1, stride], padding=padding)
            pooled = array_ops.transpose(pooled, perm=[0, 1, 3, 2])
    return array_ops.squeeze(pooled, axis=[0, 1])


def assign(variable, value):
    """The operation that gives a variable its value."""
    return state_ops.assign(variable, value, name=variable.op.name + '_assign')


def assign_parts(variable, value):
    """The same for a variable of several parts."""
    whole, axis = np.array(variable.get_shape().as_list()), 0
    for part in variable if len(variable) > 1 else ():
        is_shorter = np.array(part.get_shape().as_list()) < whole
        if np.count_nonzero(is_shorter) != 1:
            raise ValueError('Number of partitioned axes %s not equal to 1' % np.count_nonzero(is_shorter))
        axis = int(np.where(is_shorter)[0][0])
    sizes = ops.convert_to_tensor(np.array([part.get_shape().as_list()[axis] for part in variable]), dtype=dtypes.int32)
    values = array_ops.split(value, sizes, axis=axis)
    return control_flow_ops.group(*[assign(part, own) for part, own in zip(variable, values)],
                                  name=variable.name + '_group_assign')
