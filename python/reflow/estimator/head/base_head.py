"""The base classes of the heads that programs pass to Estimators: tf.estimator.Head and what its subclasses share."""

import abc

from reflow.estimator import model_fn
from reflow.estimator.canned import head_checks
from reflow.estimator.canned import metric_keys
from reflow.estimator.canned.base_head import (  # noqa: F401 - the names they have in TensorFlow
    CLASSIFY_SERVING_KEY, DEFAULT_SERVING_KEY, PREDICT_SERVING_KEY, REGRESS_SERVING_KEY, summary_key)
from reflow.estimator.canned.prediction_keys import PredictionKeys
from reflow.estimator.mode_keys import ModeKeys
from reflow.framework import ops
from reflow.keras import metrics as keras_metrics
from reflow.keras.utils import losses_utils
from reflow.util import function_utils

MEAN = losses_utils.ReductionV2.SUM_OVER_BATCH_SIZE
_LOSS_FN_ARGS = {'labels', 'logits', 'features', 'loss_reduction'}


class Head(metaclass=abc.ABCMeta):
    """Makes loss, predictions and metrics of logits, and of these an EstimatorSpec."""

    @property
    @abc.abstractmethod
    def name(self):
        """The head's name, or None."""

    @property
    @abc.abstractmethod
    def logits_dimension(self):
        """The size of the last dimension of logits."""

    @property
    @abc.abstractmethod
    def loss_reduction(self):
        """How losses of examples become one loss, of tf.losses.Reduction."""

    @abc.abstractmethod
    def loss(self, labels, logits, features=None, mode=None, regularization_losses=None):
        """The loss of a batch."""

    @abc.abstractmethod
    def predictions(self, logits, keys=None):
        """{name: prediction}"""

    @abc.abstractmethod
    def metrics(self, regularization_losses=None):
        """{name: metric of Keras}, for update_metrics."""

    @abc.abstractmethod
    def update_metrics(self, eval_metrics, features, logits, labels, mode=None, regularization_losses=None):
        """Adds a batch to metrics, and gives them."""

    def _summary_key(self, key):
        return summary_key(self.name, key)

    def create_estimator_spec(self, features, mode, logits, labels=None, optimizer=None, trainable_variables=None,
                              train_op_fn=None, update_ops=None, regularization_losses=None):
        """The EstimatorSpec of a mode."""
        raise NotImplementedError('Subclasses of Head must implement `create_estimator_spec()` or '
                                  '_create_tpu_estimator_spec().')


