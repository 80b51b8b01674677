"""Frames of signals."""

from reflow.framework import ops
from reflow.framework import tensor_util
from reflow.ops import array_ops
from reflow.ops import math_ops
from reflow.ops.signal import util_ops

__all__ = ['frame']


def _infer_frame_shape(signal, frame_length, frame_step, pad_end, axis):
    """The shape of the frames, a list, as far as it is known; None: nothing is."""
    frame_length, frame_step, axis = (tensor_util.constant_value(x) for x in (frame_length, frame_step, axis))
    if signal.shape.ndims is None:
        return None
    if axis is None:
        return [None] * (signal.shape.ndims + 1)
    signal_shape = signal.shape.as_list()
    num_frames, frame_axis = None, signal_shape[axis]
    outer, inner = signal_shape[:axis], signal_shape[axis:][1:]
    if signal_shape and frame_axis is not None and frame_step is not None:
        if pad_end:
            num_frames = max(0, -(-frame_axis // frame_step))
        elif frame_length is not None:
            num_frames = max(0, (frame_axis - frame_length + frame_step) // frame_step)
    return outer + [num_frames, frame_length] + inner


def frame(signal, frame_length, frame_step, pad_end=False, pad_value=0, axis=-1, name=None):
    """Frames of `frame_length` samples, each `frame_step` after the one before: a new dimension behind `axis`."""
    with ops.name_scope(name, 'frame', [signal, frame_length, frame_step, pad_value]):
        signal = ops.convert_to_tensor(signal, name='signal')
        frame_length = ops.convert_to_tensor(frame_length, name='frame_length')
        frame_step = ops.convert_to_tensor(frame_step, name='frame_step')
        axis = ops.convert_to_tensor(axis, name='axis')
        signal.shape.with_rank_at_least(1)
        frame_length.shape.assert_has_rank(0)
        frame_step.shape.assert_has_rank(0)
        axis.shape.assert_has_rank(0)
        result_shape = _infer_frame_shape(signal, frame_length, frame_step, pad_end, axis)
        signal_rank = array_ops.rank(signal)
        axis = math_ops.range(signal_rank)[axis]
        signal_shape = array_ops.shape(signal)
        outer_dimensions, length_samples, inner_dimensions = array_ops.split(
            signal_shape, [axis, 1, signal_rank - 1 - axis])
        length_samples = array_ops.reshape(length_samples, [])
        num_outer, num_inner = array_ops.size(outer_dimensions), array_ops.size(inner_dimensions)
        if pad_end:
            pad_value = ops.convert_to_tensor(pad_value, signal.dtype)
            pad_value.shape.assert_has_rank(0)
            num_frames = -(-length_samples // frame_step)
            pad_samples = math_ops.maximum(0, frame_length + frame_step * (num_frames - 1) - length_samples)
            paddings = array_ops.concat([array_ops.zeros([num_outer, 2], dtype=pad_samples.dtype), [[0, pad_samples]],
                                         array_ops.zeros([num_inner, 2], dtype=pad_samples.dtype)], 0)
            signal = array_ops.pad(signal, paddings, constant_values=pad_value)
            signal_shape = array_ops.shape(signal)
            length_samples = signal_shape[axis]
        else:
            num_frames = math_ops.maximum(0, 1 + (length_samples - frame_length) // frame_step)
        subframe_length = util_ops.gcd(frame_length, frame_step)
        subframes_per_frame = frame_length // subframe_length
        subframes_per_hop = frame_step // subframe_length
        num_subframes = length_samples // subframe_length
        slice_shape = array_ops.concat([outer_dimensions, [num_subframes * subframe_length], inner_dimensions], 0)
        subframe_shape = array_ops.concat([outer_dimensions, [num_subframes, subframe_length], inner_dimensions], 0)
        subframes = array_ops.reshape(
            array_ops.strided_slice(signal, array_ops.zeros_like(signal_shape), slice_shape), subframe_shape)
        frame_selector = array_ops.reshape(math_ops.range(num_frames) * subframes_per_hop, [num_frames, 1])
        subframe_selector = array_ops.reshape(math_ops.range(subframes_per_frame), [1, subframes_per_frame])
        frames = array_ops.reshape(
            array_ops.gather(subframes, frame_selector + subframe_selector, axis=axis),
            array_ops.concat([outer_dimensions, [num_frames, frame_length], inner_dimensions], 0))
        if result_shape:
            frames.set_shape(result_shape)
        return frames
