"""Metrics of counts at thresholds: points of curves, rates, precision at a recall and the reverse; Cohen's kappa."""

import collections

from reflow.framework import dtypes
from reflow.framework import ops
from reflow.ops import array_ops
from reflow.ops import check_ops
from reflow.ops import confusion_matrix
from reflow.ops import control_flow_ops
from reflow.ops import graph_metrics
from reflow.ops import math_ops
from reflow.ops import metrics
from reflow.ops import metrics_impl
from reflow.ops import state_ops
from reflow.ops import variable_scope

__all__ = ['cohen_kappa', 'precision_at_recall', 'precision_recall_at_equal_thresholds', 'recall_at_precision',
           'streaming_curve_points', 'streaming_false_negative_rate_at_thresholds',
           'streaming_false_positive_rate_at_thresholds']

_EPSILON = 1e-7


def _counts(labels, predictions, thresholds, weights, which=('tp', 'fn', 'tn', 'fp')):
    """The counts so far and after an update, by what they count."""
    functions = dict(tp=metrics.true_positives_at_thresholds, fn=metrics.false_negatives_at_thresholds,
                     tn=metrics.true_negatives_at_thresholds, fp=metrics.false_positives_at_thresholds)
    pairs = {name: functions[name](labels, predictions, thresholds, weights) for name in which}
    return {name: pair[0] for name, pair in pairs.items()}, {name: pair[1] for name, pair in pairs.items()}


def _thresholds(number):
    return [0. - _EPSILON] + [i * 1. / (number - 1) for i in range(1, number - 1)] + [1. + _EPSILON]


def streaming_curve_points(labels=None, predictions=None, weights=None, num_thresholds=200, metrics_collections=None,
                           updates_collections=None, curve='ROC', name=None):
    """(the points of a curve, an op that updates them): [false positive rate, recall], or [recall, precision] for 'PR'."""
    with variable_scope.variable_scope(name, 'curve_points', (labels, predictions, weights)):
        if curve not in ('ROC', 'PR'):
            raise ValueError('curve must be either ROC or PR, %s unknown' % curve)
        values, updates = _counts(labels, predictions, _thresholds(num_thresholds), weights)
        tp, fn, tn, fp, epsilon = values['tp'], values['fn'], values['tn'], values['fp'], 1e-6
        recall = math_ops.div(tp + epsilon, tp + fn + epsilon)
        if curve == 'ROC':
            xs, ys = math_ops.div(fp, fp + tn + epsilon), recall
        else:
            xs, ys = recall, math_ops.div(tp + epsilon, tp + fp + epsilon)
        points = array_ops.stack([xs, ys], axis=1)
        return graph_metrics.collected(points, control_flow_ops.group(*updates.values()), metrics_collections,
                                       updates_collections)


def _rate_at_thresholds(name, wrong, right, predictions, labels, thresholds, weights, metrics_collections,
                        updates_collections, scope):
    with variable_scope.variable_scope(scope, name, (predictions, labels, weights)):
        counts = _counts(labels, predictions, thresholds, weights, (wrong, right))
        value, update_op = [math_ops.div(each[wrong], _EPSILON + each[wrong] + each[right]) for each in counts]
        return graph_metrics.collected(value, update_op, metrics_collections, updates_collections)


def streaming_false_positive_rate_at_thresholds(predictions, labels, thresholds, weights=None, metrics_collections=None,
                                                updates_collections=None, name=None):
    """(false positive rates, an op that updates them)."""
    return _rate_at_thresholds('false_positive_rate_at_thresholds', 'fp', 'tn', predictions, labels, thresholds, weights,
                               metrics_collections, updates_collections, name)


def streaming_false_negative_rate_at_thresholds(predictions, labels, thresholds, weights=None, metrics_collections=None,
                                                updates_collections=None, name=None):
    """(false negative rates, an op that updates them)."""
    return _rate_at_thresholds('false_negative_rate_at_thresholds', 'fn', 'tp', predictions, labels, thresholds, weights,
                               metrics_collections, updates_collections, name)


def recall_at_precision(labels, predictions, precision, weights=None, num_thresholds=200, metrics_collections=None,
                        updates_collections=None, name=None, strict_mode=False):
    """(the recall where the precision is nearest to `precision`, an op that updates it); not below, in `strict_mode`."""
    if not 0 <= precision <= 1:
        raise ValueError('`precision` must be in the range [0, 1].')

    def recall(counts, kind):
        tp, fp, fn = counts['tp'], counts['fp'], counts['fn']
        precisions = math_ops.div(tp, tp + fp + _EPSILON)
        if not strict_mode:
            index = math_ops.argmin(math_ops.abs(precisions - precision), 0, output_type=dtypes.int32)
            return math_ops.div(tp[index], tp[index] + fn[index] + _EPSILON, kind)
        index = math_ops.argmax(math_ops.div(1.0, precisions - precision + _EPSILON), 0, output_type=dtypes.int32)
        return control_flow_ops.cond(
            precisions[index] >= precision, lambda: math_ops.div(tp[index], tp[index] + fn[index] + _EPSILON, kind),
            lambda: ops.convert_to_tensor(.0))

    with variable_scope.variable_scope(name, 'recall_at_precision', (predictions, labels, weights)):
        values, updates = _counts(labels, predictions, _thresholds(num_thresholds), weights)
        return graph_metrics.collected(recall(values, 'value'), recall(updates, 'update_op'), metrics_collections,
                                       updates_collections)


