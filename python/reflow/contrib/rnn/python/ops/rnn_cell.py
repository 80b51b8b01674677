"""More recurrent cells."""

from reflow.contrib.rnn.python.ops import conv_lstm_cells, core_rnn_cell, frequency_cells, gated_cells
from reflow.contrib.rnn.python.ops import independent_cells, lstm_variants
from reflow.contrib.rnn.python.ops.conv_lstm_cells import *  # noqa: F401,F403
from reflow.contrib.rnn.python.ops.frequency_cells import *  # noqa: F401,F403
from reflow.contrib.rnn.python.ops.gated_cells import *  # noqa: F401,F403
from reflow.contrib.rnn.python.ops.independent_cells import *  # noqa: F401,F403
from reflow.contrib.rnn.python.ops.lstm_variants import *  # noqa: F401,F403
from reflow.framework import dtypes
from reflow.ops import array_ops
from reflow.ops import init_ops
from reflow.ops import math_ops
from reflow.ops import nn_ops
from reflow.ops import rnn_cell_impl
from reflow.ops import variable_scope as vs
from reflow.platform import tf_logging
from reflow.util import nest
from reflow.util.shown_attributes import shown

__all__ = ['LayerNormBasicLSTMCell', 'AttentionCellWrapper', 'HighwayWrapper', 'UGRNNCell', *conv_lstm_cells.__all__,
           *frequency_cells.__all__, *gated_cells.__all__, *independent_cells.__all__, *lstm_variants.__all__]


class LayerNormBasicLSTMCell(rnn_cell_impl.RNNCell):
    """BasicLSTMCell with layer normalisation and recurrent dropout. Ba and others, arXiv 1607.06450."""

    def __init__(self, num_units, forget_bias=1.0, input_size=None, activation=math_ops.tanh, layer_norm=True,
                 norm_gain=1.0, norm_shift=0.0, dropout_keep_prob=1.0, dropout_prob_seed=None, reuse=None):
        super().__init__(_reuse=reuse)
        if input_size is not None:
            tf_logging.warn('%s: The input_size parameter is deprecated.', self)
        self._num_units = num_units
        self._activation = activation
        self._forget_bias = forget_bias
        self._keep_prob = dropout_keep_prob
        self._seed = dropout_prob_seed
        self._layer_norm = layer_norm
        self._norm_gain = norm_gain
        self._norm_shift = norm_shift

    @property
    def state_size(self):
        """The sizes of both parts of the state."""
        return rnn_cell_impl.LSTMStateTuple(self._num_units, self._num_units)

    output_size = shown('_num_units', 'The number of units.')

    def _norm(self, inp, scope, dtype=dtypes.float32):
        from reflow.contrib.layers.python.layers import layers
        shape = inp.get_shape()[-1:]
        with vs.variable_scope(scope):
            for name, value in (('gamma', self._norm_gain), ('beta', self._norm_shift)):
                vs.get_variable(name, shape=shape, initializer=init_ops.constant_initializer(value), dtype=dtype)
        return layers.layer_norm(inp, reuse=True, scope=scope)

    def _linear(self, args):
        size = 4 * self._num_units
        weights = vs.get_variable('kernel', [args.get_shape()[-1], size], dtype=args.dtype)
        result = math_ops.matmul(args, weights)
        if self._layer_norm:
            return result
        return nn_ops.bias_add(result, vs.get_variable('bias', [size], dtype=args.dtype))

    def call(self, inputs, state):
        """(output, new state)."""
        c, h = state
        args = array_ops.concat([inputs, h], 1)
        gates = self._linear(args)
        i, j, f, o = array_ops.split(value=gates, num_or_size_splits=4, axis=1)
        if self._layer_norm:
            i, j, f, o = [self._norm(gate, scope, dtype=args.dtype)
                          for gate, scope in ((i, 'input'), (j, 'transform'), (f, 'forget'), (o, 'output'))]
        g = self._activation(j)
        if not isinstance(self._keep_prob, float) or self._keep_prob < 1:
            g = nn_ops.dropout(g, self._keep_prob, seed=self._seed)
        new_c = c * math_ops.sigmoid(f + self._forget_bias) + math_ops.sigmoid(i) * g
        if self._layer_norm:
            new_c = self._norm(new_c, 'state', dtype=args.dtype)
        new_h = self._activation(new_c) * math_ops.sigmoid(o)
        return new_h, rnn_cell_impl.LSTMStateTuple(new_c, new_h)


