"""The multinomial distribution whose probabilities have Dirichlet's distribution."""

from reflow.framework import dtypes
from reflow.framework import ops
from reflow.ops import array_ops
from reflow.ops import check_ops
from reflow.ops import control_flow_ops
from reflow.ops import math_ops
from reflow.ops import random_ops
from reflow.ops import special_math_ops
from reflow.ops.distributions import distribution
from reflow.ops.distributions import util as distribution_util

__all__ = ['DirichletMultinomial']


class DirichletMultinomial(distribution.Distribution):
    """How often each class is drawn in `total_count` draws."""

    def __init__(self, total_count, concentration, validate_args=False, allow_nan_stats=True, name='DirichletMultinomial'):
        parameters = dict(locals())
        with ops.name_scope(name, values=[total_count, concentration]) as name:
            self._total_count = ops.convert_to_tensor(total_count, name='total_count')
            if validate_args:
                self._total_count = distribution_util.embed_check_nonnegative_integer_form(self._total_count)
            self._concentration = self._checked_concentration(
                ops.convert_to_tensor(concentration, name='concentration'), validate_args)
            self._total_concentration = math_ops.reduce_sum(self._concentration, -1)
        super().__init__(dtype=self._concentration.dtype, validate_args=validate_args, allow_nan_stats=allow_nan_stats,
                         reparameterization_type=distribution.NOT_REPARAMETERIZED, parameters=parameters,
                         graph_parents=[self._total_count, self._concentration], name=name)

    @property
    def total_count(self):
        """The number of draws."""
        return self._total_count

    @property
    def concentration(self):
        """The parameters of Dirichlet's distribution."""
        return self._concentration

    @property
    def total_concentration(self):
        """Their sum."""
        return self._total_concentration

    def _batch_shape_tensor(self):
        return array_ops.shape(self.total_concentration)

    def _batch_shape(self):
        return self.total_concentration.get_shape()

    def _event_shape_tensor(self):
        return array_ops.shape(self.concentration)[-1:]

    def _event_shape(self):
        return self.concentration.get_shape().with_rank_at_least(1)[-1:]

    def _sample_n(self, n, seed=None):
        n_draws = math_ops.cast(self.total_count, dtype=dtypes.int32)
        k = self.event_shape_tensor()[0]
        unnormalized_logits = array_ops.reshape(
            math_ops.log(random_ops.random_gamma(shape=[n], alpha=self.concentration, dtype=self.dtype, seed=seed)),
            shape=[-1, k])
        draws = random_ops.multinomial(logits=unnormalized_logits, num_samples=n_draws,
                                       seed=distribution_util.gen_new_seed(seed, salt='dirichlet_multinomial'))
        x = math_ops.reduce_sum(array_ops.one_hot(draws, depth=k), -2)
        x = array_ops.reshape(x, array_ops.concat([[n], self.batch_shape_tensor(), [k]], 0))
        return math_ops.cast(x, self.dtype)

    def _log_prob(self, counts):
        counts = self._maybe_assert_valid_sample(counts)
        ordered_prob = (special_math_ops.lbeta(self.concentration + counts) -
                        special_math_ops.lbeta(self.concentration))
        return ordered_prob + distribution_util.log_combinations(self.total_count, counts)

    def _prob(self, counts):
        return math_ops.exp(self._log_prob(counts))

    def _mean(self):
        return self.total_count * (self.concentration / self.total_concentration[..., array_ops.newaxis])

    def _covariance(self):
        x = self._variance_scale_term() * self._mean()
        return array_ops.matrix_set_diag(
            -math_ops.matmul(x[..., array_ops.newaxis], x[..., array_ops.newaxis, :]), self._variance())

    def _variance(self):
        scale = self._variance_scale_term()
        x = scale * self._mean()
        return x * (self.total_count * scale - x)

    def _variance_scale_term(self):
        c0 = self.total_concentration[..., array_ops.newaxis]
        return math_ops.sqrt((1. + c0 / self.total_count) / (1. + c0))

    @staticmethod
    def _checked_concentration(concentration, validate_args):
        if not validate_args:
            return concentration
        concentration = distribution_util.embed_check_categorical_event_shape(concentration)
        return control_flow_ops.with_dependencies(
            [check_ops.assert_positive(concentration, message='Concentration parameter must be positive.')],
            concentration)

    def _maybe_assert_valid_sample(self, counts):
        if not self.validate_args:
            return counts
        counts = distribution_util.embed_check_nonnegative_integer_form(counts)
        return control_flow_ops.with_dependencies(
            [check_ops.assert_equal(self.total_count, math_ops.reduce_sum(counts, -1),
                                    message='counts last-dimension must sum to `self.total_count`')], counts)
