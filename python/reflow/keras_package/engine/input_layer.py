"""Inputs of the package's models."""

from reflow.keras.engine import input_layer
from reflow.keras_package.engine.base_layer import adapted


class InputLayer(adapted(input_layer.InputLayer, 'keras.engine.input_layer')):
    """What a model begins with."""

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self._inbound_nodes[0].output_tensors[0]._keras_shape = self._batch_input_shape

    def get_config(self):
        """The arguments of the constructor."""
        config = super().get_config()
        del config['ragged']
        return config


def Input(shape=None, batch_shape=None, name=None, dtype=None, sparse=False, tensor=None):
    """The tensor that a model begins with; `shape` is without the batch."""
    if not batch_shape and tensor is None:
        assert shape is not None, ('Please provide to Input either a `shape` or a `batch_shape` argument. Note that `shape` '
                                   'does not include the batch dimension.')
    if shape is not None and not batch_shape:
        batch_shape = (None,) + tuple(shape)
    layer = InputLayer(batch_input_shape=batch_shape, name=name, dtype=dtype, sparse=sparse, input_tensor=tensor) if (
        tensor is None) else InputLayer(name=name, dtype=dtype, sparse=sparse, input_tensor=tensor)
    return layer._inbound_nodes[0].output_tensors[0]


InputLayer.__module__ = 'keras.engine.input_layer'
