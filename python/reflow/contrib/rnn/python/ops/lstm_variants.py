"""LSTM cells with coupled gates, in groups, and with a clock."""

from reflow.contrib.rnn.python.ops import core_rnn_cell
from reflow.contrib.rnn.python.ops import sharded_variables
from reflow.framework import dtypes
from reflow.framework import tensor_shape
from reflow.ops import array_ops
from reflow.ops import clip_ops
from reflow.ops import init_ops
from reflow.ops import math_ops
from reflow.ops import nn_ops
from reflow.ops import random_ops
from reflow.ops import rnn_cell_impl
from reflow.ops import variable_scope as vs
from reflow.platform import tf_logging
from reflow.util.shown_attributes import shown

__all__ = ['CoupledInputForgetGateLSTMCell', 'GLSTMCell', 'PhasedLSTMCell']


def _normalized(gain, shift, values, scope):
    from reflow.contrib.layers.python.layers import layers
    shape = values.get_shape()[-1:]
    gamma, beta = init_ops.constant_initializer(gain), init_ops.constant_initializer(shift)
    with vs.variable_scope(scope):
        vs.get_variable('gamma', shape=shape, initializer=gamma)
        vs.get_variable('beta', shape=shape, initializer=beta)
    return layers.layer_norm(values, reuse=True, scope=scope)


class CoupledInputForgetGateLSTMCell(rnn_cell_impl.RNNCell):
    """Admits as much as it forgets. Greff and others, arXiv 1503.04069."""

    def __init__(self, num_units, use_peepholes=False, initializer=None, num_proj=None, proj_clip=None, num_unit_shards=1,
                 num_proj_shards=1, forget_bias=1.0, state_is_tuple=True, activation=math_ops.tanh, reuse=None,
                 layer_norm=False, norm_gain=1.0, norm_shift=0.0):
        super().__init__(_reuse=reuse)
        if not state_is_tuple:
            tf_logging.warn('%s: Using a concatenated state is slower and will soon be deprecated.  Use '
                            'state_is_tuple=True.', self)
        self._num_units = num_units
        self._use_peepholes = use_peepholes
        self._num_proj = num_proj
        self._proj_clip = proj_clip
        self._num_unit_shards = num_unit_shards
        self._num_proj_shards = num_proj_shards
        self._forget_bias = forget_bias
        self._state_is_tuple = state_is_tuple
        self._activation = activation
        self._norm = None
        if layer_norm:
            self._norm = lambda values, scope: _normalized(norm_gain, norm_shift, values, scope)

    @property
    def state_size(self):
        """The sizes of both parts of the state, or their sum."""
        sizes = rnn_cell_impl.LSTMStateTuple(self._num_units, self.output_size)
        return sizes if self._state_is_tuple else sum(sizes)

    @property
    def output_size(self):
        """The size of the projection, or the number of units."""
        return self._num_proj or self._num_units

    def _parts(self, state):
        if self._state_is_tuple:
            return state
        units, projected = self._num_units, self._num_units if self._num_proj is None else self._num_proj
        return (array_ops.slice(state, [0, 0], [-1, units]), array_ops.slice(state, [0, units], [-1, projected]))

    def call(self, inputs, state):
        """(output, new state)."""
        units, sigmoid = self._num_units, math_ops.sigmoid
        projected = units if self._num_proj is None else self._num_proj
        c_prev, m_prev = self._parts(state)
        dtype = inputs.dtype
        input_size = inputs.get_shape().with_rank(2).dims[1].value
        if input_size is None:
            raise ValueError('Could not infer input size from inputs.get_shape()[-1]')
        weights = sharded_variables.concatenated('W', [input_size + projected, 3 * units], dtype, self._num_unit_shards)
        biases = vs.get_variable('B', shape=[3 * units], initializer=init_ops.zeros_initializer(), dtype=dtype)
        gates = math_ops.matmul(array_ops.concat([inputs, m_prev], 1), weights)
        if not self._norm:
            gates = nn_ops.bias_add(gates, biases)
        j, f, o = array_ops.split(value=gates, num_or_size_splits=3, axis=1)
        if self._norm:
            j, f, o = self._norm(j, 'transform'), self._norm(f, 'forget'), self._norm(o, 'output')
        if self._use_peepholes:
            w_f_diag = vs.get_variable('W_F_diag', shape=[units], dtype=dtype)
            w_o_diag = vs.get_variable('W_O_diag', shape=[units], dtype=dtype)
            kept = sigmoid(f + self._forget_bias + w_f_diag * c_prev)
        else:
            kept = sigmoid(f + self._forget_bias)
        c = kept * c_prev + (1 - kept) * self._activation(j)
        if self._norm:
            c = self._norm(c, 'state')
        m = (sigmoid(o + w_o_diag * c) if self._use_peepholes else sigmoid(o)) * self._activation(c)
        if self._num_proj is not None:
            m = math_ops.matmul(m, sharded_variables.concatenated('W_P', [units, self._num_proj], dtype,
                                                                  self._num_proj_shards))
            if self._proj_clip is not None:
                m = clip_ops.clip_by_value(m, -self._proj_clip, self._proj_clip)
        return m, rnn_cell_impl.LSTMStateTuple(c, m) if self._state_is_tuple else array_ops.concat([c, m], 1)


