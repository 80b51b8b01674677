"""Which nodes of a graph go into a MetaGraphDef, and how they look there."""
from reflow.framework import op_def_registry, ops, protos
from reflow.util import compat

# Stands before the name of an input whose node is not exported.
UNBOUND_INPUT_PREFIX = '$unbound_inputs_'

SAVE_AND_RESTORE_OPS = ['SaveV2', 'Save', 'SaveSlice', 'LegacySave', 'LegacySaveSlice', 'RestoreV2', 'Restore',
                        'RestoreSlice', 'LegacyRestore', 'LegacyRestoreSlice']

# Ops of functions, which no list of ops names.
_FUNCTION_OPS = ('_Arg', '_Retval', '_ListToArray', '_ArrayToList')


def should_include_node(node_or_node_name, export_scope, exclude_nodes):
    """Whether a node, or an item of a collection, is exported; what has no name is."""
    if isinstance(node_or_node_name, str):
        name = node_or_node_name
    else:
        try:
            name = node_or_node_name.name
        except AttributeError:
            return True
    if exclude_nodes and (node_or_node_name in exclude_nodes or name in exclude_nodes):
        return False
    return name.startswith(UNBOUND_INPUT_PREFIX) or not export_scope or name.startswith(export_scope)


def scoped_node_def(from_node_def, export_scope, unbound_inputs, clear_devices=False):
    """A copy of a NodeDef without the scope in its names. Inputs from outside are marked, and added to the list."""
    node_def = protos.message('tensorflow.NodeDef')()
    node_def.CopyFrom(from_node_def)
    for i, name in enumerate(node_def.input):
        if export_scope and not name.lstrip('^').startswith(export_scope):
            control = '^' if name.startswith('^') else ''
            node_def.input[i] = control + UNBOUND_INPUT_PREFIX + name[len(control):]
            unbound_inputs.append(node_def.input[i])
        else:
            node_def.input[i] = ops.strip_name_scope(name, export_scope)
    node_def.name = ops.strip_name_scope(from_node_def.name, export_scope)
    if '_class' in node_def.attr:
        groups = [compat.as_str(group) for group in node_def.attr['_class'].list.s]
        node_def.attr['_class'].list.s[:] = [
            compat.as_bytes(ops.strip_name_scope(group, export_scope)) for group in groups
            if not export_scope or group.split('@')[1].startswith(export_scope)]
    if node_def.op in ('Enter', 'RefEnter') and 'frame_name' in node_def.attr:
        frame_name = compat.as_str(node_def.attr['frame_name'].s)
        node_def.attr['frame_name'].s = compat.as_bytes(ops.strip_name_scope(frame_name, export_scope))
    if clear_devices:
        node_def.device = ''
    return node_def


def ops_used_by_graph_def(graph_def):
    """The list of ops, functions left out, that nodes of the graph and of the functions it uses have."""
    functions = {function.signature.name: function for function in graph_def.library.function}
    used, to_visit = set(), [graph_def.node]
    while to_visit:
        for node in to_visit.pop():
            if node.op not in used and node.op in functions:
                to_visit.append(functions[node.op].node_def)
            used.add(node.op)
    return [op for op in used if op not in functions]


def stripped_op_list_for_graph(graph_def):
    """The OpList of the graph's ops by name. Raises ValueError for an op that Reflow has not."""
    definitions = []
    for op in sorted(ops_used_by_graph_def(graph_def)):
        definition = op_def_registry.op_def(op)
        if definition is not None:
            definitions.append(definition)
        elif op not in _FUNCTION_OPS:
            raise ValueError('Op %s is used by the graph, but is not registered' % op)
    return protos.message('tensorflow.OpList')(op=definitions)


def strip_graph_default_valued_attrs(meta_graph_def):
    """Takes attributes out that have their default values, so that older readers can read nodes with new ones."""
    graph_def = meta_graph_def.graph_def
    functions = {function.signature.name for function in graph_def.library.function}
    for nodes in (graph_def.node, *(function.node_def for function in graph_def.library.function)):
        for node in nodes:
            definition = None if node.op in functions else op_def_registry.op_def(node.op)
            for attr in definition.attr if definition is not None else ():
                if attr.HasField('default_value') and attr.name in node.attr:
                    if node.attr[attr.name] == attr.default_value:
                        del node.attr[attr.name]
    meta_graph_def.meta_info_def.stripped_default_attrs = True


def op_name(tensor_name):
    """The operation of a tensor or control input."""
    if not tensor_name:
        raise ValueError('Tensor name cannot be empty or None.')
    return tensor_name.lstrip('^').split(':')[0]


def _scope(node_name):
    if not node_name:
        raise ValueError('Node name cannot be empty or None.')
    return node_name.lstrip('^').rpartition('/')[0]


def find_extraneous_saver_nodes(graph_def, saver_def):
    """The names of the nodes in scopes that save or restore, but for those of `saver_def`."""
    saving = {node.name for node in graph_def.node if node.op in SAVE_AND_RESTORE_OPS}
    scopes = {_scope(name) + '/' for name in saving if _scope(name) not in saving}
    if saver_def is not None:
        scopes -= {_scope(op_name(name)) + '/' for name in (saver_def.save_tensor_name, saver_def.restore_op_name)}
    return {node.name for node in graph_def.node if node.name.startswith(tuple(scopes))}
