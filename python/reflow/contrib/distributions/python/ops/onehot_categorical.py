"""The distribution over classes, each a vector with one 1."""

from reflow.framework import dtypes
from reflow.framework import ops
from reflow.ops import array_ops
from reflow.ops import math_ops
from reflow.ops import nn_ops
from reflow.ops import random_ops
from reflow.ops.distributions import distribution
from reflow.ops.distributions import kullback_leibler
from reflow.ops.distributions import util as distribution_util

__all__ = ['OneHotCategorical']


class OneHotCategorical(distribution.Distribution):
    """1 at i with a probability of probs[..., i], or softmax(logits)[..., i], and 0 elsewhere."""

    def __init__(self, logits=None, probs=None, dtype=dtypes.int32, validate_args=False, allow_nan_stats=True,
                 name='OneHotCategorical'):
        parameters = dict(locals())
        with ops.name_scope(name, values=[logits, probs]) as name:
            self._logits, self._probs = distribution_util.get_logits_and_probs(
                name=name, logits=logits, probs=probs, validate_args=validate_args, multidimensional=True)
        super().__init__(dtype=dtype, reparameterization_type=distribution.NOT_REPARAMETERIZED,
                         validate_args=validate_args, allow_nan_stats=allow_nan_stats, parameters=parameters,
                         graph_parents=[self._logits, self._probs], name=name)

    @property
    def event_size(self):
        """The number of classes, as a tensor."""
        return array_ops.shape(self._logits)[-1]

    @property
    def logits(self):
        """The logits."""
        return self._logits

    @property
    def probs(self):
        """The probabilities."""
        return self._probs

    def _batch_shape_tensor(self):
        return array_ops.shape(self.logits)[:-1]

    def _batch_shape(self):
        return self.logits.get_shape()[:-1]

    def _event_shape_tensor(self):
        return array_ops.shape(self.logits)[-1:]

    def _event_shape(self):
        return self.logits.get_shape().with_rank_at_least(1)[-1:]

    def _sample_n(self, n, seed=None):
        sample_shape = array_ops.concat([[n], array_ops.shape(self.logits)], 0)
        logits = self.logits
        if logits.get_shape().ndims != 2:
            logits = array_ops.reshape(logits, [-1, self.event_size])
        samples = array_ops.transpose(random_ops.multinomial(logits, n, seed=seed))
        samples = array_ops.one_hot(samples, self.event_size, dtype=self.dtype)
        return array_ops.reshape(samples, sample_shape)

    def _log_prob(self, x):
        x = math_ops.cast(x, self.logits.dtype)
        logits = self.logits + array_ops.zeros_like(x)
        labels = x + array_ops.zeros_like(self.logits)
        return -nn_ops.softmax_cross_entropy_with_logits_v2(labels=labels, logits=logits)

    def _entropy(self):
        return -math_ops.reduce_sum(nn_ops.log_softmax(self.logits) * self.probs, axis=-1)

    def _mode(self):
        return array_ops.one_hot(math_ops.argmax(self.logits, axis=-1), self.event_size, dtype=self.dtype)

    def _variance(self):
        return self.probs * (1. - self.probs)

    def _covariance(self):
        p = self.probs
        return array_ops.matrix_set_diag(
            -math_ops.matmul(p[..., array_ops.newaxis], p[..., array_ops.newaxis, :]), self._variance())


@kullback_leibler.RegisterKL(OneHotCategorical, OneHotCategorical)
def _kl_categorical_categorical(a, b, name=None):
    with ops.name_scope(name, 'kl_categorical_categorical', values=[a.logits, b.logits]):
        delta = nn_ops.log_softmax(a.logits) - nn_ops.log_softmax(b.logits)
        return math_ops.reduce_sum(nn_ops.softmax(a.logits) * delta, axis=-1)
