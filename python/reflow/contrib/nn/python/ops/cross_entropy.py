"""Cross entropies with logits before labels, as they once were."""

from reflow.ops import nn

__all__ = ['deprecated_flipped_softmax_cross_entropy_with_logits',
           'deprecated_flipped_sparse_softmax_cross_entropy_with_logits',
           'deprecated_flipped_sigmoid_cross_entropy_with_logits']


def deprecated_flipped_softmax_cross_entropy_with_logits(logits, labels, dim=-1, name=None):
    """Deprecated: tf.nn.softmax_cross_entropy_with_logits."""
    return nn.softmax_cross_entropy_with_logits(labels=labels, logits=logits, dim=dim, name=name)


def deprecated_flipped_sparse_softmax_cross_entropy_with_logits(logits, labels, name=None):
    """Deprecated: tf.nn.sparse_softmax_cross_entropy_with_logits."""
    return nn.sparse_softmax_cross_entropy_with_logits(labels=labels, logits=logits, name=name)


def deprecated_flipped_sigmoid_cross_entropy_with_logits(logits, targets, name=None):
    """Deprecated: tf.nn.sigmoid_cross_entropy_with_logits."""
    return nn.sigmoid_cross_entropy_with_logits(labels=targets, logits=logits, name=name)
