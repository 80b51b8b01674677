"""Takes nodes out of a graph that its outputs do not need."""
from reflow.framework import graph_util, protos
from reflow.platform import gfile


def _placeholder(node, dtype):
    placeholder = protos.message('tensorflow.NodeDef')(op='Placeholder', name=node.name)
    placeholder.attr['dtype'].type = dtype
    for name in ('_output_shapes', 'shape'):
        if name in node.attr:
            placeholder.attr[name].CopyFrom(node.attr[name])
    return placeholder


def strip_unused(input_graph_def, input_node_names, output_node_names, placeholder_type_enum):
    """The GraphDef of what lies between input and output nodes; the input nodes become placeholders.

    `placeholder_type_enum` is their type, or a list of their types. ValueError: an input is named as a tensor.
    KeyError: the graph has no such node.
    """
    for name in input_node_names:
        if ':' in name:
            raise ValueError("Name '%s' appears to refer to a Tensor, not a Operation." % name)
    not_found = set(input_node_names)
    replaced = protos.message('tensorflow.GraphDef')()
    for node in input_graph_def.node:
        if node.name not in input_node_names:
            replaced.node.append(node)
            continue
        not_found.remove(node.name)
        dtype = placeholder_type_enum
        if isinstance(dtype, list):
            dtype = dtype[input_node_names.index(node.name)]
        replaced.node.append(_placeholder(node, dtype))
    if not_found:
        raise KeyError('The following input nodes were not found: %s' % not_found)
    return graph_util.extract_sub_graph(replaced, output_node_names)


def strip_unused_from_files(input_graph, input_binary, output_graph, output_binary, input_node_names,
                            output_node_names, placeholder_type_enum):
    """strip_unused of a file into a file; names are separated by commas. Gives -1 where something is missing."""
    if not gfile.Exists(input_graph):
        print("Input graph file '" + input_graph + "' does not exist!")
        return -1
    if not output_node_names:
        print('You need to supply the name of a node to --output_node_names.')
        return -1
    graph_def = protos.message('tensorflow.GraphDef')()
    with gfile.GFile(input_graph, 'rb' if input_binary else 'r') as file:
        if input_binary:
            graph_def.ParseFromString(file.read())
        else:
            protos.merge_text(file.read(), graph_def)
    stripped = strip_unused(graph_def, input_node_names.split(','), output_node_names.split(','), placeholder_type_enum)
    with gfile.GFile(output_graph, 'wb' if output_binary else 'w') as file:
        file.write(stripped.SerializeToString() if output_binary else protos.to_text(stripped))
    print('%d ops in the final graph.' % len(stripped.node))
    return None
