"""Recurrent networks: a cell that is run for each step of a sequence, unrolled or in a loop."""

from reflow import _core
from reflow.framework import constant_op
from reflow.framework import dtypes
from reflow.framework import ops
from reflow.framework import tensor_shape
from reflow.framework import tensor_util
from reflow.ops import array_ops
from reflow.ops import control_flow_ops
from reflow.ops import control_flow_util
from reflow.ops import math_ops
from reflow.ops import rnn_cell_impl
from reflow.ops import rnn_step
from reflow.ops import tensor_array_ops
from reflow.ops import variable_scope as vs
from reflow.ops.raw_rnn import raw_rnn  # noqa: F401
from reflow.util import nest

_concat = rnn_cell_impl._concat
_transpose_batch_time = rnn_step.transpose_batch_time
_best_effort_input_batch_size = rnn_step.batch_size_of
_rnn_step = rnn_step.rnn_step


def _infer_state_dtype(explicit_dtype, state):
    """The type of a state's tensors. ValueError: there are several, or none."""
    if explicit_dtype is not None:
        return explicit_dtype
    found = {element.dtype for element in nest.flatten(state)}
    if not found:
        raise ValueError('Unable to infer dtype from empty state.')
    if len(found) > 1:
        raise ValueError('State has tensors of different inferred_dtypes. Unable to infer a single representative dtype.')
    return found.pop()


def _maybe_tensor_shape_from_tensor(shape):
    return tensor_shape.as_shape(tensor_util.constant_value(shape)) if isinstance(shape, ops.Tensor) else shape


def _should_cache():
    """Whether variables are cached: not within loops, whose steps may change them."""
    context = ops.get_default_graph()._get_control_flow_context()
    return not _core.executing_eagerly() and control_flow_util.GetContainingWhileContext(context) is None


def _initial_state(cell, batch_size, dtype):
    if getattr(cell, 'get_initial_state', None) is not None:
        return cell.get_initial_state(inputs=None, batch_size=batch_size, dtype=dtype)
    return cell.zero_state(batch_size, dtype)


def _checked_lengths(sequence_length, batch_size):
    """`sequence_length`, which fails at run time where it isn't [batch_size]."""
    shape = array_ops.shape(sequence_length)
    wanted = array_ops.stack([batch_size])
    check = control_flow_ops.Assert(
        math_ops.reduce_all(math_ops.equal(shape, wanted)),
        ['Expected shape for Tensor %s is ' % sequence_length.name, wanted, ' but saw shape: ', shape])
    with ops.control_dependencies([check]):
        return array_ops.identity(sequence_length, name='CheckSeqLen')


def dynamic_rnn(cell, inputs, sequence_length=None, initial_state=None, dtype=None, parallel_iterations=None,
                swap_memory=False, time_major=False, scope=None):
    """(outputs, final state) of a loop over `inputs`, [batch, time, ...] or, time_major, [time, batch, ...].

    Sequences end after `sequence_length` steps: then outputs are zeros and the state stays as it is.
    """
    rnn_cell_impl.assert_like_rnncell('cell', cell)
    with rnn_step.rnn_scope(scope):
        flat_input = nest.flatten(inputs)
        if not time_major:
            flat_input = [ops.convert_to_tensor(each) for each in flat_input]
            flat_input = [rnn_step.transpose_batch_time(each) for each in flat_input]
        parallel_iterations = parallel_iterations or 32
        if sequence_length is not None:
            sequence_length = math_ops.cast(sequence_length, dtypes.int32)
            if sequence_length.get_shape().rank not in (None, 1):
                raise ValueError('sequence_length must be a vector of length batch_size, but saw shape: %s' %
                                 sequence_length.get_shape())
            sequence_length = array_ops.identity(sequence_length, name='sequence_length')
        batch_size = rnn_step.batch_size_of(flat_input)
        state = initial_state
        if initial_state is None:
            if not dtype:
                raise ValueError('If there is no initial_state, you must give a dtype.')
            state = _initial_state(cell, batch_size, dtype)
        if sequence_length is not None:
            sequence_length = _checked_lengths(sequence_length, batch_size)
        inputs = nest.pack_sequence_as(structure=inputs, flat_sequence=flat_input)
        outputs, final_state = _dynamic_rnn_loop(cell, inputs, state, parallel_iterations, swap_memory, sequence_length,
                                                 dtype)
        if not time_major:
            outputs = nest.map_structure(rnn_step.transpose_batch_time, outputs)
        return outputs, final_state


