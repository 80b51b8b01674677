"""The recurrent cells of tf.nn.rnn_cell."""

import collections

from reflow.framework import constant_op
from reflow.framework import dtypes
from reflow.framework import tensor_shape
from reflow.keras import activations
from reflow.keras import initializers
from reflow.keras.engine import input_spec
from reflow.ops import array_ops
from reflow.ops import clip_ops
from reflow.ops import init_ops
from reflow.ops import math_ops
from reflow.ops import nn_ops
from reflow.ops.multi_rnn_cell import MultiRNNCell  # noqa: F401
from reflow.ops.rnn_cell_base import (  # noqa: F401
    LayerRNNCell, RNNCell, _concat, _zero_state_tensors, assert_like_rnncell)
from reflow.ops.rnn_cell_wrapper_impl import DeviceWrapper, DropoutWrapper, ResidualWrapper  # noqa: F401
from reflow.platform import tf_logging
from reflow.util.shown_attributes import shown

_BIAS_VARIABLE_NAME = 'bias'
_WEIGHTS_VARIABLE_NAME = 'kernel'


def _input_depth(inputs_shape):
    """The size of the inputs' last dimension."""
    sizes = tuple(tensor_shape.as_shape(inputs_shape).as_list())
    if sizes[-1] is None:
        raise ValueError('Expected inputs.shape[-1] to be known, saw shape: %s' % str(sizes))
    return sizes[-1]


def _for_depth(build):
    """`build`, which is told the inputs' depth, as a layer's build, which is told their shape."""
    def wrapper(self, input_shape):
        build(self, _input_depth(input_shape))
        self.built = True
    wrapper.__name__, wrapper.__doc__ = build.__name__, build.__doc__
    return wrapper


def _affine(inputs, kernel, bias):
    """concat(inputs) * kernel + bias."""
    return nn_ops.bias_add(math_ops.matmul(array_ops.concat(inputs, 1), kernel), bias)


def _clipped(x, limit):
    """`x` between -limit and limit; None: as it is."""
    return x if limit is None else clip_ops.clip_by_value(x, -limit, limit)


def _check_supported_dtypes(dtype):
    if dtype is None:
        return
    dtype = dtypes.as_dtype(dtype)
    if not (dtype.is_floating or dtype.is_complex):
        raise ValueError('RNN cell only supports floating point inputs, but saw dtype: %s' % dtype)


class BasicRNNCell(LayerRNNCell):
    """output = state = activation(W * [input, state] + b)."""

    def __init__(self, num_units, activation=None, reuse=None, name=None, dtype=None, **kwargs):
        _check_supported_dtypes(dtype)
        super().__init__(_reuse=reuse, name=name, dtype=dtype, **kwargs)
        self.input_spec = input_spec.InputSpec(ndim=2)
        self._num_units = num_units
        self._activation = activations.get(activation) if activation else math_ops.tanh

    state_size = shown('_num_units', 'The number of units.')
    output_size = shown('_num_units', 'The number of units.')

    @_for_depth
    def build(self, depth):
        """Makes kernel and bias."""
        _check_supported_dtypes(self.dtype)
        self._kernel = self.add_variable(_WEIGHTS_VARIABLE_NAME, shape=[depth + self._num_units, self._num_units])
        self._bias = self.add_variable(_BIAS_VARIABLE_NAME, shape=[self._num_units],
                                       initializer=init_ops.zeros_initializer(dtype=self.dtype or dtypes.float32))

    def call(self, inputs, state):
        """(output, new state)."""
        _check_supported_dtypes(self.dtype)
        gate_inputs = math_ops.matmul(array_ops.concat([inputs, state], 1), self._kernel)
        gate_inputs = nn_ops.bias_add(gate_inputs, self._bias)
        output = self._activation(gate_inputs)
        return output, output

    def get_config(self):
        """The arguments of the constructor."""
        return dict(super().get_config(), num_units=self._num_units,
                    activation=activations.serialize(self._activation), reuse=self._reuse)


