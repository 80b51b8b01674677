"""Recurrent layers."""

import numpy as np

from reflow.framework import tensor_shape
from reflow.keras import backend as K
from reflow.keras import regularizers
from reflow.keras.engine import arguments
from reflow.keras.engine.base_layer import Layer
from reflow.keras.engine.input_spec import InputSpec
from reflow.keras.layers import recurrent_cells
from reflow.keras.layers.recurrent_cells import (AbstractRNNCell, GRUCell, LSTMCell, PeepholeLSTMCell,  # noqa: F401
                                                 SimpleRNNCell, StackedRNNCells, is_multiple_state, zero_state)
from reflow.ops import array_ops
from reflow.ops import state_ops
from reflow.util import nest


class RNN(Layer):
    """Calls a cell at each time step."""

    def __init__(self, cell, return_sequences=False, return_state=False, go_backwards=False, stateful=False, unroll=False,
                 time_major=False, **kwargs):
        if isinstance(cell, (list, tuple)):
            cell = StackedRNNCells(cell)
        if not hasattr(cell, 'call'):
            raise ValueError('`cell` should have a `call` method. The RNN was passed:', cell)
        if not hasattr(cell, 'state_size'):
            raise ValueError('The RNN cell should have an attribute `state_size` (tuple of integers, one integer per RNN '
                             'state).')
        self.zero_output_for_mask = kwargs.pop('zero_output_for_mask', False)
        if 'input_shape' not in kwargs and ('input_dim' in kwargs or 'input_length' in kwargs):
            kwargs['input_shape'] = (kwargs.pop('input_length', None), kwargs.pop('input_dim', None))
        super().__init__(**kwargs)
        self.cell = cell
        self.return_sequences = return_sequences
        self.return_state = return_state
        self.go_backwards = go_backwards
        self.stateful = stateful
        self.unroll = unroll
        self.time_major = time_major
        self.supports_masking = True
        self.input_spec = None
        self.state_spec = None
        self.__dict__['_states'] = None
        self.constants_spec = None
        self._num_constants = 0

    @property
    def states(self):
        """The states that are kept from batch to batch."""
        if self._states is None:
            state = nest.map_structure(lambda _: None, self.cell.state_size) if nest.is_sequence(
                self.cell.state_size) else None
            return state if nest.is_sequence(self.cell.state_size) else [state]
        return self._states

    @states.setter
    def states(self, states):
        self.__dict__['_states'] = states

    def compute_output_shape(self, input_shape):
        """The shape of the outputs."""
        if isinstance(input_shape, list):
            input_shape = input_shape[0]
        sizes = tensor_shape.as_shape(input_shape).as_list()
        batch, steps = (sizes[1], sizes[0]) if self.time_major else (sizes[0], sizes[1])
        state_size = self.cell.state_size if is_multiple_state(self.cell.state_size) else [self.cell.state_size]
        output_size = getattr(self.cell, 'output_size', None)
        output_dim = tensor_shape.as_shape(state_size[0] if output_size is None else output_size).as_list()
        if self.return_sequences:
            output_shape = tensor_shape.TensorShape(([steps, batch] if self.time_major else [batch, steps]) + output_dim)
        else:
            output_shape = tensor_shape.TensorShape([batch] + output_dim)
        if not self.return_state:
            return output_shape
        return [output_shape] + [tensor_shape.TensorShape([batch] + tensor_shape.as_shape(size).as_list())
                                 for size in nest.flatten(state_size)]

    def compute_mask(self, inputs, mask):
        """The mask of the outputs."""
        mask = nest.flatten(mask)[0] if mask is not None else None
        output_mask = mask if self.return_sequences else None
        if self.return_state:
            return [output_mask] + [None for _ in self.states]
        return output_mask

    def build(self, input_shape):
        """Builds the cell."""
        if isinstance(input_shape, list):
            input_shape = input_shape[0]
        shape = tensor_shape.as_shape(input_shape).as_list()
        spec_shape = list(shape)
        batch_index, step_index = (1, 0) if self.time_major else (0, 1)
        if not self.stateful:
            spec_shape[batch_index] = None
        spec_shape[step_index] = None
        spec = InputSpec(shape=tuple(spec_shape))
        if self.input_spec is not None:
            self.input_spec[0] = spec
        else:
            self.input_spec = [spec]
        step_shape = tuple(shape[1:]) if self.time_major else (shape[0],) + tuple(shape[2:])
        if isinstance(self.cell, Layer) and not self.cell.built:
            self._build_cell(step_shape)
        sizes = list(self.cell.state_size) if is_multiple_state(self.cell.state_size) else [self.cell.state_size]
        if self.state_spec is not None:
            self._check_state_spec(sizes, self.state_spec)
        else:
            self.state_spec = [InputSpec(shape=[None] + tensor_shape.as_shape(size).as_list())
                               for size in nest.flatten(sizes)]
        if self.stateful:
            self.reset_states()
        self.built = True

    def _build_cell(self, step_shape):
        self.cell.build(step_shape)
        self.cell.built = True

    @staticmethod
    def _check_state_spec(cell_state_sizes, init_state_specs):
        error = ValueError('An `initial_state` was passed that is not compatible with `cell.state_size`. Received '
                           '`state_spec`={}; however `cell.state_size` is {}'.format(init_state_specs, cell_state_sizes))
        flat_sizes = nest.flatten(cell_state_sizes)
        specs = nest.flatten(init_state_specs)
        if len(specs) != len(flat_sizes):
            raise error
        for spec, size in zip(specs, flat_sizes):
            if not tensor_shape.TensorShape(spec.shape[1:]).is_compatible_with(tensor_shape.as_shape(size)):
                raise error

    def get_initial_state(self, inputs):
        """The states before the first step."""
        if nest.is_sequence(inputs):
            inputs = nest.flatten(inputs)[0]
        shape = array_ops.shape(inputs)
        batch_size = shape[1] if self.time_major else shape[0]
        if getattr(self.cell, 'get_initial_state', None):
            state = self.cell.get_initial_state(inputs=None, batch_size=batch_size, dtype=inputs.dtype)
        else:
            state = zero_state(batch_size, self.cell.state_size, inputs.dtype)
        return list(state) if nest.is_sequence(state) else [state]

    def __call__(self, inputs, initial_state=None, constants=None, **kwargs):
        """The outputs; states and constants may be tensors of Keras too."""
        inputs, initial_state, constants = standardize_args(inputs, initial_state, constants, self._num_constants)
        if initial_state is None and constants is None:
            return super().__call__(inputs, **kwargs)
        additional, specs = [], []
        if initial_state is not None:
            additional += initial_state
            self.state_spec = [InputSpec(shape=K.int_shape(each)) for each in nest.flatten(initial_state)]
            specs += self.state_spec
        if constants is not None:
            additional += constants
            self.constants_spec = [InputSpec(shape=K.int_shape(each)) for each in constants]
            self._num_constants = len(constants)
            specs += self.constants_spec
        is_keras_tensor = hasattr(nest.flatten(additional)[0], '_keras_history')
        if any(hasattr(each, '_keras_history') != is_keras_tensor for each in nest.flatten(additional)):
            raise ValueError('The initial state or constants of an RNN layer cannot be specified with a mix of Keras tensors '
                             'and non-Keras tensors (a "Keras tensor" is a tensor that was returned by a Keras layer, or by '
                             '`Input`)')
        if is_keras_tensor:
            self.input_spec = [None] + specs
            output = super().__call__([inputs] + additional, **kwargs)
            self.input_spec = self.input_spec[:-len(specs)]
            return output
        if initial_state is not None:
            kwargs['initial_state'] = initial_state
        if constants is not None:
            kwargs['constants'] = constants
        return super().__call__(inputs, **kwargs)

    def call(self, inputs, mask=None, training=None, initial_state=None, constants=None):
        """The outputs."""
        inputs, initial_state, constants = self._process_inputs(inputs, initial_state, constants)
        if mask is not None:
            mask = nest.flatten(mask)[0]
        input_shape = K.int_shape(nest.flatten(inputs)[0])
        steps = input_shape[0] if self.time_major else input_shape[1]
        if self.unroll and steps is None:
            raise ValueError('Cannot unroll a RNN if the time dimension is undefined. \n- If using a Sequential model, '
                             'specify the time dimension by passing an `input_shape` or `batch_input_shape` argument to your '
                             'first layer. If your first layer is an Embedding, you can also use the `input_length` '
                             'argument.\n- If using the functional API, specify the time dimension by passing a `shape` or '
                             '`batch_shape` argument to your Input layer.')
        names = recurrent_cells._names_of_call(self.cell)
        kwargs = {'training': training} if 'training' in names else {}
        if constants and 'constants' not in names:
            raise ValueError('RNN cell does not support constants')
        is_tf_cell = getattr(self.cell, '_is_tf_rnn_cell', None) is not None

        def step(inputs, states):
            passed = dict(kwargs)
            if constants:
                passed['constants'] = list(states[-self._num_constants:])
                states = states[:-self._num_constants]
            states = states[0] if len(states) == 1 and is_tf_cell else states
            output, new_states = self.cell.call(inputs, states, **passed)
            return output, new_states if nest.is_sequence(new_states) else [new_states]

        last_output, outputs, states = K.rnn(
            step, inputs, initial_state, constants=constants, go_backwards=self.go_backwards, mask=mask,
            unroll=self.unroll, time_major=self.time_major, zero_output_for_mask=self.zero_output_for_mask)
        if self.stateful:
            self.add_update([state_ops.assign(kept, state) for kept, state in
                             zip(nest.flatten(self.states), nest.flatten(states))])
        output = outputs if self.return_sequences else last_output
        if self.return_state:
            return (list(output) if isinstance(output, list) else [output]) + list(states)
        return output

    def _process_inputs(self, inputs, initial_state, constants):
        if isinstance(inputs, (list, tuple)) and not hasattr(inputs, '_fields'):
            rest = list(inputs[1:])
            initial_of_inputs = rest[:len(rest) - self._num_constants] if self._num_constants else rest
            if self._num_constants:
                constants = rest[len(rest) - self._num_constants:]
            if len(initial_of_inputs):
                initial_state = initial_of_inputs
            inputs = inputs[0]
        if self.stateful:
            if initial_state is None:
                initial_state = self.states
        elif initial_state is None:
            initial_state = self.get_initial_state(inputs)
        initial_state = list(initial_state) if isinstance(initial_state, (list, tuple)) else [initial_state]
        if len(initial_state) != len(self.states):
            raise ValueError('Layer has ' + str(len(self.states)) + ' states but was passed ' + str(len(initial_state)) +
                             ' initial states.')
        return inputs, initial_state, constants

    def reset_states(self, states=None):
        """Sets the kept states to 0, or to values."""
        if not self.stateful:
            raise AttributeError('Layer must be stateful.')
        shape = self.input_spec[0].shape if self.input_spec is not None else None
        batch_size = None if shape is None else (shape[1] if self.time_major else shape[0])
        if not batch_size:
            raise ValueError('If a RNN is stateful, it needs to know its batch size. Specify the batch size of your input '
                             'tensors: \n- If using a Sequential model, specify the batch size by passing a '
                             '`batch_input_shape` argument to your first layer.\n- If using the functional API, specify the '
                             'batch size by passing a `batch_shape` argument to your Input layer.')
        if nest.flatten(self.states)[0] is None:
            def zeros(size):
                return K.zeros([batch_size] + tensor_shape.as_shape(size).as_list())

            made = nest.map_structure(zeros, self.cell.state_size) if nest.is_sequence(
                self.cell.state_size) else zeros(self.cell.state_size)
            self.states = made if nest.is_sequence(made) else [made]
            return
        kept = nest.flatten(self.states)
        if states is None:
            K.batch_set_value([(each, np.zeros(each.shape.as_list())) for each in kept])
            return
        values = nest.flatten(states)
        if len(values) != len(kept):
            raise ValueError('Layer ' + self.name + ' expects ' + str(len(kept)) + ' states, but it received ' +
                             str(len(values)) + ' state values. Input received: ' + str(states))
        for i, (value, state) in enumerate(zip(values, kept)):
            if tuple(value.shape) != tuple(state.shape.as_list()):
                raise ValueError('State ' + str(i) + ' is incompatible with layer ' + self.name + ': expected shape=' +
                                 str((batch_size, state)) + ', found shape=' + str(value.shape))
        K.batch_set_value(list(zip(kept, values)))

    def _rnn_config(self):
        config = self._config('return_sequences', 'return_state', 'go_backwards', 'stateful', 'unroll', 'time_major')
        if self._num_constants:
            config['num_constants'] = self._num_constants
        if self.zero_output_for_mask:
            config['zero_output_for_mask'] = True
        return config

    def _config_with_cell(self):
        return dict(self._rnn_config(), **arguments.written(self, recurrent_cells.names_of_arguments(self, activity=True)))

    def get_config(self):
        """The arguments of the constructor."""
        return dict(self._rnn_config(), cell={'class_name': type(self.cell).__name__, 'config': self.cell.get_config()})

    @classmethod
    def from_config(cls, config, custom_objects=None):
        """The layer of what get_config gives."""
        from reflow.keras.layers import serialization
        config = dict(config)
        cell = serialization.deserialize(config.pop('cell'), custom_objects=custom_objects)
        number = config.pop('num_constants', 0)
        layer = cls(cell, **config)
        layer._num_constants = number
        return layer


