"""All derivatives of all elements of a tensor, by a tape: a gradient for each element."""

from reflow.eager import context
from reflow.framework import ops
from reflow.framework import tensor_shape
from reflow.ops import array_ops
from reflow.ops import check_ops
from reflow.ops.parallel_for import control_flow_ops as loops
from reflow.util import nest


def _is_unrolled():
    """Whether each element gets ops of its own. Where a graph is built, a loop computes one after the other."""
    return context.executing_eagerly() or ops.get_default_graph().building_function


def jacobian(tape, target, sources, unconnected_gradients, parallel_iterations, experimental_use_pfor):
    """GradientTape.jacobian."""
    if context.executing_eagerly() and not experimental_use_pfor and not tape._persistent:
        raise RuntimeError('GradientTape must be created with persistent=True to compute the jacobian with eager execution '
                           'enabled and with  experimental_use_pfor set to False.')
    flat_sources = nest.flatten(sources)
    target_shape = array_ops.shape(target)
    with tape._resumed():
        flat_target = array_ops.reshape(target, [-1])
    if _is_unrolled():
        with tape._resumed():
            elements = array_ops.unstack(flat_target)
        rows = _gradients(tape, elements, flat_sources, unconnected_gradients)
        stacked = [_stacked([row[i] for row in rows], 0) for i in range(len(flat_sources))]
    else:
        def gradient_of(i):
            with tape._resumed():
                element = array_ops.gather(flat_target, i)
            return tape.gradient(element, flat_sources, unconnected_gradients=unconnected_gradients)

        size = tensor_shape.dimension_value(flat_target.shape[0])
        size = array_ops.shape(flat_target)[0] if size is None else size
        stacked = loops.for_loop(gradient_of, [flat_target.dtype] * len(flat_sources), size, parallel_iterations)
    jacobians = []
    for values in stacked:
        if values is not None:
            shape = array_ops.concat([target_shape, array_ops.shape(values)[1:]], axis=0)
            values = array_ops.reshape(values, shape)
        jacobians.append(values)
    return nest.pack_sequence_as(sources, jacobians)


def batch_jacobian(tape, target, source, unconnected_gradients, parallel_iterations, experimental_use_pfor):
    """GradientTape.batch_jacobian."""
    if context.executing_eagerly() and not experimental_use_pfor and not tape._persistent:
        raise RuntimeError('GradientTape must be created with persistent=True to compute the batch_jacobian with eager '
                           'execution enabled and  with experimental_use_pfor set to False.')
    target_shape = target.shape
    batch = tensor_shape.Dimension(None) if target_shape.rank is None else target_shape.dims[0]
    if not (target_shape.with_rank_at_least(2) and source.shape.with_rank_at_least(2)
            and batch.is_compatible_with(source.shape[0])):
        raise ValueError('Need first dimension of target shape (%s) and source shape (%s) to match.' % (
            target.shape, source.shape))
    if target_shape.is_fully_defined():
        batch_size = int(target_shape[0])
        row_size = target_shape.num_elements() // batch_size
    else:
        target_shape = array_ops.shape(target)
        batch_size = target_shape[0]
        row_size = array_ops.size(target) // batch_size
    source_shape = array_ops.shape(source)
    with tape._resumed(), ops.control_dependencies([check_ops.assert_equal(batch_size, source_shape[0])]):
        rows = array_ops.reshape(target, [batch_size, row_size])
    if _is_unrolled():
        with tape._resumed():
            columns = array_ops.unstack(rows, axis=1)
        stacked = _stacked([row[0] for row in _gradients(tape, columns, [source], unconnected_gradients)], 0)
    else:
        def gradient_of(i):
            with tape._resumed():
                column = array_ops.gather(rows, i, axis=1)
            return tape.gradient(column, source, unconnected_gradients=unconnected_gradients)

        stacked = loops.for_loop(gradient_of, target.dtype, row_size, parallel_iterations)
    if stacked is None:
        return None
    new_shape = array_ops.concat([target_shape, source_shape[1:]], axis=0)
    by_element = array_ops.reshape(stacked, [row_size, batch_size, -1])
    return array_ops.reshape(array_ops.transpose(by_element, [1, 0, 2]), new_shape)


def _gradients(tape, elements, sources, unconnected_gradients):
    """The gradients of each element."""
    persistent, tape._persistent = tape._persistent, True
    try:
        return [tape.gradient(element, sources, unconnected_gradients=unconnected_gradients) for element in elements]
    finally:
        tape._persistent = persistent
        if not persistent:
            tape._forget()


def _stacked(gradients, axis):
    """The gradients of all elements in one tensor; None: the tape has none."""
    if any(gradient is None for gradient in gradients):
        return None
    return array_ops.stack([ops.convert_to_tensor(gradient) for gradient in gradients], axis=axis)
