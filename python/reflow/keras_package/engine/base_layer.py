"""The base of the package's layers."""

import copy
import functools

import numpy as np

from reflow.framework import ops
from reflow.framework import tensor_shape
from reflow.keras import backend_config
from reflow.keras import backend_session
from reflow.keras import initializers
from reflow.keras.engine import base_layer
from reflow.keras.engine.base_layer import InputSpec  # noqa: F401
from reflow.keras.engine.node import Node  # noqa: F401
from reflow.keras_package.legacy import interfaces
from reflow.ops import init_ops
from reflow.util import nest

_RANDOM = (init_ops.RandomUniform, init_ops._Normal, init_ops.VarianceScaling, init_ops.Orthogonal)


class Layer(base_layer.Layer):
    """A layer of the package keras."""

    _names_from_zero = False
    _takes_tuples = True  # build gets shapes as tuples

    def add_weight(self, name=None, shape=None, dtype=None, initializer=None, regularizer=None, trainable=True,
                   constraint=None, **kwargs):
        """Makes a variable of this layer; without a seed its initial values depend on NumPy's."""
        if not isinstance(name, (str, type(None))):  # add_weight(shape, initializer, name) of Keras 1
            name, shape = shape if isinstance(shape, str) else None, name
        return super().add_weight(name=name, shape=shape, dtype=dtype, initializer=initializer, regularizer=regularizer,
                                  trainable=trainable, constraint=constraint, **kwargs)

    @staticmethod
    def _initializer_of(identifier):
        return seeded(initializers.get(identifier))

    def get_config(self):
        """The arguments that all layers have; subclasses add their own."""
        return as_keras_writes(self._base_config())

    def _connect(self, inputs, outputs, args, kwargs):
        inputs, outputs = super()._connect(inputs, outputs, args, kwargs)
        for tensor in nest.flatten(outputs):
            tensor._keras_shape = backend_session.int_shape(tensor)
        return inputs, outputs

    def __call__(self, inputs, *args, **kwargs):
        """The outputs for `inputs`. ValueError: these are none that the layer takes."""
        try:
            return super().__call__(inputs, *args, **kwargs)
        except ValueError as error:
            own = ' of layer %s is incompatible with the layer: ' % self.name
            text = str(error)
            if own not in text:
                raise
            # Keras says where, and not which shape it was.
            text = text.replace(own, ' is incompatible with layer %s: ' % self.name).replace(': : ', ': ')
            raise ValueError(text.partition('. Full shape received')[0]) from None

    def _called(self, inputs, args, kwargs):
        outputs = super()._called(inputs, args, kwargs)
        if not _is_ours(type(self).compute_output_shape):
            self._complete_shapes(inputs, outputs)
        return outputs

    def _complete_shapes(self, inputs, outputs):
        """Gives symbolic outputs of a program's layer what it says of their shapes; the graph's operations may know less.

        Keras keeps such shapes beside the graph's, where wrong ones do little harm. A size of 1 isn't believed: programs say
        (None, 1) of whatever is one number for each element.
        """
        tensors = [tensor for tensor in nest.flatten(outputs)
                   if isinstance(tensor, ops.Tensor) and not hasattr(tensor, 'numpy') and not _knows_all(tensor.shape)]
        shapes = [getattr(each, 'shape', None) for each in nest.flatten(inputs)]
        if not tensors or any(shape is None or shape.ndims is None for shape in shapes):
            return
        said = self.compute_output_shape(nest.map_structure(lambda each: tuple(each.shape.as_list()), inputs))
        said = said if isinstance(said, list) else [said]
        if len(said) != len(nest.flatten(outputs)):
            return
        for tensor, shape in zip(nest.flatten(outputs), said):
            shape = tensor_shape.TensorShape([None if size == 1 else size for size in shape])
            if isinstance(tensor, ops.Tensor) and tensor.shape.is_compatible_with(shape):
                tensor.set_shape(shape)

    def _shape_at(self, node_index, attribute, name):
        return _one_or_all(super()._shape_at(node_index, attribute, name))

    def _one_shape(self, attribute, name):
        return _one_or_all(super()._one_shape(attribute, name))


def _is_ours(method):
    return getattr(method, '__globals__', {}).get('__name__', 'reflow').startswith('reflow.')


def _knows_all(shape):
    return shape.ndims is not None and None not in shape.as_list()[1:]


def _one_or_all(shapes):
    return shapes[0] if isinstance(shapes, list) and len(shapes) == 1 else shapes


