"""The heads of the Estimators that are there: several classes, two classes, regression."""

from reflow.estimator.canned import class_outputs
from reflow.estimator.canned import head_checks
from reflow.estimator.canned import head_metrics
from reflow.estimator.canned import metric_keys
from reflow.estimator.canned import prediction_keys
from reflow.estimator.canned.base_head import (  # noqa: F401 - the names they have in TensorFlow
    CLASSIFY_SERVING_KEY, DEFAULT_SERVING_KEY, HeadOfLogits, PREDICT_SERVING_KEY, REGRESS_SERVING_KEY, _Head,
    summary_key)
from reflow.framework import dtypes
from reflow.framework import ops
from reflow.ops import metrics as metrics_lib
from reflow.ops.losses import losses
from reflow.saved_model.model_utils import export_output

_SUM = losses.Reduction.SUM


def _multi_class_head_with_softmax_cross_entropy_loss(n_classes, weight_column=None, label_vocabulary=None,
                                                      loss_reduction=_SUM, loss_fn=None, name=None):
    """A head of more than two classes, of which each example has one."""
    if label_vocabulary is not None and not isinstance(label_vocabulary, (list, tuple)):
        raise ValueError('label_vocabulary should be a list or a tuple. Given type: {}'.format(type(label_vocabulary)))
    head_checks.check_loss_reduction(loss_reduction)
    if loss_fn:
        head_checks.check_loss_fn_args(loss_fn)
    return _MultiClassHeadWithSoftmaxCrossEntropyLoss(
        n_classes=n_classes, weight_column=weight_column, label_vocabulary=label_vocabulary,
        loss_reduction=loss_reduction, loss_fn=loss_fn, name=name)


class _MultiClassHeadWithSoftmaxCrossEntropyLoss(HeadOfLogits):
    """A head of more than two classes, of which each example has one."""

    def __init__(self, n_classes, weight_column=None, label_vocabulary=None, loss_reduction=_SUM, loss_fn=None,
                 name=None):
        if n_classes is None:
            raise ValueError('n_classes cannot be None')
        super().__init__(name, loss_reduction)
        self._n_classes = head_checks.check_n_classes(n_classes)
        self._weight_column = weight_column
        self._label_vocabulary = label_vocabulary
        self._loss_fn = loss_fn

    @property
    def logits_dimension(self):
        """The number of classes."""
        return self._n_classes

    def _label_ids(self, labels):
        if self._label_vocabulary is None:
            if not labels.dtype.is_integer:
                raise ValueError('Labels dtype should be integer. Instead got {}.'.format(labels.dtype))
        else:
            if labels.dtype != dtypes.string:
                raise ValueError('Labels dtype should be string if there is a vocabulary. Instead got {}'.format(labels.dtype))
            labels = class_outputs.ids_of_names(labels, self._label_vocabulary)
        return head_checks.ids_in_range(labels, self._n_classes)

    def create_loss(self, features, mode, logits, labels):
        """A LossSpec: softmax cross entropy, or what loss_fn gives."""
        from reflow.ops import array_ops
        logits = ops.convert_to_tensor(logits)
        labels = head_checks.dense_labels(labels=labels, logits=logits, expected_labels_dimension=1)
        label_ids = self._label_ids(labels)
        return self._loss_spec(features, label_ids, logits, lambda: array_ops.expand_dims(
            losses.sparse_softmax_cross_entropy(label_ids, logits, reduction=losses.Reduction.NONE), axis=-1))

    def _make_predictions(self, logits):
        from reflow.ops import array_ops
        from reflow.ops import math_ops
        from reflow.ops import nn
        keys = prediction_keys.PredictionKeys
        logits = head_checks.logits_of_dimension(logits, self.logits_dimension)
        with ops.name_scope(None, 'predictions', (logits,)):
            all_class_ids = class_outputs.all_class_ids(logits, self._n_classes)
            all_classes = class_outputs.all_classes(logits, self._n_classes, self._label_vocabulary)
            class_ids = math_ops.argmax(logits, axis=-1, name=keys.CLASS_IDS)
            class_ids = array_ops.expand_dims(class_ids, axis=-1)
            classes = class_outputs.names_of_ids(class_ids, self._label_vocabulary)
            probabilities = nn.softmax(logits, name=keys.PROBABILITIES)
        return logits, {
            keys.LOGITS: logits, keys.PROBABILITIES: probabilities, keys.CLASS_IDS: class_ids, keys.CLASSES: classes,
            keys.ALL_CLASS_IDS: all_class_ids, keys.ALL_CLASSES: all_classes}, {}

    def _export_outputs(self, predictions):
        output = class_outputs.classification_output(
            predictions[prediction_keys.PredictionKeys.PROBABILITIES], self._n_classes, self._label_vocabulary)
        return {DEFAULT_SERVING_KEY: output, CLASSIFY_SERVING_KEY: output,
                PREDICT_SERVING_KEY: export_output.PredictOutput(predictions)}

    def _eval_metric_ops(self, labels, predictions, tensors, loss_spec, regularization_loss):
        keys = metric_keys.MetricKeys
        class_ids = predictions[prediction_keys.PredictionKeys.CLASS_IDS]
        _, unreduced_loss, weights, label_ids = loss_spec
        with ops.name_scope(None, 'metrics', (label_ids, class_ids, weights, unreduced_loss, regularization_loss)):
            metric_ops = {
                summary_key(self._name, keys.LOSS_MEAN): metrics_lib.mean(
                    values=unreduced_loss, weights=weights, name=keys.LOSS_MEAN),
                summary_key(self._name, keys.ACCURACY): metrics_lib.accuracy(
                    labels=label_ids, predictions=class_ids, weights=weights, name=keys.ACCURACY)}
            return self._add_regularization_metric(metric_ops, regularization_loss)


