"""MetaGraphDefs: graphs with their collections and savers, written and read."""
import os

from reflow.framework import ops, protos
from reflow.framework.meta_graph_collections import add_collection_def, restore_collections
from reflow.framework.meta_graph_nodes import (  # noqa: F401
    SAVE_AND_RESTORE_OPS, find_extraneous_saver_nodes, ops_used_by_graph_def, scoped_node_def, should_include_node,
    strip_graph_default_valued_attrs, stripped_op_list_for_graph)
from reflow.util import compat

_MAX_GRAPH_DEF_BYTES = 1 << 31


def _raise_if_eager():
    from reflow.eager import context
    if context.executing_eagerly():
        raise ValueError('Exporting/importing meta graphs is not supported when Eager Execution is enabled.')


def _assert_message(value, name, message):
    if value and type(value).__name__ != message:
        raise TypeError('%s must be of type %s, not %%s' % (name, message), type(value))  # as TensorFlow raises it


def create_meta_graph_def(meta_info_def=None, graph_def=None, saver_def=None, collection_list=None, graph=None,
                          export_scope=None, exclude_nodes=None, clear_extraneous_savers=False,
                          strip_default_attrs=False):
    """The MetaGraphDef of a graph: what is not given is taken from the graph, by default the default graph."""
    from reflow.framework import versions
    if graph and not isinstance(graph, ops.Graph):
        raise TypeError('graph must be of type Graph, not %s', type(graph))
    _assert_message(meta_info_def, 'meta_info_def', 'MetaInfoDef')
    _assert_message(graph_def, 'graph_def', 'GraphDef')
    _assert_message(saver_def, 'saver_def', 'SaverDef')
    graph = graph or ops.get_default_graph()

    meta_graph_def = protos.message('tensorflow.MetaGraphDef')()
    meta_info = meta_graph_def.meta_info_def
    if meta_info_def:
        meta_info.MergeFrom(meta_info_def)
    meta_info.tensorflow_version = versions.VERSION
    meta_info.tensorflow_git_version = versions.GIT_VERSION
    meta_graph_def.graph_def.MergeFrom(graph_def or graph.as_graph_def(add_shapes=True))
    if not meta_info.stripped_op_list.op:
        meta_info.stripped_op_list.MergeFrom(stripped_op_list_for_graph(meta_graph_def.graph_def))
    if strip_default_attrs:
        strip_graph_default_valued_attrs(meta_graph_def)
    if saver_def:
        meta_graph_def.saver_def.MergeFrom(saver_def)

    for key in graph.get_all_collection_keys() if collection_list is None else collection_list:
        contents = None
        if clear_extraneous_savers and key == ops.GraphKeys.SAVERS:
            contents = [ops.get_from_proto_function(key)(saver_def)]
        add_collection_def(meta_graph_def, key, graph=graph, export_scope=export_scope, exclude_nodes=exclude_nodes,
                           override_contents=contents)
    return meta_graph_def


def read_meta_graph_file(filename):
    """The MetaGraphDef of a file, bytes or text. Raises IOError if there is none, or it can't be parsed."""
    from google.protobuf import message, text_format

    from reflow.lib.io import file_io
    if not file_io.file_exists(filename):
        raise IOError('File %s does not exist.' % filename)
    with file_io.FileIO(filename, 'rb') as file:
        content = file.read()
    try:
        return protos.message('tensorflow.MetaGraphDef').FromString(content)
    except message.DecodeError:
        pass  # it may be text
    meta_graph_def = protos.message('tensorflow.MetaGraphDef')()
    try:
        protos.merge_text(content.decode('utf-8'), meta_graph_def)
    except (text_format.ParseError, UnicodeDecodeError) as error:
        raise IOError('Cannot parse file %s: %s.' % (filename, str(error)))
    return meta_graph_def


def import_scoped_meta_graph(meta_graph_or_file, clear_devices=False, graph=None, import_scope=None, input_map=None,
                             unbound_inputs_col_name='unbound_inputs', restore_collections_predicate=lambda key: True):
    """Adds the graph and collections of a MetaGraphDef or of a file to a graph, below `import_scope`.

    Returns a dict from the names of the variables, as they were exported, to the variables.
    """
    return import_scoped_meta_graph_with_return_elements(
        meta_graph_or_file, clear_devices, graph, import_scope, input_map, unbound_inputs_col_name,
        restore_collections_predicate)[0]


def _assert_inputs_bound(meta_graph_def, unbound_inputs_col_name, input_map):
    """Raises ValueError unless input_map has the inputs that were left open in exporting."""
    if not unbound_inputs_col_name or unbound_inputs_col_name not in meta_graph_def.collection_def:
        return
    collection_def = meta_graph_def.collection_def[unbound_inputs_col_name]
    unbound = [compat.as_str(name) for name in getattr(collection_def, collection_def.WhichOneof('kind')).value]
    if unbound and (not input_map or sorted(unbound) != sorted(input_map)):
        raise ValueError('Graph contains unbound inputs: %s. Must provide these inputs through input_map.' % ','.join(
            name for name in unbound if not input_map or name not in input_map))


