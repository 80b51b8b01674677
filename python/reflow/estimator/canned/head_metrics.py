"""The metrics of heads, each (value, update_op)."""

from reflow.framework import ops
from reflow.ops import metrics as metrics_lib


def _float_and_weights(values, weights, name):
    from reflow.ops import math_ops
    from reflow.ops import weights_broadcast_ops
    values = math_ops.to_float(values, name=name)
    if weights is not None:
        weights = weights_broadcast_ops.broadcast_weights(weights, values)
    return values, weights


def labels_mean(labels, weights=None, name=None):
    """The mean of labels that are 0 or 1."""
    with ops.name_scope(name, 'labels_mean', (labels, weights)) as scope:
        labels, weights = _float_and_weights(labels, weights, 'labels')
        return metrics_lib.mean(labels, weights=weights, name=scope)


def predictions_mean(predictions, weights=None, name=None):
    """The mean of predictions."""
    with ops.name_scope(name, 'predictions_mean', (predictions, weights)) as scope:
        predictions, weights = _float_and_weights(predictions, weights, 'predictions')
        return metrics_lib.mean(predictions, weights=weights, name=scope)


def accuracy_baseline(mean_of_labels):
    """The accuracy of always saying the more frequent label."""
    from reflow.ops import math_ops
    with ops.name_scope(None, 'accuracy_baseline', mean_of_labels):
        value, update_op = mean_of_labels
        return (math_ops.maximum(value, 1. - value, name='value'),
                math_ops.maximum(update_op, 1 - update_op, name='update_op'))


def auc(labels, predictions, weights=None, curve='ROC', name=None):
    """The area under a curve."""
    with ops.name_scope(name, 'auc', (predictions, labels, weights)) as scope:
        predictions, weights = _float_and_weights(predictions, weights, 'predictions')
        return metrics_lib.auc(labels=labels, predictions=predictions, weights=weights, curve=curve, name=scope)


def accuracy_at_threshold(labels, predictions, weights, threshold, name=None):
    """The accuracy where predictions of at least the threshold are 1."""
    from reflow.ops import math_ops
    with ops.name_scope(name, 'accuracy_at_%s' % threshold, (predictions, labels, weights, threshold)) as scope:
        return metrics_lib.accuracy(
            labels=labels, predictions=math_ops.to_float(math_ops.greater_equal(predictions, threshold)), weights=weights,
            name=scope)


def precision_at_threshold(labels, predictions, weights, threshold, name=None):
    """The precision at a threshold."""
    from reflow.ops import array_ops
    with ops.name_scope(name, 'precision_at_%s' % threshold, (predictions, labels, weights, threshold)) as scope:
        value, update_op = metrics_lib.precision_at_thresholds(
            labels=labels, predictions=predictions, thresholds=(threshold,), weights=weights, name=scope)
        return array_ops.squeeze(value), array_ops.squeeze(update_op)


def recall_at_threshold(labels, predictions, weights, threshold, name=None):
    """The recall at a threshold."""
    from reflow.ops import array_ops
    with ops.name_scope(name, 'recall_at_%s' % threshold, (predictions, labels, weights, threshold)) as scope:
        value, update_op = metrics_lib.recall_at_thresholds(
            labels=labels, predictions=predictions, thresholds=(threshold,), weights=weights, name=scope)
        return array_ops.squeeze(value), array_ops.squeeze(update_op)
