"""The head of classes, of which each example has any number."""

from reflow.estimator.canned import class_outputs
from reflow.estimator.canned import head_checks
from reflow.estimator.canned import metric_keys
from reflow.estimator.canned.prediction_keys import PredictionKeys as Keys
from reflow.estimator.head import base_head
from reflow.framework import dtypes
from reflow.framework import ops
from reflow.framework import sparse_tensor
from reflow.keras import metrics as keras_metrics
from reflow.ops.losses import losses
from reflow.saved_model.model_utils import export_output


class MultiLabelHead(base_head.LogitsHead):
    """Classes, of which each example has any number: the mean of sigmoid cross entropies."""

    _valid_keys = (Keys.LOGITS, Keys.PROBABILITIES)

    def __init__(self, n_classes, weight_column=None, thresholds=None, label_vocabulary=None, loss_reduction=base_head.MEAN,
                 loss_fn=None, classes_for_class_based_metrics=None, name=None):
        if n_classes is None or n_classes < 2:
            raise ValueError('n_classes must be > 1 for multi-label classification. Given: {}'.format(n_classes))
        thresholds = head_checks.checked_thresholds(thresholds)
        head_checks.check_label_vocabulary(label_vocabulary, n_classes)
        super().__init__(name, weight_column, loss_reduction, loss_fn)
        self._n_classes = n_classes
        self._thresholds = thresholds
        self._label_vocabulary = label_vocabulary
        self._classes = class_outputs.ids_of_classes(classes_for_class_based_metrics, label_vocabulary, n_classes)

    @property
    def logits_dimension(self):
        """The number of classes."""
        return self._n_classes

    def _processed_labels(self, logits, labels):
        if labels is None:
            raise ValueError(base_head.TEXTS.missing)
        if isinstance(labels, sparse_tensor.SparseTensor):
            labels = self._indicators(labels)
        else:
            labels = base_head.ids_in_range(
                labels, 2, message='labels must be an integer indicator Tensor with values in [0, 1]')
        return base_head.dense_labels(labels=labels, logits=logits, expected_labels_dimension=self.logits_dimension)

    def _indicators(self, labels):
        """Ids or names in a sparse tensor as a dense one of 0 and 1."""
        from reflow.ops import math_ops
        from reflow.ops import sparse_ops
        checks = []
        if labels.dtype == dtypes.string:
            ids = class_outputs.ids_of_names(labels.values, self._label_vocabulary)
            labels = sparse_tensor.SparseTensor(indices=labels.indices, values=ids, dense_shape=labels.dense_shape)
        else:
            if not labels.values.dtype.is_integer:
                raise ValueError('Labels dtype should be integer. Instead got {}.'.format(labels.values.dtype))
            message = 'labels must be an integer SparseTensor with values in [0, {})'.format(self._n_classes)
            checks = [base_head.ids_in_range(labels.values, self._n_classes, message=message)]
        with ops.control_dependencies(checks):
            return math_ops.to_int64(sparse_ops.sparse_to_indicator(labels, self._n_classes))

    def _unweighted_loss(self, labels, logits):
        from reflow.ops import math_ops
        loss = losses.sigmoid_cross_entropy(multi_class_labels=labels, logits=logits, reduction=losses.Reduction.NONE)
        return math_ops.reduce_mean(loss, axis=-1, keepdims=True)

    def _predictions_beside_logits(self, logits, keys):
        from reflow.ops import math_ops
        if Keys.PROBABILITIES not in keys:
            return {}
        return {Keys.PROBABILITIES: math_ops.sigmoid(logits, name=Keys.PROBABILITIES)}

    def _keys_of_class(self, class_id):
        """The keys of a class's metrics: the mean of its probability, the areas under its two curves."""
        keys = metric_keys.MetricKeys
        if self._label_vocabulary is None:
            return [key % class_id for key in (keys.PROBABILITY_MEAN_AT_CLASS, keys.AUC_AT_CLASS, keys.AUC_PR_AT_CLASS)]
        name = self._label_vocabulary[class_id]
        return [key % name for key in (keys.PROBABILITY_MEAN_AT_NAME, keys.AUC_AT_NAME, keys.AUC_PR_AT_NAME)]

    def metrics(self, regularization_losses=None):
        """{name: metric of Keras}, for update_metrics."""
        keys = metric_keys.MetricKeys
        auc = keras_metrics.AUC
        specs = [(keys.LOSS_MEAN, keras_metrics.Mean, {}), (keys.AUC, auc, {}), (keys.AUC_PR, auc, {'curve': 'PR'}),
                 *self._thresholds_metrics()]
        for class_id in self._classes:
            for key, cls, arguments in zip(self._keys_of_class(class_id), (keras_metrics.Mean, auc, auc),
                                           ({}, {}, {'curve': 'PR'})):
                specs.append((key, cls, {'name': self._summary_key(key), **arguments}))
        return self._metrics_of(specs, regularization_losses)

    def update_metrics(self, eval_metrics, features, logits, labels, regularization_losses=None):
        """Adds a batch to metrics, and gives them."""
        keys = metric_keys.MetricKeys
        logits = head_checks.logits_of_dimension(logits, self.logits_dimension)
        labels = self._processed_labels(logits, labels)
        loss, weights = self._loss_and_weights(logits, labels, features)
        probabilities = self.predictions(logits, [Keys.PROBABILITIES])[Keys.PROBABILITIES]
        self._update(eval_metrics, keys.LOSS_MEAN, values=loss, sample_weight=weights)
        for key in (keys.AUC, keys.AUC_PR):
            self._update(eval_metrics, key, y_true=labels, y_pred=probabilities, sample_weight=weights)
        self._update_regularization(eval_metrics, regularization_losses)
        self._update_thresholds(eval_metrics, labels, probabilities, weights)
        for class_id in self._classes:
            of_class = class_outputs.columns_of_class(class_id, probabilities, labels)
            mean, *areas = self._keys_of_class(class_id)
            self._update_mean(eval_metrics, mean, of_class[0], weights)
            for key in areas:
                self._update(eval_metrics, key, y_true=of_class[1], y_pred=of_class[0], sample_weight=weights)
        return eval_metrics

    def _export_outputs(self, predictions):
        output = class_outputs.classification_output(predictions[Keys.PROBABILITIES], self._n_classes, self._label_vocabulary)
        return {base_head.DEFAULT_SERVING_KEY: output, base_head.CLASSIFY_SERVING_KEY: output,
                base_head.PREDICT_SERVING_KEY: export_output.PredictOutput(predictions)}