def import_scoped_meta_graph_with_return_elements(
        meta_graph_or_file, clear_devices=False, graph=None, import_scope=None, input_map=None,
        unbound_inputs_col_name='unbound_inputs', restore_collections_predicate=lambda key: True, return_elements=None):
    """import_scoped_meta_graph that returns also the elements named in `return_elements`."""
    from reflow.framework import importer
    _raise_if_eager()
    is_message = type(meta_graph_or_file).__name__ == 'MetaGraphDef'
    meta_graph_def = meta_graph_or_file if is_message else read_meta_graph_file(meta_graph_or_file)
    _assert_inputs_bound(meta_graph_def, unbound_inputs_col_name, input_map)
    graph = graph or ops.get_default_graph()
    with graph.as_default():
        meta_info = meta_graph_def.meta_info_def
        if clear_devices:
            for node in meta_graph_def.graph_def.node:
                node.device = ''
        scope = graph.unique_name(import_scope or '', mark_as_used=False)
        elements = importer.import_graph_def(
            meta_graph_def.graph_def, name=import_scope or scope, input_map=input_map,
            producer_op_list=meta_info.stripped_op_list if meta_info.HasField('stripped_op_list') else None,
            return_elements=return_elements)
        restore_collections(meta_graph_def, graph, scope, unbound_inputs_col_name, restore_collections_predicate)
        variables = graph.get_collection(ops.GraphKeys.GLOBAL_VARIABLES, scope=scope)
        return {ops.strip_name_scope(variable.name, scope): variable for variable in variables}, elements


def _exported_graph_def(graph, graph_def, export_scope, exclude_nodes, unbound_inputs, clear_devices):
    """The GraphDef of what is exported of a graph, or of the given GraphDef."""
    exported = protos.message('tensorflow.GraphDef')()
    if graph_def:
        exported.versions.CopyFrom(graph_def.versions)
        exported.library.CopyFrom(graph_def.library)
        exported.node.extend(scoped_node_def(node, export_scope, unbound_inputs, clear_devices)
                             for node in graph_def.node if should_include_node(node.name, export_scope, exclude_nodes))
        return exported
    whole = graph.as_graph_def(add_shapes=True)
    exported.versions.CopyFrom(whole.versions)
    exported.library.CopyFrom(whole.library)
    for node in whole.node:
        if should_include_node(node.name, export_scope, exclude_nodes):
            exported.node.append(scoped_node_def(node, export_scope, unbound_inputs, clear_devices))
    if exported.ByteSize() >= _MAX_GRAPH_DEF_BYTES:
        raise ValueError('GraphDef cannot be larger than 2GB.')
    return exported


def export_scoped_meta_graph(filename=None, graph_def=None, graph=None, export_scope=None, as_text=False,
                             unbound_inputs_col_name='unbound_inputs', clear_devices=False, saver_def=None,
                             clear_extraneous_savers=False, strip_default_attrs=False, save_debug_info=False, **kwargs):
    """The MetaGraphDef of a graph, or of its part below `export_scope`, written to `filename` if there is one.

    Returns it, and a dict from the names of the exported variables, without the scope, to the variables. Inputs from
    outside of the scope are named in the collection `unbound_inputs_col_name`. With save_debug_info a file beside it, which
    ends in .debug, says where the operations were made.
    """
    if graph_def is None or graph is None:
        _raise_if_eager()
    graph = graph or ops.get_default_graph()
    exclude_nodes = None
    if export_scope or clear_extraneous_savers or clear_devices:
        unbound_inputs = []
        if clear_extraneous_savers:
            exclude_nodes = find_extraneous_saver_nodes(graph_def or graph.as_graph_def(), saver_def)
        graph_def = _exported_graph_def(graph, graph_def, export_scope, exclude_nodes, unbound_inputs, clear_devices)
        if unbound_inputs_col_name:
            graph.clear_collection(unbound_inputs_col_name)
            for name in unbound_inputs:
                graph.add_to_collection(unbound_inputs_col_name, name)
    variables = {ops.strip_name_scope(variable.name, export_scope): variable
                 for variable in graph.get_collection(ops.GraphKeys.GLOBAL_VARIABLES, scope=export_scope)
                 if should_include_node(variable, export_scope, exclude_nodes)}
    meta_graph_def = create_meta_graph_def(
        graph_def=graph_def, graph=graph, export_scope=export_scope, exclude_nodes=exclude_nodes,
        clear_extraneous_savers=clear_extraneous_savers, saver_def=saver_def, strip_default_attrs=strip_default_attrs,
        **kwargs)
    if filename:
        from reflow.framework import graph_io
        graph_io.write_graph(meta_graph_def, os.path.dirname(filename), os.path.basename(filename), as_text=as_text)
        if save_debug_info:
            from reflow.framework import error_interpolation
            operations = [('', graph.get_operation_by_name(ops.prepend_name_scope(node.name, export_scope)))
                          for node in meta_graph_def.graph_def.node]
            debug_name = os.path.splitext(os.path.basename(filename))[0] + '.debug'
            graph_io.write_graph(error_interpolation.create_graph_debug_info_def(operations), os.path.dirname(filename),
                                 debug_name, as_text=as_text)
    return meta_graph_def, variables


def copy_scoped_meta_graph(from_scope, to_scope, from_graph=None, to_graph=None):
    """Copies the part of a graph below a scope to another scope; returns the variables as import does."""
    from_graph = from_graph or ops.get_default_graph()
    to_graph = to_graph or ops.get_default_graph()
    if from_graph is to_graph and from_scope == to_scope:
        raise ValueError("'from_scope' and 'to_scope' need to be different when performing copy in the same graph.")
    meta_graph_def, _ = export_scoped_meta_graph(export_scope=from_scope, graph=from_graph)
    return import_scoped_meta_graph(meta_graph_def, graph=to_graph, import_scope=to_scope)
