"""The metrics of tf.contrib.metrics: those of tf.metrics, with predictions before labels."""

from reflow.framework import dtypes
from reflow.ops import math_ops
from reflow.ops import metrics
from reflow.ops import metrics_at_k
from reflow.ops import nn

__all__ = ['aggregate_metric_map', 'aggregate_metrics', 'streaming_recall_at_k']


def _add(name, function, metric):
    function.__name__ = function.__qualname__ = name
    function.__doc__ = 'tf.metrics.%s, with predictions before labels.' % metric
    globals()[name] = function
    __all__.append(name)


def _of_values(name, metric):
    def streaming(values, weights=None, metrics_collections=None, updates_collections=None, name=None):
        return getattr(metrics, metric)(values=values, weights=weights, metrics_collections=metrics_collections,
                                        updates_collections=updates_collections, name=name)
    _add(name, streaming, metric)


def _of_predictions(name, metric):
    def streaming(predictions, labels, weights=None, metrics_collections=None, updates_collections=None, name=None):
        return getattr(metrics, metric)(predictions=predictions, labels=labels, weights=weights,
                                        metrics_collections=metrics_collections,
                                        updates_collections=updates_collections, name=name)
    _add(name, streaming, metric)


for _name in ('true_positives', 'true_negatives', 'false_positives', 'false_negatives', 'accuracy', 'precision', 'recall',
              'mean_absolute_error', 'mean_squared_error', 'root_mean_squared_error'):
    _of_predictions('streaming_' + _name, _name)
for _name in ('mean', 'mean_tensor'):
    _of_values('streaming_' + _name, _name)


def _at_thresholds(name, metric):
    def streaming(predictions, labels, thresholds, weights=None):
        return getattr(metrics, metric)(predictions=predictions, labels=labels, thresholds=thresholds, weights=weights)
    _add(name, streaming, metric)


def _at_k(name, metric, with_class=True):
    def streaming(predictions, labels, k, class_id=None, weights=None, metrics_collections=None, updates_collections=None,
                  name=None):
        return getattr(metrics_at_k, metric)(k=k, class_id=class_id, predictions=predictions, labels=labels, weights=weights,
                                        metrics_collections=metrics_collections,
                                        updates_collections=updates_collections, name=name)

    def streaming_average(predictions, labels, k, weights=None, metrics_collections=None, updates_collections=None,
                          name=None):
        return getattr(metrics_at_k, metric)(k=k, predictions=predictions, labels=labels, weights=weights,
                                        metrics_collections=metrics_collections,
                                        updates_collections=updates_collections, name=name)
    _add(name, streaming if with_class else streaming_average, metric)


for _name in ('true_positives', 'true_negatives', 'false_positives', 'false_negatives'):
    _at_thresholds('streaming_%s_at_thresholds' % _name, _name + '_at_thresholds')
_at_k('streaming_sparse_precision_at_k', 'precision_at_k')
_at_k('streaming_sparse_recall_at_k', 'recall_at_k')
_at_k('streaming_sparse_average_precision_at_k', 'average_precision_at_k', with_class=False)


def streaming_mean_cosine_distance(predictions, labels, dim, weights=None, metrics_collections=None,
                                   updates_collections=None, name=None):
    """tf.metrics.mean_cosine_distance, with predictions before labels."""
    return metrics.mean_cosine_distance(predictions=predictions, labels=labels, dim=dim, weights=weights,
                                        metrics_collections=metrics_collections,
                                        updates_collections=updates_collections, name=name)


def streaming_auc(predictions, labels, weights=None, num_thresholds=200, metrics_collections=None,
                  updates_collections=None, curve='ROC', name=None):
    """tf.metrics.auc, with predictions before labels."""
    return metrics.auc(predictions=predictions, labels=labels, weights=weights, metrics_collections=metrics_collections,
                       num_thresholds=num_thresholds, curve=curve, updates_collections=updates_collections, name=name)


