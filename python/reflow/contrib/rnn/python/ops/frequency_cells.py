"""LSTM cells that run over the frequencies of each step too. Li and others, ASRU 2015 (10.1109/ASRU.2015.7404793)."""

import collections

from reflow.contrib.rnn.python.ops import sharded_variables
from reflow.framework import constant_op
from reflow.framework import dtypes
from reflow.framework import tensor_shape
from reflow.ops import array_ops
from reflow.ops import clip_ops
from reflow.ops import init_ops
from reflow.ops import math_ops
from reflow.ops import nn_ops
from reflow.ops import rnn_cell_impl
from reflow.ops import variable_scope as vs
from reflow.platform import tf_logging
from reflow.util.shown_attributes import shown

__all__ = ['TimeFreqLSTMCell', 'GridLSTMCell', 'BidirectionalGridLSTMCell']


def _input_size(inputs):
    size = inputs.get_shape().with_rank(2).dims[-1].value
    if size is None:
        raise ValueError('Cannot infer input_size from static shape inference.')
    return size


def _clipped(value, limit):
    return value if limit is None else clip_ops.clip_by_value(value, -limit, limit)


class TimeFreqLSTMCell(rnn_cell_impl.RNNCell):
    """An LSTM over overlapping bands of the input, each of which sees the output of the one before."""

    def __init__(self, num_units, use_peepholes=False, cell_clip=None, initializer=None, num_unit_shards=1,
                 forget_bias=1.0, feature_size=None, frequency_skip=1, reuse=None):
        super().__init__(_reuse=reuse)
        self._num_units = num_units
        self._use_peepholes = use_peepholes
        self._cell_clip = cell_clip
        self._num_unit_shards = num_unit_shards
        self._forget_bias = forget_bias
        self._feature_size = feature_size
        self._frequency_skip = frequency_skip

    output_size = shown('_num_units', 'The number of units.')

    @property
    def state_size(self):
        """Twice the number of units."""
        return 2 * self._num_units

    def _bands(self, inputs):
        count = int((_input_size(inputs) - self._feature_size) / self._frequency_skip) + 1
        return [array_ops.slice(inputs, [0, band * self._frequency_skip], [-1, self._feature_size])
                for band in range(count)]

    def call(self, inputs, state):
        """(outputs of the bands side by side, their states)."""
        units, sigmoid, tanh = self._num_units, math_ops.sigmoid, math_ops.tanh
        bands = self._bands(inputs)
        dtype = inputs.dtype
        weights = sharded_variables.concatenated('W', [bands[0].get_shape().as_list()[1] + 2 * units, 4 * units], dtype,
                                                 self._num_unit_shards)
        biases = vs.get_variable('B', shape=[4 * units], initializer=init_ops.zeros_initializer(), dtype=dtype)
        if self._use_peepholes:
            w_f, w_i, w_o = [vs.get_variable('W_%s_diag' % gate, shape=[units], dtype=dtype) for gate in 'FIO']
        m_below = array_ops.zeros([inputs.shape.dims[0].value or inputs.get_shape()[0], units], dtype)
        new_state = outputs = None
        for band, band_inputs in enumerate(bands):
            c_prev = array_ops.slice(state, [0, 2 * band * units], [-1, units])
            m_prev = array_ops.slice(state, [0, (2 * band + 1) * units], [-1, units])
            joined = array_ops.concat([band_inputs, m_prev, m_below], 1)
            gates = nn_ops.bias_add(math_ops.matmul(joined, weights), biases)
            i, j, f, o = array_ops.split(value=gates, num_or_size_splits=4, axis=1)
            if self._use_peepholes:
                c = (sigmoid(f + self._forget_bias + w_f * c_prev) * c_prev + sigmoid(i + w_i * c_prev) * tanh(j))
            else:
                c = sigmoid(f + self._forget_bias) * c_prev + sigmoid(i) * tanh(j)
            c = _clipped(c, self._cell_clip)
            m = (sigmoid(o + w_o * c) if self._use_peepholes else sigmoid(o)) * tanh(c)
            m_below = m
            if band == 0:
                new_state, outputs = array_ops.concat([c, m], 1), m
            else:
                new_state = array_ops.concat([new_state, c, m], 1)
                outputs = array_ops.concat([outputs, m], 1)
        return outputs, new_state


