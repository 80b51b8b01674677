"""Complex numbers and their parts."""

from reflow import _core
from reflow.framework import ops
from reflow.ops import gen_math_ops


def complex(real, imag, name=None):
    """Complex numbers of their parts."""
    real, imag = ops.convert_to_tensor(real, name='real'), ops.convert_to_tensor(imag, name='imag')
    return _core.complex(real, imag, name)


def real(input, name=None):
    """The real part."""
    return _core.real(input, name)


def imag(input, name=None):
    """The imaginary part: zeros for what isn't complex."""
    return _zero_of_real(gen_math_ops.imag, 'Imag', input, name)


def angle(input, name=None):
    """The angle of complex numbers; zeros for what isn't complex."""
    return _zero_of_real(gen_math_ops.angle, 'Angle', input, name)


def _zero_of_real(op, default_name, input, name):
    """What the op, named so, gives of complex numbers, and zeros for others."""
    with ops.name_scope(name, default_name, [input]) as scope:
        input = ops.convert_to_tensor(input, name='input')
        if input.dtype.is_complex:
            return op(input, Tout=input.dtype.real_dtype, name=scope)
        from reflow.ops import array_ops
        return array_ops.zeros_like(input)


def conj(x, name=None):
    """The complex conjugate; real numbers as they are."""
    return _core.conj(x, name)
