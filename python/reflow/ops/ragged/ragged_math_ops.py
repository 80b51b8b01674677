"""Ragged ranges."""

from reflow.framework import dtypes
from reflow.framework import ops
from reflow.ops import array_ops
from reflow.ops import math_ops
from reflow.ops.ragged import ragged_tensor
from reflow.ops.ragged import segment_id_ops


def range(starts, limits=None, deltas=1, dtype=None, name=None, row_splits_dtype=dtypes.int64):
    """Rows of numbers from `starts` to `limits` in steps of `deltas`; one argument gives the limits, and 0 the starts."""
    row_splits_dtype = dtypes.as_dtype(row_splits_dtype)
    if limits is None:
        starts, limits = 0, starts
    with ops.name_scope(name, 'RaggedRange', [starts, limits, deltas]) as name:
        starts, limits, deltas = [ops.convert_to_tensor(value, dtype=dtype, name=argument) for argument, value in (
            ('starts', starts), ('limits', limits), ('deltas', deltas))]
        if dtype is None:
            hierarchy = [dtypes.int32, dtypes.int64, dtypes.float32, dtypes.float64]
            types = {tensor.dtype for tensor in (starts, limits, deltas)}
            if len(types) > 1:
                wanted = max(types, key=hierarchy.index)
                starts, limits, deltas = (math_ops.cast(t, wanted) for t in (starts, limits, deltas))
        starts, limits, deltas = (array_ops.expand_dims(t, 0) if t.shape.ndims == 0 else t for t in (starts, limits, deltas))
        distances = limits - starts
        if starts.dtype.is_floating:
            lengths = math_ops.ceil(distances / deltas)
        else:
            lengths = math_ops.floordiv(distances + deltas - math_ops.sign(deltas), deltas)
        row_lengths = math_ops.maximum(math_ops.cast(lengths, row_splits_dtype), 0)
        row_splits = array_ops.concat([[0], math_ops.cumsum(row_lengths)], axis=0)
        rows = segment_id_ops.row_splits_to_segment_ids(row_splits)
        places = math_ops.range(row_splits[-1]) - array_ops.gather(row_splits, rows)
        starts, deltas = (t + array_ops.zeros_like(distances * deltas) for t in (starts, deltas))  # as many as rows
        values = array_ops.gather(starts, rows) + math_ops.cast(places, starts.dtype) * array_ops.gather(deltas, rows)
        return ragged_tensor.RaggedTensor.from_row_splits(values, row_splits, validate=False)
