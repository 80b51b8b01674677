"""Metrics of predictions whose best classes are known already."""

from reflow.framework import ops
from reflow.ops import metrics_at_k

__all__ = ['sparse_recall_at_top_k', 'streaming_sparse_precision_at_top_k', 'streaming_sparse_average_precision_at_top_k']


def _name(what, class_id):
    return '%s_at_k' % what if class_id is None else '%s_at_k_class%d' % (what, class_id)


def streaming_sparse_precision_at_top_k(top_k_predictions, labels, class_id=None, weights=None, metrics_collections=None,
                                        updates_collections=None, name=None):
    """tf.metrics.precision_at_top_k, with predictions before labels."""
    with ops.name_scope(name, _name('precision', class_id), (top_k_predictions, labels, weights)) as scope:
        return metrics_at_k.precision_at_top_k(
            labels=labels, predictions_idx=top_k_predictions, class_id=class_id, weights=weights,
            metrics_collections=metrics_collections, updates_collections=updates_collections, name=scope)


def sparse_recall_at_top_k(labels, top_k_predictions, class_id=None, weights=None, metrics_collections=None,
                           updates_collections=None, name=None):
    """tf.metrics.recall_at_top_k."""
    with ops.name_scope(name, _name('recall', class_id), (top_k_predictions, labels, weights)) as scope:
        return metrics_at_k.recall_at_top_k(
            labels=labels, predictions_idx=top_k_predictions, class_id=class_id, weights=weights,
            metrics_collections=metrics_collections, updates_collections=updates_collections, name=scope)


def streaming_sparse_average_precision_at_top_k(top_k_predictions, labels, weights=None, metrics_collections=None,
                                                updates_collections=None, name=None):
    """The mean of the precisions at each of the best predictions that is right."""
    return metrics_at_k.average_precision_at_top_k(labels, top_k_predictions, weights, metrics_collections,
                                                   updates_collections, name)
