"""The multinomial distribution."""

from reflow.framework import dtypes
from reflow.framework import ops
from reflow.ops import array_ops
from reflow.ops import map_fn as map_fn_lib
from reflow.ops import math_ops
from reflow.ops import nn_ops
from reflow.ops import random_ops
from reflow.ops.distributions import distribution
from reflow.ops.distributions import scalar_distribution
from reflow.ops.distributions import util as distribution_util
from reflow.ops.distributions import vector_distribution

__all__ = ['Multinomial']


class Multinomial(distribution.Distribution):
    """How often each class is drawn in `total_count` draws."""

    total_count = scalar_distribution.parameter('total_count', 'The number of draws.')
    logits = scalar_distribution.parameter('logits', 'The logits.')
    probs = scalar_distribution.parameter('probs', 'The probabilities.')

    def __init__(self, total_count, logits=None, probs=None, validate_args=False, allow_nan_stats=True,
                 name='Multinomial'):
        parameters = dict(locals())
        with ops.name_scope(name, values=[total_count, logits, probs]) as name:
            self._total_count = ops.convert_to_tensor(total_count, name='total_count')
            if validate_args:
                self._total_count = distribution_util.embed_check_nonnegative_integer_form(self._total_count)
            self._logits, self._probs = distribution_util.get_logits_and_probs(logits, probs, True, validate_args, name)
            self._expected = vector_distribution.column(self._total_count) * self._probs  # batch, and classes
        super().__init__(self._probs.dtype, distribution.NOT_REPARAMETERIZED, validate_args, allow_nan_stats, parameters,
                         [self._total_count, self._logits, self._probs], name)

    def _batch_shape_tensor(self):
        return array_ops.shape(self._expected)[:-1]

    def _batch_shape(self):
        return self._expected.get_shape().with_rank_at_least(1)[:-1]

    def _event_shape_tensor(self):
        return array_ops.shape(self._expected)[-1:]

    def _event_shape(self):
        return self._expected.get_shape().with_rank_at_least(1)[-1:]

    def _sample_n(self, n, seed=None):
        draws = math_ops.cast(self.total_count, dtype=dtypes.int32)
        size = self.event_shape_tensor()[0]
        # As many draws and logits as the batch has; one distribution after the other draws all of its samples at once.
        draws = array_ops.ones_like(self.logits[..., 0], dtype=draws.dtype) * draws
        logits = array_ops.ones_like(vector_distribution.column(draws), dtype=self.logits.dtype) * self.logits
        logits = array_ops.reshape(logits, [-1, size])
        draws = n * array_ops.reshape(draws, [-1])

        def counts(of_one):
            row = of_one[0][array_ops.newaxis, ...]
            classes = array_ops.reshape(random_ops.multinomial(row, of_one[1], seed), [n, -1])
            return math_ops.reduce_sum(array_ops.one_hot(classes, depth=size), axis=-2)

        samples = array_ops.transpose(map_fn_lib.map_fn(counts, [logits, draws], dtype=self.dtype), perm=[1, 0, 2])
        return array_ops.reshape(samples, array_ops.concat([[n], self.batch_shape_tensor(), [size]], 0))

    def _log_prob(self, counts):
        return self._log_unnormalized_prob(counts) - self._log_normalization(counts)

    def _log_unnormalized_prob(self, counts):
        counts = self._checked(counts)
        return math_ops.reduce_sum(counts * nn_ops.log_softmax(self.logits), -1)

    def _log_normalization(self, counts):
        return -distribution_util.log_combinations(self.total_count, self._checked(counts))

    def _checked(self, counts):
        return vector_distribution.counts_of(self, counts, 'counts must sum to `self.total_count`')

    def _mean(self):
        return array_ops.identity(self._expected)

    def _probs_of_batch(self):
        return self.probs * vector_distribution.column(array_ops.ones_like(self.total_count))

    def _covariance(self):
        return vector_distribution.covariance(self._expected, self._probs_of_batch(), self._variance)

    def _variance(self):
        probs = self._probs_of_batch()
        return self._expected - self._expected * probs
