"""Sums of products by Einstein's notation, and special functions."""

from reflow import _core
from reflow.framework import ops


def einsum(equation, *inputs, **kwargs):
    """The sum of products that `equation` names: 'ij,jk->ik'."""
    name = kwargs.pop('name', None)
    if kwargs:
        raise TypeError('invalid keyword arguments for this function: ' + ', '.join(
            [format(key) for key in sorted(list(kwargs.keys()))]))
    return _core.einsum(equation, inputs, name)


def lbeta(x, name=None):
    """log|Beta(x)|, over the last dimension."""
    from reflow.ops import math_ops
    with ops.name_scope(name, 'lbeta', [x]):
        x = ops.convert_to_tensor(x, name='x')
        gammas = math_ops.reduce_sum(math_ops.lgamma(x), axis=[-1])
        return gammas - math_ops.lgamma(math_ops.reduce_sum(x, axis=[-1]))


def bessel_i0(x, name=None):
    """The modified Bessel function of order 0."""
    from reflow.ops import math_ops
    with ops.name_scope(name, 'bessel_i0', [x]):
        return math_ops.exp(math_ops.abs(x)) * math_ops.bessel_i0e(x)


def bessel_i1(x, name=None):
    """The modified Bessel function of order 1."""
    from reflow.ops import math_ops
    with ops.name_scope(name, 'bessel_i1', [x]):
        return math_ops.exp(math_ops.abs(x)) * math_ops.bessel_i1e(x)
