"""Estimators of tf.contrib.learn whose model_fn gives probabilities of two classes."""

from reflow.contrib.learn.python.learn.estimators import constants
from reflow.contrib.learn.python.learn.estimators import estimator
from reflow.contrib.learn.python.learn.estimators import model_fn as model_fn_lib
from reflow.contrib.learn.python.learn.estimators.metric_key import MetricKey
from reflow.contrib.metrics.python.ops import metric_ops
from reflow.framework import dtypes
from reflow.ops import math_ops


def LogisticRegressor(model_fn, thresholds=None, model_dir=None, config=None, feature_engineering_fn=None):
    """An Estimator that evaluates accuracy, precision and recall at `thresholds`, and areas, of probabilities.

    model_fn: (features, labels, mode) -> (predictions, loss, train_op)
    """
    def with_metrics(features, labels, mode, params):
        predictions, loss, train_op = model_fn(features, labels, mode)
        metrics = None
        if mode == model_fn_lib.ModeKeys.EVAL:
            metrics = _metrics(labels, predictions, params['thresholds'] or [.5])
        return model_fn_lib.ModelFnOps(
            mode=mode, predictions=predictions, loss=loss, train_op=train_op, eval_metric_ops=metrics,
            output_alternatives={'head': (constants.ProblemType.LOGISTIC_REGRESSION, {'predictions': predictions})})

    return estimator.Estimator(with_metrics, model_dir, config, {'thresholds': thresholds}, feature_engineering_fn)


def _metrics(labels, predictions, thresholds):
    if isinstance(labels, dict) and len(labels) == 1:
        labels, = labels.values()
    metrics = {MetricKey.PREDICTION_MEAN: metric_ops.streaming_mean(predictions),
               MetricKey.LABEL_MEAN: metric_ops.streaming_mean(labels),
               MetricKey.ACCURACY_BASELINE: metric_ops.streaming_mean(labels),
               MetricKey.AUC: metric_ops.streaming_auc(labels=labels, predictions=predictions)}
    for threshold in thresholds:
        chosen = math_ops.cast(math_ops.greater_equal(predictions, threshold), dtypes.float32,
                               name='predictions_at_threshold_%f' % threshold)
        for key, metric in ((MetricKey.ACCURACY_MEAN, metric_ops.streaming_accuracy),
                            (MetricKey.PRECISION_MEAN, metric_ops.streaming_precision),
                            (MetricKey.RECALL_MEAN, metric_ops.streaming_recall)):
            metrics[key % threshold] = metric(labels=labels, predictions=chosen)
    return metrics
