"""Distributions of real numbers."""

import math

import numpy as np

from reflow.framework import constant_op
from reflow.framework import dtypes
from reflow.framework import ops
from reflow.ops import array_ops
from reflow.ops import check_ops
from reflow.ops import control_flow_ops
from reflow.ops import math_ops
from reflow.ops import nn
from reflow.ops import random_ops
from reflow.ops.distributions import distribution
from reflow.ops.distributions import gamma
from reflow.ops.distributions import scalar_distribution
from reflow.ops.distributions import special_math
from reflow.ops.distributions import util as distribution_util
from reflow.util.shown_attributes import shown

__all__ = ['Cauchy', 'Chi2', 'Chi2WithAbsDf', 'HalfNormal', 'InverseGamma', 'InverseGammaWithSoftplusConcentrationRate',
           'Logistic']


class Cauchy(scalar_distribution.LocationScaleDistribution):
    """Cauchy's distribution, which has neither mean nor variance."""

    def __init__(self, loc, scale, validate_args=False, allow_nan_stats=True, name='Cauchy'):
        parameters = dict(locals())
        super().__init__(loc, scale, validate_args, allow_nan_stats, parameters, name)

    def _sample_n(self, n, seed=None):
        shape = self._sample_shape(n)
        return self._quantile(random_ops.random_uniform(shape=shape, minval=0., maxval=1., dtype=self.dtype, seed=seed))

    def _cdf(self, x):
        return math_ops.atan(self._z(x)) / np.pi + .5

    def _log_cdf(self, x):
        return math_ops.log1p(2 / np.pi * math_ops.atan(self._z(x))) - np.log(2)

    def _log_unnormalized_prob(self, x):
        return -math_ops.log1p(math_ops.square(self._z(x)))

    def _log_normalization(self):
        return np.log(np.pi) + math_ops.log(self.scale)

    def _entropy(self):
        entropy = np.log(4 * np.pi) + math_ops.log(self.scale)
        return entropy * array_ops.ones_like(self.loc)

    def _quantile(self, p):
        return self.loc + self.scale * math_ops.tan(np.pi * (p - .5))

    def _mode(self):
        return self.loc * array_ops.ones_like(self.scale)

    def _undefined(self, statistic):
        if not self.allow_nan_stats:
            raise ValueError('`%s` is undefined for Cauchy distribution.' % statistic)
        return array_ops.fill(self.batch_shape_tensor(), self.dtype.as_numpy_dtype(np.nan))

    def _mean(self):
        return self._undefined('mean')

    def _stddev(self):
        return self._undefined('stddev')


class Logistic(scalar_distribution.LocationScaleDistribution):
    """The logistic distribution, whose distribution function is the sigmoid."""

    def __init__(self, loc, scale, validate_args=False, allow_nan_stats=True, name='Logistic'):
        parameters = dict(locals())
        super().__init__(loc, scale, validate_args, allow_nan_stats, parameters, name)

    def _sample_n(self, n, seed=None):
        # The smallest positive number, whose logarithm is finite, is the least.
        uniform = random_ops.random_uniform(shape=self._sample_shape(n), minval=np.finfo(self.dtype.as_numpy_dtype).tiny,
                                            maxval=1., dtype=self.dtype, seed=seed)
        return (math_ops.log(uniform) - math_ops.log1p(-1. * uniform)) * self.scale + self.loc

    def _log_cdf(self, x):
        return -nn.softplus(-self._z(x))

    def _cdf(self, x):
        return math_ops.sigmoid(self._z(x))

    def _log_survival_function(self, x):
        return -nn.softplus(self._z(x))

    def _survival_function(self, x):
        return math_ops.sigmoid(-self._z(x))

    def _log_unnormalized_prob(self, x):
        z = self._z(x)
        return -z - 2. * nn.softplus(-z)

    def _log_normalization(self):
        return math_ops.log(self.scale)

    def _entropy(self):
        return 2 + math_ops.log(self.scale * array_ops.ones_like(self.loc))

    def _mean(self):
        return self.loc * array_ops.ones_like(self.scale)

    def _stddev(self):
        return self.scale * array_ops.ones_like(self.loc) * math.pi / math.sqrt(3)

    def _mode(self):
        return self._mean()


class HalfNormal(scalar_distribution.ScalarDistribution):
    """The absolute value of a normal number of mean 0."""

    _PARAMETERS = ('scale',)

    def __init__(self, scale, validate_args=False, allow_nan_stats=True, name='HalfNormal'):
        parameters = dict(locals())
        with ops.name_scope(name, values=[scale]) as name:
            self._set_parameters(dict(scale=scale), ['scale'], validate_args)
        super().__init__(dtype=self._scale.dtype, reparameterization_type=distribution.FULLY_REPARAMETERIZED,
                         validate_args=validate_args, allow_nan_stats=allow_nan_stats, parameters=parameters,
                         graph_parents=[self._scale], name=name)

    scale = shown('_scale', 'The standard deviation of the normal number.')

    def _sample_n(self, n, seed=None):
        sampled = random_ops.random_normal(shape=self._sample_shape(n), mean=0., stddev=1., dtype=self.dtype, seed=seed)
        return math_ops.abs(sampled * self.scale)

    def _prob(self, x):
        factor = np.sqrt(2) / self.scale / np.sqrt(np.pi)
        return factor * math_ops.exp(-.5 * (x / self.scale) ** 2) * math_ops.cast(x >= 0, self.dtype)

    def _cdf(self, x):
        return math_ops.erf(nn.relu(x) / self.scale / np.sqrt(2.))

    def _entropy(self):
        return .5 * math_ops.log(np.pi * self.scale ** 2. / 2.) + .5

    def _mean(self):
        return self.scale * np.sqrt(2.) / np.sqrt(np.pi)

    def _quantile(self, p):
        return np.sqrt(2.) * self.scale * special_math.erfinv(p)

    def _mode(self):
        return array_ops.zeros(self.batch_shape_tensor())

    def _variance(self):
        return self.scale ** 2. * (1. - 2. / np.pi)


