"""The hinge loss of several classes."""
from reflow.framework import dtypes
from reflow.framework import ops
from reflow.ops import array_ops
from reflow.ops import check_ops
from reflow.ops import math_ops
from reflow.ops import nn_ops
from reflow.ops.losses import losses


def sparse_multiclass_hinge_loss(labels, logits, weights=1.0, scope=None, loss_collection=ops.GraphKeys.LOSSES,
                                 reduction=losses.Reduction.SUM_BY_NONZERO_WEIGHTS):
    """How far the logit of the right class is from being greater by one than all others (Crammer and Singer, 2001).

    `labels` are classes, [batch_size] or [batch_size, 1]; `logits` are [batch_size, classes]. ValueError: others.
    """
    with ops.name_scope(scope, 'sparse_multiclass_hinge_loss', (logits, labels)) as scope:
        if logits.shape.ndims != 2:
            raise ValueError('logits should have rank 2 ([batch_size, num_classes]). Given rank is {}'.format(
                logits.shape.ndims))
        shape = array_ops.shape(logits)
        batch_size = shape[0]
        num_classes = shape[1]
        logits = math_ops.cast(logits, dtypes.float32)
        labels = _flat_labels(labels, num_classes)
        weights = _flat_weights(weights, labels)
        rows = array_ops.reshape(math_ops.range(batch_size), shape=[batch_size, 1])
        classes = array_ops.reshape(math_ops.cast(labels, rows.dtype), shape=[batch_size, 1])
        indices = array_ops.concat([rows, classes], axis=1)
        right = array_ops.reshape(array_ops.gather_nd(params=logits, indices=indices), shape=[batch_size, 1])
        wrong = array_ops.one_hot(indices=labels, depth=num_classes, on_value=0.0, off_value=1.0)
        difference = logits - right
        margin = nn_ops.relu(difference + wrong)
        return losses.compute_weighted_loss(
            math_ops.reduce_max(margin, axis=1), weights, scope, loss_collection, reduction=reduction)


def _flat_labels(labels, num_classes):
    if labels.dtype not in (dtypes.int32, dtypes.int64):
        raise ValueError('Invalid dtype for labels: {}. Acceptable dtypes: int32 and int64'.format(labels.dtype))
    if labels.shape.ndims not in (1, 2):
        raise ValueError('labels should have rank 1 ([batch_size]) or 2 ([batch_size, 1]). Given rank is {}'.format(
            labels.shape.ndims))
    with ops.control_dependencies([check_ops.assert_less(labels, math_ops.cast(num_classes, labels.dtype))]):
        return array_ops.reshape(labels, shape=[-1])


def _flat_weights(weights, labels):
    weights = ops.convert_to_tensor(weights)
    rank = weights.shape.ndims
    if rank not in (0, 1, 2):
        raise ValueError('non-scalar weights should have rank 1 ([batch_size]) or 2 ([batch_size, 1]). '
                         'Given rank is {}'.format(labels.shape.ndims))
    if rank > 0:
        weights = array_ops.reshape(weights, shape=[-1])
        weights.shape.assert_is_compatible_with(labels.shape)
    return weights
