"""Short-time Fourier transforms."""

import numpy as np

from reflow.framework import constant_op
from reflow.framework import dtypes
from reflow.framework import ops
from reflow.framework import tensor_util
from reflow.ops import array_ops
from reflow.ops import math_ops
from reflow.ops.signal import fft_ops
from reflow.ops.signal import reconstruction_ops
from reflow.ops.signal import shape_ops
from reflow.ops.signal import window_ops

__all__ = ['stft', 'inverse_stft', 'inverse_stft_window_fn']


def stft(signals, frame_length, frame_step, fft_length=None, window_fn=window_ops.hann_window, pad_end=False, name=None):
    """The spectra of frames of real signals, [..., frames, fft_length / 2 + 1]."""
    with ops.name_scope(name, 'stft', [signals, frame_length, frame_step]):
        signals = ops.convert_to_tensor(signals, name='signals')
        signals.shape.with_rank_at_least(1)
        frame_length, frame_step = _lengths(frame_length, frame_step)
        fft_length = _fft_length(fft_length, frame_length)
        framed_signals = shape_ops.frame(signals, frame_length, frame_step, pad_end=pad_end)
        if window_fn is not None:
            framed_signals *= window_fn(frame_length, dtype=framed_signals.dtype)
        return fft_ops.rfft(framed_signals, [fft_length])


def _lengths(frame_length, frame_step):
    frame_length = ops.convert_to_tensor(frame_length, name='frame_length')
    frame_length.shape.assert_has_rank(0)
    frame_step = ops.convert_to_tensor(frame_step, name='frame_step')
    frame_step.shape.assert_has_rank(0)
    return frame_length, frame_step


def _fft_length(fft_length, frame_length):
    """The length given, or the next power of 2."""
    if fft_length is not None:
        return ops.convert_to_tensor(fft_length, name='fft_length')
    static = tensor_util.constant_value(frame_length)
    if static is not None:
        return constant_op.constant(int(2**np.ceil(np.log(static) / np.log(2.0))), frame_length.dtype)
    exponent = math_ops.ceil(math_ops.log(math_ops.cast(frame_length, dtypes.float32)) / math_ops.log(2.0))
    return math_ops.cast(math_ops.pow(2.0, exponent), frame_length.dtype)


def inverse_stft_window_fn(frame_step, forward_window_fn=window_ops.hann_window, name=None):
    """The window for which inverse_stft gives back what stft was given. Griffin and Lim, 1984."""
    def scalar(value, name):
        tensor = ops.convert_to_tensor(value, name=name)
        tensor.shape.assert_has_rank(0)
        return tensor

    with ops.name_scope(name, 'inverse_stft_window_fn', [forward_window_fn]):
        frame_step = scalar(frame_step, 'frame_step')

    def inverse_window(frame_length, dtype):
        with ops.name_scope(name, 'inverse_stft_window_fn', [forward_window_fn]):
            length = scalar(frame_length, 'frame_length')
            window = forward_window_fn(length, dtype=dtype)
            squares = math_ops.square(window)
            # Each sample is part of so many frames, whose windows' squares add up at it.
            count = -(-length // frame_step)
            rows = array_ops.reshape(array_ops.pad(squares, [(0, count * frame_step - length)]), [count, frame_step])
            sums = array_ops.tile(math_ops.reduce_sum(rows, 0, keepdims=True), [count, 1])
            return window / array_ops.reshape(sums, [count * frame_step])[:length]

    return inverse_window


def inverse_stft(stfts, frame_length, frame_step, fft_length=None, window_fn=window_ops.hann_window, name=None):
    """The signals of spectra of frames."""
    with ops.name_scope(name, 'inverse_stft', [stfts]):
        stfts = ops.convert_to_tensor(stfts, name='stfts')
        stfts.shape.with_rank_at_least(2)
        frame_length, frame_step = _lengths(frame_length, frame_step)
        fft_length = _fft_length(fft_length, frame_length)
        real_frames = _of_length(fft_ops.irfft(stfts, [fft_length]), frame_length)
        if window_fn is not None:
            real_frames *= window_fn(frame_length, dtype=stfts.dtype.real_dtype)
        return reconstruction_ops.overlap_and_add(real_frames, frame_step)


def _of_length(real_frames, frame_length):
    """Frames cut, or with zeros behind, so that they are `frame_length` long."""
    static, rank = tensor_util.constant_value(frame_length), real_frames.shape.ndims
    size = real_frames.shape.as_list()[-1] if rank is not None else None
    if static is None or size is None:
        real_frames = real_frames[..., :frame_length]
        zeros = array_ops.zeros([array_ops.rank(real_frames) - 1, 2], dtype=frame_length.dtype)
        missing = math_ops.maximum(0, frame_length - array_ops.shape(real_frames)[-1])
        real_frames = array_ops.pad(real_frames, array_ops.concat([zeros, [[0, missing]]], 0))
    elif size > static:
        real_frames = real_frames[..., :static]
    elif size < static:
        real_frames = array_ops.pad(real_frames, [[0, 0]] * (rank - 1) + [[0, static - size]])
    if static is not None and rank is not None:
        real_frames.set_shape([None] * (rank - 1) + [static])
    return real_frames
