"""vectorized_map, here a loop of map_fn."""

from reflow import _core
from reflow.framework import ops
from reflow.ops import array_ops
from reflow.ops import map_fn
from reflow.util import nest


def vectorized_map(fn, elems):
    """fn(row) of each row of the tensors in `elems`, stacked; what `fn` gives may have any structure."""
    elems = nest.map_structure(ops.convert_to_tensor, elems)
    if _core.executing_eagerly():
        count = int(array_ops.shape(nest.flatten(elems)[0])[0])
        results = [nest.map_structure(ops.convert_to_tensor, fn(nest.map_structure(lambda t: t[row], elems)))  # noqa: B023
                   for row in range(count)]
        flat = zip(*(nest.flatten(result) for result in results))
        return nest.pack_sequence_as(results[0], [array_ops.stack(values) for values in flat])
    # The types of what it gives have to be known before the loop; nothing runs these ops.
    first = fn(nest.map_structure(lambda t: t[0], elems))
    types = nest.map_structure(lambda t: ops.convert_to_tensor(t).dtype, first)
    return map_fn.map_fn(fn, elems, dtype=types)
