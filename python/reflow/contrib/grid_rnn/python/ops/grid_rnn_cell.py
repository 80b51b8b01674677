"""Recurrent cells of a grid: each dimension has a cell (or a layer without state), fed with what the others have given."""

import functools

from reflow.contrib.layers.python.layers import initializers
from reflow.contrib.layers.python.layers import layers
from reflow.framework import tensor_shape
from reflow.ops import array_ops
from reflow.ops import math_ops
from reflow.ops import nn
from reflow.ops import rnn_cell_impl
from reflow.ops import variable_scope as vs
from reflow.platform import tf_logging as logging
from reflow.util.shown_attributes import shown

__all__ = ['GridRNNCell', 'Grid1BasicRNNCell', 'Grid2BasicRNNCell', 'Grid1BasicLSTMCell', 'Grid2BasicLSTMCell',
           'Grid1LSTMCell', 'Grid2LSTMCell', 'Grid3LSTMCell', 'Grid2GRUCell']


class GridRNNCell(rnn_cell_impl.RNNCell):
    """A cell of `num_dims` dimensions, each with a state of `num_units` numbers.

    Inputs, projected, take the place of the states of `input_dims`; what the cells of `output_dims` give is the output.
    Dimensions are computed from the states before, those of `priority_dims` last, from what the others have given. Those of
    `non_recurrent_dims` are layers with the activation `non_recurrent_fn` (relu) and have no state. `tied`: all share their
    weights. `cell_fn(num_units)` makes the cells (LSTMCell). States and outputs are tuples, or else concatenated.
    ValueError: there is no such dimension. TypeError: `cell_fn` gives no RNNCell.
    """

    def __init__(self, num_units, num_dims=1, input_dims=None, output_dims=None, priority_dims=None, non_recurrent_dims=None,
                 tied=False, cell_fn=None, non_recurrent_fn=None, state_is_tuple=True, output_is_tuple=True):
        for is_tuple, what in ((state_is_tuple, 'state'), (output_is_tuple, 'output')):
            if not is_tuple:
                logging.warning('%s: Using a concatenated %s is slower and will soon be deprecated.  Use %s_is_tuple=True.',
                                self, what, what)
        if num_dims < 1:
            raise ValueError('dims must be >= 1: {}'.format(num_dims))
        self._num_units, self._num_dims, self._tied = num_units, num_dims, tied
        self._inputs = _dims(input_dims, num_dims)
        self._outputs = _dims(output_dims, num_dims)
        self._priority = _dims(priority_dims, num_dims)
        without_state = _dims(non_recurrent_dims, num_dims)
        self._recurrents = [dim for dim in range(num_dims) if dim not in without_state]
        self._non_recurrent_fn = non_recurrent_fn or nn.relu
        self._state_is_tuple, self._output_is_tuple = state_is_tuple, output_is_tuple
        make = functools.partial(cell_fn or functools.partial(rnn_cell_impl.LSTMCell, state_is_tuple=state_is_tuple), num_units)
        self._cells = [make()] * num_dims if tied else [make() for _ in range(num_dims)]
        cell = self._cells[0]
        if not isinstance(cell, rnn_cell_impl.RNNCell):
            raise TypeError('cell_fn must return an RNNCell instance, saw: %s' % type(cell))
        self._cell_state_size = sum(cell.state_size) if isinstance(cell.state_size, tuple) else cell.state_size
        self._output_size = ((cell.output_size,) * len(self._outputs) if output_is_tuple
                             else cell.output_size * len(self._outputs))
        self._state_size = ((cell.state_size,) * len(self._recurrents) if state_is_tuple
                            else self._cell_state_size * len(self._recurrents))

    output_size = shown('_output_size', 'The sizes of the outputs, or their sum.')
    state_size = shown('_state_size', 'The sizes of the states, or their sum.')

    def __call__(self, inputs, state, scope=None):
        """The outputs and states after [batch, size] inputs (a tuple: one for each input dimension)."""
        dtype = inputs.dtype
        memories, values = self._states(state)
        outputs, states = [None] * self._num_dims, [None] * self._num_dims
        with vs.variable_scope(scope or type(self).__name__):
            self._project(inputs, memories, values)
            first = True
            for dims in ([dim for dim in range(self._num_dims) if dim not in self._priority], self._priority):
                self._compute(dims, first, memories, values, outputs, states)
                first = False
            output = [outputs[dim] for dim in self._outputs]
            output = tuple(output) if self._output_is_tuple else _concat(output, dtype)
            new_state = [states[dim] for dim in self._recurrents]
            new_state = (tuple(new_state) if self._state_is_tuple
                         else _concat([part for parts in new_state for part in parts], dtype))
        return output, new_state

    @property
    def _has_memory(self):
        return self._cell_state_size > self._num_units

    def _states(self, state):
        """What the dimensions remember (LSTMs) and what they gave, each a list with None for those without state."""
        memories, values = [None] * self._num_dims, [None] * self._num_dims
        if self._state_is_tuple:
            if len(self._recurrents) != len(state):
                raise ValueError('Expected state as a tuple of {} element'.format(len(self._recurrents)))
            for dim, part in zip(self._recurrents, state):
                if self._has_memory:
                    memories[dim], values[dim] = part
                else:
                    values[dim] = part
            return memories, values
        start = 0
        for dim in self._recurrents:
            value_start, size = start, self._num_units
            if self._has_memory:
                memories[dim] = array_ops.slice(state, [0, start], [-1, self._num_units])
                value_start, size = start + self._num_units, self._cell_state_size - self._num_units
            values[dim] = array_ops.slice(state, [0, value_start], [-1, size])
            start += self._cell_state_size
        return memories, values

    def _project(self, inputs, memories, values):
        """Puts the inputs, projected, into the places of the input dimensions."""
        if inputs is None or not self._inputs or not tensor_shape.dimension_value(inputs.shape.with_rank(2)[1]) > 0:
            return
        if isinstance(inputs, tuple):
            if len(self._inputs) != len(inputs):
                raise ValueError('Expect inputs as a tuple of {} tensors'.format(len(self._inputs)))
            parts = inputs
        else:
            parts = array_ops.split(value=inputs, num_or_size_splits=len(self._inputs), axis=1)
        size = tensor_shape.dimension_value(parts[0].shape.with_rank(2)[1])
        for part, dim in zip(parts, self._inputs):
            for name, places in (('m', values),) + ((('c', memories),) if self._has_memory else ()):
                weights = vs.get_variable('project_{}_{}'.format(name, dim), [size, self._num_units], dtype=inputs.dtype)
                places[dim] = math_ops.matmul(part, weights)

    def _compute(self, dims, is_first, memories, values, outputs, states):
        """Fills in what `dims` give. The last dimension is the state of all cells, the others are their inputs."""
        if not dims:
            return
        newest = [old if new is None else new for old, new in zip(values, outputs)]
        if self._num_dims > 1:
            inputs = array_ops.concat(newest[:-1], 1)
        else:
            inputs = array_ops.zeros([values[0].get_shape().as_list()[0], 0], values[0].dtype)
        last = newest[-1]
        for dim in dims:
            is_recurrent = dim in self._recurrents
            scope = 'recurrent' if is_recurrent else 'non_recurrent'
            if not is_recurrent:
                args = array_ops.concat([inputs, last], 1) if self._num_dims > 1 else last
            with vs.variable_scope(scope if self._tied else '{}/cell_{}'.format(scope, dim)) as variables:
                if self._tied and not (is_first and dim == dims[0]):
                    variables.reuse_variables()
                if is_recurrent:
                    state = last if memories[dim] is None else (memories[dim], last)
                    outputs[dim], states[dim] = self._cells[dim](inputs, state)
                else:
                    outputs[dim] = layers.fully_connected(
                        args, num_outputs=self._num_units, activation_fn=self._non_recurrent_fn,
                        weights_initializer=variables.initializer or initializers.xavier_initializer(),
                        weights_regularizer=variables.regularizer)


