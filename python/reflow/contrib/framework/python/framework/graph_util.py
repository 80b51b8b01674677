"""Looking at graphs, and putting one node in place of many."""

from reflow.core.framework import graph_pb2
from reflow.framework import ops

__all__ = ['fuse_op', 'get_placeholders']


def get_placeholders(graph):
    """The placeholders of a graph."""
    if not isinstance(graph, ops.Graph):
        raise TypeError('Input graph needs to be a Graph: %s' % graph)
    return [op.outputs[0] for op in graph.get_operations() if op.type == 'Placeholder']


def _name(input_name):
    """The node's name of what an input is called."""
    return input_name.lstrip('^').partition(':')[0]


def _ancestors(names, inputs):
    """The nodes `names` and all that they need."""
    found, waiting = set(), list(names)
    while waiting:
        name = waiting.pop(0)
        if name not in found:
            found.add(name)
            waiting += inputs[name]
    return found


def fuse_op(graph_def, input_nodes, output_nodes, output_dtypes, output_quantized, op_name, op_type):
    """A GraphDef with one node of type `op_type` for all nodes between `input_nodes` and `output_nodes`.

    An output becomes a node of its own type that takes the result of the new node.
    """
    if not isinstance(graph_def, graph_pb2.GraphDef):
        raise TypeError('graph_def must be a graph_pb2.GraphDef proto.')
    for nodes, argument in ((input_nodes, 'input_nodes'), (output_nodes, 'output_nodes')):
        if isinstance(nodes, str):
            raise TypeError('%s must be a list.' % argument)
    nodes = {_name(node.name): node for node in graph_def.node}
    inputs = {name: [_name(each) for each in node.input] for name, node in nodes.items()}
    for name in [*input_nodes, *output_nodes]:
        assert name in nodes, '%s is not in graph' % name
    before, within = _ancestors(input_nodes, inputs), _ancestors(output_nodes, inputs)
    after = []
    for node in graph_def.node:
        name = _name(node.name)
        if name in within and name not in before and name not in output_nodes:
            _check_inputs_of(name, inputs, before, input_nodes)
        elif name not in within and name not in before:
            after.append(name)
    result = graph_pb2.GraphDef()
    result.node.extend(node for node in graph_def.node if _name(node.name) in before)
    fused = result.node.add(op=op_type, name=op_name, input=list(input_nodes))
    fused.attr['_output_types'].list.type[:] = output_dtypes
    fused.attr['_output_quantized'].b = output_quantized
    for index, name in enumerate(output_nodes):
        assert len(nodes[name].input) == 1
        output = result.node.add()
        output.CopyFrom(nodes[name])
        output.input[:] = [op_name + (':%d' % index if index else '')]
    result.node.extend(nodes[name] for name in after)
    result.library.CopyFrom(graph_def.library)
    result.versions.CopyFrom(graph_def.versions)
    return result


def _check_inputs_of(name, inputs, before, input_nodes):
    """TypeError: a node that goes into the new one needs what comes before it and isn't one of its inputs."""
    visited, waiting = set(), [name]
    while waiting:
        current = waiting.pop(0)
        visited.add(current)
        if current in before and current not in input_nodes:
            raise TypeError('Node %s uses input %s not in input_nodes.' % (name, current))
        if current not in input_nodes:
            waiting += [each for each in inputs[current] if each not in visited]
