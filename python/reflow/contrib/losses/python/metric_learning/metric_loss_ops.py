"""The losses over pairs and triplets of a batch of embeddings, [batch, depth], with a label for each."""

from reflow.framework import dtypes
from reflow.framework import ops
from reflow.framework import sparse_tensor
from reflow.ops import array_ops
from reflow.ops import logging_ops
from reflow.ops import math_ops
from reflow.ops import nn
from reflow.ops import sparse_ops

__all__ = ['contrastive_loss', 'lifted_struct_loss', 'npairs_loss', 'npairs_loss_multilabel', 'triplet_semihard_loss']


def pairwise_distance(feature, squared=False):
    """[batch, batch]: the Euclidean distances of all rows of `feature`; exactly 0 on the diagonal."""
    norms_down = math_ops.reduce_sum(math_ops.square(feature), axis=[1], keepdims=True)
    norms_across = math_ops.reduce_sum(math_ops.square(array_ops.transpose(feature)), axis=[0], keepdims=True)
    distances = math_ops.maximum(math_ops.add(norms_down, norms_across)
                                 - 2.0 * math_ops.matmul(feature, array_ops.transpose(feature)), 0.0)
    is_zero = math_ops.less_equal(distances, 0.0)
    if not squared:  # the root of 0 has no derivative, so that zeros are lifted here and put back below
        distances = math_ops.sqrt(distances + math_ops.cast(is_zero, dtypes.float32) * 1e-16)
    distances = math_ops.multiply(distances, math_ops.cast(math_ops.logical_not(is_zero), dtypes.float32))
    num_data = array_ops.shape(feature)[0]
    return math_ops.multiply(distances, array_ops.ones_like(distances) - array_ops.diag(array_ops.ones([num_data])))


def contrastive_loss(labels, embeddings_anchor, embeddings_positive, margin=1.0):
    """The loss of pairs: the squared distance where the label is 1, what is missing to `margin`, squared, where it is 0."""
    distances = math_ops.sqrt(math_ops.reduce_sum(
        math_ops.squared_difference(embeddings_anchor, embeddings_positive), 1))
    together = math_ops.cast(labels, distances.dtype) * math_ops.square(distances)
    apart = 1. - math_ops.cast(labels, distances.dtype)
    return math_ops.reduce_mean(together + apart * math_ops.square(math_ops.maximum(margin - distances, 0.)),
                                name='contrastive_loss')


def masked_maximum(data, mask, dim=1):
    """The largest element where `mask` is 1, along `dim`, which stays with size 1."""
    least = math_ops.reduce_min(data, dim, keepdims=True)
    return math_ops.reduce_max(math_ops.multiply(data - least, mask), dim, keepdims=True) + least


def masked_minimum(data, mask, dim=1):
    """The smallest element where `mask` is 1, along `dim`, which stays with size 1."""
    greatest = math_ops.reduce_max(data, dim, keepdims=True)
    return math_ops.reduce_min(math_ops.multiply(data - greatest, mask), dim, keepdims=True) + greatest


def _as_column(labels):
    lshape = array_ops.shape(labels)
    assert lshape.shape == 1
    return array_ops.reshape(labels, [lshape[0], 1])


def _same_label(labels):
    return math_ops.equal(labels, array_ops.transpose(labels))


def _of_pairs(adjacency, batch_size):
    """1 for each pair of two examples with the same label."""
    return math_ops.cast(adjacency, dtype=dtypes.float32) - array_ops.diag(array_ops.ones([batch_size]))


def triplet_semihard_loss(labels, embeddings, margin=1.0):
    """FaceNet's loss of triplets (arXiv:1503.03832).

    For each pair with one label the negative is the nearest that lies farther off than the positive does, or where there
    is none the farthest.
    """
    labels = _as_column(labels)
    distances = pairwise_distance(embeddings, squared=True)
    adjacency = _same_label(labels)
    adjacency_not = math_ops.logical_not(adjacency)
    batch_size = array_ops.size(labels)

    def square(column):
        return array_ops.reshape(column, [batch_size, batch_size])

    tiled = array_ops.tile(distances, [batch_size, 1])  # a row for each pair: the distances of all from the anchor
    farther = math_ops.logical_and(
        array_ops.tile(adjacency_not, [batch_size, 1]),
        math_ops.greater(tiled, array_ops.reshape(array_ops.transpose(distances), [-1, 1])))
    num_farther = math_ops.reduce_sum(math_ops.cast(farther, dtype=dtypes.float32), 1, keepdims=True)
    any_farther = array_ops.transpose(square(math_ops.greater(num_farther, 0.0)))
    adjacency_not = math_ops.cast(adjacency_not, dtype=dtypes.float32)
    farther = math_ops.cast(farther, dtype=dtypes.float32)
    nearest = array_ops.transpose(square(masked_minimum(tiled, farther)))
    farthest = array_ops.tile(masked_maximum(distances, adjacency_not), [1, batch_size])
    negatives = array_ops.where(any_farther, nearest, farthest)
    losses = math_ops.add(margin, distances - negatives)
    positives = _of_pairs(adjacency, batch_size)
    num_positives = math_ops.reduce_sum(positives)
    total = math_ops.reduce_sum(math_ops.maximum(math_ops.multiply(losses, positives), 0.0))
    return math_ops.truediv(total, num_positives, name='triplet_semihard_loss')


