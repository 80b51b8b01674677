"""Queues: what a graph puts in and takes out in its runs, and what waits where there is no room or nothing yet."""

import functools
import hashlib

from reflow.framework import dtypes as dtypes_lib
from reflow.framework import ops
from reflow.framework import random_seed
from reflow.framework import tensor_shape
from reflow.framework import tensor_util


def _op(name):
    from reflow.ops import gen_data_flow_ops
    return getattr(gen_data_flow_ops, name)


def _type_list(dtypes):
    assert dtypes is not None
    return list(dtypes) if isinstance(dtypes, (list, tuple)) else [dtypes]


def _is_one_shape(shapes):
    return all(shape is None or isinstance(shape, int) for shape in shapes)


def _shape_list(shapes, partial=False):
    """A list of TensorShapes, or None; `partial`: with dimensions that aren't known, then as a list only."""
    if partial and (not isinstance(shapes, (list, tuple)) or not shapes
                    or any(shape is None or isinstance(shape, int) for shape in shapes)):
        raise ValueError('When providing partial shapes, a list of shapes must be provided.')
    if shapes is None:
        return None
    if isinstance(shapes, tensor_shape.TensorShape):
        shapes = [shapes]
    if not isinstance(shapes, (list, tuple)):
        raise TypeError('shapes must be a TensorShape or a list or tuple of TensorShapes.')
    if _is_one_shape(shapes):
        shapes = [shapes]
    shapes = [tensor_shape.as_shape(shape) for shape in shapes]
    if not partial and not all(shape.is_fully_defined() for shape in shapes):
        raise ValueError('All shapes must be fully defined: %s' % shapes)
    if any(shape.dims is None for shape in shapes):
        raise ValueError('All shapes must have a defined rank: %s' % shapes)
    return shapes


def _name_list(names, dtypes):
    if names is None:
        return None
    names = list(names) if isinstance(names, (list, tuple)) else [names]
    if len(names) != len(dtypes):
        raise ValueError('List of names must have the same length as the list of dtypes')
    return names


def _common_shape(one, other):
    """What is true of both shapes."""
    if one.ndims is None or one.ndims != other.ndims:
        return tensor_shape.unknown_shape()
    return tensor_shape.TensorShape([a if a == b else None for a, b in zip(one.as_list(), other.as_list())])


