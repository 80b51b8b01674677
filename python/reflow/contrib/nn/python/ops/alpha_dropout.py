"""Dropout for self-normalising networks."""

import numbers

from reflow.framework import ops
from reflow.framework import tensor_util
from reflow.ops import array_ops
from reflow.ops import gen_math_ops
from reflow.ops import math_ops
from reflow.ops import random_ops

__all__ = ['alpha_dropout']

_SELU_AT_MINUS_INFINITY = -1.7580993408473766


def alpha_dropout(x, keep_prob, noise_shape=None, seed=None, name=None):
    """Dropout that keeps mean and variance of what selu gives. Klambauer and others, arXiv 1706.02515."""
    with ops.name_scope(name, 'alpha_dropout', [x]) as name:
        x = ops.convert_to_tensor(x, name='x')
        if isinstance(keep_prob, numbers.Real) and not 0 < keep_prob <= 1.:
            raise ValueError('keep_prob must be a scalar tensor or a float in the range (0, 1], got %g' % keep_prob)
        keep_prob = ops.convert_to_tensor(keep_prob, dtype=x.dtype, name='keep_prob')
        keep_prob.get_shape().assert_has_rank(0)
        if tensor_util.constant_value(keep_prob) == 1:
            return x
        alpha = _SELU_AT_MINUS_INFINITY
        noise_shape = array_ops.shape(x) if noise_shape is None else noise_shape
        noise = random_ops.random_uniform(noise_shape, seed=seed, dtype=x.dtype)
        kept = math_ops.cast(gen_math_ops.greater_equal(noise, 1 - keep_prob), x.dtype)
        x = x * kept + alpha * (1 - kept)
        a = (keep_prob + keep_prob * (1 - keep_prob) * alpha ** 2) ** -0.5
        b = -a * alpha * (1 - keep_prob)
        return a * x + b
