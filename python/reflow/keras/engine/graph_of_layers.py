"""The layers and nodes between inputs and outputs, in the order in which they are computed."""

import collections

from reflow.util import nest

# nodes: names of nodes; nodes_by_depth, layers_by_depth: {depth: list}, the inputs having the largest depth.
LayerGraph = collections.namedtuple('LayerGraph', ['node_keys', 'nodes_by_depth', 'layers', 'layers_by_depth'])


def map_graph(inputs, outputs):
    """The LayerGraph between tensors. ValueError: an output can't be computed, or two layers have one name."""
    nodes, layer_order = _nodes_in_order(outputs)
    node_depths, layer_depths = {}, {}
    for node in reversed(nodes):
        depth = max(node_depths.setdefault(node, 0), layer_depths.get(node.outbound_layer, 0))
        layer_depths[node.outbound_layer] = node_depths[node] = depth
        for inbound in node.inbound_nodes():
            node_depths[inbound] = max(depth + 1, node_depths.get(inbound, 0))
    keys = {node.key for node in nodes}
    for tensor in inputs:
        layer = tensor._keras_history.layer
        if layer not in layer_depths:
            layer_depths[layer] = 0
            layer_order[layer] = -1
            node_depths[layer._inbound_nodes[0]] = 0
            keys.add(layer._inbound_nodes[0].key)
    nodes_by_depth = _by_depth(node_depths)
    layers_by_depth = _by_depth(layer_depths)
    layers = []
    for depth in sorted(layers_by_depth, reverse=True):
        layers_by_depth[depth].sort(key=lambda layer: layer_order[layer])
        layers += layers_by_depth[depth]
    _check_connected(inputs, nodes_by_depth)
    _check_names(layers)
    return LayerGraph(keys, nodes_by_depth, layers, layers_by_depth)


def _nodes_in_order(outputs):
    """The nodes that lead to `outputs`, each after those that it needs; and the order in which layers were met."""
    done, in_progress, order, layer_order = set(), set(), [], {}
    for output in outputs:
        stack = [(output, False)]
        while stack:
            tensor, is_finished = stack.pop()
            layer, node_index, _ = tensor._keras_history
            node = layer._inbound_nodes[node_index]
            if is_finished:
                in_progress.discard(node)
                done.add(node)
                order.append(node)
                continue
            if node in in_progress:
                raise ValueError('The tensor ' + str(tensor) + ' at layer "' + layer.name + '" is part of a cycle.')
            if node in done:
                continue
            layer_order.setdefault(layer, len(layer_order))
            in_progress.add(node)
            stack.append((tensor, True))
            inbound = [each for each in nest.flatten(node.input_tensors)] if node.inbound() else []
            stack.extend((each, False) for each in reversed(_without(inbound, done)))
    return order, layer_order


def _without(tensors, done):
    """The tensors whose nodes aren't done, one of each node."""
    left = {}
    for tensor in tensors:
        layer, node_index, _ = tensor._keras_history
        node = layer._inbound_nodes[node_index]
        if node not in done:
            left.setdefault(node, tensor)
    return list(left.values())


def _by_depth(depths):
    lists = collections.defaultdict(list)
    for thing, depth in depths.items():
        lists[depth].append(thing)
    return dict(lists)


def _check_connected(inputs, nodes_by_depth):
    computable = {id(x) for x in inputs}
    complete = []
    for depth in sorted(nodes_by_depth, reverse=True):
        for node in nodes_by_depth[depth]:
            layer = node.outbound_layer
            for x in nest.flatten(node.input_tensors):
                if id(x) not in computable:
                    raise ValueError('Graph disconnected: cannot obtain value for tensor ' + str(x) + ' at layer "' +
                                     layer.name + '". The following previous layers were accessed without issue: ' +
                                     str(complete))
            computable.update(id(x) for x in nest.flatten(node.output_tensors))
            complete.append(layer.name)


def _check_names(layers):
    names = [layer.name for layer in layers]
    for name in names:
        if names.count(name) != 1:
            raise ValueError('The name "' + name + '" is used ' + str(names.count(name)) + ' times in the model. All layer '
                             'names should be unique.')
