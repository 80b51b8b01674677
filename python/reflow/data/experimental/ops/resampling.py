"""Elements drawn so that their classes come as often as wanted."""
import numpy as np

from reflow.data.experimental.ops import batching, interleave_ops, scan_ops
from reflow.data.ops import dataset as dataset_lib
from reflow.framework import dtypes, ops, tensor_util
from reflow.ops import array_ops, control_flow_ops, logging_ops, math_ops, random_ops


def rejection_resample(class_func, target_dist, initial_dist=None, seed=None):
    """A transformation into pairs of class and element, whose classes have the distribution `target_dist`."""

    def _apply_fn(dataset):
        target = ops.convert_to_tensor(target_dist, name='target_dist')
        class_values_ds = dataset.map(class_func)
        static = None
        if initial_dist is not None:
            initial = ops.convert_to_tensor(initial_dist, name='initial_dist')
            acceptance, prob_of_original = _calculate_acceptance_probs_with_mixing(initial, target)
            initial_dist_ds, acceptance_dist_ds, prob_of_original_ds = (
                dataset_lib.DatasetV1.from_tensors(each).repeat() for each in (initial, acceptance, prob_of_original))
            static = _get_prob_original_static(initial, target)
        else:
            initial_dist_ds = _estimate_initial_dist_ds(target, class_values_ds)
            both = initial_dist_ds.map(lambda initial: _calculate_acceptance_probs_with_mixing(initial, target))
            acceptance_dist_ds = both.map(lambda accept_prob, _: accept_prob)
            prob_of_original_ds = both.map(lambda _, prob_original: prob_original)
        filtered_ds = _filter_ds(dataset, acceptance_dist_ds, initial_dist_ds, class_values_ds, seed).prefetch(3)
        if static == 1:
            return dataset_lib.DatasetV1.zip((class_values_ds, dataset))
        if static == 0:
            return filtered_ds
        return interleave_ops.sample_from_datasets(
            [dataset_lib.DatasetV1.zip((class_values_ds, dataset)), filtered_ds],
            weights=prob_of_original_ds.map(lambda prob: [(prob, 1.0 - prob)]), seed=seed)

    return _apply_fn


def _get_prob_original_static(initial_dist_t, target_dist_t):
    """How many elements may stay as they are, None if that is not known."""
    initial, target = tensor_util.constant_value(initial_dist_t), tensor_util.constant_value(target_dist_t)
    return None if initial is None or target is None else np.min(target / initial)


def _filter_ds(dataset, acceptance_dist_ds, initial_dist_ds, class_values_ds, seed):
    """Pairs of class and element that are accepted at random."""

    def maybe_warn_on_large_rejection(accept_dist, initial_dist):
        proportion_rejected = math_ops.reduce_sum((1 - accept_dist) * initial_dist)
        return control_flow_ops.cond(
            math_ops.less(proportion_rejected, .5), lambda: accept_dist,
            lambda: logging_ops.Print(accept_dist, [proportion_rejected, initial_dist, accept_dist],
                                      message='Proportion of examples rejected by sampler is high: ', summarize=100,
                                      first_n=10))

    acceptance_dist_ds = dataset_lib.DatasetV1.zip((acceptance_dist_ds, initial_dist_ds)).map(
        maybe_warn_on_large_rejection)

    def _gather_and_copy(class_val, acceptance_prob, data):
        return class_val, array_ops.gather(acceptance_prob, class_val), data

    with_probabilities = dataset_lib.DatasetV1.zip((class_values_ds, acceptance_dist_ds, dataset)).map(_gather_and_copy)
    accepted = with_probabilities.filter(lambda _1, p, _2: random_ops.random_uniform([], seed=seed) < p)
    return accepted.map(lambda class_value, _, data: (class_value, data))


def _estimate_initial_dist_ds(target_dist_t, class_values_ds, dist_estimation_batch_size=32, smoothing_constant=10):
    """The distribution of the classes so far, for each element."""
    num_classes = target_dist_t.shape[0] or array_ops.shape(target_dist_t)[0]
    initial = array_ops.fill([num_classes], np.int64(smoothing_constant))

    def update_estimate_and_tile(num_examples_per_class_seen, c):
        updated, dist = _estimate_data_distribution(c, num_examples_per_class_seen)
        return updated, array_ops.tile(array_ops.expand_dims(dist, 0), [dist_estimation_batch_size, 1])

    return (class_values_ds.batch(dist_estimation_batch_size).apply(scan_ops.scan(initial, update_estimate_and_tile))
            .apply(batching.unbatch()))


def _estimate_data_distribution(c, num_examples_per_class_seen):
    num_classes = num_examples_per_class_seen.get_shape()[0]
    num_examples_per_class_seen = math_ops.add(
        num_examples_per_class_seen,
        math_ops.reduce_sum(array_ops.one_hot(c, num_classes, dtype=dtypes.int64), 0))
    estimate = math_ops.truediv(num_examples_per_class_seen, math_ops.reduce_sum(num_examples_per_class_seen))
    return num_examples_per_class_seen, math_ops.cast(estimate, dtypes.float32)


def _calculate_acceptance_probs_with_mixing(initial_probs, target_probs):
    """With which probability an element of each class is taken, and with which one all elements are taken as they are."""
    ratio = target_probs / (initial_probs + np.finfo(initial_probs.dtype.as_numpy_dtype).tiny)
    largest, smallest = math_ops.reduce_max(ratio), math_ops.reduce_min(ratio)
    return (ratio - smallest) / (largest - smallest), smallest
