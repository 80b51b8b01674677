"""The configuration of a network: its layers, and the nodes that connect them."""

import json

import numpy as np

from reflow.framework import dtypes
from reflow.framework import ops
from reflow.framework import tensor_shape
from reflow.keras.engine import node as node_module
from reflow.platform import tf_logging as logging
from reflow.util import nest


def config_of(network):
    """What from_config makes the network of."""
    new_indices = {}
    for layer in network.layers:
        kept = 1 if _has_hidden_node(layer) else 0
        for node in layer._inbound_nodes:
            if node.key in network._network_nodes:
                new_indices[node.key] = kept
                kept += 1
    config = {'name': network.name, 'layers': [_layer_config(layer, network._network_nodes, new_indices)
                                               for layer in network.layers]}
    for name, structure, coordinates in (('input_layers', network._nested_inputs, network._input_coordinates),
                                         ('output_layers', network._nested_outputs, network._output_coordinates)):
        entries = [_Entry([layer.name, new_indices[node_module.node_key(layer.name, index)], tensor_index])
                   for layer, index, tensor_index in coordinates]
        packed = nest.pack_sequence_as(structure, entries) if nest.is_sequence(structure) else entries
        config[name] = nest.map_structure(list, packed)
    return config


class _Entry:
    """A list that nest takes for a leaf."""

    def __init__(self, values):
        self.values = values

    def __iter__(self):
        return iter(self.values)


def _has_hidden_node(layer):
    """Whether the layer is a network of tensors, whose first node connects its own inputs and outputs."""
    return bool(getattr(layer, '_is_graph_network', False))


def _layer_config(layer, network_nodes, new_indices):
    inbound_nodes = []
    for node in layer._inbound_nodes:
        if node.key not in network_nodes or not node.inbound():
            continue
        kwargs = _serializable(layer, node.arguments)
        data = [_Entry([inbound.name, new_indices.get(node_module.node_key(inbound.name, index), 0), tensor_index, kwargs])
                for inbound, index, tensor_index, _ in node.inbound()]
        packed = nest.pack_sequence_as(node.input_tensors, data) if nest.is_sequence(node.input_tensors) else data
        inbound_nodes.append(nest.map_structure(list, packed))
    return {'name': layer.name, 'class_name': type(layer).__name__, 'config': layer.get_config(),
            'inbound_nodes': inbound_nodes}


def _serializable(layer, arguments):
    def plain(value):
        if isinstance(value, ops.Tensor) and hasattr(value, '_keras_history'):
            history = value._keras_history
            return [history.layer.name, history.node_index, history.tensor_index]
        return value.tolist() if isinstance(value, np.ndarray) else value

    kwargs = {key: [plain(each) for each in value] if isinstance(value, (list, tuple)) else plain(value)
              for key, value in arguments.items()}
    try:
        json.dumps(kwargs)
    except TypeError:
        logging.warning('Layer ' + layer.name + ' was passed non-serializable keyword arguments: ' + str(arguments) +
                        '. They will not be included in the serialized model (and thus will be missing at deserialization '
                        'time).')
        return {}
    return kwargs


def reconstruct(config, custom_objects, deserialize):
    """(inputs, outputs, layers) of a configuration."""
    layers = {}
    waiting = []  # (layer, data of a node)
    for layer_config in config['layers']:
        layer = deserialize(layer_config, custom_objects=custom_objects)
        layers[layer_config['name']] = layer
        waiting += [(layer, data) for data in layer_config['inbound_nodes']]
    while waiting:
        left = [(layer, data) for layer, data in waiting if not _connect(layer, data, layers)]
        if len(left) == len(waiting):
            raise ValueError('Improperly formatted model config.')
        waiting = left
    inputs = _tensors_at(config['input_layers'], layers)
    outputs = _tensors_at(config['output_layers'], layers)
    return inputs, outputs, list(layers.values())


def _connect(layer, data, layers):
    """Calls the layer as a node says; False: what it needs isn't there yet."""
    tensors, kwargs = [], {}
    is_single = isinstance(data, (list, tuple)) and len(data) == 1
    for entry in data if isinstance(data, (list, tuple)) else [data]:
        name, node_index, tensor_index = entry[:3]
        if len(entry) == 4:
            kwargs = entry[3]
        inbound = layers[name]
        if len(inbound._inbound_nodes) <= node_index:
            return False
        tensors.append(nest.flatten(inbound._inbound_nodes[node_index].output_tensors)[tensor_index])
    kwargs = {key: _tensor_or_value(value, layers) for key, value in kwargs.items()}
    layer(tensors[0] if is_single else tensors, **kwargs)
    return True


def _tensor_or_value(value, layers):
    def is_coordinates(each):
        return (isinstance(each, list) and len(each) == 3 and isinstance(each[0], str) and each[0] in layers and
                isinstance(each[1], int) and isinstance(each[2], int))

    def tensor(each):
        return nest.flatten(layers[each[0]]._inbound_nodes[each[1]].output_tensors)[each[2]]

    if is_coordinates(value):
        return tensor(value)
    if isinstance(value, list) and value and all(is_coordinates(each) for each in value):
        return [tensor(each) for each in value]
    return value


def _tensors_at(coordinates, layers):
    if isinstance(coordinates, dict):
        return {key: _tensors_at([value], layers) for key, value in coordinates.items()}
    if coordinates and isinstance(coordinates[0], str):
        coordinates = [coordinates]
    tensors = [nest.flatten(layers[name]._inbound_nodes[node_index].output_tensors)[tensor_index]
               for name, node_index, tensor_index in coordinates]
    return tensors[0] if len(tensors) == 1 else tensors


def to_json(config, **kwargs):
    """A configuration as JSON."""
    return json.dumps(config, default=_json_default, **kwargs)


def _json_default(value):
    if hasattr(value, 'get_config'):
        return {'class_name': type(value).__name__, 'config': value.get_config()}
    if type(value).__module__ == np.__name__:
        return value.tolist() if isinstance(value, np.ndarray) else value.item()
    if callable(value):
        return value.__name__
    if type(value).__name__ == type.__name__:
        return value.__name__
    if isinstance(value, tensor_shape.Dimension):
        return value.value
    if isinstance(value, tensor_shape.TensorShape):
        return value.as_list()
    if isinstance(value, dtypes.DType):
        return value.name
    raise TypeError('Not JSON Serializable:', value)
