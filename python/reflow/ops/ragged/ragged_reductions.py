"""Sums, products, extremes and means of ragged tensors along their axes."""
import numpy as np

from reflow.framework import dtypes
from reflow.framework import ops
from reflow.framework import tensor_util
from reflow.ops import array_ops
from reflow.ops import math_ops
from reflow.ops.ragged import ragged_math_ops
from reflow.ops.ragged import ragged_tensor
from reflow.ops.ragged import ragged_util
from reflow.ops.ragged import segment_id_ops


def _reduction(reduce_op, segment_op):
    """The function of ragged tensors for one of tensors and its sister over segments."""
    def reduced(input_tensor, axis=None, keepdims=None, name=None):
        if not ragged_tensor.is_ragged(input_tensor):
            return reduce_op(input_tensor, axis, name=name)
        if keepdims:
            raise ValueError('keepdims=True is not supported for RaggedTensors.')
        axis = _known_axis(axis)
        if axis is None:
            return reduce_op(input_tensor.flat_values, None, name=name)
        with ops.name_scope(name, 'RaggedReduce', [input_tensor, axis]):
            if not isinstance(axis, (tuple, list)):
                return _along(reduced, segment_op, input_tensor, axis)
            rank = input_tensor.shape.ndims
            axes = [ragged_util.get_positive_axis(each, rank) for each in axis] if len(axis) > 1 else axis
            for each in sorted(axes, reverse=True):
                input_tensor = reduced(input_tensor, each)
            return input_tensor
    return reduced


def _known_axis(axis):
    if not isinstance(axis, ops.Tensor):
        return axis
    axis = tensor_util.constant_value(axis)
    if axis is None:
        raise ValueError('axis must be known at graph construction time.')
    return axis.tolist() if isinstance(axis, np.ndarray) else axis


def _along(reduced, segment_op, rt, axis):
    """The reduction of one axis: of rows with each other, of each row, or of what the rows hold."""
    axis = ragged_util.get_positive_axis(axis, rt.shape.ndims)
    if axis > 1:
        return rt.with_values(reduced(rt.values, axis - 1))
    if axis == 0:
        lengths = rt.row_splits[1:] - rt.row_splits[:-1]
        places = ragged_math_ops.range(lengths).values
        return _of_segments(segment_op, rt.values, places, math_ops.maximum(math_ops.reduce_max(lengths), 0))
    num_rows = array_ops.shape(rt.row_splits)[0] - 1
    return _of_segments(segment_op, rt.values, segment_id_ops.row_splits_to_segment_ids(rt.row_splits), num_rows)


def _of_segments(segment_op, data, segment_ids, num_segments):
    """The segments of a tensor or, if `data` is ragged, rows as long as the longest of each segment."""
    if not ragged_tensor.is_ragged(data):
        return segment_op(data, segment_ids, num_segments)
    lengths = data.row_splits[1:] - data.row_splits[:-1]
    longest = math_ops.maximum(math_ops.unsorted_segment_max(lengths, segment_ids, num_segments), 0)
    splits = array_ops.concat([array_ops.zeros([1], longest.dtype), math_ops.cumsum(longest)], axis=0)
    starts = array_ops.gather(splits, segment_ids)
    places = ragged_math_ops.range(starts, starts + lengths).values
    return ragged_tensor.RaggedTensor.from_row_splits(_of_segments(segment_op, data.values, places, splits[-1]), splits,
                                                      validate=False)


reduce_sum = _reduction(math_ops.reduce_sum, math_ops.unsorted_segment_sum)
reduce_prod = _reduction(math_ops.reduce_prod, math_ops.unsorted_segment_prod)
reduce_min = _reduction(math_ops.reduce_min, math_ops.unsorted_segment_min)
reduce_max = _reduction(math_ops.reduce_max, math_ops.unsorted_segment_max)


def reduce_mean(input_tensor, axis=None, keepdims=None, name=None):
    """The means."""
    with ops.name_scope(name, 'RaggedReduceMean', [input_tensor, axis]):
        total = reduce_sum(input_tensor, axis, keepdims)
        ones = input_tensor.with_flat_values(array_ops.ones_like(input_tensor.flat_values))
        count = reduce_sum(ones, axis, keepdims)
        if ragged_tensor.is_ragged(total):
            return total.with_flat_values(total.flat_values / count.flat_values)
        return total / count


def reduce_all(input_tensor, axis=None, keepdims=None, name=None):
    """Whether all are true."""
    with ops.name_scope(name, 'RaggedReduceAll', [input_tensor, axis]):
        return math_ops.cast(reduce_prod(math_ops.cast(input_tensor, dtypes.int32), axis, keepdims), dtypes.bool)


def reduce_any(input_tensor, axis=None, keepdims=None, name=None):
    """Whether any is true."""
    with ops.name_scope(name, 'RaggedReduceAny', [input_tensor, axis]):
        return math_ops.cast(reduce_sum(math_ops.cast(input_tensor, dtypes.int32), axis, keepdims), dtypes.bool)
