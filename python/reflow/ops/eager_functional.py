"""map_fn, folds and scans where operations run at once: Python loops over rows."""

from reflow.framework import ops
from reflow.ops import array_ops
from reflow.util import nest


def _rows(elems):
    """For each row the structure of `elems` with that row of each tensor."""
    flat = [ops.convert_to_tensor(elem, name='elem') for elem in nest.flatten(elems)]
    for tensor in flat:
        if tensor.shape.ndims == 0:
            raise ValueError('Elements must have at least one dimension: %s' % tensor)
    columns = [array_ops.unstack(tensor) for tensor in flat]
    return [nest.pack_sequence_as(elems, list(row)) for row in zip(*columns)]


def _stacked(structure, results):
    flat = [nest.flatten(result) for result in results]
    return nest.pack_sequence_as(structure, [array_ops.stack(list(column)) for column in zip(*flat)])


def map_fn(fn, elems, dtype):
    """fn(row) of each row, stacked."""
    structure = elems if dtype is None else dtype
    rows = _rows(elems)
    if not rows:
        types = nest.flatten(dtype) if dtype is not None else [ops.convert_to_tensor(e).dtype for e in nest.flatten(elems)]
        return nest.pack_sequence_as(structure, [array_ops.zeros([0], each) for each in types])
    results = []
    for row in rows:
        result = fn(row)
        nest.assert_same_structure(structure, result)
        results.append(nest.map_structure(ops.convert_to_tensor, result))
    return _stacked(structure, results)


def _accumulated(fn, elems, initializer, reverse):
    """All that fn accumulates on its way."""
    rows = _rows(elems)
    if reverse:
        rows.reverse()
    if initializer is None:
        if not rows:
            raise ValueError('There are no elements to begin with, and no initializer.')
        accumulated, rest = rows[0], rows[1:]
        yield accumulated
    else:
        accumulated, rest = nest.map_structure(ops.convert_to_tensor, initializer), rows
    structure = elems if initializer is None else initializer
    for row in rest:
        result = fn(accumulated, row)
        nest.assert_same_structure(structure, result)
        accumulated = nest.map_structure(ops.convert_to_tensor, result)
        yield accumulated


def fold(fn, elems, initializer, reverse):
    """What fn has accumulated at the end."""
    result = initializer if initializer is None else nest.map_structure(ops.convert_to_tensor, initializer)
    for result in _accumulated(fn, elems, initializer, reverse):
        pass
    return result


def scan(fn, elems, initializer, reverse):
    """All that fn accumulates on its way, stacked."""
    results = list(_accumulated(fn, elems, initializer, reverse))
    if reverse:
        results.reverse()
    return _stacked(elems if initializer is None else initializer, results)
