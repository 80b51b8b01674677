"""Student's t-distribution."""

import math

import numpy as np

from reflow.framework import ops
from reflow.ops import array_ops
from reflow.ops import math_ops
from reflow.ops import nn
from reflow.ops import random_ops
from reflow.ops import special_math_ops
from reflow.ops.distributions import scalar_distribution
from reflow.ops.distributions import util as distribution_util

__all__ = ['StudentT', 'StudentTWithAbsDfSoftplusScale']


class StudentT(scalar_distribution.ScalarDistribution):
    """The t-distribution with `df` degrees of freedom, moved by `loc` and stretched by `scale`."""

    _PARAMETERS = ('df', 'loc', 'scale')
    df = scalar_distribution.parameter('df', 'The degrees of freedom.')
    loc = scalar_distribution.parameter('loc', 'The place.')
    scale = scalar_distribution.parameter('scale', 'The scale.')

    def __init__(self, df, loc, scale, validate_args=False, allow_nan_stats=True, name='StudentT'):
        parameters = dict(locals())
        with ops.name_scope(name, values=[df, loc, scale]) as name:
            self._set_parameters(dict(df=df, loc=loc, scale=scale), ['df'], validate_args)
        self._begin(parameters, validate_args, allow_nan_stats, name)

    def _ones(self):
        """Ones of the batch's shape."""
        return array_ops.ones(self.batch_shape_tensor(), dtype=self.dtype)

    def _log_width(self):
        """log(|scale| sqrt(df)), which is part of the density and of the entropy."""
        return math_ops.log(math_ops.abs(self.scale)) + 0.5 * math_ops.log(self.df)

    def _sample_n(self, n, seed=None):
        # A normal number, divided by the root of a chi-squared one over its degrees of freedom.
        normal = random_ops.random_normal(self._sample_shape(n), dtype=self.dtype, seed=seed)
        df = self.df * self._ones()
        chi2 = random_ops.random_gamma([n], 0.5 * df, beta=0.5, dtype=self.dtype,
                                       seed=distribution_util.gen_new_seed(seed, salt='student_t'))
        return normal * math_ops.rsqrt(chi2 / df) * self.scale + self.loc

    def _log_prob(self, x):
        return self._log_unnormalized_prob(x) - self._log_normalization()

    def _log_unnormalized_prob(self, x):
        z = (x - self.loc) / self.scale
        return -0.5 * (self.df + 1.) * math_ops.log1p(z**2. / self.df)

    def _log_normalization(self):
        width = self._log_width() + 0.5 * math.log(math.pi)
        return width + math_ops.lgamma(0.5 * self.df) - math_ops.lgamma(0.5 * (self.df + 1.))

    def _cdf(self, x):
        z = (x - self.loc) / math_ops.abs(self.scale)
        share = self.df / (z**2. + self.df)
        tail = 0.5 * math_ops.betainc(0.5 * self.df, 0.5, share)  # beyond |z|, on one side
        return array_ops.where_v2(math_ops.less(z, 0.), tail, 1. - tail)

    def _entropy(self):
        one = self._ones()[..., array_ops.newaxis]
        df = one * self.df[..., array_ops.newaxis]
        halves = array_ops.concat([df, one], -1) / 2.
        entropy = self._log_width() + special_math_ops.lbeta(halves)
        half = 0.5 * (self.df + 1.)
        return entropy + half * (math_ops.digamma(0.5 * (self.df + 1.)) - math_ops.digamma(0.5 * self.df))

    def _above_one(self, value, statistic):
        """`value` where there is more than one degree of freedom; elsewhere NaN, or an error."""
        if not self.allow_nan_stats:
            message = statistic + ' not defined for components of df <= 1'
            return scalar_distribution.asserted_above_one(self, value, {message: self.df})
        is_defined = math_ops.greater(self.df, self._ones())
        return array_ops.where_v2(is_defined, value, scalar_distribution.nans(self, self.batch_shape_tensor()))

    def _mean(self):
        return self._above_one(self.loc * self._ones(), 'mean')

    def _variance(self):
        divisor = array_ops.where_v2(math_ops.greater(self.df, 2.), self.df - 2., array_ops.ones_like(self.df))
        variance = self._ones() * math_ops.square(self.scale) * self.df / divisor
        is_finite = self.df > array_ops.fill(self.batch_shape_tensor(), 2.)
        infinite = array_ops.fill(self.batch_shape_tensor(), np.array(np.inf, self.dtype.as_numpy_dtype), name='inf')
        return self._above_one(array_ops.where_v2(is_finite, variance, infinite), 'variance')

    def _mode(self):
        return array_ops.identity(self.loc)


class StudentTWithAbsDfSoftplusScale(StudentT):
    """StudentT of floor(|df|) degrees of freedom and a scale of softplus(scale)."""

    def __init__(self, df, loc, scale, validate_args=False, allow_nan_stats=True, name='StudentTWithAbsDfSoftplusScale'):
        parameters = dict(locals())
        with ops.name_scope(name, values=[df, scale]) as name:
            df = math_ops.floor(math_ops.abs(df))
            super().__init__(df, loc, nn.softplus(scale, name='softplus_scale'), validate_args, allow_nan_stats, name)
        self._parameters = parameters
