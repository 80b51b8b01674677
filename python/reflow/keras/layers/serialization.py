"""Layers by name and configuration."""

import importlib

from reflow.keras.utils import generic_utils
from reflow.names import table


def _layers():
    """{name: class} of all layers and models that there are."""
    found = {}
    for name, (module, attribute) in table.symbols('keras.layers').items():
        try:
            found[name] = getattr(importlib.import_module('reflow.' + module), attribute)
        except (ImportError, AttributeError):
            continue  # a layer that is not there yet
    from reflow.keras.engine import op_layer, sequential, training
    from reflow.keras.engine.network import Network
    found.update(Network=Network, Model=training.Model, Functional=training.Model, Sequential=sequential.Sequential,
                 TensorFlowOpLayer=op_layer.TensorFlowOpLayer, AddLoss=op_layer.AddLoss, AddMetric=op_layer.AddMetric,
                 BatchNormalizationV1=found.get('BatchNormalization'))
    return found


def serialize(layer):
    """The class and the configuration of a layer."""
    return {'class_name': type(layer).__name__, 'config': layer.get_config()}


def deserialize(config, custom_objects=None):
    """The layer of what serialize gives."""
    return generic_utils.deserialize_keras_object(config, module_objects=_layers(), custom_objects=custom_objects,
                                                  printable_module_name='layer')
