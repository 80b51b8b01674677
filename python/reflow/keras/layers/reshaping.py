"""Layers without weights of their own: activations, shapes, masks, functions."""

import inspect
import types

import numpy as np

from reflow.framework import tensor_shape
from reflow.keras import activations
from reflow.keras import backend as K
from reflow.keras import regularizers
from reflow.keras.engine.base_layer import Layer
from reflow.keras.engine.input_spec import InputSpec
from reflow.keras.layers.core import Dropout
from reflow.keras.utils import generic_utils
from reflow.ops import array_ops
from reflow.ops import math_ops
from reflow.util import nest


class Masking(Layer):
    """Masks time steps whose values are all `mask_value`."""

    def __init__(self, mask_value=0., **kwargs):
        super().__init__(**kwargs)
        self.supports_masking = True
        self.mask_value = mask_value
        self._computes_masks_itself = True

    def compute_mask(self, inputs, mask=None):
        """Which steps have another value."""
        return K.any(math_ops.not_equal(inputs, self.mask_value), axis=-1)

    def call(self, inputs):
        """The inputs, zero where they are masked."""
        mask = K.any(math_ops.not_equal(inputs, self.mask_value), axis=-1, keepdims=True)
        outputs = inputs * math_ops.cast(mask, inputs.dtype)
        outputs._keras_mask = array_ops.squeeze(mask, axis=-1)
        return outputs

    def compute_output_shape(self, input_shape):
        """The same."""
        return input_shape

    def get_config(self):
        """The arguments of the constructor."""
        return self._config('mask_value')


class _SpatialDropout(Dropout):
    _rank = None

    def _get_noise_shape(self, inputs):
        shape = array_ops.shape(inputs)
        if getattr(self, 'data_format', 'channels_last') == 'channels_first':
            return (shape[0], shape[1]) + (1,) * self._rank
        return (shape[0],) + (1,) * self._rank + (shape[self._rank + 1],)

    def _set_format(self, data_format):
        self.data_format = K.image_data_format() if data_format is None else data_format
        if self.data_format not in {'channels_last', 'channels_first'}:
            raise ValueError('data_format must be in {"channels_last", "channels_first"}')

    def get_config(self):
        """The arguments of the constructor."""
        return self._config('rate', 'noise_shape', 'seed')


class SpatialDropout1D(_SpatialDropout):
    """Drops whole channels of [batch, steps, channels]."""

    _rank = 1

    def __init__(self, rate, **kwargs):
        super().__init__(rate, **kwargs)
        self.input_spec = InputSpec(ndim=3)


class SpatialDropout2D(_SpatialDropout):
    """Drops whole channels of images."""

    _rank = 2

    def __init__(self, rate, data_format=None, **kwargs):
        super().__init__(rate, **kwargs)
        self._set_format(data_format)
        self.input_spec = InputSpec(ndim=4)


class SpatialDropout3D(_SpatialDropout):
    """Drops whole channels of volumes."""

    _rank = 3

    def __init__(self, rate, data_format=None, **kwargs):
        super().__init__(rate, **kwargs)
        self._set_format(data_format)
        self.input_spec = InputSpec(ndim=5)


class Activation(Layer):
    """An activation function as a layer."""

    def __init__(self, activation, **kwargs):
        super().__init__(**kwargs)
        self.supports_masking = True
        self.activation = activations.get(activation)

    def call(self, inputs):
        """The outputs."""
        return self.activation(inputs)

    def compute_output_shape(self, input_shape):
        """The same."""
        return input_shape

    def get_config(self):
        """The arguments of the constructor."""
        return self._config(activation=activations.serialize(self.activation))


class Reshape(Layer):
    """Samples in another shape; -1 stands for what is left."""

    def __init__(self, target_shape, **kwargs):
        super().__init__(**kwargs)
        self.target_shape = tuple(target_shape)

    def _completed(self, input_shape, output_shape):
        output_shape = list(output_shape)
        message = 'total size of new array must be unchanged'
        known, unknown = 1, None
        for index, size in enumerate(output_shape):
            if size < 0:
                if unknown is not None:
                    raise ValueError('Can only specify one unknown dimension.')
                unknown = index
            else:
                known *= size
        original = int(np.prod(input_shape, dtype=int))
        if unknown is not None:
            if known == 0 or original % known != 0:
                raise ValueError(message)
            output_shape[unknown] = original // known
        elif original != known:
            raise ValueError(message)
        return output_shape

    def compute_output_shape(self, input_shape):
        """The batch and the new shape."""
        sizes = tensor_shape.TensorShape(input_shape).as_list()
        if None in sizes[1:]:
            return tensor_shape.TensorShape([sizes[0]] + [size if size != -1 else None for size in self.target_shape])
        return tensor_shape.TensorShape([sizes[0]] + self._completed(sizes[1:], self.target_shape))

    def call(self, inputs):
        """The outputs."""
        return array_ops.reshape(inputs, (array_ops.shape(inputs)[0],) + self.target_shape)

    def get_config(self):
        """The arguments of the constructor."""
        return self._config('target_shape')


class Permute(Layer):
    """Samples with their dimensions, counted from 1, in another order."""

    def __init__(self, dims, **kwargs):
        super().__init__(**kwargs)
        self.dims = tuple(dims)
        if sorted(dims) != list(range(1, len(dims) + 1)):
            raise ValueError('Invalid permutation `dims` for Permute Layer: %s. The set of indices in `dims` must be '
                             'consecutive and start from 1.' % (dims,))
        self.input_spec = InputSpec(ndim=len(self.dims) + 1)

    def compute_output_shape(self, input_shape):
        """The sizes in the other order."""
        sizes = tensor_shape.TensorShape(input_shape).as_list()
        return tensor_shape.TensorShape([sizes[0]] + [sizes[dim] for dim in self.dims])

    def call(self, inputs):
        """The outputs."""
        return array_ops.transpose(inputs, perm=(0,) + self.dims)

    def get_config(self):
        """The arguments of the constructor."""
        return self._config('dims')


