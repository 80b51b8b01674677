"""The head of two classes."""

from reflow.estimator.canned import class_outputs
from reflow.estimator.canned import metric_keys
from reflow.estimator.canned.prediction_keys import PredictionKeys as Keys
from reflow.estimator.head import base_head
from reflow.estimator.head import class_predictions
from reflow.keras import metrics as keras_metrics
from reflow.saved_model.model_utils import export_output


class BinaryClassHead(base_head.LogitsHead):
    """Two classes: sigmoid cross entropy of one logit, that of class 1."""

    _valid_keys = (Keys.LOGITS, Keys.LOGISTIC, Keys.PROBABILITIES, Keys.CLASS_IDS, Keys.CLASSES, Keys.ALL_CLASS_IDS,
                   Keys.ALL_CLASSES)

    def __init__(self, weight_column=None, thresholds=None, label_vocabulary=None, loss_reduction=base_head.MEAN,
                 loss_fn=None, name=None):
        class_predictions.list_of_names(label_vocabulary)
        thresholds = tuple(thresholds) if thresholds else ()
        for threshold in thresholds:
            if threshold <= 0.0 or threshold >= 1.0:
                raise ValueError('thresholds not in (0, 1): {}.'.format((thresholds,)))
        super().__init__(name, weight_column, loss_reduction, loss_fn)
        self._thresholds = thresholds
        self._label_vocabulary = label_vocabulary

    @property
    def logits_dimension(self):
        """1: the logit of class 1."""
        return 1

    def _processed_labels(self, logits, labels):
        from reflow.ops import math_ops
        labels = base_head.dense_labels(labels=labels, logits=logits, expected_labels_dimension=1)
        if self._label_vocabulary is not None:
            labels = class_outputs.ids_of_names(labels, self._label_vocabulary)
        return base_head.ids_in_range(math_ops.to_float(labels), n_classes=2)

    def _unweighted_loss(self, labels, logits):
        from reflow.ops import nn
        return nn.sigmoid_cross_entropy_with_logits(labels=labels, logits=logits)

    def _predictions_beside_logits(self, logits, keys):
        from reflow.ops import array_ops
        from reflow.ops import math_ops
        from reflow.ops import nn
        found = {}
        if Keys.LOGISTIC in keys:
            found[Keys.LOGISTIC] = math_ops.sigmoid(logits, name=Keys.LOGISTIC)
        both = array_ops.concat((array_ops.zeros_like(logits), logits), axis=-1, name='two_class_logits')
        if Keys.PROBABILITIES in keys:
            found[Keys.PROBABILITIES] = nn.softmax(both, name=Keys.PROBABILITIES)
        found.update(class_predictions.classes(both, keys, 2, self._label_vocabulary))
        return found

    def metrics(self, regularization_losses=None):
        """{name: metric of Keras}, for update_metrics."""
        keys, mean = metric_keys.MetricKeys, keras_metrics.Mean
        named = [(keys.LOSS_MEAN, mean, {}), (keys.ACCURACY, keras_metrics.Accuracy, {}),
                 (keys.PRECISION, keras_metrics.Precision, {}), (keys.RECALL, keras_metrics.Recall, {}),
                 (keys.PREDICTION_MEAN, mean, {}), (keys.LABEL_MEAN, mean, {}), (keys.ACCURACY_BASELINE, mean, {}),
                 (keys.AUC, keras_metrics.AUC, {}), (keys.AUC_PR, keras_metrics.AUC, {'curve': 'PR'})]
        return self._metrics_of([*named, *self._thresholds_metrics()], regularization_losses)

    def update_metrics(self, eval_metrics, features, logits, labels, regularization_losses=None):
        """Adds a batch to metrics, and gives them."""
        keys = metric_keys.MetricKeys
        class_ids = self.predictions(logits)[Keys.CLASS_IDS]
        logits = base_head.head_checks.logits_of_dimension(logits, self.logits_dimension)
        labels = self._processed_labels(logits, labels)
        loss, weights = self._loss_and_weights(logits, labels, features)
        self._update(eval_metrics, keys.LOSS_MEAN, values=loss, sample_weight=weights)
        for key in (keys.ACCURACY, keys.PRECISION, keys.RECALL):
            self._update(eval_metrics, key, y_true=labels, y_pred=class_ids, sample_weight=weights)
        logistic = self.predictions(logits, [Keys.LOGISTIC])[Keys.LOGISTIC]
        self._update_mean(eval_metrics, keys.PREDICTION_MEAN, logistic, weights)
        self._update_mean(eval_metrics, keys.LABEL_MEAN, labels, weights)
        self._set_baseline(eval_metrics)
        for key in (keys.AUC, keys.AUC_PR):
            class_predictions.update_auc(eval_metrics[self._summary_key(key)], labels, logistic, weights)
        self._update_regularization(eval_metrics, regularization_losses)
        self._update_thresholds(eval_metrics, labels, logistic, weights)
        return eval_metrics

    def _set_baseline(self, eval_metrics):
        """The accuracy of always saying the more frequent label: computed of the labels' mean, not of batches."""
        from reflow.ops import control_flow_ops
        from reflow.ops import math_ops
        keys = metric_keys.MetricKeys
        labels = eval_metrics[self._summary_key(keys.LABEL_MEAN)]
        baseline = eval_metrics[self._summary_key(keys.ACCURACY_BASELINE)]
        baseline._updates = [control_flow_ops.no_op()]
        baseline.total = math_ops.maximum(labels.total, labels.count - labels.total)
        baseline.count = labels.count

    def _export_outputs(self, predictions):
        output = class_outputs.classification_output(predictions[Keys.PROBABILITIES], 2, self._label_vocabulary)
        return {base_head.DEFAULT_SERVING_KEY: output, base_head.CLASSIFY_SERVING_KEY: output,
                base_head.REGRESS_SERVING_KEY: export_output.RegressionOutput(value=predictions[Keys.LOGISTIC]),
                base_head.PREDICT_SERVING_KEY: export_output.PredictOutput(predictions)}