class QueueBase:
    """A queue of tuples of tensors, which is filled and emptied while graphs run.

    Each component of an element has a type and, for the queues that give out batches, a shape. With `names` elements
    are dicts. Runs wait while the queue is full or empty; when it is closed, they end with CancelledError and
    OutOfRangeError.
    """

    def __init__(self, dtypes, shapes, names, queue_ref):
        self._dtypes = dtypes
        if shapes is not None and len(shapes) != len(dtypes):
            raise ValueError('Queue shapes must have the same length as dtypes')
        self._shapes = [tensor_shape.unknown_shape() for _ in dtypes] if shapes is None else [
            tensor_shape.TensorShape(shape) for shape in shapes]
        if names is not None and len(names) != len(dtypes):
            raise ValueError('Queue names must have the same length as dtypes')
        self._names = names
        self._queue_ref = queue_ref
        self._name = queue_ref.op.name.split('/')[-1]

    @staticmethod
    def from_list(index, queues):
        """The queue `queues[index]`, `index` being a tensor."""
        if not queues or not isinstance(queues, list) or not all(isinstance(queue, QueueBase) for queue in queues):
            raise TypeError('A list of queues expected')
        first = queues[0]
        if any(queue.dtypes != first.dtypes for queue in queues):
            raise TypeError('Queues do not have matching component dtypes.')
        if any(queue.names != first.names for queue in queues):
            raise TypeError('Queues do not have matching component names.')
        from reflow.ops import array_ops
        shapes = [functools.reduce(_common_shape, each) for each in zip(*(queue.shapes for queue in queues))]
        references = array_ops.stack([queue.queue_ref for queue in queues])
        return QueueBase(first.dtypes, shapes, first.names, array_ops.gather(references, index))

    @property
    def queue_ref(self):
        """The tensor that names the queue."""
        return self._queue_ref

    @property
    def name(self):
        """The name of its op."""
        return self._queue_ref.op.name

    @property
    def dtypes(self):
        """The types of the components."""
        return self._dtypes

    @property
    def shapes(self):
        """The shapes of the components."""
        return self._shapes

    @property
    def names(self):
        """The names of the components, or None."""
        return self._names

    def _is_resource(self):
        return self._queue_ref.dtype == dtypes_lib.resource

    def _check_enqueue_dtypes(self, vals):
        """The components of an element as a list of tensors."""
        if isinstance(vals, dict):
            if not self._names:
                raise ValueError('Queue must have names to enqueue a dictionary')
            if sorted(self._names, key=str) != sorted(vals.keys(), key=str):
                raise ValueError('Keys in dictionary to enqueue do not match names of Queue.  Dictionary: (%s), Queue: '
                                 '(%s)' % (sorted(vals.keys()), sorted(self._names)))
            vals = [vals[name] for name in self._names]
        elif self._names:
            raise ValueError('You must enqueue a dictionary in a Queue with names')
        elif not isinstance(vals, (list, tuple)):
            vals = [vals]
        return [ops.convert_to_tensor(value, dtype=dtype, name='component_%d' % i)
                for i, (value, dtype) in enumerate(zip(vals, self._dtypes))]

    @staticmethod
    def _scope_vals(vals):
        if isinstance(vals, dict):
            return list(vals.values())
        return vals if isinstance(vals, (list, tuple)) else [vals]

    def enqueue(self, vals, name=None):
        """The operation that puts in one element: its tensor, or its tensors in a list or by their names."""
        with ops.name_scope(name, '%s_enqueue' % self._name, self._scope_vals(vals)) as scope:
            vals = self._check_enqueue_dtypes(vals)
            for value, shape in zip(vals, self._shapes):
                value.get_shape().assert_is_compatible_with(shape)
            return _op('queue_enqueue_v2' if self._is_resource() else 'queue_enqueue')(self._queue_ref, vals, name=scope)

    def enqueue_many(self, vals, name=None):
        """The operation that puts in the rows of `vals`, one element each."""
        with ops.name_scope(name, '%s_EnqueueMany' % self._name, self._scope_vals(vals)) as scope:
            vals = self._check_enqueue_dtypes(vals)
            rows = tensor_shape.Dimension(None)
            for value, shape in zip(vals, self._shapes):
                found = value.get_shape().with_rank_at_least(1)
                rows = rows.merge_with(tensor_shape.dimension_at_index(found, 0))
                found[1:].assert_is_compatible_with(shape)
            return _op('queue_enqueue_many_v2')(self._queue_ref, vals, name=scope)

    def _element(self, tensors, rows=None):
        """What a dequeue op gives: a tensor, a list, or a dict. `rows`: of a batch, as a list of one dimension."""
        for tensor, shape in zip(tensors[0].op.outputs, self._shapes):
            tensor.set_shape(shape if rows is None else tensor_shape.TensorShape(rows).concatenate(shape))
        if self._names:
            return dict(zip(self._names, tensors))
        return tensors[0] if len(tensors) == 1 else tensors

    def dequeue(self, name=None):
        """Takes out one element."""
        name = '%s_Dequeue' % self._name if name is None else name
        take = _op('queue_dequeue_v2' if self._is_resource() else 'queue_dequeue')
        return self._element(take(self._queue_ref, self._dtypes, name=name))

    def dequeue_many(self, n, name=None):
        """Takes out `n` elements as the rows of a batch."""
        name = '%s_DequeueMany' % self._name if name is None else name
        taken = _op('queue_dequeue_many_v2')(self._queue_ref, n=n, component_types=self._dtypes, name=name)
        return self._element(taken, [tensor_util.constant_value(taken[0].op.inputs[1])])

    def dequeue_up_to(self, n, name=None):
        """Takes out `n` elements, or fewer if the queue is closed and has no more."""
        name = '%s_DequeueUpTo' % self._name if name is None else name
        return self._element(_op('queue_dequeue_up_to_v2')(
            self._queue_ref, n=n, component_types=self._dtypes, name=name), [None])

    def close(self, cancel_pending_enqueues=False, name=None):
        """The operation that closes the queue: nothing goes in any more, what is in can still be taken out."""
        name = '%s_Close' % self._name if name is None else name
        return _op('queue_close_v2' if self._is_resource() else 'queue_close')(
            self._queue_ref, cancel_pending_enqueues=cancel_pending_enqueues, name=name)

    def is_closed(self, name=None):
        """A bool tensor: is it closed?"""
        name = '%s_Is_Closed' % self._name if name is None else name
        return _op('queue_is_closed_v2' if self._is_resource() else 'queue_is_closed')(self._queue_ref, name=name)

    def size(self, name=None):
        """An int32 tensor: the number of elements in the queue."""
        name = '%s_Size' % self._name if name is None else name
        return _op('queue_size_v2' if self._is_resource() else 'queue_size')(self._queue_ref, name=name)