class GRUCell(LayerRNNCell):
    """The gated recurrent unit. Cho and others, arXiv 1406.1078."""

    def __init__(self, num_units, activation=None, reuse=None, kernel_initializer=None, bias_initializer=None, name=None,
                 dtype=None, **kwargs):
        _check_supported_dtypes(dtype)
        super().__init__(_reuse=reuse, name=name, dtype=dtype, **kwargs)
        self.input_spec = input_spec.InputSpec(ndim=2)
        self._num_units = num_units
        self._activation = activations.get(activation) if activation else math_ops.tanh
        self._kernel_initializer = initializers.get(kernel_initializer)
        self._bias_initializer = initializers.get(bias_initializer)

    state_size = shown('_num_units', 'The number of units.')
    output_size = shown('_num_units', 'The number of units.')

    @_for_depth
    def build(self, depth):
        """Makes kernels and biases of the gates and of the candidate."""
        _check_supported_dtypes(self.dtype)
        dtype = self.dtype or dtypes.float32
        units = self._num_units
        self._gate_kernel = self.add_variable('gates/%s' % _WEIGHTS_VARIABLE_NAME, shape=[depth + units, 2 * units],
                                              initializer=self._kernel_initializer)
        self._gate_bias = self.add_variable(
            'gates/%s' % _BIAS_VARIABLE_NAME, shape=[2 * units],
            initializer=(self._bias_initializer if self._bias_initializer is not None
                         else init_ops.constant_initializer(1.0, dtype=dtype)))
        self._candidate_kernel = self.add_variable('candidate/%s' % _WEIGHTS_VARIABLE_NAME, shape=[depth + units, units],
                                                   initializer=self._kernel_initializer)
        self._candidate_bias = self.add_variable(
            'candidate/%s' % _BIAS_VARIABLE_NAME, shape=[units],
            initializer=(self._bias_initializer if self._bias_initializer is not None
                         else init_ops.zeros_initializer(dtype=dtype)))

    def call(self, inputs, state):
        """(output, new state)."""
        _check_supported_dtypes(self.dtype)
        gates = math_ops.sigmoid(_affine([inputs, state], self._gate_kernel, self._gate_bias))
        reset, keep = array_ops.split(gates, 2, axis=1)
        candidate = self._activation(_affine([inputs, reset * state], self._candidate_kernel, self._candidate_bias))
        state = keep * state + (1 - keep) * candidate
        return state, state

    def get_config(self):
        """The arguments of the constructor."""
        return dict(super().get_config(), num_units=self._num_units,
                    kernel_initializer=_serialized(self._kernel_initializer),
                    bias_initializer=_serialized(self._bias_initializer),
                    activation=activations.serialize(self._activation), reuse=self._reuse)


def _serialized(initializer):
    return None if initializer is None else initializers.serialize(initializer)


class LSTMStateTuple(collections.namedtuple('LSTMStateTuple', ('c', 'h'))):
    """The state of LSTM cells: the cell's own, and the output."""
    __slots__ = ()

    @property
    def dtype(self):
        """The type of both."""
        c, h = self
        if c.dtype != h.dtype:
            raise TypeError('Inconsistent internal state: %s vs %s' % (str(c.dtype), str(h.dtype)))
        return c.dtype