class _CellLayer(RNN):
    """A layer over a cell of its own, whose arguments it has too."""

    def call(self, inputs, mask=None, training=None, initial_state=None):
        """The outputs."""
        self.cell.reset_dropout_mask()
        self.cell.reset_recurrent_dropout_mask()
        return super().call(inputs, mask=mask, training=training, initial_state=initial_state)

    def get_config(self):
        """The arguments of the constructor."""
        return self._config_with_cell()

    @classmethod
    def from_config(cls, config):
        """The layer of what get_config gives."""
        config = dict(config)
        if config.get('implementation') == 0:
            config['implementation'] = 1
        return cls(**config)


ARGUMENTS = ['activation', 'use_bias', 'dropout', 'recurrent_dropout', *arguments.of_weights(*recurrent_cells.WEIGHTS)]


def with_cell_properties(*names):
    """Decorates a layer that has arguments of its cell as properties."""
    def decorate(cls):
        for name in names:
            setattr(cls, name, property(lambda self, name=name: getattr(self.cell, name), doc="The cell's argument."))
        return cls

    return decorate


@with_cell_properties('units', *ARGUMENTS)
class SimpleRNN(_CellLayer):
    """The recurrent layer that is fully connected."""

    def __init__(self, units, activation='tanh', use_bias=True, kernel_initializer='glorot_uniform',
                 recurrent_initializer='orthogonal', bias_initializer='zeros', kernel_regularizer=None,
                 recurrent_regularizer=None, bias_regularizer=None, activity_regularizer=None, kernel_constraint=None,
                 recurrent_constraint=None, bias_constraint=None, dropout=0., recurrent_dropout=0.,
                 return_sequences=False, return_state=False, go_backwards=False, stateful=False, unroll=False, **kwargs):
        kwargs.pop('implementation', None)
        cell = SimpleRNNCell(
            units, activation=activation, use_bias=use_bias, kernel_initializer=kernel_initializer,
            recurrent_initializer=recurrent_initializer, bias_initializer=bias_initializer,
            kernel_regularizer=kernel_regularizer, recurrent_regularizer=recurrent_regularizer,
            bias_regularizer=bias_regularizer, kernel_constraint=kernel_constraint,
            recurrent_constraint=recurrent_constraint, bias_constraint=bias_constraint, dropout=dropout,
            recurrent_dropout=recurrent_dropout, dtype=kwargs.get('dtype'))
        super().__init__(cell, return_sequences=return_sequences, return_state=return_state, go_backwards=go_backwards,
                         stateful=stateful, unroll=unroll, activity_regularizer=regularizers.get(activity_regularizer),
                         **kwargs)
        self.input_spec = [InputSpec(ndim=3)]


