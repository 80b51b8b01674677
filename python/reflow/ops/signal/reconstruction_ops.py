"""Signals of frames."""

from reflow.framework import dtypes
from reflow.framework import ops
from reflow.framework import tensor_util
from reflow.ops import array_ops
from reflow.ops import math_ops

__all__ = ['overlap_and_add']


def overlap_and_add(signal, frame_step, name=None):
    """The sum of frames, [..., frames, frame_length], each `frame_step` behind the one before."""
    with ops.name_scope(name, 'overlap_and_add', [signal, frame_step]):
        signal = ops.convert_to_tensor(signal, name='signal')
        signal.shape.with_rank_at_least(2)
        frame_step = ops.convert_to_tensor(frame_step, name='frame_step')
        frame_step.shape.assert_has_rank(0)
        if not frame_step.dtype.is_integer:
            raise ValueError('frame_step must be an integer. Got %s' % frame_step.dtype)
        shape = array_ops.shape(signal)
        outer = shape[:-2]
        outer_rank = array_ops.size(outer)

        def with_outer(sizes):
            return array_ops.concat([outer, sizes], 0)

        frame_length, frames = shape[-1], shape[-2]
        output_length = frame_length + frame_step * (frames - 1)
        static_step = tensor_util.constant_value(frame_step)
        if static_step is not None and signal.shape.dims is not None and static_step == signal.shape.dims[-1].value:
            return array_ops.reshape(signal, with_outer([output_length]), name='fast_path')  # they don't overlap
        # Each frame consists of segments as long as a step. Shifted against each other by one row each, segments that lie
        # at one place of the output are in one row.
        segments = -(-frame_length // frame_step)
        paddings = [[0, segments], [0, segments * frame_step - frame_length]]
        outer_paddings = array_ops.zeros([outer_rank, 2], dtypes.int32)
        x = array_ops.pad(signal, array_ops.concat([outer_paddings, paddings], 0))
        x = array_ops.reshape(x, with_outer([frames + segments, segments, frame_step]))
        x = array_ops.transpose(x, array_ops.concat([math_ops.range(outer_rank), outer_rank + [1, 0, 2]], 0))
        x = array_ops.reshape(x, with_outer([(frames + segments) * segments, frame_step]))
        x = x[..., :(frames + segments - 1) * segments, :]
        x = array_ops.reshape(x, with_outer([segments, frames + segments - 1, frame_step]))
        x = math_ops.reduce_sum(x, -3)
        x = array_ops.reshape(x, with_outer([(frames + segments - 1) * frame_step]))
        return x[..., :output_length]
