"""Functions of array_ops with the arguments that TensorFlow 2 has given them."""

import numbers

from reflow.framework import dtypes
from reflow.ops import array_ops
from reflow.ops import gen_array_ops


def shape_v2(input, out_type=dtypes.int32, name=None):
    """The shape of a tensor, as a tensor."""
    return array_ops.shape(input, name, out_type)


def size_v2(input, out_type=dtypes.int32, name=None):
    """The number of elements of a tensor."""
    return array_ops.size(input, name, out_type)


def expand_dims_v2(input, axis, name=None):
    """The tensor with a dimension of size 1 at `axis`."""
    return gen_array_ops.expand_dims(input, axis, name)


def gather_nd_v2(params, indices, batch_dims=0, name=None):
    """Slices of `params`, at places that the last dimension of `indices` tells."""
    return array_ops.gather_nd(params, indices, name=name, batch_dims=batch_dims)


def reverse_sequence_v2(input, seq_lengths, seq_axis=None, batch_axis=None, name=None):
    """Sequences turned round, each over its own length."""
    return gen_array_ops.reverse_sequence(input, seq_lengths, seq_dim=seq_axis, batch_dim=batch_axis, name=name)


def space_to_batch_v2(input, block_shape, paddings, name=None):
    """Blocks of space, moved to the batch."""
    return gen_array_ops.space_to_batch_nd(input, block_shape, paddings, name)


def batch_to_space_v2(input, block_shape, crops, name=None):
    """Blocks of space, moved back from the batch."""
    if isinstance(block_shape, numbers.Integral):
        block_shape = [block_shape, block_shape]
    return gen_array_ops.batch_to_space_nd(input, block_shape, crops, name)


def space_to_depth_v2(input, block_size, data_format='NHWC', name=None):
    """Blocks of space, moved to the channels."""
    return gen_array_ops.space_to_depth(input, block_size, data_format, name=name)


def depth_to_space_v2(input, block_size, data_format='NHWC', name=None):
    """Blocks of space, moved back from the channels."""
    return gen_array_ops.depth_to_space(input, block_size, data_format, name=name)
