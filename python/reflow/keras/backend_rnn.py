"""The loop of Keras' recurrent layers."""

from reflow.framework import constant_op
from reflow.framework import dtypes
from reflow.ops import array_ops
from reflow.ops import control_flow_ops
from reflow.ops import math_ops
from reflow.ops import tensor_array_ops
from reflow.util import nest


def _swapped(x):
    """Batch and time the other way round."""
    axes = list(range(len(x.shape)))
    axes[0], axes[1] = 1, 0
    return array_ops.transpose(x, axes)


def _expanded_mask(mask, value, fixed_dim=1):
    """A mask of samples for all elements of a value."""
    for _ in range(len(value.shape) - len(mask.shape)):
        mask = array_ops.expand_dims(mask, -1)
    return array_ops.tile(mask, [1] * fixed_dim + value.shape.as_list()[fixed_dim:])


def _selected(mask, values, others):
    return tuple(array_ops.where(_expanded_mask(mask, value), value, other) for value, other in zip(values, others))


def rnn(step_function, inputs, initial_states, go_backwards=False, mask=None, constants=None, unroll=False,
        input_length=None, time_major=False, zero_output_for_mask=False):
    """Calls `step_function` with the inputs of each time step and the states.

    Gives the last output, all outputs, and the last states. Where the mask is false, states and outputs stay.
    """
    if not time_major:
        inputs = nest.map_structure(_swapped, inputs)
    flat_inputs = nest.flatten(inputs)
    steps = flat_inputs[0].shape.as_list()[0]
    batch = flat_inputs[0].shape.as_list()[1]
    steps_tensor = array_ops.shape(flat_inputs[0])[0]
    for each in flat_inputs:
        each.shape.with_rank_at_least(3)
    if mask is not None:
        if mask.dtype != dtypes.bool:
            mask = math_ops.cast(mask, dtypes.bool)
        if len(mask.shape) == 2:
            mask = array_ops.expand_dims(mask, -1)
        if not time_major:
            mask = _swapped(mask)
    constants = list(constants or [])
    if unroll:
        if not steps:
            raise ValueError('Unrolling requires a fixed number of timesteps.')
        last_output, outputs, states = _unrolled(step_function, inputs, initial_states, go_backwards, mask, constants, steps,
                                                 zero_output_for_mask)
    else:
        last_output, outputs, states = _loop(step_function, inputs, initial_states, go_backwards, mask, constants,
                                             steps_tensor, input_length, zero_output_for_mask)

    def with_shape(output):
        shape = output.shape.as_list()
        shape[0], shape[1] = steps, batch
        output.set_shape(shape)
        return output

    outputs = nest.map_structure(with_shape, outputs)
    if not time_major:
        outputs = nest.map_structure(_swapped, outputs)
    return last_output, outputs, states


def _unrolled(step_function, inputs, initial_states, go_backwards, mask, constants, steps, zero_output_for_mask):
    states = tuple(initial_states)
    inputs_of_steps = [array_ops.unstack(each) for each in nest.flatten(inputs)]
    masks = None if mask is None else array_ops.unstack(mask)
    order = range(steps - 1, -1, -1) if go_backwards else range(steps)
    outputs = []
    for i in order:
        current = nest.pack_sequence_as(inputs, [each[i] for each in inputs_of_steps]) if nest.is_sequence(
            inputs) else inputs_of_steps[0][i]
        output, new_states = step_function(current, tuple(states) + tuple(constants))
        if masks is not None:
            flat = nest.flatten(output)
            previous = [array_ops.zeros_like(each) for each in flat] if not outputs else nest.flatten(outputs[-1])
            output = _like(output, _selected(masks[i], flat, previous))
            new_states = _like(new_states, _selected(masks[i], nest.flatten(new_states), nest.flatten(states)))
        outputs.append(output)
        states = tuple(new_states) if isinstance(new_states, (list, tuple)) else new_states
    stacked = [array_ops.stack([nest.flatten(each)[k] for each in outputs]) for k in range(len(nest.flatten(outputs[0])))]
    last = outputs[-1]
    if masks is not None and zero_output_for_mask:
        flat_last = nest.flatten(last)
        last = _like(last, _selected(masks[-1], flat_last, [array_ops.zeros_like(each) for each in flat_last]))
        stacked = [array_ops.where(_expanded_mask(mask, each, fixed_dim=2), each, array_ops.zeros_like(each))
                   for each in stacked]
    return last, _like(outputs[0], stacked), states


