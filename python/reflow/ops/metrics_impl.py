"""Streaming metrics: a tensor with the value so far, and one that takes in another batch and gives the value after it.

Their state is in local variables.
"""

from reflow import _core
from reflow.framework import dtypes
from reflow.ops import graph_metrics


def accuracy(labels, predictions, weights=None, metrics_collections=None, updates_collections=None, name=None):
    """The share of elements that are equal."""
    return _core.metrics.accuracy(labels, predictions, weights, metrics_collections, updates_collections, name)


def mean(values, weights=None, metrics_collections=None, updates_collections=None, name=None):
    """The mean."""
    return _core.metrics.mean(values, weights, metrics_collections, updates_collections, name)


def mean_tensor(values, weights=None, metrics_collections=None, updates_collections=None, name=None):
    """The mean of each element."""
    return _core.metrics.mean_tensor(values, weights, metrics_collections, updates_collections, name)


def percentage_below(values, threshold, weights=None, metrics_collections=None, updates_collections=None, name=None):
    """The share of values below `threshold`."""
    return _core.metrics.percentage_below(values, threshold, weights, metrics_collections, updates_collections, name)


def mean_absolute_error(labels, predictions, weights=None, metrics_collections=None, updates_collections=None,
                        name=None):
    """The mean of |labels - predictions|."""
    return _core.metrics.mean_absolute_error(labels, predictions, weights, metrics_collections, updates_collections,
                                             name)


def mean_squared_error(labels, predictions, weights=None, metrics_collections=None, updates_collections=None,
                       name=None):
    """The mean of the squared difference."""
    return _core.metrics.mean_squared_error(labels, predictions, weights, metrics_collections, updates_collections,
                                            name)


def root_mean_squared_error(labels, predictions, weights=None, metrics_collections=None, updates_collections=None,
                            name=None):
    """The root of the mean of the squared difference."""
    return _core.metrics.root_mean_squared_error(labels, predictions, weights, metrics_collections,
                                                 updates_collections, name)


def mean_relative_error(labels, predictions, normalizer, weights=None, metrics_collections=None,
                        updates_collections=None, name=None):
    """The mean of |labels - predictions| / normalizer."""
    return _core.metrics.mean_relative_error(labels, predictions, normalizer, weights, metrics_collections,
                                             updates_collections, name)


def mean_cosine_distance(labels, predictions, dim, weights=None, metrics_collections=None, updates_collections=None,
                         name=None):
    """1 - the mean of the cosine along `dim`."""
    return _core.metrics.mean_cosine_distance(labels, predictions, dim, weights, metrics_collections,
                                              updates_collections, name)


def mean_iou(labels, predictions, num_classes, weights=None, metrics_collections=None, updates_collections=None,
             name=None):
    """Intersection over union of each class: the mean over the classes."""
    return _core.metrics.mean_iou(labels, predictions, num_classes, weights, metrics_collections, updates_collections,
                                  name)


def mean_per_class_accuracy(labels, predictions, num_classes, weights=None, metrics_collections=None,
                            updates_collections=None, name=None):
    """The accuracy of each class: the mean over the classes."""
    return _core.metrics.mean_per_class_accuracy(labels, predictions, num_classes, weights, metrics_collections,
                                                 updates_collections, name)


def precision(labels, predictions, weights=None, metrics_collections=None, updates_collections=None, name=None):
    """The share of positive predictions that are right."""
    return _core.metrics.precision(labels, predictions, weights, metrics_collections, updates_collections, name)


def recall(labels, predictions, weights=None, metrics_collections=None, updates_collections=None, name=None):
    """The share of positive labels that are predicted."""
    return _core.metrics.recall(labels, predictions, weights, metrics_collections, updates_collections, name)


def true_positives(labels, predictions, weights=None, metrics_collections=None, updates_collections=None, name=None):
    """How many positive predictions are right."""
    return _core.metrics.true_positives(labels, predictions, weights, metrics_collections, updates_collections, name)


def true_negatives(labels, predictions, weights=None, metrics_collections=None, updates_collections=None, name=None):
    """How many negative predictions are right."""
    return _core.metrics.true_negatives(labels, predictions, weights, metrics_collections, updates_collections, name)


def false_positives(labels, predictions, weights=None, metrics_collections=None, updates_collections=None, name=None):
    """How many positive predictions are wrong."""
    return _core.metrics.false_positives(labels, predictions, weights, metrics_collections, updates_collections, name)


def false_negatives(labels, predictions, weights=None, metrics_collections=None, updates_collections=None, name=None):
    """How many negative predictions are wrong."""
    return _core.metrics.false_negatives(labels, predictions, weights, metrics_collections, updates_collections, name)


