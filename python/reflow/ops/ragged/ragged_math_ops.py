"""Ragged ranges."""

from reflow.framework import dtypes
from reflow.framework import ops
from reflow.ops import gen_ragged_math_ops
from reflow.ops import math_ops
from reflow.ops.ragged import ragged_tensor


def range(starts, limits=None, deltas=1, dtype=None, name=None, row_splits_dtype=dtypes.int64):
    """Rows of numbers from `starts` to `limits` in steps of `deltas`; one argument gives the limits, and 0 the starts."""
    row_splits_dtype = dtypes.as_dtype(row_splits_dtype)
    if limits is None:
        starts, limits = 0, starts
    with ops.name_scope(name, 'RaggedRange', [starts, limits, deltas]) as name:
        starts = ops.convert_to_tensor(starts, dtype=dtype, name='starts')
        limits = ops.convert_to_tensor(limits, dtype=dtype, name='limits')
        deltas = ops.convert_to_tensor(deltas, dtype=dtype, name='deltas')
        if dtype is None:
            hierarchy = [dtypes.int32, dtypes.int64, dtypes.float32, dtypes.float64]
            types = {tensor.dtype for tensor in (starts, limits, deltas)}
            if len(types) > 1:
                wanted = max(types, key=hierarchy.index)
                starts, limits, deltas = (math_ops.cast(t, wanted) for t in (starts, limits, deltas))
        splits, values = gen_ragged_math_ops.ragged_range(starts, limits, deltas, Tsplits=row_splits_dtype, name=name)
        return ragged_tensor.RaggedTensor.from_row_splits(values, splits, validate=False)
