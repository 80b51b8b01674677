"""Signals of frames."""

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
        static_step = tensor_util.constant_value(frame_step)
        if static_step is not None:
            frame_step = int(static_step)
        shape = array_ops.shape(signal)
        known = signal.shape[-2:].as_list() if signal.shape.ndims is not None else [None, None]
        frames, frame_length = (shape[i - 2] if known[i] is None else known[i] for i in range(2))
        outer = shape[:-2]
        output_length = frame_length + frame_step * (frames - 1)
        if static_step is not None and known[1] == static_step:  # they don't overlap
            return _with_shape(array_ops.reshape(signal, array_ops.concat([outer, [output_length]], 0)), signal,
                               output_length)
        # Each frame consists of segments as long as a step. Shifted against each other by one row each, segments that lie
        # at one place of the output are in one row.
        segments = -(-frame_length // frame_step)
        paddings = [[0, segments], [0, segments * frame_step - frame_length]]
        outer_paddings = array_ops.zeros([array_ops.rank(signal) - 2, 2], shape.dtype)
        signal_padded = array_ops.pad(signal, array_ops.concat([outer_paddings, paddings], 0))
        rows = frames + segments
        x = array_ops.reshape(signal_padded, array_ops.concat([outer, [rows, segments, frame_step]], 0))
        rank = array_ops.rank(signal)
        perm = array_ops.concat([math_ops.range(rank - 2), [rank - 1, rank - 2, rank]], 0)
        x = array_ops.transpose(x, perm)
        x = array_ops.reshape(x, array_ops.concat([outer, [rows * segments, frame_step]], 0))
        x = x[..., :(rows - 1) * segments, :]
        x = array_ops.reshape(x, array_ops.concat([outer, [segments, rows - 1, frame_step]], 0))
        x = math_ops.reduce_sum(x, -3)
        x = array_ops.reshape(x, array_ops.concat([outer, [(rows - 1) * frame_step]], 0))
        return _with_shape(x[..., :output_length], signal, output_length)


def _with_shape(x, signal, output_length):
    if signal.shape.ndims is not None:
        x.set_shape(signal.shape[:-2].concatenate([output_length if isinstance(output_length, int) else None]))
    return x
