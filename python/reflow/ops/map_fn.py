"""A function over the rows of tensors."""

from reflow import _core
from reflow.util import nest


def map_fn(fn, elems, dtype=None, parallel_iterations=None, back_prop=True, swap_memory=False, infer_shape=True,
           name=None):
    """fn(row) of each row, stacked."""
    if not callable(fn):
        raise TypeError('fn must be callable.')
    if _core.executing_eagerly():
        from reflow.ops import eager_functional
        return eager_functional.map_fn(fn, elems, dtype)
    structure = elems if dtype is None else dtype

    def run(rows):
        result = fn(nest.pack_sequence_as(elems, rows) if nest.is_sequence(elems) else rows[0])
        nest.assert_same_structure(structure, result)
        return nest.flatten(result)

    dtypes = [] if dtype is None else nest.flatten(dtype)
    results = _core.map_fn(run, nest.flatten(elems), dtypes, parallel_iterations or 10, bool(back_prop),
                           bool(swap_memory), bool(infer_shape), name)
    return nest.pack_sequence_as(structure, results) if nest.is_sequence(structure) else results[0]
