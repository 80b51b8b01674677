"""Laplace's distribution."""

import math

import numpy as np

from reflow.framework import ops
from reflow.ops import array_ops
from reflow.ops import math_ops
from reflow.ops import nn
from reflow.ops import random_ops
from reflow.ops.distributions import scalar_distribution
from reflow.ops.distributions import special_math

__all__ = ['Laplace', 'LaplaceWithSoftplusScale']


class Laplace(scalar_distribution.LocationScaleDistribution):
    """exp(-|x - loc| / scale) / (2 scale)."""

    def __init__(self, loc, scale, validate_args=False, allow_nan_stats=True, name='Laplace'):
        super().__init__(loc, scale, validate_args, allow_nan_stats, dict(locals()), name)

    def _z(self, x):
        return (x - self.loc) / self.scale

    def _of_batch(self, one, other):
        """A tensor of a parameter's shape, with the shape that both have together."""
        return one + array_ops.zeros_like(other)

    def _sample_n(self, n, seed=None):
        # Of (-1, 1): -1 has no logarithm below.
        number = self.dtype.as_numpy_dtype
        u = random_ops.random_uniform(self._sample_shape(n), np.nextafter(number(-1.), number(0.)), 1., self.dtype, seed)
        return self.loc - self.scale * math_ops.sign(u) * math_ops.log1p(-math_ops.abs(u))

    def _prob(self, x):
        return math_ops.exp(self._log_prob(x))

    def _cdf(self, x):
        z = self._z(x)
        return 0.5 + 0.5 * math_ops.sign(z) * (1. - math_ops.exp(-math_ops.abs(z)))

    def _log_cdf(self, x):
        return special_math.log_cdf_laplace(self._z(x))

    def _log_survival_function(self, x):
        return special_math.log_cdf_laplace(-self._z(x))

    def _log_unnormalized_prob(self, x):
        return -math_ops.abs(self._z(x))

    def _log_normalization(self):
        return math.log(2.) + math_ops.log(self.scale)

    def _entropy(self):
        scale = self._of_batch(self.scale, self.loc)
        return math.log(2.) + 1. + math_ops.log(scale)

    def _mean(self):
        return self._of_batch(self.loc, self.scale)

    _median = _mode = _mean

    def _stddev(self):
        return self._of_batch(math.sqrt(2.) * self.scale, self.loc)


class LaplaceWithSoftplusScale(Laplace):
    """Laplace with a scale of softplus(scale)."""

    def __init__(self, loc, scale, validate_args=False, allow_nan_stats=True, name='LaplaceWithSoftplusScale'):
        parameters = dict(locals())
        with ops.name_scope(name, values=[loc, scale]) as name:
            super().__init__(loc, nn.softplus(scale, name='softplus_scale'), validate_args, allow_nan_stats, name)
        self._parameters = parameters