def _like(structure, flat):
    return nest.pack_sequence_as(structure, list(flat)) if nest.is_sequence(structure) else list(flat)[0]


def _loop(step_function, inputs, initial_states, go_backwards, mask, constants, steps, input_length,
          zero_output_for_mask):
    states = tuple(initial_states)
    flat_inputs = nest.flatten(inputs)
    input_arrays = tuple(tensor_array_ops.TensorArray(dtype=each.dtype, size=steps, tensor_array_name='input_ta_%s' % i)
                         for i, each in enumerate(flat_inputs))
    input_arrays = tuple(array.unstack(array_ops.reverse(each, [0]) if go_backwards else each)
                         for array, each in zip(input_arrays, flat_inputs))
    # One step outside of the loop says what the outputs are like.
    first_inputs = _like(inputs, [each[0] for each in flat_inputs])
    first_output, _ = step_function(first_inputs, tuple(initial_states) + tuple(constants))
    output_arrays = tuple(tensor_array_ops.TensorArray(dtype=each.dtype, size=steps, tensor_array_name='output_ta_%s' % i)
                          for i, each in enumerate(nest.flatten(first_output)))
    time = constant_op.constant(0, dtype='int32', name='time')
    options = {'cond': lambda time, *_: time < steps, 'maximum_iterations': input_length, 'parallel_iterations': 32,
               'swap_memory': True}

    def stepped(time, old_states):
        current = _like(inputs, [array.read(time) for array in input_arrays])
        return current, lambda: step_function(current, tuple(old_states) + tuple(constants))

    def keep_shapes(new_states, old_states):
        for new, old in zip(nest.flatten(new_states), nest.flatten(old_states)):
            if hasattr(new, 'set_shape'):
                new.set_shape(old.shape)

    if mask is not None:
        if go_backwards:
            mask = array_ops.reverse(mask, [0])
        mask_array = tensor_array_ops.TensorArray(dtype=dtypes.bool, size=steps, tensor_array_name='mask_ta')
        mask_array = mask_array.unstack(mask)
        zero_outputs = tuple(array_ops.zeros_like(each) for each in nest.flatten(first_output))

        def masked_step(time, arrays, previous, *old_states):
            _, call = stepped(time, old_states)
            step_mask = mask_array.read(time)
            output, new_states = call()
            flat_output = nest.flatten(output)
            new_output = _selected(step_mask, flat_output, zero_outputs if zero_output_for_mask else previous)
            keep_shapes(new_states, old_states)
            flat_states = _selected(step_mask, nest.flatten(new_states), nest.flatten(old_states))
            arrays = tuple(array.write(time, each) for array, each in zip(arrays, new_output))
            return (time + 1, arrays, tuple(new_output)) + tuple(_like(new_states, flat_states))

        final = control_flow_ops.while_loop(body=masked_step, loop_vars=(time, output_arrays, zero_outputs) + states,
                                            **options)
        new_states = final[3:]
    else:
        def step(time, arrays, *old_states):
            _, call = stepped(time, old_states)
            output, new_states = call()
            keep_shapes(new_states, old_states)
            arrays = tuple(array.write(time, each) for array, each in zip(arrays, nest.flatten(output)))
            return (time + 1, arrays) + tuple(new_states)

        final = control_flow_ops.while_loop(body=step, loop_vars=(time, output_arrays) + states, **options)
        new_states = final[2:]
    outputs = tuple(array.stack() for array in final[1])
    last = tuple(each[-1] for each in outputs)
    return _like(first_output, last), _like(first_output, outputs), tuple(new_states)
