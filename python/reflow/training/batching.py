"""Batches of what other threads compute, through a queue whose runner is added to the graph."""

from reflow.framework import dtypes
from reflow.framework import ops
from reflow.framework import tensor_util
from reflow.ops import control_flow_ops
from reflow.ops import data_flow_ops
from reflow.training import queue_runner_impl
from reflow.training import stored_sparse
from reflow.util import deprecation


def _deprecated(replacement):
    mark = deprecation.deprecated(
        None, 'Queue-based input pipelines have been replaced by `tf.data`. Use %s.' % replacement)

    def decorate(function):
        function.__module__ = 'tensorflow.python.training.input'  # which the warning names
        return mark(function)
    return decorate


def choose(keep, kept, dropped):
    """What one of two functions gives, or a cond of both where `keep` isn't known while the graph is built."""
    known = tensor_util.constant_value(keep)
    if known is None:
        return control_flow_ops.cond(keep, true_fn=kept, false_fn=dropped)
    return kept() if known else dropped()


def fraction_summary(tag, size, whole):
    """Adds a summary of how full a queue is."""
    from reflow.names import public
    from reflow.ops import math_ops
    if not public.has('summary', 'scalar'):
        return
    from reflow.summary import summary
    summary.scalar(tag, math_ops.cast(size, dtypes.float32) * (1. / whole))


def _forbid_eager():
    from reflow.eager import context
    if context.executing_eagerly():
        raise ValueError('Input pipelines based on Queues are not supported when eager execution is enabled. Please use '
                         'tf.data to ingest data into your model instead.')


def _keep_tensor(keep_input, many):
    keep_input = ops.convert_to_tensor(keep_input)
    rank = keep_input.shape.ndims
    if rank is None:
        raise ValueError('`keep_input` dimensions must be known at graph construction.')
    if not many and rank == 1:
        raise ValueError('`keep_input` cannot be a vector when `enqueue_many=False`.')
    if rank > 1:
        raise ValueError('`keep_input` must be 0 or 1 dimensions.')
    return keep_input


def _common_types(lists):
    types = [tensor.dtype for tensor in lists[0]]
    for tensors in lists[1:]:
        others = [tensor.dtype for tensor in tensors]
        if others != types:
            raise TypeError('Expected types to be consistent: %s vs. %s.' % (
                ', '.join(each.name for each in types), ', '.join(each.name for each in others)))
    return types


def _element_shapes(lists, many):
    for tensors in lists:
        for tensor in tensors:
            if tensor.shape.ndims is None:
                raise ValueError("Cannot infer Tensor's rank: %s" % tensor)
    return [_merged([tensor.shape for tensor in component], many) for component in zip(*lists)]


def _merged(shapes, many):
    """The shape of the first, as a list, after the others were found to fit it."""
    if many:
        shapes = [shape.with_rank_at_least(1)[1:] for shape in shapes]
    for shape in shapes[1:]:
        shapes[0].merge_with(shape)
    return shapes[0].as_list()


class _Source:
    """What is put into a queue: lists of tensors, one for each thread or the same for several."""

    def __init__(self, lists, keep_input, many):
        self._many = many
        self._keep = _keep_tensor(keep_input, many)
        self._lists, self._how = stored_sparse.store_lists(lists, many, self._keep, choose)
        self.types = _common_types(self._lists)

    def shapes(self, given):
        return _element_shapes(self._lists, self._many) if given is None else given

    def fill(self, queue, num_threads):
        """Adds a runner that fills the queue."""
        operations = [self._enqueue(queue, tensors) for tensors in self._lists] * num_threads
        queue_runner_impl.add_queue_runner(queue_runner_impl.QueueRunner(queue, operations))

    def _enqueue(self, queue, tensors):
        enqueue = queue.enqueue_many if self._many else queue.enqueue
        if self._keep.shape.ndims == 1:
            from reflow.ops import math_ops
            part = math_ops.cast(self._keep, dtypes.int32)
            return enqueue([data_flow_ops.dynamic_partition(tensor, part, num_partitions=2)[1] for tensor in tensors])
        return choose(self._keep, lambda: enqueue(tensors), control_flow_ops.no_op)

    def take(self, queue, batch_size, allow_smaller, name):
        take = queue.dequeue_up_to if allow_smaller else queue.dequeue_many
        return stored_sparse.restore(take(batch_size, name=name), self._how)


def _as_list(tensors):
    if isinstance(tensors, dict):
        return [tensors[key] for key in sorted(tensors, key=str)]
    return tensors


