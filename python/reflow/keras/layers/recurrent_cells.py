"""Cells of Keras' recurrent layers: what is computed at one time step."""

from reflow.framework import tensor_shape
from reflow.keras import activations
from reflow.keras import backend as K
from reflow.keras import initializers
from reflow.keras.engine import arguments
from reflow.keras.engine.base_layer import Layer
from reflow.ops import array_ops
from reflow.util import nest


def zero_state(batch_size, state_size, dtype):
    """Zeros for a state size, or a structure of them."""
    if batch_size is None or dtype is None:
        raise ValueError('batch_size and dtype cannot be None while constructing initial state: batch_size={}, dtype={}'
                         .format(batch_size, dtype))

    def zeros(size):
        return array_ops.zeros([batch_size] + tensor_shape.as_shape(size).as_list(), dtype=dtype)

    return nest.map_structure(zeros, state_size) if nest.is_sequence(state_size) else zeros(state_size)


def is_multiple_state(state_size):
    """Whether there are several states."""
    return hasattr(state_size, '__len__') and not isinstance(state_size, tensor_shape.TensorShape)


class AbstractRNNCell(Layer):
    """What a cell has to have: state_size, output_size, call(inputs, states)."""

    def call(self, inputs, states):
        """(output, new states)."""
        raise NotImplementedError('Abstract method')

    @property
    def state_size(self):
        """The size, or sizes, of the states."""
        raise NotImplementedError('Abstract method')

    @property
    def output_size(self):
        """The size of the output."""
        raise NotImplementedError('Abstract method')

    def get_initial_state(self, inputs=None, batch_size=None, dtype=None):
        """Zeros."""
        if inputs is not None:
            batch_size, dtype = array_ops.shape(inputs)[0], inputs.dtype
        return zero_state(batch_size, self.state_size, dtype)


def dropout_mask(ones, rate, training=None, count=1):
    """A mask of the shape of `ones`, or a list of several; where the phase isn't training it is `ones`."""
    def dropped():
        return K.dropout(ones, rate)

    masks = [K.in_train_phase(dropped, ones, training=training) for _ in range(count)]
    return masks if count > 1 else masks[0]


class DropoutMasks:
    """The dropout masks of a cell, which are the same at all time steps of a call."""

    _dropout_mask = None
    _recurrent_dropout_mask = None

    def reset_dropout_mask(self):
        """The next call makes other masks of inputs."""
        self.__dict__['_dropout_mask'] = None

    def reset_recurrent_dropout_mask(self):
        """The next call makes other masks of states."""
        self.__dict__['_recurrent_dropout_mask'] = None

    def get_dropout_mask_for_cell(self, inputs, training, count=1):
        """The masks of the inputs, None without dropout."""
        return self._mask('_dropout_mask', inputs, self.dropout, training, count)

    def get_recurrent_dropout_mask_for_cell(self, inputs, training, count=1):
        """The masks of the states, None without dropout."""
        return self._mask('_recurrent_dropout_mask', inputs, self.recurrent_dropout, training, count)

    def _mask(self, name, values, rate, training, count):
        if rate == 0:
            return None
        if self.__dict__.get(name) is None:
            self.__dict__[name] = dropout_mask(array_ops.ones_like(values), rate, training, count)
        return self.__dict__[name]


class _Cell(DropoutMasks, Layer):
    """A cell with kernels for inputs and for states, and a bias."""

    _number_of_gates = 1

    def _set_up(self, units, activation, use_bias, of_weights, dropout, recurrent_dropout):
        arguments.keep(self, units=units, activation=activation, use_bias=use_bias, **of_weights)
        self.dropout = min(1., max(0., dropout))
        self.recurrent_dropout = min(1., max(0., recurrent_dropout))

    def _bias_shape(self):
        return (self.units * self._number_of_gates,)

    def _bias_initializer(self):
        return self.bias_initializer

    def build(self, input_shape):
        """Makes kernels and bias."""
        input_dim = tensor_shape.TensorShape(input_shape).as_list()[-1]
        width = self.units * self._number_of_gates
        self.kernel = self.add_weight(shape=(input_dim, width), name='kernel', initializer=self.kernel_initializer,
                                      regularizer=self.kernel_regularizer, constraint=self.kernel_constraint)
        self.recurrent_kernel = self.add_weight(
            shape=(self.units, width), name='recurrent_kernel', initializer=self.recurrent_initializer,
            regularizer=self.recurrent_regularizer, constraint=self.recurrent_constraint)
        self.bias = None
        if self.use_bias:
            self.bias = self.add_weight(shape=self._bias_shape(), name='bias', initializer=self._bias_initializer(),
                                        regularizer=self.bias_regularizer, constraint=self.bias_constraint)
        self.built = True

    def get_initial_state(self, inputs=None, batch_size=None, dtype=None):
        """Zeros."""
        if inputs is not None:
            batch_size, dtype = array_ops.shape(inputs)[0], inputs.dtype
        state = zero_state(batch_size, self.state_size, dtype)
        return list(state) if isinstance(self.state_size, list) else state

    def get_config(self):
        """The arguments of the constructor."""
        return self._config(*names_of_arguments(self))


