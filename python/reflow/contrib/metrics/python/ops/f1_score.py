"""The best F1 score over thresholds."""

from reflow.ops import graph_metrics
from reflow.ops import math_ops
from reflow.ops import metrics
from reflow.ops import variable_scope

__all__ = ['f1_score']


def f1_score(labels, predictions, weights=None, num_thresholds=200, metrics_collections=None, updates_collections=None,
             name=None):
    """(best F1 score over thresholds, operation that updates it)."""
    with variable_scope.variable_scope(name, 'f1', (labels, predictions, weights)):
        epsilon = 1e-7
        thresholds = [(i + 1) * 1.0 / (num_thresholds - 1) for i in range(num_thresholds - 2)]
        thresholds = [0.0 - epsilon] + thresholds + [1.0 + epsilon]
        counts = [function(labels, predictions, thresholds, weights) for function in (
            metrics.true_positives_at_thresholds, metrics.false_positives_at_thresholds,
            metrics.false_negatives_at_thresholds)]

        def best(which, kind):
            tp, fp, fn = (count[which] for count in counts)
            precision = math_ops.div(tp, epsilon + tp + fp, name='precision_' + kind)
            recall = math_ops.div(tp, epsilon + tp + fn, name='recall_' + kind)
            return math_ops.reduce_max(2.0 * precision * recall / (precision + recall + epsilon))

        best_f1, update_op = best(0, 'value'), best(1, 'update')
        return graph_metrics.collected(best_f1, update_op, metrics_collections, updates_collections)
