"""The heads of `tf.contrib.estimator`, whose losses are means over the batch."""

from reflow.estimator.canned import class_outputs
from reflow.estimator.canned import head as head_lib
from reflow.estimator.canned import head_checks
from reflow.estimator.canned import head_metrics
from reflow.estimator.canned import metric_keys
from reflow.estimator.canned import prediction_keys
from reflow.framework import dtypes
from reflow.framework import ops
from reflow.framework import sparse_tensor
from reflow.ops import metrics as metrics_lib
from reflow.ops.losses import losses
from reflow.saved_model.model_utils import export_output

_MEAN = losses.Reduction.SUM_OVER_BATCH_SIZE


def multi_class_head(n_classes, weight_column=None, label_vocabulary=None, loss_reduction=_MEAN, loss_fn=None, name=None):
    """A head of more than two classes, of which each example has one."""
    return head_lib._multi_class_head_with_softmax_cross_entropy_loss(
        n_classes=n_classes, weight_column=weight_column, label_vocabulary=label_vocabulary,
        loss_reduction=loss_reduction, loss_fn=loss_fn, name=name)


def binary_classification_head(weight_column=None, thresholds=None, label_vocabulary=None, loss_reduction=_MEAN,
                               loss_fn=None, name=None):
    """A head of two classes."""
    return head_lib._binary_logistic_head_with_sigmoid_cross_entropy_loss(
        weight_column=weight_column, thresholds=thresholds, label_vocabulary=label_vocabulary,
        loss_reduction=loss_reduction, loss_fn=loss_fn, name=name)


def regression_head(weight_column=None, label_dimension=1, loss_reduction=_MEAN, loss_fn=None, inverse_link_fn=None,
                    name=None):
    """A head of numbers."""
    return head_lib._regression_head(
        weight_column=weight_column, label_dimension=label_dimension, loss_reduction=loss_reduction, loss_fn=loss_fn,
        inverse_link_fn=inverse_link_fn, name=name)


def poisson_regression_head(weight_column=None, label_dimension=1, loss_reduction=_MEAN, compute_full_loss=True,
                            name=None):
    """A head of counts, of which the logits are logarithms of means."""
    from reflow.ops import math_ops
    from reflow.ops import nn

    def _poisson_loss(labels, logits):
        return nn.log_poisson_loss(targets=labels, log_input=logits, compute_full_loss=compute_full_loss)

    return head_lib._regression_head(
        weight_column=weight_column, label_dimension=label_dimension, loss_reduction=loss_reduction,
        loss_fn=_poisson_loss, inverse_link_fn=math_ops.exp, name=name)


def logistic_regression_head(weight_column=None, loss_reduction=_MEAN, name=None):
    """A head of probabilities."""
    from reflow.ops import math_ops
    from reflow.ops import nn

    def _logistic_loss(labels, logits):
        labels = head_checks.ids_in_range(labels, n_classes=2, message='Labels must be in range [0, 1]')
        return nn.sigmoid_cross_entropy_with_logits(labels=labels, logits=logits)

    return head_lib._regression_head(
        weight_column=weight_column, label_dimension=1, loss_reduction=loss_reduction, loss_fn=_logistic_loss,
        inverse_link_fn=math_ops.sigmoid, name=name)


def multi_label_head(n_classes, weight_column=None, thresholds=None, label_vocabulary=None, loss_reduction=_MEAN,
                     loss_fn=None, classes_for_class_based_metrics=None, name=None):
    """A head of classes, of which each example has any number."""
    if n_classes is None or n_classes < 2:
        raise ValueError('n_classes must be > 1 for multi-class classification. Given: {}'.format(n_classes))
    thresholds = head_checks.checked_thresholds(thresholds)
    head_checks.check_label_vocabulary(label_vocabulary, n_classes)
    if loss_fn:
        head_checks.check_loss_fn_args(loss_fn)
    head_checks.check_loss_reduction(loss_reduction)
    return _MultiLabelHead(
        n_classes=n_classes, weight_column=weight_column, thresholds=thresholds, label_vocabulary=label_vocabulary,
        loss_reduction=loss_reduction, loss_fn=loss_fn, classes_for_class_based_metrics=class_outputs.ids_of_classes(
            classes_for_class_based_metrics, label_vocabulary, n_classes), name=name)


