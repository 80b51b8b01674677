"""The heads of numbers."""

from reflow.estimator.canned import head_checks
from reflow.estimator.canned import metric_keys
from reflow.estimator.canned.prediction_keys import PredictionKeys as Keys
from reflow.estimator.head import base_head
from reflow.framework import ops
from reflow.keras import metrics as keras_metrics
from reflow.ops.losses import losses
from reflow.saved_model.model_utils import export_output


class RegressionHead(base_head.LogitsHead):
    """Numbers: squared errors."""

    _allows_weights_of_logits = True

    def __init__(self, label_dimension=1, weight_column=None, loss_reduction=base_head.MEAN, loss_fn=None,
                 inverse_link_fn=None, name=None):
        if label_dimension < 1:
            raise ValueError('Invalid label_dimension {}.'.format(label_dimension))
        super().__init__(name, weight_column, loss_reduction, loss_fn)
        self._logits_dimension = label_dimension
        self._inverse_link_fn = inverse_link_fn

    @property
    def logits_dimension(self):
        """The number of numbers of an example."""
        return self._logits_dimension

    @property
    def _loss_dimension(self):
        return self._logits_dimension

    def _processed_labels(self, logits, labels):
        from reflow.ops import math_ops
        return math_ops.to_float(base_head.dense_labels(
            labels=labels, logits=logits, expected_labels_dimension=self._logits_dimension))

    def _unweighted_loss(self, labels, logits):
        return losses.mean_squared_error(labels=labels, predictions=logits, reduction=losses.Reduction.NONE)

    def predictions(self, logits):
        """{name: prediction}"""
        logits = head_checks.logits_of_dimension(logits, self._logits_dimension)
        with ops.name_scope('predictions', values=(logits,)):
            if not self._inverse_link_fn:
                return {Keys.PREDICTIONS: logits}
            return {Keys.PREDICTIONS: self._inverse_link_fn(logits), Keys.LOGITS: logits}

    def metrics(self, regularization_losses=None):
        """{name: metric of Keras}, for update_metrics."""
        keys = metric_keys.MetricKeys
        return self._metrics_of([(key, keras_metrics.Mean, {}) for key in (
            keys.LOSS_MEAN, keys.PREDICTION_MEAN, keys.LABEL_MEAN)], regularization_losses)

    def update_metrics(self, eval_metrics, features, logits, labels, regularization_losses=None):
        """Adds a batch to metrics, and gives them."""
        keys = metric_keys.MetricKeys
        predicted = self.predictions(logits)[Keys.PREDICTIONS]
        logits = head_checks.logits_of_dimension(logits, self.logits_dimension)
        labels = self._processed_labels(logits, labels)
        loss, weights = self._loss_and_weights(logits, labels, features)
        self._update(eval_metrics, keys.LOSS_MEAN, values=loss, sample_weight=weights)
        self._update(eval_metrics, keys.LABEL_MEAN, values=labels, sample_weight=weights)
        self._update_mean(eval_metrics, keys.PREDICTION_MEAN, predicted, weights)
        self._update_regularization(eval_metrics, regularization_losses)
        return eval_metrics

    def _export_outputs(self, predictions):
        output = export_output.RegressionOutput(value=predictions[Keys.PREDICTIONS])
        return {base_head.DEFAULT_SERVING_KEY: output, base_head.REGRESS_SERVING_KEY: output,
                base_head.PREDICT_SERVING_KEY: export_output.PredictOutput(predictions)}


class PoissonRegressionHead(RegressionHead):
    """Counts, of which the logits are logarithms of means."""

    def __init__(self, label_dimension=1, weight_column=None, loss_reduction=base_head.MEAN, compute_full_loss=True,
                 name=None):
        from reflow.ops import math_ops
        self._compute_full_loss = compute_full_loss
        super().__init__(label_dimension=label_dimension, weight_column=weight_column, loss_reduction=loss_reduction,
                         loss_fn=self._poisson_loss, inverse_link_fn=math_ops.exp, name=name)

    def _poisson_loss(self, labels, logits):
        from reflow.ops import nn
        return nn.log_poisson_loss(targets=labels, log_input=logits, compute_full_loss=self._compute_full_loss)


class LogisticRegressionHead(RegressionHead):
    """Probabilities, of which the logits are log-odds."""

    def __init__(self, weight_column=None, loss_reduction=base_head.MEAN, name=None):
        from reflow.ops import math_ops
        super().__init__(label_dimension=1, weight_column=weight_column, loss_reduction=loss_reduction,
                         loss_fn=self._logistic_loss, inverse_link_fn=math_ops.sigmoid, name=name)

    def _logistic_loss(self, labels, logits):
        from reflow.ops import nn
        labels = base_head.ids_in_range(labels, n_classes=2, message='Labels must be in range [0, 1]')
        return nn.sigmoid_cross_entropy_with_logits(labels=labels, logits=logits)