def precision_at_recall(labels, predictions, target_recall, weights=None, num_thresholds=200, metrics_collections=None,
                        updates_collections=None, name=None):
    """(the precision at the highest threshold with the recall `target_recall`, an op that updates it)."""
    if target_recall < 0 or target_recall > 1:
        raise ValueError('`target_recall` must be in the range [0, 1].')

    def precision(counts, kind):
        tp, fp, fn = counts['tp'], counts['fp'], counts['fn']
        recalls = math_ops.div(tp, tp + fn + _EPSILON)
        index = math_ops.reduce_sum(math_ops.cast(math_ops.greater_equal(recalls, target_recall), dtypes.int64)) - 1
        return math_ops.div(tp[index] + _EPSILON, tp[index] + fp[index] + _EPSILON, kind)

    with variable_scope.variable_scope(name, 'precision_at_recall', (predictions, labels, weights)):
        values, updates = _counts(labels, predictions, _thresholds(num_thresholds), weights)
        return graph_metrics.collected(precision(values, 'value'), precision(updates, 'update_op'), metrics_collections,
                          updates_collections)


_PrecisionRecallData = collections.namedtuple('PrecisionRecallData',
                                              ['tp', 'fp', 'tn', 'fn', 'precision', 'recall', 'thresholds'])


def precision_recall_at_equal_thresholds(labels, predictions, weights=None, num_thresholds=None, use_locking=None, name=None):
    """(counts, precision and recall at thresholds from 0 to 1 that are equally far apart, an op that updates them)."""
    number = 201 if num_thresholds is None else num_thresholds
    weights = 1.0 if weights is None else weights
    use_locking = True if use_locking is None else use_locking
    check_ops.assert_type(labels, dtypes.bool)
    with variable_scope.variable_scope(name, 'precision_recall_at_equal_thresholds', (labels, predictions, weights)):
        message = 'predictions must be in [0, 1]'
        with ops.control_dependencies([
                check_ops.assert_greater_equal(predictions, math_ops.cast(0.0, predictions.dtype), message=message),
                check_ops.assert_less_equal(predictions, math_ops.cast(1.0, predictions.dtype), message=message)]):
            predictions = array_ops.identity(predictions)
        predictions.get_shape().assert_is_compatible_with(labels.get_shape())
        is_true, weights = math_ops.cast(labels, dtypes.float64), math_ops.cast(weights, dtypes.float64)
        trues = array_ops.reshape(is_true * weights, [-1])
        falses = array_ops.reshape((1.0 - is_true) * weights, [-1])
        predictions = array_ops.reshape(predictions, [-1])
        buckets = math_ops.cast(math_ops.floor(predictions * (number - 1)), dtypes.int32)
        with ops.name_scope('variables'):
            tp_buckets = metrics_impl.metric_variable([number], dtypes.float64, name='tp_buckets')
            fp_buckets = metrics_impl.metric_variable([number], dtypes.float64, name='fp_buckets')
        with ops.name_scope('update_op'):
            update_tp = state_ops.scatter_add(tp_buckets, buckets, trues, use_locking=use_locking)
            update_fp = state_ops.scatter_add(fp_buckets, buckets, falses, use_locking=use_locking)
        tp = math_ops.cumsum(tp_buckets, reverse=True, name='tp')
        fp = math_ops.cumsum(fp_buckets, reverse=True, name='fp')
        tn, fn = fp[0] - fp, tp[0] - tp
        least = ops.convert_to_tensor(1e-7, dtype=dtypes.float64)
        precision, recall = tp / math_ops.maximum(least, tp + fp), tp / math_ops.maximum(least, tp + fn)
        thresholds = math_ops.lin_space(0.0, 1.0, number)
        result = _PrecisionRecallData(*[math_ops.cast(each, predictions.dtype) for each in (
            tp, fp, tn, fn, precision, recall, thresholds)])
        return result, control_flow_ops.group(update_tp, update_fp)


def cohen_kappa(labels, predictions_idx, num_classes, weights=None, metrics_collections=None, updates_collections=None,
                name=None):
    """(Cohen's kappa, how much two raters agree beyond chance; an op that updates it)."""
    if num_classes < 2:
        raise ValueError('`num_classes` must be >= 2.Found: {}'.format(num_classes))
    with variable_scope.variable_scope(name, 'cohen_kappa', (labels, predictions_idx, weights)):
        labels.get_shape().with_rank_at_most(2)
        if labels.get_shape().ndims == 2:
            labels = array_ops.squeeze(labels, axis=[-1])
        if predictions_idx.get_shape().ndims == 2:
            predictions_idx = array_ops.squeeze(predictions_idx, axis=[-1])
        predictions_idx.get_shape().assert_is_compatible_with(labels.get_shape())
        dtype = dtypes.int64 if weights is None or weights.dtype.is_integer else dtypes.float32
        sums = [metrics_impl.metric_variable((num_classes,), dtype, name=each) for each in ('po', 'pe_row', 'pe_col')]
        table = confusion_matrix.confusion_matrix(labels, predictions_idx, num_classes=num_classes, weights=weights,
                                                  dtype=dtype, name='counts_in_table')
        added = [array_ops.matrix_diag_part(table), math_ops.reduce_sum(table, axis=0), math_ops.reduce_sum(table, axis=1)]
        updated = [state_ops.assign_add(variable, each) for variable, each in zip(sums, added)]

        def kappa(observed, rows, columns, kind):
            total = math_ops.cast(math_ops.reduce_sum(rows), dtypes.float64)
            expected = math_ops.reduce_sum(math_ops.div_no_nan(math_ops.cast(rows * columns, dtypes.float64), total))
            observed = math_ops.cast(math_ops.reduce_sum(observed), dtypes.float64)
            return math_ops.div_no_nan(observed - expected, total - expected, name=kind)

        return graph_metrics.collected(kappa(*sums, 'value'), kappa(*updated, 'update_op'), metrics_collections,
                                       updates_collections)
