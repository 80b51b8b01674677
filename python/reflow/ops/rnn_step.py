"""One step of an unrolled or looping recurrent network, and what is known of its inputs."""

from reflow import _core
from reflow.framework import ops
from reflow.framework import tensor_shape
from reflow.ops import array_ops
from reflow.ops import control_flow_ops
from reflow.ops import math_ops
from reflow.ops import tensor_array_ops
from reflow.ops import variable_scope as vs
from reflow.util import nest


def rnn_scope(scope):
    """The variable scope of a recurrent network.

    Outside of loops its variables' values are kept where the variables are, if the scope doesn't say where.
    """
    outer = scope if isinstance(scope, vs.VariableScope) else vs.get_variable_scope()
    caches = outer.caching_device is None and not _core.in_while_loop()
    return vs.variable_scope(scope or 'rnn', caching_device='' if caches else None)


def transpose_batch_time(x):
    """`x` with its first two dimensions exchanged; what has fewer than two is left as it is."""
    static_shape = x.get_shape()
    if static_shape.rank is not None and static_shape.rank < 2:
        return x
    rank = array_ops.rank(x)
    result = array_ops.transpose(x, array_ops.concat(([1, 0], math_ops.range(2, rank)), axis=0))
    result.set_shape(tensor_shape.TensorShape([static_shape.dims[1].value, static_shape.dims[0].value]).concatenate(
        static_shape[2:]) if static_shape.rank is not None else tensor_shape.unknown_shape())
    return result


def batch_size_of(flat_input):
    """The second size of time-major inputs: a number where one of them knows it, else a tensor."""
    for each in flat_input:
        shape = each.shape
        if shape.rank is None:
            continue
        if shape.rank < 2:
            raise ValueError('Expected input tensor %s to have rank at least 2' % each)
        if shape.dims[1].value is not None:
            return shape.dims[1].value
    return array_ops.shape(flat_input[0])[1]


def state_dtype(explicit_dtype, state):
    """The type of the state: `explicit_dtype`, or that of all of its tensors."""
    if explicit_dtype is not None:
        return explicit_dtype
    if not nest.is_sequence(state):
        return state.dtype
    types = [element.dtype for element in nest.flatten(state)]
    if not types:
        raise ValueError('Unable to infer dtype from empty state.')
    if any(dtype != types[0] for dtype in types):
        raise ValueError('State has tensors of different inferred_dtypes. Unable to infer a single representative dtype.')
    return types[0]


def static_sizes(size):
    """The shape of an output of this size, as far as it is known."""
    if isinstance(size, ops.Tensor):
        from reflow.framework import tensor_util
        return tensor_shape.as_shape(tensor_util.constant_value(size))
    return size


def keep_finished(finished, old, new):
    """`new`, with the rows of `old` where `finished` is true."""
    if isinstance(old, tensor_array_ops.TensorArray) or old.shape.rank == 0:
        return new
    with ops.colocate_with(new):
        return array_ops.where(finished, old, new)


def rnn_step(time, sequence_length, min_sequence_length, max_sequence_length, zero_output, state, call_cell, state_size,
             skip_conditionals=False):
    """(output, new state) of a step in which sequences that have ended give zeros and keep their state.

    Without `skip_conditionals` the cell isn't run after the end of all sequences.
    """
    flat_state = nest.flatten(state)
    flat_zero_output = nest.flatten(zero_output)
    finished = time >= sequence_length

    def run_cell():
        output, new_state = call_cell()
        nest.assert_same_structure(zero_output, output)
        nest.assert_same_structure(state, new_state)
        return nest.flatten(output), nest.flatten(new_state)

    def keep_some(flat_output, flat_new_state):
        return [keep_finished(finished, old, new)
                for old, new in zip(flat_zero_output + flat_state, flat_output + flat_new_state)]

    def run_and_maybe_keep():
        flat_output, flat_new_state = run_cell()
        return control_flow_ops.cond(time < min_sequence_length, lambda: flat_output + flat_new_state,
                                     lambda: keep_some(flat_output, flat_new_state))

    if skip_conditionals:
        results = keep_some(*run_cell())
    else:
        results = control_flow_ops.cond(time >= max_sequence_length, lambda: flat_zero_output + flat_state,
                                        run_and_maybe_keep)
    for result, like in zip(results, flat_zero_output + flat_state):
        if not isinstance(result, tensor_array_ops.TensorArray):
            result.set_shape(like.get_shape())
    count = len(flat_zero_output)
    return (nest.pack_sequence_as(structure=zero_output, flat_sequence=results[:count]),
            nest.pack_sequence_as(structure=state, flat_sequence=results[count:]))