def _checked_shapes(flat_input):
    """The static shapes of time-major inputs, which have to agree in time and batch."""
    shapes = [each.get_shape().with_rank_at_least(3) for each in flat_input]
    steps, batch = shapes[0].as_list()[:2]
    for shape in shapes:
        if not shape[2:].is_fully_defined():
            raise ValueError('Input size (depth of inputs) must be accessible via shape inference, but saw value None.')
        if steps != shape.dims[0].value:
            raise ValueError('Time steps is not the same for all the elements in the input in a batch.')
        if batch != shape.dims[1].value:
            raise ValueError('Batch_size is not the same for all the elements in the input.')
    return shapes


def _dynamic_rnn_loop(cell, inputs, initial_state, parallel_iterations, swap_memory, sequence_length=None, dtype=None):
    """The loop itself, over time-major inputs."""
    flat_input = nest.flatten(inputs)
    flat_output_size = nest.flatten(cell.output_size)
    time_steps = array_ops.shape(flat_input[0])[0]
    batch_size = rnn_step.batch_size_of(flat_input)
    shapes = _checked_shapes(flat_input)
    const_steps, const_batch = shapes[0].as_list()[:2]
    output_dtype = rnn_step.state_dtype(dtype, initial_state)

    zero_output = nest.pack_sequence_as(cell.output_size, [
        array_ops.zeros(array_ops.stack(_concat(batch_size, size)), output_dtype) for size in flat_output_size])
    if sequence_length is not None:
        min_length = math_ops.reduce_min(sequence_length)
        max_length = math_ops.reduce_max(sequence_length)
    else:
        min_length, max_length = None, time_steps
    time = constant_op.constant(0, dtype=dtypes.int32, name='time')
    with ops.name_scope('dynamic_rnn') as base_name:
        pass

    def array(name, element_shape, element_dtype):
        return tensor_array_ops.TensorArray(dtype=element_dtype, size=time_steps, element_shape=element_shape,
                                            tensor_array_name=base_name + name)

    output_arrays = tuple(
        array('output_%d' % i, tensor_shape.TensorShape([const_batch]).concatenate(rnn_step.static_sizes(size)),
              output_dtype) for i, size in enumerate(flat_output_size))
    input_arrays = tuple(array('input_%d' % i, each.shape[1:], each.dtype) for i, each in enumerate(flat_input))
    input_arrays = tuple(ta.unstack(each) for ta, each in zip(input_arrays, flat_input))

    def step(time, arrays, state):
        flat = [ta.read(time) for ta in input_arrays]
        for each, shape in zip(flat, shapes):
            each.set_shape(shape[1:])
        step_inputs = nest.pack_sequence_as(structure=inputs, flat_sequence=flat)
        if sequence_length is not None:
            output, new_state = rnn_step.rnn_step(
                time, sequence_length, min_length, max_length, zero_output, state, lambda: cell(step_inputs, state),
                cell.state_size, skip_conditionals=True)
        else:
            output, new_state = cell(step_inputs, state)
        arrays = tuple(ta.write(time, each) for ta, each in zip(arrays, nest.flatten(output)))
        return time + 1, arrays, new_state

    # One step at least, so that the arrays know the shape of their elements.
    bound = math_ops.minimum(time_steps, math_ops.maximum(1, max_length))
    _, output_arrays, final_state = control_flow_ops.while_loop(
        cond=lambda time, *_: time < bound, body=step, loop_vars=(time, output_arrays, initial_state),
        parallel_iterations=parallel_iterations, maximum_iterations=time_steps, swap_memory=swap_memory)
    outputs = tuple(ta.stack() for ta in output_arrays)
    for output, size in zip(outputs, flat_output_size):
        output.set_shape(_concat([const_steps, const_batch], size, static=True))
    return nest.pack_sequence_as(structure=cell.output_size, flat_sequence=outputs), final_state


