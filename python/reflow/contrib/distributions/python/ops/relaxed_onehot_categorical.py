"""Classes drawn so that gradients go through the samples. Maddison and others, arXiv 1611.00712; Jang and others,
arXiv 1611.01144."""

import numpy as np

from reflow.contrib.distributions.python.ops import onehot_categorical
from reflow.contrib.distributions.python.ops.bijectors import elementwise
from reflow.framework import ops
from reflow.ops import array_ops
from reflow.ops import check_ops
from reflow.ops import math_ops
from reflow.ops import nn_ops
from reflow.ops import random_ops
from reflow.ops.distributions import categorical
from reflow.ops.distributions import distribution
from reflow.ops.distributions import transformed_distribution
from reflow.ops.distributions import util as distribution_util
from reflow.util.shown_attributes import shown

__all__ = ['ExpRelaxedOneHotCategorical', 'RelaxedOneHotCategorical']


class ExpRelaxedOneHotCategorical(onehot_categorical.OfVectors):
    """The logarithms of RelaxedOneHotCategorical."""

    def __init__(self, temperature, logits=None, probs=None, dtype=None, validate_args=False, allow_nan_stats=True,
                 name='ExpRelaxedOneHotCategorical'):
        parameters = dict(locals())
        with ops.name_scope(name, values=[logits, probs, temperature]) as name:
            self._logits, self._probs = distribution_util.get_logits_and_probs(
                name=name, logits=logits, probs=probs, validate_args=validate_args, multidimensional=True)
            if dtype is None:
                dtype = self._logits.dtype
                temperature = temperature if validate_args else math_ops.cast(temperature, dtype)
            with ops.control_dependencies([check_ops.assert_positive(temperature)] if validate_args else []):
                self._temperature = array_ops.identity(temperature, name='temperature')
                # One for each row of logits_2d.
                self._temperature_2d = array_ops.reshape(temperature, [-1, 1], name='temperature_2d')
            self._batch_rank = categorical.rank_of_batch(self._logits)
            with ops.name_scope('event_size'):
                self._event_size = array_ops.shape(self._logits)[-1]
        super().__init__(dtype=dtype, reparameterization_type=distribution.FULLY_REPARAMETERIZED,
                         validate_args=validate_args, allow_nan_stats=allow_nan_stats, parameters=parameters,
                         graph_parents=[self._logits, self._probs, self._temperature], name=name)

    temperature = shown('_temperature', 'The temperature.')

    def _sample_n(self, n, seed=None):
        shape = array_ops.concat([[n], array_ops.shape(self.logits)], 0)
        repeated = self.logits * array_ops.ones(shape, dtype=self.dtype)
        rows = array_ops.reshape(repeated, [-1, self.event_size])
        least = np.finfo(self.dtype.as_numpy_dtype).tiny  # not 0, whose logarithm there is none
        uniform = random_ops.random_uniform(array_ops.shape(rows), least, 1., self.dtype, seed)
        gumbel = -math_ops.log(-math_ops.log(uniform))
        drawn = nn_ops.log_softmax(math_ops.div(gumbel + rows, self._temperature_2d))
        return array_ops.reshape(drawn, shape)

    def _log_prob(self, x):
        logits_2d, x_2d, batch_shape = self._in_rows(x, [-1])
        size = math_ops.cast(self.event_size, x_2d.dtype)
        log_norm = math_ops.lgamma(size) + (size - 1.) * math_ops.log(self.temperature)
        log_softmax = nn_ops.log_softmax(logits_2d - x_2d * self._temperature_2d)
        return array_ops.reshape(log_norm + math_ops.reduce_sum(log_softmax, [-1], keepdims=False), batch_shape)


class RelaxedOneHotCategorical(transformed_distribution.TransformedDistribution):
    """Vectors of positive numbers whose sum is 1; near one-hot for a small temperature."""

    def __init__(self, temperature, logits=None, probs=None, dtype=None, validate_args=False, allow_nan_stats=True,
                 name='RelaxedOneHotCategorical'):
        of_logarithms = ExpRelaxedOneHotCategorical(temperature, logits=logits, probs=probs, dtype=dtype,
                                                    validate_args=validate_args, allow_nan_stats=allow_nan_stats)
        super().__init__(of_logarithms, elementwise.Exp(), name=name)
