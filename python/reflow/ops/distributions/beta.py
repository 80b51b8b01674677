"""The beta distribution."""

from reflow.framework import ops
from reflow.ops import array_ops
from reflow.ops import check_ops
from reflow.ops import control_flow_ops
from reflow.ops import math_ops
from reflow.ops import nn
from reflow.ops import random_ops
from reflow.ops.distributions import distribution
from reflow.ops.distributions import kullback_leibler
from reflow.ops.distributions import scalar_distribution
from reflow.ops.distributions import util as distribution_util

__all__ = ['Beta', 'BetaWithSoftplusConcentration']


class Beta(scalar_distribution.ScalarDistribution):
    """x ** (concentration1 - 1) * (1 - x) ** (concentration0 - 1), normalised."""

    _PARAMETERS = ('concentration1', 'concentration0')
    concentration1 = scalar_distribution.parameter('concentration1', 'The parameter of x.')
    concentration0 = scalar_distribution.parameter('concentration0', 'The parameter of 1 - x.')
    total_concentration = scalar_distribution.parameter('total_concentration', 'The sum of both.')

    def __init__(self, concentration1=None, concentration0=None, validate_args=False, allow_nan_stats=True, name='Beta'):
        parameters = dict(locals())
        with ops.name_scope(name, values=[concentration1, concentration0]) as name:
            self._concentration1 = _positive(concentration1, 'concentration1', validate_args)
            self._concentration0 = _positive(concentration0, 'concentration0', validate_args)
            check_ops.assert_same_float_dtype(self._tensors())
            self._total_concentration = self._concentration1 + self._concentration0
        distribution.Distribution.__init__(
            self, self._total_concentration.dtype, distribution.FULLY_REPARAMETERIZED, validate_args, allow_nan_stats,
            parameters, self._tensors() + [self._total_concentration], name)

    def _batch_shape_tensor(self):
        return array_ops.shape(self.total_concentration)

    def _batch_shape(self):
        return self.total_concentration.get_shape()

    def _sample_n(self, n, seed=None):
        # The share of one gamma number in the sum of two.
        ones = [array_ops.ones_like(self.total_concentration, dtype=self.dtype) * each for each in self._tensors()]
        seeds = seed, distribution_util.gen_new_seed(seed, 'beta')
        first, second = [random_ops.random_gamma([n], alpha, dtype=self.dtype, seed=each) for alpha, each in zip(ones, seeds)]
        return first / (first + second)

    def _prob(self, x):
        return math_ops.exp(self._log_prob(x))

    def _log_prob(self, x):
        return self._log_unnormalized_prob(x) - self._log_normalization()

    def _log_unnormalized_prob(self, x):
        x = self._checked(x)
        of_x = math_ops.xlogy(self.concentration1 - 1., x)
        return of_x + (self.concentration0 - 1.) * math_ops.log1p(-x)

    def _log_normalization(self):
        of_parts = math_ops.lgamma(self.concentration1) + math_ops.lgamma(self.concentration0)
        return of_parts - math_ops.lgamma(self.total_concentration)

    def _cdf(self, x):
        return math_ops.betainc(self.concentration1, self.concentration0, x)

    def _log_cdf(self, x):
        return math_ops.log(self._cdf(x))

    def _entropy(self):
        entropy = self._log_normalization()
        for each in self._tensors():
            entropy -= (each - 1.) * math_ops.digamma(each)
        return entropy + (self.total_concentration - 2.) * math_ops.digamma(self.total_concentration)

    def _mean(self):
        return self._concentration1 / self._total_concentration

    def _variance(self):
        return self._mean() * (1. - self._mean()) / (1. + self.total_concentration)

    def _mode(self):
        mode = (self.concentration1 - 1.) / (self.total_concentration - 2.)
        if not self.allow_nan_stats:
            return scalar_distribution.asserted_above_one(self, mode, {
                'Mode undefined for %s <= 1.' % name: getattr(self, name) for name in self._PARAMETERS})
        undefined = scalar_distribution.nans(self, self.batch_shape_tensor())
        is_defined = math_ops.logical_and(self.concentration1 > 1., self.concentration0 > 1.)
        return array_ops.where_v2(is_defined, mode, undefined)

    def _checked(self, x):
        if not self.validate_args:
            return x
        checks = [check_ops.assert_positive(x, message='sample must be positive'),
                  check_ops.assert_less(x, array_ops.ones([], self.dtype), message='sample must be less than `1`.')]
        return control_flow_ops.with_dependencies(checks, x)


def _positive(concentration, name, validate_args):
    concentration = ops.convert_to_tensor(concentration, name=name)
    if not validate_args:
        return concentration
    check = check_ops.assert_positive(concentration, message='Concentration parameter must be positive.')
    return control_flow_ops.with_dependencies([check], concentration)


class BetaWithSoftplusConcentration(Beta):
    """Beta of softplus(concentration1) and softplus(concentration0)."""

    def __init__(self, concentration1, concentration0, validate_args=False, allow_nan_stats=True,
                 name='BetaWithSoftplusConcentration'):
        parameters = dict(locals())
        with ops.name_scope(name, values=[concentration1, concentration0]) as name:
            concentration1 = nn.softplus(concentration1, name='softplus_concentration1')
            concentration0 = nn.softplus(concentration0, name='softplus_concentration0')
            super().__init__(concentration1, concentration0, validate_args, allow_nan_stats, name)
        self._parameters = parameters


@kullback_leibler.RegisterKL(Beta, Beta)
def _kl_beta_beta(p, q, name=None):
    """The difference of the logarithms of the norms, less those of the parameters times digamma of p's."""
    def tensors(each):
        return [each.concentration1, each.concentration0, each.total_concentration]

    with ops.name_scope(name, 'kl_beta_beta', values=tensors(p) + tensors(q)):
        divergence = q._log_normalization() - p._log_normalization()
        for sign, of_p, of_q in zip((-1, -1, 1), tensors(p), tensors(q)):
            term = math_ops.digamma(of_p) * (of_q - of_p)
            divergence = divergence + term if sign > 0 else divergence - term
        return divergence
