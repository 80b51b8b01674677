"""Dirichlet's distribution."""

from reflow.framework import ops
from reflow.ops import array_ops
from reflow.ops import check_ops
from reflow.ops import control_flow_ops
from reflow.ops import math_ops
from reflow.ops import random_ops
from reflow.ops import special_math_ops
from reflow.ops.distributions import distribution
from reflow.ops.distributions import kullback_leibler
from reflow.ops.distributions import scalar_distribution
from reflow.ops.distributions import vector_distribution

__all__ = ['Dirichlet']


class Dirichlet(vector_distribution.DirichletFamily):
    """Vectors of positive numbers that add up to 1, with a density of prod(x ** (concentration - 1)), normalised."""

    def __init__(self, concentration, validate_args=False, allow_nan_stats=True, name='Dirichlet'):
        parameters = dict(locals())
        with ops.name_scope(name, values=[concentration]) as name:
            concentration = ops.convert_to_tensor(concentration, name='concentration')
            self._concentration = _valid_concentration(concentration) if validate_args else concentration
            self._total_concentration = math_ops.reduce_sum(self._concentration, -1)
        super().__init__(self._concentration.dtype, distribution.FULLY_REPARAMETERIZED, validate_args, allow_nan_stats,
                         parameters, [self._concentration, self._total_concentration], name)

    def _sample_n(self, n, seed=None):
        gammas = random_ops.random_gamma([n], self.concentration, dtype=self.dtype, seed=seed)
        return gammas / math_ops.reduce_sum(gammas, -1, keepdims=True)

    def _prob(self, x):
        return math_ops.exp(self._log_prob(x))

    def _log_prob(self, x):
        return self._log_unnormalized_prob(x) - self._log_normalization()

    def _log_unnormalized_prob(self, x):
        x = self._checked(x)
        return math_ops.reduce_sum(math_ops.xlogy(self.concentration - 1., x), -1)

    def _log_normalization(self):
        return special_math_ops.lbeta(self.concentration)

    def _size(self):
        return math_ops.cast(self.event_shape_tensor()[0], self.dtype)

    def _entropy(self):
        size, total = self._size(), self.total_concentration
        of_total = self._log_normalization() + (total - size) * math_ops.digamma(total)
        return of_total - math_ops.reduce_sum((self.concentration - 1.) * math_ops.digamma(self.concentration), axis=-1)

    def _mean(self):
        return self.concentration / vector_distribution.column(self.total_concentration)

    def _spread(self):
        return math_ops.rsqrt(1. + vector_distribution.column(self.total_concentration))

    def _variance(self):
        spread = self._spread()
        x = spread * self._mean()
        return x * (spread - x)

    def _mode(self):
        size = self._size()
        mode = (self.concentration - 1.) / (vector_distribution.column(self.total_concentration) - size)
        if not self.allow_nan_stats:
            message = 'Mode undefined when any concentration <= 1'
            return scalar_distribution.asserted_above_one(self, mode, {message: self.concentration})
        undefined = scalar_distribution.nans(self, array_ops.shape(mode))
        return array_ops.where_v2(math_ops.reduce_all(self.concentration > 1., axis=-1), mode, undefined)

    def _checked(self, x):
        if not self.validate_args:
            return x
        are_positive = check_ops.assert_positive(x, message='samples must be positive')
        one = array_ops.ones([], dtype=self.dtype)
        add_up = check_ops.assert_near(one, math_ops.reduce_sum(x, -1), message='sample last-dimension must sum to `1`')
        return control_flow_ops.with_dependencies([are_positive, add_up], x)


def _valid_concentration(concentration):
    what = 'Concentration parameter must '
    checks = [check_ops.assert_positive(concentration, message=what + 'be positive.'),
              check_ops.assert_rank_at_least(concentration, 1, message=what + 'have >=1 dimensions.'),
              check_ops.assert_less(1, array_ops.shape(concentration)[-1], message=what + 'have event_size >= 2.')]
    return control_flow_ops.with_dependencies(checks, concentration)


@kullback_leibler.RegisterKL(Dirichlet, Dirichlet)
def _kl_dirichlet_dirichlet(p, q, name=None):
    """The expectation of log(p / q): that of log(x), times the difference of the parameters, and the norms."""
    with ops.name_scope(name, 'kl_dirichlet_dirichlet', values=[p.concentration, q.concentration]):
        of_sum = math_ops.digamma(math_ops.reduce_sum(p.concentration, axis=-1, keepdims=True))
        mean_of_log = math_ops.digamma(p.concentration) - of_sum
        of_parameters = math_ops.reduce_sum((p.concentration - q.concentration) * mean_of_log, axis=-1)
        return of_parameters - special_math_ops.lbeta(p.concentration) + special_math_ops.lbeta(q.concentration)
