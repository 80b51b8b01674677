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
from reflow.ops.distributions import scalar_distribution
from reflow.ops.distributions import util as distribution_util
from reflow.ops.distributions import vector_distribution

__all__ = ['DirichletMultinomial']


class DirichletMultinomial(vector_distribution.DirichletFamily):
    """How often each class is drawn in `total_count` draws."""

    total_count = scalar_distribution.parameter('total_count', 'The number of draws.')

    def __init__(self, total_count, concentration, validate_args=False, allow_nan_stats=True, name='DirichletMultinomial'):
        parameters = dict(locals())
        with ops.name_scope(name, values=[total_count, concentration]) as name:
            self._total_count = ops.convert_to_tensor(total_count, name='total_count')
            if validate_args:
                self._total_count = distribution_util.embed_check_nonnegative_integer_form(self._total_count)
            concentration = ops.convert_to_tensor(concentration, name='concentration')
            self._concentration = _valid_concentration(concentration) if validate_args else concentration
            self._total_concentration = math_ops.reduce_sum(self._concentration, -1)
        super().__init__(self._concentration.dtype, distribution.NOT_REPARAMETERIZED, validate_args, allow_nan_stats,
                         parameters, [self._total_count, self._concentration], name)

    def _sample_n(self, n, seed=None):
        # Gamma numbers are probabilities but for their sum; then classes are drawn and counted.
        draws = math_ops.cast(self.total_count, dtype=dtypes.int32)
        size = self.event_shape_tensor()[0]
        gammas = random_ops.random_gamma([n], self.concentration, dtype=self.dtype, seed=seed)
        classes = random_ops.multinomial(
            array_ops.reshape(math_ops.log(gammas), [-1, size]), draws,
            distribution_util.gen_new_seed(seed, salt='dirichlet_multinomial'))
        counts = math_ops.reduce_sum(array_ops.one_hot(classes, depth=size), -2)
        shape = array_ops.concat([[n], self.batch_shape_tensor(), [size]], 0)
        return math_ops.cast(array_ops.reshape(counts, shape), self.dtype)

    def _prob(self, counts):
        return math_ops.exp(self._log_prob(counts))

    def _log_prob(self, counts):
        counts = vector_distribution.counts_of(self, counts, 'counts last-dimension must sum to `self.total_count`')
        of_one_order = special_math_ops.lbeta(self.concentration + counts) - special_math_ops.lbeta(self.concentration)
        return of_one_order + distribution_util.log_combinations(self.total_count, counts)

    def _mean(self):
        return self.total_count * (self.concentration / vector_distribution.column(self.total_concentration))

    def _spread(self):
        total = vector_distribution.column(self.total_concentration)
        return math_ops.sqrt((1. + total / self.total_count) / (1. + total))

    def _variance(self):
        spread = self._spread()
        x = spread * self._mean()
        return x * (self.total_count * spread - x)


def _valid_concentration(concentration):
    concentration = distribution_util.embed_check_categorical_event_shape(concentration)
    check = check_ops.assert_positive(concentration, message='Concentration parameter must be positive.')
    return control_flow_ops.with_dependencies([check], concentration)