class BasicLSTMCell(LayerRNNCell):
    """A long short-term memory without peepholes. Zaremba and others, arXiv 1409.2329."""

    def __init__(self, num_units, forget_bias=1.0, state_is_tuple=True, activation=None, reuse=None, name=None,
                 dtype=None, **kwargs):
        _check_supported_dtypes(dtype)
        super().__init__(_reuse=reuse, name=name, dtype=dtype, **kwargs)
        if not state_is_tuple:
            tf_logging.warn('%s: Using a concatenated state is slower and will soon be deprecated.  Use '
                            'state_is_tuple=True.', self)
        self.input_spec = input_spec.InputSpec(ndim=2)
        self._num_units = num_units
        self._forget_bias = forget_bias
        self._state_is_tuple = state_is_tuple
        self._activation = activations.get(activation) if activation else math_ops.tanh

    @property
    def state_size(self):
        """The sizes of both parts of the state."""
        return (LSTMStateTuple(self._num_units, self._num_units) if self._state_is_tuple else 2 * self._num_units)

    output_size = shown('_num_units', 'The number of units.')

    @_for_depth
    def build(self, depth):
        """Makes kernel and bias of all gates."""
        _check_supported_dtypes(self.dtype)
        self._kernel = self.add_variable(_WEIGHTS_VARIABLE_NAME,
                                         shape=[depth + self._num_units, 4 * self._num_units])
        self._bias = self.add_variable(_BIAS_VARIABLE_NAME, shape=[4 * self._num_units],
                                       initializer=init_ops.zeros_initializer(dtype=self.dtype or dtypes.float32))

    def call(self, inputs, state):
        """(output, new state)."""
        _check_supported_dtypes(self.dtype)
        one = constant_op.constant(1, dtype=dtypes.int32)
        memory, output = state if self._state_is_tuple else array_ops.split(state, 2, axis=one)
        gates = _affine([inputs, output], self._kernel, self._bias)
        take, new, keep, give = array_ops.split(gates, 4, axis=one)
        bias = constant_op.constant(self._forget_bias, dtype=keep.dtype)
        add, multiply, sigmoid = math_ops.add, math_ops.multiply, math_ops.sigmoid
        kept = multiply(memory, sigmoid(add(keep, bias)))
        memory = add(kept, multiply(sigmoid(take), self._activation(new)))
        output = multiply(self._activation(memory), sigmoid(give))
        return output, self._state_of(memory, output)

    def _state_of(self, memory, output):
        return LSTMStateTuple(memory, output) if self._state_is_tuple else array_ops.concat([memory, output], 1)

    def get_config(self):
        """The arguments of the constructor."""
        return dict(super().get_config(), num_units=self._num_units, forget_bias=self._forget_bias,
                    state_is_tuple=self._state_is_tuple, activation=activations.serialize(self._activation),
                    reuse=self._reuse)


