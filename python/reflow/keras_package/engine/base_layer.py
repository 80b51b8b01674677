"""The base of the package's layers."""

import copy

import numpy as np

from reflow.keras.engine import base_layer
from reflow.keras.engine.base_layer import InputSpec  # noqa: F401
from reflow.keras.engine.node import Node  # noqa: F401
from reflow.ops import init_ops

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
        from reflow.keras import initializers
        return super().add_weight(name=name, shape=shape, dtype=dtype, initializer=seeded(initializers.get(initializer)),
                                  regularizer=regularizer, trainable=trainable, constraint=constraint, **kwargs)


    def get_config(self):
        """The arguments that all layers have; subclasses add their own."""
        return self._base_config()


def seeded(initializer):
    """The initializer with a seed of NumPy's generator, where it has none."""
    if isinstance(initializer, _RANDOM) and getattr(initializer, 'seed', 0) is None:
        initializer = copy.copy(initializer)
        initializer.seed = np.random.randint(10e6)
    return initializer


def adapted(cls, module, *others):
    """A layer class of tf.keras as one of the package."""
    return type(cls.__name__, (cls, *(others or (Layer,))), {'__module__': module, '__doc__': cls.__doc__})


Layer.__module__ = 'keras.engine.base_layer'