@with_cell_properties('units', 'recurrent_activation', 'implementation', 'reset_after', *ARGUMENTS)
class GRU(_CellLayer):
    """The gated recurrent unit (Cho et al., arXiv 1406.1078)."""

    def __init__(self, units, activation='tanh', recurrent_activation='hard_sigmoid', use_bias=True,
                 kernel_initializer='glorot_uniform', recurrent_initializer='orthogonal', bias_initializer='zeros',
                 kernel_regularizer=None, recurrent_regularizer=None, bias_regularizer=None, activity_regularizer=None,
                 kernel_constraint=None, recurrent_constraint=None, bias_constraint=None, dropout=0.,
                 recurrent_dropout=0., implementation=1, return_sequences=False, return_state=False, go_backwards=False,
                 stateful=False, unroll=False, reset_after=False, **kwargs):
        cell = GRUCell(
            units, activation=activation, recurrent_activation=recurrent_activation, use_bias=use_bias,
            kernel_initializer=kernel_initializer, recurrent_initializer=recurrent_initializer,
            bias_initializer=bias_initializer, kernel_regularizer=kernel_regularizer,
            recurrent_regularizer=recurrent_regularizer, bias_regularizer=bias_regularizer,
            kernel_constraint=kernel_constraint, recurrent_constraint=recurrent_constraint,
            bias_constraint=bias_constraint, dropout=dropout, recurrent_dropout=recurrent_dropout,
            implementation=1 if implementation == 0 else implementation, reset_after=reset_after,
            dtype=kwargs.get('dtype'))
        super().__init__(cell, return_sequences=return_sequences, return_state=return_state, go_backwards=go_backwards,
                         stateful=stateful, unroll=unroll, activity_regularizer=regularizers.get(activity_regularizer),
                         **kwargs)
        self.input_spec = [InputSpec(ndim=3)]


