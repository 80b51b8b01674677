"""Metrics of forests, by name."""
import numpy as np

from reflow.contrib import losses
from reflow.contrib.learn.python.learn.estimators import prediction_key
from reflow.framework import dtypes
from reflow.ops import array_ops
from reflow.ops import math_ops
from reflow.ops import metrics
from reflow.ops import nn

INFERENCE_PROB_NAME = prediction_key.PredictionKey.PROBABILITIES
INFERENCE_PRED_NAME = prediction_key.PredictionKey.CLASSES

FEATURE_IMPORTANCE_NAME = 'global_feature_importance'


def _top_k_generator(k):
    def top_k(probabilities, targets):
        targets = math_ops.cast(targets, dtypes.int32)
        if targets.get_shape().ndims > 1:
            targets = array_ops.squeeze(targets, axis=[1])
        return metrics.mean(nn.in_top_k(probabilities, targets, k))
    return top_k


def _r2(probabilities, targets, weights=None):
    targets = math_ops.cast(targets, dtypes.float32)
    mean = math_ops.reduce_mean(targets, 0)
    total = math_ops.reduce_sum(math_ops.squared_difference(targets, mean), 0)
    residuals = math_ops.reduce_sum(math_ops.squared_difference(targets, probabilities), 0)
    return metrics.mean(1 - math_ops.reduce_sum(residuals / total), weights=weights)


def _one_hot(targets, probabilities):
    targets = array_ops.squeeze(targets, axis=[1])
    depth = array_ops.shape(probabilities)[1]
    return array_ops.one_hot(math_ops.cast(targets, dtypes.int32), depth)


def _sigmoid_entropy(probabilities, targets, weights=None):
    loss = losses.sigmoid_cross_entropy(probabilities, _one_hot(targets, probabilities))
    return metrics.mean(loss, weights=weights)


def _softmax_entropy(probabilities, targets, weights=None):
    loss = losses.sparse_softmax_cross_entropy(probabilities, math_ops.cast(targets, dtypes.int32))
    return metrics.mean(loss, weights=weights)


def _class_log_loss(probabilities, targets, weights=None):
    return metrics.mean(losses.log_loss(probabilities, _one_hot(targets, probabilities)), weights=weights)


def _predictions(predictions, unused_targets, **unused_kwargs):
    return predictions


def _of_classes(metric):
    def of_classes(predictions, targets, weights=None):
        return metric(labels=targets, predictions=predictions, weights=weights)
    return of_classes


def _of_second_class(metric, **settings):
    def of_second_class(predictions, targets, weights=None):
        second = array_ops.slice(predictions, [0, 1], [-1, 1])
        return metric(labels=targets, predictions=second, weights=weights, **settings)
    return of_second_class


_HUNDREDTHS = np.arange(0, 1, 0.01, dtype=np.float32)
_SCORES = prediction_key.PredictionKey.SCORES

# {name: (metric, key of the predictions that it is of)}
_METRICS = {
    'auc': (_of_second_class(metrics.auc), INFERENCE_PROB_NAME),
    'sigmoid_entropy': (_sigmoid_entropy, INFERENCE_PROB_NAME),
    'softmax_entropy': (_softmax_entropy, INFERENCE_PROB_NAME),
    'accuracy': (_of_classes(metrics.accuracy), INFERENCE_PRED_NAME),
    'r2': (_r2, _SCORES),
    'predictions': (_predictions, INFERENCE_PRED_NAME),
    'classification_log_loss': (_class_log_loss, INFERENCE_PROB_NAME),
    'precision': (_of_classes(metrics.precision), INFERENCE_PRED_NAME),
    'precision_at_thresholds': (_of_second_class(metrics.precision_at_thresholds, thresholds=_HUNDREDTHS), INFERENCE_PROB_NAME),
    'recall': (_of_classes(metrics.recall), INFERENCE_PRED_NAME),
    'recall_at_thresholds': (_of_second_class(metrics.recall_at_thresholds, thresholds=_HUNDREDTHS), INFERENCE_PROB_NAME),
    'top_5': (_top_k_generator(5), INFERENCE_PROB_NAME)}


def get_metric(metric_name):
    """The metric, a function of predictions, targets and weights."""
    return _METRICS[metric_name][0]


def get_prediction_key(metric_name):
    """The key of the predictions that the metric is of."""
    return _METRICS[metric_name][1]
