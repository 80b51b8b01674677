"""Putting ragged tensors together."""

from reflow.framework import ops
from reflow.framework import tensor_shape
from reflow.ops import array_ops
from reflow.ops import check_ops
from reflow.ops import math_ops
from reflow.ops.ragged import ragged_array_ops
from reflow.ops.ragged import ragged_tensor
from reflow.ops.ragged import ragged_util

_RaggedTensor = ragged_tensor.RaggedTensor


def concat(values, axis, name=None):
    """Values one behind the other along a dimension that they have."""
    if not isinstance(values, (list, tuple)):
        values = [values]
    with ops.name_scope(name, 'RaggedConcat', values):
        return _joined(values, axis, stack_values=False)


def stack(values, axis=0, name=None):
    """Values one behind the other along a new dimension."""
    if not isinstance(values, (list, tuple)):
        values = [values]
    with ops.name_scope(name, 'RaggedConcat', values):
        return _joined(values, axis, stack_values=True)


def _joined(values, axis, stack_values):
    if not values:
        raise ValueError('rt_inputs may not be empty.')
    values = [ragged_tensor.convert_to_tensor_or_ragged_tensor(value, name='rt_input') for value in values]
    splits_dtype, values = ragged_util.match_row_splits_dtypes(*values)
    if len(values) == 1:
        return ragged_array_ops.expand_dims(values[0], axis) if stack_values else values[0]
    ndims = None
    for value in values:
        if ndims is None:
            ndims = value.shape.ndims
        else:
            value.shape.assert_has_rank(ndims)
    out_ndims = ndims if ndims is None or not stack_values else ndims + 1
    axis = ragged_util.get_positive_axis(axis, out_ndims)
    if not any(isinstance(value, _RaggedTensor) for value in values) and ndims is not None and axis in (out_ndims - 1, ndims - 1):
        return (array_ops.stack if stack_values else array_ops.concat)(values, axis)
    rank = max([value.ragged_rank for value in values if isinstance(value, _RaggedTensor)] + [1])
    values = [_with_ragged_rank(value, rank, splits_dtype) for value in values]
    if axis == 0:
        return _along_rows(values, stack_values)
    if axis == 1:
        return _within_rows(values, stack_values)
    with ops.control_dependencies(ragged_util.assert_splits_match([[value.row_splits] for value in values])):
        inner = _joined([value.values for value in values], axis - 1, stack_values)
        return _RaggedTensor.from_row_splits(inner, values[0].row_splits, validate=False)


def _with_ragged_rank(value, rank, splits_dtype):
    """`value` with at least so many ragged dimensions."""
    if rank == 0:
        return value
    if not isinstance(value, _RaggedTensor):
        value = _RaggedTensor.from_tensor(value, row_splits_dtype=splits_dtype)
    if value.ragged_rank < rank:
        value = value.with_values(_with_ragged_rank(value.values, rank - 1, splits_dtype))
    return value


def _along_rows(values, stack_values):
    flat = array_ops.concat([value.flat_values for value in values], axis=0)
    nested = [_joined_splits(splits) for splits in zip(*(value.nested_row_splits for value in values))]
    if stack_values:
        nested.insert(0, ragged_util.lengths_to_splits(array_ops.stack([value.nrows() for value in values])))
    return _RaggedTensor.from_nested_row_splits(flat, nested, validate=False)


def _joined_splits(all_splits):
    pieces, end = [all_splits[0]], all_splits[0][-1]
    for splits in all_splits[1:]:
        pieces.append(splits[1:] + end)
        end += splits[-1]
    return array_ops.concat(pieces, axis=0)


def _within_rows(values, stack_values):
    count, rows = len(values), values[0].nrows()
    checks = [check_ops.assert_equal(value.nrows(), rows, message='Input tensors have incompatible shapes.')
              for value in values[1:]]
    with ops.control_dependencies(checks):
        order = array_ops.reshape(array_ops.transpose(array_ops.reshape(math_ops.range(rows * count), [count, -1])), [-1])
        mixed = ragged_array_ops.gather(_along_rows(values, stack_values=False), order)
        if stack_values:
            result, splits = mixed, math_ops.range(0, rows * count + 1, count)
        else:
            result, splits = mixed.values, mixed.row_splits[::count]
        for value in values:
            if tensor_shape.dimension_value(value.shape[0]) is not None:
                splits.set_shape([tensor_shape.dimension_value(value.shape[0]) + 1])
        return _RaggedTensor.from_row_splits(result, splits, validate=False)
