"""Layers around layers."""

import copy
import operator

from reflow.framework import tensor_shape
from reflow.keras import backend as K
from reflow.keras.engine.base_layer import Layer
from reflow.keras.engine.input_spec import InputSpec
from reflow.keras.layers.recurrent import standardize_args
from reflow.ops import array_ops
from reflow.util import object_identity


class Wrapper(Layer):
    """A layer around another one."""

    def __init__(self, layer, **kwargs):
        assert isinstance(layer, Layer)
        super().__init__(**kwargs)
        self.layer = layer
        self._activity_regularizer = getattr(layer, '_activity_regularizer', None)

    def build(self, input_shape=None):
        """Builds the layer within."""
        if not self.layer.built:
            self.layer.build(input_shape)
            self.layer.built = True
        self.built = True

    def get_config(self):
        """The configuration of the layer within."""
        return self._config(layer={'class_name': type(self.layer).__name__, 'config': self.layer.get_config()})

    @classmethod
    def from_config(cls, config, custom_objects=None):
        """The layer of what get_config gives."""
        from reflow.keras.layers import serialization
        config = copy.deepcopy(config)
        layer = serialization.deserialize(config.pop('layer'), custom_objects=custom_objects)
        return cls(layer, **config)


class TimeDistributed(Wrapper):
    """A layer at each time step."""

    def __init__(self, layer, **kwargs):
        if not isinstance(layer, Layer):
            raise ValueError('Please initialize `TimeDistributed` layer with a `Layer` instance. You passed: {input}'.format(
                input=layer))
        super().__init__(layer, **kwargs)
        self.supports_masking = True
        is_builtin = type(layer).__module__.startswith(('tensorflow.python.', 'reflow.'))
        self.__dict__['_flat_inputs'] = object_identity.ObjectIdentityWeakKeyDictionary()  # inputs -> steps in one batch
        self._always_use_reshape = is_builtin and not getattr(layer, 'stateful', False)

    @staticmethod
    def _shape(first, tensor, start, sizes=None):
        """`first` and the sizes of the tensor from dimension `start` on, which are read where they aren't known."""
        sizes = list(K.int_shape(tensor)[start:] if sizes is None else sizes)
        if all(sizes):
            return list(first) + sizes
        dynamic = array_ops.shape(tensor)
        return list(first) + [size or dynamic[start + i] for i, size in enumerate(sizes)]

    def build(self, input_shape):
        """Builds the layer within for one step."""
        sizes = tensor_shape.TensorShape(input_shape).as_list()
        if len(sizes) < 3:
            raise ValueError('`TimeDistributed` Layer should be passed an `input_shape ` with at least 3 dimensions, '
                             'received: ' + str(input_shape))
        self.input_spec = InputSpec(shape=[None, None] + sizes[2:])
        super().build(tensor_shape.TensorShape([sizes[0]] + sizes[2:]))
        self.built = True

    def compute_output_shape(self, input_shape):
        """The shape with the steps."""
        sizes = tensor_shape.TensorShape(input_shape).as_list()
        child = self.layer.compute_output_shape(tensor_shape.TensorShape([sizes[0]] + sizes[2:]))
        child = tensor_shape.TensorShape(child).as_list()
        return tensor_shape.TensorShape([child[0], sizes[1]] + child[1:])

    def call(self, inputs, training=None, mask=None):
        """The outputs."""
        kwargs = {}
        names = self.layer._call_arguments[0]
        if 'training' in names:
            kwargs['training'] = training
        input_shape = K.int_shape(inputs)
        if input_shape[0] and not self._always_use_reshape:
            return self._by_steps(inputs, kwargs)
        steps = input_shape[1] or array_ops.shape(inputs)[1]
        flat = self._flat_inputs[inputs] = array_ops.reshape(inputs, self._shape([-1], inputs, 2))
        if 'mask' in names and mask is not None:
            kwargs['mask'] = array_ops.reshape(mask, self._shape([-1], mask, 2))
        y = self.layer(flat, **kwargs)
        output_shape = self.compute_output_shape(input_shape).as_list()
        return array_ops.reshape(y, self._shape([-1, steps], y, 1, output_shape[2:]))

    def _by_steps(self, inputs, kwargs):
        _, outputs, _ = K.rnn(lambda x, _: (self.layer(x, **kwargs), []), inputs, initial_states=[],
                              input_length=K.int_shape(inputs)[1])
        return outputs

    def compute_mask(self, inputs, mask=None):
        """The mask of the outputs: what the layer within makes of that of a step."""
        input_shape = K.int_shape(inputs)
        if input_shape[0]:
            return mask
        inner = None if mask is None else array_ops.reshape(mask, self._shape([-1], mask, 2))
        inner = self.layer.compute_mask(self._flat_inputs.get(inputs, inputs), inner)
        if inner is None:
            for _ in range(2, 0 if mask is None else len(K.int_shape(mask))):
                mask = K.any(mask, axis=-1)
            return mask
        steps = input_shape[1] or array_ops.shape(inputs)[1]
        return array_ops.reshape(inner, self._shape([-1, steps], inner, 1))


