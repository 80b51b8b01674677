"""Bidirectional networks, one above the other."""

from reflow.ops import array_ops
from reflow.ops import rnn
from reflow.ops import variable_scope as vs

__all__ = ['stack_bidirectional_rnn', 'stack_bidirectional_dynamic_rnn']


def _check(cells_fw, cells_bw, initial_states_fw, initial_states_bw):
    by_direction = {'fw': cells_fw, 'bw': cells_bw}
    for direction, cells in by_direction.items():
        if not cells:
            raise ValueError('Must specify at least one %s cell for BidirectionalRNN.' % direction)
    for direction, cells in by_direction.items():
        if not isinstance(cells, list):
            raise ValueError('cells_%s must be a list of RNNCells (one per layer).' % direction)
    if len(cells_fw) != len(cells_bw):
        raise ValueError('Forward and Backward cells must have the same depth.')
    for name, states, cells in (('initial_states_fw', initial_states_fw, cells_fw),
                                ('initial_states_bw', initial_states_bw, cells_bw)):
        if states is not None and (not isinstance(states, list) or len(states) != len(cells)):
            raise ValueError('%s must be a list of state tensors (one per layer).' % name)


def _stacked(layer, cells_fw, cells_bw, inputs, initial_states_fw, initial_states_bw, scope):
    """The outputs of the last layer, and the states of all in both directions, in tuples."""
    _check(cells_fw, cells_bw, initial_states_fw, initial_states_bw)
    states = []
    with vs.variable_scope(scope or 'stack_bidirectional_rnn'):
        for i, cells in enumerate(zip(cells_fw, cells_bw)):
            with vs.variable_scope('cell_%d' % i) as cell_scope:
                inputs, *both = layer(inputs, cells, cell_scope,
                                      initial_state_fw=initial_states_fw[i] if initial_states_fw else None,
                                      initial_state_bw=initial_states_bw[i] if initial_states_bw else None)
            states.append(both)
    return (inputs, *zip(*states))


def stack_bidirectional_rnn(cells_fw, cells_bw, inputs, initial_states_fw=None, initial_states_bw=None, dtype=None,
                            sequence_length=None, scope=None):
    """(outputs, states forward, states backward) of static_bidirectional_rnn, one above the other."""
    def layer(inputs, cells, cell_scope, **states):
        return rnn.static_bidirectional_rnn(*cells, inputs, sequence_length=sequence_length, dtype=dtype, scope=cell_scope,
                                            **states)

    return _stacked(layer, cells_fw, cells_bw, inputs, initial_states_fw, initial_states_bw, scope)


def stack_bidirectional_dynamic_rnn(cells_fw, cells_bw, inputs, initial_states_fw=None, initial_states_bw=None, dtype=None,
                                    sequence_length=None, parallel_iterations=None, time_major=False, scope=None,
                                    swap_memory=False):
    """(outputs, states forward, states backward) of bidirectional_dynamic_rnn, one above the other."""
    def layer(inputs, cells, cell_scope, **states):
        outputs, states = rnn.bidirectional_dynamic_rnn(
            *cells, inputs, sequence_length=sequence_length, parallel_iterations=parallel_iterations, dtype=dtype,
            swap_memory=swap_memory, time_major=time_major, **states)
        return (array_ops.concat(outputs, 2), *states)

    return _stacked(layer, cells_fw, cells_bw, inputs, initial_states_fw, initial_states_bw, scope)