def seeded(initializer):
    """The initializer with a seed of NumPy's generator, where it has none; orthogonal matrices are NumPy's altogether."""
    if isinstance(initializer, init_ops.Orthogonal):
        return functools.partial(_orthogonal, initializer)
    if isinstance(initializer, _RANDOM) and getattr(initializer, 'seed', 0) is None:
        initializer = copy.copy(initializer)
        initializer.seed = np.random.randint(10e6)
    return initializer


def _orthogonal(initializer, shape, dtype=None):
    """An orthogonal matrix, as an array, from numbers of NumPy's generator."""
    rows, columns = int(np.prod(shape[:-1])), shape[-1]
    generator = np.random if initializer.seed is None else np.random.RandomState(initializer.seed)
    left, _, right = np.linalg.svd(generator.normal(0., 1., (rows, columns)), full_matrices=False)
    matrix = (left if left.shape == (rows, columns) else right).reshape(tuple(shape))
    return ops.convert_to_tensor(initializer.gain * matrix[:shape[0], :shape[1]], dtype=dtype)


def adapted(cls, module, *others):
    """A layer class of tf.keras as one of the package."""
    attributes = {'__module__': module, '__doc__': cls.__doc__,
                  'get_config': lambda self: as_keras_writes(cls.get_config(self))}
    if cls.__name__ in ('GRU', 'GRUCell', 'LSTM', 'LSTMCell'):
        attributes['__init__'] = _with_defaults_of_keras(cls)
    if cls.__name__ in interfaces.OF_LAYERS:
        attributes['__init__'] = interfaces.OF_LAYERS[cls.__name__](attributes.get('__init__', _constructor(cls)))
    if cls.__name__ in ('Dropout', 'SpatialDropout1D', 'SpatialDropout2D', 'SpatialDropout3D'):
        attributes['call'] = _seeded_call(cls)
    if cls.__name__ == 'Flatten':
        attributes['call'] = _drawing_call(cls)
    if hasattr(cls, '_build_cell'):
        attributes['_build_cell'] = _seeded_build(cls)
    return type(cls.__name__, (cls, *(others or (Layer,))), attributes)


def _constructor(cls):
    """The constructor of a layer class as a function, which a decorator may take for its own."""
    @functools.wraps(cls.__init__)
    def __init__(self, *args, **kwargs):
        cls.__init__(self, *args, **kwargs)

    return __init__


def as_keras_writes(config):
    """The arguments of a layer as the package has them in its files: initializers by their general name, without types."""
    config = dict(config)
    config.pop('time_major', None)
    if 'dtype' in config and config['dtype'] is None:
        config['dtype'] = backend_config.floatx()
    for name, value in config.items():
        if name.endswith('_initializer') and isinstance(value, dict):
            arguments = dict(value['config'])
            arguments.pop('dtype', None)
            distribution = {'GlorotUniform': 'uniform', 'GlorotNormal': 'normal'}.get(value['class_name'])
            if distribution:
                arguments = {'scale': 1.0, 'mode': 'fan_avg', 'distribution': distribution, 'seed': arguments.get('seed')}
            config[name] = {'class_name': 'VarianceScaling' if distribution else value['class_name'], 'config': arguments}
    return config


def _with_defaults_of_keras(cls):
    """The constructor of a gated layer with the defaults of Keras 2.3."""
    def __init__(self, units, activation='tanh', recurrent_activation='sigmoid', *args, **kwargs):
        if len(args) < 15:  # as far as where `implementation` may stand
            kwargs.setdefault('implementation', 2)
        cls.__init__(self, units, activation, recurrent_activation, *args, **kwargs)

    return __init__


def _seeded_build(cls):
    """What builds the cell of a recurrent layer, whose initial values depend on NumPy's generator too."""
    def build_cell(self, step_shape):
        waiting = [self.cell]
        while waiting:
            layer = waiting.pop()
            layer.__dict__['_initializer_of'] = self._initializer_of
            waiting += layer._sublayers()
        cls._build_cell(self, step_shape)

    return build_cell


def _drawing_call(cls):
    """The call of Flatten, which draws a number from NumPy's generator: Keras makes a name of it."""
    def call(self, inputs):
        np.random.randint(1e4)
        return cls.call(self, inputs)

    return call


def _seeded_call(cls):
    """The call of a dropout layer, with a seed of NumPy's generator where it has none."""
    def call(self, inputs, training=None):
        seed = self.seed
        if seed is None and 0. < self.rate < 1.:
            self.seed = np.random.randint(10e6)
        try:
            return cls.call(self, inputs, training=training)
        finally:
            self.seed = seed

    return call


Layer.__module__ = 'keras.engine.base_layer'