# What cells are told of: their weights.
WEIGHTS = ('kernel', 'recurrent', 'bias')


def names_of_arguments(owner, activity=False):
    """Which arguments a cell, or its layer (`activity`: with a regularizer of outputs), has, in the order of configurations."""
    of_weights = arguments.of_weights(*WEIGHTS, activity=activity)
    names = ['units', 'filters', 'kernel_size', 'strides', 'padding', 'data_format', 'dilation_rate', 'activation',
             'recurrent_activation', 'use_bias', *of_weights[:3], 'unit_forget_bias', *of_weights[3:], 'dropout',
             'recurrent_dropout', 'implementation', 'reset_after']
    return [name for name in names if hasattr(owner, name)]


def _weight_arguments(given):
    return {name: given[name] for name in arguments.of_weights(*WEIGHTS)}


class SimpleRNNCell(_Cell):
    """activation(inputs * kernel + bias + state * recurrent_kernel)."""

    def __init__(self, units, activation='tanh', use_bias=True, kernel_initializer='glorot_uniform',
                 recurrent_initializer='orthogonal', bias_initializer='zeros', kernel_regularizer=None,
                 recurrent_regularizer=None, bias_regularizer=None, kernel_constraint=None, recurrent_constraint=None,
                 bias_constraint=None, dropout=0., recurrent_dropout=0., **kwargs):
        of_weights = _weight_arguments(locals())
        super().__init__(**kwargs)
        self._set_up(units, activation, use_bias, of_weights, dropout, recurrent_dropout)
        self.state_size = self.units
        self.output_size = self.units

    def call(self, inputs, states, training=None):
        """(output, [output])."""
        previous = states[0] if nest.is_sequence(states) else states
        mask = self.get_dropout_mask_for_cell(inputs, training)
        recurrent_mask = self.get_recurrent_dropout_mask_for_cell(previous, training)
        h = K.dot(inputs if mask is None else inputs * mask, self.kernel)
        if self.bias is not None:
            h = K.bias_add(h, self.bias)
        if recurrent_mask is not None:
            previous = previous * recurrent_mask
        output = h + K.dot(previous, self.recurrent_kernel)
        if self.activation is not None:
            output = self.activation(output)
        return output, [output]