def precision_at_thresholds(labels, predictions, thresholds, weights=None, metrics_collections=None,
                            updates_collections=None, name=None):
    """Precision, where predictions above each threshold are positive."""
    return _core.metrics.precision_at_thresholds(labels, predictions, list(thresholds), weights, metrics_collections,
                                                 updates_collections, name)


def recall_at_thresholds(labels, predictions, thresholds, weights=None, metrics_collections=None,
                         updates_collections=None, name=None):
    """Recall, where predictions above each threshold are positive."""
    return _core.metrics.recall_at_thresholds(labels, predictions, list(thresholds), weights, metrics_collections,
                                              updates_collections, name)


def true_positives_at_thresholds(labels, predictions, thresholds, weights=None, metrics_collections=None,
                                 updates_collections=None, name=None):
    """True positives, where predictions above each threshold are positive."""
    return _core.metrics.true_positives_at_thresholds(labels, predictions, list(thresholds), weights,
                                                      metrics_collections, updates_collections, name)


def true_negatives_at_thresholds(labels, predictions, thresholds, weights=None, metrics_collections=None,
                                 updates_collections=None, name=None):
    """True negatives, where predictions above each threshold are positive."""
    return _core.metrics.true_negatives_at_thresholds(labels, predictions, list(thresholds), weights,
                                                      metrics_collections, updates_collections, name)


def false_positives_at_thresholds(labels, predictions, thresholds, weights=None, metrics_collections=None,
                                  updates_collections=None, name=None):
    """False positives, where predictions above each threshold are positive."""
    return _core.metrics.false_positives_at_thresholds(labels, predictions, list(thresholds), weights,
                                                       metrics_collections, updates_collections, name)


def false_negatives_at_thresholds(labels, predictions, thresholds, weights=None, metrics_collections=None,
                                  updates_collections=None, name=None):
    """False negatives, where predictions above each threshold are positive."""
    return _core.metrics.false_negatives_at_thresholds(labels, predictions, list(thresholds), weights,
                                                       metrics_collections, updates_collections, name)


def sensitivity_at_specificity(labels, predictions, specificity, weights=None, num_thresholds=200,
                               metrics_collections=None, updates_collections=None, name=None):
    """The sensitivity at the threshold where the specificity is nearest to the one given."""
    return _core.metrics.sensitivity_at_specificity(labels, predictions, specificity, weights, num_thresholds,
                                                    metrics_collections, updates_collections, name)


def specificity_at_sensitivity(labels, predictions, sensitivity, weights=None, num_thresholds=200,
                               metrics_collections=None, updates_collections=None, name=None):
    """The specificity at the threshold where the sensitivity is nearest to the one given."""
    return _core.metrics.specificity_at_sensitivity(labels, predictions, sensitivity, weights, num_thresholds,
                                                    metrics_collections, updates_collections, name)


def auc(labels, predictions, weights=None, num_thresholds=200, metrics_collections=None, updates_collections=None,
        curve='ROC', name=None, summation_method='trapezoidal', thresholds=None):
    """The area under the curve."""
    return _core.metrics.auc(labels, predictions, weights, num_thresholds, metrics_collections, updates_collections,
                             curve, name, summation_method, thresholds)


def metric_variable(shape, dtype, validate_shape=True, name=None):
    """The variable of a metric's state: local, and in the collection METRIC_VARIABLES."""
    return _core.metrics.metric_variable(shape, dtypes.as_dtype(dtype), validate_shape, name)


def _streaming_confusion_matrix(labels, predictions, num_classes, weights=None):
    """The counts so far of each pair of label and prediction, for metrics that programs make of them."""
    from reflow.ops import array_ops, confusion_matrix, math_ops, state_ops
    total = metric_variable([num_classes, num_classes], dtypes.float64, name='total_confusion_matrix')
    predictions = math_ops.cast(predictions, dtypes.int64)
    labels = math_ops.cast(labels, dtypes.int64)
    num_classes = math_ops.cast(num_classes, dtypes.int64)
    if predictions.shape.ndims > 1:
        predictions = array_ops.reshape(predictions, [-1])
    if labels.shape.ndims > 1:
        labels = array_ops.reshape(labels, [-1])
    if weights is not None and weights.shape.ndims > 1:
        weights = array_ops.reshape(weights, [-1])
    matrix = confusion_matrix.confusion_matrix(labels, predictions, num_classes, weights=weights, dtype=dtypes.float64)
    return total, state_ops.assign_add(total, matrix)