def streaming_specificity_at_sensitivity(predictions, labels, sensitivity, weights=None, num_thresholds=200,
                                         metrics_collections=None, updates_collections=None, name=None):
    """tf.metrics.specificity_at_sensitivity, with predictions before labels."""
    return metrics.specificity_at_sensitivity(
        sensitivity=sensitivity, num_thresholds=num_thresholds, predictions=predictions, labels=labels, weights=weights,
        metrics_collections=metrics_collections, updates_collections=updates_collections, name=name)


def streaming_sensitivity_at_specificity(predictions, labels, specificity, weights=None, num_thresholds=200,
                                         metrics_collections=None, updates_collections=None, name=None):
    """tf.metrics.sensitivity_at_specificity, with predictions before labels."""
    return metrics.sensitivity_at_specificity(
        specificity=specificity, num_thresholds=num_thresholds, predictions=predictions, labels=labels, weights=weights,
        metrics_collections=metrics_collections, updates_collections=updates_collections, name=name)


def streaming_precision_at_thresholds(predictions, labels, thresholds, weights=None, metrics_collections=None,
                                      updates_collections=None, name=None):
    """tf.metrics.precision_at_thresholds, with predictions before labels."""
    return metrics.precision_at_thresholds(
        thresholds=thresholds, predictions=predictions, labels=labels, weights=weights,
        metrics_collections=metrics_collections, updates_collections=updates_collections, name=name)


def streaming_recall_at_thresholds(predictions, labels, thresholds, weights=None, metrics_collections=None,
                                   updates_collections=None, name=None):
    """tf.metrics.recall_at_thresholds, with predictions before labels."""
    return metrics.recall_at_thresholds(
        thresholds=thresholds, predictions=predictions, labels=labels, weights=weights,
        metrics_collections=metrics_collections, updates_collections=updates_collections, name=name)


def streaming_recall_at_k(predictions, labels, k, weights=None, metrics_collections=None, updates_collections=None,
                          name=None):
    """The share of labels that are among the k largest predictions."""
    hits = math_ops.cast(nn.in_top_k(predictions, labels, k), dtypes.float32)
    return metrics.mean(hits, weights, metrics_collections, updates_collections, name or 'recall_at_%d' % k)


def streaming_mean_relative_error(predictions, labels, normalizer, weights=None, metrics_collections=None,
                                  updates_collections=None, name=None):
    """tf.metrics.mean_relative_error, with predictions before labels."""
    return metrics.mean_relative_error(
        normalizer=normalizer, predictions=predictions, labels=labels, weights=weights,
        metrics_collections=metrics_collections, updates_collections=updates_collections, name=name)


def streaming_percentage_less(values, threshold, weights=None, metrics_collections=None, updates_collections=None,
                              name=None):
    """The share of values below `threshold`."""
    return metrics.percentage_below(values=values, threshold=threshold, weights=weights,
                                    metrics_collections=metrics_collections, updates_collections=updates_collections,
                                    name=name)


def streaming_mean_iou(predictions, labels, num_classes, weights=None, metrics_collections=None, updates_collections=None,
                       name=None):
    """tf.metrics.mean_iou, with predictions before labels."""
    return metrics.mean_iou(num_classes=num_classes, predictions=predictions, labels=labels, weights=weights,
                            metrics_collections=metrics_collections, updates_collections=updates_collections, name=name)


def aggregate_metrics(*value_update_tuples):
    """(values, updates) of metrics, as two lists."""
    if not value_update_tuples:
        raise ValueError('Expected at least one value_tensor/update_op pair')
    values, updates = zip(*value_update_tuples)
    return list(values), list(updates)


def aggregate_metric_map(names_to_tuples):
    """({name: value}, {name: update}) of {name: metric}."""
    return ({name: value for name, (value, _) in names_to_tuples.items()},
            {name: update for name, (_, update) in names_to_tuples.items()})


__all__ += [_name for _name in dir() if _name.startswith('streaming_') and _name not in __all__]
