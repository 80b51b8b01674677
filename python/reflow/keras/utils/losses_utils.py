"""How losses of samples become one loss."""

from reflow.framework import ops
from reflow.framework import tensor_shape
from reflow.ops import array_ops
from reflow.ops import math_ops


class ReductionV2:
    """Ways to reduce losses."""

    AUTO = 'auto'
    NONE = 'none'
    SUM = 'sum'
    SUM_OVER_BATCH_SIZE = 'sum_over_batch_size'

    @classmethod
    def all(cls):
        """All ways."""
        return (cls.AUTO, cls.NONE, cls.SUM, cls.SUM_OVER_BATCH_SIZE)

    @classmethod
    def validate(cls, key):
        """Raises ValueError where `key` is none."""
        if key not in cls.all():
            raise ValueError('Invalid Reduction Key %s.' % key)


def squeeze_or_expand_dimensions(y_pred, y_true=None, sample_weight=None):
    """The values with a last dimension of 1 taken away or added where they differ by it."""
    from reflow.ops import confusion_matrix
    if y_true is not None:
        y_pred_rank, y_true_rank = y_pred.shape.ndims, y_true.shape.ndims
        if y_pred_rank is not None and y_true_rank is not None and abs(y_pred_rank - y_true_rank) == 1:
            if y_true_rank - y_pred_rank != 0 and (tensor_shape.dimension_value(y_pred.shape[-1]) == 1 if y_pred_rank > y_true_rank
                                                   else tensor_shape.dimension_value(y_true.shape[-1]) == 1):
                y_true, y_pred = confusion_matrix.remove_squeezable_dimensions(y_true, y_pred)
    if sample_weight is None:
        return y_pred, y_true
    weights_rank, y_pred_rank = sample_weight.shape.ndims, y_pred.shape.ndims
    if weights_rank == 0 or weights_rank is None or y_pred_rank is None:
        return y_pred, y_true, sample_weight
    if weights_rank - y_pred_rank == 1:
        sample_weight = array_ops.squeeze(sample_weight, [-1])
    elif y_pred_rank - weights_rank == 1:
        sample_weight = array_ops.expand_dims(sample_weight, [-1])
    return y_pred, y_true, sample_weight


def compute_weighted_loss(losses, sample_weight=None, reduction=ReductionV2.SUM_OVER_BATCH_SIZE, name=None):
    """The loss of samples' losses with weights."""
    from reflow.ops import weights_broadcast_ops
    ReductionV2.validate(reduction)
    if reduction == ReductionV2.AUTO:
        reduction = ReductionV2.SUM_OVER_BATCH_SIZE
    if sample_weight is None:
        sample_weight = 1.0
    with ops.name_scope(name or 'weighted_loss'):
        losses = ops.convert_to_tensor(losses)
        input_dtype = losses.dtype
        losses = math_ops.cast(losses, 'float32')
        sample_weight = math_ops.cast(sample_weight, 'float32')
        losses, _, sample_weight = squeeze_or_expand_dimensions(losses, None, sample_weight)
        sample_weight = weights_broadcast_ops.broadcast_weights(sample_weight, losses)
        weighted_losses = math_ops.multiply(losses, sample_weight)
        return math_ops.cast(reduce_weighted_loss(weighted_losses, reduction), input_dtype)


def reduce_weighted_loss(weighted_losses, reduction=ReductionV2.SUM_OVER_BATCH_SIZE):
    """The loss of weighted losses."""
    if reduction == ReductionV2.NONE:
        return weighted_losses
    loss = math_ops.reduce_sum(weighted_losses)
    if reduction == ReductionV2.SUM_OVER_BATCH_SIZE:
        with ops.name_scope('num_elements') as scope:
            number = math_ops.cast(array_ops.size(weighted_losses, name=scope), dtype=loss.dtype)
        loss = math_ops.div_no_nan(math_ops.reduce_sum(loss), number, name='value')
    return loss