class RepeatVector(Layer):
    """[batch, d] as [batch, n, d]."""

    def __init__(self, n, **kwargs):
        super().__init__(**kwargs)
        self.n = n
        self.input_spec = InputSpec(ndim=2)

    def compute_output_shape(self, input_shape):
        """[batch, n, d]."""
        sizes = tensor_shape.TensorShape(input_shape).as_list()
        return tensor_shape.TensorShape([sizes[0], self.n, sizes[1]])

    def call(self, inputs):
        """The outputs."""
        return K.repeat(inputs, self.n)

    def get_config(self):
        """The arguments of the constructor."""
        return self._config('n')


class Lambda(Layer):
    """A function as a layer."""

    def __init__(self, function, output_shape=None, mask=None, arguments=None, **kwargs):
        super().__init__(**kwargs)
        self.function = function
        self.arguments = arguments if arguments else {}
        if mask is not None:
            self.supports_masking = True
        self.mask = mask
        self._output_shape = output_shape
        names = inspect.getfullargspec(function)
        self._passes_training = 'training' in names.args + names.kwonlyargs
        self._passes_mask = 'mask' in names.args + names.kwonlyargs

    def call(self, inputs, mask=None, training=None):
        """What the function gives."""
        arguments = dict(self.arguments)
        if self._passes_mask:
            arguments['mask'] = mask
        if self._passes_training:
            arguments['training'] = training
        return self.function(inputs, **arguments)

    def compute_output_shape(self, input_shape):
        """The shape that was given."""
        if self._output_shape is None:
            if isinstance(input_shape, list):
                placeholders = [array_ops.placeholder('float32', shape=tuple(each)) for each in input_shape]
            else:
                placeholders = array_ops.placeholder('float32', shape=tuple(input_shape))
            shapes = nest.map_structure(lambda x: x.shape, self.call(placeholders))
            return shapes
        if callable(self._output_shape):
            return tensor_shape.TensorShape(self._output_shape(input_shape))
        if input_shape is not None and not isinstance(input_shape, list):
            batch = tensor_shape.TensorShape(input_shape).as_list()[0]
        else:
            batch = None
        return tensor_shape.TensorShape([batch] + list(self._output_shape))

    def compute_mask(self, inputs, mask=None):
        """The mask that was given."""
        return self.mask(inputs, mask) if callable(self.mask) else self.mask

    def get_config(self):
        """The arguments of the constructor, functions as their code."""
        function, function_type, module = _stored(self.function)
        shape, shape_type, shape_module = _stored(self._output_shape)
        config = {'function': function, 'function_type': function_type, 'module': module, 'output_shape': shape,
                  'output_shape_type': shape_type, 'output_shape_module': shape_module}
        if self.mask is not None:
            mask, mask_type, mask_module = _stored(self.mask)
            config.update(mask=mask, mask_type=mask_type, mask_module=mask_module)
        return self._config(**config, arguments=self.arguments)

    @classmethod
    def from_config(cls, config, custom_objects=None):
        """The layer of what get_config gives."""
        config = dict(config)
        for name in ('function', 'output_shape', 'mask'):
            kind = config.pop(name + '_type', None)
            module = config.pop('module' if name == 'function' else name + '_module', None)
            if kind is not None:
                config[name] = _restored(config[name], kind, module, custom_objects)
        arguments = config.get('arguments') or {}
        config['arguments'] = {key: np.array(value['value']) if isinstance(value, dict) and value.get('type') == 'ndarray'
                               else value for key, value in arguments.items()}
        return cls(**config)


def _stored(value):
    """(what is stored for a function, how, its module)."""
    if isinstance(value, types.LambdaType) and value.__name__ == '<lambda>':
        return generic_utils.func_dump(value), 'lambda', value.__module__
    if callable(value):
        return value.__name__, 'function', value.__module__
    return value, 'raw', None


def _restored(value, kind, module, custom_objects):
    import sys
    if kind == 'function':
        known = dict(vars(sys.modules[module])) if module in sys.modules else None
        return generic_utils.deserialize_keras_object(value, module_objects=known, custom_objects=custom_objects,
                                                      printable_module_name='function in Lambda layer')
    if kind == 'lambda':
        names = dict(vars(sys.modules[module])) if module in sys.modules else {}
        names.update(custom_objects or {})
        return generic_utils.func_load(value, globs=names)
    if kind == 'raw':
        return value
    raise TypeError('Unknown function type:', kind)


class ActivityRegularization(Layer):
    """Adds a loss of its inputs, which it gives on."""

    def __init__(self, l1=0., l2=0., **kwargs):
        super().__init__(activity_regularizer=regularizers.L1L2(l1=l1, l2=l2), **kwargs)
        self.supports_masking = True
        self.l1 = l1
        self.l2 = l2

    def compute_output_shape(self, input_shape):
        """The same."""
        return input_shape

    def get_config(self):
        """The arguments of the constructor."""
        return self._config('l1', 'l2')


for _class in (Masking, SpatialDropout1D, SpatialDropout2D, SpatialDropout3D, Activation, Reshape, Permute, RepeatVector,
               Lambda, ActivityRegularization):
    _class.__module__ = 'tensorflow.python.keras.layers.core'