class LogitsHead(Head):
    """A head of one tensor of logits: subclasses say what labels, losses and predictions are."""

    _valid_keys = ()  # of predictions

    def __init__(self, name, weight_column, loss_reduction, loss_fn):
        check_loss_reduction(loss_reduction)
        if loss_fn:
            check_loss_fn_args(loss_fn)
        self._name = name
        self._weight_column = weight_column
        self._loss_reduction = loss_reduction
        self._loss_fn = loss_fn

    @property
    def name(self):
        """The head's name, or None."""
        return self._name

    @property
    def loss_reduction(self):
        """How losses of examples become one loss, of tf.losses.Reduction."""
        return self._loss_reduction

    @abc.abstractmethod
    def _processed_labels(self, logits, labels):
        """Labels as numbers, checked."""

    @abc.abstractmethod
    def _unweighted_loss(self, labels, logits):
        """Losses of examples: [D0, D1, ..., 1]."""

    @abc.abstractmethod
    def _export_outputs(self, predictions):
        """{name: ExportOutput}"""

    _loss_dimension = 1
    _allows_weights_of_logits = False

    def _loss_and_weights(self, logits, labels, features):
        features = features or {}
        if self._loss_fn:
            loss = head_checks.call_loss_fn(self._loss_fn, labels, logits, features, expected_loss_dim=self._loss_dimension)
        else:
            loss = self._unweighted_loss(labels, logits)
        return loss, head_checks.weights_of_examples(features, self._weight_column, logits, self._allows_weights_of_logits)

    def loss(self, labels, logits, features=None, mode=None, regularization_losses=None):
        """The loss of a batch."""
        from reflow.ops import math_ops
        with ops.name_scope('losses', values=(logits, labels, regularization_losses, features)):
            logits = head_checks.logits_of_dimension(logits, self.logits_dimension)
            labels = self._processed_labels(logits, labels)
            unweighted_loss, weights = self._loss_and_weights(logits, labels, features)
            loss = losses_utils.compute_weighted_loss(unweighted_loss, sample_weight=weights, reduction=self._loss_reduction)
            if regularization_losses is None:
                return loss
            return loss + math_ops.add_n(regularization_losses)

    def _metrics_of(self, specs, regularization_losses):
        """Metrics of (key, class, arguments), under the head's keys."""
        specs = list(specs)
        if regularization_losses is not None:
            specs.append((metric_keys.MetricKeys.LOSS_REGULARIZATION, keras_metrics.Mean, {}))
        with ops.name_scope('metrics', values=(regularization_losses,)):
            return {self._summary_key(key): cls(**{'name': key, **arguments}) for key, cls, arguments in specs}

    def _thresholds_metrics(self):
        """What _metrics_of makes for thresholds: they are named with the head's name."""
        keys = metric_keys.MetricKeys
        for threshold in self._thresholds:
            for key, cls, argument in ((keys.ACCURACY_AT_THRESHOLD, keras_metrics.BinaryAccuracy, 'threshold'),
                                       (keys.PRECISION_AT_THRESHOLD, keras_metrics.Precision, 'thresholds'),
                                       (keys.RECALL_AT_THRESHOLD, keras_metrics.Recall, 'thresholds')):
                key %= threshold
                yield key, cls, {'name': self._summary_key(key), argument: threshold}

    def _update(self, eval_metrics, key, *args, **kwargs):
        eval_metrics[self._summary_key(key)].update_state(*args, **kwargs)

    def _update_mean(self, eval_metrics, key, values, weights):
        """Adds values, whose weights are broadcast, to a mean."""
        from reflow.ops import math_ops
        from reflow.ops import weights_broadcast_ops
        values = math_ops.to_float(values)
        if weights is not None:
            weights = weights_broadcast_ops.broadcast_weights(weights, values)
        self._update(eval_metrics, key, values=values, sample_weight=weights)

    def _update_thresholds(self, eval_metrics, labels, probabilities, weights):
        for key, _, _ in self._thresholds_metrics():
            self._update(eval_metrics, key, y_true=labels, y_pred=probabilities, sample_weight=weights)

    def _update_regularization(self, eval_metrics, regularization_losses):
        from reflow.ops import math_ops
        if regularization_losses is not None:
            self._update(eval_metrics, metric_keys.MetricKeys.LOSS_REGULARIZATION,
                         values=math_ops.add_n(regularization_losses))

    def predictions(self, logits, keys=None):
        """{name: prediction}"""
        keys = self._keys(keys)
        logits = head_checks.logits_of_dimension(logits, self.logits_dimension)
        with ops.name_scope('predictions', values=(logits,)):
            found = {PredictionKeys.LOGITS: logits} if PredictionKeys.LOGITS in keys else {}
            found.update(self._predictions_beside_logits(logits, keys))
        return found

    def _predictions_beside_logits(self, logits, keys):
        """{name: prediction} of classifiers; other heads have predictions() of their own."""
        raise NotImplementedError

    def _keys(self, keys):
        """The predictions that are asked for. ValueError: there is no such."""
        for key in keys or ():
            if key not in self._valid_keys:
                raise ValueError('Prediction key must be in PredictionKeys, given: {}.Valid prediction keys include {}.'.format(
                    key, list(self._valid_keys)))
        return keys or self._valid_keys

    def create_estimator_spec(self, features, mode, logits, labels=None, optimizer=None, trainable_variables=None,
                              train_op_fn=None, update_ops=None, regularization_losses=None):
        """The EstimatorSpec of a mode."""
        eval_metrics = train_op = None
        with ops.name_scope(self._name, 'head'):
            predictions = self.predictions(logits)
            if mode == ModeKeys.PREDICT:
                return model_fn.EstimatorSpec(
                    mode=mode, predictions=predictions, export_outputs=self._export_outputs(predictions))
            loss = self.loss(logits=logits, labels=labels, features=features, mode=mode,
                             regularization_losses=regularization_losses)
            if mode == ModeKeys.EVAL:
                eval_metrics = self.metrics(regularization_losses=regularization_losses)
            else:
                train_op = train_op_of(loss, optimizer, trainable_variables, train_op_fn, update_ops)
        if mode == ModeKeys.EVAL:
            eval_metrics = self.update_metrics(eval_metrics=eval_metrics, features=features, logits=logits, labels=labels,
                                               regularization_losses=regularization_losses)
            return model_fn.EstimatorSpec(mode=mode, predictions=predictions, loss=loss, eval_metric_ops=eval_metrics)
        write_losses(loss, regularization_losses, self._summary_key)
        return model_fn.EstimatorSpec(mode=ModeKeys.TRAIN, predictions=predictions, loss=loss, train_op=train_op)


