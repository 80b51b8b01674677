"""tf.saved_model.save: an object as a SavedModel, with its variables, functions and what they belong to."""
import os

from reflow import _core
from reflow.framework import meta_graph_nodes, ops, protos, versions
from reflow.lib.io import file_io
from reflow.saved_model import assets, constants, exported_graph, saved_functions, signature_map, signatures as signatures_lib
from reflow.saved_model import tag_constants, utils_impl
from reflow.training.tracking import base, data_structures, graph_view, tracking, util
from reflow.util import compat, object_identity


class _View(graph_view.ObjectGraphView):
    """The objects with the signatures, which the root itself does not get, and their functions, listed once."""

    def __init__(self, root):
        super().__init__(root, None if _core.executing_eagerly() else object_identity.ObjectIdentityWeakKeyDictionary())
        self.signatures = None
        self._functions = object_identity.ObjectIdentityDictionary()
        self._serialization_cache = object_identity.ObjectIdentityDictionary()

    def list_dependencies(self, obj):
        extra = dict(obj._list_extra_dependencies_for_serialization(self._serialization_cache))
        if obj is self.root and self.signatures is not None:
            extra[signatures_lib.ATTRIBUTE] = self.signatures
        references = []
        for name, dependency in super().list_dependencies(obj):
            if name in extra and name != signatures_lib.ATTRIBUTE:
                raise ValueError(
                    'Error when exporting object {} of with identifier={}. The object has an attribute named {}, which is '
                    'reserved. List of all reserved attributes: {}'.format(obj, obj._object_identifier, name, extra.keys()))
            references.append(base.TrackableReference(name, extra.pop(name, dependency)))
        return references + [base.TrackableReference(name, dependency) for name, dependency in extra.items()]

    def list_functions(self, obj):
        """{name: function} of an object."""
        if obj not in self._functions:
            self._functions[obj] = obj._list_functions_for_serialization(self._serialization_cache)
        return self._functions[obj]


class Model:
    """What a SavedModel consists of: objects, then functions, then constants that functions capture, by their numbers."""

    def __init__(self, view):
        self.view = view
        objects, self._ids, self._slots = view.objects_ids_and_slot_variables()
        self.objects = list(objects)
        self.functions = []  # those that have traces, and traces by themselves
        self.constants = []  # their operations in the exported graph
        self.traces = {}     # name -> ConcreteFunction
        self._defaults = {}  # name -> keyword arguments that a call of it need not give
        for each in self.objects:
            for function in view.list_functions(each).values():
                if function not in self._ids:
                    self._ids[function] = len(self.objects) + len(self.functions)
                    self.functions.append(function)
                for concrete in saved_functions.traces_of(function):
                    self.traces.setdefault(compat.as_str(concrete.name), concrete)
                    self._defaults[compat.as_str(concrete.name)] = saved_functions.keyword_defaults(function)

    def add_constant(self, operation_name):
        """The number of a constant."""
        self.constants.append(operation_name)
        return len(self.objects) + len(self.functions) + len(self.constants) - 1

    def message(self, captures, asset_numbers):
        """The SavedObjectGraph. captures: the numbers of what a trace captures; asset_numbers: {object: number of its file}."""
        graph = protos.message('tensorflow.SavedObjectGraph')()
        for each in self.objects:
            node = graph.nodes.add()
            node.slot_variables.extend(self._slots.get(each, ()))
            for reference in self.view.list_dependencies(each):
                node.children.add(node_id=self._ids[reference.ref], local_name=reference.name)
            for name, function in self.view.list_functions(each).items():
                node.children.add(node_id=self._ids[function], local_name=name)
            _write_object(each, node, asset_numbers)
        for function in self.functions:
            saved_functions.write_function(function, graph.nodes.add())
        for name in self.constants:
            graph.nodes.add().constant.operation = name
        for name, concrete in self.traces.items():
            saved_functions.write_trace(concrete, captures(concrete), self._defaults[name], graph.concrete_functions[name])
        return graph


