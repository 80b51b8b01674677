"""The collections of a graph in a MetaGraphDef."""
from reflow.framework import ops
from reflow.framework.meta_graph_nodes import should_include_node
from reflow.util import compat

# Collections that MetaGraphDefs of old releases have as names.
_COMPAT_COLLECTION_LIST = [ops.GraphKeys.LOCAL_VARIABLES, ops.GraphKeys.MODEL_VARIABLES, ops.GraphKeys.METRIC_VARIABLES]


def _logging():
    from reflow.platform import tf_logging
    return tf_logging


def _kind_of(item):
    """The field of CollectionDef for items like this."""
    if isinstance(item, (str, bytes)):
        return 'bytes_list'
    if isinstance(item, int):
        return 'int64_list'
    if isinstance(item, float):
        return 'float_list'
    return 'any_list' if type(item).__name__ == 'Any' else 'node_list'


def add_collection_def(meta_graph_def, key, graph=None, export_scope=None, exclude_nodes=None, override_contents=None):
    """Writes a collection into a MetaGraphDef; with a warning not, if its items can't be written."""
    if graph and not isinstance(graph, ops.Graph):
        raise TypeError('graph must be of type Graph, not %s', type(graph))  # as TensorFlow raises it
    if not isinstance(key, (str, bytes)):
        _logging().warning('Only collections with string type keys will be serialized. This key has %s', type(key))
        return
    items = override_contents or (graph or ops.get_default_graph()).get_collection(key)
    items = [item for item in items if should_include_node(item, export_scope, exclude_nodes)]
    if not items:
        return
    try:
        _write(meta_graph_def.collection_def[key], key, items, export_scope)
    except Exception as error:  # collections may hold anything
        _logging().warning(
            "Issue encountered when serializing %s.\nType is unsupported, or the types of the items don't match field "
            'type in CollectionDef. Note this is a warning and probably safe to ignore.\n%s', key, str(error))
        if key in meta_graph_def.collection_def:
            del meta_graph_def.collection_def[key]


def _write(collection_def, key, items, export_scope):
    to_proto = ops.get_to_proto_function(key)
    if to_proto:
        for item in items:
            proto = to_proto(item, export_scope=export_scope)
            if proto:
                assert isinstance(proto, ops.get_collection_proto_type(key))
                collection_def.bytes_list.value.append(proto.SerializeToString())
        return
    kind = _kind_of(items[0])
    if kind == 'node_list':
        items = [ops.strip_name_scope(item.name, export_scope) for item in items
                 if not export_scope or item.name.startswith(export_scope)]
    elif kind == 'bytes_list':
        items = [compat.as_bytes(item) for item in items]
    elif kind == 'any_list':  # the messages of programs are of another pool
        for item in items:
            collection_def.any_list.value.add().MergeFromString(item.SerializeToString())
        return
    getattr(collection_def, kind).value.extend(items)


def restore_collections(meta_graph_def, graph, scope, unbound_inputs_col_name, predicate):
    """Adds the collections of a MetaGraphDef to a graph into which its nodes were imported, below `scope`."""
    # Trainable variables first: where older files have a variable twice, this one says that it is trainable.
    trainable = ops.GraphKeys.TRAINABLE_VARIABLES
    variables = {}  # serialized VariableDef -> variable, one for all collections it is in
    for key in sorted(meta_graph_def.collection_def, key=lambda key: (key != trainable, key)):
        collection_def = meta_graph_def.collection_def[key]
        if key == unbound_inputs_col_name or not predicate(key):
            continue
        kind = collection_def.WhichOneof('kind')
        if kind is None:
            _logging().error('Cannot identify data type for collection %s. Skipping.', key)
            continue
        from_proto = ops.get_from_proto_function(
            ops.GraphKeys.GLOBAL_VARIABLES if key == ops.GraphKeys.METRIC_VARIABLES else key)
        values = getattr(collection_def, kind).value
        if from_proto and kind == 'bytes_list':
            is_variable = key in ops.GraphKeys._VARIABLE_COLLECTIONS
            for value in values:
                item = variables.get(value) if is_variable else None
                if item is None:
                    item = from_proto(_parsed(key, value, meta_graph_def), import_scope=scope)
                    if is_variable:
                        variables[value] = item
                graph.add_to_collection(key, item)
            continue
        if key in _COMPAT_COLLECTION_LIST:
            _logging().warning(
                "The saved meta_graph is possibly from an older release:\n'%s' collection should be of type "
                "'byte_list', but instead is of type '%s'.", key, kind)
        for value in values:
            graph.add_to_collection(key, _restored(value, kind, graph, scope))


def _parsed(key, value, meta_graph_def):
    proto = ops.get_collection_proto_type(key).FromString(value)
    if key in ops.GraphKeys._VARIABLE_COLLECTIONS and _older_than_trainable(meta_graph_def):
        proto.trainable = key == ops.GraphKeys.TRAINABLE_VARIABLES
    return proto


def _older_than_trainable(meta_graph_def):
    """Whether the file was written before TensorFlow 1.9, when variables did not say whether they are trainable."""
    version = meta_graph_def.meta_info_def.tensorflow_version
    numbers = [int(part) for part in version.split('.')[:2] if part.isdigit()]
    return bool(version) and numbers < [1, 9]


def _restored(value, kind, graph, scope):
    if kind == 'int64_list':
        return int(value)
    if kind == 'node_list':
        return graph.as_graph_element(ops.prepend_name_scope(value, scope))
    return ops.prepend_name_scope(value, scope)
