"""The distribution of a coin."""

from reflow.framework import dtypes
from reflow.framework import ops
from reflow.ops import array_ops
from reflow.ops import math_ops
from reflow.ops import nn
from reflow.ops import random_ops
from reflow.ops.distributions import distribution
from reflow.ops.distributions import kullback_leibler
from reflow.ops.distributions import scalar_distribution
from reflow.ops.distributions import util as distribution_util

__all__ = ['Bernoulli']


class Bernoulli(scalar_distribution.ScalarDistribution):
    """1 with a probability of `probs`, or sigmoid(`logits`), and else 0."""

    _PARAMETERS = ('logits',)
    logits = scalar_distribution.parameter('logits', 'log(p / (1 - p)).')
    probs = scalar_distribution.parameter('probs', 'The probability of 1.')

    def __init__(self, logits=None, probs=None, dtype=dtypes.int32, validate_args=False, allow_nan_stats=True,
                 name='Bernoulli'):
        parameters = dict(locals())
        with ops.name_scope(name) as name:
            both = distribution_util.get_logits_and_probs(logits, probs, validate_args=validate_args, name=name)
        self._logits, self._probs = both
        super().__init__(dtype, distribution.NOT_REPARAMETERIZED, validate_args, allow_nan_stats, parameters, list(both), name)

    def _sample_n(self, n, seed=None):
        uniform = random_ops.random_uniform(self._sample_shape(n), dtype=self.probs.dtype, seed=seed)
        return math_ops.cast(math_ops.less(uniform, self.probs), self.dtype)

    def _log_prob(self, event):
        if self.validate_args:
            event = distribution_util.embed_check_integer_casting_closed(event, target_dtype=dtypes.bool)
        logits = self.logits
        event = math_ops.cast(event, logits.dtype)
        are_alike = logits.get_shape().is_fully_defined() and event.get_shape() == logits.get_shape()
        if not are_alike:
            logits, event = array_ops.ones_like(event) * logits, array_ops.ones_like(logits) * event
        return -nn.sigmoid_cross_entropy_with_logits(labels=event, logits=logits)

    def _entropy(self):
        return -self.logits * (math_ops.sigmoid(self.logits) - 1) + nn.softplus(-self.logits)

    def _mean(self):
        return array_ops.identity(self.probs)

    def _variance(self):
        return self._mean() * (1. - self.probs)

    def _mode(self):
        return math_ops.cast(self.probs > 0.5, self.dtype)


@kullback_leibler.RegisterKL(Bernoulli, Bernoulli)
def _kl_bernoulli_bernoulli(p, q, name=None):
    """The differences of the logarithms of both probabilities, weighed by those of p."""
    with ops.name_scope(name, 'kl_bernoulli_bernoulli', values=[p.logits, q.logits]):
        of_tails = nn.softplus(-q.logits) - nn.softplus(-p.logits)
        of_heads = nn.softplus(q.logits) - nn.softplus(p.logits)
        return math_ops.sigmoid(p.logits) * of_tails + math_ops.sigmoid(-p.logits) * of_heads
