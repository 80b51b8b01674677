"""Row splits and segment ids: two ways to say which value belongs to which row."""

from reflow.framework import dtypes
from reflow.framework import ops
from reflow.framework import tensor_shape
from reflow.framework import tensor_util
from reflow.ops import array_ops
from reflow.ops import math_ops


def repeat(data, repeats):
    """The elements of a vector, each as often as `repeats` says."""
    count = array_ops.shape(data, out_type=repeats.dtype)[0]
    ends = math_ops.cumsum(repeats)
    total = math_ops.reduce_sum(repeats)
    # A step at each place where the next element begins; some elements may come not once, the last ones too.
    steps = math_ops.unsorted_segment_sum(array_ops.ones_like(ends[:-1]), ends[:-1], total + 1)
    index = array_ops.gather(math_ops.cumsum(steps), math_ops.range(total))
    return array_ops.gather(data, math_ops.minimum(index, math_ops.maximum(count - 1, 0)))


def row_splits_to_segment_ids(splits, name=None, out_type=None):
    """[0, 3, 3, 5] to [0, 0, 0, 2, 2]."""
    with ops.name_scope(name, 'RaggedSplitsToSegmentIds') as name:
        splits = ops.convert_to_tensor(
            splits, name='splits', preferred_dtype=dtypes.int64 if out_type is None else None)
        if splits.dtype not in (dtypes.int32, dtypes.int64):
            raise ValueError('splits must have dtype int32 or int64')
        splits.shape.assert_has_rank(1)
        if tensor_shape_value(splits) == 0:
            raise ValueError('Invalid row_splits: []')
        out_type = splits.dtype if out_type is None else dtypes.as_dtype(out_type)
        splits = math_ops.cast(splits, out_type)
        row_lengths = splits[1:] - splits[:-1]
        rows = array_ops.shape(splits, out_type=out_type)[-1] - 1
        return repeat(math_ops.range(rows), row_lengths)


def tensor_shape_value(splits):
    """How many splits there are, as far as it is known."""
    return tensor_shape.dimension_value(splits.shape[0])


def segment_ids_to_row_splits(segment_ids, num_segments=None, out_type=None, name=None):
    """[0, 0, 0, 2, 2] to [0, 3, 3, 5]."""
    if out_type is None:
        out_type = getattr(segment_ids, 'dtype', None) or getattr(num_segments, 'dtype', None) or dtypes.int64
    out_type = dtypes.as_dtype(out_type)
    with ops.name_scope(name, 'SegmentIdsToRaggedSplits') as name:
        segment_ids = ops.convert_to_tensor(segment_ids, name='segment_ids', dtype=out_type)
        segment_ids.shape.assert_has_rank(1)
        if num_segments is not None:
            num_segments = ops.convert_to_tensor(num_segments, name='num_segments', dtype=out_type)
            num_segments.shape.assert_has_rank(0)
        size = None if num_segments is None else math_ops.cast(num_segments, dtypes.int32)
        row_lengths = math_ops.bincount(math_ops.cast(segment_ids, dtypes.int32), minlength=size, maxlength=size, dtype=out_type)
        splits = array_ops.concat([array_ops.zeros([1], out_type), math_ops.cumsum(row_lengths)], axis=0)
        if num_segments is not None:
            count = tensor_util.constant_value(num_segments)
            splits.set_shape([None if count is None else count + 1])
        return splits
