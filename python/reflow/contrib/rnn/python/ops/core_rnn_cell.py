"""Recurrent cells that embed or project what goes into or comes out of another."""

import math

from reflow.framework import constant_op
from reflow.framework import dtypes
from reflow.framework import ops
from reflow.ops import array_ops
from reflow.ops import embedding_ops
from reflow.ops import init_ops
from reflow.ops import math_ops
from reflow.ops import nn_ops
from reflow.ops import rnn_cell_impl
from reflow.ops import variable_scope as vs
from reflow.platform import tf_logging
from reflow.util import nest
from reflow.util.shown_attributes import shown

RNNCell = rnn_cell_impl.RNNCell
_WEIGHTS_VARIABLE_NAME = rnn_cell_impl._WEIGHTS_VARIABLE_NAME
_BIAS_VARIABLE_NAME = rnn_cell_impl._BIAS_VARIABLE_NAME


def _checked(args):
    """(the arguments as a list, the sum of their depths)."""
    if args is None or (nest.is_sequence(args) and not args):
        raise ValueError('`args` must be specified')
    args = args if nest.is_sequence(args) else [args]
    shapes = [arg.get_shape() for arg in args]
    for shape in shapes:
        if shape.ndims != 2:
            raise ValueError('linear is expecting 2D arguments: %s' % shapes)
        if shape.dims[1].value is None:
            raise ValueError('linear expects shape[1] to be provided for shape %s, but saw %s' % (shape, shape[1]))
    return args, sum(shape.dims[1].value for shape in shapes)


def _bias(scope, output_size, initializer, dtype):
    with vs.variable_scope(scope) as inner_scope:
        inner_scope.set_partitioner(None)
        if initializer is None:
            initializer = init_ops.constant_initializer(0.0, dtype=dtype)
        return vs.get_variable(_BIAS_VARIABLE_NAME, [output_size], dtype=dtype, initializer=initializer)


class _Linear:
    """The sum of args[i] * weights[i], plus a bias; the variables are made with it, in the current scope."""

    def __init__(self, args, output_size, build_bias, bias_initializer=None, kernel_initializer=None):
        self._build_bias = build_bias
        self._is_sequence = nest.is_sequence(args)
        args, depth = _checked(args)
        dtype = args[0].dtype
        with vs.variable_scope(vs.get_variable_scope()) as outer_scope:
            self._weights = vs.get_variable(_WEIGHTS_VARIABLE_NAME, [depth, output_size], dtype=dtype,
                                            initializer=kernel_initializer)
            if build_bias:
                self._biases = _bias(outer_scope, output_size, bias_initializer, dtype)

    def __call__(self, args):
        args = args if self._is_sequence else [args]
        if len(args) == 1:
            result = math_ops.matmul(args[0], self._weights)
        else:
            one = constant_op.constant(1, dtype=dtypes.int32)
            result = math_ops.matmul(array_ops.concat(args, one), self._weights)
        return nn_ops.bias_add(result, self._biases) if self._build_bias else result


def _linear(args, output_size, bias, bias_initializer=None, kernel_initializer=None):
    """The sum of args[i] * weights[i], plus a bias."""
    args, depth = _checked(args)
    dtype = args[0].dtype
    with vs.variable_scope(vs.get_variable_scope()) as outer_scope:
        weights = vs.get_variable(_WEIGHTS_VARIABLE_NAME, [depth, output_size], dtype=dtype,
                                  initializer=kernel_initializer)
        result = math_ops.matmul(args[0] if len(args) == 1 else array_ops.concat(args, 1), weights)
        if not bias:
            return result
        biases = _bias(outer_scope, output_size, bias_initializer, dtype)
    return nn_ops.bias_add(result, biases)


class CellAround(RNNCell):
    """Has the sizes and the state of another cell, `_cell`."""

    state_size = shown('_cell.state_size', 'That of the cell.')
    output_size = shown('_cell.output_size', 'That of the cell.')

    def zero_state(self, batch_size, dtype):
        """The cell's state of zeros."""
        with ops.name_scope(type(self).__name__ + 'ZeroState', values=[batch_size]):
            return self._cell.zero_state(batch_size, dtype)


class _AroundCell(CellAround):
    """What calls a cell between steps of its own."""

    def __init__(self, cell, reuse):
        super().__init__(_reuse=reuse)
        rnn_cell_impl.assert_like_rnncell('cell', cell)
        self._cell = cell


class EmbeddingWrapper(_AroundCell):
    """A cell whose inputs are ids, which are embedded."""

    def __init__(self, cell, embedding_classes, embedding_size, initializer=None, reuse=None):
        super().__init__(cell, reuse)
        if embedding_classes <= 0 or embedding_size <= 0:
            raise ValueError('Both embedding_classes and embedding_size must be > 0: %d, %d.' % (
                embedding_classes, embedding_size))
        self._embedding_classes = embedding_classes
        self._embedding_size = embedding_size
        self._initializer = initializer

    def call(self, inputs, state):
        """(output, new state)."""
        with ops.device('/cpu:0'):
            initializer = self._initializer or vs.get_variable_scope().initializer
            if not initializer:
                initializer = init_ops.random_uniform_initializer(-math.sqrt(3), math.sqrt(3))
            embedding = vs.get_variable('embedding', [self._embedding_classes, self._embedding_size],
                                        initializer=initializer,
                                        dtype=state[0].dtype if isinstance(state, tuple) else state.dtype)
            return self._cell(embedding_ops.embedding_lookup(embedding, array_ops.reshape(inputs, [-1])), state)


class InputProjectionWrapper(_AroundCell):
    """A cell whose inputs are projected."""

    def __init__(self, cell, num_proj, activation=None, input_size=None, reuse=None):
        super().__init__(cell, reuse)
        if input_size is not None:
            tf_logging.warn('%s: The input_size parameter is deprecated.', self)
        self._num_proj = num_proj
        self._activation = activation
        self._linear = None

    def call(self, inputs, state):
        """(output, new state)."""
        if self._linear is None:
            self._linear = _Linear(inputs, self._num_proj, True)
        projected = self._linear(inputs)
        return self._cell(self._activation(projected) if self._activation else projected, state)


class OutputProjectionWrapper(_AroundCell):
    """A cell whose outputs are projected."""

    def __init__(self, cell, output_size, activation=None, reuse=None):
        super().__init__(cell, reuse)
        if output_size < 1:
            raise ValueError('Parameter output_size must be > 0: %d.' % output_size)
        self._output_size = output_size
        self._activation = activation
        self._linear = None

    output_size = shown('_output_size', 'The size of the projection.')

    def call(self, inputs, state):
        """(output, new state)."""
        output, new_state = self._cell(inputs, state)
        if self._linear is None:
            self._linear = _Linear(output, self._output_size, True)
        projected = self._linear(output)
        return self._activation(projected) if self._activation else projected, new_state