def _remove_squeezable_dimensions(predictions, labels, weights):
    """The three, without a last dimension of size 1 that one has more than the others, and weights with one that they lack."""
    from reflow.framework import ops
    from reflow.ops import array_ops, confusion_matrix, control_flow_ops, math_ops
    predictions = ops.convert_to_tensor(predictions)
    if labels is not None:
        labels, predictions = confusion_matrix.remove_squeezable_dimensions(labels, predictions)
        predictions.shape.assert_is_compatible_with(labels.shape)
    if weights is None:
        return predictions, labels, None
    weights = ops.convert_to_tensor(weights)
    if weights.shape.ndims == 0:
        return predictions, labels, weights
    if predictions.shape.ndims is not None and weights.shape.ndims is not None:
        difference = weights.shape.ndims - predictions.shape.ndims
        if difference == 1:
            weights = array_ops.squeeze(weights, [-1])
        elif difference == -1:
            weights = array_ops.expand_dims(weights, [-1])
        return predictions, labels, weights
    rank = array_ops.rank(weights)
    difference = rank - array_ops.rank(predictions)

    def of_other_rank():
        return control_flow_ops.cond(math_ops.equal(difference, -1), lambda: array_ops.expand_dims(weights, [-1]), squeezed)

    def squeezed():
        if weights.shape.ndims is not None and not weights.shape.dims[-1].is_compatible_with(1):
            return weights
        return control_flow_ops.cond(math_ops.equal(difference, 1), lambda: array_ops.squeeze(weights, [-1]), lambda: weights)

    weights = control_flow_ops.cond(math_ops.equal(rank, 0), lambda: weights, of_other_rank)
    return predictions, labels, weights


def _confusion_matrix_at_thresholds(labels, predictions, thresholds, weights=None, includes=None):
    """({'tp': counts}, {'tp': operations that add to them}) at each threshold, of those of 'tp', 'fn', 'tn', 'fp' in `includes`."""
    from reflow.framework import ops
    from reflow.ops import array_ops, check_ops, math_ops, state_ops, weights_broadcast_ops
    names = {'tp': 'true_positives', 'fn': 'false_negatives', 'tn': 'true_negatives', 'fp': 'false_positives'}
    includes = tuple(names) if includes is None else includes
    for include in includes:
        if include not in names:
            raise ValueError('Invalid key: %s.' % include)
    checks = [check(predictions, math_ops.cast(limit, dtype=predictions.dtype), message='predictions must be in [0, 1]')
              for check, limit in ((check_ops.assert_greater_equal, 0.0), (check_ops.assert_less_equal, 1.0))]
    with ops.control_dependencies(checks):
        predictions, labels, weights = _remove_squeezable_dimensions(
            predictions=math_ops.cast(predictions, dtypes.float32), labels=math_ops.cast(labels, dtype=dtypes.bool),
            weights=weights)
    number = len(thresholds)
    column, row = array_ops.reshape(predictions, [-1, 1]), array_ops.reshape(labels, [1, -1])
    size = predictions.shape.num_elements()
    size = array_ops.shape(column)[0] if size is None else size
    limits = array_ops.tile(array_ops.expand_dims(array_ops.constant(thresholds), [1]), array_ops.stack([1, size]))
    # [thresholds, predictions]: what is taken for positive, and what is.
    taken = {'p': math_ops.greater(array_ops.tile(array_ops.transpose(column), [number, 1]), limits)}
    if 'fn' in includes or 'tn' in includes:
        taken['n'] = math_ops.logical_not(taken['p'])
    positive = array_ops.tile(row, [number, 1])
    negative = math_ops.logical_not(positive) if 'fp' in includes or 'tn' in includes else None
    if weights is not None:
        weights = weights_broadcast_ops.broadcast_weights(math_ops.cast(weights, dtypes.float32), predictions)
        weights = array_ops.tile(array_ops.reshape(weights, [1, -1]), [number, 1])
    values, update_ops = {}, {}
    for kind in names:
        if kind in includes:
            counts = metric_variable([number], dtypes.float32, name=names[kind])
            hits = math_ops.logical_and(positive if kind in ('tp', 'fn') else negative, taken[kind[1]])
            hits = math_ops.cast(hits, dtype=dtypes.float32)
            hits = hits if weights is None else hits * weights
            values[kind], update_ops[kind] = counts, state_ops.assign_add(counts, math_ops.reduce_sum(hits, 1))
    return values, update_ops


def _safe_scalar_div(numerator, denominator, name):
    """The quotient of two numbers, 0 where the second is 0."""
    from reflow.ops import math_ops
    return math_ops.div_no_nan(numerator, denominator, name=name)


def _aggregate_variable(v, collections):
    """The value of a metric's variable, which collections get too."""
    from reflow.framework import ops
    value = v.read_value()
    if collections:
        ops.add_to_collections(collections, value)
    return value


graph_metrics.only_in_graphs(globals())


def __getattr__(name):
    """The metrics of the k best predictions, which are in a module of their own."""
    from reflow.ops import metrics_at_k
    if name.startswith('_') or not hasattr(metrics_at_k, name):
        raise AttributeError("module 'tensorflow.python.ops.metrics_impl' has no attribute '%s'" % name)
    return getattr(metrics_at_k, name)
