"""Rates of false positives and negatives."""

from reflow.ops import array_ops
from reflow.ops import graph_metrics
from reflow.ops import math_ops
from reflow.ops import metrics
from reflow.ops import variable_scope

__all__ = ['streaming_false_positive_rate', 'streaming_false_negative_rate']


def _rate(name, wrong, right):
    """The function that gives how much of what `wrong` and `right` count is wrong, and the operation that updates it."""
    def streaming(predictions, labels, weights=None, metrics_collections=None, updates_collections=None, name=None):
        with variable_scope.variable_scope(name, default_name, (predictions, labels, weights)):
            counts = [function(labels, predictions, weights) for function in (wrong, right)]

            def rate(which, kind):
                total = counts[0][which] + counts[1][which]
                return array_ops.where(math_ops.greater(total, 0), math_ops.div(counts[0][which], total), 0, name=kind)

            value, update_op = rate(0, 'value'), rate(1, 'update_op')
            return graph_metrics.collected(value, update_op, metrics_collections, updates_collections)

    default_name = name
    streaming.__name__ = streaming.__qualname__ = 'streaming_' + name
    streaming.__doc__ = '(%s, operation that updates it).' % name.replace('_', ' ')
    return streaming


streaming_false_positive_rate = _rate('false_positive_rate', metrics.false_positives, metrics.true_negatives)
streaming_false_negative_rate = _rate('false_negative_rate', metrics.false_negatives, metrics.true_positives)
