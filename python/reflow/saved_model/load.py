"""tf.saved_model.load: the objects of a SavedModel, with their variables and functions."""
import os

from reflow import _core
from reflow.framework import constant_op, dtypes, ops, tensor_shape, tensor_util
from reflow.saved_model import function_graphs, loader_impl, restored_functions, signature_map, utils_impl
from reflow.training.tracking import base, data_structures, tracking, util
from reflow.util import nest


class _UserObject(tracking.AutoTrackable):
    """An object of a class that the program need not have."""


class _RestoredResource(tracking.TrackableResource):
    """A resource that functions of the model make and fill."""

    def _list_functions_for_serialization(self, serialization_cache):
        del serialization_cache
        names = ('_create_resource', '_initialize', '_destroy_resource')
        return {name: self.__dict__[name] for name in names if name in self.__dict__}


class Loader:
    """Makes the objects of one MetaGraphDef."""

    def __init__(self, meta_graph, export_dir):
        self._meta_graph = meta_graph
        self._objects = meta_graph.object_graph_def
        self._export_dir = export_dir
        self._constants = {node.name: node.attr for node in meta_graph.graph_def.node}
        self._library = function_graphs.Library(meta_graph.graph_def.library, '_load_%d' % ops.uid())
        self._keywords = {node.bare_concrete_function.concrete_function_name: list(node.bare_concrete_function.argument_keywords)
                          for node in self._objects.nodes if node.WhichOneof('kind') == 'bare_concrete_function'}
        self._traces = _Traces(self._trace)
        self._checkpoint = _Checkpoint(utils_impl.get_variables_path(export_dir))
        self._checkpoint_keys = self._checkpoint.keys_of(self._objects)
        self._nodes = [self._recreate(i, node) for i, node in enumerate(self._objects.nodes)]
        self._connect()
        self._fill_resources()

    @property
    def root(self):
        """The object that has been saved."""
        return self._nodes[0]

    def _connect(self):
        bare = []
        for node, message in zip(self._nodes, self._objects.nodes):
            for child in message.children:
                if self._objects.nodes[child.node_id].WhichOneof('kind') == 'bare_concrete_function':
                    bare.append((node, child))  # traced, and so in need of what they capture
                else:
                    self._set_child(node, child.local_name, self._nodes[child.node_id])
        for node, child in bare:
            message = self._objects.nodes[child.node_id].bare_concrete_function
            concrete = self._traces[message.concrete_function_name]
            concrete._num_positional_args = message.allowed_positional_arguments
            self._set_child(node, child.local_name, concrete)

    def _set_child(self, node, name, child):
        _set_child(node, name, child)

    def _fill_resources(self):
        for node in self._nodes:
            if isinstance(node, _RestoredResource):
                node.resource_handle  # makes it
                init_op = node._initialize()
                if not _core.executing_eagerly():
                    ops.add_to_collection(ops.GraphKeys.TABLE_INITIALIZERS, init_op)

    def _recreate(self, node_id, node):
        kind = node.WhichOneof('kind')
        make = getattr(self, '_recreate_' + (kind or ''), None)
        if make is None:
            raise ValueError('Unknown SavedObject type: %r' % kind)
        return make(node_id, getattr(node, kind))

    def _recreate_user_object(self, node_id, message):
        del node_id
        if message.identifier == 'signature_map':
            return signature_map.SignatureMap()
        if message.identifier == 'trackable_list_wrapper':
            return data_structures.ListWrapper([])
        if message.identifier == 'trackable_dict_wrapper':
            return data_structures._DictWrapper({})
        # A class of its own: objects that can be called have __call__ in their class.
        return type('_UserObject', (_UserObject,), {})()

    def _recreate_asset(self, node_id, message):
        del node_id
        name = self._meta_graph.asset_file_def[message.asset_file_def_index].filename
        return tracking.TrackableAsset(os.path.join(utils_impl.get_assets_dir(self._export_dir), name))

    def _recreate_function(self, node_id, message):
        del node_id
        name = message.concrete_functions[0] if message.concrete_functions else 'function'
        return restored_functions.restored_function(message, self._traces, restored_functions.plain_name(name))

    def _recreate_bare_concrete_function(self, node_id, message):
        del node_id, message  # is made when all that it captures is there

    def _recreate_constant(self, node_id, message):
        del node_id
        return constant_op.constant(tensor_util.MakeNdarray(self._constants[message.operation]['value'].tensor))

    def _recreate_resource(self, node_id, message):
        del node_id
        return _RestoredResource(device=message.device)

    def _recreate_variable(self, node_id, message):
        from reflow.ops import variables
        key = self._checkpoint_keys.get(node_id)
        if key is None:
            raise ValueError('The checkpoint of the SavedModel %s has no value of the variable %s' %
                             (self._export_dir, message.name))
        dtype, shape = dtypes.as_dtype(message.dtype), tensor_shape.TensorShape(message.shape)
        return variables.VariableV1(
            initial_value=lambda: self._checkpoint.value(key, dtype, shape), trainable=message.trainable,
            name=message.name or None, dtype=dtype, use_resource=True, shape=shape,
            synchronization=variables.VariableSynchronization(message.synchronization),
            aggregation=variables.VariableAggregation(message.aggregation))

    def _trace(self, name):
        saved = self._objects.concrete_functions[name]
        return restored_functions.concrete_function(
            self._library, name, saved, lambda: [self._tensor_of(node_id) for node_id in saved.bound_inputs],
            self._keywords.get(name))

    def _tensor_of(self, node_id):
        """What functions capture of an object."""
        node = self._nodes[node_id]
        if isinstance(node, _core.Variable):
            return node.handle
        if isinstance(node, tracking.TrackableAsset):
            return node.asset_path
        if isinstance(node, tracking.CapturableResource):
            return node.resource_handle
        if isinstance(node, _core.Tensor):
            return node
        raise ValueError("Can't convert node %s to tensor" % type(node))


