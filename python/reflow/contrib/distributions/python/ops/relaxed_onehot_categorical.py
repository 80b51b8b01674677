"""Classes drawn so that gradients go through the samples. Maddison and others, arXiv 1611.00712; Jang and others,
arXiv 1611.01144."""

import numpy as np

from reflow.framework import ops
from reflow.ops import array_ops
from reflow.ops import math_ops
from reflow.ops import nn_ops
from reflow.ops import random_ops
from reflow.ops.distributions import distribution
from reflow.ops.distributions import util as distribution_util

__all__ = ['ExpRelaxedOneHotCategorical', 'RelaxedOneHotCategorical']


class ExpRelaxedOneHotCategorical(distribution.Distribution):
    """The logarithms of RelaxedOneHotCategorical."""

    def __init__(self, temperature, logits=None, probs=None, dtype=None, validate_args=False, allow_nan_stats=True,
                 name='ExpRelaxedOneHotCategorical'):
        parameters = dict(locals())
        with ops.name_scope(name, values=[logits, probs, temperature]) as name:
            self._logits, self._probs = distribution_util.get_logits_and_probs(
                name=name, logits=logits, probs=probs, validate_args=validate_args, multidimensional=True, dtype=dtype)
            self._temperature = ops.convert_to_tensor(temperature, name='temperature', dtype=self._logits.dtype)
        super().__init__(dtype=self._logits.dtype, reparameterization_type=distribution.FULLY_REPARAMETERIZED,
                         validate_args=validate_args, allow_nan_stats=allow_nan_stats, parameters=parameters,
                         graph_parents=[self._logits, self._probs, self._temperature], name=name)

    @property
    def event_size(self):
        """The number of classes, as a tensor."""
        return array_ops.shape(self._logits)[-1]

    @property
    def temperature(self):
        """The temperature."""
        return self._temperature

    @property
    def logits(self):
        """The logits."""
        return self._logits

    @property
    def probs(self):
        """The probabilities."""
        return self._probs

    def _batch_shape_tensor(self):
        return array_ops.shape(self._logits)[:-1]

    def _batch_shape(self):
        return self.logits.get_shape()[:-1]

    def _event_shape_tensor(self):
        return array_ops.shape(self.logits)[-1:]

    def _event_shape(self):
        return self.logits.get_shape().with_rank_at_least(1)[-1:]

    def _sample_n(self, n, seed=None):
        shape = array_ops.concat([[n], array_ops.shape(self.logits)], 0)
        # Not 0, whose logarithm there is none.
        uniform = random_ops.random_uniform(shape=shape, minval=np.finfo(self.dtype.as_numpy_dtype).tiny, maxval=1.,
                                            dtype=self.dtype, seed=seed)
        gumbel = -math_ops.log(-math_ops.log(uniform))
        return nn_ops.log_softmax(math_ops.div(gumbel + self.logits, self._temperature[..., array_ops.newaxis]))

    def _log_prob(self, x):
        size = math_ops.cast(self.event_size, x.dtype)
        log_norm = math_ops.lgamma(size) - math_ops.log(self.temperature) * (1. - size)
        log_softmax = nn_ops.log_softmax(self.logits - x * self._temperature[..., array_ops.newaxis])
        return math_ops.reduce_sum(log_softmax, -1) + log_norm


class RelaxedOneHotCategorical(ExpRelaxedOneHotCategorical):
    """Vectors of positive numbers whose sum is 1; near one-hot for a small temperature."""

    def __init__(self, temperature, logits=None, probs=None, dtype=None, validate_args=False, allow_nan_stats=True,
                 name='RelaxedOneHotCategorical'):
        super().__init__(temperature, logits=logits, probs=probs, dtype=dtype, validate_args=validate_args,
                         allow_nan_stats=allow_nan_stats, name=name)

    def _sample_n(self, n, seed=None):
        return math_ops.exp(super()._sample_n(n, seed))

    def _log_prob(self, x):
        log_x = math_ops.log(x)
        return super()._log_prob(log_x) - math_ops.reduce_sum(log_x, -1)