class GRUCell(_Cell):
    """The gated recurrent unit (Cho et al., arXiv 1406.1078)."""

    _number_of_gates = 3

    def __init__(self, units, activation='tanh', recurrent_activation='hard_sigmoid', use_bias=True,
                 kernel_initializer='glorot_uniform', recurrent_initializer='orthogonal', bias_initializer='zeros',
                 kernel_regularizer=None, recurrent_regularizer=None, bias_regularizer=None, kernel_constraint=None,
                 recurrent_constraint=None, bias_constraint=None, dropout=0., recurrent_dropout=0., implementation=1,
                 reset_after=False, **kwargs):
        of_weights = _weight_arguments(locals())
        super().__init__(**kwargs)
        self._set_up(units, activation, use_bias, of_weights, dropout, recurrent_dropout)
        self.recurrent_activation = activations.get(recurrent_activation)
        self.implementation = implementation
        self.reset_after = reset_after
        self.state_size = self.units
        self.output_size = self.units

    def _bias_shape(self):
        return (2, 3 * self.units) if self.reset_after else (3 * self.units,)

    def _parts(self, value):
        """The columns of the gates for update, reset and the new state."""
        n = self.units
        return value[:, :n], value[:, n:n * 2], value[:, n * 2:]

    def call(self, inputs, states, training=None):
        """(output, [output])."""
        h_tm1 = states[0] if nest.is_sequence(states) else states
        masks = self.get_dropout_mask_for_cell(inputs, training, count=3)
        recurrent_masks = self.get_recurrent_dropout_mask_for_cell(h_tm1, training, count=3)
        input_bias = recurrent_bias = None
        if self.use_bias:
            input_bias = self.bias
            if self.reset_after:
                input_bias, recurrent_bias = array_ops.unstack(self.bias)
        function = self._gate_by_gate if self.implementation == 1 else self._fused
        z, hh = function(inputs, h_tm1, masks, recurrent_masks, input_bias, recurrent_bias)
        h = z * h_tm1 + (1 - z) * hh
        return h, [h]

    def _gate_by_gate(self, inputs, h_tm1, masks, recurrent_masks, input_bias, recurrent_bias):
        n = self.units
        of_gates = [inputs * mask for mask in masks] if 0. < self.dropout < 1. else [inputs] * 3
        columns = [slice(None, n), slice(n, n * 2), slice(n * 2, None)]
        x = [K.dot(each, self.kernel[:, part]) for each, part in zip(of_gates, columns)]
        if self.use_bias:
            x = [K.bias_add(each, input_bias[part]) for each, part in zip(x, columns)]
        h = [h_tm1 * mask for mask in recurrent_masks] if 0. < self.recurrent_dropout < 1. else [h_tm1] * 3
        recurrent_z = K.dot(h[0], self.recurrent_kernel[:, columns[0]])
        recurrent_r = K.dot(h[1], self.recurrent_kernel[:, columns[1]])
        if self.reset_after and self.use_bias:
            recurrent_z = K.bias_add(recurrent_z, recurrent_bias[columns[0]])
            recurrent_r = K.bias_add(recurrent_r, recurrent_bias[columns[1]])
        z = self.recurrent_activation(x[0] + recurrent_z)
        r = self.recurrent_activation(x[1] + recurrent_r)
        if self.reset_after:
            recurrent_h = K.dot(h[2], self.recurrent_kernel[:, columns[2]])
            if self.use_bias:
                recurrent_h = K.bias_add(recurrent_h, recurrent_bias[columns[2]])
            recurrent_h = r * recurrent_h
        else:
            recurrent_h = K.dot(r * h[2], self.recurrent_kernel[:, columns[2]])
        return z, self.activation(x[2] + recurrent_h)

    def _fused(self, inputs, h_tm1, masks, recurrent_masks, input_bias, recurrent_bias):
        n = self.units
        if 0. < self.dropout < 1.:
            inputs = inputs * masks[0]
        matrix_x = K.dot(inputs, self.kernel)
        if self.use_bias:
            matrix_x = K.bias_add(matrix_x, input_bias)
        x_z, x_r, x_h = self._parts(matrix_x)
        if 0. < self.recurrent_dropout < 1.:
            h_tm1 = h_tm1 * recurrent_masks[0]
        if self.reset_after:
            inner = K.dot(h_tm1, self.recurrent_kernel)
            if self.use_bias:
                inner = K.bias_add(inner, recurrent_bias)
        else:
            inner = K.dot(h_tm1, self.recurrent_kernel[:, :2 * n])
        z = self.recurrent_activation(x_z + inner[:, :n])
        r = self.recurrent_activation(x_r + inner[:, n:2 * n])
        if self.reset_after:
            recurrent_h = r * inner[:, 2 * n:]
        else:
            recurrent_h = K.dot(r * h_tm1, self.recurrent_kernel[:, 2 * n:])
        return z, self.activation(x_h + recurrent_h)