def _as_lists(tensors_list):
    if not tensors_list:
        raise ValueError('Expected at least one set of tensors')
    if isinstance(tensors_list[0], dict):
        if any(set(tensors) != set(tensors_list[0]) for tensors in tensors_list[1:]):
            raise ValueError('All dictionaries in tensors_list must have the same keys')
    return [_as_list(tensors) for tensors in tensors_list]


def _like(original, batch):
    """The batch as a dict where the tensors came in one."""
    if not isinstance(original, dict):
        return batch
    return dict(zip(sorted(original, key=str), [batch] if len(original) == 1 else batch))


def _converted(lists, is_join):
    lists = [ops.convert_n_to_tensor_or_indexed_slices(tensors) for tensors in lists]
    if is_join and not lists:
        raise ValueError('Expected at least one input in batch_join().')
    if not is_join and not lists[0]:
        raise ValueError('Expected at least one tensor in batch().')
    return lists


def _through_queue(lists, is_join, make_queue, report, batch_size, keep_input, many, shapes, num_threads, allow_smaller,
                   scope):
    source = _Source(_converted(lists, is_join), keep_input, many)
    queue = make_queue(source.types, source.shapes(shapes))
    source.fill(queue, num_threads)
    report(queue)
    return source.take(queue, batch_size, allow_smaller, scope)


def _in_order(lists, default_name, batch_size, keep_input, num_threads, capacity, many, shapes, dynamic_pad,
              allow_smaller, shared_name, name):
    """Batches in the order in which the elements come."""
    _forbid_eager()
    kind = data_flow_ops.PaddingFIFOQueue if dynamic_pad else data_flow_ops.FIFOQueue
    with ops.name_scope(name, default_name, [tensor for tensors in lists for tensor in tensors] + [keep_input]) as scope:
        return _through_queue(
            lists, default_name == 'batch_join',
            lambda types, element_shapes: kind(capacity=capacity, dtypes=types, shapes=element_shapes,
                                               shared_name=shared_name),
            lambda queue: fraction_summary('fraction_of_%d_full' % capacity, queue.size(), capacity),
            batch_size, keep_input, many, shapes, num_threads, allow_smaller, scope)


def _shuffled(lists, default_name, batch_size, capacity, least, keep_input, num_threads, seed, many, shapes,
              allow_smaller, shared_name, name):
    """Batches in random order, chosen among `least` and more elements."""
    _forbid_eager()

    def report(queue):
        from reflow.ops import math_ops
        spare = capacity - least
        fraction_summary('fraction_over_%d_of_%d_full' % (least, spare), math_ops.maximum(0, queue.size() - least), spare)

    with ops.name_scope(name, default_name, [tensor for tensors in lists for tensor in tensors] + [keep_input]) as scope:
        if default_name == 'shuffle_batch' and capacity <= least:
            raise ValueError('capacity %d must be bigger than min_after_dequeue %d.' % (capacity, least))
        return _through_queue(
            lists, default_name == 'shuffle_batch_join',
            lambda types, element_shapes: data_flow_ops.RandomShuffleQueue(
                capacity=capacity, min_after_dequeue=least, seed=seed, dtypes=types, shapes=element_shapes,
                shared_name=shared_name),
            report, batch_size, keep_input, many, shapes, num_threads, allow_smaller, scope)


@_deprecated('`tf.data.Dataset.batch(batch_size)` (or `padded_batch(...)` if `dynamic_pad=True`)')
def batch(tensors, batch_size, num_threads=1, capacity=32, enqueue_many=False, shapes=None, dynamic_pad=False,
          allow_smaller_final_batch=False, shared_name=None, name=None):
    """Batches of `tensors`, a list or dict, in the order in which they are computed.

    Each is an element, or with enqueue_many its rows are. With dynamic_pad elements may differ in shape.
    """
    return _like(tensors, _in_order([_as_list(tensors)], 'batch', batch_size, True, num_threads, capacity, enqueue_many,
                                    shapes, dynamic_pad, allow_smaller_final_batch, shared_name, name))


@_deprecated('`tf.data.Dataset.filter(...).batch(batch_size)` (or `padded_batch(...)` if `dynamic_pad=True`)')
def maybe_batch(tensors, keep_input, batch_size, num_threads=1, capacity=32, enqueue_many=False, shapes=None,
                dynamic_pad=False, allow_smaller_final_batch=False, shared_name=None, name=None):
    """`batch` of those elements for which `keep_input` is true."""
    return _like(tensors, _in_order([_as_list(tensors)], 'batch', batch_size, keep_input, num_threads, capacity,
                                    enqueue_many, shapes, dynamic_pad, allow_smaller_final_batch, shared_name, name))


