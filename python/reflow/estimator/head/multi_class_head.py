"""The head of more than two classes, of which each example has one."""

from reflow.estimator.canned import class_outputs
from reflow.estimator.canned import head_checks
from reflow.estimator.canned import metric_keys
from reflow.estimator.canned.prediction_keys import PredictionKeys as Keys
from reflow.estimator.head import base_head
from reflow.estimator.head import class_predictions
from reflow.framework import dtypes
from reflow.keras import metrics as keras_metrics
from reflow.ops.losses import losses
from reflow.saved_model.model_utils import export_output


class MultiClassHead(base_head.LogitsHead):
    """More than two classes: softmax cross entropy."""

    _valid_keys = (Keys.LOGITS, Keys.PROBABILITIES, Keys.CLASS_IDS, Keys.CLASSES, Keys.ALL_CLASS_IDS, Keys.ALL_CLASSES)

    def __init__(self, n_classes, weight_column=None, label_vocabulary=None, loss_reduction=base_head.MEAN, loss_fn=None,
                 name=None):
        if n_classes is None:
            raise ValueError('n_classes cannot be None')
        class_predictions.list_of_names(label_vocabulary)
        if label_vocabulary is not None and len(label_vocabulary) != n_classes:
            raise ValueError('"label_vocabulary" does not have "n_classes" items. len(label_vocabulary)={}, n_classes={}, '
                             'label_vocabulary={}'.format(len(label_vocabulary), n_classes, label_vocabulary))
        super().__init__(name, weight_column, loss_reduction, loss_fn)
        self._n_classes = head_checks.check_n_classes(n_classes)
        self._label_vocabulary = label_vocabulary

    @property
    def logits_dimension(self):
        """The number of classes."""
        return self._n_classes

    def _processed_labels(self, logits, labels):
        labels = base_head.dense_labels(labels=labels, logits=logits, expected_labels_dimension=1)
        if self._label_vocabulary is None:
            if not labels.dtype.is_integer:
                raise ValueError('Labels dtype should be integer. Instead got {}.'.format(labels.dtype))
        else:
            if labels.dtype != dtypes.string:
                raise ValueError('Labels dtype should be string if there is a vocabulary. Instead got {}'.format(labels.dtype))
            labels = class_outputs.ids_of_names(labels, self._label_vocabulary)
        return base_head.ids_in_range(labels, self._n_classes)

    def _unweighted_loss(self, labels, logits):
        from reflow.ops import array_ops
        loss = losses.sparse_softmax_cross_entropy(labels=labels, logits=logits, reduction=losses.Reduction.NONE)
        return array_ops.expand_dims(loss, axis=-1)

    def _predictions_beside_logits(self, logits, keys):
        from reflow.ops import nn
        found = {}
        if Keys.PROBABILITIES in keys:
            found[Keys.PROBABILITIES] = nn.softmax(logits, name=Keys.PROBABILITIES)
        found.update(class_predictions.classes(logits, keys, self._n_classes, self._label_vocabulary))
        return found

    def metrics(self, regularization_losses=None):
        """{name: metric of Keras}, for update_metrics."""
        keys = metric_keys.MetricKeys
        return self._metrics_of([(keys.LOSS_MEAN, keras_metrics.Mean, {}), (keys.ACCURACY, keras_metrics.Accuracy, {})],
                                regularization_losses)

    def update_metrics(self, eval_metrics, features, logits, labels, regularization_losses=None):
        """Adds a batch to metrics, and gives them."""
        keys = metric_keys.MetricKeys
        class_ids = self.predictions(logits)[Keys.CLASS_IDS]
        logits = head_checks.logits_of_dimension(logits, self.logits_dimension)
        label_ids = self._processed_labels(logits, labels)
        loss, weights = self._loss_and_weights(logits, label_ids, features)
        self._update(eval_metrics, keys.LOSS_MEAN, values=loss, sample_weight=weights)
        self._update(eval_metrics, keys.ACCURACY, y_true=label_ids, y_pred=class_ids, sample_weight=weights)
        self._update_regularization(eval_metrics, regularization_losses)
        return eval_metrics

    def _export_outputs(self, predictions):
        output = class_outputs.classification_output(predictions[Keys.PROBABILITIES], self._n_classes, self._label_vocabulary)
        return {base_head.DEFAULT_SERVING_KEY: output, base_head.CLASSIFY_SERVING_KEY: output,
                base_head.PREDICT_SERVING_KEY: export_output.PredictOutput(predictions)}
