"""Distributions of counts."""

import numpy as np

from reflow.framework import constant_op
from reflow.framework import ops
from reflow.ops import array_ops
from reflow.ops import check_ops
from reflow.ops import control_flow_ops
from reflow.ops import math_ops
from reflow.ops import nn
from reflow.ops import random_ops
from reflow.ops.distributions import distribution
from reflow.ops.distributions import util as distribution_util
from reflow.ops.distributions import scalar_distribution
from reflow.util.shown_attributes import shown

__all__ = ['Binomial', 'Geometric', 'NegativeBinomial']


class _OfTrials(scalar_distribution.ScalarDistribution):
    """A distribution of the outcomes of trials that succeed with a probability."""

    logits = shown('_logits', 'The log-odds of success.')
    probs = shown('_probs', 'The probability of success.')

    def _valid_count(self, x):
        return distribution_util.embed_check_nonnegative_integer_form(x) if self.validate_args else x


class _OfCountedTrials(_OfTrials):
    """The same, where how many there are of something is a parameter."""

    _PARAMETERS = ('total_count', 'probs')

    total_count = shown('_total_count', 'The number of trials, or of failures.')

    def _log_prob(self, x):
        weight = self._log_unnormalized_prob(x)
        return weight - self._log_normalization(x)


class Binomial(_OfCountedTrials):
    """How many of `total_count` trials succeed."""

    def __init__(self, total_count, logits=None, probs=None, validate_args=False, allow_nan_stats=True, name='Binomial'):
        parameters = dict(locals())
        with ops.name_scope(name, values=[total_count, logits, probs]) as name:
            total_count = ops.convert_to_tensor(total_count, name='total_count')
            if validate_args:
                total_count = control_flow_ops.with_dependencies([
                    check_ops.assert_non_negative(total_count, message='total_count must be non-negative.'),
                    distribution_util.assert_integer_form(
                        total_count, message='total_count cannot contain fractional components.')], total_count)
            self._total_count = total_count
            self._logits, self._probs = distribution_util.get_logits_and_probs(
                logits=logits, probs=probs, validate_args=validate_args, name=name)
        super().__init__(dtype=self._probs.dtype, reparameterization_type=distribution.NOT_REPARAMETERIZED,
                         validate_args=validate_args, allow_nan_stats=allow_nan_stats, parameters=parameters,
                         graph_parents=[self._total_count, self._logits, self._probs], name=name)

    def _prob(self, counts):
        return math_ops.exp(self._log_prob(counts))

    def _cdf(self, counts):
        counts, probs = self._valid(counts), self.probs
        known = counts.shape.is_fully_defined() and probs.shape.is_fully_defined()
        if not (known and counts.shape.is_compatible_with(probs.shape)):
            probs += array_ops.zeros_like(counts)
            counts += array_ops.zeros_like(self.probs)
        ones = array_ops.ones_like(self.total_count - counts)
        are_all = math_ops.equal(counts, self.total_count)
        # betainc is undefined where none are left; there the probability is 1.
        left = array_ops.where_v2(are_all, ones, self.total_count - counts)
        below = math_ops.betainc(left, counts + 1, 1 - probs)
        return array_ops.where_v2(are_all, ones, below)

    def _log_unnormalized_prob(self, counts):
        counts = self._valid(counts)
        return counts * math_ops.log(self.probs) + (self.total_count - counts) * math_ops.log1p(-self.probs)

    def _log_normalization(self, counts):
        counts = self._valid(counts)
        return (math_ops.lgamma(1. + self.total_count - counts) + math_ops.lgamma(1. + counts)
                - math_ops.lgamma(1. + self.total_count))

    def _mean(self):
        return self.total_count * self.probs

    def _variance(self):
        return self._mean() * (1 - self.probs)

    def _mode(self):
        return math_ops.floor((1. + self.total_count) * self.probs)

    def _valid(self, counts):
        if not self.validate_args:
            return counts
        counts = distribution_util.embed_check_nonnegative_integer_form(counts)
        return control_flow_ops.with_dependencies([check_ops.assert_less_equal(
            counts, self.total_count, message='counts are not less than or equal to n.')], counts)


