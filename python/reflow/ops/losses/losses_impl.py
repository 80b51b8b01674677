"""Losses for training: one number for the batch, weighted, and put into a collection."""

from reflow import _core
from reflow.framework import dtypes
from reflow.framework import ops
from reflow.ops import array_ops
from reflow.ops import math_ops
from reflow.ops import weights_broadcast_ops
from reflow.ops.losses import util  # noqa: F401
from reflow.util import deprecation

_LOSSES = ops.GraphKeys.LOSSES


class Reduction:
    """How the losses of a batch become one."""

    NONE = 'none'
    SUM = 'weighted_sum'
    MEAN = 'weighted_mean'
    SUM_OVER_BATCH_SIZE = 'weighted_sum_over_batch_size'
    SUM_OVER_NONZERO_WEIGHTS = 'weighted_sum_by_nonzero_weights'
    SUM_BY_NONZERO_WEIGHTS = SUM_OVER_NONZERO_WEIGHTS

    @classmethod
    def all(cls):
        """All of them."""
        return (cls.NONE, cls.SUM, cls.MEAN, cls.SUM_OVER_BATCH_SIZE, cls.SUM_OVER_NONZERO_WEIGHTS,
                cls.SUM_BY_NONZERO_WEIGHTS)

    @classmethod
    def validate(cls, key):
        """ValueError: `key` is none of them."""
        if key not in cls.all():
            raise ValueError('Invalid Reduction Key %s.' % key)


def _noted(reduction):
    """The reduction; tf.distribute.get_loss_reduction tells the last one of the graph."""
    ops.get_default_graph()._last_loss_reduction = reduction
    return reduction


def _num_present(losses, weights, per_batch=False):
    """How many losses have a weight that isn't 0: of all, or [batch, 1, ...] of each row."""
    if isinstance(weights, float) and weights != 0.:
        return math_ops.cast(array_ops.size(losses, name='num_elements'), losses.dtype)
    with ops.name_scope(None, 'num_present', (losses, weights)) as scope:
        weights = math_ops.cast(weights, dtypes.float32)
        present = array_ops.where(math_ops.equal(weights, 0.), array_ops.zeros_like(weights), array_ops.ones_like(weights))
        present = weights_broadcast_ops.broadcast_weights(present, losses)
        axis = math_ops.range(1, array_ops.rank(present)) if per_batch else None
        return math_ops.reduce_sum(present, axis=axis, keepdims=per_batch, name=scope)


def _safe_mean(losses, num_present):
    """The sum over the number; 0 where that is 0."""
    return math_ops.div_no_nan(math_ops.reduce_sum(losses), num_present, name='value')


def compute_weighted_loss(losses, weights=1.0, scope=None, loss_collection=_LOSSES,
                          reduction=Reduction.SUM_BY_NONZERO_WEIGHTS):
    """The loss of `losses`, weighted."""
    return _core.losses.compute_weighted_loss(losses, weights, scope, loss_collection, _noted(reduction))


def absolute_difference(labels, predictions, weights=1.0, scope=None, loss_collection=_LOSSES,
                        reduction=Reduction.SUM_BY_NONZERO_WEIGHTS):
    """|labels - predictions|."""
    return _core.losses.absolute_difference(labels, predictions, weights, scope, loss_collection, _noted(reduction))


def cosine_distance(labels, predictions, axis=None, weights=1.0, scope=None, loss_collection=_LOSSES,
                    reduction=Reduction.SUM_BY_NONZERO_WEIGHTS, dim=None):
    """1 - labels * predictions summed along `axis`, where both have unit norm."""
    axis = deprecation.deprecated_argument_lookup('axis', axis, 'dim', dim)
    return _core.losses.cosine_distance(labels, predictions, axis, weights, scope, loss_collection, _noted(reduction))


def hinge_loss(labels, logits, weights=1.0, scope=None, loss_collection=_LOSSES,
               reduction=Reduction.SUM_BY_NONZERO_WEIGHTS):
    """The hinge loss of labels 0 and 1."""
    return _core.losses.hinge_loss(labels, logits, weights, scope, loss_collection, _noted(reduction))


def huber_loss(labels, predictions, weights=1.0, delta=1.0, scope=None, loss_collection=_LOSSES,
               reduction=Reduction.SUM_BY_NONZERO_WEIGHTS):
    """Squared up to a difference of delta, linear beyond."""
    return _core.losses.huber_loss(labels, predictions, weights, delta, scope, loss_collection, _noted(reduction))


def log_loss(labels, predictions, weights=1.0, epsilon=1e-7, scope=None, loss_collection=_LOSSES,
             reduction=Reduction.SUM_BY_NONZERO_WEIGHTS):
    """The log loss of probabilities."""
    return _core.losses.log_loss(labels, predictions, weights, epsilon, scope, loss_collection, _noted(reduction))


def mean_pairwise_squared_error(labels, predictions, weights=1.0, scope=None, loss_collection=_LOSSES):
    """Whether the predictions of pairs of elements differ as their labels do."""
    return _core.losses.mean_pairwise_squared_error(labels, predictions, weights, scope, loss_collection)


def mean_squared_error(labels, predictions, weights=1.0, scope=None, loss_collection=_LOSSES,
                       reduction=Reduction.SUM_BY_NONZERO_WEIGHTS):
    """The square of the difference."""
    return _core.losses.mean_squared_error(labels, predictions, weights, scope, loss_collection, _noted(reduction))


def sigmoid_cross_entropy(multi_class_labels, logits, weights=1.0, label_smoothing=0, scope=None,
                          loss_collection=_LOSSES, reduction=Reduction.SUM_BY_NONZERO_WEIGHTS):
    """The cross entropy of classes that don't exclude each other."""
    return _core.losses.sigmoid_cross_entropy(multi_class_labels, logits, weights, label_smoothing, scope,
                                              loss_collection, _noted(reduction))


def softmax_cross_entropy(onehot_labels, logits, weights=1.0, label_smoothing=0, scope=None, loss_collection=_LOSSES,
                          reduction=Reduction.SUM_BY_NONZERO_WEIGHTS):
    """The cross entropy of classes of which one is true, given by their probabilities."""
    return _core.losses.softmax_cross_entropy(onehot_labels, logits, weights, label_smoothing, scope, loss_collection,
                                              _noted(reduction))


def sparse_softmax_cross_entropy(labels, logits, weights=1.0, scope=None, loss_collection=_LOSSES,
                                 reduction=Reduction.SUM_BY_NONZERO_WEIGHTS):
    """The cross entropy of classes of which one is true, given by their numbers."""
    return _core.losses.sparse_softmax_cross_entropy(labels, logits, weights, scope, loss_collection, _noted(reduction))