class LSTMCell(_Cell):
    """Long short-term memory (Hochreiter and Schmidhuber, 1997)."""

    _number_of_gates = 4

    def __init__(self, units, activation='tanh', recurrent_activation='hard_sigmoid', use_bias=True,
                 kernel_initializer='glorot_uniform', recurrent_initializer='orthogonal', bias_initializer='zeros',
                 unit_forget_bias=True, kernel_regularizer=None, recurrent_regularizer=None, bias_regularizer=None,
                 kernel_constraint=None, recurrent_constraint=None, bias_constraint=None, dropout=0.,
                 recurrent_dropout=0., implementation=1, **kwargs):
        of_weights = _weight_arguments(locals())
        super().__init__(**kwargs)
        self._set_up(units, activation, use_bias, of_weights, dropout, recurrent_dropout)
        self.recurrent_activation = activations.get(recurrent_activation)
        self.unit_forget_bias = unit_forget_bias
        self.implementation = implementation
        self.state_size = [self.units, self.units]
        self.output_size = self.units

    def _bias_initializer(self):
        if not self.unit_forget_bias:
            return self.bias_initializer

        def with_ones(_, *args, **kwargs):
            return K.concatenate([self.bias_initializer((self.units,), *args, **kwargs),
                                  initializers.Ones()((self.units,), *args, **kwargs),
                                  self.bias_initializer((self.units * 2,), *args, **kwargs)])

        return with_ones

    def call(self, inputs, states, training=None):
        """(output, [output, memory])."""
        h_tm1, c_tm1 = states[0], states[1]
        masks = self.get_dropout_mask_for_cell(inputs, training, count=4)
        recurrent_masks = self.get_recurrent_dropout_mask_for_cell(h_tm1, training, count=4)
        if self.implementation == 1:
            of_gates = [inputs * mask for mask in masks] if 0 < self.dropout < 1. else [inputs] * 4
            kernels = array_ops.split(self.kernel, num_or_size_splits=4, axis=1)
            x = [K.dot(each, kernel) for each, kernel in zip(of_gates, kernels)]
            if self.use_bias:
                biases = array_ops.split(self.bias, num_or_size_splits=4, axis=0)
                x = [K.bias_add(each, bias) for each, bias in zip(x, biases)]
            h = [h_tm1 * mask for mask in recurrent_masks] if 0 < self.recurrent_dropout < 1. else [h_tm1] * 4
            c, o = self._compute_carry_and_output(x, h, c_tm1)
        else:
            if 0. < self.dropout < 1.:
                inputs = inputs * masks[0]
            z = K.dot(inputs, self.kernel)
            if 0. < self.recurrent_dropout < 1.:
                h_tm1 = h_tm1 * recurrent_masks[0]
            z += K.dot(h_tm1, self.recurrent_kernel)
            if self.use_bias:
                z = K.bias_add(z, self.bias)
            c, o = self._compute_carry_and_output_fused(array_ops.split(z, num_or_size_splits=4, axis=1), c_tm1)
        h = o * self.activation(c)
        return h, [h, c]

    def _compute_carry_and_output(self, x, h_tm1, c_tm1):
        n = self.units
        i = self.recurrent_activation(x[0] + K.dot(h_tm1[0], self.recurrent_kernel[:, :n]))
        f = self.recurrent_activation(x[1] + K.dot(h_tm1[1], self.recurrent_kernel[:, n:n * 2]))
        c = f * c_tm1 + i * self.activation(x[2] + K.dot(h_tm1[2], self.recurrent_kernel[:, n * 2:n * 3]))
        o = self.recurrent_activation(x[3] + K.dot(h_tm1[3], self.recurrent_kernel[:, n * 3:]))
        return c, o

    def _compute_carry_and_output_fused(self, z, c_tm1):
        i = self.recurrent_activation(z[0])
        f = self.recurrent_activation(z[1])
        c = f * c_tm1 + i * self.activation(z[2])
        return c, self.recurrent_activation(z[3])


class PeepholeLSTMCell(LSTMCell):
    """Long short-term memory whose gates see the memory."""

    def build(self, input_shape):
        """Makes kernels, bias and the weights of peepholes."""
        super().build(input_shape)
        for gate in ('input', 'forget', 'output'):
            name = gate + '_gate_peephole_weights'
            setattr(self, name, self.add_weight(shape=(self.units,), name=name, initializer=self.kernel_initializer))

    def _compute_carry_and_output(self, x, h_tm1, c_tm1):
        n = self.units
        i = self.recurrent_activation(x[0] + K.dot(h_tm1[0], self.recurrent_kernel[:, :n]) +
                                      self.input_gate_peephole_weights * c_tm1)
        f = self.recurrent_activation(x[1] + K.dot(h_tm1[1], self.recurrent_kernel[:, n:n * 2]) +
                                      self.forget_gate_peephole_weights * c_tm1)
        c = f * c_tm1 + i * self.activation(x[2] + K.dot(h_tm1[2], self.recurrent_kernel[:, n * 2:n * 3]))
        o = self.recurrent_activation(x[3] + K.dot(h_tm1[3], self.recurrent_kernel[:, n * 3:]) +
                                      self.output_gate_peephole_weights * c)
        return c, o

    def _compute_carry_and_output_fused(self, z, c_tm1):
        i = self.recurrent_activation(z[0] + self.input_gate_peephole_weights * c_tm1)
        f = self.recurrent_activation(z[1] + self.forget_gate_peephole_weights * c_tm1)
        c = f * c_tm1 + i * self.activation(z[2])
        return c, self.recurrent_activation(z[3] + self.output_gate_peephole_weights * c)


