"""The loss of a clustering by facility location (arXiv:1612.01213).

Centroids are examples of the batch. They are chosen greedily, so that examples lie near them and the clustering is unlike
that of the labels; then each cluster may exchange its own for a better one.
"""

from reflow.framework import constant_op
from reflow.framework import dtypes
from reflow.framework import tensor_shape
from reflow.contrib.losses.python.metric_learning.metric_loss_ops import pairwise_distance
from reflow.ops import array_ops
from reflow.ops import control_flow_ops
from reflow.ops import logging_ops
from reflow.ops import math_ops
from reflow.ops import script_ops
from reflow.summary import summary

__all__ = ['cluster_loss']

# The scores of scikit-learn, and whether one may be negative.
_SCORES = {
    'nmi': ('normalized_mutual_info_score', False),
    'ami': ('adjusted_mutual_info_score', True),
    'ari': ('adjusted_rand_score', True),
    'vmeasure': ('v_measure_score', True),
}


def _metrics():
    try:
        from sklearn import metrics
    except ImportError:
        raise ImportError('Cluster loss depends on sklearn.') from None
    return metrics


def update_1d_tensor(y, index, value):
    """`y` with `value` at `index`."""
    value = array_ops.squeeze(value)
    before = array_ops.slice(y, [0], [index])
    after = array_ops.slice(y, [index + 1], [-1])
    return array_ops.concat([before, [value], after], 0)


def get_cluster_assignment(pairwise_distances, centroid_ids):
    """For each example the number of the centroid that is nearest; centroids are assigned to themselves."""
    nearest = math_ops.argmin(array_ops.gather(pairwise_distances, centroid_ids), dimension=0)
    batch_size = array_ops.shape(pairwise_distances)[0]
    is_centroid = math_ops.reduce_any(
        array_ops.one_hot(centroid_ids, batch_size, True, False, axis=-1, dtype=dtypes.bool), axis=0)
    numbers = math_ops.multiply(
        array_ops.one_hot(centroid_ids, batch_size, constant_op.constant(1, dtype=dtypes.int64),
                          constant_op.constant(0, dtype=dtypes.int64), axis=0, dtype=dtypes.int64),
        math_ops.cast(math_ops.range(array_ops.shape(centroid_ids)[0]), dtypes.int64))
    own = math_ops.reduce_sum(array_ops.transpose(numbers), axis=0)
    return array_ops.where(is_centroid, own, nearest)


def compute_facility_energy(pairwise_distances, centroid_ids):
    """Minus the sum of the distances of all examples from their centroids."""
    return -1.0 * math_ops.reduce_sum(math_ops.reduce_min(array_ops.gather(pairwise_distances, centroid_ids), axis=0))


def compute_clustering_score(labels, predictions, margin_type):
    """How alike two clusterings are, from 0 to 1, whatever the clusters are called."""
    if margin_type == 'const':
        agreeing = math_ops.reduce_sum(math_ops.cast(math_ops.equal(labels, predictions), dtypes.int32))
        score = math_ops.cast(math_ops.equal(agreeing, array_ops.shape(labels)[0]), dtypes.float32)
    elif margin_type in _SCORES:
        function, may_be_negative = _SCORES[margin_type]
        score = math_ops.cast(script_ops.py_func(getattr(_metrics(), function), [labels, predictions], [dtypes.float64],
                                                 name=margin_type), dtypes.float32)
        if may_be_negative:
            score = math_ops.maximum(0.0, score)
    else:
        raise ValueError('Unrecognized margin_type: %s' % margin_type)
    return array_ops.squeeze(score)


def _margins(iteration, num_candidates, scores, score_with):
    """[candidates]: 1 less the score of the clustering with each candidate; all begins with zeros."""
    def body(iteration, scores):
        score = score_with(iteration)
        before = array_ops.zeros([iteration])
        after = array_ops.zeros([num_candidates - 1 - iteration])
        return iteration + 1, scores + array_ops.concat([before, [1.0 - score], after], 0)

    return control_flow_ops.while_loop(lambda iteration, _: iteration < num_candidates, body, [iteration, scores])[1]


