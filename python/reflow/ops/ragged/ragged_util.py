"""What ops on ragged tensors share."""

from reflow.framework import dtypes
from reflow.ops import array_ops
from reflow.ops import check_ops
from reflow.ops import math_ops
from reflow.ops.ragged import ragged_tensor


def assert_splits_match(nested_splits_lists):
    """Assertions that all have the same splits as the first."""
    message = 'Inputs must have identical ragged splits'
    first = nested_splits_lists[0]
    if any(len(splits) != len(first) for splits in nested_splits_lists):
        raise ValueError(message)
    return [check_ops.assert_equal(s1, s2, message=message) for splits in nested_splits_lists[1:]
            for s1, s2 in zip(first, splits)]


def lengths_to_splits(lengths):
    """Where rows of these lengths begin and end."""
    return array_ops.concat([array_ops.zeros([1], lengths.dtype), math_ops.cumsum(lengths)], axis=-1)


def get_positive_axis(axis, ndims):
    """`axis`, counted from the first; an error if there are not so many."""
    if not isinstance(axis, int):
        raise TypeError('axis must be an int; got %s' % type(axis).__name__)
    if ndims is None:
        if axis < 0:
            raise ValueError('axis may only be negative if ndims is statically known.')
        return axis
    if not -ndims <= axis < ndims:
        raise ValueError('axis=%s out of bounds: expected %s<=axis<%s' % (axis, -ndims, ndims))
    return axis % ndims


def match_row_splits_dtypes(*tensors):
    """The type of the splits of those that are ragged, int64 if none is, and the tensors."""
    found = {tensor.row_splits.dtype for tensor in tensors if isinstance(tensor, ragged_tensor.RaggedTensor)}
    if len(found) > 1:
        raise ValueError('Input RaggedTensors have mismatched row_splits dtypes; use RaggedTensor.with_row_splits_dtype() '
                         'to convert them to compatible dtypes.')
    return (found.pop() if found else dtypes.int64), list(tensors)
