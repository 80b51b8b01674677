"""The gamma distribution."""

from reflow.framework import ops
from reflow.ops import array_ops
from reflow.ops import check_ops
from reflow.ops import control_flow_ops
from reflow.ops import math_ops
from reflow.ops import nn
from reflow.ops import random_ops
from reflow.ops.distributions import kullback_leibler
from reflow.ops.distributions import scalar_distribution

__all__ = ['Gamma', 'GammaWithSoftplusConcentrationRate']


class Gamma(scalar_distribution.ScalarDistribution):
    """The gamma distribution with shape `concentration` and scale 1 / `rate`."""

    _PARAMETERS = ('concentration', 'rate')
    concentration = scalar_distribution.parameter('concentration', 'The shape parameter, alpha.')
    rate = scalar_distribution.parameter('rate', 'The rate, beta.')

    def __init__(self, concentration, rate, validate_args=False, allow_nan_stats=True, name='Gamma'):
        parameters = dict(locals())
        with ops.name_scope(name, values=[concentration, rate]) as name:
            self._set_parameters(dict(concentration=concentration, rate=rate), self._PARAMETERS, validate_args)
        self._begin(parameters, validate_args, allow_nan_stats, name)

    def _sample_n(self, n, seed=None):
        return random_ops.random_gamma([n], self.concentration, self.rate, self.dtype, seed)

    def _cdf(self, x):
        return math_ops.igamma(self.concentration, self.rate * self._checked(x))

    def _log_prob(self, x):
        return self._log_unnormalized_prob(x) - self._log_normalization()

    def _log_unnormalized_prob(self, x):
        x = self._checked(x)
        return math_ops.xlogy(self.concentration - 1., x) - self.rate * x

    def _log_normalization(self):
        return math_ops.lgamma(self.concentration) - self.concentration * math_ops.log(self.rate)

    def _entropy(self):
        alpha = self.concentration
        return alpha - math_ops.log(self.rate) + math_ops.lgamma(alpha) + (1. - alpha) * math_ops.digamma(alpha)

    def _mean(self):
        return self.concentration / self.rate

    def _variance(self):
        return self.concentration / math_ops.square(self.rate)

    def _stddev(self):
        return math_ops.sqrt(self.concentration) / self.rate

    def _mode(self):
        mode = (self.concentration - 1.) / self.rate
        if not self.allow_nan_stats:
            message = 'mode not defined when any concentration <= 1'
            return scalar_distribution.asserted_above_one(self, mode, {message: self.concentration})
        undefined = scalar_distribution.nans(self, self.batch_shape_tensor())
        return array_ops.where_v2(self.concentration > 1., mode, undefined)

    def _checked(self, x):
        check_ops.assert_same_float_dtype(tensors=[x], dtype=self.dtype)
        return control_flow_ops.with_dependencies([check_ops.assert_positive(x)], x) if self.validate_args else x


class GammaWithSoftplusConcentrationRate(Gamma):
    """Gamma of softplus(concentration) and softplus(rate)."""

    def __init__(self, concentration, rate, validate_args=False, allow_nan_stats=True,
                 name='GammaWithSoftplusConcentrationRate'):
        parameters = dict(locals())
        with ops.name_scope(name, values=[concentration, rate]) as name:
            concentration = nn.softplus(concentration, name='softplus_concentration')
            super().__init__(concentration, nn.softplus(rate, name='softplus_rate'), validate_args, allow_nan_stats, name)
        self._parameters = parameters


@kullback_leibler.RegisterKL(Gamma, Gamma)
def _kl_gamma_gamma(p, q, name=None):
    """(a_p - a_q) psi(a_p) + log Gamma(a_q) - log Gamma(a_p) + a_q log(b_p / b_q) + a_p (b_q / b_p - 1)."""
    with ops.name_scope(name, 'kl_gamma_gamma', values=[p.concentration, p.rate, q.concentration, q.rate]):
        of_shapes = (p.concentration - q.concentration) * math_ops.digamma(p.concentration)
        of_norms = of_shapes + math_ops.lgamma(q.concentration) - math_ops.lgamma(p.concentration)
        of_rates = of_norms + q.concentration * math_ops.log(p.rate) - q.concentration * math_ops.log(q.rate)
        return of_rates + p.concentration * (q.rate / p.rate - 1.)