def _dims(dims, num_dims):
    """Dimensions, given as a number or several, in order. ValueError: there is no such one."""
    if dims is None:
        return []
    dims = sorted(set(dims if isinstance(dims, (list, tuple)) else [dims]))
    if any(dim < 0 or dim >= num_dims for dim in dims):
        raise ValueError('Invalid dims: {}. Must be in [0, {})'.format(dims, num_dims))
    return dims


def _concat(tensors, dtype):
    return array_ops.concat(tensors, 1) if tensors else array_ops.zeros([0, 0], dtype)


def _two_dims(non_recurrent_fn, tied):
    """Arguments of cells whose first dimension is input and output, without state where there is `non_recurrent_fn`."""
    return dict(num_dims=2, input_dims=0, output_dims=0, priority_dims=0, tied=tied,
                non_recurrent_dims=None if non_recurrent_fn is None else 0, non_recurrent_fn=non_recurrent_fn)


_ONE_DIM = dict(num_dims=1, input_dims=0, output_dims=0, priority_dims=0, tied=False)


class Grid1BasicRNNCell(GridRNNCell):
    """A BasicRNNCell as a grid of one dimension."""

    def __init__(self, num_units, state_is_tuple=True, output_is_tuple=True):
        super().__init__(num_units, cell_fn=rnn_cell_impl.BasicRNNCell, state_is_tuple=state_is_tuple,
                         output_is_tuple=output_is_tuple, **_ONE_DIM)


