"""Batches of elements that are alike: of one bucket, of about one length."""

import functools

import numpy as np

from reflow.framework import dtypes
from reflow.framework import errors
from reflow.framework import ops
from reflow.framework import smart_cond
from reflow.framework import tensor_shape
from reflow.framework import tensor_util
from reflow.ops import array_ops
from reflow.ops import control_flow_ops
from reflow.ops import data_flow_ops
from reflow.ops import math_ops
from reflow.summary import summary
from reflow.training import batching
from reflow.training import queue_runner_impl
from reflow.training import stored_sparse

__all__ = ['bucket', 'bucket_by_sequence_length']


def _choose(keep, kept, dropped):
    return smart_cond.smart_cond(keep, kept, dropped)


def _batch_sizes(batch_size, num_buckets):
    if not isinstance(batch_size, (list, tuple)):
        return [batch_size] * num_buckets, True
    if len(batch_size) != num_buckets:
        raise ValueError('If batch_size is a list it must have num_buckets elements')
    return list(batch_size), False


def _add_runner(queue, operations, close_op, cancel_op):
    queue_runner_impl.add_queue_runner(queue_runner_impl.QueueRunner(
        queue, operations, close_op=close_op, cancel_op=cancel_op,
        queue_closed_exception_types=(errors.OutOfRangeError, errors.CancelledError)))


def bucket(tensors, which_bucket, batch_size, num_buckets, num_threads=1, capacity=32, bucket_capacities=None, shapes=None,
           dynamic_pad=False, allow_smaller_final_batch=False, keep_input=True, shared_name=None, name=None):
    """Batches of elements of the same bucket, and the bucket's number.

    Each bucket is a queue; a full batch of one goes to a queue of batches. `batch_size` is a number or one for each bucket.
    """
    batch_size, is_common_size = _batch_sizes(batch_size, num_buckets)
    if bucket_capacities is None:
        bucket_capacities = [capacity] * num_buckets
    if len(bucket_capacities) != num_buckets:
        raise ValueError('The list bucket_capacities (%s) must have exactly num_buckets (%d) elements.' % (
            bucket_capacities, num_buckets))
    tensor_list = batching._as_list(tensors)
    with ops.name_scope(name, 'bucket', tensor_list) as name:
        tensor_list = ops.convert_n_to_tensor_or_indexed_slices(tensor_list)
        if not tensor_list:
            raise ValueError('Expected at least one tensor in bucket().')
        keep_input = batching._keep_tensor(keep_input, False)
        tensor_list, how = stored_sparse.store(tensor_list, False, keep_input, batching.choose)
        for i, size in enumerate(batch_size):
            size = ops.convert_to_tensor(size, dtype=dtypes.int32, name='batch_size')
            known = tensor_util.constant_value(size)
            batch_size[i] = size if known is None else known
        types = batching._common_types([tensor_list])
        shapes = batching._element_shapes([tensor_list], False) if shapes is None else shapes
        which_bucket = ops.convert_to_tensor(which_bucket, dtype=dtypes.int32, name='which_bucket')
        make_queue = data_flow_ops.PaddingFIFOQueue if dynamic_pad else data_flow_ops.FIFOQueue
        queues = [make_queue(capacity=bucket_capacities[i], dtypes=types, shapes=shapes,
                             shared_name=None if shared_name is None else '%s_%d' % (shared_name, i),
                             name='bucket_queue_%d' % i) for i in range(num_buckets)]
        size = known if is_common_size and not allow_smaller_final_batch else None
        batch_shapes = [tensor_shape.TensorShape([size]).concatenate(shape) for shape in queues[0].shapes]
        top = data_flow_ops.PaddingFIFOQueue(
            capacity=capacity, dtypes=[dtypes.int32] + types, shapes=[tensor_shape.TensorShape([])] + batch_shapes,
            shared_name=shared_name, name='top_queue')

        def enqueue():
            puts = [control_flow_ops.cond(math_ops.equal(which_bucket, i),
                                          functools.partial(queues[i].enqueue, tensor_list), control_flow_ops.no_op)
                    for i in range(num_buckets)]
            return control_flow_ops.group(*puts, name='group_enqueues')

        enqueue_to_bucket = _choose(keep_input, enqueue, control_flow_ops.no_op)
        to_top = []
        for i, (queue, size) in enumerate(zip(queues, batch_size)):
            number = ops.convert_to_tensor(i)
            take = queue.dequeue_up_to if allow_smaller_final_batch else queue.dequeue_many
            taken = take(size, name='read_bucket_%d' % i)
            taken = list(taken) if isinstance(taken, (list, tuple)) else [taken]
            to_top.append(top.enqueue([number] + taken, name='enqueue_from_bucket_%d' % i))
        _add_runner(queues[0], to_top, top.close(), top.close(cancel_pending_enqueues=True))
        _add_runner(top, [enqueue_to_bucket] * num_threads, control_flow_ops.group(*[queue.close() for queue in queues]),
                    control_flow_ops.group(*[queue.close(cancel_pending_enqueues=True) for queue in queues]))
        for queue in queues:
            summary.scalar('bucket/%s/size' % queue.name, math_ops.cast(top.size(), dtypes.float32))
        summary.scalar('bucket/%s/fraction_of_%d_full' % (top.name, capacity),
                       math_ops.cast(top.size(), dtypes.float32) * (1. / capacity))
        number, *dequeued = top.dequeue(name='dequeue_top')
        dequeued = stored_sparse.restore(dequeued[0] if len(dequeued) == 1 else dequeued, how)
        return number, batching._like(tensors, dequeued)


