"""The package's layers: those of tf.keras with the package's Layer for their base."""

import importlib

from reflow.keras.utils.generic_utils import deserialize_keras_object
from reflow.names import table
from reflow.keras_package.backend.products import batch_dot
from reflow.keras_package.engine.base_layer import InputSpec, Layer, adapted  # noqa: F401
from reflow.keras_package.engine.input_layer import Input, InputLayer  # noqa: F401
from reflow.keras_package.legacy.layers import AtrousConvolution1D, AtrousConvolution2D  # noqa: F401

# Names that the package has, and tf.keras.layers has not.
_OTHER_NAMES = {'Convolution1D': 'Conv1D', 'Convolution2D': 'Conv2D', 'Convolution3D': 'Conv3D',
                'Deconvolution2D': 'Conv2DTranspose', 'Deconv2D': 'Conv2DTranspose',
                'Deconvolution3D': 'Conv3DTranspose', 'Deconv3D': 'Conv3DTranspose', 'BatchNormalizationV1': 'BatchNormalization', 'Merge': 'Concatenate',
                'AvgPool2D': 'AveragePooling2D', 'MaxPool2D': 'MaxPooling2D'}
_MERGES = {'add': 'Add', 'subtract': 'Subtract', 'multiply': 'Multiply', 'average': 'Average', 'maximum': 'Maximum',
           'minimum': 'Minimum', 'concatenate': 'Concatenate', 'dot': 'Dot'}
AtrousConv1D, AtrousConv2D = AtrousConvolution1D, AtrousConvolution2D
_made = {}  # class of tf.keras -> class of the package


def of_tf_keras(cls):
    """The package's class for a layer class of tf.keras."""
    if cls not in _made:
        module = cls.__module__.replace('tensorflow.python.', '')
        bases = [of_tf_keras(base) for base in cls.__mro__[1:] if base is not cls and issubclass(base, _wrapped_bases())]
        _made[cls] = adapted(cls, module, *bases[:1])
        if cls.__name__ == 'Dot':
            _made[cls]._product = staticmethod(batch_dot)
    return _made[cls]


def _wrapped_bases():
    """Bases that programs ask isinstance for, and derive from."""
    from reflow.keras.layers import merge, recurrent, wrappers
    return (recurrent.RNN, wrappers.Wrapper, merge._Merge)


def _merge(name):
    def merge(inputs, *args, **kwargs):
        return __getattr__(_MERGES[name])(*args, **kwargs)(inputs)

    merge.__name__ = merge.__qualname__ = name
    merge.__doc__ = 'The layer %s, called on `inputs`.' % _MERGES[name]
    return merge


def __getattr__(name):
    if name == '__all__':  # `from keras.layers import *`
        return sorted({*table.symbols('keras.layers'), *_OTHER_NAMES, *_MERGES, 'Layer', 'Input', 'InputLayer', 'InputSpec',
                       'AtrousConv1D', 'AtrousConv2D', 'AtrousConvolution1D', 'AtrousConvolution2D',
                       'serialize', 'deserialize'})
    if name in _MERGES:
        value = _merge(name)
    else:
        wanted = name
        symbols = table.symbols('keras.layers')
        if wanted not in symbols:
            wanted = _OTHER_NAMES.get(name)
        if wanted is None or wanted not in symbols:
            if name.startswith('__'):
                raise AttributeError("module 'keras.layers' has no attribute '%s'" % name)
            try:
                return importlib.import_module('reflow.keras_package.layers.' + name)
            except ModuleNotFoundError:
                raise AttributeError("module 'keras.layers' has no attribute '%s'" % name) from None
        module, attribute = symbols[wanted]
        value = getattr(importlib.import_module('reflow.' + module), attribute)
        if isinstance(value, type) and issubclass(value, Layer.__mro__[1]):
            value = of_tf_keras(value)
    globals()[name] = value
    return value


def _layers():
    from reflow.keras_package import models
    found = {name: None for name in table.symbols('keras.layers')}
    for name in list(found):
        try:
            found[name] = __getattr__(name) if name not in globals() else globals()[name]
        except (AttributeError, ImportError):
            del found[name]  # a layer that is not there yet
    return dict(found, Model=models.Model, Sequential=models.Sequential)


def serialize(layer):
    """The class and the configuration of a layer."""
    return {'class_name': type(layer).__name__, 'config': layer.get_config()}


def deserialize(config, custom_objects=None):
    """The layer of what serialize gives."""
    return deserialize_keras_object(config, module_objects=_layers(), custom_objects=custom_objects,
                                    printable_module_name='layer')
