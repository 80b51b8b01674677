"""Batches of elements that are kept at random, with probabilities of their own or by class."""

from reflow.framework import dtypes
from reflow.framework import ops
from reflow.ops import array_ops
from reflow.ops import check_ops
from reflow.ops import control_flow_ops
from reflow.ops import logging_ops
from reflow.ops import math_ops
from reflow.ops import random_ops
from reflow.ops import variable_scope
from reflow.ops import variables
from reflow.training import input as input_ops

__all__ = ['rejection_sample', 'stratified_sample']


def _check_rows(tensors, rows):
    """ValueError: the tensors differ in their number of rows."""
    for tensor in tensors:
        tensor.get_shape().with_rank_at_least(1)[0].assert_is_compatible_with(rows)


def rejection_sample(tensors, accept_prob_fn, batch_size, queue_threads=1, enqueue_many=False, prebatch_capacity=16,
                     prebatch_threads=1, runtime_checks=False, name=None):
    """Batches of elements, each of which is kept with the probability that `accept_prob_fn` of it gives."""
    with variable_scope.variable_scope(name, 'rejection_sample', tensors):
        tensors = ops.convert_n_to_tensor_or_indexed_slices(tensors)
        if enqueue_many:
            _check_rows(tensors, tensors[0].get_shape()[0])
            single = input_ops.batch(tensors, batch_size=1, num_threads=prebatch_threads, capacity=prebatch_capacity,
                                     enqueue_many=True)
            tensors = [array_ops.squeeze(each, [0]) for each in single]
        probability = accept_prob_fn(tensors)
        if runtime_checks:
            checks = [check_ops.assert_less_equal(0., probability), check_ops.assert_less_equal(probability, 1.)]
            probability = array_ops.identity(control_flow_ops.with_dependencies(checks, probability),
                                             name='prob_with_checks')
        batch = input_ops.maybe_batch(tensors, keep_input=random_ops.random_uniform([]) < probability,
                                      batch_size=batch_size, num_threads=queue_threads)
        return [batch] if isinstance(batch, ops.Tensor) else batch


def stratified_sample(tensors, labels, target_probs, batch_size, init_probs=None, enqueue_many=False, queue_capacity=16,
                      threads_per_queue=1, name=None):
    """Batches in which the classes `labels` have the probabilities `target_probs`; elements of the others are dropped.

    `init_probs` are the probabilities of the classes as they come; without them they are counted over the runs.
    """
    with ops.name_scope(name, 'stratified_sample', list(tensors) + [labels]):
        tensors = ops.convert_n_to_tensor_or_indexed_slices(tensors)
        labels = ops.convert_to_tensor(labels)
        target_probs = ops.convert_to_tensor(target_probs, dtype=dtypes.float32)
        if not enqueue_many:
            tensors = [array_ops.expand_dims(tensor, 0) for tensor in tensors]
            labels = array_ops.expand_dims(labels, 0)
        if init_probs is None:
            target_probs.get_shape().assert_is_fully_defined()
            init_probs = _counted_probs(labels, target_probs.get_shape().num_elements())
        else:
            init_probs = ops.convert_to_tensor(init_probs, dtype=dtypes.float32)
        tensors, labels, init_probs, target_probs = _checked(tensors, labels, init_probs, target_probs)
        accept_probs = _accept_probs(init_probs, target_probs)
        single = input_ops.batch(tensors + [labels], batch_size=1, num_threads=threads_per_queue, capacity=queue_capacity,
                                 enqueue_many=True)
        values = [array_ops.squeeze(each, [0]) for each in single[:-1]]
        label = array_ops.squeeze(single[-1], [0])
        probability = array_ops.gather(accept_probs, label)
        batch = input_ops.maybe_batch(values + [label], keep_input=random_ops.random_uniform([]) < probability,
                                      batch_size=batch_size, num_threads=threads_per_queue)
        return batch[:-1], batch[-1]


def _counted_probs(labels, num_classes, smoothing=10):
    """The classes' shares of all labels so far, each of which counts as seen `smoothing` times at first."""
    counts = variables.VariableV1(initial_value=[smoothing] * num_classes, trainable=False, name='class_count',
                                  dtype=dtypes.int64)
    counts = counts.assign_add(math_ops.reduce_sum(array_ops.one_hot(labels, num_classes, dtype=dtypes.int64), 0))
    counts += 0  # a copy, which later runs don't change
    return math_ops.cast(math_ops.truediv(counts, math_ops.reduce_sum(counts)), dtypes.float32)


def _checked(tensors, labels, *probs):
    """All arguments after assertions on their values."""
    checked = []
    for each in probs:
        each.get_shape().assert_is_fully_defined()
        each.get_shape().assert_has_rank(1)
        total = math_ops.reduce_sum(each)
        checked.append(control_flow_ops.with_dependencies([
            check_ops.assert_non_negative(each), check_ops.assert_less(total, 1. + 1e-6),
            check_ops.assert_less(1. - 1e-6, total)], each))
    num_classes = checked[0].get_shape().num_elements()
    if any(each.get_shape().num_elements() != num_classes for each in checked):
        raise ValueError('Probability parameters must have the same length.')
    labels.get_shape().assert_has_rank(1)
    _check_rows(tensors, labels.get_shape()[0])
    rows = array_ops.shape(labels)[0]
    are_some = check_ops.assert_positive(rows)
    labels = control_flow_ops.with_dependencies([are_some], labels)
    tensors = [control_flow_ops.with_dependencies([are_some, check_ops.assert_equal(array_ops.shape(each)[0], rows)], each)
               for each in tensors]
    labels = control_flow_ops.with_dependencies([
        check_ops.assert_integer(labels), check_ops.assert_non_negative(labels),
        check_ops.assert_less(labels, math_ops.cast(num_classes, labels.dtype))], labels)
    return (tensors, labels, *checked)


def _accept_probs(init_probs, target_probs):
    """The probabilities of keeping an element of each class: as high as they can be."""
    is_possible = control_flow_ops.Assert(
        math_ops.reduce_all(math_ops.logical_or(math_ops.not_equal(init_probs, 0), math_ops.equal(target_probs, 0))),
        ['All classes with zero initial probability must also have zero target probability: ', init_probs, target_probs])
    init_probs = control_flow_ops.with_dependencies([is_possible], init_probs)
    ratios = target_probs / init_probs
    ratios = array_ops.where_v2(math_ops.is_nan(ratios), array_ops.zeros_like(ratios), ratios)
    probs = ratios / math_ops.reduce_max(ratios)
    rejected = math_ops.reduce_sum((1 - probs) * init_probs)
    return control_flow_ops.cond(
        math_ops.less(rejected, .5), lambda: probs, lambda: logging_ops.Print(
            probs, [probs], message='Proportion of examples rejected by sampler is high.', first_n=10))
