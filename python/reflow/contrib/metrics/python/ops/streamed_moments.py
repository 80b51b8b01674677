"""How two sequences of numbers vary together, how many there are, and all of them joined."""

from reflow.framework import dtypes
from reflow.framework import ops
from reflow.ops import array_ops
from reflow.ops import confusion_matrix
from reflow.ops import control_flow_ops
from reflow.ops import graph_metrics
from reflow.ops import math_ops
from reflow.ops import metrics_impl
from reflow.ops import state_ops
from reflow.ops import variable_scope
from reflow.ops import weights_broadcast_ops

__all__ = ['streaming_covariance', 'streaming_pearson_correlation', 'streaming_concat', 'count']


def _squeezed(predictions, labels):
    predictions, labels = ops.convert_to_tensor(predictions), ops.convert_to_tensor(labels)
    labels, predictions = confusion_matrix.remove_squeezable_dimensions(labels, predictions)
    predictions.get_shape().assert_is_compatible_with(labels.get_shape())
    return predictions, labels


def streaming_covariance(predictions, labels, weights=None, metrics_collections=None, updates_collections=None, name=None):
    """The unbiased covariance. Chan, Golub and LeVeque, COMPSTAT 1982."""
    with variable_scope.variable_scope(name, 'covariance', (predictions, labels, weights)):
        predictions, labels = _squeezed(predictions, labels)
        count_, mean_prediction, mean_label, comoment = [
            metrics_impl.metric_variable([], dtypes.float32, name=each)
            for each in ('count', 'mean_prediction', 'mean_label', 'comoment')]
        weighted_predictions, weighted_labels = predictions, labels
        if weights is None:
            batch_count = math_ops.cast(array_ops.size(labels), dtypes.float32)
        else:
            weights = weights_broadcast_ops.broadcast_weights(weights, labels)
            batch_count = math_ops.reduce_sum(weights)
            weighted_predictions = math_ops.multiply(predictions, weights)
            weighted_labels = math_ops.multiply(labels, weights)
        update_count = state_ops.assign_add(count_, batch_count)
        prev_count = update_count - batch_count

        def moved(mean, values):
            """(the mean of the batch, the mean before it)."""
            batch_mean = math_ops.div_no_nan(math_ops.reduce_sum(values), batch_count)
            delta = math_ops.div_no_nan((batch_mean - mean) * batch_count, update_count)
            return batch_mean, state_ops.assign_add(mean, delta) - delta

        batch_mean_prediction, prev_mean_prediction = moved(mean_prediction, weighted_predictions)
        batch_mean_label, prev_mean_label = moved(mean_label, weighted_labels)
        products = (predictions - batch_mean_prediction) * (labels - batch_mean_label)
        batch_comoment = math_ops.reduce_sum(products if weights is None else products * weights)
        delta = (batch_comoment + (prev_mean_prediction - batch_mean_prediction) * (prev_mean_label - batch_mean_label) *
                 (prev_count * batch_count / update_count))
        update_comoment = state_ops.assign_add(comoment, delta)

        def result(name):
            too_few = math_ops.less_equal(count_, 1.)
            return array_ops.where(too_few, float('nan'), math_ops.truediv(comoment, count_ - 1), name=name)

        covariance = result('covariance')
        with ops.control_dependencies([update_comoment]):
            update_op = result('update_op')
    return graph_metrics.collected(covariance, update_op, metrics_collections, updates_collections)


def streaming_pearson_correlation(predictions, labels, weights=None, metrics_collections=None, updates_collections=None,
                                  name=None):
    """The covariance over the product of the standard deviations."""
    with variable_scope.variable_scope(name, 'pearson_r', (predictions, labels, weights)):
        predictions, labels = _squeezed(predictions, labels)
        if weights is not None:
            weights = weights_broadcast_ops.broadcast_weights(weights, labels)
        covariances = [streaming_covariance(x, y, weights=weights, name=each) for x, y, each in (
            (predictions, labels, 'covariance'), (predictions, predictions, 'variance_predictions'),
            (labels, labels, 'variance_labels'))]

        def correlation(i, name):
            covariance, variance_x, variance_y = [each[i] for each in covariances]
            deviations = math_ops.multiply(math_ops.sqrt(variance_x), math_ops.sqrt(variance_y))
            return math_ops.truediv(covariance, deviations, name=name)

        value, update_op = correlation(0, 'pearson_r'), correlation(1, 'update_op')
    return graph_metrics.collected(value, update_op, metrics_collections, updates_collections)