class Bidirectional(Wrapper):
    """A recurrent layer, and one like it from the end to the beginning."""

    def __init__(self, layer, merge_mode='concat', weights=None, backward_layer=None, **kwargs):
        if not isinstance(layer, Layer):
            raise ValueError('Please initialize `Bidirectional` layer with a `Layer` instance. You passed: {input}'.format(
                input=layer))
        if backward_layer is not None and not isinstance(backward_layer, Layer):
            raise ValueError('`backward_layer` need to be a `Layer` instance. You passed: {input}'.format(
                input=backward_layer))
        if merge_mode not in ['sum', 'mul', 'ave', 'concat', None]:
            raise ValueError('Invalid merge mode. Merge mode should be one of {"sum", "mul", "ave", "concat", None}')
        super().__init__(layer, **kwargs)
        self.__dict__['_layers'] = []
        self.forward_layer = self._again(layer)
        self.backward_layer = backward_layer or self._again(layer, go_backwards=True)
        self._has_backward_layer = backward_layer is not None
        self.forward_layer._name = 'forward_' + self.forward_layer.name
        self.backward_layer._name = 'backward_' + self.backward_layer.name
        self._check()
        for each in (self.forward_layer, self.backward_layer):
            if getattr(each, 'zero_output_for_mask', None) is not None:
                each.zero_output_for_mask = each.return_sequences  # masked steps of sequences are zeros
        self.merge_mode = merge_mode
        if weights:
            half = len(weights) // 2
            self.forward_layer._initial_weights = weights[:half]
            self.backward_layer._initial_weights = weights[half:]
        self.stateful = layer.stateful
        self.return_sequences = layer.return_sequences
        self.return_state = layer.return_state
        self.supports_masking = True
        self._num_constants = 0
        self.input_spec = layer.input_spec

    def _check(self):
        forward, backward = self.forward_layer, self.backward_layer
        if forward.go_backwards == backward.go_backwards:
            raise ValueError('Forward layer and backward layer should have different `go_backwards` value.')
        for name in ('stateful', 'return_sequences', 'return_state'):
            if getattr(forward, name) != getattr(backward, name):
                raise ValueError('Forward layer and backward layer are expected to have the same value for attribute {attr}, '
                                 'got {forward} and {backward}'.format(attr=name, forward=getattr(forward, name),
                                                                       backward=getattr(backward, name)))

    @staticmethod
    def _again(layer, go_backwards=False):
        config = layer.get_config()
        if go_backwards:
            config['go_backwards'] = not config['go_backwards']
        return type(layer).from_config(config)

    def compute_output_shape(self, input_shape):
        """The shape of the outputs."""
        shape = self.forward_layer.compute_output_shape(input_shape)
        states = []
        if self.return_state:
            shape, states = shape[0], list(shape[1:])
        if self.merge_mode == 'concat':
            sizes = tensor_shape.TensorShape(shape).as_list()
            shape = tensor_shape.TensorShape(sizes[:-1] + [sizes[-1] * 2])
        shapes = [shape, copy.copy(shape)] if self.merge_mode is None else [shape]
        if self.return_state:
            return shapes + states + copy.copy(states)
        return shapes[0] if self.merge_mode is not None else shapes

    def __call__(self, inputs, initial_state=None, constants=None, **kwargs):
        """The outputs; states may be tensors of Keras too."""
        inputs, initial_state, constants = standardize_args(inputs, initial_state, constants, self._num_constants)
        if initial_state is None and constants is None:
            return super().__call__(inputs, **kwargs)
        additional = []
        if initial_state is not None:
            if len(initial_state) % 2 > 0:
                raise ValueError('When passing `initial_state` to a Bidirectional RNN, the state should be a list '
                                 'containing the states of the underlying RNNs. Found: ' + str(initial_state))
            additional += initial_state
            specs = [InputSpec(shape=K.int_shape(each)) for each in initial_state]
            self.forward_layer.state_spec = specs[:len(specs) // 2]
            self.backward_layer.state_spec = specs[len(specs) // 2:]
        if constants is not None:
            additional += constants
            self._num_constants = len(constants)
            self.forward_layer._num_constants = self.backward_layer._num_constants = self._num_constants
        is_keras_tensor = hasattr(additional[0], '_keras_history')
        if any(hasattr(each, '_keras_history') != is_keras_tensor for each in additional):
            raise ValueError('The initial state of a Bidirectional layer cannot be specified with a mix of Keras tensors and '
                             'non-Keras tensors')
        if is_keras_tensor:
            spec = self.input_spec
            self.input_spec = None
            output = super().__call__([inputs] + additional, **kwargs)
            self.input_spec = spec
            return output
        if initial_state is not None:
            kwargs['initial_state'] = initial_state
        if constants is not None:
            kwargs['constants'] = constants
        return super().__call__(inputs, **kwargs)

    def call(self, inputs, training=None, mask=None, initial_state=None, constants=None):
        """The outputs."""
        kwargs = {}
        names = self.layer._call_arguments[0]
        for name, value in (('training', training), ('mask', mask), ('constants', constants)):
            if name in names and (value is not None or name != 'constants'):
                kwargs[name] = value
        forward_inputs = backward_inputs = inputs
        if isinstance(inputs, list) and len(inputs) > 1:
            rest = inputs[1:] if not self._num_constants else inputs[1:-self._num_constants]
            constants_of_inputs = inputs[len(inputs) - self._num_constants:] if self._num_constants else []
            half = len(rest) // 2
            forward_inputs = [inputs[0]] + rest[:half] + constants_of_inputs
            backward_inputs = [inputs[0]] + rest[half:] + constants_of_inputs
        forward_kwargs, backward_kwargs = dict(kwargs), dict(kwargs)
        if initial_state is not None:
            half = len(initial_state) // 2
            forward_kwargs['initial_state'] = initial_state[:half]
            backward_kwargs['initial_state'] = initial_state[half:]
        y = self.forward_layer(forward_inputs, **forward_kwargs)
        y_rev = self.backward_layer(backward_inputs, **backward_kwargs)
        states = []
        if self.return_state:
            states = y[1:] + y_rev[1:]
            y, y_rev = y[0], y_rev[0]
        if self.return_sequences:
            y_rev = K.reverse(y_rev, 0 if getattr(self.forward_layer, 'time_major', False) else 1)
        merge = {'concat': lambda a, b: K.concatenate([a, b]), 'sum': operator.add, 'mul': operator.mul,
                 'ave': lambda a, b: (a + b) / 2, None: lambda a, b: [a, b]}
        output = merge[self.merge_mode](y, y_rev)
        if self.return_state:
            return (output if self.merge_mode is None else [output]) + states
        return output

    def reset_states(self):
        """Sets the kept states to 0."""
        self.forward_layer.reset_states()
        self.backward_layer.reset_states()

    def build(self, input_shape):
        """Builds both layers, each in its name scope."""
        from reflow.framework import ops
        for layer in (self.forward_layer, self.backward_layer):
            with ops.name_scope(layer.name):
                layer.build(input_shape)
                layer.built = True
        self.built = True

    def compute_mask(self, inputs, mask):
        """The mask of the outputs."""
        if isinstance(mask, list):
            mask = mask[0]
        if self.return_sequences:
            output_mask = mask if self.merge_mode else [mask, mask]
        else:
            output_mask = None if self.merge_mode else [None, None]
        if self.return_state:
            states = [None for _ in self.forward_layer.states] * 2
            return (output_mask if isinstance(output_mask, list) else [output_mask]) + states
        return output_mask

    @property
    def constraints(self):
        """The constraints of both layers."""
        found = {}
        for layer in (self.forward_layer, self.backward_layer):
            found.update(getattr(layer, 'constraints', {}))
        return found

    def get_config(self):
        """The layer's configuration."""
        config = super().get_config()
        config['merge_mode'] = self.merge_mode
        if self._num_constants:
            config['num_constants'] = self._num_constants
        if self._has_backward_layer:
            config['backward_layer'] = {'class_name': type(self.backward_layer).__name__,
                                        'config': self.backward_layer.get_config()}
        return config

    @classmethod
    def from_config(cls, config, custom_objects=None):
        """The layer of what get_config gives."""
        from reflow.keras.layers import serialization
        config = copy.deepcopy(config)
        number = config.pop('num_constants', 0)
        backward = config.pop('backward_layer', None)
        if backward is not None:
            config['backward_layer'] = serialization.deserialize(backward, custom_objects=custom_objects)
        layer = serialization.deserialize(config.pop('layer'), custom_objects=custom_objects)
        made = cls(layer, **config)
        made._num_constants = number
        return made


for _class in (Wrapper, TimeDistributed, Bidirectional):
    _class.__module__ = 'tensorflow.python.keras.layers.wrappers'