class Geometric(_OfTrials):
    """How many trials fail before one succeeds."""

    _PARAMETERS = ('probs',)

    def __init__(self, logits=None, probs=None, validate_args=False, allow_nan_stats=True, name='Geometric'):
        parameters = dict(locals())
        with ops.name_scope(name, values=[logits, probs]) as name:
            self._logits, self._probs = distribution_util.get_logits_and_probs(
                logits, probs, validate_args=validate_args, name=name)
            self._probs = distribution_util.checked_positive(self._probs, validate_args, 'probs')
        super().__init__(self._probs.dtype, distribution.NOT_REPARAMETERIZED, validate_args, allow_nan_stats, parameters,
                         [self._probs, self._logits], name)

    def _sample_n(self, n, seed=None):
        # The smallest positive number, whose logarithm is finite, is the least.
        least = np.finfo(self.dtype.as_numpy_dtype).tiny
        shape = array_ops.concat([[n], array_ops.shape(self._probs)], 0)
        uniform = random_ops.random_uniform(shape, least, 1., self.dtype, seed)
        return math_ops.floor(math_ops.log(uniform) / math_ops.log1p(-self._probs))

    def _count(self, x):
        x = self._valid_count(x) if self.validate_args else math_ops.floor(x)
        return x * array_ops.ones_like(self.probs)

    def _cdf(self, x):
        x = self._count(x)
        return array_ops.where(x < 0., array_ops.zeros_like(x), -math_ops.expm1((1. + x) * math_ops.log1p(-self.probs)))

    def _log_prob(self, x):
        x = self._count(x)
        probs = self.probs * array_ops.ones_like(x)
        # For 0 failures the logarithm is multiplied by 0, also where it isn't finite.
        safe = array_ops.where(math_ops.equal(x, 0.), array_ops.zeros_like(probs), probs)
        return x * math_ops.log1p(-safe) + math_ops.log(probs)

    def _entropy(self):
        probs = self._probs
        if self.validate_args:
            probs = control_flow_ops.with_dependencies([check_ops.assert_less(
                probs, constant_op.constant(1., probs.dtype),
                message='Entropy is undefined when logits = inf or probs = 1.')], probs)
        return nn.softplus(self.logits) / probs - self.logits

    def _mean(self):
        return math_ops.exp(-self.logits)

    def _variance(self):
        return self._mean() / self.probs

    def _mode(self):
        return array_ops.zeros(self.batch_shape_tensor(), dtype=self.dtype)


class NegativeBinomial(_OfCountedTrials):
    """How many trials succeed before `total_count` have failed."""

    def __init__(self, total_count, logits=None, probs=None, validate_args=False, allow_nan_stats=True,
                 name='NegativeBinomial'):
        parameters = dict(locals())
        with ops.name_scope(name, values=[total_count, logits, probs]) as name:
            self._logits, self._probs = distribution_util.get_logits_and_probs(
                logits, probs, validate_args=validate_args, name=name)
            self._total_count = distribution_util.checked_positive(total_count, validate_args)
        super().__init__(self._probs.dtype, distribution.NOT_REPARAMETERIZED, validate_args, allow_nan_stats, parameters,
                         [self._total_count, self._probs, self._logits], name)

    def _sample_n(self, n, seed=None):
        # A Poisson number whose rate is a gamma number.
        rate = random_ops.random_gamma(shape=[n], alpha=self.total_count, beta=math_ops.exp(-self.logits), dtype=self.dtype,
                                       seed=seed)
        return random_ops.random_poisson(rate, shape=[], dtype=self.dtype,
                                         seed=distribution_util.gen_new_seed(seed, 'negative_binom'))

    def _cdf(self, x):
        x = self._valid_count(x)
        return math_ops.betainc(self.total_count, 1. + x, math_ops.sigmoid(-self.logits))

    def _log_unnormalized_prob(self, x):
        x = self._valid_count(x)
        return self.total_count * math_ops.log_sigmoid(-self.logits) + x * math_ops.log_sigmoid(self.logits)

    def _log_normalization(self, x):
        x = self._valid_count(x)
        return -math_ops.lgamma(self.total_count + x) + math_ops.lgamma(1. + x) + math_ops.lgamma(self.total_count)

    def _mean(self):
        return self.total_count * math_ops.exp(self.logits)

    def _mode(self):
        failures = array_ops.where_v2(1. < self.total_count, self.total_count - 1., array_ops.zeros_like(self.total_count))
        return math_ops.floor(failures * math_ops.exp(self.logits))

    def _variance(self):
        return self._mean() / math_ops.sigmoid(-self.logits)
