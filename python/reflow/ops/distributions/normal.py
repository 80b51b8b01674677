"""The normal distribution."""

import math

from reflow.framework import constant_op
from reflow.framework import ops
from reflow.ops import array_ops
from reflow.ops import math_ops
from reflow.ops import nn
from reflow.ops import random_ops
from reflow.ops.distributions import kullback_leibler
from reflow.ops.distributions import scalar_distribution
from reflow.ops.distributions import special_math

__all__ = ['Normal', 'NormalWithSoftplusScale']

_HALF_LOG_2_PI = 0.5 * math.log(2. * math.pi)


class Normal(scalar_distribution.LocationScaleDistribution):
    """The normal distribution with mean `loc` and standard deviation `scale`."""

    def __init__(self, loc, scale, validate_args=False, allow_nan_stats=True, name='Normal'):
        super().__init__(loc, scale, validate_args, allow_nan_stats, dict(locals()), name)

    def _of_batch(self, one, other):
        """A parameter, with the shape that both have together."""
        return one * array_ops.ones_like(other)

    def _from_z(self, z):
        return z * self.scale + self.loc

    def _sample_n(self, n, seed=None):
        return self._from_z(random_ops.random_normal(self._sample_shape(n), dtype=self.loc.dtype, seed=seed))

    def _cdf(self, x):
        return special_math.ndtr(self._z(x))

    def _log_cdf(self, x):
        return special_math.log_ndtr(self._z(x))

    def _survival_function(self, x):
        return special_math.ndtr(-self._z(x))

    def _log_survival_function(self, x):
        return special_math.log_ndtr(-self._z(x))

    def _quantile(self, p):
        z = special_math.ndtri(p)
        with ops.name_scope('reconstruct', values=[z]):
            return self._from_z(z)

    def _log_unnormalized_prob(self, x):
        return -0.5 * math_ops.square(self._z(x))

    def _log_normalization(self):
        return _HALF_LOG_2_PI + math_ops.log(self.scale)

    def _entropy(self):
        scale = self._of_batch(self.scale, self.loc)
        return 0.5 * math.log(2. * math.pi * math.e) + math_ops.log(scale)

    def _mean(self):
        return self._of_batch(self.loc, self.scale)

    _mode = _mean

    def _stddev(self):
        return self._of_batch(self.scale, self.loc)


class NormalWithSoftplusScale(Normal):
    """Normal whose standard deviation is softplus(scale)."""

    def __init__(self, loc, scale, validate_args=False, allow_nan_stats=True, name='NormalWithSoftplusScale'):
        parameters = dict(locals())
        with ops.name_scope(name, values=[scale]) as name:
            super().__init__(loc, nn.softplus(scale, name='softplus_scale'), validate_args, allow_nan_stats, name)
        self._parameters = parameters


@kullback_leibler.RegisterKL(Normal, Normal)
def _kl_normal_normal(p, q, name=None):
    """((mean_p - mean_q)^2 / var_q + var_p / var_q - 1 - log(var_p / var_q)) / 2."""
    with ops.name_scope(name, 'kl_normal_normal', [p.loc, q.loc]):
        one, two, half = (constant_op.constant(value, dtype=p.dtype) for value in (1, 2, 0.5))
        variance_p, variance_q = math_ops.square(p.scale), math_ops.square(q.scale)
        ratio = variance_p / variance_q
        of_means = math_ops.squared_difference(p.loc, q.loc) / (two * variance_q)
        return of_means + half * (ratio - one - math_ops.log(ratio))