class StackedRNNCells(Layer):
    """Cells one upon the other, as one cell."""

    def __init__(self, cells, **kwargs):
        for cell in cells:
            if not hasattr(cell, 'call'):
                raise ValueError('All cells must have a `call` method. received cells:', cells)
            if not hasattr(cell, 'state_size'):
                raise ValueError('All cells must have a `state_size` attribute. received cells:', cells)
        self.reverse_state_order = kwargs.pop('reverse_state_order', False)
        super().__init__(**kwargs)
        self.cells = list(cells)

    @property
    def state_size(self):
        """The cells' sizes."""
        return tuple(cell.state_size for cell in (self.cells[::-1] if self.reverse_state_order else self.cells))

    @property
    def output_size(self):
        """The last cell's size."""
        last = self.cells[-1]
        if getattr(last, 'output_size', None) is not None:
            return last.output_size
        return last.state_size[0] if is_multiple_state(last.state_size) else last.state_size

    def get_initial_state(self, inputs=None, batch_size=None, dtype=None):
        """The cells' initial states."""
        states = []
        for cell in self.cells[::-1] if self.reverse_state_order else self.cells:
            if getattr(cell, 'get_initial_state', None):
                states.append(cell.get_initial_state(inputs=inputs, batch_size=batch_size, dtype=dtype))
            else:
                size = array_ops.shape(inputs)[0] if inputs is not None else batch_size
                states.append(zero_state(size, cell.state_size, inputs.dtype if inputs is not None else dtype))
        return tuple(states)

    def call(self, inputs, states, constants=None, **kwargs):
        """(output of the last cell, states of all)."""
        state_size = self.state_size[::-1] if self.reverse_state_order else self.state_size
        nested = nest.pack_sequence_as(state_size, nest.flatten(states))
        new_states = []
        for cell, of_cell in zip(self.cells, nested):
            of_cell = of_cell if nest.is_sequence(of_cell) else [of_cell]
            names = _names_of_call(cell)
            passed = {key: value for key, value in kwargs.items() if key in names}
            if 'constants' in names:
                passed['constants'] = constants
            inputs, of_cell = cell.call(inputs, of_cell, **passed)
            new_states.append(of_cell)
        return inputs, nest.pack_sequence_as(state_size, nest.flatten(new_states))

    def build(self, input_shape):
        """Builds the cells."""
        if isinstance(input_shape, list):
            input_shape = input_shape[0]
        input_shape = tuple(tensor_shape.TensorShape(input_shape).as_list())
        for cell in self.cells:
            if isinstance(cell, Layer) and not cell.built:
                cell.build(input_shape)
                cell.built = True
            size = getattr(cell, 'output_size', None)
            if size is None:
                size = cell.state_size[0] if is_multiple_state(cell.state_size) else cell.state_size
            input_shape = (input_shape[0],) + tuple(tensor_shape.as_shape(size).as_list())
        self.built = True

    def reset_dropout_mask(self):
        """The next call makes other masks of inputs."""
        for cell in self.cells:
            getattr(cell, 'reset_dropout_mask', lambda: None)()

    def reset_recurrent_dropout_mask(self):
        """The next call makes other masks of states."""
        for cell in self.cells:
            getattr(cell, 'reset_recurrent_dropout_mask', lambda: None)()

    def get_config(self):
        """The cells' configurations."""
        cells = [{'class_name': type(cell).__name__, 'config': cell.get_config()} for cell in self.cells]
        return self._config(cells=cells)

    @classmethod
    def from_config(cls, config, custom_objects=None):
        """The cell of what get_config gives."""
        from reflow.keras.layers import serialization
        config = dict(config)
        cells = [serialization.deserialize(each, custom_objects=custom_objects) for each in config.pop('cells')]
        return cls(cells, **config)


def _names_of_call(cell):
    import inspect
    spec = inspect.getfullargspec(cell.call)
    return set(spec.args + spec.kwonlyargs) | ({'training', 'constants'} if spec.varkw is not None else set())


for _class in (AbstractRNNCell, SimpleRNNCell, GRUCell, LSTMCell, PeepholeLSTMCell, StackedRNNCells):
    _class.__module__ = 'tensorflow.python.keras.layers.recurrent'
