"""Initializers by name."""

import inspect

from reflow.framework import dtypes
from reflow.keras.utils import generic_utils
from reflow.ops import init_ops

Initializer = init_ops.Initializer
Zeros, Ones, Constant, VarianceScaling = init_ops.Zeros, init_ops.Ones, init_ops.Constant, init_ops.VarianceScaling
GlorotUniform, GlorotNormal = init_ops.GlorotUniform, init_ops.GlorotNormal
Orthogonal, Identity = init_ops.Orthogonal, init_ops.Identity
lecun_normal, lecun_uniform = init_ops.lecun_normal, init_ops.lecun_uniform
he_normal, he_uniform = init_ops.he_normal, init_ops.he_uniform
zeros, ones, constant, variance_scaling = Zeros, Ones, Constant, VarianceScaling
glorot_uniform, glorot_normal, orthogonal, identity = GlorotUniform, GlorotNormal, Orthogonal, Identity
zero, one = Zeros, Ones


class RandomNormal(init_ops.RandomNormal):
    """Normal, with Keras' default for the standard deviation."""

    def __init__(self, mean=0.0, stddev=0.05, seed=None, dtype=dtypes.float32):
        super().__init__(mean=mean, stddev=stddev, seed=seed, dtype=dtype)


class RandomUniform(init_ops.RandomUniform):
    """Uniform in [minval, maxval), with Keras' defaults."""

    def __init__(self, minval=-0.05, maxval=0.05, seed=None, dtype=dtypes.float32):
        super().__init__(minval=minval, maxval=maxval, seed=seed, dtype=dtype)


class TruncatedNormal(init_ops.TruncatedNormal):
    """Normal within two standard deviations, with Keras' default for them."""

    def __init__(self, mean=0.0, stddev=0.05, seed=None, dtype=dtypes.float32):
        super().__init__(mean=mean, stddev=stddev, seed=seed, dtype=dtype)


normal = random_normal = RandomNormal
uniform = random_uniform = RandomUniform
truncated_normal = TruncatedNormal


def serialize(initializer):
    """The class and the arguments of an initializer."""
    return generic_utils.serialize_keras_object(initializer)


def deserialize(config, custom_objects=None):
    """The initializer of what serialize gives."""
    return generic_utils.deserialize_keras_object(config, module_objects=globals(), custom_objects=custom_objects,
                                                  printable_module_name='initializer')


def get(identifier):
    """The initializer: a name, a configuration, a class, or what is called with shape and type."""
    if isinstance(identifier, str) and generic_utils.is_unknown(identifier, globals()):
        raise ValueError('Unknown initializer:' + identifier)
    if isinstance(identifier, (dict, str)):
        return deserialize(generic_utils.as_config(identifier))
    if identifier is None or callable(identifier):
        return identifier() if inspect.isclass(identifier) else identifier
    raise ValueError('Could not interpret initializer identifier: ' + str(identifier))


for _class in (RandomNormal, RandomUniform, TruncatedNormal):
    _class.__module__ = 'tensorflow.python.keras.initializers'