def _next_array_size(required_size, growth_factor=1.5):
    exponent = math_ops.ceil(math_ops.log(math_ops.cast(required_size, dtypes.float32)) /
                             math_ops.log(math_ops.cast(growth_factor, dtypes.float32)))
    return math_ops.cast(math_ops.ceil(growth_factor**exponent), dtypes.int32)


def _checked_sizes(shape, axis):
    """(axis from the front, the sizes of the other dimensions)."""
    if shape.dims is None:
        raise ValueError('`values` must have known statically known rank')
    rank = len(shape)
    axis = axis + rank if axis < 0 else axis
    if not 0 <= axis < rank:
        raise ValueError('axis = %r not in [0, %r)' % (axis, rank))
    sizes = [dim.value for i, dim in enumerate(shape) if i != axis]
    if None in sizes:
        raise ValueError('all dimensions of `values` other than the dimension to concatenate along must have statically '
                         'known size')
    return axis, sizes


def _one_after_another(first, *functions):
    """What the last function gives, each called after what the one before gave."""
    for function in functions:
        with ops.control_dependencies([first]):
            first = function()
    return first


def streaming_concat(values, axis=0, max_size=None, metrics_collections=None, updates_collections=None, name=None):
    """All values so far joined along a dimension, `max_size` at most."""
    with variable_scope.variable_scope(name, 'streaming_concat', (values,)):
        axis, sizes = _checked_sizes(values.get_shape(), axis)
        rank = len(values.get_shape())
        array = metrics_impl.metric_variable([0 if max_size is None else max_size] + sizes, values.dtype,
                                             validate_shape=False, name='array')
        size = metrics_impl.metric_variable([], dtypes.int32, name='size')
        valid_array = array[:size]
        valid_array.set_shape([None] + sizes)
        value = array_ops.transpose(valid_array, [0 if i == axis else i + 1 if i < axis else i for i in range(rank)],
                                    name='concat')
        batch_size = array_ops.shape(values)[axis]
        if max_size is not None:
            batch_size = math_ops.minimum(batch_size, max_size - size)
        batch_values = array_ops.transpose(values, [axis] + [i for i in range(rank) if i != axis])[:batch_size]

        def enlarge():
            zeros = array_ops.zeros(array_ops.stack([_next_array_size(end)] + sizes), dtype=values.dtype)
            old = array.value()
            return _one_after_another(
                old, lambda: state_ops.assign(array, zeros, validate_shape=False), lambda: array[:size].assign(old[:size]),
                control_flow_ops.no_op)

        end = size + batch_size
        room = array_ops.shape_internal(array, optimize=False)[0]
        update_op = _one_after_another(
            control_flow_ops.cond(end > room, enlarge, control_flow_ops.no_op), lambda: array[size:end].assign(batch_values),
            lambda: size.assign(end))
        return graph_metrics.collected(value, update_op, metrics_collections, updates_collections)


def count(values, weights=None, metrics_collections=None, updates_collections=None, name=None):
    """The number of values, or the sum of their weights."""
    with variable_scope.variable_scope(name, 'count', (values, weights)):
        total = metrics_impl.metric_variable([], dtypes.float32, name='count')
        if weights is None:
            number = math_ops.cast(array_ops.size(values), dtypes.float32)
        else:
            values = math_ops.cast(values, dtypes.float32)
            weights = weights_broadcast_ops.broadcast_weights(math_ops.cast(weights, dtypes.float32), values)
            number = math_ops.reduce_sum(weights)
        with ops.control_dependencies([values]):
            update_op = state_ops.assign_add(total, number)
        value = array_ops.identity(total)
        return graph_metrics.collected(value, update_op, metrics_collections, updates_collections)
