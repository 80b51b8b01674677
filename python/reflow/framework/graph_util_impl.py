"""Work on GraphDefs: parts of graphs, graphs without training, graphs whose variables are constants."""
from reflow.framework import dtypes, protos
from reflow.util import deprecation

_VARIABLE_OPS = frozenset([
    'Assign', 'AssignAdd', 'AssignSub', 'Queue', 'ScatterAdd', 'ScatterSub', 'ScatterUpdate', 'TruncatedNormal',
    'Variable', 'VariableV2'])

# What may lie between a variable and the operation that reads it.
_PASSING_ON = frozenset(['Switch', 'Enter', 'Exit', 'Identity', 'Merge', 'NextIteration'])

# Op and attribute: with int32 there, the operation has kernels on the CPU only.
_INT32_ON_CPU = {'DynamicStitch': 'T', 'ParallelDynamicStitch': 'T', 'Cast': 'SrcT', 'Const': 'dtype'}


def _deprecated(name):
    return deprecation.deprecated(date=None, instructions='Use `tf.compat.v1.graph_util.%s`' % name)


@_deprecated('must_run_on_cpu')
def must_run_on_cpu(node, pin_variables_on_cpu=False):
    """Whether an Operation or NodeDef can run on the CPU only."""
    node_def = node if type(node).__name__ == 'NodeDef' else node.node_def
    if pin_variables_on_cpu and node_def.op in _VARIABLE_OPS:
        return True
    if node_def.op not in _INT32_ON_CPU:
        return False
    dtype = node_def.attr[_INT32_ON_CPU[node_def.op]].type
    return dtype == dtypes.int32 or (node_def.op == 'Const' and dtype == dtypes.string)


def _node_name(name):
    """The node of an input."""
    return name[1:] if name.startswith('^') else name.split(':')[0]


def _assert_is_graph_def(graph_def):
    if type(graph_def).__name__ != 'GraphDef':
        raise TypeError('graph_def must be a graph_pb2.GraphDef proto.')


def _needed_nodes(node):
    """The names of the nodes without which this one can't be in a graph."""
    yield from (_node_name(name) for name in node.input)
    if '_class' in node.attr:
        for group in node.attr['_class'].list.s:
            if group.startswith(b'loc:@'):
                yield group.decode('utf-8')[len('loc:@'):]


@_deprecated('extract_sub_graph')
def extract_sub_graph(graph_def, dest_nodes):
    """The GraphDef of the nodes that `dest_nodes`, a list of names, depend on, in their order."""
    _assert_is_graph_def(graph_def)
    if isinstance(dest_nodes, str):
        raise TypeError('dest_nodes must be a list.')
    nodes = {_node_name(node.name): node for node in graph_def.node}
    for name in dest_nodes:
        assert name in nodes, '%s is not in graph' % name
    kept, to_visit = set(), list(dest_nodes)
    while to_visit:
        name = to_visit.pop()
        if name not in kept:
            kept.add(name)
            to_visit.extend(_needed_nodes(nodes[name]))
    out = protos.message('tensorflow.GraphDef')(library=graph_def.library, versions=graph_def.versions)
    out.node.extend(node for name, node in nodes.items() if name in kept)
    return out


@_deprecated('tensor_shape_from_node_def_name')
def tensor_shape_from_node_def_name(graph, input_name):
    """The shape of a tensor of a graph, named NODE or NODE:INDEX."""
    return graph.get_tensor_by_name(input_name if ':' in input_name else input_name + ':0').get_shape()


def _const_node(name, dtype, data, shape=None):
    from reflow.framework import tensor_util
    node = protos.message('tensorflow.NodeDef')(op='Const', name=name)
    node.attr['dtype'].CopyFrom(dtype)
    node.attr['value'].tensor.CopyFrom(tensor_util.make_tensor_proto(data, dtype=dtype.type, shape=shape))
    return node


def _handles_passed_on(graph_def):
    """The nodes that pass the handle of a variable on to who reads it, and the attribute of the variable's type."""
    nodes = {node.name: node for node in graph_def.node}
    passing_on = {}
    for reader in graph_def.node:
        if reader.op not in ('ReadVariableOp', 'ResourceGather'):
            continue
        to_visit = [_node_name(reader.input[0])]
        while to_visit:
            source = nodes[to_visit.pop()]
            if source.op in _PASSING_ON:
                if source.name not in passing_on:
                    passing_on[source.name] = reader.attr['dtype']
                    inputs = source.input if source.op == 'Merge' else source.input[:1]
                    to_visit.extend(_node_name(name) for name in inputs)
            elif source.op != 'VarHandleOp':
                raise ValueError('Cannot find the variable that is an input to the ReadVariableOp.')
    return passing_on


