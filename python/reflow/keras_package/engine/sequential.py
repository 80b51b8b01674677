"""The package's rows of layers."""

from reflow.keras.engine import sequential
from reflow.keras_package.engine import input_layer
from reflow.keras_package.engine.training import Model


class Sequential(sequential.Sequential, Model):
    """A row of layers: the class of the package keras."""

    _input = staticmethod(lambda shape, dtype, name: input_layer.Input(batch_shape=shape, dtype=dtype, name=name))


Sequential.__module__ = 'keras.engine.sequential'
