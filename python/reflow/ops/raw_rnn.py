"""Recurrent networks whose inputs depend on their outputs."""

from reflow.framework import constant_op
from reflow.framework import dtypes
from reflow.framework import ops
from reflow.framework import tensor_shape
from reflow.ops import array_ops
from reflow.ops import control_flow_ops
from reflow.ops import math_ops
from reflow.ops import rnn_step
from reflow.ops import tensor_array_ops
from reflow.ops.rnn_cell_base import _concat, assert_like_rnncell
from reflow.util import nest


def raw_rnn(cell, loop_fn, parallel_iterations=None, swap_memory=False, scope=None):
    """(emitted TensorArrays, final state, final loop state) of a loop that `loop_fn` steers.

    loop_fn(time, cell_output, cell_state, loop_state) gives (finished, next input, next state, what is emitted, loop
    state); before the first step, output and state are None.
    """
    assert_like_rnncell('cell', cell)
    if not callable(loop_fn):
        raise TypeError('loop_fn must be a callable')
    with rnn_step.rnn_scope(scope):
        time = constant_op.constant(0, dtype=dtypes.int32)
        finished, next_input, state, emit_structure, init_loop_state = loop_fn(time, None, None, None)
        flat_input = nest.flatten(next_input)
        # The loop has a loop state in any case.
        loop_state = init_loop_state if init_loop_state is not None else constant_op.constant(0, dtype=dtypes.int32)
        const_batch, batch_size = _batch_sizes(flat_input)
        nest.assert_same_structure(state, cell.state_size)
        flat_state = [ops.convert_to_tensor(each) for each in nest.flatten(state)]
        state = nest.pack_sequence_as(structure=state, flat_sequence=flat_state)
        if emit_structure is not None:
            emits = nest.flatten(emit_structure)
            sizes = [emit.shape if emit.shape.is_fully_defined() else array_ops.shape(emit) for emit in emits]
            types = [emit.dtype for emit in emits]
        else:
            emit_structure = cell.output_size
            sizes = nest.flatten(emit_structure)
            types = [flat_state[0].dtype] * len(sizes)
        arrays = nest.pack_sequence_as(emit_structure, [
            tensor_array_ops.TensorArray(
                dtype=dtype, dynamic_size=True, size=0, name='rnn_output_%d' % i,
                element_shape=tensor_shape.TensorShape([const_batch]).concatenate(rnn_step.static_sizes(size)))
            for i, (dtype, size) in enumerate(zip(types, sizes))])
        zero_emit = nest.pack_sequence_as(emit_structure, [
            array_ops.zeros(_concat(batch_size, size), dtype) for size, dtype in zip(sizes, types)])

        def body(time, finished, current_input, arrays, state, loop_state):
            output, cell_state = cell(current_input, state)
            nest.assert_same_structure(state, cell_state)
            nest.assert_same_structure(cell.output_size, output)
            next_time = time + 1
            next_finished, next_input, next_state, emit, next_loop_state = loop_fn(next_time, output, cell_state,
                                                                                   loop_state)
            nest.assert_same_structure(state, next_state)
            nest.assert_same_structure(current_input, next_input)
            nest.assert_same_structure(arrays, emit)
            loop_state = loop_state if next_loop_state is None else next_loop_state

            def keep(old, new):
                return nest.map_structure(lambda x, y: rnn_step.keep_finished(finished, x, y), old, new)

            emit = keep(zero_emit, emit)
            next_state = keep(state, next_state)
            arrays = nest.map_structure(lambda ta, each: ta.write(time, each), arrays, emit)
            return next_time, math_ops.logical_or(finished, next_finished), next_input, arrays, next_state, loop_state

        returned = control_flow_ops.while_loop(
            lambda unused_time, finished, *_: math_ops.logical_not(math_ops.reduce_all(finished)), body,
            loop_vars=[time, finished, next_input, arrays, state, loop_state], parallel_iterations=parallel_iterations or 32,
            swap_memory=swap_memory)
        arrays, final_state, final_loop_state = returned[-3:]
        return arrays, final_state, None if init_loop_state is None else final_loop_state


def _batch_sizes(flat_input):
    """(static batch size or None, batch size as number or tensor); those of the inputs have to agree."""
    batch = tensor_shape.dimension_at_index(flat_input[0].get_shape(), 0)
    for each in flat_input:
        batch.merge_with(tensor_shape.dimension_at_index(each.get_shape(), 0))
    static = tensor_shape.dimension_value(batch)
    return static, array_ops.shape(flat_input[0])[0] if static is None else static