class _MultiLabelHead(head_lib.HeadOfLogits):
    """A head of classes, of which each example has any number."""

    def __init__(self, n_classes, weight_column=None, thresholds=None, label_vocabulary=None, loss_reduction=_MEAN,
                 loss_fn=None, classes_for_class_based_metrics=None, name=None):
        super().__init__(name, loss_reduction)
        self._n_classes = n_classes
        self._weight_column = weight_column
        self._thresholds = thresholds
        self._label_vocabulary = label_vocabulary
        self._loss_fn = loss_fn
        self._classes_for_class_based_metrics = classes_for_class_based_metrics

    @property
    def logits_dimension(self):
        """The number of classes."""
        return self._n_classes

    def _process_labels(self, labels):
        """Ids or names in a sparse tensor as a dense one of 0 and 1."""
        from reflow.ops import check_ops
        from reflow.ops import math_ops
        from reflow.ops import sparse_ops
        if labels is None:
            raise ValueError('You must provide a labels Tensor. Given: None. Suggested troubleshooting steps: Check that your '
                             'data contain your label feature. Check that your input_fn properly parses and returns labels.')
        if not isinstance(labels, sparse_tensor.SparseTensor):
            return head_checks.ids_in_range(
                labels, 2, message='labels must be an integer indicator Tensor with values in [0, 1]')
        if labels.dtype == dtypes.string:
            ids = class_outputs.ids_of_names(labels.values, self._label_vocabulary)
            labels = sparse_tensor.SparseTensor(indices=labels.indices, values=ids, dense_shape=labels.dense_shape)
            return math_ops.to_int64(sparse_ops.sparse_to_indicator(labels, self._n_classes))
        message = 'labels must be an integer SparseTensor with values in [0, {})'.format(self._n_classes)
        checks = [
            check_ops.assert_integer(labels.values, message=message),
            check_ops.assert_less(
                labels.values, ops.convert_to_tensor(self._n_classes, dtype=labels.dtype), message=message),
            check_ops.assert_non_negative(labels.values, message=message)]
        with ops.control_dependencies(checks):
            return math_ops.to_int64(sparse_ops.sparse_to_indicator(labels, self._n_classes))

    def create_loss(self, features, mode, logits, labels):
        """A LossSpec: the mean of sigmoid cross entropies, or what loss_fn gives."""
        from reflow.ops import math_ops
        logits = ops.convert_to_tensor(logits)
        labels = head_checks.dense_labels(
            labels=self._process_labels(labels), logits=logits, expected_labels_dimension=self.logits_dimension)
        return self._loss_spec(features, labels, logits, lambda: math_ops.reduce_mean(
            losses.sigmoid_cross_entropy(labels, logits, reduction=losses.Reduction.NONE), axis=-1, keepdims=True))

    def _make_predictions(self, logits):
        from reflow.ops import math_ops
        keys = prediction_keys.PredictionKeys
        logits = head_checks.logits_of_dimension(logits, self.logits_dimension)
        with ops.name_scope(None, 'predictions', (logits,)):
            probabilities = math_ops.sigmoid(logits, name=keys.PROBABILITIES)
        return logits, {keys.LOGITS: logits, keys.PROBABILITIES: probabilities}, {}

    def _export_outputs(self, predictions):
        output = class_outputs.classification_output(
            predictions[prediction_keys.PredictionKeys.PROBABILITIES], self._n_classes, self._label_vocabulary)
        return {head_lib.DEFAULT_SERVING_KEY: output, head_lib.CLASSIFY_SERVING_KEY: output,
                head_lib.PREDICT_SERVING_KEY: export_output.PredictOutput(predictions)}

    def _eval_metric_ops(self, labels, predictions, tensors, loss_spec, regularization_loss):
        keys = metric_keys.MetricKeys
        probabilities = predictions[prediction_keys.PredictionKeys.PROBABILITIES]
        _, unreduced_loss, weights, labels = loss_spec
        by_probability = dict(labels=labels, predictions=probabilities, weights=weights)
        with ops.name_scope(None, 'metrics', [labels, probabilities, weights, unreduced_loss, regularization_loss]):
            metric_ops = {
                keys.LOSS_MEAN: metrics_lib.mean(values=unreduced_loss, weights=weights, name=keys.LOSS_MEAN),
                keys.AUC: metrics_lib.auc(name=keys.AUC, **by_probability),
                keys.AUC_PR: metrics_lib.auc(curve='PR', name=keys.AUC_PR, **by_probability)}
            metric_ops = {head_lib.summary_key(self._name, key): metric for key, metric in metric_ops.items()}
            self._add_regularization_metric(metric_ops, regularization_loss)
            for threshold in self._thresholds:
                for key, metric in ((keys.ACCURACY_AT_THRESHOLD, head_metrics.accuracy_at_threshold),
                                    (keys.PRECISION_AT_THRESHOLD, head_metrics.precision_at_threshold),
                                    (keys.RECALL_AT_THRESHOLD, head_metrics.recall_at_threshold)):
                    key %= threshold
                    metric_ops[head_lib.summary_key(self._name, key)] = metric(
                        threshold=threshold, name=key, **by_probability)
            for class_id in self._classes_for_class_based_metrics:
                metric_ops.update(self._metrics_of_class(class_id, labels, probabilities, weights))
        return metric_ops

    def _metrics_of_class(self, class_id, labels, probabilities, weights):
        keys = metric_keys.MetricKeys
        class_probabilities, class_labels = class_outputs.columns_of_class(class_id, probabilities, labels)
        if self._label_vocabulary is None:
            names = [key % class_id for key in (keys.PROBABILITY_MEAN_AT_CLASS, keys.AUC_AT_CLASS, keys.AUC_PR_AT_CLASS)]
        else:
            names = [key % self._label_vocabulary[class_id]
                     for key in (keys.PROBABILITY_MEAN_AT_NAME, keys.AUC_AT_NAME, keys.AUC_PR_AT_NAME)]
        given = dict(labels=class_labels, predictions=class_probabilities, weights=weights)
        metrics = [
            head_metrics.predictions_mean(predictions=class_probabilities, weights=weights, name=names[0]),
            head_metrics.auc(name=names[1], **given), head_metrics.auc(curve='PR', name=names[2], **given)]
        return {head_lib.summary_key(self._name, name): metric for name, metric in zip(names, metrics)}