def _write_object(obj, node, asset_numbers):
    if isinstance(obj, tracking.TrackableAsset):
        node.asset.asset_file_def_index = asset_numbers[obj]
        node.asset.SetInParent()
    elif isinstance(obj, _core.Variable):
        node.variable.name = obj.name.partition(':')[0]
        node.variable.trainable = obj.trainable
        node.variable.dtype = obj.dtype.base_dtype.as_datatype_enum
        node.variable.synchronization = obj.synchronization.value
        node.variable.aggregation = obj.aggregation.value
        node.variable.shape.CopyFrom(obj.shape.as_proto())
    elif isinstance(obj, tracking.CapturableResource):
        node.resource.device = obj._resource_device
        node.resource.SetInParent()
    else:
        node.user_object.identifier = _identifier(obj)
        node.user_object.version.producer = node.user_object.version.min_consumer = 1
        node.user_object.metadata = obj._tracking_metadata


def _identifier(obj):
    if isinstance(obj, (data_structures.List, data_structures.ListWrapper)):
        return 'trackable_list_wrapper'
    if isinstance(obj, data_structures._DictWrapper):
        return 'trackable_dict_wrapper'
    from reflow.keras.optimizer_v2 import optimizer_v2
    return 'optimizer' if isinstance(obj, optimizer_v2.OptimizerV2) else obj._object_identifier


def save(obj, export_dir, signatures=None):
    """Writes `obj`, its variables and functions, to a folder that tf.saved_model.load and servers read.

    signatures: a function with an input signature, a ConcreteFunction, or {key: such a function}; None: the only function of
    `obj` that can be one. ValueError: `obj` can't be saved, or a function can be no signature.
    """
    if ops.inside_function():
        raise AssertionError('tf.saved_model.save is not supported inside a traced @tf.function. Move the call to the outer '
                             'eagerly-executed context.')
    if not isinstance(obj, base.Trackable):
        raise ValueError('Expected a Trackable object for export, got {}.'.format(obj))
    view = _View(obj)
    for name, dependency in view.list_dependencies(obj):
        if name == signatures_lib.ATTRIBUTE and not isinstance(dependency, signature_map.SignatureMap):
            raise ValueError(
                "Exporting an object {} which has an attribute named '{signatures}'. This is a reserved attribute used to store "
                'SavedModel signatures in objects which come from `tf.saved_model.load`. Delete this attribute (e.g. '
                "'del obj.{signatures}') before saving if this shadowing is acceptable.".format(obj, signatures=name))
    functions = signatures_lib.canonical(
        signatures_lib.only_function(view.list_functions(obj)) if signatures is None else signatures)
    view.signatures = signature_map.SignatureMap()
    for key, function in functions.items():
        view.signatures._add_signature(key, function)
    Model(view)  # tracing makes variables
    _write(Model(view), functions, export_dir)


def _write(model, functions, export_dir):
    saved_model = protos.message('tensorflow.SavedModel')(saved_model_schema_version=constants.SAVED_MODEL_SCHEMA_VERSION)
    meta_graph = saved_model.meta_graphs.add()
    exported = exported_graph.ExportedGraph(model, functions)
    exported.fill(meta_graph)
    info = meta_graph.meta_info_def
    info.tags.append(tag_constants.SERVING)
    info.tensorflow_version, info.tensorflow_git_version = versions.VERSION, versions.GIT_VERSION
    info.stripped_op_list.CopyFrom(meta_graph_nodes.stripped_op_list_for_graph(meta_graph.graph_def))
    meta_graph_nodes.strip_graph_default_valued_attrs(meta_graph)
    meta_graph.object_graph_def.CopyFrom(model.message(exported.captures_of, exported.asset_numbers))
    utils_impl.get_or_create_variables_dir(export_dir)
    util.TrackableSaver(model.view).save(utils_impl.get_variables_path(export_dir))
    assets.copy_assets_to_destination_dir(exported.asset_paths, export_dir)
    file_io.atomic_write_string_to_file(os.path.join(compat.as_str(export_dir), constants.SAVED_MODEL_FILENAME_PB),
                                        saved_model.SerializeToString(deterministic=True))