@with_cell_properties('units', 'recurrent_activation', 'implementation', 'unit_forget_bias', *ARGUMENTS)
class LSTM(_CellLayer):
    """Long short-term memory (Hochreiter and Schmidhuber, 1997)."""

    def __init__(self, units, activation='tanh', recurrent_activation='hard_sigmoid', use_bias=True,
                 kernel_initializer='glorot_uniform', recurrent_initializer='orthogonal', bias_initializer='zeros',
                 unit_forget_bias=True, kernel_regularizer=None, recurrent_regularizer=None, bias_regularizer=None,
                 activity_regularizer=None, kernel_constraint=None, recurrent_constraint=None, bias_constraint=None,
                 dropout=0., recurrent_dropout=0., implementation=1, return_sequences=False, return_state=False,
                 go_backwards=False, stateful=False, unroll=False, **kwargs):
        cell = LSTMCell(
            units, activation=activation, recurrent_activation=recurrent_activation, use_bias=use_bias,
            kernel_initializer=kernel_initializer, recurrent_initializer=recurrent_initializer,
            unit_forget_bias=unit_forget_bias, bias_initializer=bias_initializer,
            kernel_regularizer=kernel_regularizer, recurrent_regularizer=recurrent_regularizer,
            bias_regularizer=bias_regularizer, kernel_constraint=kernel_constraint,
            recurrent_constraint=recurrent_constraint, bias_constraint=bias_constraint, dropout=dropout,
            recurrent_dropout=recurrent_dropout, implementation=1 if implementation == 0 else implementation,
            dtype=kwargs.get('dtype'))
        super().__init__(cell, return_sequences=return_sequences, return_state=return_state, go_backwards=go_backwards,
                         stateful=stateful, unroll=unroll, activity_regularizer=regularizers.get(activity_regularizer),
                         **kwargs)
        self.input_spec = [InputSpec(ndim=3)]


def standardize_args(inputs, initial_state, constants, num_constants):
    """(inputs, states, constants) of what a recurrent layer is called with."""
    if isinstance(inputs, list):
        if initial_state is not None or constants is not None:
            raise ValueError('initial_state or constants can not be given where inputs are a list with them')
        if num_constants:
            constants = inputs[-num_constants:]
            inputs = inputs[:-num_constants]
        if len(inputs) > 1:
            initial_state = inputs[1:]
            inputs = inputs[:1]
        inputs = inputs[0]

    def as_list(x):
        return x if x is None or isinstance(x, list) else list(x) if isinstance(x, tuple) else [x]

    return inputs, as_list(initial_state), as_list(constants)


# As layers of programs call them.
_standardize_args = standardize_args
_generate_dropout_mask = recurrent_cells.dropout_mask
_is_multiple_state = is_multiple_state
DropoutRNNCellMixin = recurrent_cells.DropoutMasks

for _class in (RNN, SimpleRNN, GRU, LSTM):
    _class.__module__ = 'tensorflow.python.keras.layers.recurrent'
