"""The table of a model's layers."""

import numpy as np


def print_summary(model, line_length=None, positions=None, print_fn=None):
    """Prints the layers, their shapes and numbers of parameters."""
    print_fn = print if print_fn is None else print_fn
    is_sequence = _is_sequence(model)
    if is_sequence:
        line_length = line_length or 65
        positions = positions or [.45, .85, 1.]
        titles = ['Layer (type)', 'Output Shape', 'Param #']
    else:
        line_length = line_length or 98
        positions = positions or [.33, .55, .67, 1.]
        titles = ['Layer (type)', 'Output Shape', 'Param #', 'Connected to']
    if positions[-1] <= 1:
        positions = [int(line_length * p) for p in positions]

    def row(fields):
        line = ''
        for i, (field, position) in enumerate(zip(fields, positions)):
            if i > 0:
                line = line[:-1] + ' '
            line = (line + str(field))[:position].ljust(position)
        print_fn(line)

    print_fn('Model: "{}"'.format(model.name))
    print_fn('_' * line_length)
    row(titles)
    print_fn('=' * line_length)
    relevant = [node for nodes in getattr(model, '_nodes_by_depth', {}).values() for node in nodes]
    for i, layer in enumerate(model.layers):
        for fields in _rows(layer, is_sequence, relevant):
            row(fields)
        print_fn(('=' if i == len(model.layers) - 1 else '_') * line_length)
    trainable = _count(getattr(model, '_collected_trainable_weights', model.trainable_weights))
    others = _count(model.non_trainable_weights)
    print_fn('Total params: {:,}'.format(trainable + others))
    print_fn('Trainable params: {:,}'.format(trainable))
    print_fn('Non-trainable params: {:,}'.format(others))
    print_fn('_' * line_length)


def _is_sequence(model):
    """Whether each layer has one input and one output."""
    from reflow.keras.engine import sequential
    if isinstance(model, sequential.Sequential) or not model._is_graph_network:
        return True
    nodes = []
    for of_depth in model._nodes_by_depth.values():
        if len(of_depth) > 1 or len(of_depth[0].inbound()) > 1:
            return False
        nodes += of_depth
    for layer in model.layers:
        if sum(node in nodes for node in layer._inbound_nodes) > 1:
            return False
    return True


def _rows(layer, is_sequence, relevant):
    try:
        shape = layer.output_shape
    except (AttributeError, RuntimeError):
        shape = 'multiple'
    name = '%s (%s)' % (layer.name, type(layer).__name__)
    if not is_sequence:
        connections = ['%s[%s][%s]' % (inbound.name, node_index, tensor_index)
                       for node in layer._inbound_nodes if not relevant or node in relevant
                       for inbound, node_index, tensor_index, _ in node.inbound()]
    try:
        params = layer.count_params()
    except ValueError:
        params = '0 (unused)' if not layer.built and hasattr(layer, '_inbound_nodes') and not layer._inbound_nodes else 0
    if is_sequence:
        return [[name, shape, params]]
    return [[name, shape, params, connections[0] if connections else '']] + [['', '', '', each] for each in connections[1:]]


def _count(weights):
    unique = {id(each): each for each in weights}.values()
    return int(sum(np.prod(each.shape.as_list()) for each in unique))