def bidirectional_dynamic_rnn(cell_fw, cell_bw, inputs, sequence_length=None, initial_state_fw=None,
                              initial_state_bw=None, dtype=None, parallel_iterations=None, swap_memory=False,
                              time_major=False, scope=None):
    """((outputs forward, outputs backward), (state forward, state backward)) of two loops, one from the end."""
    rnn_cell_impl.assert_like_rnncell('cell_fw', cell_fw)
    rnn_cell_impl.assert_like_rnncell('cell_bw', cell_bw)
    time_axis, batch_axis = (0, 1) if time_major else (1, 0)

    def reverse(value):
        if sequence_length is None:
            return array_ops.reverse(value, axis=[time_axis])
        return array_ops.reverse_sequence(input=value, seq_lengths=sequence_length, seq_axis=time_axis,
                                          batch_axis=batch_axis)

    def run(cell, values, initial_state, scope):
        return dynamic_rnn(cell=cell, inputs=values, sequence_length=sequence_length, initial_state=initial_state,
                           dtype=dtype, parallel_iterations=parallel_iterations, swap_memory=swap_memory,
                           time_major=time_major, scope=scope)

    with vs.variable_scope(scope or 'bidirectional_rnn'):
        with vs.variable_scope('fw') as fw_scope:
            output_fw, state_fw = run(cell_fw, inputs, initial_state_fw, fw_scope)
        with vs.variable_scope('bw') as bw_scope:
            reversed_inputs = nest.map_structure(reverse, inputs)
            reversed_output, state_bw = run(cell_bw, reversed_inputs, initial_state_bw, bw_scope)
    return (output_fw, reverse(reversed_output)), (state_fw, state_bw)


def _batch_of_steps(inputs):
    """The static batch size of the inputs of an unrolled network, which have to agree; a Dimension."""
    first = inputs
    while nest.is_sequence(first):
        first = first[0]
    if first.get_shape().rank == 1:
        return first, first.get_shape().with_rank_at_least(1)[0]
    batch = first.get_shape().with_rank_at_least(2).dims[0]
    for each in nest.flatten(inputs):
        shape = each.get_shape().with_rank_at_least(2)
        batch.merge_with(tensor_shape.dimension_at_index(shape, 0))
        for i, size in enumerate(shape[1:].dims):
            if tensor_shape.dimension_value(size) is None:
                raise ValueError('Input size (dimension %d of inputs) must be accessible via shape inference, but saw '
                                 'value None.' % i)
    return first, batch


def static_rnn(cell, inputs, initial_state=None, dtype=None, sequence_length=None, scope=None):
    """(outputs, final state) of a list of inputs, a step of the graph for each."""
    rnn_cell_impl.assert_like_rnncell('cell', cell)
    if not nest.is_sequence(inputs):
        raise TypeError('inputs must be a sequence')
    if not inputs:
        raise ValueError('inputs must not be empty')
    outputs = []
    with rnn_step.rnn_scope(scope) as varscope:
        first, static_batch = _batch_of_steps(inputs)
        static_batch = tensor_shape.dimension_value(static_batch)
        batch_size = static_batch or array_ops.shape(first)[0]
        state = initial_state
        if initial_state is None:
            if not dtype:
                raise ValueError('If no initial_state is provided, dtype must be specified')
            state = _initial_state(cell, batch_size, dtype)
        if sequence_length is not None:
            sequence_length = ops.convert_to_tensor(sequence_length, name='sequence_length')
            if sequence_length.get_shape().rank not in (None, 1):
                raise ValueError('sequence_length must be a vector of length batch_size')

            def zeros(size):
                output = array_ops.zeros(array_ops.stack(_concat(batch_size, size)), rnn_step.state_dtype(dtype, state))
                output.set_shape(tensor_shape.TensorShape(_concat(static_batch, size, static=True)))
                return output

            zero_output = nest.map_structure(zeros, cell.output_size)
            sequence_length = math_ops.cast(sequence_length, dtypes.int32)
            min_length = math_ops.reduce_min(sequence_length)
            max_length = math_ops.reduce_max(sequence_length)
        for time, step_inputs in enumerate(inputs):
            if time > 0:
                varscope.reuse_variables()
            if sequence_length is None:
                output, state = cell(step_inputs, state)
            else:
                output, state = rnn_step.rnn_step(
                    time, sequence_length, min_length, max_length, zero_output, state,
                    lambda step_inputs=step_inputs, state=state: cell(step_inputs, state), cell.state_size)
            outputs.append(output)
        return outputs, state