class GLSTMCell(rnn_cell_impl.RNNCell):
    """An LSTM whose units look at their own group of inputs and of state. Kuchaiev and Ginsburg, arXiv 1703.10722."""

    def __init__(self, num_units, initializer=None, num_proj=None, number_of_groups=1, forget_bias=1.0,
                 activation=math_ops.tanh, reuse=None):
        super().__init__(_reuse=reuse)
        if num_units % number_of_groups != 0:
            raise ValueError('num_units must be divisible by number_of_groups')
        if num_proj and num_proj % number_of_groups != 0:
            raise ValueError('num_proj must be divisible by number_of_groups')
        self._num_units = num_units
        self._initializer = initializer
        self._num_proj = num_proj
        self._forget_bias = forget_bias
        self._activation = activation
        self._number_of_groups = number_of_groups
        self._group_linears = [None] * number_of_groups
        self._projection = None

    @property
    def state_size(self):
        """The sizes of both parts of the state."""
        return rnn_cell_impl.LSTMStateTuple(self._num_units, self.output_size)

    @property
    def output_size(self):
        """The size of the projection, or the number of units."""
        return self._num_proj or self._num_units

    @staticmethod
    def _group_of(values, group, size, batch_size):
        return array_ops.slice(values, begin=[0, group * size], size=[batch_size, size],
                               name='GLSTM_group%d_input_generation' % group)

    def _group_gates(self, inputs, m_prev, batch_size, input_size):
        """For each gate the units of all groups."""
        groups = self._number_of_groups
        parts = [[], [], [], []]
        for group in range(groups):
            with vs.variable_scope('group%d' % group):
                x = array_ops.concat([self._group_of(inputs, group, input_size // groups, batch_size),
                                      self._group_of(m_prev, group, self.output_size // groups, batch_size)], axis=1)
                if self._group_linears[group] is None:
                    self._group_linears[group] = core_rnn_cell._Linear(x, 4 * (self._num_units // groups), False)
                for part, units in zip(parts, array_ops.split(self._group_linears[group](x), 4, 1)):
                    part.append(units)
        return parts

    def call(self, inputs, state):
        """(output, new state)."""
        c_prev, m_prev = state
        batch_size = tensor_shape.dimension_value(inputs.shape[0]) or array_ops.shape(inputs)[0]
        input_size = tensor_shape.dimension_value(inputs.shape[1])
        if input_size is None:
            raise ValueError('input size must be statically known')
        groups = self._number_of_groups
        if input_size % groups:
            raise ValueError('input size (%d) must be divisible by number_of_groups (%d)' % (input_size, groups))
        with vs.variable_scope(vs.get_variable_scope(), initializer=self._initializer):
            parts = self._group_gates(inputs, m_prev, batch_size, input_size)
            biases = [vs.get_variable(name='bias_' + gate, shape=[self._num_units], dtype=inputs.dtype,
                                      initializer=init_ops.constant_initializer(0.0, dtype=inputs.dtype))
                      for gate in 'ijfo']
            i, j, f, o = [nn_ops.bias_add(array_ops.concat(part, axis=1), bias) for part, bias in zip(parts, biases)]
        c = math_ops.sigmoid(f + self._forget_bias) * c_prev + math_ops.sigmoid(i) * math_ops.tanh(j)
        m = math_ops.sigmoid(o) * self._activation(c)
        if self._num_proj is not None:
            with vs.variable_scope('projection'):
                if self._projection is None:
                    self._projection = core_rnn_cell._Linear(m, self._num_proj, False)
                m = self._projection(m)
        return m, rnn_cell_impl.LSTMStateTuple(c, m)


def _log_uniform_initializer(minval, maxval):
    def initialize(shape, dtype=dtypes.float32, partition_info=None):
        low = math_ops.log(minval)
        return math_ops.exp(random_ops.random_uniform(shape, low, math_ops.log(maxval), dtype))
    return initialize


class PhasedLSTMCell(rnn_cell_impl.RNNCell):
    """An LSTM whose units are open in phases of their own; inputs are (time, input). Neil and others, arXiv 1610.09513."""

    def __init__(self, num_units, use_peepholes=False, leak=0.001, ratio_on=0.1, trainable_ratio_on=True,
                 period_init_min=1.0, period_init_max=1000.0, reuse=None):
        super().__init__(_reuse=reuse)
        self._num_units = num_units
        self._use_peepholes = use_peepholes
        self._leak = leak
        self._ratio_on = ratio_on
        self._trainable_ratio_on = trainable_ratio_on
        self._period_init_min = period_init_min
        self._period_init_max = period_init_max
        self._linears = {}

    @property
    def state_size(self):
        """The sizes of both parts of the state."""
        return rnn_cell_impl.LSTMStateTuple(self._num_units, self._num_units)

    output_size = shown('_num_units', 'The number of units.')

    def _linear(self, args, scope, size):
        if scope not in self._linears:
            self._linears[scope] = core_rnn_cell._Linear(args, size, True)
        return self._linears[scope](args)

    @staticmethod
    def _cycle_ratio(time, phase, period):
        """Where in its cycle each unit is, from 0 to 1; its gradient is that of a line."""
        phase = math_ops.cast(phase, dtype=time.dtype)
        period = math_ops.cast(period, dtype=time.dtype)
        shifted = time - phase
        rest = array_ops.stop_gradient(math_ops.mod(shifted, period) - shifted) + shifted
        return math_ops.cast(rest / period, dtype=dtypes.float32)

    def _lstm(self, x, c_prev, h_prev):
        units = self._num_units
        peephole = [c_prev] if self._use_peepholes else []
        with vs.variable_scope('mask_gates'):
            gates = math_ops.sigmoid(self._linear([x, h_prev] + peephole, 'mask_gates', 2 * units))
            input_gate, forget_gate = array_ops.split(axis=1, num_or_size_splits=2, value=gates)
        with vs.variable_scope('new_input'):
            new_input = math_ops.tanh(self._linear([x, h_prev], 'new_input', units))
        new_c = c_prev * forget_gate + input_gate * new_input
        peephole = [new_c] if self._use_peepholes else []
        with vs.variable_scope('output_gate'):
            output_gate = math_ops.sigmoid(self._linear([x, h_prev] + peephole, 'output_gate', units))
        return new_c, math_ops.tanh(new_c) * output_gate

    def call(self, inputs, state):
        """(output, new state)."""
        c_prev, h_prev = state
        time, x = inputs
        new_c, new_h = self._lstm(x, c_prev, h_prev)
        period = vs.get_variable('period', [self._num_units],
                                 initializer=_log_uniform_initializer(self._period_init_min, self._period_init_max))
        phase = vs.get_variable('phase', [self._num_units],
                                initializer=init_ops.random_uniform_initializer(0., period.initial_value))
        ratio_on = vs.get_variable('ratio_on', [self._num_units], trainable=self._trainable_ratio_on,
                                   initializer=init_ops.constant_initializer(self._ratio_on))
        place = self._cycle_ratio(time, phase, period)
        opening = 2 * place / ratio_on
        closing = 2 - opening
        closed = self._leak * place
        openness = array_ops.where(place < ratio_on, closing, closed)
        openness = array_ops.where(place < 0.5 * ratio_on, opening, openness)
        state = rnn_cell_impl.LSTMStateTuple(*(openness * new + (1 - openness) * old
                                               for new, old in ((new_c, c_prev), (new_h, h_prev))))
        return state.h, state
