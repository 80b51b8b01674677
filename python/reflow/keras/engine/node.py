"""How layers are connected: each call of a layer on symbolic tensors makes a node."""

import collections

from reflow.keras import backend_session
from reflow.util import nest

# What a symbolic tensor of Keras knows of where it comes from.
KerasHistory = collections.namedtuple('KerasHistory', ['layer', 'node_index', 'tensor_index'])


def _single_or_all(values):
    values = nest.flatten(values)
    return values[0] if len(values) == 1 else values


class Node:
    """A call of `outbound_layer` on tensors that other layers' nodes have made."""

    def __init__(self, outbound_layer, input_tensors, output_tensors, arguments=None, is_input=False):
        histories = [] if is_input else [x._keras_history for x in nest.flatten(input_tensors)]
        self.outbound_layer = outbound_layer
        self.input_tensors = input_tensors
        self.output_tensors = output_tensors
        self.arguments = arguments or {}
        self.inbound_layers = [] if is_input else _repacked(input_tensors, [each.layer for each in histories])
        self.node_indices = [] if is_input else _repacked(input_tensors, [each.node_index for each in histories])
        self.tensor_indices = [] if is_input else _repacked(input_tensors, [each.tensor_index for each in histories])
        self.input_shapes = nest.map_structure(backend_session.int_shape, input_tensors)
        self.output_shapes = nest.map_structure(backend_session.int_shape, output_tensors)
        for history in histories:
            history.layer._outbound_nodes.append(self)
        outbound_layer._inbound_nodes.append(self)

    def inbound(self):
        """(layer, node index, tensor index, tensor) of each input."""
        if not nest.flatten(self.inbound_layers):
            return []
        return list(zip(nest.flatten(self.inbound_layers), nest.flatten(self.node_indices),
                        nest.flatten(self.tensor_indices), nest.flatten(self.input_tensors)))

    iterate_inbound = inbound

    def inbound_nodes(self):
        """The nodes that have made the inputs."""
        return [layer._inbound_nodes[index] for layer, index, _, _ in self.inbound()]

    @property
    def key(self):
        """A name for the node: that of its layer, and its number there."""
        return node_key(self.outbound_layer.name, self.outbound_layer._inbound_nodes.index(self))

    def get_config(self):
        """What the node connects, by name."""
        return {'outbound_layer': self.outbound_layer.name,
                'inbound_layers': nest.map_structure(lambda layer: layer.name, self.inbound_layers),
                'node_indices': self.node_indices, 'tensor_indices': self.tensor_indices}


def _repacked(structure, values):
    return nest.pack_sequence_as(structure, values) if nest.is_sequence(structure) else values[0]


def node_key(layer_name, node_index):
    """A name for a node."""
    return layer_name + '_ib-' + str(node_index)


def has_history(tensor):
    """Whether Keras knows where the tensor comes from."""
    return hasattr(tensor, '_keras_history')


def all_have_history(tensors):
    """Whether Keras knows that of all tensors, and there are some."""
    tensors = nest.flatten(tensors)
    return bool(tensors) and all(has_history(each) for each in tensors)


class Connections:
    """The nodes of a layer, and its inputs and outputs where it has been called once."""

    def _node_attribute(self, node_index, attribute, name):
        if not self._inbound_nodes:
            raise RuntimeError('The layer has never been called and thus has no defined ' + name + '.')
        if not len(self._inbound_nodes) > node_index:
            raise ValueError('Asked to get ' + name + ' at node ' + str(node_index) + ', but the layer has only ' +
                             str(len(self._inbound_nodes)) + ' inbound nodes.')
        return _single_or_all(getattr(self._inbound_nodes[node_index], attribute))

    def get_input_at(self, node_index):
        """The inputs of the call number `node_index`."""
        return self._node_attribute(node_index, 'input_tensors', 'input')

    def get_output_at(self, node_index):
        """The outputs of the call number `node_index`."""
        return self._node_attribute(node_index, 'output_tensors', 'output')

    def get_input_shape_at(self, node_index):
        """The shape of the inputs of the call number `node_index`."""
        return self._shape_at(node_index, 'input_shapes', 'input shape')

    def get_output_shape_at(self, node_index):
        """The shape of the outputs of the call number `node_index`."""
        return self._shape_at(node_index, 'output_shapes', 'output shape')

    def _shape_at(self, node_index, attribute, name):
        if not len(self._inbound_nodes) > node_index:
            self._node_attribute(node_index, attribute, name)
        shapes = getattr(self._inbound_nodes[node_index], attribute)
        return shapes[0] if isinstance(shapes, list) and len(shapes) == 1 else shapes

    def get_input_mask_at(self, node_index):
        """The masks of the inputs of the call number `node_index`."""
        return self._masks(self.get_input_at(node_index))

    def get_output_mask_at(self, node_index):
        """The masks of the outputs of the call number `node_index`."""
        return self._masks(self.get_output_at(node_index))

    @staticmethod
    def _masks(tensors):
        if isinstance(tensors, list):
            return [getattr(each, '_keras_mask', None) for each in tensors]
        return getattr(tensors, '_keras_mask', None)

    @property
    def inbound_nodes(self):
        """The nodes of the layer's calls."""
        return self._inbound_nodes

    @property
    def outbound_nodes(self):
        """The nodes that take the layer's outputs."""
        return self._outbound_nodes

    @property
    def input(self):
        """The inputs of the layer's one call."""
        if not self._inbound_nodes:
            raise AttributeError('Layer ' + self.name + ' is not connected, no input to return.')
        return self._node_attribute(0, 'input_tensors', 'input')

    @property
    def output(self):
        """The outputs of the layer's one call."""
        if not self._inbound_nodes:
            raise AttributeError('Layer ' + self.name + ' has no inbound nodes.')
        return self._node_attribute(0, 'output_tensors', 'output')

    @property
    def input_mask(self):
        """The masks of the inputs."""
        if not self._inbound_nodes:
            raise AttributeError('Layer ' + self.name + ' is not connected, no input to return.')
        self._single_node('input mask')
        return self._masks(self.input)

    @property
    def output_mask(self):
        """The masks of the outputs."""
        self._single_node('output mask')
        return self._masks(self.output)

    def _single_node(self, name):
        if len(self._inbound_nodes) != 1:
            raise AttributeError('Layer ' + self.name + ' has multiple inbound nodes, hence the notion of "layer ' + name +
                                 '" is ill-defined. Use `get_' + name.replace(' ', '_') + '_at(node_index)` instead.')

    @property
    def input_shape(self):
        """The shape of the inputs."""
        return self._one_shape('input_shapes', 'input')

    @property
    def output_shape(self):
        """The shape of the outputs."""
        return self._one_shape('output_shapes', 'output')

    def _one_shape(self, attribute, name):
        if not self._inbound_nodes:
            raise AttributeError('The layer has never been called and thus has no defined %s shape.' % name)
        shapes = {str(getattr(node, attribute)) for node in self._inbound_nodes}
        if len(shapes) == 1:
            return getattr(self._inbound_nodes[0], attribute)
        if name == 'input':
            raise AttributeError('The layer "' + str(self.name) + ' has multiple inbound nodes, with different input '
                                 'shapes. Hence the notion of "input shape" is ill-defined for the layer. Use '
                                 '`get_input_shape_at(node_index)` instead.')
        raise AttributeError('The layer "%s" has multiple inbound nodes, with different output shapes. Hence the notion of '
                             '"output shape" is ill-defined for the layer. Use `get_output_shape_at(node_index)` instead.'
                             % self.name)
