"""Sums and means over rows that belong together."""

from reflow import _core
from reflow.ops import gen_math_ops


def unsorted_segment_mean(data, segment_ids, num_segments, name=None):
    """The means of the rows of each segment."""
    return _core.unsorted_segment_mean(data, segment_ids, num_segments, name)


def unsorted_segment_sqrt_n(data, segment_ids, num_segments, name=None):
    """The sums of the rows of each segment, divided by the square root of their number."""
    return _core.unsorted_segment_sqrt_n(data, segment_ids, num_segments, name)


def sparse_segment_sum_v2(data, indices, segment_ids, num_segments=None, name=None):
    """Sums of chosen rows, by segments."""
    return sparse_segment_sum(data, indices, segment_ids, name=name, num_segments=num_segments)


def sparse_segment_mean_v2(data, indices, segment_ids, num_segments=None, name=None):
    """Means of chosen rows, by segments."""
    return sparse_segment_mean(data, indices, segment_ids, name=name, num_segments=num_segments)


def sparse_segment_sqrt_n_v2(data, indices, segment_ids, num_segments=None, name=None):
    """Sums of chosen rows over the root of their number, by segments."""
    return sparse_segment_sqrt_n(data, indices, segment_ids, name=name, num_segments=num_segments)


def sparse_segment_sum(data, indices, segment_ids, name=None, num_segments=None):
    """The sums of the rows `indices` of each segment."""
    if num_segments is not None:
        return gen_math_ops.sparse_segment_sum_with_num_segments(data, indices, segment_ids, num_segments, name=name)
    return gen_math_ops.sparse_segment_sum(data, indices, segment_ids, name=name)


def sparse_segment_mean(data, indices, segment_ids, name=None, num_segments=None):
    """The means of the rows `indices` of each segment."""
    if num_segments is not None:
        return gen_math_ops.sparse_segment_mean_with_num_segments(data, indices, segment_ids, num_segments, name=name)
    return gen_math_ops.sparse_segment_mean(data, indices, segment_ids, name=name)


def sparse_segment_sqrt_n(data, indices, segment_ids, name=None, num_segments=None):
    """The sums of the rows `indices` of each segment, divided by the square root of their number."""
    if num_segments is not None:
        return gen_math_ops.sparse_segment_sqrt_n_with_num_segments(data, indices, segment_ids, num_segments, name=name)
    return gen_math_ops.sparse_segment_sqrt_n(data, indices, segment_ids, name=name)
