"""The distribution over classes, each a vector with one 1."""

from reflow.framework import dtypes
from reflow.framework import ops
from reflow.ops import array_ops
from reflow.ops import check_ops
from reflow.ops import control_flow_ops
from reflow.ops import math_ops
from reflow.ops import nn_ops
from reflow.ops import random_ops
from reflow.ops.distributions import categorical
from reflow.ops.distributions import distribution
from reflow.ops.distributions import kullback_leibler
from reflow.ops.distributions import util as distribution_util

__all__ = ['OneHotCategorical']


class OfVectors(categorical.OfClasses):
    """A distribution over vectors with a number for each class."""

    def _event_shape(self):
        return self._logits.shape.with_rank_at_least(1)[-1:]

    def _batch_shape_tensor(self):
        return array_ops.shape(self._logits)[:-1]

    def _event_shape_tensor(self):
        return array_ops.shape(self._logits)[-1:]

    def _in_rows(self, x, axis):
        """(logits, x, shape of the batch): both as matrices, broadcast to each other. axis: that of the classes."""
        if self.validate_args:  # as in TensorFlow the checks are those of logarithms
            x = control_flow_ops.with_dependencies([
                check_ops.assert_non_positive(x), check_ops.assert_near(
                    array_ops.zeros([], dtype=self.dtype), math_ops.reduce_logsumexp(x, axis=[-1]))], x)
        logits = self._logits
        if not x.shape.is_fully_defined() or not logits.shape.is_fully_defined() or x.shape != logits.shape:
            logits = array_ops.ones_like(x, dtype=logits.dtype) * logits
            x = array_ops.ones_like(logits, dtype=x.dtype) * x
        batch_shape = array_ops.shape(math_ops.reduce_sum(logits, axis))
        logits = array_ops.reshape(logits, [-1, self._event_size])
        return logits, array_ops.reshape(x, [-1, self._event_size]), batch_shape


class OneHotCategorical(OfVectors):
    """1 at i with a probability of probs[..., i], or softmax(logits)[..., i], and 0 elsewhere."""

    def __init__(self, logits=None, probs=None, dtype=dtypes.int32, validate_args=False, allow_nan_stats=True,
                 name='OneHotCategorical'):
        parameters = dict(locals())
        with ops.name_scope(name, values=[logits, probs]) as name:
            self._logits, self._probs = distribution_util.get_logits_and_probs(
                name=name, logits=logits, probs=probs, validate_args=validate_args, multidimensional=True)
            self._batch_rank = categorical.rank_of_batch(self._logits)
            with ops.name_scope(name='event_size'):
                self._event_size = array_ops.shape(self._logits)[-1]
        super().__init__(dtype=dtype, reparameterization_type=distribution.NOT_REPARAMETERIZED,
                         validate_args=validate_args, allow_nan_stats=allow_nan_stats, parameters=parameters,
                         graph_parents=[self._logits, self._probs], name=name)

    def _sample_n(self, n, seed=None):
        sample_shape = array_ops.concat([[n], array_ops.shape(self.logits)], 0)
        logits = self.logits
        if logits.get_shape().ndims != 2:
            logits = array_ops.reshape(logits, [-1, self.event_size])
        samples = array_ops.transpose(random_ops.multinomial(logits, n, seed=seed))
        samples = array_ops.one_hot(samples, self.event_size, dtype=self.dtype)
        return array_ops.reshape(samples, sample_shape)

    def _log_prob(self, x):
        logits, labels, batch_shape = self._in_rows(x, -1)
        crossed = nn_ops.softmax_cross_entropy_with_logits(labels=labels, logits=logits)
        return array_ops.reshape(-crossed, batch_shape)

    def _entropy(self):
        return -math_ops.reduce_sum(nn_ops.log_softmax(self.logits) * self.probs, axis=-1)

    def _mode(self):
        mode = array_ops.one_hot(math_ops.argmax(self.logits, axis=self._batch_rank), self.event_size, dtype=self.dtype)
        mode.set_shape(self.logits.get_shape())
        return mode

    def _variance(self):
        return self.probs * (1. - self.probs)

    def _covariance(self):
        p = self.probs
        return array_ops.matrix_set_diag(
            -math_ops.matmul(p[..., array_ops.newaxis], p[..., array_ops.newaxis, :]), self._variance())


@kullback_leibler.RegisterKL(OneHotCategorical, OneHotCategorical)
def _kl_categorical_categorical(a, b, name=None):
    with ops.name_scope(name, 'kl_categorical_categorical', values=[a.logits, b.logits]):
        probs = nn_ops.softmax(a.logits)
        return math_ops.reduce_sum(probs * (nn_ops.log_softmax(a.logits) - nn_ops.log_softmax(b.logits)), axis=-1)