class LSTMCell(LayerRNNCell):
    """A long short-term memory, with peepholes, clipping and a projection where they are wanted.

    Hochreiter and Schmidhuber, Neural Computation 9 (1997); Sak and others, Interspeech 2014.
    """

    def __init__(self, num_units, use_peepholes=False, cell_clip=None, initializer=None, num_proj=None, proj_clip=None,
                 num_unit_shards=None, num_proj_shards=None, forget_bias=1.0, state_is_tuple=True, activation=None,
                 reuse=None, name=None, dtype=None, **kwargs):
        _check_supported_dtypes(dtype)
        super().__init__(_reuse=reuse, name=name, dtype=dtype, **kwargs)
        if not state_is_tuple:
            tf_logging.warn('%s: Using a concatenated state is slower and will soon be deprecated.  Use '
                            'state_is_tuple=True.', self)
        if num_unit_shards is not None or num_proj_shards is not None:
            tf_logging.warn('%s: The num_unit_shards and proj_unit_shards parameters are deprecated and will be removed '
                            'in Jan 2017.  Use a variable scope with a partitioner instead.', self)
        self.input_spec = input_spec.InputSpec(ndim=2)
        self._num_units = num_units
        self._use_peepholes = use_peepholes
        self._cell_clip = cell_clip
        self._initializer = initializers.get(initializer)
        self._num_proj = num_proj
        self._proj_clip = proj_clip
        self._num_unit_shards = num_unit_shards
        self._num_proj_shards = num_proj_shards
        self._forget_bias = forget_bias
        self._state_is_tuple = state_is_tuple
        self._activation = activations.get(activation) if activation else math_ops.tanh
        output = num_proj or num_units
        self._state_size = LSTMStateTuple(num_units, output) if state_is_tuple else num_units + output
        self._output_size = output

    state_size = shown('_state_size', 'The sizes of both parts of the state.')
    output_size = shown('_output_size', 'The size of the projection, or the number of units.')

    @_for_depth
    def build(self, depth):
        """Makes the variables of gates, peepholes and projection."""
        _check_supported_dtypes(self.dtype)
        h_depth = self._num_units if self._num_proj is None else self._num_proj
        self._kernel = self.add_variable(
            _WEIGHTS_VARIABLE_NAME, shape=[depth + h_depth, 4 * self._num_units], initializer=self._initializer,
            partitioner=_fixed_size(self._num_unit_shards))
        initializer = None
        if self.dtype is not None:
            initializer = init_ops.zeros_initializer(dtype=self.dtype)
        self._bias = self.add_variable(_BIAS_VARIABLE_NAME, shape=[4 * self._num_units], initializer=initializer)
        if self._use_peepholes:
            self._w_f_diag, self._w_i_diag, self._w_o_diag = (
                self.add_variable(name, shape=[self._num_units], initializer=self._initializer)
                for name in ('w_f_diag', 'w_i_diag', 'w_o_diag'))
        if self._num_proj is not None:
            self._proj_kernel = self.add_variable(
                'projection/%s' % _WEIGHTS_VARIABLE_NAME, shape=[self._num_units, self._num_proj],
                initializer=self._initializer, partitioner=_fixed_size(self._num_proj_shards))

    def call(self, inputs, state):
        """(output, new state)."""
        _check_supported_dtypes(self.dtype)
        memory, output = state if self._state_is_tuple else self._parts_of(state)
        if inputs.get_shape().with_rank(2).dims[1].value is None:
            raise ValueError('Could not infer input size from inputs.get_shape()[-1]')
        gates = _affine([inputs, output], self._kernel, self._bias)
        take, new, keep, give = array_ops.split(gates, 4, axis=1)
        sigmoid, keep = math_ops.sigmoid, keep + self._forget_bias
        if self._use_peepholes:
            kept = sigmoid(keep + self._w_f_diag * memory) * memory
            take = take + self._w_i_diag * memory
        else:
            kept = sigmoid(keep) * memory
        memory = _clipped(kept + sigmoid(take) * self._activation(new), self._cell_clip)
        if self._use_peepholes:
            give = give + self._w_o_diag * memory
        output = sigmoid(give) * self._activation(memory)
        if self._num_proj is not None:
            output = _clipped(math_ops.matmul(output, self._proj_kernel), self._proj_clip)
        return output, LSTMStateTuple(memory, output) if self._state_is_tuple else array_ops.concat([memory, output], 1)

    def _parts_of(self, state):
        """The memory and the output, which lie side by side."""
        size = self._num_units if self._num_proj is None else self._num_proj
        memory = array_ops.slice(state, [0, 0], [-1, self._num_units])
        return memory, array_ops.slice(state, [0, self._num_units], [-1, size])

    def get_config(self):
        """The arguments of the constructor."""
        return dict(super().get_config(), num_units=self._num_units, use_peepholes=self._use_peepholes,
                    cell_clip=self._cell_clip, initializer=_serialized(self._initializer), num_proj=self._num_proj,
                    proj_clip=self._proj_clip, num_unit_shards=self._num_unit_shards,
                    num_proj_shards=self._num_proj_shards, forget_bias=self._forget_bias,
                    state_is_tuple=self._state_is_tuple, activation=activations.serialize(self._activation),
                    reuse=self._reuse)


def _fixed_size(shards):
    if shards is None:
        return None
    from reflow.ops import partitioned_variables
    return partitioned_variables.fixed_size_partitioner(shards)


for _class in (BasicRNNCell, GRUCell, LSTMStateTuple, BasicLSTMCell, LSTMCell):
    _class.__module__ = 'tensorflow.python.ops.rnn_cell_impl'
