"""Streaming metrics of the k best predictions: how many of them are right, and how many of the labels they find."""

from reflow.framework import dtypes
from reflow.framework import ops
from reflow.framework import sparse_tensor
from reflow.ops import array_ops
from reflow.ops import control_flow_ops
from reflow.ops import graph_metrics
from reflow.ops import math_ops
from reflow.ops import metrics_impl
from reflow.ops import nn_ops
from reflow.ops import sets_impl
from reflow.ops import sparse_ops
from reflow.ops import state_ops
from reflow.ops import weights_broadcast_ops
from reflow.util import deprecation


def _name_at_k(name, k=None, class_id=None):
    name += '_at_%d' % k if k is not None else '_at_k'
    return name if class_id is None else name + '_class%d' % class_id


def _is_sparse(value):
    return isinstance(value, sparse_tensor.SparseTensor)


def recall_at_k(labels, predictions, k, class_id=None, weights=None, metrics_collections=None, updates_collections=None,
                name=None):
    """The share of labels that are among the k best predictions."""
    with ops.name_scope(name, _name_at_k('recall', k, class_id), (predictions, labels, weights)) as scope:
        _, best = nn_ops.top_k(predictions, k)
        return recall_at_top_k(labels, best, k, class_id, weights, metrics_collections, updates_collections, scope)


def recall_at_top_k(labels, predictions_idx, k=None, class_id=None, weights=None, metrics_collections=None,
                    updates_collections=None, name=None):
    """The share of labels that are among the given classes."""
    return _share_at_top_k('recall', _false_negatives, 'false_negative', labels, predictions_idx, k, class_id, weights,
                           metrics_collections, updates_collections, name)


def precision_at_k(labels, predictions, k, class_id=None, weights=None, metrics_collections=None,
                   updates_collections=None, name=None):
    """The share of the k best predictions that are labels."""
    with ops.name_scope(name, _name_at_k('precision', k, class_id), (predictions, labels, weights)) as scope:
        _, best = nn_ops.top_k(predictions, k)
        return precision_at_top_k(labels, best, k, class_id, weights, metrics_collections, updates_collections, scope)


def precision_at_top_k(labels, predictions_idx, k=None, class_id=None, weights=None, metrics_collections=None,
                       updates_collections=None, name=None):
    """The share of the given classes that are labels."""
    return _share_at_top_k('precision', _false_positives, 'false_positive', labels, predictions_idx, k, class_id, weights,
                           metrics_collections, updates_collections, name)


@deprecation.deprecated(None, 'Use precision_at_k instead')
def sparse_precision_at_k(labels, predictions, k, class_id=None, weights=None, metrics_collections=None,
                          updates_collections=None, name=None):
    """precision_at_k under its older name."""
    return precision_at_k(labels, predictions, k, class_id, weights, metrics_collections, updates_collections, name)


def _share_at_top_k(what, wrong, wrong_name, labels, predictions_idx, k, class_id, weights, metrics_collections,
                    updates_collections, name):
    """True positives, as a share of them and of `wrong` ones."""
    with ops.name_scope(name, _name_at_k(what, k, class_id), (predictions_idx, labels, weights)) as scope:
        labels = _expand_labels(labels, predictions_idx)
        best = math_ops.cast(predictions_idx, dtypes.int64)
        right, right_update = _streamed(_true_positives, 'true_positive', labels, best, k, class_id, weights)
        others, others_update = _streamed(wrong, wrong_name, labels, best, k, class_id, weights)
        value = math_ops.div(right, math_ops.add(right, others), name=scope)
        update = math_ops.div(right_update, math_ops.add(right_update, others_update), name='update')
        return graph_metrics.collected(value, update, metrics_collections, updates_collections)


def _streamed(count, what, labels, predictions_idx, k, class_id, weights):
    with ops.name_scope(None, _name_at_k(what, k, class_id), (predictions_idx, labels, weights)) as scope:
        counted = count(labels, predictions_idx, class_id, weights)
        total = math_ops.cast(math_ops.reduce_sum(counted), dtypes.float64)
        variable = metrics_impl.metric_variable([], dtypes.float64, name=scope)
        return variable, state_ops.assign_add(variable, total, name='update')


def _true_positives(labels, predictions_idx, class_id=None, weights=None, name=None):
    return _count('true_positives', sets_impl.set_intersection, labels, predictions_idx, class_id, weights, name)


def _false_negatives(labels, predictions_idx, class_id=None, weights=None):
    return _count('false_negatives', lambda a, b: sets_impl.set_difference(a, b, aminusb=False), labels, predictions_idx,
                  class_id, weights)


def _false_positives(labels, predictions_idx, class_id=None, weights=None):
    return _count('false_positives', lambda a, b: sets_impl.set_difference(a, b, aminusb=True), labels, predictions_idx,
                  class_id, weights)