class GridLSTMCell(rnn_cell_impl.RNNCell):
    """An LSTM in time and one in frequency, over blocks of bands. Kalchbrenner and others, arXiv 1507.01526."""

    def __init__(self, num_units, use_peepholes=False, share_time_frequency_weights=False, cell_clip=None, initializer=None,
                 num_unit_shards=1, forget_bias=1.0, feature_size=None, frequency_skip=None, num_frequency_blocks=None,
                 start_freqindex_list=None, end_freqindex_list=None, couple_input_forget_gates=False, state_is_tuple=True,
                 reuse=None):
        super().__init__(_reuse=reuse)
        if not state_is_tuple:
            tf_logging.warn('%s: Using a concatenated state is slower and will soon be deprecated.  Use '
                            'state_is_tuple=True.', self)
        if num_frequency_blocks is None:
            raise ValueError('Must specify num_frequency_blocks')
        self._num_units = num_units
        self._use_peepholes = use_peepholes
        self._shared = share_time_frequency_weights
        self._coupled = couple_input_forget_gates
        self._state_is_tuple = state_is_tuple
        self._cell_clip = cell_clip
        self._num_unit_shards = num_unit_shards
        self._forget_bias = forget_bias
        self._feature_size = feature_size
        self._frequency_skip = frequency_skip
        self._start_freqindex_list = start_freqindex_list
        self._end_freqindex_list = end_freqindex_list
        self._num_frequency_blocks = num_frequency_blocks
        self._total_blocks = sum(int(count) for count in num_frequency_blocks)
        self._output_size = num_units * self._total_blocks * 2
        self._state_tuple_type = None
        self._state_size = self._output_size
        if state_is_tuple:
            self._set_state_type('GridLSTMStateTuple', ['state'])

    def _set_state_type(self, type_name, prefixes):
        names = ['%s_f%02d_b%02d_%s' % (prefix, band, block, part) for prefix in prefixes
                 for block, bands in enumerate(self._num_frequency_blocks) for band in range(bands) for part in 'cm']
        self._state_tuple_type = collections.namedtuple(type_name, names)
        self._state_size = self._state_tuple_type(*[self._num_units] * len(names))

    output_size = shown('_output_size', 'The size of all outputs side by side.')
    state_size = shown('_state_size', 'The sizes of the parts of the state, or their sum.')
    state_tuple_type = shown('_state_tuple_type', 'The type of states.')

    def call(self, inputs, state):
        """(outputs of all bands side by side, new state)."""
        batch_size = tensor_shape.dimension_value(inputs.shape[0]) or array_ops.shape(inputs)[0]
        outputs, new_state = self._compute_blocks(self._blocks(inputs), state, batch_size, 'state')
        if self._state_is_tuple:
            new_state = self._state_tuple_type(*new_state)
        else:
            new_state = array_ops.concat(new_state, 1)
        return array_ops.concat(outputs, 1), new_state

    def _compute_blocks(self, blocks, state, batch_size, prefix):
        outputs, new_state = [], []
        for block, bands in enumerate(blocks):
            block_outputs, block_state = self._compute(bands, block, state, batch_size, prefix)
            outputs += block_outputs
            new_state += block_state
        return outputs, new_state

    def _weights(self, block, kind, input_size, dtype):
        gates = (3 if self._coupled else 4) * self._num_units
        weights = sharded_variables.concatenated('W_%s_%d' % (kind, block), [input_size + 2 * self._num_units, gates], dtype,
                                                 self._num_unit_shards)
        return weights, vs.get_variable('B_%s_%d' % (kind, block), shape=[gates],
                                        initializer=init_ops.zeros_initializer(), dtype=dtype)

    def _peepholes(self, block, direction, dtype):
        """{gate: (vector of the cell in frequency, vector of the cell in time)}."""
        return {gate: tuple(vs.get_variable('W_%s_diag_%s%s_%d' % (gate, direction, end, block), shape=[self._num_units],
                                            dtype=dtype) for end in 'ft')
                for gate in ('IO' if self._coupled else 'FIO')}

    def _state_of(self, state, prefix, block, band):
        if self._state_is_tuple:
            name = '%s_f%02d_b%02d' % (prefix, band, block)
            return getattr(state, name + '_c'), getattr(state, name + '_m')
        units = self._num_units
        return (array_ops.slice(state, [0, 2 * band * units], [-1, units]),
                array_ops.slice(state, [0, (2 * band + 1) * units], [-1, units]))

    def _split(self, joined, weights, biases):
        """The units of the gates i, j, f, o; no f where it is coupled to i."""
        units = nn_ops.bias_add(math_ops.matmul(joined, weights), biases)
        parts = array_ops.split(value=units, num_or_size_splits=3 if self._coupled else 4, axis=1)
        return [parts[0], parts[1], None, parts[2]] if self._coupled else parts

    def _new_c(self, gates, peepholes, c_prev, c_freq, c_time):
        """The new cell state of a direction."""
        i, j, f, _ = gates

        def with_peepholes(value, gate):
            if not self._use_peepholes:
                return value
            of_freq, of_time = peepholes[gate]
            return value + of_freq * c_freq + of_time * c_time

        admitted = math_ops.sigmoid(with_peepholes(i, 'I'))
        if self._coupled:
            kept = 1.0 - admitted
        else:
            kept = math_ops.sigmoid(with_peepholes(f + self._forget_bias, 'F'))
        return _clipped(kept * c_prev + admitted * math_ops.tanh(j), self._cell_clip)

    def _new_m(self, o, peepholes, c, c_freq, c_time):
        if self._use_peepholes:
            of_freq, of_time = peepholes['O']
            o = o + of_freq * c_freq + of_time * c_time
        return math_ops.sigmoid(o) * math_ops.tanh(c)

    def _compute(self, bands, block, state, batch_size, prefix):
        dtype = bands[0].dtype
        input_size = bands[0].get_shape().as_list()[1]
        freq_weights = self._weights(block, 'f', input_size, dtype)
        time_weights = None if self._shared else self._weights(block, 't', input_size, dtype)
        freq_peepholes = time_peepholes = None
        if self._use_peepholes:
            time_peepholes = freq_peepholes = self._peepholes(block, 'freq', dtype)
            if not self._shared:
                time_peepholes = self._peepholes(block, 'time', dtype)
        m_freq = array_ops.zeros([batch_size, self._num_units], dtype)
        c_freq = array_ops.zeros([batch_size, self._num_units], dtype)
        outputs, new_state = [], []
        for band, inputs in enumerate(bands):
            c_time_prev, m_time_prev = self._state_of(state, prefix, block, band)
            joined = array_ops.concat([inputs, m_time_prev, m_freq], 1)
            freq_gates = self._split(joined, *freq_weights)
            time_gates = freq_gates if self._shared else self._split(joined, *time_weights)
            new_c_freq = self._new_c(freq_gates, freq_peepholes, c_freq, c_freq, c_time_prev)
            c_time = self._new_c(time_gates, time_peepholes, c_time_prev, c_freq, c_time_prev)
            c_freq = new_c_freq
            m_freq = self._new_m(freq_gates[3], freq_peepholes, c_freq, c_freq, c_time)
            m_time = self._new_m(time_gates[3], time_peepholes, c_time, c_freq, c_time)
            new_state += [c_time, m_time]
            outputs += [m_time, m_freq]
        return outputs, new_state

    def _blocks(self, inputs, slice_offset=0):
        """For each block its bands, moved by `slice_offset`."""
        input_size = _input_size(inputs)
        if slice_offset:
            paddings = [0, 0, 0, slice_offset] if slice_offset > 0 else [0, 0, -slice_offset, 0]
            inputs = array_ops.pad(inputs, constant_op.constant(paddings, shape=[2, 2], dtype=dtypes.int32), 'CONSTANT')
        slice_offset = max(slice_offset, 0)
        starts, ends, counts = self._start_freqindex_list, self._end_freqindex_list, self._num_frequency_blocks
        if not starts:
            if len(counts) != 1:
                raise ValueError('Length of num_frequency_blocks is not 1, but instead is %d' % len(counts))
            starts, ends = [0], [input_size]
        elif len(starts) != len(ends):
            raise ValueError('Length of start and end freqindex_list does not match %d %d', len(starts), len(ends))
        elif len(counts) != len(starts):
            raise ValueError('Length of num_frequency_blocks is not equal to start_freqindex_list %d %d', len(counts),
                             len(starts))
        blocks = []
        for start, end, wanted in zip(starts, ends, counts):
            count = int((end - start - self._feature_size) / self._frequency_skip) + 1
            if count != wanted:
                raise ValueError('Invalid num_frequency_blocks, requires %d but gets %d, please check the input size and '
                                 'filter config are correct.' % (wanted, count))
            blocks.append([array_ops.slice(inputs, [0, start + slice_offset + band * self._frequency_skip],
                                           [-1, self._feature_size]) for band in range(count)])
        return blocks


