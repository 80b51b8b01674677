"""Pipelines of queues: producers of inputs, and batches of what is made of them."""

from reflow.framework import constant_op
from reflow.framework import dtypes
from reflow.framework import ops
from reflow.ops import array_ops
from reflow.ops import control_flow_ops
from reflow.ops import data_flow_ops
from reflow.ops import math_ops
from reflow.training import queue_runner_impl
from reflow.training.batching import batch
from reflow.training.batching import batch_join
from reflow.training.batching import fraction_summary
from reflow.training.batching import maybe_batch
from reflow.training.batching import maybe_batch_join
from reflow.training.batching import maybe_shuffle_batch
from reflow.training.batching import maybe_shuffle_batch_join
from reflow.training.batching import shuffle_batch
from reflow.training.batching import shuffle_batch_join
from reflow.util import deprecation


def _deprecated(replacement):
    return deprecation.deprecated(
        None, 'Queue-based input pipelines have been replaced by `tf.data`. Use `tf.data.Dataset.%s' % replacement)


def match_filenames_once(pattern, name=None):
    """A local variable with the names of the files that match `pattern`, looked up when it is initialised."""
    from reflow.ops import io_ops, variable_scope
    with ops.name_scope(name, 'matching_filenames', [pattern]) as scope:
        return variable_scope.variable(name=scope, initial_value=io_ops.matching_files(pattern), trainable=False,
                                       validate_shape=False, collections=[ops.GraphKeys.LOCAL_VARIABLES])


@_deprecated('from_tensors(tensor).repeat(num_epochs)`.')
def limit_epochs(tensor, num_epochs=None, name=None):
    """`tensor`, which can be computed `num_epochs` times, and then fails with OutOfRangeError."""
    if num_epochs is None:
        return tensor
    if num_epochs <= 0:
        raise ValueError('num_epochs must be > 0 not %d.' % num_epochs)
    from reflow.ops import variable_scope
    with ops.name_scope(name, 'limit_epochs', [tensor]) as scope:
        epochs = variable_scope.variable(constant_op.constant(0, dtype=dtypes.int64), name='epochs', trainable=False,
                                         collections=[ops.GraphKeys.LOCAL_VARIABLES])
        with ops.control_dependencies([epochs.count_up_to(num_epochs)]):
            return array_ops.identity(tensor, name=scope)


@_deprecated('from_tensor_slices(input_tensor).shuffle(tf.shape(input_tensor, out_type=tf.int64)[0]).repeat(num_epochs)'
             '`. If `shuffle=False`, omit the `.shuffle(...)`.')
def input_producer(input_tensor, element_shape=None, num_epochs=None, shuffle=True, seed=None, capacity=32,
                   shared_name=None, summary_name=None, name=None, cancel_op=None):
    """A queue that a runner fills with the rows of `input_tensor`, shuffled anew in each epoch."""
    from reflow.eager import context
    if context.executing_eagerly():
        raise RuntimeError('Input pipelines based on Queues are not supported when eager execution is enabled. Please '
                           'use tf.data to ingest data into your model instead.')
    with ops.name_scope(name, 'input_producer', [input_tensor]):
        input_tensor = ops.convert_to_tensor(input_tensor, name='input_tensor')
        element_shape = input_tensor.shape[1:].merge_with(element_shape)
        if not element_shape.is_fully_defined():
            raise ValueError('Either `input_tensor` must have a fully defined shape or `element_shape` must be specified')
        if shuffle:
            from reflow.ops import random_ops
            input_tensor = random_ops.random_shuffle(input_tensor, seed=seed)
        input_tensor = limit_epochs(input_tensor, num_epochs)
        queue = data_flow_ops.FIFOQueue(capacity=capacity, dtypes=[input_tensor.dtype.base_dtype],
                                        shapes=[element_shape], shared_name=shared_name, name=name)
        queue_runner_impl.add_queue_runner(
            queue_runner_impl.QueueRunner(queue, [queue.enqueue_many([input_tensor])], cancel_op=cancel_op))
        if summary_name is not None:
            fraction_summary(summary_name, queue.size(), capacity)
        return queue


@_deprecated('from_tensor_slices(string_tensor).shuffle(tf.shape(input_tensor, out_type=tf.int64)[0]).repeat(num_epochs)'
             '`. If `shuffle=False`, omit the `.shuffle(...)`.')
def string_input_producer(string_tensor, num_epochs=None, shuffle=True, seed=None, capacity=32, shared_name=None,
                          name=None, cancel_op=None):
    """A queue of the strings of a vector, file names mostly."""
    empty = 'string_input_producer requires a non-null input tensor'
    if not isinstance(string_tensor, ops.Tensor) and not string_tensor:
        raise ValueError(empty)
    with ops.name_scope(name, 'input_producer', [string_tensor]) as scope:
        string_tensor = ops.convert_to_tensor(string_tensor, dtype=dtypes.string)
        has_some = math_ops.greater(array_ops.size(string_tensor), 0)
        with ops.control_dependencies([control_flow_ops.Assert(has_some, [empty])]):
            string_tensor = array_ops.identity(string_tensor)
        return input_producer(
            input_tensor=string_tensor, element_shape=[], num_epochs=num_epochs, shuffle=shuffle, seed=seed,
            capacity=capacity, shared_name=shared_name, summary_name='fraction_of_%d_full' % capacity, name=scope,
            cancel_op=cancel_op)


@_deprecated('range(limit).shuffle(limit).repeat(num_epochs)`. If `shuffle=False`, omit the `.shuffle(...)`.')
def range_input_producer(limit, num_epochs=None, shuffle=True, seed=None, capacity=32, shared_name=None, name=None):
    """A queue of the integers below `limit`."""
    with ops.name_scope(name, 'input_producer', [limit]) as scope:
        return input_producer(math_ops.range(limit), [], num_epochs, shuffle, seed, capacity, shared_name,
                              'fraction_of_%d_full' % capacity, scope)


@_deprecated('from_tensor_slices(tuple(tensor_list)).shuffle(tf.shape(input_tensor, out_type=tf.int64)[0]).repeat('
             'num_epochs)`. If `shuffle=False`, omit the `.shuffle(...)`.')
def slice_input_producer(tensor_list, num_epochs=None, shuffle=True, seed=None, capacity=32, shared_name=None,
                         name=None):
    """One row of each tensor, the same of all, and another one in each run."""
    with ops.name_scope(name, 'input_producer', tensor_list):
        tensor_list = ops.convert_n_to_tensor_or_indexed_slices(tensor_list)
        if not tensor_list:
            raise ValueError('Expected at least one tensor in slice_input_producer().')
        rows = array_ops.shape(tensor_list[0])[0]
        index = range_input_producer(rows, num_epochs=num_epochs, shuffle=shuffle, seed=seed, capacity=capacity,
                                     shared_name=shared_name).dequeue()
        return [array_ops.gather(tensor, index) for tensor in tensor_list]
