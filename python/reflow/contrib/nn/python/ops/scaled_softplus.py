"""A smooth ReLU whose gradient is computed from its outputs."""

from reflow.framework import ops
from reflow.ops import array_ops
from reflow.ops import custom_gradient
from reflow.ops import gen_array_ops
from reflow.ops import math_ops
from reflow.ops import nn

__all__ = ['scaled_softplus']


def _summed_to(gradient, like):
    """The gradient of a broadcast operand."""
    shape = array_ops.shape(like)
    dims, _ = gen_array_ops.broadcast_gradient_args(shape, array_ops.shape(gradient))
    return array_ops.reshape(math_ops.reduce_sum(gradient, dims), shape)


@custom_gradient.custom_gradient
def _unclipped(x, alpha):
    y = alpha * nn.softplus(x / alpha)

    def grad(dy):
        scaled = y / alpha
        decay = math_ops.exp(-scaled)
        slope = 1. - decay
        return _summed_to(dy * slope, x), _summed_to(dy * (scaled * decay - slope * math_ops.log(slope + 1e-8)), alpha)
    return y, grad


@custom_gradient.custom_gradient
def _clipped(y, clip):
    result = math_ops.minimum(y, clip)

    def grad(dy):
        below = math_ops.cast(result < clip, dy.dtype)
        return dy * below, _summed_to(dy * (1. - below), clip)
    return result, grad


def scaled_softplus(x, alpha, clip=None, name=None):
    """alpha * log(1 + exp(x / alpha)), at most `clip`: near relu for small alpha > 0."""
    with ops.name_scope(name, 'scaled_softplus', [x, alpha] + ([] if clip is None else [clip])):
        x = ops.convert_to_tensor(x, name='x')
        alpha = ops.convert_to_tensor(alpha, dtype=x.dtype, name='alpha')
        y = _unclipped(x, alpha)
        return y if clip is None else _clipped(y, ops.convert_to_tensor(clip, dtype=x.dtype, name='clip'))