class _Traces(dict):
    """The ConcreteFunctions by name, each made when it is asked for."""

    def __init__(self, make):
        super().__init__()
        self._make = make

    def __missing__(self, name):
        with ops.init_scope():
            self[name] = self._make(name)
        return self[name]


class _Checkpoint:
    """The values of a model's variables."""

    def __init__(self, prefix):
        self._prefix = prefix

    def keys_of(self, objects):
        """{node id in a SavedObjectGraph: key} of variables; the checkpoint numbers objects in its own way."""
        if all(node.WhichOneof('kind') != 'variable' for node in objects.nodes):
            return {}
        saved = util.object_metadata(self._prefix)
        ids, to_visit = {0: 0}, [0]
        while to_visit:
            node_id = to_visit.pop()
            node, other = objects.nodes[node_id], saved.nodes[ids[node_id]]
            children = {child.local_name: child.node_id for child in other.children}
            pairs = [(child.node_id, children.get(child.local_name)) for child in node.children]
            slots = {slot.slot_name: [] for slot in other.slot_variables}
            for slot in other.slot_variables:
                slots[slot.slot_name].append(slot)
            for slot in node.slot_variables:
                pairs += [(slot.slot_variable_node_id, each.slot_variable_node_id) for each in slots.get(slot.slot_name, ())
                          if each.original_variable_node_id == ids.get(slot.original_variable_node_id)]
            for here, there in pairs:
                if there is not None and here not in ids:
                    ids[here] = there
                    to_visit.append(here)
        return {here: attribute.checkpoint_key for here, there in ids.items() for attribute in saved.nodes[there].attributes
                if attribute.name == base.VARIABLE_VALUE_KEY}

    def value(self, key, dtype, shape):
        """The tensor with a value."""
        from reflow.ops import gen_io_ops
        with ops.device('cpu:0'):
            value, = gen_io_ops.restore_v2(prefix=self._prefix, tensor_names=[key], shape_and_slices=[''], dtypes=[dtype])
        value.set_shape(shape)
        return value


def _set_child(node, name, child):
    if isinstance(node, signature_map.SignatureMap):
        node._add_signature(name, child)
    elif isinstance(node, data_structures.ListWrapper) and name.isdigit():
        node.append(child)  # children stand in their order
    elif isinstance(node, data_structures._DictWrapper):
        node[name] = child
    elif isinstance(node, (base.Trackable, _core.Variable)):
        setattr(node, name, child)
        if name == '__call__':
            type(node).__call__ = lambda self, *args, **kwargs: self.__dict__['__call__'](*args, **kwargs)


def load(export_dir, tags=None):
    """The object that tf.saved_model.save has written, with its variables, functions and `signatures`; of graphs, one with these.

    ValueError: the SavedModel has other tags, or several graphs and none are given.
    """
    if tags is not None and not isinstance(tags, set):
        tags = nest.flatten(tags)
    saved_model = loader_impl.parse_saved_model(export_dir)
    meta_graph = saved_model.meta_graphs[0]
    if len(saved_model.meta_graphs) != 1 or not meta_graph.HasField('object_graph_def'):
        from reflow.saved_model import load_v1_in_v2
        with ops.init_scope():
            root, meta_graph = load_v1_in_v2.load(export_dir, tags)
        return _with_version(root, meta_graph)
    if tags is not None and set(tags) != set(meta_graph.meta_info_def.tags):
        raise ValueError('The SavedModel at {} has one MetaGraph with tags {}, but got an incompatible argument tags={} to '
                         "tf.saved_model.load. You may omit it, pass 'None', or pass matching tags.".format(
                             export_dir, meta_graph.meta_info_def.tags, tags))
    with ops.init_scope():
        root = Loader(meta_graph, export_dir).root
    return _with_version(root, meta_graph)


def _with_version(root, meta_graph):
    root.tensorflow_version = meta_graph.meta_info_def.tensorflow_version
    root.tensorflow_git_version = meta_graph.meta_info_def.tensorflow_git_version
    return root