def dense_labels(labels, logits, expected_labels_dimension):
    """Labels as [D0, D1, ..., expected_labels_dimension], checked against the logits."""
    return head_checks.dense_labels(labels, logits, expected_labels_dimension, texts=TEXTS)


def ids_in_range(labels, n_classes, message=None):
    """Labels checked to be at least 0 and below `n_classes`."""
    return head_checks.ids_in_range(labels, n_classes, message=message, below='Labels must be <= n_classes - 1',
                                    not_negative='Labels must be >= 0', scope='check_label_range')


def check_loss_reduction(loss_reduction):
    """Raises ValueError unless losses of examples are put together."""
    reduction = losses_utils.ReductionV2
    if loss_reduction not in reduction.all() or loss_reduction == reduction.NONE:
        raise ValueError('Invalid loss_reduction: {}. See `tf.losses.Reduction` for valid options.'.format(loss_reduction))


def check_loss_fn_args(loss_fn):
    """Raises ValueError unless a loss function takes labels, logits and nothing that is unknown beside."""
    args = function_utils.fn_args(loss_fn)
    for required in ('labels', 'logits'):
        if required not in args:
            raise ValueError('loss_fn must contain argument: {}. Given arguments: {}'.format(required, args))
    unknown = list(set(args) - _LOSS_FN_ARGS)
    if unknown:
        raise ValueError('loss_fn has unexpected args: {}'.format(unknown))


def train_op_of(loss, optimizer, trainable_variables, train_op_fn, update_ops):
    """The operation of a training step: by an optimizer of Keras, or what train_op_fn makes of the loss."""
    from reflow.keras.optimizer_v2 import optimizer_v2
    from reflow.ops import control_flow_ops
    not_list = '{} should be a list or a tuple. Given type: {}.'
    if update_ops is not None and not isinstance(update_ops, (list, tuple)):
        raise ValueError(not_list.format('update_ops', type(update_ops)))
    with ops.name_scope(''), ops.name_scope('training'):
        if optimizer is not None:
            if train_op_fn is not None:
                raise ValueError('train_op_fn and optimizer cannot both be set.')
            if not isinstance(optimizer, optimizer_v2.OptimizerV2):
                raise ValueError('The given optimizer is not a tf.keras.optimizers.Optimizer instance. Given: {}'.format(
                    optimizer))
            if trainable_variables is None:
                raise ValueError('trainable_variables cannot be None. Given {}'.format(trainable_variables))
            if not isinstance(trainable_variables, (list, tuple)):
                raise ValueError(not_list.format('trainable_variables', type(trainable_variables)))
            train_op = optimizer.get_updates(loss, trainable_variables)[0]
        elif train_op_fn is not None:
            train_op = train_op_fn(loss)
        else:
            raise ValueError('train_op_fn and optimizer cannot both be None.')
        return train_op if update_ops is None else control_flow_ops.group(train_op, *update_ops)


def write_losses(loss, regularization_losses, key=lambda key: key):
    """Summaries of the losses of training."""
    from reflow.ops import math_ops
    from reflow.summary import summary
    keys = metric_keys.MetricKeys
    with ops.name_scope(''):
        summary.scalar(key(keys.LOSS), loss)
        if regularization_losses is not None:
            summary.scalar(key(keys.LOSS_REGULARIZATION), math_ops.add_n(regularization_losses))


TEXTS = head_checks.LabelTexts(
    missing='You must provide a labels Tensor. Given: None. Suggested troubleshooting steps: Check that your data contains '
            'your label feature. Check that your input_fn properly parses and returns labels.',
    sparse='SparseTensor labels are not supported. Labels must be a Tensor of shape [D0, D1, ..., DN, {0}], e.g. '
           '[batch_size, {0}].Suggested Fix (1): Check the label feature in your data. Each example must contain {0} value(s). '
           'If not, your choice of label was probably incorrect. Suggested Fix (2): In your input_fn, use '
           'tf.sparse_tensor_to_dense() to turn labels into a Tensor.',
    dimension='Mismatched label shape. Expected labels dimension={}.  Received {}. Suggested Fix: If your classifier expects '
              'one-hot encoding label, check your n_classes argument to the estimator and/or the shape of your label. '
              'Otherwise, check the shape of your label.',
    shape='labels shape must be [D0, D1, ... DN, {}]. Suggested Fix: check your n_classes argument to the head and/or the '
          'shape of your label.')