def bucket_by_sequence_length(input_length, tensors, batch_size, bucket_boundaries, num_threads=1, capacity=32,
                              bucket_capacities=None, shapes=None, dynamic_pad=False, allow_smaller_final_batch=False,
                              keep_input=True, shared_name=None, name=None):
    """Batches of elements of about the same length: below the first boundary, between two, from the last on.

    Gives the lengths and the batch.
    """
    tensor_list = batching._as_list(tensors)
    if not isinstance(bucket_boundaries, (list, tuple)):
        raise TypeError('bucket_boundaries must be a list or tuple, but received: %s' % bucket_boundaries)
    if not bucket_boundaries:
        raise ValueError('bucket_boundaries must not be empty')
    for start, end in zip(bucket_boundaries, bucket_boundaries[1:]):
        if not isinstance(start, int) or not isinstance(end, int):
            raise TypeError('bucket boundaries must be integers, but saw: %s and %s' % (start, end))
        if start >= end:
            raise ValueError('Buckets must contain sequential increasing lengths, but saw: %d before %d' % (start, end))
    with ops.name_scope(name, 'bucket_by_sequence_length', [input_length] + tensor_list) as name:
        input_length = ops.convert_to_tensor(input_length, dtype=dtypes.int32, name='input_length')
        limits = np.iinfo(np.int32)
        is_within = math_ops.logical_and(
            math_ops.less_equal([limits.min] + list(bucket_boundaries), input_length),
            math_ops.less(input_length, list(bucket_boundaries) + [limits.max]))
        which_bucket = math_ops.cast(math_ops.reduce_min(array_ops.where_v2(is_within)), dtypes.int32)
        if shapes is not None:
            shapes = [tensor_shape.TensorShape([])] + shapes
        _, (lengths, *dequeued) = bucket(
            tensors=[input_length] + tensor_list, which_bucket=which_bucket, batch_size=batch_size,
            num_buckets=len(bucket_boundaries) + 1, num_threads=num_threads, capacity=capacity,
            bucket_capacities=bucket_capacities, shapes=shapes, dynamic_pad=dynamic_pad,
            allow_smaller_final_batch=allow_smaller_final_batch, keep_input=keep_input, shared_name=shared_name)
        if not isinstance(tensors, dict):
            return lengths, dequeued
        return lengths, dict(zip(sorted(tensors, key=str), dequeued))
