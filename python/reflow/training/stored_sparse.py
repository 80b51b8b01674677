"""Sparse tensors on their way through a queue: it holds numbers, a map of the session what they stand for."""

from reflow.framework import dtypes
from reflow.framework import ops
from reflow.framework import sparse_tensor
from reflow.framework import tensor_shape

_STORING = ('AddSparseToTensorsMap', 'AddManySparseToTensorsMap')


class _Stored:
    """How a component was stored: the op whose map has it, and the rank of the elements; or not at all."""

    def __init__(self, map_op=None, rank=None):
        self.map_op = map_op
        self.rank = rank

    def same_kind(self, other):
        return (self.map_op is None) == (other.map_op is None) and self.rank == other.rank


def _add(tensor, shared_name):
    from reflow.ops import gen_sparse_ops
    return gen_sparse_ops.add_sparse_to_tensors_map(
        tensor.indices, tensor.values, tensor.dense_shape, shared_name=shared_name)


def _add_many(tensor, shared_name):
    from reflow.ops import gen_sparse_ops
    return gen_sparse_ops.add_many_sparse_to_tensors_map(
        tensor.indices, tensor.values, tensor.dense_shape, shared_name=shared_name)


def _handles(tensor, many, keep_input, map_op, choose):
    """The numbers that stand for a sparse tensor, or for each of its rows."""
    from reflow.ops import array_ops, sparse_ops
    shared_name = map_op.name if map_op is not None else None
    if keep_input.shape.ndims == 1:
        kept = array_ops.gather(keep_input, tensor.indices[:, 0])
        return _add_many(sparse_ops.sparse_retain(tensor, kept), shared_name)
    if not many:
        return choose(keep_input, lambda: _add(tensor, shared_name), lambda: ops.convert_to_tensor(-1, dtypes.int64))
    handles = choose(keep_input, lambda: _add_many(tensor, shared_name),
                     lambda: -1 * array_ops.ones(array_ops.shape(tensor)[0:1], dtypes.int64))
    handles.set_shape([None])
    return handles


def _storing_op(handles):
    """The op that made the handles, which may be behind the Merge of a cond."""
    return next((tensor.op for tensor in handles.op.inputs if tensor.op.type in _STORING), handles.op)


def store(tensors, many, keep_input, choose, map_ops=None):
    """`tensors` with numbers in place of the sparse ones, and how each was stored.

    choose(keep_input, kept, dropped) calls one of the functions. `map_ops`: those of an earlier call, whose maps are
    used again.
    """
    stored, how = [], []
    for tensor, map_op in zip(tensors, map_ops or [None] * len(tensors)):
        if not isinstance(tensor, sparse_tensor.SparseTensor):
            stored.append(tensor)
            how.append(_Stored())
            continue
        stored.append(_handles(tensor, many, keep_input, map_op, choose))
        rank = tensor_shape.dimension_value(tensor.dense_shape.shape.with_rank(1)[0])
        how.append(_Stored(map_op or _storing_op(stored[-1]), None if rank is None else rank - many))
    from reflow.ops import array_ops
    return [array_ops.expand_dims(tensor, [-1]) if each.map_op is not None else tensor
            for tensor, each in zip(stored, how)], how


def store_lists(lists, many, keep_input, choose):
    """`store` for lists of tensors that all go into one queue."""
    first, how = store(lists[0], many, keep_input, choose)
    stored = [first]
    for tensors in lists[1:]:
        more, also = store(tensors, many, keep_input, choose, [each.map_op for each in how])
        if not all(map(_Stored.same_kind, how, also)):
            raise ValueError('Inconsistent SparseTensors list: %s vs. %s' % (lists[0], tensors))
        stored.append(more)
    return stored, how


def _take(handles, how):
    from reflow.ops import array_ops, gen_sparse_ops
    handles = array_ops.squeeze(handles, [1])
    shared_name = how.map_op.get_attr('shared_name').decode() or how.map_op.name
    with ops.colocate_with(how.map_op):
        taken = gen_sparse_ops.take_many_sparse_from_tensors_map(
            handles, dtype=how.map_op.get_attr('T'), container=how.map_op.get_attr('container').decode(),
            shared_name=shared_name)
    indices, values, dense_shape = taken
    rank = None if how.rank is None else how.rank + 1
    indices.set_shape([None, rank])
    dense_shape.set_shape([rank])
    return sparse_tensor.SparseTensor(indices, values, dense_shape)


def restore(dequeued, how):
    """What a queue gives, with sparse tensors where numbers stand for them; all are there when one of them is."""
    is_list = isinstance(dequeued, (list, tuple))
    tensors = [_take(tensor, each) if each.map_op is not None else tensor
               for tensor, each in zip(dequeued if is_list else [dequeued], how)]
    together = _all_or_none(tensors) if any(each.map_op is not None for each in how) else tensors
    return together if is_list else tensors[0]


def _all_or_none(tensors):
    from reflow.ops import control_flow_ops
    values = [getattr(tensor, 'values', tensor) if isinstance(tensor, sparse_tensor.SparseTensor) else tensor
              for tensor in tensors]

    def after(tensor):
        return control_flow_ops.with_dependencies(values, tensor)

    return [sparse_tensor.SparseTensor(after(tensor.indices), after(tensor.values), after(tensor.dense_shape))
            if isinstance(tensor, sparse_tensor.SparseTensor) else after(tensor) for tensor in tensors]
