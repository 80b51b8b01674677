"""Loops of independent iterations; vectorized_map repeats its function, or is a loop of map_fn, here."""

from reflow import _core
from reflow.framework import ops
from reflow.ops import array_ops
from reflow.ops import map_fn
from reflow.util import nest


def for_loop(loop_fn, loop_fn_dtypes, iters, parallel_iterations=None):
    """What loop_fn(i) gives for i below `iters`, stacked; it may have any structure, None stays None."""
    from reflow.ops import control_flow_ops, tensor_array_ops
    flat_dtypes = nest.flatten(loop_fn_dtypes)
    is_none = []

    def body(i, *arrays):
        outputs = nest.flatten(loop_fn(i))
        if len(outputs) != len(flat_dtypes):
            raise ValueError('Number of expected outputs, %d, does not match the number of actual outputs, %d, from loop_fn' % (
                len(flat_dtypes), len(outputs)))
        is_none[:] = [output is None for output in outputs]
        arrays = [array if output is None else array.write(i, array_ops.expand_dims(output, 0))
                  for output, array in zip(outputs, arrays)]
        return (i + 1, *arrays)

    arrays = [tensor_array_ops.TensorArray(dtype.base_dtype, iters) for dtype in flat_dtypes]
    options = {} if parallel_iterations is None else {'parallel_iterations': parallel_iterations}
    arrays = control_flow_ops.while_loop(lambda i, *_: i < iters, body, [0, *arrays], **options)[1:]
    results = [None if none else array.concat() for array, none in zip(arrays, is_none)]
    return nest.pack_sequence_as(loop_fn_dtypes, results) if results else None


_MAX_ROWS = 256  # for which a graph without a loop is made


def vectorized_map(fn, elems):
    """fn(row) of each row of the tensors in `elems`, stacked; what `fn` gives may have any structure."""
    elems = nest.map_structure(ops.convert_to_tensor, elems)
    count = nest.flatten(elems)[0].shape.dims[0].value if nest.flatten(elems)[0].shape.ndims else None
    # Row by row without a loop, `fn` may take gradients of what it makes of its row.
    if _core.executing_eagerly() or count is not None and 0 < count <= _MAX_ROWS:
        if count is None:
            count = int(array_ops.shape(nest.flatten(elems)[0])[0])
        results = [nest.map_structure(ops.convert_to_tensor, fn(nest.map_structure(lambda t: t[row], elems)))  # noqa: B023
                   for row in range(count)]
        flat = zip(*(nest.flatten(result) for result in results))
        return nest.pack_sequence_as(results[0], [array_ops.stack(values) for values in flat])
    # The types of what it gives have to be known before the loop; nothing runs these ops.
    first = fn(nest.map_structure(lambda t: t[0], elems))
    types = nest.map_structure(lambda t: ops.convert_to_tensor(t).dtype, first)
    return map_fn.map_fn(fn, elems, dtype=types)