class InverseGamma(scalar_distribution.ScalarDistribution):
    """The reciprocal of a gamma number."""

    _PARAMETERS = ('concentration', 'rate')

    def __init__(self, concentration, rate, validate_args=False, allow_nan_stats=True, name='InverseGamma'):
        parameters = dict(locals())
        with ops.name_scope(name, values=[concentration, rate]) as name:
            self._set_parameters(dict(concentration=concentration, rate=rate), self._PARAMETERS, validate_args)
        super().__init__(dtype=self._concentration.dtype, validate_args=validate_args, allow_nan_stats=allow_nan_stats,
                         reparameterization_type=distribution.NOT_REPARAMETERIZED, parameters=parameters,
                         graph_parents=[self._concentration, self._rate], name=name)

    concentration = shown('_concentration', 'The concentration of the gamma number.')
    rate = shown('_rate', 'Its rate.')

    def _sample_n(self, n, seed=None):
        return 1. / random_ops.random_gamma(shape=[n], alpha=self.concentration, beta=self.rate, dtype=self.dtype, seed=seed)

    def _log_prob(self, x):
        return self._log_unnormalized_prob(x) - self._log_normalization()

    def _cdf(self, x):
        return math_ops.igammac(self.concentration, self.rate / self._valid(x))

    def _log_unnormalized_prob(self, x):
        x = self._valid(x)
        return -(1. + self.concentration) * math_ops.log(x) - self.rate / x

    def _log_normalization(self):
        return math_ops.lgamma(self.concentration) - self.concentration * math_ops.log(self.rate)

    def _entropy(self):
        return (self.concentration + math_ops.log(self.rate) + math_ops.lgamma(self.concentration)
                - (1. + self.concentration) * math_ops.digamma(self.concentration))

    def _where_concentrated(self, statistic, value, least):
        """`value` where the concentration is above `least`, else NaN or an error."""
        if self.allow_nan_stats:
            nan = array_ops.fill(self.batch_shape_tensor(), np.array(np.nan, dtype=self.dtype.as_numpy_dtype()), name='nan')
            return array_ops.where_v2(self.concentration > least, value, nan)
        return control_flow_ops.with_dependencies([check_ops.assert_less(
            constant_op.constant(least, dtype=self.dtype), self.concentration,
            message='%s undefined when any concentration <= %d' % (statistic, least))], value)

    def _mean(self):
        return self._where_concentrated('mean', self.rate / (self.concentration - 1.), 1.)

    def _variance(self):
        variance = (math_ops.square(self.rate) / math_ops.squared_difference(self.concentration, 1.)
                    / (self.concentration - 2.))
        return self._where_concentrated('variance', variance, 2.)

    def _mode(self):
        return self.rate / (1. + self.concentration)

    def _valid(self, x):
        check_ops.assert_same_float_dtype(tensors=[x], dtype=self.dtype)
        return control_flow_ops.with_dependencies([check_ops.assert_positive(x)], x) if self.validate_args else x


class InverseGammaWithSoftplusConcentrationRate(InverseGamma):
    """InverseGamma of softplus of its parameters."""

    def __init__(self, concentration, rate, validate_args=False, allow_nan_stats=True,
                 name='InverseGammaWithSoftplusConcentrationRate'):
        parameters = dict(locals())
        with ops.name_scope(name, values=[concentration, rate]) as name:
            super().__init__(concentration=nn.softplus(concentration, name='softplus_concentration'),
                             rate=nn.softplus(rate, name='softplus_rate'), validate_args=validate_args,
                             allow_nan_stats=allow_nan_stats, name=name)
        self._parameters = parameters


class Chi2(gamma.Gamma):
    """The sum of the squares of `df` standard normal numbers."""

    def __init__(self, df, validate_args=False, allow_nan_stats=True, name='Chi2'):
        parameters = dict(locals())
        with ops.name_scope(name, values=[df]) as name:
            self._df = distribution_util.checked_positive(df, validate_args, 'df')
            super().__init__(concentration=.5 * self._df, rate=constant_op.constant(.5, dtype=self._df.dtype),
                             validate_args=validate_args, allow_nan_stats=allow_nan_stats, name=name)
        self._parameters = parameters

    @staticmethod
    def _param_shapes(sample_shape):
        return {'df': ops.convert_to_tensor(sample_shape, dtype=dtypes.int32)}

    df = shown('_df', 'The degrees of freedom.')


class Chi2WithAbsDf(Chi2):
    """Chi2 of floor(abs(df))."""

    def __init__(self, df, validate_args=False, allow_nan_stats=True, name='Chi2WithAbsDf'):
        parameters = dict(locals())
        with ops.name_scope(name, values=[df]) as name:
            super().__init__(df=math_ops.floor(math_ops.abs(df, name='abs_df'), name='floor_abs_df'),
                             validate_args=validate_args, allow_nan_stats=allow_nan_stats, name=name)
        self._parameters = parameters
