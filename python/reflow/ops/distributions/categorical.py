"""The distribution over the numbers of classes."""

from reflow.framework import constant_op
from reflow.framework import dtypes
from reflow.framework import ops
from reflow.framework import tensor_shape
from reflow.ops import array_ops
from reflow.ops import math_ops
from reflow.ops import nn_ops
from reflow.ops import random_ops
from reflow.ops.distributions import distribution
from reflow.ops.distributions import kullback_leibler
from reflow.ops.distributions import util as distribution_util
from reflow.util.shown_attributes import shown

__all__ = ['Categorical']


def _broadcast_to_each_other(event, params, base_dtype):
    """Both with the same shape, but for the last dimension of `params`."""
    if event.dtype.is_integer:
        pass
    elif event.dtype.is_floating:
        event = math_ops.cast(event, dtype=dtypes.int32)
    else:
        raise TypeError('`value` should have integer `dtype` or `self.dtype` ({})'.format(base_dtype))
    known = params.get_shape()[:-1].is_fully_defined() and event.get_shape().is_fully_defined()
    if not known or params.get_shape()[:-1] != event.get_shape():
        params *= array_ops.ones_like(event[..., array_ops.newaxis], dtype=params.dtype)
        shape = array_ops.shape(params)[:-1]
        event *= array_ops.ones(shape, dtype=event.dtype)
        if params.get_shape().ndims is not None:
            event.set_shape(tensor_shape.TensorShape(params.get_shape()[:-1]))
    return event, params


def rank_of_batch(logits):
    """How many dimensions there are before that of the classes, as a tensor called batch_rank."""
    rank = logits.get_shape().with_rank_at_least(1).ndims
    if rank is not None:
        return ops.convert_to_tensor(rank - 1, dtype=dtypes.int32, name='batch_rank')
    with ops.name_scope(name='batch_rank'):
        return array_ops.rank(logits) - 1


class OfClasses(distribution.Distribution):
    """A distribution over classes, of `_logits` and `_probs`, [batch, classes], and `_event_size`, a tensor."""

    event_size = shown('_event_size', 'The number of classes, as a tensor.')
    logits = shown('_logits', 'The logits.')
    probs = shown('_probs', 'The probabilities.')

    def _batch_shape(self):
        return self._logits.shape[:-1]


class Categorical(OfClasses):
    """Class i with a probability of probs[..., i], or softmax(logits)[..., i]."""

    def __init__(self, logits=None, probs=None, dtype=dtypes.int32, validate_args=False, allow_nan_stats=True,
                 name='Categorical'):
        parameters = dict(locals())
        with ops.name_scope(name, values=[logits, probs]) as name:
            self._logits, self._probs = distribution_util.get_logits_and_probs(
                logits=logits, probs=probs, validate_args=validate_args, multidimensional=True, name=name)
            if validate_args:
                self._logits = distribution_util.embed_check_categorical_event_shape(self._logits)
            static = self._logits.get_shape().with_rank_at_least(1)
            self._batch_rank = rank_of_batch(self._logits)
            logits_shape = array_ops.shape(self._logits, name='logits_shape')
            if tensor_shape.dimension_value(static[-1]) is not None:
                self._event_size = ops.convert_to_tensor(static.dims[-1].value, dtype=dtypes.int32, name='event_size')
            else:
                with ops.name_scope(name='event_size'):
                    self._event_size = logits_shape[self._batch_rank]
            if static[:-1].is_fully_defined():
                self._batch_shape_val = constant_op.constant(static[:-1].as_list(), dtype=dtypes.int32,
                                                             name='batch_shape')
            else:
                with ops.name_scope(name='batch_shape'):
                    self._batch_shape_val = logits_shape[:-1]
        super().__init__(dtype=dtype, reparameterization_type=distribution.NOT_REPARAMETERIZED,
                         validate_args=validate_args, allow_nan_stats=allow_nan_stats, parameters=parameters,
                         graph_parents=[self._logits, self._probs], name=name)

    def _batch_shape_tensor(self):
        return array_ops.identity(self._batch_shape_val)

    def _event_shape_tensor(self):
        return constant_op.constant([], dtype=dtypes.int32)

    def _event_shape(self):
        return tensor_shape.TensorShape([])

    def _sample_n(self, n, seed=None):
        rows = self.logits if self.logits.shape.ndims == 2 else array_ops.reshape(self.logits, [-1, self.event_size])
        drawn = random_ops.multinomial(rows, n, seed=seed,
                                       output_dtype=dtypes.int32 if self.dtype.size <= 4 else dtypes.int64)
        by_draw = array_ops.transpose(drawn)
        shape = array_ops.concat([[n], self.batch_shape_tensor()], 0)
        return math_ops.cast(array_ops.reshape(by_draw, shape), self.dtype)

    def _numbers(self, k):
        """Classes as a tensor."""
        k = ops.convert_to_tensor(k, name='k')
        return distribution_util.embed_check_integer_casting_closed(k, dtypes.int32) if self.validate_args else k

    def _cdf(self, k):
        k, probs = _broadcast_to_each_other(self._numbers(k), self._probs, self.dtype.base_dtype)
        rows = array_ops.reshape(probs, (-1, self._event_size))
        is_below = array_ops.sequence_mask(array_ops.reshape(k, [-1]), self._event_size)
        below = array_ops.where(is_below, rows, array_ops.zeros_like(rows))
        sums = math_ops.reduce_sum(below, axis=-1)
        return array_ops.reshape(sums, array_ops.shape(k))

    def _log_prob(self, k):
        labels, logits = _broadcast_to_each_other(self._numbers(k), self._logits, self.dtype.base_dtype)
        return -nn_ops.sparse_softmax_cross_entropy_with_logits(labels=labels, logits=logits)

    def _entropy(self):
        return -math_ops.reduce_sum(nn_ops.log_softmax(self.logits) * self.probs, axis=-1)

    def _mode(self):
        return math_ops.cast(math_ops.argmax(self.logits, axis=self._batch_rank), self.dtype)


@kullback_leibler.RegisterKL(Categorical, Categorical)
def _kl_categorical_categorical(a, b, name=None):
    with ops.name_scope(name, 'kl_categorical_categorical', values=[a.logits, b.logits]):
        delta_log_probs1 = nn_ops.log_softmax(a.logits) - nn_ops.log_softmax(b.logits)
        return math_ops.reduce_sum(nn_ops.softmax(a.logits) * delta_log_probs1, axis=-1)
