"""Initializers that keep the scale of activations from layer to layer."""
import math

from reflow.framework import dtypes
from reflow.ops import random_ops

__all__ = ['xavier_initializer', 'xavier_initializer_conv2d', 'variance_scaling_initializer']


def xavier_initializer(uniform=True, seed=None, dtype=dtypes.float32):
    """Glorot and Bengio, AISTATS 2010: the variance is 2 / (fan in + fan out)."""
    return variance_scaling_initializer(factor=1.0, mode='FAN_AVG', uniform=uniform, seed=seed, dtype=dtype)


xavier_initializer_conv2d = xavier_initializer


def variance_scaling_initializer(factor=2.0, mode='FAN_IN', uniform=False, seed=None, dtype=dtypes.float32):
    """Random values of variance factor / n; n is the fan in, the fan out or their average, as `mode` says."""
    if not dtype.is_floating:
        raise TypeError('Cannot create initializer for non-floating point type.')
    if mode not in ('FAN_IN', 'FAN_OUT', 'FAN_AVG'):
        raise TypeError('Unknown mode %s [FAN_IN, FAN_OUT, FAN_AVG]', mode)

    def initializer(shape, dtype=dtype, partition_info=None):
        """The tensor of the first value."""
        if not dtype.is_floating:
            raise TypeError('Cannot create initializer for non-floating point type.')
        fan_in, fan_out = _fans([float(size) for size in shape])
        n = {'FAN_IN': fan_in, 'FAN_OUT': fan_out, 'FAN_AVG': (fan_in + fan_out) / 2.0}[mode]
        if uniform:
            limit = math.sqrt(3.0 * factor / n)
            return random_ops.random_uniform(shape, -limit, limit, dtype, seed=seed)
        # Truncation lowers the variance; 1.3 makes up for it.
        return random_ops.truncated_normal(shape, 0.0, math.sqrt(1.3 * factor / n), dtype, seed=seed)

    return initializer


def _fans(sizes):
    """The numbers of inputs and outputs of a unit whose weights have these sizes."""
    if not sizes:
        return 1.0, 1.0
    window = math.prod(sizes[:-2])
    return window * (sizes[-2] if len(sizes) > 1 else sizes[-1]), window * sizes[-1]