def _read_of_constant(node):
    """The node that passes a constant on where `node` read a variable."""
    out = protos.message('tensorflow.NodeDef')(op='Identity', name=node.name, input=node.input[:1])
    out.attr['T'].CopyFrom(node.attr['dtype'])
    if '_class' in node.attr:
        out.attr['_class'].CopyFrom(node.attr['_class'])
    return out


def _gather_of_constant(node):
    """The nodes that gather from a constant where `node` gathered from a variable."""
    if node.attr['batch_dims'].i != 0:
        raise ValueError('batch_dims != 0 is not supported by freeze_graph.')
    axis = _const_node(node.name + '/axis', node.attr['Tindices'], 0)
    out = protos.message('tensorflow.NodeDef')(
        op='GatherV2', name=node.name, input=[node.input[0], node.input[1], axis.name])
    out.attr['Tparams'].CopyFrom(node.attr['dtype'])
    out.attr['Tindices'].CopyFrom(node.attr['Tindices'])
    out.attr['Taxis'].CopyFrom(node.attr['Tindices'])
    if '_class' in node.attr:
        out.attr['_class'].CopyFrom(node.attr['_class'])
    return [axis, out]


def _passing_constant(node, dtype):
    """`node` that passes a value of `dtype` on where it passed a handle."""
    out = protos.message('tensorflow.NodeDef')(op=node.op, name=node.name, input=node.input)
    for name in node.attr:
        if name != '_output_shapes':
            out.attr[name].CopyFrom(node.attr[name])
    out.attr['T'].CopyFrom(dtype)
    return out


@_deprecated('convert_variables_to_constants')
def convert_variables_to_constants(sess, input_graph_def, output_node_names, variable_names_whitelist=None,
                                   variable_names_blacklist=None):
    """The GraphDef of what the output nodes depend on, with the variables' values in the session as constants.

    Only variables of the white list, if there is one, and none of the black list are replaced.
    """
    from reflow.platform import tf_logging
    inference_graph = extract_sub_graph(input_graph_def, output_node_names)
    variables = {}  # name -> tensor to read
    for node in inference_graph.node:
        if node.op not in ('Variable', 'VariableV2', 'VarHandleOp'):
            continue
        if variable_names_whitelist is not None and node.name not in variable_names_whitelist:
            continue
        if variable_names_blacklist is not None and node.name in variable_names_blacklist:
            continue
        variables[node.name] = node.name + ('/Read/ReadVariableOp:0' if node.op == 'VarHandleOp' else ':0')
    passing_on = _handles_passed_on(inference_graph)
    values = dict(zip(variables, sess.run(list(variables.values())) if variables else []))
    tf_logging.info('Froze %d variables.', len(values))

    out = protos.message('tensorflow.GraphDef')(library=inference_graph.library)
    for node in inference_graph.node:
        if node.name in values:
            value = values[node.name]
            out.node.append(_const_node(node.name, node.attr['dtype'], value, value.shape))
        elif node.name in passing_on:
            out.node.append(_passing_constant(node, passing_on[node.name]))
        elif node.op == 'ReadVariableOp':
            out.node.append(_read_of_constant(node))
        elif node.op == 'ResourceGather':
            out.node.extend(_gather_of_constant(node))
        else:
            out.node.append(node)
    tf_logging.info('Converted %d variables to const ops.', len(values))
    return out


def _without_removed(nodes, removed):
    """Copies of `nodes` without those of `removed` and their outputs."""
    for node in nodes:
        if node.name not in removed:
            copy = protos.message('tensorflow.NodeDef')()
            copy.CopyFrom(node)
            copy.input[:] = [name for name in node.input if name.lstrip('^') not in removed]
            yield copy


@_deprecated('remove_training_nodes')
def remove_training_nodes(input_graph, protected_nodes=None):
    """The GraphDef without CheckNumerics, and without Identity where no control dependency needs it."""
    protected = frozenset(protected_nodes or ())
    removed = {node.name for node in input_graph.node if node.op == 'CheckNumerics' and node.name not in protected}
    nodes = list(_without_removed(input_graph.node, removed))

    controlling, controlled = set(), set()
    for node in nodes:
        for name in node.input:
            if name.startswith('^'):
                controlling.add(name[1:])
                controlled.add(node.name)
    spliced = {node.name: node.input[0] for node in nodes
               if node.op == 'Identity' and node.name not in protected | controlled | controlling}

    def source(name):
        while name.lstrip('^') in spliced:
            name = spliced[name.lstrip('^')]
        return name

    out = protos.message('tensorflow.GraphDef')()
    for node in nodes:
        if node.name not in spliced:
            node.input[:] = [source(name) for name in node.input]
            out.node.append(node)
    return out
