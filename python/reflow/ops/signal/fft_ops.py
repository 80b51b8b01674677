"""Fourier transforms of real signals, and shifts of spectra."""

from reflow.framework import dtypes
from reflow.framework import ops
from reflow.framework import tensor_util
from reflow.ops import array_ops
from reflow.ops import gen_spectral_ops
from reflow.ops import manip_ops
from reflow.ops import math_ops

__all__ = ['fft', 'fft2d', 'fft3d', 'ifft', 'ifft2d', 'ifft3d', 'rfft', 'rfft2d', 'rfft3d', 'irfft', 'irfft2d', 'irfft3d',
           'fftshift', 'ifftshift']

fft, fft2d, fft3d = gen_spectral_ops.fft, gen_spectral_ops.fft2d, gen_spectral_ops.fft3d
ifft, ifft2d, ifft3d = gen_spectral_ops.ifft, gen_spectral_ops.ifft2d, gen_spectral_ops.ifft3d


def _inferred_length(tensor, rank, inverse):
    """The sizes of the last `rank` dimensions; those of the signal, for an inverse transform."""
    shape = tensor.get_shape()[-rank:]
    if shape.is_fully_defined():
        length = shape.as_list()
        if inverse and length:
            length[-1] = max(0, 2 * (length[-1] - 1))
        return ops.convert_to_tensor(length, dtypes.int32)
    length = array_ops.shape(tensor)[-rank:]
    if not inverse:
        return length
    length = array_ops.unstack(length)
    length[-1] = math_ops.maximum(0, 2 * (length[-1] - 1))
    return array_ops.stack(length)


def _padded(tensor, rank, length, inverse):
    """The tensor with as many zeros behind as the transform's length needs."""
    shape = tensor_util.constant_value_as_shape(length)
    if tensor.shape.ndims is not None and any(dim.value == 0 for dim in tensor.shape.dims):
        return tensor
    if shape.is_fully_defined() and tensor.shape.ndims is not None:
        tensor_shape = tensor.shape[-shape.ndims:]
        if tensor_shape.is_fully_defined():
            if inverse:  # half of the spectrum
                shape = shape[:-1].concatenate(shape.dims[-1].value // 2 + 1)
            paddings = [[0, max(wanted.value - size.value, 0)] for wanted, size in zip(shape.dims, tensor_shape.dims)]
            if any(pad > 0 for _, pad in paddings):
                outer_paddings = [[0, 0]] * max(tensor.shape.ndims - shape.ndims, 0)
                return array_ops.pad(tensor, outer_paddings + paddings)
            return tensor
    tensor_rank = array_ops.rank(tensor)
    tensor_shape = array_ops.shape(tensor)[-rank:]
    outer_paddings = array_ops.zeros([math_ops.maximum(0, tensor_rank - rank)], length.dtype)
    if inverse:
        length = array_ops.concat([length[:-1], length[-1:] // 2 + 1], 0)
    paddings = array_ops.concat([outer_paddings, math_ops.maximum(0, length - tensor_shape)], 0)
    return array_ops.pad(tensor, array_ops.stack([array_ops.zeros_like(paddings), paddings], axis=1))


def _transform(op, name, rank, inverse):
    def transform(input_tensor, fft_length=None, name=None):
        with ops.name_scope(name, transform.__name__, [input_tensor, fft_length]) as name:
            input_tensor = ops.convert_to_tensor(input_tensor, dtypes.complex64 if inverse else dtypes.float32)
            input_tensor.shape.with_rank_at_least(rank)
            if fft_length is None:
                fft_length = _inferred_length(input_tensor, rank, inverse)
            else:
                fft_length = ops.convert_to_tensor(fft_length, dtypes.int32)
            return op(_padded(input_tensor, rank, fft_length, inverse), fft_length, name)
    transform.__name__ = transform.__qualname__ = name
    transform.__doc__ = op.__doc__
    return transform


rfft = _transform(gen_spectral_ops.rfft, 'rfft', 1, False)
irfft = _transform(gen_spectral_ops.irfft, 'irfft', 1, True)
rfft2d = _transform(gen_spectral_ops.rfft2d, 'rfft2d', 2, False)
irfft2d = _transform(gen_spectral_ops.irfft2d, 'irfft2d', 2, True)
rfft3d = _transform(gen_spectral_ops.rfft3d, 'rfft3d', 3, False)
irfft3d = _transform(gen_spectral_ops.irfft3d, 'irfft3d', 3, True)


def _shift(x, axes, name, default_name, sign):
    with ops.name_scope(name, default_name) as name:
        x = ops.convert_to_tensor(x)
        if axes is None:
            axes = tuple(range(x.shape.ndims))
            shift = [sign * int(dim // 2) for dim in x.shape]
        elif isinstance(axes, int):
            shift = sign * int(x.shape[axes] // 2)
        else:
            shift = [sign * int(x.shape[axis] // 2) for axis in axes]
        return manip_ops.roll(x, shift, axes, name)


def fftshift(x, axes=None, name=None):
    """Brings the zero frequency to the middle."""
    return _shift(x, axes, name, 'fftshift', 1)


def ifftshift(x, axes=None, name=None):
    """What fftshift undoes."""
    return _shift(x, axes, name, 'ifftshift', -1)