def _best(candidate_ids, energies, margin_multiplier, margins):
    scores = math_ops.add(energies, margin_multiplier * margins)
    return candidate_ids[math_ops.cast(math_ops.argmax(scores, axis=0), dtypes.int32)]


def _next_centroid(pairwise_distances, labels, chosen_ids, candidate_ids, margin_multiplier, margin_type):
    num_candidates = array_ops.shape(candidate_ids)[0]
    from_chosen = array_ops.gather(pairwise_distances, chosen_ids)
    from_candidates = array_ops.gather(pairwise_distances, candidate_ids)
    from_chosen = array_ops.tile(from_chosen, [1, num_candidates])
    from_nearest = math_ops.reduce_min(
        array_ops.concat([from_chosen, array_ops.reshape(from_candidates, [1, -1])], 0), axis=0, keepdims=True)
    energies = -1.0 * math_ops.reduce_sum(array_ops.reshape(from_nearest, [num_candidates, -1]), axis=1)

    def score_with(iteration):
        centroids = array_ops.concat([chosen_ids, [candidate_ids[iteration]]], 0)
        return compute_clustering_score(labels, get_cluster_assignment(pairwise_distances, centroids), margin_type)

    zeros = array_ops.zeros([num_candidates])
    margins = _margins(constant_op.constant(0), num_candidates, zeros, score_with)
    return _best(candidate_ids, energies, margin_multiplier, margins)


def compute_augmented_facility_locations(pairwise_distances, labels, all_ids, margin_multiplier, margin_type):
    """Chooses as many centroids as there are labels, one after the other."""
    num_classes = array_ops.size(array_ops.unique(labels)[0])
    chosen_ids = constant_op.constant(0, dtype=dtypes.int32, shape=[0])
    iteration = constant_op.constant(0)

    def body(iteration, chosen_ids):
        candidate_ids = array_ops.setdiff1d(all_ids, chosen_ids)[0]
        new = _next_centroid(pairwise_distances, labels, chosen_ids, candidate_ids, margin_multiplier, margin_type)
        chosen_ids = array_ops.concat([chosen_ids, [new]], 0)
        return iteration + 1, chosen_ids

    return control_flow_ops.while_loop(
        lambda iteration, _: iteration < num_classes, body, [iteration, chosen_ids],
        shape_invariants=[iteration.get_shape(), tensor_shape.TensorShape([None])])[1]


def _distances_within(pairwise_distances, member_ids):
    """[members, 1, 1, members] for `member_ids` of [members, 1]."""
    rows = array_ops.transpose(array_ops.gather(pairwise_distances, member_ids))
    return array_ops.transpose(array_ops.gather(rows, member_ids))


def update_medoid_per_cluster(pairwise_distances, pairwise_distances_subset, labels, chosen_ids, cluster_member_ids,
                              cluster_idx, margin_multiplier, margin_type):
    """The centroids with that of one cluster exchanged for its best member."""
    energies = -1.0 * math_ops.reduce_sum(array_ops.squeeze(pairwise_distances_subset, [1, 2]), axis=0)

    def score_with(iteration):
        candidate = math_ops.cast(cluster_member_ids[iteration], dtypes.int32)
        assignment = get_cluster_assignment(pairwise_distances, update_1d_tensor(chosen_ids, cluster_idx, candidate))
        return compute_clustering_score(labels, assignment, margin_type)

    iteration = constant_op.constant(0)
    num_candidates = array_ops.size(cluster_member_ids)
    margins = _margins(iteration, num_candidates, array_ops.zeros([num_candidates]), score_with)
    best = math_ops.cast(_best(cluster_member_ids, energies, margin_multiplier, margins), dtypes.int32)
    return update_1d_tensor(chosen_ids, cluster_idx, best)


