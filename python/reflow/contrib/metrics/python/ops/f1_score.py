"""The best F1 score over thresholds."""

from reflow.ops import graph_metrics
from reflow.ops import math_ops
from reflow.ops import metrics_impl
from reflow.ops import variable_scope

__all__ = ['f1_score']


def f1_score(labels, predictions, weights=None, num_thresholds=200, metrics_collections=None, updates_collections=None,
             name=None):
    """(best F1 score over thresholds, operation that updates it)."""
    with variable_scope.variable_scope(name, 'f1', (labels, predictions, weights)):
        epsilon = 1e-7
        thresholds = [(i + 1) * 1.0 / (num_thresholds - 1) for i in range(num_thresholds - 2)]
        thresholds = [0.0 - epsilon] + thresholds + [1.0 + epsilon]
        predictions, labels, weights = metrics_impl._remove_squeezable_dimensions(predictions, labels, weights)
        values, update_ops = metrics_impl._confusion_matrix_at_thresholds(labels, predictions, thresholds, weights,
                                                                          includes=('tp', 'fp', 'fn'))

        def best(counts, kind):
            tp, fp, fn = counts['tp'], counts['fp'], counts['fn']
            precision = math_ops.div(tp, epsilon + tp + fp, name='precision_' + kind)
            recall = math_ops.div(tp, epsilon + tp + fn, name='recall_' + kind)
            return math_ops.reduce_max(2.0 * precision * recall / (precision + recall + epsilon))

        best_f1, update_op = best(values, 'value'), best(update_ops, 'update')
        return graph_metrics.collected(best_f1, update_op, metrics_collections, updates_collections)