class FIFOQueue(QueueBase):
    """A queue whose elements come out in the order in which they went in."""

    def __init__(self, capacity, dtypes, shapes=None, names=None, shared_name=None, name='fifo_queue'):
        dtypes, shapes = _type_list(dtypes), _shape_list(shapes)
        names = _name_list(names, dtypes)
        super().__init__(dtypes, shapes, names, _op('fifo_queue_v2')(
            component_types=dtypes, shapes=shapes, capacity=capacity, shared_name=shared_name, name=name))


class PaddingFIFOQueue(QueueBase):
    """A FIFOQueue that pads the elements of a batch with zeros, to the largest in each dimension that isn't given."""

    def __init__(self, capacity, dtypes, shapes, names=None, shared_name=None, name='padding_fifo_queue'):
        dtypes, shapes = _type_list(dtypes), _shape_list(shapes, partial=True)
        names = _name_list(names, dtypes)
        if len(dtypes) != len(shapes):
            raise ValueError('Shapes must be provided for all components, but received %d dtypes and %d shapes.' % (
                len(dtypes), len(shapes)))
        super().__init__(dtypes, shapes, names, _op('padding_fifo_queue_v2')(
            component_types=dtypes, shapes=shapes, capacity=capacity, shared_name=shared_name, name=name))


class PriorityQueue(QueueBase):
    """A queue whose elements come out by priority, an int64 that is their first component."""

    def __init__(self, capacity, types, shapes=None, names=None, shared_name=None, name='priority_queue'):
        types, shapes = _type_list(types), _shape_list(shapes)
        queue_ref = _op('priority_queue_v2')(
            component_types=types, shapes=shapes, capacity=capacity, shared_name=shared_name, name=name)
        super().__init__([dtypes_lib.int64] + types, [()] + shapes if shapes else shapes, names, queue_ref)


class RandomShuffleQueue(QueueBase):
    """A queue whose elements come out in random order, chosen among min_after_dequeue and more."""

    def __init__(self, capacity, min_after_dequeue, dtypes, shapes=None, names=None, seed=None, shared_name=None,
                 name='random_shuffle_queue'):
        dtypes, shapes = _type_list(dtypes), _shape_list(shapes)
        names = _name_list(names, dtypes)
        seed1, seed2 = self._seeds(seed, shared_name)
        super().__init__(dtypes, shapes, names, _op('random_shuffle_queue_v2')(
            component_types=dtypes, shapes=shapes, capacity=capacity, min_after_dequeue=min_after_dequeue, seed=seed1,
            seed2=seed2, shared_name=shared_name, name=name))

    @staticmethod
    def _seeds(seed, shared_name):
        seed1, seed2 = random_seed.get_seed(seed)
        if seed1 is None and seed2 is None:
            return 0, 0
        if seed is None and shared_name is not None:  # the same for all graphs that share the queue
            digest = hashlib.md5((str(seed1) + shared_name).encode()).hexdigest()
            return seed1, int(digest[:8], 16) & 0x7FFFFFFF
        return seed1, seed2


for _class in (QueueBase, FIFOQueue, PaddingFIFOQueue, PriorityQueue, RandomShuffleQueue):
    _class.__module__ = 'tensorflow.python.ops.data_flow_ops'
