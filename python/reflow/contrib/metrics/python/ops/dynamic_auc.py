"""The area under a curve, of all predictions that there have been."""

from reflow.contrib.metrics.python.ops import streamed_moments
from reflow.framework import constant_op
from reflow.framework import dtypes
from reflow.framework import ops
from reflow.ops import array_ops
from reflow.ops import check_ops
from reflow.ops import control_flow_ops
from reflow.ops import graph_metrics
from reflow.ops import math_ops
from reflow.ops import nn
from reflow.ops import variable_scope

__all__ = ['streaming_dynamic_auc']


def streaming_dynamic_auc(labels, predictions, curve='ROC', metrics_collections=(), updates_collections=(), name=None,
                          weights=None):
    """The area under the ROC or PR curve, with a threshold at each prediction; keeps all of them."""
    if curve not in ['PR', 'ROC']:
        raise ValueError('curve must be either ROC or PR, %s unknown' % curve)
    with variable_scope.variable_scope(name, default_name='dynamic_auc'):
        labels.get_shape().assert_is_compatible_with(predictions.get_shape())
        predictions = _flat(predictions, dtypes.float64)
        labels = _flat(labels, dtypes.int64)
        with ops.control_dependencies(_checks(labels)):
            all_predictions, update = streamed_moments.streaming_concat(predictions, name='concat_preds')
            all_labels, labels_update = streamed_moments.streaming_concat(labels, name='concat_labels')
            updates, all_weights = [labels_update, update], None
            if weights is not None:
                weights = _flat(weights, dtypes.float64)
                all_weights, update = streamed_moments.streaming_concat(weights, name='concat_weights')
                updates.append(update)
            update_op = control_flow_ops.group(*updates)
            auc = _area(all_labels, all_predictions, curve, all_weights)
            return graph_metrics.collected(auc, update_op, metrics_collections, updates_collections)


def _flat(values, dtype):
    return array_ops.reshape(math_ops.cast(values, dtype), [-1])


def _checks(labels):
    message = 'labels must be 0 or 1, at least one is %s'
    return [check_ops.assert_greater_equal(labels, array_ops.zeros_like(labels, dtypes.int64), message=message % '<0'),
            check_ops.assert_less_equal(labels, array_ops.ones_like(labels, dtypes.int64), message=message % '>1')]


def _area(labels, predictions, curve, weights):
    size = array_ops.size(predictions)
    if weights is None:
        weights = array_ops.ones_like(labels, dtype=dtypes.float64)
    total = math_ops.reduce_sum(weights)
    of_positives = math_ops.reduce_sum(array_ops.where(math_ops.greater(labels, 0), weights,
                                                       array_ops.zeros_like(labels, dtype=dtypes.float64)))

    def area():
        ordered, order = nn.top_k(predictions, k=size)
        ordered_labels = array_ops.gather(labels, order)
        ordered_weights = array_ops.gather(weights, order)
        _, _, counts = array_ops.unique_with_counts(ordered)
        # A point of the curve behind all predictions that are equal.
        splits = math_ops.cast(array_ops.pad(math_ops.cumsum(counts), paddings=[[1, 0]]), dtypes.int32)

        def up_to_points(values):
            return array_ops.gather(array_ops.pad(math_ops.cumsum(values), paddings=[[1, 0]]), splits)

        def where(condition):
            return array_ops.where(condition, ordered_weights, array_ops.zeros_like(ordered_labels, dtype=dtypes.float64))

        hits = up_to_points(where(math_ops.greater(ordered_labels, 0)))
        if curve == 'ROC':
            false_alarms = up_to_points(where(math_ops.less(ordered_labels, 1)))
            of_negatives = total - of_positives
            x = math_ops.truediv(false_alarms, of_negatives)
            y = math_ops.truediv(hits, of_positives)
        else:
            x = math_ops.truediv(hits, of_positives)
            alarms = up_to_points(ordered_weights)
            y = array_ops.where(math_ops.greater(splits, 0), math_ops.truediv(hits, alarms),
                                array_ops.ones_like(hits, dtype=dtypes.float64))
        heights = math_ops.add(y[1:], y[:-1]) / 2.0
        widths = math_ops.abs(math_ops.subtract(x[1:], x[:-1]))
        return math_ops.reduce_sum(math_ops.multiply(heights, widths))

    only_one_class = math_ops.logical_or(math_ops.equal(of_positives, 0), math_ops.equal(of_positives, total))
    return control_flow_ops.cond(only_one_class, true_fn=lambda: constant_op.constant(0, dtypes.float64), false_fn=area)