def update_all_medoids(pairwise_distances, predictions, labels, chosen_ids, margin_multiplier, margin_type):
    """The centroids with those of all clusters exchanged, one after the other."""
    num_classes = array_ops.size(array_ops.unique(labels)[0])
    iteration = constant_op.constant(0)

    def body(iteration, chosen_ids):
        member_ids = array_ops.where(math_ops.equal(math_ops.cast(predictions, dtypes.int64),
                                                    math_ops.cast(iteration, dtypes.int64)))
        chosen_ids = update_medoid_per_cluster(
            pairwise_distances, _distances_within(pairwise_distances, member_ids), labels, chosen_ids, member_ids,
            iteration, margin_multiplier, margin_type)
        return iteration + 1, chosen_ids

    return control_flow_ops.while_loop(lambda iteration, _: iteration < num_classes, body, [iteration, chosen_ids])[1]


def compute_augmented_facility_locations_pam(pairwise_distances, labels, margin_multiplier, margin_type, chosen_ids,
                                             pam_max_iter=5):
    """Exchanges the centroids by partitioning around medoids."""
    for _ in range(pam_max_iter):
        predictions = get_cluster_assignment(pairwise_distances, chosen_ids)
        chosen_ids = update_all_medoids(pairwise_distances, predictions, labels, chosen_ids, margin_multiplier,
                                        margin_type)
    return chosen_ids


def compute_gt_cluster_score(pairwise_distances, labels):
    """The energy when clusters are the labels, each with its best centroid."""
    unique_class_ids = array_ops.unique(labels)[0]
    num_classes = array_ops.size(unique_class_ids)
    iteration = constant_op.constant(0)
    total = constant_op.constant(0.0, dtype=dtypes.float32)

    def body(iteration, total):
        member_ids = array_ops.where(math_ops.equal(labels, unique_class_ids[iteration]))
        within = _distances_within(pairwise_distances, member_ids)
        energy = -1.0 * math_ops.reduce_min(math_ops.reduce_sum(within, axis=0))
        return iteration + 1, total + energy

    return control_flow_ops.while_loop(lambda iteration, _: iteration < num_classes, body, [iteration, total])[1]


def cluster_loss(labels, embeddings, margin_multiplier, enable_pam_finetuning=True, margin_type='nmi',
                 print_losses=False):
    """By how much the worst clustering, with a margin for being unlike the labels', is better than that of the labels.

    The scores 'nmi', 'ami', 'ari' and 'vmeasure' are scikit-learn's; 'const' is whether the two are the same.
    """
    _metrics()
    distances = pairwise_distance(embeddings)
    labels = array_ops.squeeze(labels)
    all_ids = math_ops.range(array_ops.shape(embeddings)[0])
    chosen_ids = compute_augmented_facility_locations(distances, labels, all_ids, margin_multiplier, margin_type)
    score_pred = compute_facility_energy(distances, chosen_ids)
    if enable_pam_finetuning:
        chosen_ids = compute_augmented_facility_locations_pam(distances, labels, margin_multiplier, margin_type,
                                                              chosen_ids)
        score_pred = compute_facility_energy(distances, chosen_ids)
    predictions = get_cluster_assignment(distances, chosen_ids)
    clustering_score_pred = compute_clustering_score(labels, predictions, margin_type)
    score_gt = compute_gt_cluster_score(distances, labels)
    loss = math_ops.maximum(score_pred + margin_multiplier * (1.0 - clustering_score_pred) - score_gt, 0.0,
                            name='clustering_loss')
    loss.set_shape([])
    if print_losses:
        loss = logging_ops.Print(loss, ['clustering_loss: ', loss, array_ops.shape(loss)])
    summary.scalar('losses/score_pred', score_pred)
    summary.scalar('losses/' + margin_type, clustering_score_pred)
    summary.scalar('losses/score_gt', score_gt)
    return loss
