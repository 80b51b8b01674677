"""The losses of tf.contrib.losses: `weights` weigh examples, and what is reduced is a mean over the weights that aren't 0."""

from reflow.contrib.framework.python.ops.arg_scope import add_arg_scope
from reflow.framework import dtypes
from reflow.framework import ops
from reflow.ops import array_ops
from reflow.ops import math_ops
from reflow.ops import nn
from reflow.ops import nn_ops
from reflow.ops.losses.util import get_losses, get_regularization_losses
from reflow.util import deprecation

__all__ = ['absolute_difference', 'add_loss', 'cosine_distance', 'compute_weighted_loss', 'get_losses',
           'get_regularization_losses', 'get_total_loss', 'hinge_loss', 'log_loss', 'mean_pairwise_squared_error',
           'mean_squared_error', 'sigmoid_cross_entropy', 'softmax_cross_entropy', 'sparse_softmax_cross_entropy']


def _scaled(losses, weights):
    """The weighted sum of the losses."""
    axis = list(range(max(0, weights.get_shape().ndims), losses.get_shape().ndims))
    return math_ops.reduce_sum(math_ops.multiply(math_ops.reduce_sum(losses, axis=axis), weights))


def _num_present(losses, weights, per_batch=False):
    """The number of losses whose weight isn't 0."""
    rank = weights.get_shape().ndims
    if rank == 0:
        batch_size = array_ops.reshape(array_ops.slice(array_ops.shape(losses), [0], [1]), [])
        per_example = math_ops.div(math_ops.cast(array_ops.size(losses), dtypes.float32),
                                   math_ops.cast(batch_size, dtypes.float32))
        per_example = array_ops.where(math_ops.equal(weights, 0), 0.0, per_example)
        per_example = math_ops.multiply(array_ops.ones(array_ops.reshape(batch_size, [1])), per_example)
    else:
        nonzero = math_ops.reduce_sum(math_ops.cast(math_ops.not_equal(weights, 0), dtypes.float32),
                                      axis=list(range(1, rank)))
        others = array_ops.slice(array_ops.shape(losses), [rank], [-1])
        per_example = math_ops.multiply(nonzero, math_ops.cast(math_ops.reduce_prod(others), dtypes.float32))
    return per_example if per_batch else math_ops.reduce_sum(per_example)


def _rank(shape, what):
    if shape.ndims is None:
        raise ValueError('%s.get_shape().ndims cannot be None' % what)
    return shape.ndims


@add_arg_scope
def compute_weighted_loss(losses, weights=1.0, scope=None):
    """The mean of the losses, weighted; it goes into the collection LOSSES."""
    with ops.name_scope(scope, 'weighted_loss', [losses, weights]):
        given = ops.convert_to_tensor(losses)
        losses = math_ops.cast(given, dtypes.float32)
        weights = math_ops.cast(ops.convert_to_tensor(weights), dtypes.float32)
        _rank(losses.get_shape(), 'losses')
        if _rank(weights.get_shape(), 'weights') > 1 and weights.get_shape().dims[-1].is_compatible_with(1):
            weights = array_ops.squeeze(weights, [-1])
        total_loss = _scaled(losses, weights)
        num_present = _num_present(losses, weights)
        mean_loss = math_ops.div_no_nan(math_ops.reduce_sum(total_loss), num_present, name='value')
        mean_loss = math_ops.cast(mean_loss, given.dtype)
        add_loss(mean_loss)
        return mean_loss


@add_arg_scope
def add_loss(loss, loss_collection=ops.GraphKeys.LOSSES):
    """Puts a loss into a collection."""
    if loss_collection:
        ops.add_to_collection(loss_collection, loss)


def get_total_loss(add_regularization_losses=True, name='total_loss'):
    """The sum of all losses and penalties."""
    losses = get_losses()
    if add_regularization_losses:
        losses += get_regularization_losses()
    return math_ops.add_n(losses, name=name)


def _floats(predictions, labels):
    predictions.get_shape().assert_is_compatible_with(labels.get_shape())
    return math_ops.cast(predictions, dtypes.float32), math_ops.cast(labels, dtypes.float32)


@add_arg_scope
def absolute_difference(predictions, labels=None, weights=1.0, scope=None):
    """|predictions - labels|."""
    with ops.name_scope(scope, 'absolute_difference', [predictions, labels, weights]) as scope:
        predictions, labels = _floats(predictions, labels)
        return compute_weighted_loss(math_ops.abs(math_ops.subtract(predictions, labels)), weights, scope=scope)


@add_arg_scope
def sigmoid_cross_entropy(logits, multi_class_labels, weights=1.0, label_smoothing=0, scope=None):
    """The cross entropy of independent probabilities and logits."""
    with ops.name_scope(scope, 'sigmoid_cross_entropy_loss', [logits, multi_class_labels, weights]) as scope:
        logits.get_shape().assert_is_compatible_with(multi_class_labels.get_shape())
        labels = math_ops.cast(multi_class_labels, logits.dtype)
        if label_smoothing > 0:
            labels = labels * (1 - label_smoothing) + 0.5 * label_smoothing
        losses = nn.sigmoid_cross_entropy_with_logits(labels=labels, logits=logits, name='xentropy')
        return compute_weighted_loss(losses, weights, scope=scope)


