"""Barriers: tuples come in component by component, under keys, and leave once they are whole."""

from reflow.framework import tensor_shape
from reflow.framework import tensor_util
from reflow.ops import queues


def _op(name):
    from reflow.ops import gen_data_flow_ops
    return getattr(gen_data_flow_ops, name)


def _shapes_of(shapes, dtypes):
    """A shape for each component, of what may be one shape for all."""
    if not isinstance(shapes, (list, tuple)) or all(s is None or isinstance(s, int) for s in shapes) and len(dtypes) == 1:
        shapes = [shapes]
    if len(shapes) != len(dtypes):
        raise ValueError('{} shapes for {} components'.format(len(shapes), len(dtypes)))
    return [tensor_shape.TensorShape(s) for s in shapes]


class Barrier:
    """A barrier, which lasts from run to run."""

    def __init__(self, types, shapes=None, shared_name=None, name='barrier'):
        self._types = queues._type_list(types)
        if shapes is None:
            self._shapes = [tensor_shape.unknown_shape() for _ in self._types]
        else:
            self._shapes = _shapes_of(shapes, self._types)
            for i, shape in enumerate(self._shapes):
                if shape.num_elements() == 0:
                    raise ValueError("Empty tensors are not supported, but received shape '%s' at index %d" % (shape, i))
        self._barrier_ref = _op('barrier')(component_types=self._types, shapes=self._shapes, shared_name=shared_name, name=name)
        self._name = self._barrier_ref.op.name.split('/')[-1]

    @property
    def barrier_ref(self):
        """The reference to the barrier."""
        return self._barrier_ref

    @property
    def name(self):
        """The name of the barrier's op."""
        return self._barrier_ref.op.name

    def insert_many(self, component_index, keys, values, name=None):
        """An op that makes the rows of `values` the component `component_index` of the tuples `keys`."""
        name = '%s_BarrierInsertMany' % self._name if name is None else name
        return _op('barrier_insert_many')(self._barrier_ref, keys, values, component_index, name=name)

    def take_many(self, num_elements, allow_small_batch=False, timeout=None, name=None):
        """Whole tuples, taken out: when their keys came, the keys, and the list of components."""
        name = '%s_BarrierTakeMany' % self._name if name is None else name
        taken = _op('barrier_take_many')(self._barrier_ref, num_elements, self._types, allow_small_batch, timeout, name=name)
        op = taken[0].op
        batch = None if allow_small_batch else tensor_shape.Dimension(tensor_util.constant_value(op.inputs[1]))
        op.outputs[0].set_shape(tensor_shape.TensorShape([batch]))
        op.outputs[1].set_shape(tensor_shape.TensorShape([batch]))
        for output, shape in zip(op.outputs[2:], self._shapes):
            output.set_shape(tensor_shape.TensorShape([batch]).concatenate(shape))
        return taken

    def close(self, cancel_pending_enqueues=False, name=None):
        """An op that closes the barrier to new keys, and, if asked, to components of known ones."""
        name = '%s_BarrierClose' % self._name if name is None else name
        return _op('barrier_close')(self._barrier_ref, cancel_pending_enqueues=cancel_pending_enqueues, name=name)

    def ready_size(self, name=None):
        """How many tuples are whole."""
        name = '%s_BarrierReadySize' % self._name if name is None else name
        return _op('barrier_ready_size')(self._barrier_ref, name=name)

    def incomplete_size(self, name=None):
        """How many tuples wait for components."""
        name = '%s_BarrierIncompleteSize' % self._name if name is None else name
        return _op('barrier_incomplete_size')(self._barrier_ref, name=name)