def static_state_saving_rnn(cell, inputs, state_saver, state_name, sequence_length=None, scope=None):
    """static_rnn whose state is read from `state_saver.state(name)` and given to `state_saver.save_state(name, state)`."""
    state_size = cell.state_size
    if nest.is_sequence(state_size) != nest.is_sequence(state_name):
        raise ValueError('state_name should be the same type as cell.state_size.  state_name: %s, cell.state_size: %s' % (
            str(state_name), str(state_size)))
    names, sizes = nest.flatten(state_name), nest.flatten(state_size)
    if len(names) != len(sizes):
        raise ValueError('#elems(state_name) != #elems(state_size): %d vs. %d' % (len(names), len(sizes)))
    initial_state = nest.pack_sequence_as(state_size, [state_saver.state(name) for name in names])
    outputs, state = static_rnn(cell, inputs, initial_state=initial_state, sequence_length=sequence_length, scope=scope)
    saved = [state_saver.save_state(name, part) for name, part in zip(names, nest.flatten(state))]
    with ops.control_dependencies(saved):
        outputs[-1] = nest.map_structure(array_ops.identity, outputs[-1])
        state = nest.map_structure(array_ops.identity, state)
    return outputs, state


def _reverse_seq(input_seq, lengths):
    """The list of steps from the end, each sequence of the batch from its own end."""
    if lengths is None:
        return list(reversed(input_seq))
    flat_steps = [nest.flatten(each) for each in input_seq]
    reversed_steps = [[] for _ in input_seq]
    for sequence in zip(*flat_steps):
        shape = tensor_shape.unknown_shape(rank=sequence[0].get_shape().rank)
        for each in sequence:
            shape = shape.merge_with(each.get_shape())
            each.set_shape(shape)
        backwards = array_ops.unstack(array_ops.reverse_sequence(array_ops.stack(sequence), lengths, 0, 1))
        for each, step in zip(backwards, reversed_steps):
            each.set_shape(shape)
            step.append(each)
    return [nest.pack_sequence_as(structure=each, flat_sequence=flat) for each, flat in zip(input_seq, reversed_steps)]


def static_bidirectional_rnn(cell_fw, cell_bw, inputs, initial_state_fw=None, initial_state_bw=None, dtype=None,
                             sequence_length=None, scope=None):
    """(outputs of both directions side by side, state forward, state backward) of a list of inputs."""
    rnn_cell_impl.assert_like_rnncell('cell_fw', cell_fw)
    rnn_cell_impl.assert_like_rnncell('cell_bw', cell_bw)
    if not nest.is_sequence(inputs):
        raise TypeError('inputs must be a sequence')
    if not inputs:
        raise ValueError('inputs must not be empty')
    with vs.variable_scope(scope or 'bidirectional_rnn'):
        with vs.variable_scope('fw') as fw_scope:
            output_fw, state_fw = static_rnn(cell_fw, inputs, initial_state_fw, dtype, sequence_length, scope=fw_scope)
        with vs.variable_scope('bw') as bw_scope:
            reversed_output, state_bw = static_rnn(cell_bw, _reverse_seq(inputs, sequence_length), initial_state_bw, dtype,
                                                   sequence_length, scope=bw_scope)
    output_bw = _reverse_seq(reversed_output, sequence_length)
    flat = [array_ops.concat([fw, bw], 1) for fw, bw in zip(nest.flatten(output_fw), nest.flatten(output_bw))]
    return nest.pack_sequence_as(structure=output_fw, flat_sequence=flat), state_fw, state_bw