class Grid2BasicRNNCell(GridRNNCell):
    """BasicRNNCells in two dimensions, the first of which is input and output, and has no state given `non_recurrent_fn`."""

    def __init__(self, num_units, tied=False, non_recurrent_fn=None, state_is_tuple=True, output_is_tuple=True):
        super().__init__(num_units, cell_fn=rnn_cell_impl.BasicRNNCell, state_is_tuple=state_is_tuple,
                         output_is_tuple=output_is_tuple, **_two_dims(non_recurrent_fn, tied))


class Grid1BasicLSTMCell(GridRNNCell):
    """A BasicLSTMCell as a grid of one dimension."""

    def __init__(self, num_units, forget_bias=1, state_is_tuple=True, output_is_tuple=True):
        super().__init__(num_units, cell_fn=functools.partial(rnn_cell_impl.BasicLSTMCell, forget_bias=forget_bias),
                         state_is_tuple=state_is_tuple, output_is_tuple=output_is_tuple, **_ONE_DIM)


class Grid2BasicLSTMCell(GridRNNCell):
    """BasicLSTMCells in two dimensions, as Grid2BasicRNNCell."""

    def __init__(self, num_units, tied=False, non_recurrent_fn=None, forget_bias=1, state_is_tuple=True, output_is_tuple=True):
        super().__init__(num_units, cell_fn=functools.partial(rnn_cell_impl.BasicLSTMCell, forget_bias=forget_bias),
                         state_is_tuple=state_is_tuple, output_is_tuple=output_is_tuple, **_two_dims(non_recurrent_fn, tied))


class Grid1LSTMCell(GridRNNCell):
    """An LSTMCell, with peepholes if wanted, as a grid of one dimension."""

    def __init__(self, num_units, use_peepholes=False, forget_bias=1.0, state_is_tuple=True, output_is_tuple=True):
        super().__init__(num_units, cell_fn=_lstm(use_peepholes, forget_bias), state_is_tuple=state_is_tuple,
                         output_is_tuple=output_is_tuple, **_ONE_DIM)


class Grid2LSTMCell(GridRNNCell):
    """LSTMCells in two dimensions, as Grid2BasicRNNCell."""

    def __init__(self, num_units, tied=False, non_recurrent_fn=None, use_peepholes=False, forget_bias=1.0, state_is_tuple=True,
                 output_is_tuple=True):
        super().__init__(num_units, cell_fn=_lstm(use_peepholes, forget_bias), state_is_tuple=state_is_tuple,
                         output_is_tuple=output_is_tuple, **_two_dims(non_recurrent_fn, tied))


class Grid3LSTMCell(GridRNNCell):
    """LSTMCells in three dimensions, the first as in Grid2BasicRNNCell."""

    def __init__(self, num_units, tied=False, non_recurrent_fn=None, use_peepholes=False, forget_bias=1.0, state_is_tuple=True,
                 output_is_tuple=True):
        super().__init__(num_units, cell_fn=_lstm(use_peepholes, forget_bias), state_is_tuple=state_is_tuple,
                         output_is_tuple=output_is_tuple, **dict(_two_dims(non_recurrent_fn, tied), num_dims=3))


class Grid2GRUCell(GridRNNCell):
    """GRUCells in two dimensions, as Grid2BasicRNNCell."""

    def __init__(self, num_units, tied=False, non_recurrent_fn=None, state_is_tuple=True, output_is_tuple=True):
        super().__init__(num_units, cell_fn=rnn_cell_impl.GRUCell, state_is_tuple=state_is_tuple,
                         output_is_tuple=output_is_tuple, **_two_dims(non_recurrent_fn, tied))


def _lstm(use_peepholes, forget_bias):
    return functools.partial(rnn_cell_impl.LSTMCell, forget_bias=forget_bias, use_peepholes=use_peepholes)