def _count(what, operation, labels, predictions_idx, class_id, weights, name=None):
    """The size of what a set operation gives for each row, weighted."""
    with ops.name_scope(name, what, (predictions_idx, labels, weights)):
        if class_id is not None:
            labels, predictions_idx = _only(labels, class_id), _only(predictions_idx, class_id)
        counted = math_ops.cast(sets_impl.set_size(operation(predictions_idx, labels)), dtypes.float64)
        if weights is None:
            return counted
        with ops.control_dependencies((weights_broadcast_ops.assert_broadcastable(weights, counted),)):
            return math_ops.multiply(counted, math_ops.cast(weights, dtypes.float64))


def _only(ids, class_id):
    """The ids that are `class_id`, as a sparse tensor."""
    ids = sparse_tensor.convert_to_tensor_or_sparse_tensor(ids)
    if _is_sparse(ids):
        return sparse_ops.sparse_retain(ids, math_ops.equal(ids.values, class_id))
    shape = array_ops.shape(ids, out_type=dtypes.int64)
    last = array_ops.size(shape) - 1
    wanted = array_ops.fill(math_ops.reduced_shape(shape, array_ops.reshape(last, [1])),
                            math_ops.cast(class_id, dtypes.int64))
    found = sets_impl.set_intersection(wanted, ids)
    return sparse_tensor.SparseTensor(indices=found.indices, values=found.values, dense_shape=shape)


def _expand_labels(labels, predictions):
    """`labels` with a last dimension of 1, where they have one dimension less than the predictions."""
    with ops.name_scope(None, 'expand_labels', (labels, predictions)) as scope:
        labels = sparse_tensor.convert_to_tensor_or_sparse_tensor(labels)
        if _is_sparse(labels):
            is_lower = math_ops.equal(array_ops.rank(predictions), array_ops.size(labels.dense_shape) + 1)
            return control_flow_ops.cond(
                is_lower, lambda: sparse_ops.sparse_reshape(
                    labels, shape=array_ops.concat((labels.dense_shape, (1,)), 0), name=scope), lambda: labels)
        ranks = predictions.get_shape().ndims, labels.get_shape().ndims
        if None not in ranks:
            if ranks[0] == ranks[1]:
                return labels
            if ranks[0] == ranks[1] + 1:
                return array_ops.expand_dims(labels, -1, name=scope)
            raise ValueError('Unexpected labels shape %s for predictions shape %s.' % (labels.get_shape(),
                                                                                     predictions.get_shape()))
        is_lower = math_ops.equal(array_ops.rank(predictions), array_ops.rank(labels) + 1)
        return control_flow_ops.cond(is_lower, lambda: array_ops.expand_dims(labels, -1, name=scope), lambda: labels)


def average_precision_at_k(labels, predictions, k, weights=None, metrics_collections=None, updates_collections=None,
                           name=None):
    """The mean of the precisions at each of the k best predictions that is right."""
    if k < 1:
        raise ValueError('Invalid k=%s.' % k)
    with ops.name_scope(name, _name_at_k('average_precision', k), (predictions, labels, weights)) as scope:
        _, best = nn_ops.top_k(predictions, k)
        labels = _in_range(labels, math_ops.cast(array_ops.shape(predictions)[-1], dtypes.int64))
        return average_precision_at_top_k(labels, best, weights, metrics_collections, updates_collections, scope)


@deprecation.deprecated(None, 'Use average_precision_at_k instead')
def sparse_average_precision_at_k(labels, predictions, k, weights=None, metrics_collections=None,
                                  updates_collections=None, name=None):
    """average_precision_at_k under its older name."""
    return average_precision_at_k(labels, predictions, k, weights, metrics_collections, updates_collections, name)


def _in_range(labels, num_classes):
    """`labels` with -1 in place of those that are too large for a class."""
    labels_are_sparse = isinstance(labels, (sparse_tensor.SparseTensor, sparse_tensor.SparseTensorValue))

    def cleaned():
        values = labels.values if labels_are_sparse else labels
        values = array_ops.where_v2(math_ops.greater_equal(values, num_classes), -1 * array_ops.ones_like(values), values)
        if not labels_are_sparse:
            return values
        return type(labels)(indices=labels.indices, values=values, dense_shape=labels.dense_shape)

    largest = math_ops.reduce_max(labels.values if labels_are_sparse else labels)
    return control_flow_ops.cond(math_ops.greater_equal(largest, num_classes), cleaned, lambda: labels)


