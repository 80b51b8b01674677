"""Cells that are called with a whole sequence, [time, batch, ...]."""

from reflow.ops import array_ops
from reflow.ops import gen_array_ops
from reflow.ops import rnn

__all__ = ['FusedRNNCell', 'FusedRNNCellAdaptor', 'TimeReversedFusedRNN']


class FusedRNNCell:
    """What is called with a whole sequence."""

    def __call__(self, inputs, initial_state=None, dtype=None, sequence_length=None, scope=None):
        """(outputs, final state)."""
        raise NotImplementedError


class FusedRNNCellAdaptor(FusedRNNCell):
    """A recurrent cell as one that is called with a whole sequence."""

    def __init__(self, cell, use_dynamic_rnn=False):
        self._cell = cell
        self._use_dynamic_rnn = use_dynamic_rnn

    def __call__(self, inputs, initial_state=None, dtype=None, sequence_length=None, scope=None):
        is_list = isinstance(inputs, list)
        arguments = dict(initial_state=initial_state, dtype=dtype, sequence_length=sequence_length, scope=scope)
        if self._use_dynamic_rnn:
            outputs, state = rnn.dynamic_rnn(self._cell, array_ops.stack(inputs) if is_list else inputs, time_major=True,
                                             **arguments)
            return array_ops.unstack(outputs) if is_list else outputs, state
        outputs, state = rnn.static_rnn(self._cell, inputs if is_list else array_ops.unstack(inputs), **arguments)
        return outputs if is_list else array_ops.stack(outputs), state


class TimeReversedFusedRNN(FusedRNNCell):
    """Runs another from the end of the sequence."""

    def __init__(self, cell):
        self._cell = cell

    @staticmethod
    def _reverse(value, lengths):
        if isinstance(value, list):
            return list(reversed(value))
        if lengths is None:
            return gen_array_ops.reverse_v2(value, [0])
        return array_ops.reverse_sequence(value, lengths, 0, 1)

    def __call__(self, inputs, initial_state=None, dtype=None, sequence_length=None, scope=None):
        outputs, state = self._cell(self._reverse(inputs, sequence_length), initial_state=initial_state, dtype=dtype,
                                    sequence_length=sequence_length, scope=scope)
        return self._reverse(outputs, sequence_length), state