@_deprecated('`tf.data.Dataset.interleave(...).batch(batch_size)` (or `padded_batch(...)` if `dynamic_pad=True`)')
def batch_join(tensors_list, batch_size, capacity=32, enqueue_many=False, shapes=None, dynamic_pad=False,
               allow_smaller_final_batch=False, shared_name=None, name=None):
    """Batches of what several threads compute, one for each list or dict of tensors in `tensors_list`."""
    lists = _as_lists(tensors_list)
    return _like(tensors_list[0], _in_order(lists, 'batch_join', batch_size, True, 1, capacity, enqueue_many, shapes,
                                            dynamic_pad, allow_smaller_final_batch, shared_name, name))


@_deprecated('`tf.data.Dataset.interleave(...).filter(...).batch(batch_size)` (or `padded_batch(...)` if '
             '`dynamic_pad=True`)')
def maybe_batch_join(tensors_list, keep_input, batch_size, capacity=32, enqueue_many=False, shapes=None,
                     dynamic_pad=False, allow_smaller_final_batch=False, shared_name=None, name=None):
    """`batch_join` of those elements for which `keep_input` is true."""
    lists = _as_lists(tensors_list)
    return _like(tensors_list[0], _in_order(lists, 'batch_join', batch_size, keep_input, 1, capacity, enqueue_many,
                                            shapes, dynamic_pad, allow_smaller_final_batch, shared_name, name))


@_deprecated('`tf.data.Dataset.shuffle(min_after_dequeue).batch(batch_size)`')
def shuffle_batch(tensors, batch_size, capacity, min_after_dequeue, num_threads=1, seed=None, enqueue_many=False,
                  shapes=None, allow_smaller_final_batch=False, shared_name=None, name=None):
    """Batches of `tensors` in random order, among at least `min_after_dequeue` elements."""
    return _like(tensors, _shuffled([_as_list(tensors)], 'shuffle_batch', batch_size, capacity, min_after_dequeue, True,
                                    num_threads, seed, enqueue_many, shapes, allow_smaller_final_batch, shared_name,
                                    name))


@_deprecated('`tf.data.Dataset.filter(...).shuffle(min_after_dequeue).batch(batch_size)`')
def maybe_shuffle_batch(tensors, batch_size, capacity, min_after_dequeue, keep_input, num_threads=1, seed=None,
                        enqueue_many=False, shapes=None, allow_smaller_final_batch=False, shared_name=None, name=None):
    """`shuffle_batch` of those elements for which `keep_input` is true."""
    return _like(tensors, _shuffled([_as_list(tensors)], 'shuffle_batch', batch_size, capacity, min_after_dequeue,
                                    keep_input, num_threads, seed, enqueue_many, shapes, allow_smaller_final_batch,
                                    shared_name, name))


@_deprecated('`tf.data.Dataset.interleave(...).shuffle(min_after_dequeue).batch(batch_size)`')
def shuffle_batch_join(tensors_list, batch_size, capacity, min_after_dequeue, seed=None, enqueue_many=False,
                       shapes=None, allow_smaller_final_batch=False, shared_name=None, name=None):
    """Batches in random order of what several threads compute, one for each list or dict in `tensors_list`."""
    lists = _as_lists(tensors_list)
    return _like(tensors_list[0], _shuffled(lists, 'shuffle_batch_join', batch_size, capacity, min_after_dequeue, True, 1,
                                            seed, enqueue_many, shapes, allow_smaller_final_batch, shared_name, name))


@_deprecated('`tf.data.Dataset.interleave(...).filter(...).shuffle(min_after_dequeue).batch(batch_size)`')
def maybe_shuffle_batch_join(tensors_list, batch_size, capacity, min_after_dequeue, keep_input, seed=None,
                             enqueue_many=False, shapes=None, allow_smaller_final_batch=False, shared_name=None,
                             name=None):
    """`shuffle_batch_join` of those elements for which `keep_input` is true."""
    lists = _as_lists(tensors_list)
    return _like(tensors_list[0], _shuffled(lists, 'shuffle_batch_join', batch_size, capacity, min_after_dequeue,
                                            keep_input, 1, seed, enqueue_many, shapes, allow_smaller_final_batch,
                                            shared_name, name))
