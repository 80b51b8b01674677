"""Several recurrent cells, one above the other."""

from reflow.framework import ops
from reflow.layers import base as base_layer
from reflow.ops import array_ops
from reflow.ops import variable_scope as vs
from reflow.ops.rnn_cell_base import RNNCell, assert_like_rnncell
from reflow.platform import tf_logging
from reflow.training.tracking import base as trackable
from reflow.util import nest


class MultiRNNCell(RNNCell):
    """Each cell's output is the input of the next."""

    def __init__(self, cells, state_is_tuple=True):
        super().__init__()
        if not cells:
            raise ValueError('Must specify at least one cell for MultiRNNCell.')
        if not nest.is_sequence(cells):
            raise TypeError('cells must be a list or tuple, but saw: %s.' % cells)
        if len({id(cell) for cell in cells}) < len(cells):
            tf_logging.log_first_n(tf_logging.WARN, 'At least two cells provided to MultiRNNCell are the same object '
                                   'and will share weights.', 1)
        for number, cell in enumerate(cells):
            assert_like_rnncell('cell_{}'.format(number), cell)
        self._cells = cells
        for number, cell in enumerate(cells):
            if isinstance(cell, trackable.Trackable):
                self._track_trackable(cell, name='cell-%d' % number)
        self._state_is_tuple = state_is_tuple
        if not state_is_tuple and any(nest.is_sequence(cell.state_size) for cell in cells):
            raise ValueError('Some cells return tuples of states, but the flag state_is_tuple is not set.  State sizes '
                             'are: %s' % str([cell.state_size for cell in cells]))

    @property
    def state_size(self):
        """The sizes of all states."""
        if self._state_is_tuple:
            return tuple(cell.state_size for cell in self._cells)
        return sum(cell.state_size for cell in self._cells)

    @property
    def output_size(self):
        """That of the last cell."""
        return self._cells[-1].output_size

    def zero_state(self, batch_size, dtype):
        """A state of zeros for each cell."""
        with ops.name_scope(type(self).__name__ + 'ZeroState', values=[batch_size]):
            if self._state_is_tuple:
                return tuple(cell.zero_state(batch_size, dtype) for cell in self._cells)
            return super().zero_state(batch_size, dtype)

    def _of_cells(self, attribute):
        return [each for cell in self._cells if isinstance(cell, base_layer.Layer) for each in getattr(cell, attribute)]

    @property
    def trainable_weights(self):
        """The variables of the cells."""
        return self._of_cells('trainable_weights') if self.trainable else []

    @property
    def non_trainable_weights(self):
        """The other variables of the cells."""
        return self._of_cells('non_trainable_weights') if self.trainable else self._of_cells('weights')

    def call(self, inputs, state):
        """(output, new states)."""
        if self._state_is_tuple and not nest.is_sequence(state):
            raise ValueError('Expected state to be a tuple of length %d, but received: %s' % (len(self.state_size), state))
        outputs, new_states, column = inputs, [], 0
        for i, cell in enumerate(self._cells):
            with vs.variable_scope('cell_%d' % i):
                if self._state_is_tuple:
                    of_cell = state[i]
                else:
                    of_cell = array_ops.slice(state, [0, column], [-1, cell.state_size])
                    column += cell.state_size
                outputs, new = cell(outputs, of_cell)
                new_states.append(new)
        return outputs, tuple(new_states) if self._state_is_tuple else array_ops.concat(new_states, 1)


MultiRNNCell.__module__ = 'tensorflow.python.ops.rnn_cell_impl'
