"""Frames of signals."""

from reflow.framework import ops
from reflow.framework import tensor_util
from reflow.ops import array_ops
from reflow.ops import math_ops
from reflow.ops.signal import util_ops

__all__ = ['frame']


def _static_shape(signal, frame_length, frame_step, pad_end, axis):
    """The shape of the frames, a list, as far as it is known; None: nothing is."""
    length, step, axis = map(tensor_util.constant_value, (frame_length, frame_step, axis))
    rank = signal.shape.ndims
    if rank is None or axis is None:
        return None if rank is None else [None] * (rank + 1)
    sizes = signal.shape.as_list()
    samples, count = sizes[axis], None
    if None not in (samples, step):
        if pad_end:
            count = max(0, -(-samples // step))
        elif length is not None:
            count = max(0, (samples - length + step) // step)
    return sizes[:axis] + [count, length] + sizes[axis:][1:]


def _scalar(value, name):
    tensor = ops.convert_to_tensor(value, name=name)
    tensor.shape.assert_has_rank(0)
    return tensor


def frame(signal, frame_length, frame_step, pad_end=False, pad_value=0, axis=-1, name=None):
    """Frames of `frame_length` samples, each `frame_step` after the one before: a new dimension behind `axis`.

    [..., samples, ...] gives [..., frames, frame_length, ...].
    """
    with ops.name_scope(name, 'frame', [signal, frame_length, frame_step, pad_value]):
        signal = ops.convert_to_tensor(signal, name='signal')
        signal.shape.with_rank_at_least(1)
        frame_length, frame_step = _scalar(frame_length, 'frame_length'), _scalar(frame_step, 'frame_step')
        axis = _scalar(axis, 'axis')
        static = _static_shape(signal, frame_length, frame_step, pad_end, axis)
        rank = array_ops.rank(signal)
        axis = math_ops.range(rank)[axis]
        shape = array_ops.shape(signal)
        before, samples, behind = array_ops.split(shape, [axis, 1, rank - 1 - axis])
        samples = array_ops.reshape(samples, [])
        num_before, num_behind = array_ops.size(before), array_ops.size(behind)

        def with_sizes(*sizes):
            return array_ops.concat([before, [*sizes], behind], 0)

        if pad_end:
            pad_value = ops.convert_to_tensor(pad_value, signal.dtype)
            pad_value.shape.assert_has_rank(0)
            num_frames = -(-samples // frame_step)
            missing = math_ops.maximum(0, frame_length + frame_step * (num_frames - 1) - samples)
            nothing_before, nothing_behind = (array_ops.zeros([each, 2], dtype=missing.dtype) for each in (
                num_before, num_behind))
            paddings = array_ops.concat([nothing_before, [[0, missing]], nothing_behind], 0)
            signal = array_ops.pad(signal, paddings, constant_values=pad_value)
            shape = array_ops.shape(signal)
            samples = shape[axis]
        else:
            num_frames = math_ops.maximum(0, 1 + (samples - frame_length) // frame_step)
        # Frames are made of pieces, of which both length and step are multiples.
        piece = util_ops.gcd(frame_length, frame_step)
        per_frame, per_step, count = frame_length // piece, frame_step // piece, samples // piece
        end, in_pieces = with_sizes(count * piece), with_sizes(count, piece)
        pieces = array_ops.reshape(array_ops.strided_slice(signal, array_ops.zeros_like(shape), end), in_pieces)
        first = array_ops.reshape(math_ops.range(num_frames) * per_step, [num_frames, 1])
        within = array_ops.reshape(math_ops.range(per_frame), [1, per_frame])
        gathered = array_ops.gather(pieces, first + within, axis=axis)
        frames = array_ops.reshape(gathered, with_sizes(num_frames, frame_length))
        if static:
            frames.set_shape(static)
        return frames