class AttentionCellWrapper(rnn_cell_impl.RNNCell):
    """A cell that attends to its last outputs. Bahdanau and others, arXiv 1409.0473."""

    def __init__(self, cell, attn_length, attn_size=None, attn_vec_size=None, input_size=None, state_is_tuple=True,
                 reuse=None):
        super().__init__(_reuse=reuse)
        rnn_cell_impl.assert_like_rnncell('cell', cell)
        if nest.is_sequence(cell.state_size) and not state_is_tuple:
            raise ValueError('Cell returns tuple of states, but the flag state_is_tuple is not set. State size is: %s' %
                             str(cell.state_size))
        if attn_length <= 0:
            raise ValueError('attn_length should be greater than zero, got %s' % str(attn_length))
        if not state_is_tuple:
            tf_logging.warn('%s: Using a concatenated state is slower and will soon be deprecated.  Use '
                            'state_is_tuple=True.', self)
        self._state_is_tuple = state_is_tuple
        self._cell = cell
        self._attn_size = cell.output_size if attn_size is None else attn_size
        self._attn_vec_size = self._attn_size if attn_vec_size is None else attn_vec_size
        self._input_size = input_size
        self._attn_length = attn_length
        self._linear1 = self._linear2 = self._linear3 = None

    @property
    def state_size(self):
        """The sizes of the cell's state, the attention and the last outputs."""
        size = (self._cell.state_size, self._attn_size, self._attn_size * self._attn_length)
        return size if self._state_is_tuple else sum(size)

    output_size = shown('_attn_size', 'The size of the attention.')

    def call(self, inputs, state):
        """(output, new state)."""
        if self._state_is_tuple:
            state, attns, attn_states = state
        else:
            states, size = state, self._cell.state_size
            state = array_ops.slice(states, [0, 0], [-1, size])
            attns = array_ops.slice(states, [0, size], [-1, self._attn_size])
            attn_states = array_ops.slice(states, [0, size + self._attn_size],
                                          [-1, self._attn_size * self._attn_length])
        attn_states = array_ops.reshape(attn_states, [-1, self._attn_length, self._attn_size])
        input_size = inputs.get_shape().as_list()[1] if self._input_size is None else self._input_size
        inputs = self._linear('_linear1', [inputs, attns], input_size)
        cell_output, new_state = self._cell(inputs, state)
        query = array_ops.concat(nest.flatten(new_state), 1) if self._state_is_tuple else new_state
        new_attns, new_attn_states = self._attention(query, attn_states)
        with vs.variable_scope('attn_output_projection'):
            output = self._linear('_linear2', [cell_output, new_attns], self._attn_size)
        window = array_ops.concat([new_attn_states, array_ops.expand_dims(output, 1)], 1)
        states = (new_state, new_attns, array_ops.reshape(window, [-1, self._attn_length * self._attn_size]))
        return output, states if self._state_is_tuple else array_ops.concat(list(states), 1)

    def _linear(self, attribute, inputs, size):
        """`inputs` times a matrix, plus a bias, which the first call makes."""
        if getattr(self, attribute) is None:
            setattr(self, attribute, core_rnn_cell._Linear(inputs, size, True))
        return getattr(self, attribute)(inputs)

    def _attention(self, query, attn_states):
        with vs.variable_scope('attention'):
            k = vs.get_variable('attn_w', [1, 1, self._attn_size, self._attn_vec_size])
            v = vs.get_variable('attn_v', [self._attn_vec_size])
            hidden = array_ops.reshape(attn_states, [-1, self._attn_length, 1, self._attn_size])
            hidden_features = nn_ops.conv2d(hidden, k, [1, 1, 1, 1], 'SAME')
            y = array_ops.reshape(self._linear('_linear3', query, self._attn_vec_size), [-1, 1, 1, self._attn_vec_size])
            s = math_ops.reduce_sum(v * math_ops.tanh(hidden_features + y), [2, 3])
            a = nn_ops.softmax(s)
            d = math_ops.reduce_sum(array_ops.reshape(a, [-1, self._attn_length, 1, 1]) * hidden, [1, 2])
            new_attns = array_ops.reshape(d, [-1, self._attn_size])
            return new_attns, array_ops.slice(attn_states, [0, 1, 0], [-1, -1, -1])


class HighwayWrapper(core_rnn_cell.CellAround):
    """Lets part of a cell's inputs through. Srivastava and others, arXiv 1505.00387."""

    def __init__(self, cell, couple_carry_transform_gates=True, carry_bias_init=1.0):
        super().__init__()
        self._cell = cell
        self._couple_carry_transform_gates = couple_carry_transform_gates
        self._carry_bias_init = carry_bias_init

    def _gate(self, inp, name, bias):
        size = inp.get_shape().with_rank(2).dims[1].value
        weight = vs.get_variable(name + '_w', [size, size])
        bias = vs.get_variable(name + '_b', [size], initializer=init_ops.constant_initializer(bias))
        return math_ops.sigmoid(nn_ops.xw_plus_b(inp, weight, bias))

    def _highway(self, inp, out):
        carry = self._gate(inp, 'carry', self._carry_bias_init)
        if self._couple_carry_transform_gates:
            transform = 1 - carry
        else:
            transform = self._gate(inp, 'transform', -self._carry_bias_init)
        return inp * carry + out * transform

    def __call__(self, inputs, state, scope=None):
        """(output, new state)."""
        outputs, new_state = self._cell(inputs, state, scope=scope)
        nest.assert_same_structure(inputs, outputs)
        nest.map_structure(lambda x, y: x.get_shape().assert_is_compatible_with(y.get_shape()), inputs, outputs)
        return nest.map_structure(self._highway, inputs, outputs), new_state


class UGRNNCell(rnn_cell_impl.RNNCell):
    """The update gate network. Collins and others, arXiv 1611.09913."""

    def __init__(self, num_units, initializer=None, forget_bias=1.0, activation=math_ops.tanh, reuse=None):
        super().__init__(_reuse=reuse)
        self._num_units = num_units
        self._initializer = initializer
        self._forget_bias = forget_bias
        self._activation = activation
        self._linear = None

    state_size = shown('_num_units', 'The number of units.')
    output_size = shown('_num_units', 'The number of units.')

    def call(self, inputs, state):
        """(output, new state)."""
        if inputs.get_shape().with_rank(2).dims[1].value is None:
            raise ValueError('Could not infer input size from inputs.get_shape()[-1]')
        with vs.variable_scope(vs.get_variable_scope(), initializer=self._initializer):
            cell_inputs = array_ops.concat([inputs, state], 1)
            if self._linear is None:
                self._linear = core_rnn_cell._Linear(cell_inputs, 2 * self._num_units, True)
            g_act, c_act = array_ops.split(axis=1, num_or_size_splits=2, value=self._linear(cell_inputs))
            c = self._activation(c_act)
            g = math_ops.sigmoid(g_act + self._forget_bias)
            new_state = g * state + (1.0 - g) * c
        return new_state, new_state