@add_arg_scope
def softmax_cross_entropy(logits, onehot_labels, weights=1.0, label_smoothing=0, scope=None):
    """The cross entropy of probabilities and logits."""
    with ops.name_scope(scope, 'softmax_cross_entropy_loss', [logits, onehot_labels, weights]) as scope:
        logits.get_shape().assert_is_compatible_with(onehot_labels.get_shape())
        labels = math_ops.cast(onehot_labels, logits.dtype)
        if label_smoothing > 0:
            num_classes = math_ops.cast(array_ops.shape(labels)[1], logits.dtype)
            smooth_negatives = label_smoothing / num_classes
            labels = labels * (1.0 - label_smoothing) + smooth_negatives
        losses = nn.softmax_cross_entropy_with_logits(labels=labels, logits=logits, name='xentropy')
        return compute_weighted_loss(losses, weights, scope=scope)


@add_arg_scope
def sparse_softmax_cross_entropy(logits, labels, weights=1.0, scope=None):
    """The cross entropy of class numbers and logits."""
    with ops.name_scope(scope, 'sparse_softmax_cross_entropy_loss', [logits, labels, weights]) as scope:
        labels = array_ops.reshape(labels, shape=[array_ops.shape(labels)[0]])
        losses = nn.sparse_softmax_cross_entropy_with_logits(labels=labels, logits=logits, name='xentropy')
        return compute_weighted_loss(losses, weights, scope=scope)


@add_arg_scope
def log_loss(predictions, labels=None, weights=1.0, epsilon=1e-7, scope=None):
    """-log of the probability of the label."""
    with ops.name_scope(scope, 'log_loss', [predictions, labels, weights]) as scope:
        predictions, labels = _floats(predictions, labels)
        losses = -math_ops.multiply(labels, math_ops.log(predictions + epsilon)) - math_ops.multiply(
            (1 - labels), math_ops.log(1 - predictions + epsilon))
        return compute_weighted_loss(losses, weights, scope=scope)


@add_arg_scope
def hinge_loss(logits, labels=None, scope=None):
    """max(0, 1 - logits) for labels 1, max(0, 1 + logits) for labels 0; not reduced."""
    with ops.name_scope(scope, 'hinge_loss', [logits, labels]) as scope:
        logits.get_shape().assert_is_compatible_with(labels.get_shape())
        labels = math_ops.cast(labels, dtypes.float32)
        ones = array_ops.ones_like(labels)
        labels = math_ops.subtract(2 * labels, ones)
        return nn_ops.relu(math_ops.subtract(ones, math_ops.multiply(labels, logits)))


@add_arg_scope
def mean_squared_error(predictions, labels=None, weights=1.0, scope=None):
    """(predictions - labels) ** 2."""
    with ops.name_scope(scope, 'mean_squared_error', [predictions, labels, weights]) as scope:
        predictions, labels = _floats(predictions, labels)
        return compute_weighted_loss(math_ops.squared_difference(predictions, labels), weights, scope=scope)


@add_arg_scope
def mean_pairwise_squared_error(predictions, labels=None, weights=1.0, scope=None):
    """The differences within examples compared, in pairs."""
    with ops.name_scope(scope, 'mean_pairwise_squared_error', [predictions, labels, weights]) as scope:
        predictions, labels = _floats(predictions, labels)
        weights = math_ops.cast(ops.convert_to_tensor(weights), dtypes.float32)
        diffs = math_ops.subtract(predictions, labels)
        for argument, tensor in (('diffs', diffs), ('weights', weights)):
            if tensor.shape.ndims is None:
                raise ValueError('%s.get_shape().ndims cannot be None' % argument)
        axis = list(range(1, diffs.shape.ndims))
        squares = math_ops.reduce_sum(math_ops.square(diffs), axis=axis)
        present = _num_present(diffs, weights, per_batch=True)
        term1 = 2.0 * math_ops.div_no_nan(squares, present, name='value')
        sums = math_ops.reduce_sum(diffs, axis=axis)
        term2 = 2.0 * math_ops.div_no_nan(math_ops.square(sums), math_ops.square(present), name='value')
        loss = _scaled(term1 - term2, weights)
        mean_loss = array_ops.where(math_ops.reduce_sum(present) > 0, loss, array_ops.zeros_like(loss), name='value')
        add_loss(mean_loss)
        return mean_loss


@add_arg_scope
def cosine_distance(predictions, labels=None, axis=None, weights=1.0, scope=None, dim=None):
    """1 - the cosine of the angle of vectors of length 1."""
    axis = deprecation.deprecated_argument_lookup('axis', axis, 'dim', dim)
    if axis is None:
        raise ValueError("You must specify 'axis'.")
    with ops.name_scope(scope, 'cosine_distance_loss', [predictions, labels, weights]) as scope:
        predictions, labels = _floats(predictions, labels)
        losses = 1 - math_ops.reduce_sum(math_ops.multiply(predictions, labels), axis=[axis])
        return compute_weighted_loss(losses, weights, scope=scope)
