"""Histograms."""

from reflow.framework import dtypes
from reflow.framework import ops
from reflow.ops import gen_math_ops


def histogram_fixed_width_bins(values, value_range, nbins=100, dtype=dtypes.int32, name=None):
    """The number of the bin that each value is in; values outside of the range are in the first or the last one."""
    from reflow.ops import array_ops
    from reflow.ops import clip_ops
    from reflow.ops import math_ops
    with ops.name_scope(name, 'histogram_fixed_width_bins', [values, value_range, nbins]):
        values = ops.convert_to_tensor(values, name='values')
        shape, values = array_ops.shape(values), array_ops.reshape(values, [-1])
        value_range = ops.convert_to_tensor(value_range, name='value_range')
        nbins = ops.convert_to_tensor(nbins, dtype=dtypes.int32, name='nbins')
        count = math_ops.cast(nbins, values.dtype)
        offset = values - value_range[0]
        part_of_range = math_ops.truediv(offset, value_range[1] - value_range[0], name='scaled_values')
        bins = clip_ops.clip_by_value(math_ops.floor(count * part_of_range, name='indices'), 0, count - 1)
        return array_ops.reshape(math_ops.cast(bins, dtypes.int32), shape)


def histogram_fixed_width(values, value_range, nbins=100, dtype=dtypes.int32, name=None):
    """How many values are in each bin."""
    with ops.name_scope(name, 'histogram_fixed_width', [values, value_range, nbins]) as name:
        return gen_math_ops._histogram_fixed_width(values, value_range, nbins, dtype=dtype, name=name)