def _binary_logistic_head_with_sigmoid_cross_entropy_loss(weight_column=None, thresholds=None, label_vocabulary=None,
                                                          loss_reduction=_SUM, loss_fn=None, name=None):
    """A head of two classes."""
    thresholds = tuple(thresholds) if thresholds else ()
    if label_vocabulary is not None and not isinstance(label_vocabulary, (list, tuple)):
        raise TypeError('label_vocabulary should be a list or tuple. Given type: {}'.format(type(label_vocabulary)))
    for threshold in thresholds:
        if threshold <= 0.0 or threshold >= 1.0:
            raise ValueError('thresholds not in (0, 1): {}.'.format((thresholds,)))
    head_checks.check_loss_reduction(loss_reduction)
    if loss_fn:
        head_checks.check_loss_fn_args(loss_fn)
    return _BinaryLogisticHeadWithSigmoidCrossEntropyLoss(
        weight_column=weight_column, thresholds=thresholds, label_vocabulary=label_vocabulary,
        loss_reduction=loss_reduction, loss_fn=loss_fn, name=name)


class _BinaryLogisticHeadWithSigmoidCrossEntropyLoss(HeadOfLogits):
    """A head of two classes."""

    def __init__(self, weight_column=None, thresholds=None, label_vocabulary=None, loss_reduction=_SUM, loss_fn=None,
                 name=None):
        super().__init__(name, loss_reduction)
        self._weight_column = weight_column
        self._thresholds = tuple(thresholds) if thresholds else ()
        self._label_vocabulary = label_vocabulary
        self._loss_fn = loss_fn

    @property
    def logits_dimension(self):
        """1: the logit of class 1."""
        return 1

    def create_loss(self, features, mode, logits, labels):
        """A LossSpec: sigmoid cross entropy, or what loss_fn gives."""
        from reflow.ops import math_ops
        from reflow.ops import nn
        logits = ops.convert_to_tensor(logits)
        labels = head_checks.dense_labels(labels=labels, logits=logits, expected_labels_dimension=1)
        if self._label_vocabulary is not None:
            labels = class_outputs.ids_of_names(labels, self._label_vocabulary)
        labels = math_ops.to_float(labels)
        labels = head_checks.ids_in_range(labels, n_classes=2)
        return self._loss_spec(features, labels, logits,
                               lambda: nn.sigmoid_cross_entropy_with_logits(labels=labels, logits=logits))

    def _make_predictions(self, logits):
        from reflow.ops import array_ops
        from reflow.ops import math_ops
        from reflow.ops import nn
        keys = prediction_keys.PredictionKeys
        with ops.name_scope(None, 'predictions', (logits,)):
            logits = head_checks.logits_of_dimension(logits, self.logits_dimension)
            logistic = math_ops.sigmoid(logits, name=keys.LOGISTIC)
            two_class_logits = array_ops.concat((array_ops.zeros_like(logits), logits), axis=-1, name='two_class_logits')
            probabilities = nn.softmax(two_class_logits, name=keys.PROBABILITIES)
            class_ids = math_ops.argmax(two_class_logits, axis=-1, name=keys.CLASS_IDS)
            class_ids = array_ops.expand_dims(class_ids, axis=-1)
            all_class_ids = class_outputs.all_class_ids(logits, n_classes=2)
            all_classes = class_outputs.all_classes(logits, 2, self._label_vocabulary)
            classes = class_outputs.names_of_ids(class_ids, self._label_vocabulary)
        return logits, {
            keys.LOGITS: logits, keys.LOGISTIC: logistic, keys.PROBABILITIES: probabilities, keys.CLASS_IDS: class_ids,
            keys.CLASSES: classes, keys.ALL_CLASS_IDS: all_class_ids, keys.ALL_CLASSES: all_classes}, {}

    def _export_outputs(self, predictions):
        keys = prediction_keys.PredictionKeys
        output = class_outputs.classification_output(predictions[keys.PROBABILITIES], 2, self._label_vocabulary)
        return {DEFAULT_SERVING_KEY: output, CLASSIFY_SERVING_KEY: output,
                REGRESS_SERVING_KEY: export_output.RegressionOutput(value=predictions[keys.LOGISTIC]),
                PREDICT_SERVING_KEY: export_output.PredictOutput(predictions)}

    def _eval_metric_ops(self, labels, predictions, tensors, loss_spec, regularization_loss):
        keys = metric_keys.MetricKeys
        logits, logistic, class_ids = [predictions[key] for key in ('logits', 'logistic', 'class_ids')]
        _, unreduced_loss, weights, labels = loss_spec
        with ops.name_scope(None, 'metrics', (
                labels, logits, logistic, class_ids, weights, unreduced_loss, regularization_loss)):
            mean_of_labels = head_metrics.labels_mean(labels=labels, weights=weights, name=keys.LABEL_MEAN)
            by_class = dict(labels=labels, predictions=class_ids, weights=weights)
            by_probability = dict(labels=labels, predictions=logistic, weights=weights)
            metric_ops = {
                keys.LOSS_MEAN: metrics_lib.mean(values=unreduced_loss, weights=weights, name=keys.LOSS_MEAN),
                keys.ACCURACY: metrics_lib.accuracy(name=keys.ACCURACY, **by_class),
                keys.PRECISION: metrics_lib.precision(name=keys.PRECISION, **by_class),
                keys.RECALL: metrics_lib.recall(name=keys.RECALL, **by_class),
                keys.PREDICTION_MEAN: head_metrics.predictions_mean(
                    predictions=logistic, weights=weights, name=keys.PREDICTION_MEAN),
                keys.LABEL_MEAN: mean_of_labels,
                keys.ACCURACY_BASELINE: head_metrics.accuracy_baseline(mean_of_labels),
                keys.AUC: head_metrics.auc(name=keys.AUC, **by_probability),
                keys.AUC_PR: head_metrics.auc(curve='PR', name=keys.AUC_PR, **by_probability)}
            metric_ops = {summary_key(self._name, key): metric for key, metric in metric_ops.items()}
            self._add_regularization_metric(metric_ops, regularization_loss)
            for threshold in self._thresholds:
                for key, metric in ((keys.ACCURACY_AT_THRESHOLD, head_metrics.accuracy_at_threshold),
                                    (keys.PRECISION_AT_THRESHOLD, head_metrics.precision_at_threshold),
                                    (keys.RECALL_AT_THRESHOLD, head_metrics.recall_at_threshold)):
                    key %= threshold
                    metric_ops[summary_key(self._name, key)] = metric(threshold=threshold, name=key, **by_probability)
            return metric_ops


