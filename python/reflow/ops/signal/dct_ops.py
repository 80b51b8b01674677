"""Discrete cosine transforms."""

import math

from reflow.framework import dtypes
from reflow.framework import ops
from reflow.framework import tensor_shape
from reflow.ops import array_ops
from reflow.ops import math_ops
from reflow.ops.signal import fft_ops

__all__ = ['dct', 'idct']


def _validate_dct_arguments(input_tensor, dct_type, n, axis, norm):
    if axis != -1:
        raise NotImplementedError('axis must be -1. Got: %s' % axis)
    if n is not None and n < 1:
        raise ValueError('n should be a positive integer or None')
    if dct_type not in (1, 2, 3):
        raise ValueError('Only Types I, II and III (I)DCT are supported.')
    if dct_type == 1:
        if norm == 'ortho':
            raise ValueError('Normalization is not supported for the Type-I DCT.')
        size = tensor_shape.dimension_value(input_tensor.shape[-1])
        if size is not None and size < 2:
            raise ValueError('Type-I DCT requires the dimension to be greater than one.')
    if norm not in (None, 'ortho'):
        raise ValueError("Unknown normalization. Expected None or 'ortho', got: %s" % norm)


def _last_size(x):
    return tensor_shape.dimension_value(x.shape[-1]) or array_ops.shape(x)[-1]


def _weights(first, others, size):
    return array_ops.pad(array_ops.expand_dims(first, 0), [[0, size - 1]], constant_values=others)


def dct(input, type=2, n=None, axis=-1, norm=None, name=None):
    """The cosine transform of type 1, 2 or 3 along the last dimension."""
    with ops.name_scope(name, 'dct', [input]):
        input = ops.convert_to_tensor(input, dtype=dtypes.float32)
        _validate_dct_arguments(input, type, n, axis, norm)
        size = _last_size(input)
        if n is not None:
            if n <= size:
                input = input[..., 0:n]
            else:
                paddings = [[0, 0]] * (len(input.shape) - 1) + [[0, n - size]]
                input = array_ops.pad(input, paddings=ops.convert_to_tensor(paddings, dtype=dtypes.int32))
        size = _last_size(input)
        float_size = math_ops.cast(size, dtypes.float32)
        if type == 1:
            return math_ops.real(fft_ops.rfft(array_ops.concat([input, input[..., -2:0:-1]], axis=-1)))
        if type == 2:
            scale = 2.0 * math_ops.exp(math_ops.complex(0.0, -math_ops.range(float_size) * math.pi * 0.5 / float_size))
            dct2 = math_ops.real(fft_ops.rfft(input, fft_length=[2 * size])[..., :size] * scale)
            if norm == 'ortho':
                n1 = 0.5 * math_ops.rsqrt(float_size)
                dct2 *= _weights(n1, n1 * math_ops.sqrt(2.0), size)
            return dct2
        if norm == 'ortho':
            n1 = math_ops.sqrt(float_size)
            input *= _weights(n1, n1 * math_ops.sqrt(0.5), size)
        else:
            input *= float_size
        scale = 2.0 * math_ops.exp(math_ops.complex(0.0, math_ops.range(float_size) * math.pi * 0.5 / float_size))
        return math_ops.real(fft_ops.irfft(scale * math_ops.complex(input, 0.0), fft_length=[2 * size]))[..., :size]


def idct(input, type=2, n=None, axis=-1, norm=None, name=None):
    """The inverse of the cosine transform of that type, up to a factor."""
    return dct(input, type={1: 1, 2: 3, 3: 2}.get(type, type), n=n, axis=axis, norm=norm, name=name)