def average_precision_at_top_k(labels, predictions_idx, weights, metrics_collections, updates_collections, name):
    """average_precision_at_k of the classes that were predicted best."""
    with ops.name_scope(name, 'average_precision_at_top_k', (predictions_idx, labels, weights)) as scope:
        precision = _average_precision(labels, predictions_idx)
        if weights is not None:
            weights = weights_broadcast_ops.broadcast_weights(math_ops.cast(weights, dtypes.float64), precision)
            precision = math_ops.multiply(precision, weights)
        with ops.name_scope(None, 'max', (precision,)) as max_scope:
            largest = metrics_impl.metric_variable([], dtypes.float64, name=max_scope)
            if weights is None:
                batch = math_ops.cast(array_ops.size(precision, name='batch_max'), dtypes.float64)
            else:
                batch = math_ops.reduce_sum(weights, name='batch_max')
            max_update = state_ops.assign_add(largest, batch, name='update')
        with ops.name_scope(None, 'total', (precision,)) as total_scope:
            total = metrics_impl.metric_variable([], dtypes.float64, name=total_scope)
            batch = math_ops.reduce_sum(precision, name='batch_total')
            total_update = state_ops.assign_add(total, batch, name='update')
        value = _divide(total, largest, name='mean')
        update = _divide(total_update, max_update, name=scope)
        return graph_metrics.collected(value, update, metrics_collections, updates_collections)


def _divide(numerator, denominator, name):
    numerator.get_shape().with_rank_at_most(1)
    denominator.get_shape().with_rank_at_most(1)
    return math_ops.div_no_nan(numerator, denominator, name=name)


def _average_precision(labels, predictions_idx):
    with ops.name_scope(None, 'average_precision', (predictions_idx, labels)) as scope:
        best = math_ops.cast(predictions_idx, dtypes.int64, name='predictions_idx')
        if best.get_shape().ndims == 0:
            raise ValueError('The rank of predictions_idx must be at least 1.')
        k = best.get_shape().as_list()[-1]
        if k is None:
            raise ValueError('The last dimension of predictions_idx must be set.')
        labels = _expand_labels(labels, best)
        best_per_k = array_ops.expand_dims(best, -1, name='predictions_idx_per_k')
        labels_per_k = _tiled(labels, k, name='labels_per_k')
        relevant = _true_positives(labels_per_k, best_per_k, name='relevant_per_k')
        right = math_ops.cumsum(relevant, axis=-1, name='tp_per_k')
        retrieved = math_ops.cumsum(array_ops.ones_like(relevant), axis=-1, name='retrieved_per_k')
        precision = math_ops.div(math_ops.cast(right, dtypes.float64), math_ops.cast(retrieved, dtypes.float64),
                                 name='precision_per_k')
        of_relevant = math_ops.multiply(precision, math_ops.cast(relevant, dtypes.float64),
                                        name='relevant_precision_per_k')
        total = math_ops.reduce_sum(of_relevant, axis=(-1,), name='precision_sum')
        return math_ops.div(total, math_ops.cast(_number_of_relevant(labels, k), dtypes.float64), name=scope)


def _number_of_relevant(labels, k):
    with ops.name_scope(None, 'num_relevant', (labels,)) as scope:
        labels = sparse_tensor.convert_to_tensor_or_sparse_tensor(labels)
        if _is_sparse(labels):
            return math_ops.minimum(sets_impl.set_size(labels), k, name=scope)
        given = array_ops.where_v2(math_ops.greater_equal(labels, 0), array_ops.ones_like(labels),
                                   array_ops.zeros_like(labels))
        return math_ops.minimum(math_ops.reduce_sum(given, axis=-1), k, name=scope)


def _tiled(tensor, multiple, name):
    """`tensor` repeated along a new dimension before its last one."""
    with ops.name_scope(name, 'expand_and_tile', (tensor, multiple, -1)) as scope:
        tensor = sparse_tensor.convert_to_tensor_or_sparse_tensor(tensor)
        if _is_sparse(tensor):
            before = array_ops.reshape(array_ops.size(tensor.dense_shape) + -1, [1])
            shape = array_ops.concat((array_ops.slice(tensor.dense_shape, [0], before), [1],
                                      array_ops.slice(tensor.dense_shape, before, [-1])), 0, name='expanded_shape')
            expanded = sparse_ops.sparse_reshape(tensor, shape=shape, name='expand')
            return expanded if multiple == 1 else sparse_ops.sparse_concat(-2, [expanded] * multiple, name=scope)
        expanded = array_ops.expand_dims(tensor, -2, name='expand')
        if multiple == 1:
            return expanded
        ones = array_ops.ones_like(array_ops.shape(tensor))
        multiples = array_ops.concat((ones[:-1], (multiple,), ones[-1:]), 0, name='multiples')
        return array_ops.tile(expanded, multiples, name=scope)


graph_metrics.only_in_graphs(globals())
