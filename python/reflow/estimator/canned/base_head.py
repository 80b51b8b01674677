"""The base class of heads: they make predictions, loss, training and metrics of logits."""

import abc
import collections

from reflow.estimator import model_fn
from reflow.estimator.canned import head_checks
from reflow.estimator.canned import metric_keys
from reflow.estimator.mode_keys import ModeKeys
from reflow.framework import ops
from reflow.ops import metrics as metrics_lib
from reflow.ops.losses import losses
from reflow.saved_model import signature_constants
from reflow.training import training_util

DEFAULT_SERVING_KEY = signature_constants.DEFAULT_SERVING_SIGNATURE_DEF_KEY
CLASSIFY_SERVING_KEY = 'classification'
REGRESS_SERVING_KEY = 'regression'
PREDICT_SERVING_KEY = 'predict'

LossSpec = collections.namedtuple('LossSpec', ['training_loss', 'unreduced_loss', 'weights', 'processed_labels'])


def summary_key(head_name, key):
    """KEY/HEAD, or KEY of a head without name."""
    return '%s/%s' % (key, head_name) if head_name else key


class _Head(metaclass=abc.ABCMeta):
    """Makes what an EstimatorSpec has of logits."""

    @property
    @abc.abstractmethod
    def name(self):
        """The head's name, or None."""

    @property
    @abc.abstractmethod
    def logits_dimension(self):
        """The size of the last dimension of logits."""

    @abc.abstractmethod
    def create_loss(self, features, mode, logits, labels):
        """A LossSpec."""

    @abc.abstractmethod
    def create_estimator_spec(self, features, mode, logits, labels=None, optimizer=None, train_op_fn=None,
                              regularization_losses=None):
        """An EstimatorSpec."""


class HeadOfLogits(_Head):
    """A head that says how predictions and metrics are made, and leaves the rest to this class."""

    def __init__(self, name, loss_reduction):
        self._name = name
        self._loss_reduction = loss_reduction

    @property
    def name(self):
        """The head's name, or None."""
        return self._name

    def _loss_spec(self, features, labels, logits, default_loss, dimension=1, allow_per_logit_weights=False):
        """The LossSpec of what `_loss_fn` gives for each example or, without such, default_loss()."""
        if self._loss_fn:
            loss = head_checks.call_loss_fn(self._loss_fn, labels, logits, features, expected_loss_dim=dimension)
        else:
            loss = default_loss()
        weights = head_checks.weights_of_examples(features, self._weight_column, logits, allow_per_logit_weights)
        total = losses.compute_weighted_loss(loss, weights=weights, reduction=self._loss_reduction)
        return LossSpec(total, unreduced_loss=loss, weights=weights, processed_labels=labels)

    @abc.abstractmethod
    def _make_predictions(self, logits):
        """(logits, {name: prediction}, {name: tensor that only metrics use})"""

    @abc.abstractmethod
    def _export_outputs(self, predictions):
        """{name: ExportOutput}"""

    @abc.abstractmethod
    def _eval_metric_ops(self, labels, predictions, tensors, loss_spec, regularization_loss):
        """{name: metric}"""

    def create_estimator_spec(self, features, mode, logits, labels=None, optimizer=None, train_op_fn=None,
                              regularization_losses=None):
        """An EstimatorSpec of predictions and, unless the mode is PREDICT, loss and training or metrics."""
        from reflow.ops import array_ops
        from reflow.ops import math_ops
        mean_loss = None
        with ops.name_scope(self._name, 'head'):
            logits, predictions, tensors = self._make_predictions(logits)
            if mode == ModeKeys.PREDICT:
                return model_fn.EstimatorSpec(
                    mode=mode, predictions=predictions, export_outputs=self._export_outputs(predictions))
            loss_spec = self.create_loss(features=features, mode=mode, logits=logits, labels=labels)
            loss, regularization_loss = with_regularization(loss_spec.training_loss, regularization_losses)
            if mode == ModeKeys.TRAIN:
                train_op = train_op_of(loss, optimizer, train_op_fn)
                if self._loss_reduction == losses.Reduction.SUM:
                    weight_sum = math_ops.reduce_sum(loss_spec.weights * array_ops.ones_like(loss_spec.unreduced_loss))
                    mean_loss = loss_spec.training_loss / weight_sum
        if mode == ModeKeys.EVAL:
            metrics = self._eval_metric_ops(labels, predictions, tensors, loss_spec, regularization_loss)
            return model_fn.EstimatorSpec(mode=mode, predictions=predictions, loss=loss, eval_metric_ops=metrics)
        write_losses(self._name, loss, mean_loss, regularization_loss)
        return model_fn.EstimatorSpec(mode=ModeKeys.TRAIN, predictions=predictions, loss=loss, train_op=train_op)

    def _add_regularization_metric(self, metric_ops, regularization_loss):
        key = metric_keys.MetricKeys.LOSS_REGULARIZATION
        if regularization_loss is not None:
            metric_ops[summary_key(self._name, key)] = metrics_lib.mean(values=regularization_loss, name=key)
        return metric_ops


def with_regularization(training_loss, regularization_losses):
    """(the loss with those of regularization, the sum of these or None)"""
    from reflow.ops import math_ops
    if not regularization_losses:
        return training_loss, None
    regularization_loss = math_ops.add_n(regularization_losses)
    return math_ops.add_n([training_loss, regularization_loss]), regularization_loss


def step_of(loss, optimizer, train_op_fn):
    """The operation of a training step, from one of `optimizer` and `train_op_fn`."""
    if (optimizer is None) == (train_op_fn is None):
        raise ValueError('train_op_fn and optimizer cannot both be %s.' % ('None' if optimizer is None else 'set'))
    return train_op_fn(loss) if optimizer is None else optimizer.minimize(
        loss, global_step=training_util.get_global_step())


def train_op_of(loss, optimizer, train_op_fn):
    """The operation of a training step, with the updates of the graph."""
    return append_update_ops(step_of(loss, optimizer, train_op_fn))


def append_update_ops(train_op):
    """`train_op` and the updates of the graph."""
    from reflow.ops import control_flow_ops
    update_ops = ops.get_collection(ops.GraphKeys.UPDATE_OPS)
    return control_flow_ops.group(train_op, *update_ops) if update_ops else train_op


def write_losses(name, loss, mean_loss, regularization_loss):
    """Summaries of the losses of training."""
    from reflow.summary import summary
    keys = metric_keys.MetricKeys
    with ops.name_scope(''):
        for key, value in ((keys.LOSS, loss), (keys.LOSS_MEAN, mean_loss), (keys.LOSS_REGULARIZATION, regularization_loss)):
            if value is not None:
                summary.scalar(summary_key(name, key), value)