def _regression_head(weight_column=None, label_dimension=1, loss_reduction=_SUM, loss_fn=None, inverse_link_fn=None,
                     name=None):
    """A head of numbers."""
    head_checks.check_loss_reduction(loss_reduction)
    if loss_fn:
        head_checks.check_loss_fn_args(loss_fn)
    return _RegressionHeadWithMeanSquaredErrorLoss(
        weight_column=weight_column, label_dimension=label_dimension, loss_reduction=loss_reduction, loss_fn=loss_fn,
        inverse_link_fn=inverse_link_fn, name=name)


class _RegressionHeadWithMeanSquaredErrorLoss(HeadOfLogits):
    """A head of numbers."""

    def __init__(self, label_dimension, weight_column=None, loss_reduction=_SUM, loss_fn=None, inverse_link_fn=None,
                 name=None):
        if label_dimension < 1:
            raise ValueError('Invalid label_dimension %s.' % label_dimension)
        super().__init__(name, loss_reduction)
        self._logits_dimension = label_dimension
        self._weight_column = weight_column
        self._loss_fn = loss_fn
        self._inverse_link_fn = inverse_link_fn

    @property
    def logits_dimension(self):
        """The number of numbers of an example."""
        return self._logits_dimension

    def create_loss(self, features, mode, logits, labels):
        """A LossSpec: squared errors, or what loss_fn gives."""
        from reflow.ops import math_ops
        logits = ops.convert_to_tensor(logits)
        labels = head_checks.dense_labels(
            labels=labels, logits=logits, expected_labels_dimension=self._logits_dimension)
        labels = math_ops.to_float(labels)
        return self._loss_spec(
            features, labels, logits, lambda: losses.mean_squared_error(labels, logits, reduction=losses.Reduction.NONE),
            dimension=self._logits_dimension, allow_per_logit_weights=True)

    def _make_predictions(self, logits):
        keys = prediction_keys.PredictionKeys
        logits = head_checks.logits_of_dimension(logits, self._logits_dimension)
        if not self._inverse_link_fn:
            return logits, {keys.PREDICTIONS: logits}, {}
        return logits, {keys.PREDICTIONS: self._inverse_link_fn(logits), keys.LOGITS: logits}, {}

    def _export_outputs(self, predictions):
        output = export_output.RegressionOutput(value=predictions[prediction_keys.PredictionKeys.PREDICTIONS])
        return {DEFAULT_SERVING_KEY: output, REGRESS_SERVING_KEY: output,
                PREDICT_SERVING_KEY: export_output.PredictOutput(predictions)}

    def _eval_metric_ops(self, labels, predictions, tensors, loss_spec, regularization_loss):
        keys = metric_keys.MetricKeys
        _, unreduced_loss, weights, _ = loss_spec
        metric_ops = {
            summary_key(self._name, keys.LOSS_MEAN): metrics_lib.mean(values=unreduced_loss, weights=weights),
            summary_key(self._name, keys.PREDICTION_MEAN): head_metrics.predictions_mean(
                predictions=predictions[prediction_keys.PredictionKeys.PREDICTIONS], weights=weights,
                name=keys.PREDICTION_MEAN),
            summary_key(self._name, keys.LABEL_MEAN): metrics_lib.mean(values=labels, weights=weights)}
        return self._add_regularization_metric(metric_ops, regularization_loss)


def _binary_logistic_or_multi_class_head(n_classes, weight_column, label_vocabulary, loss_reduction):
    """The head of so many classes."""
    if n_classes == 2:
        return _binary_logistic_head_with_sigmoid_cross_entropy_loss(
            weight_column=weight_column, label_vocabulary=label_vocabulary, loss_reduction=loss_reduction)
    return _multi_class_head_with_softmax_cross_entropy_loss(
        n_classes, weight_column=weight_column, label_vocabulary=label_vocabulary, loss_reduction=loss_reduction)
