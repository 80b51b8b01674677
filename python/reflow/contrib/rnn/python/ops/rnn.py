"""Bidirectional networks, one above the other."""

from reflow.ops import array_ops
from reflow.ops import rnn
from reflow.ops import variable_scope as vs

__all__ = ['stack_bidirectional_rnn', 'stack_bidirectional_dynamic_rnn']


def _check(cells_fw, cells_bw, initial_states_fw, initial_states_bw):
    if not cells_fw:
        raise ValueError('Must specify at least one fw cell for BidirectionalRNN.')
    if not cells_bw:
        raise ValueError('Must specify at least one bw cell for BidirectionalRNN.')
    if not isinstance(cells_fw, list):
        raise ValueError('cells_fw must be a list of RNNCells (one per layer).')
    if not isinstance(cells_bw, list):
        raise ValueError('cells_bw must be a list of RNNCells (one per layer).')
    if len(cells_fw) != len(cells_bw):
        raise ValueError('Forward and Backward cells must have the same depth.')
    for name, states, cells in (('initial_states_fw', initial_states_fw, cells_fw),
                                ('initial_states_bw', initial_states_bw, cells_bw)):
        if states is not None and (not isinstance(states, list) or len(states) != len(cells)):
            raise ValueError('%s must be a list of state tensors (one per layer).' % name)


def stack_bidirectional_rnn(cells_fw, cells_bw, inputs, initial_states_fw=None, initial_states_bw=None, dtype=None,
                            sequence_length=None, scope=None):
    """(outputs, states forward, states backward) of static_bidirectional_rnn, one above the other."""
    _check(cells_fw, cells_bw, initial_states_fw, initial_states_bw)
    states_fw, states_bw = [], []
    with vs.variable_scope(scope or 'stack_bidirectional_rnn'):
        for i, (cell_fw, cell_bw) in enumerate(zip(cells_fw, cells_bw)):
            with vs.variable_scope('cell_%d' % i) as cell_scope:
                inputs, state_fw, state_bw = rnn.static_bidirectional_rnn(
                    cell_fw, cell_bw, inputs, initial_state_fw=initial_states_fw[i] if initial_states_fw else None,
                    initial_state_bw=initial_states_bw[i] if initial_states_bw else None,
                    sequence_length=sequence_length, dtype=dtype, scope=cell_scope)
            states_fw.append(state_fw)
            states_bw.append(state_bw)
    return inputs, tuple(states_fw), tuple(states_bw)


def stack_bidirectional_dynamic_rnn(cells_fw, cells_bw, inputs, initial_states_fw=None, initial_states_bw=None, dtype=None,
                                    sequence_length=None, parallel_iterations=None, time_major=False, scope=None,
                                    swap_memory=False):
    """(outputs, states forward, states backward) of bidirectional_dynamic_rnn, one above the other."""
    _check(cells_fw, cells_bw, initial_states_fw, initial_states_bw)
    states_fw, states_bw = [], []
    with vs.variable_scope(scope or 'stack_bidirectional_rnn'):
        for i, (cell_fw, cell_bw) in enumerate(zip(cells_fw, cells_bw)):
            with vs.variable_scope('cell_%d' % i):
                outputs, (state_fw, state_bw) = rnn.bidirectional_dynamic_rnn(
                    cell_fw, cell_bw, inputs, initial_state_fw=initial_states_fw[i] if initial_states_fw else None,
                    initial_state_bw=initial_states_bw[i] if initial_states_bw else None,
                    sequence_length=sequence_length, parallel_iterations=parallel_iterations, dtype=dtype,
                    swap_memory=swap_memory, time_major=time_major)
                inputs = array_ops.concat(outputs, 2)
            states_fw.append(state_fw)
            states_bw.append(state_bw)
    return inputs, tuple(states_fw), tuple(states_bw)