def _penalty(embeddings_anchor, embeddings_positive, reg_lambda):
    reg_anchor = math_ops.reduce_mean(math_ops.reduce_sum(math_ops.square(embeddings_anchor), 1))
    reg_positive = math_ops.reduce_mean(math_ops.reduce_sum(math_ops.square(embeddings_positive), 1))
    return math_ops.multiply(0.25 * reg_lambda, reg_anchor + reg_positive, name='l2loss')


def _npairs(similarity, targets, l2loss, print_losses):
    """The sum of the cross entropies of rows of similarities, with rows of `targets` made to sum to 1, and the penalty."""
    targets = math_ops.cast(targets, dtypes.float32)
    targets /= math_ops.reduce_sum(targets, 1, keepdims=True)
    xent_loss = nn.softmax_cross_entropy_with_logits(logits=similarity, labels=targets)
    xent_loss = math_ops.reduce_mean(xent_loss, name='xentropy')
    if print_losses:
        xent_loss = logging_ops.Print(xent_loss, ['cross entropy:', xent_loss, 'l2loss:', l2loss])
    return l2loss + xent_loss


def npairs_loss(labels, embeddings_anchor, embeddings_positive, reg_lambda=0.002, print_losses=False):
    """The N-pair loss (Sohn, NIPS 2016): each anchor is to be most similar to the positives with its label."""
    l2loss = _penalty(embeddings_anchor, embeddings_positive, reg_lambda)
    similarity = math_ops.matmul(embeddings_anchor, embeddings_positive, transpose_a=False, transpose_b=True)
    return _npairs(similarity, _same_label(_as_column(labels)), l2loss, print_losses)


def _labels_shared(sparse_labels):
    """[pairs, pairs]: how many labels any two of the pairs share."""
    num_pairs = len(sparse_labels)
    shared = array_ops.zeros([num_pairs, num_pairs])
    for i in range(num_pairs):
        for j in range(num_pairs):
            both = sparse_ops.sparse_minimum(sparse_labels[i], sparse_labels[j])
            count = math_ops.cast(sparse_ops.sparse_reduce_sum(both), dtypes.float32)
            count = array_ops.expand_dims(array_ops.expand_dims(count, 0), 1)
            shared += array_ops.pad(count, [[i, num_pairs - i - 1], [j, num_pairs - j - 1]], 'CONSTANT')
    return shared


def npairs_loss_multilabel(sparse_labels, embeddings_anchor, embeddings_positive, reg_lambda=0.002, print_losses=False):
    """The N-pair loss with several labels for each pair, a SparseTensor each: targets are the numbers of shared labels."""
    if any(not isinstance(each, sparse_tensor.SparseTensor) for each in sparse_labels):
        raise TypeError('sparse_labels must be a list of SparseTensors, but got %s' % str(sparse_labels))
    with ops.name_scope('NpairsLossMultiLabel'):
        l2loss = _penalty(embeddings_anchor, embeddings_positive, reg_lambda)
        similarity = math_ops.matmul(embeddings_anchor, embeddings_positive, transpose_a=False, transpose_b=True)
        return _npairs(similarity, _labels_shared(sparse_labels), l2loss, print_losses)


def lifted_struct_loss(labels, embeddings, margin=1.0):
    """The loss of lifted structures (arXiv:1511.06452).

    Each pair with one label is compared with all negatives of both at once, by a soft maximum.
    """
    labels = _as_column(labels)
    distances = pairwise_distance(embeddings)
    adjacency = _same_label(labels)
    adjacency_not = math_ops.logical_not(adjacency)
    batch_size = array_ops.size(labels)
    missing = margin - distances
    negatives = math_ops.cast(adjacency_not, dtype=dtypes.float32)
    greatest = masked_maximum(missing, negatives)
    # The soft maximum of a pair is taken relative to the greater of the maxima of its two rows.
    greatest = math_ops.maximum(greatest, array_ops.transpose(greatest))
    tiled = array_ops.tile(missing, [batch_size, 1])
    negatives_tiled = array_ops.tile(negatives, [batch_size, 1])
    greatest_down = array_ops.reshape(array_ops.transpose(greatest), [-1, 1])
    exponentials = math_ops.reduce_sum(
        math_ops.multiply(math_ops.exp(tiled - greatest_down), negatives_tiled), 1, keepdims=True)
    exponentials = array_ops.reshape(exponentials, [batch_size, batch_size])
    losses = greatest + math_ops.log(exponentials + array_ops.transpose(exponentials))
    losses += distances
    positives = _of_pairs(adjacency, batch_size)
    num_positives = math_ops.reduce_sum(positives) / 2.0
    total = math_ops.reduce_sum(math_ops.square(math_ops.maximum(math_ops.multiply(losses, positives), 0.0)))
    return math_ops.truediv(0.25 * total, num_positives, name='liftedstruct_loss')
