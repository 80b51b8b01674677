"""Ragged tensors of nested lists."""

import numpy as np

from reflow.framework import constant_op
from reflow.framework import dtypes
from reflow.framework import ops
from reflow.framework import tensor_shape
from reflow.ops import array_ops
from reflow.ops.ragged import ragged_tensor
from reflow.ops.ragged import ragged_tensor_value


def constant(pylist, dtype=None, ragged_rank=None, inner_shape=None, name=None, row_splits_dtype=dtypes.int64):
    """A constant RaggedTensor of nested lists, or a Tensor where they have no rows."""
    def factory(values, row_splits):
        return ragged_tensor.RaggedTensor.from_row_splits(
            values, constant_op.constant(row_splits, dtype=row_splits_dtype), validate=False)

    def inner(values, dtype, shape, name):
        return constant_op.constant(values, dtype, shape, name)
    with ops.name_scope(name, 'RaggedConstant'):
        return _constant_value(factory, inner, pylist, dtype, ragged_rank, inner_shape)


def constant_value(pylist, dtype=None, ragged_rank=None, inner_shape=None, row_splits_dtype='int64'):
    """A RaggedTensorValue of nested lists, or an array where they have no rows."""
    if dtype is not None and isinstance(dtype, dtypes.DType):
        dtype = dtype.as_numpy_dtype
    row_splits_dtype = dtypes.as_dtype(row_splits_dtype).as_numpy_dtype

    def factory(values, row_splits):
        return ragged_tensor_value.RaggedTensorValue(values, np.array(row_splits, dtype=row_splits_dtype))

    def inner(values, dtype, shape, name):
        del name
        return np.reshape(np.array(values, dtype=dtype), shape)
    return _constant_value(factory, inner, pylist, dtype, ragged_rank, inner_shape)


def placeholder(dtype, ragged_rank, value_shape=None, name=None):
    """A RaggedTensor that has to be fed."""
    if ragged_rank == 0:
        return array_ops.placeholder(dtype, value_shape, name)
    with ops.name_scope(name, 'RaggedPlaceholder', []):
        values = array_ops.placeholder(dtype, tensor_shape.TensorShape([None]).concatenate(value_shape), 'flat_values')
        for level in range(ragged_rank - 1, -1, -1):
            splits = array_ops.placeholder(dtypes.int64, [None], 'row_splits_%d' % level)
            values = ragged_tensor.RaggedTensor.from_row_splits(values, splits, validate=False)
        return values


def _constant_value(ragged_factory, inner_factory, pylist, dtype, ragged_rank, inner_shape):
    if isinstance(pylist, (np.ndarray, np.generic)):
        pylist = pylist.tolist()
    if ragged_rank is not None and ragged_rank < 0:
        raise ValueError('ragged_rank must be nonnegative; got %d' % ragged_rank)
    if not _is_list(pylist):
        if ragged_rank is not None and ragged_rank > 0:
            raise ValueError('Invalid pylist=%r: incompatible with ragged_rank=%d' % (pylist, ragged_rank))
        if inner_shape is not None and inner_shape:
            raise ValueError('Invalid pylist=%r: incompatible with dim(inner_shape)=%d' % (pylist, len(inner_shape)))
        return inner_factory(pylist, dtype, (), '')

    scalar_depth, max_depth = _depths(pylist)
    if scalar_depth is not None and max_depth > scalar_depth:
        raise ValueError('Invalid pylist=%r: empty list nesting is greater than scalar value nesting' % pylist)
    if inner_shape is not None and ragged_rank is not None:
        expected = ragged_rank + 1 + len(inner_shape)
        if scalar_depth is not None and expected != scalar_depth or expected < max_depth:
            raise ValueError('Invalid pylist=%r: incompatible with ragged_rank=%d and dim(inner_shape)=%d' % (
                pylist, ragged_rank, len(inner_shape)))
    if ragged_rank is None:
        if inner_shape is None:
            ragged_rank = max(1, max_depth - 1)
        else:
            ragged_rank = max(1, max_depth - 1 - len(inner_shape))
    if inner_shape is None:
        inner_shape = _inner_shape(pylist, ragged_rank) if scalar_depth is not None or max_depth > ragged_rank + 1 else ()

    splits, values = [], pylist
    for _ in range(ragged_rank):
        row_splits, flat = [0], []
        for row in values:
            if not _is_list(row):
                raise ValueError('Invalid pylist=%r: incompatible with ragged_rank=%d' % (pylist, ragged_rank))
            flat.extend(row)
            row_splits.append(len(flat))
        splits.append(row_splits)
        values = flat
    values = inner_factory(values, dtype, (len(values),) + tuple(inner_shape), 'values')
    for row_splits in reversed(splits):
        values = ragged_factory(values, row_splits)
    return values


def _is_list(value):
    return isinstance(value, (list, tuple, np.ndarray))


def _depths(pylist):
    """How deep scalars lie (None where there are none), and how deep the deepest list does."""
    if not _is_list(pylist):
        return 0, 0
    scalar_depth, max_depth = None, 1
    for child in pylist:
        child_scalar, child_max = _depths(child)
        if child_scalar is not None:
            if scalar_depth is not None and scalar_depth != child_scalar + 1:
                raise ValueError('all scalar values must have the same nesting depth')
            scalar_depth = child_scalar + 1
        max_depth = max(max_depth, child_max + 1)
    return scalar_depth, max_depth


def _inner_shape(pylist, ragged_rank):
    """The shape that all values below `ragged_rank` lists have in common."""
    values = pylist
    for _ in range(ragged_rank):
        values = [value for row in values if _is_list(row) for value in row]
    shape = []
    while values and _is_list(values[0]):
        if any(not _is_list(value) or len(value) != len(values[0]) for value in values):
            raise ValueError('inner values have inconsistent shape')
        shape.append(len(values[0]))
        values = [element for value in values for element in value]
    return tuple(shape)