class BidirectionalGridLSTMCell(GridLSTMCell):
    """A GridLSTMCell from low frequencies to high ones, and one back."""

    def __init__(self, num_units, use_peepholes=False, share_time_frequency_weights=False, cell_clip=None, initializer=None,
                 num_unit_shards=1, forget_bias=1.0, feature_size=None, frequency_skip=None, num_frequency_blocks=None,
                 start_freqindex_list=None, end_freqindex_list=None, couple_input_forget_gates=False,
                 backward_slice_offset=0, reuse=None):
        super().__init__(num_units, use_peepholes, share_time_frequency_weights, cell_clip, initializer, num_unit_shards,
                         forget_bias, feature_size, frequency_skip, num_frequency_blocks, start_freqindex_list,
                         end_freqindex_list, couple_input_forget_gates, True, reuse)
        self._backward_slice_offset = int(backward_slice_offset)
        self._set_state_type('BidirectionalGridLSTMStateTuple', ['fwd_state', 'bwd_state'])
        self._output_size *= 2

    def call(self, inputs, state):
        """(outputs of both directions side by side, new state)."""
        batch_size = tensor_shape.dimension_value(inputs.shape[0]) or array_ops.shape(inputs)[0]
        forward = self._blocks(inputs)
        offset = self._backward_slice_offset
        backward = [bands[::-1] for bands in (self._blocks(inputs, offset) if offset else forward)]
        with vs.variable_scope('fwd'):
            outputs, new_state = self._compute_blocks(forward, state, batch_size, 'fwd_state')
        with vs.variable_scope('bwd'):
            outputs_back, state_back = self._compute_blocks(backward, state, batch_size, 'bwd_state')
        return array_ops.concat(outputs + outputs_back, 1), self._state_tuple_type(*(new_state + state_back))
