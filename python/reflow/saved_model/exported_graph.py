"""The graph of a SavedModel of objects: its signatures as calls of functions, for those who know only graphs."""
import copy

import numpy as np

from reflow import _core
from reflow.eager import function as function_lib
from reflow.framework import constant_op, dtypes, ops, tensor_like, tensor_util
from reflow.saved_model import assets, constants, signature_constants, signature_def_utils_impl, utils_impl
from reflow.training.saving import functional_saver, saveable_object
from reflow.training.tracking import base, tracking
from reflow.util import compat, object_identity


class _ExportedVariable(base.Trackable):
    """A variable of the exported graph, without a value."""

    def __init__(self, variable):
        from reflow.ops import gen_resource_variable_ops as gen
        with ops.name_scope(variable.name.partition(':')[0]) as scope:
            self.handle = gen.var_handle_op(shared_name=scope.rstrip('/'), dtype=variable.dtype.base_dtype,
                                            shape=variable.shape, name=scope)
            self._value = gen.read_variable_op(self.handle, variable.dtype.base_dtype, name='Read/ReadVariableOp')

    def _gather_saveables_for_checkpoint(self):
        return {base.VARIABLE_VALUE_KEY: lambda name: _VariableSaveable(self.handle, self._value, name)}


class _VariableSaveable(saveable_object.SaveableObject):

    def __init__(self, handle, value, name):
        super().__init__(value, [saveable_object.SaveSpec(value, '', name)], name)
        self._handle = handle

    def restore(self, restored_tensors, restored_shapes):
        from reflow.ops import gen_resource_variable_ops as gen
        del restored_shapes
        return gen.assign_variable_op(self._handle, restored_tensors[0])


class ExportedGraph:
    """Is made of a Model and of the signatures, {key: ConcreteFunction}."""

    def __init__(self, model, signatures):
        self._model = model
        self._signatures = signatures
        self._graph = ops.Graph()
        self._exported_objects = object_identity.ObjectIdentityDictionary()
        self._numbers, self._tensors = {}, {}  # of what is captured, by its key: in the model, in this graph
        self.asset_numbers, self.asset_paths = object_identity.ObjectIdentityDictionary(), {}
        self._resources = [each for each in model.objects if isinstance(each, tracking.CapturableResource)]
        self._initializers = [_initializer_of(each) for each in self._resources]
        functions = [*model.traces.values(), *self._initializers]
        self._sources = [(each, _source_of(each)) for each in model.objects if _source_of(each) is not None]
        captured = [each for function in functions for each in function.captured_inputs]
        keys = iter(_keys_of([source for _, source in self._sources] + captured))
        self._source_keys = [next(keys) for _ in self._sources]
        self._capture_keys = {id(function): [next(keys) for _ in function.captured_inputs] for function in functions}

    def captures_of(self, concrete):
        """The numbers of what a function captures."""
        try:
            return [self._numbers[key] for key in self._capture_keys[id(concrete)]]
        except KeyError:
            tensor = next(tensor for tensor, key in zip(concrete.captured_inputs, self._capture_keys[id(concrete)])
                          if key not in self._numbers)
            raise KeyError(
                'Failed to add concrete function %s to object based saved model as it captures tensor %s which is unsupported '
                'or not reachable from root. One reason could be that a stateful object or a variable that the function depends '
                'on is not assigned to an attribute of the serialized trackable object (see '
                'SaveTest.test_captures_unreachable_variable).' % (concrete.name, tensor)) from None

    def fill(self, meta_graph):
        """Writes graph, signatures, saver and assets."""
        with self._graph.as_default():
            asset_initializers = self._add_objects(meta_graph)
            self._add_constants()
            self._add_main_op(meta_graph, asset_initializers)
        saveables = self._model.view.frozen_saveable_objects(object_map=self._exported_objects, to_graph=self._graph)
        with self._graph.as_default():
            for key, function in sorted(self._signatures.items()):
                meta_graph.signature_def[key].CopyFrom(self._signature(key, function))
            for concrete in self._model.traces.values():
                concrete.add_to_graph()
            _add_saver(saveables, meta_graph.saver_def)
        meta_graph.graph_def.CopyFrom(self._graph.as_graph_def(add_shapes=True))

    def _add_objects(self, meta_graph):
        """Adds what functions capture; gives the operations that set the paths of assets."""
        initializers = []
        for (obj, _), key in zip(self._sources, self._source_keys):
            self._numbers[key] = self._model._ids[obj]
            if isinstance(obj, tracking.TrackableAsset):
                initializer, self._tensors[key] = self._add_asset(obj, meta_graph)
                initializers.append(initializer)
                continue
            if isinstance(obj, tracking.CapturableResource):
                exported = copy.copy(obj)
                with ops.device(obj._resource_device):
                    exported._resource_handle = self._tensors[key] = exported._create_resource()
            else:
                exported = _ExportedVariable(obj)
                self._tensors[key] = exported.handle
            self._exported_objects[obj] = exported
        return initializers

    def _add_asset(self, asset, meta_graph):
        from reflow.ops import array_ops, gen_resource_variable_ops as gen
        path = compat.as_str(_value_of(asset.asset_path).item())
        name = compat.as_str(assets.get_asset_filename_to_add(path, self.asset_paths))
        given = array_ops.placeholder(dtypes.string, shape=[], name='asset_path_initializer')
        with ops.name_scope('Variable') as scope:
            handle = gen.var_handle_op(shared_name=scope.rstrip('/'), dtype=dtypes.string, shape=[], name=scope)
            initializer = gen.assign_variable_op(handle, given, name='Assign')
            value = gen.read_variable_op(handle, dtypes.string, name='Read/ReadVariableOp')
        self.asset_paths[name] = path
        self.asset_numbers[asset] = len(meta_graph.asset_file_def)
        info = meta_graph.asset_file_def.add(filename=name)
        info.tensor_info.name = given.name
        return initializer, value

    def _add_constants(self):
        for concrete in self._model.traces.values():
            for tensor, key in zip(concrete.captured_inputs, self._capture_keys[id(concrete)]):
                if key in self._numbers or tensor.dtype in (dtypes.resource, dtypes.variant):
                    continue
                value = _value_of(tensor)
                if value is None:
                    raise ValueError('Attempted to save a function {} which references a symbolic Tensor {} that is not a simple '
                                     'constant. This is not supported.'.format(concrete.name, tensor))
                self._tensors[key] = constant_op.constant(value)
                self._numbers[key] = self._model.add_constant(self._tensors[key].op.name)

    def _add_main_op(self, meta_graph, asset_initializers):
        from reflow.ops import control_flow_ops
        with ops.control_dependencies(asset_initializers):
            calls = [self._call(function, []) for function in self._initializers]
        with ops.control_dependencies(asset_initializers + calls):
            init_op = control_flow_ops.no_op()
        meta_graph.collection_def[constants.MAIN_OP_KEY].node_list.value.append(init_op.name)
        meta_graph.signature_def[constants.INIT_OP_SIGNATURE_KEY].CopyFrom(
            signature_def_utils_impl.op_signature_def(init_op, constants.INIT_OP_SIGNATURE_KEY))

    def _call(self, function, arguments):
        """A call with what stands in this graph for what it captures."""
        from reflow.ops import gen_functional_ops
        for tensor, key in zip(function.captured_inputs, self._capture_keys[id(function)]):
            if key in self._tensors:
                continue
            value = None if tensor.dtype in (dtypes.resource, dtypes.variant) else _value_of(tensor)
            if value is None:
                raise AssertionError(
                    'Tried to export a function which references untracked object {}.TensorFlow objects (e.g. tf.Variable) '
                    'captured by functions must be tracked by assigning them to an attribute of a tracked object or assigned to '
                    'an attribute of the main object directly.'.format(str(tensor)))
            self._tensors[key] = constant_op.constant(value)
        function.add_to_graph()
        captured = [self._tensors[key] for key in self._capture_keys[id(function)]]
        outputs = gen_functional_ops.stateful_partitioned_call(
            arguments + captured, [each.dtype for each in function.outputs], f=compat.as_str(function.name))
        if isinstance(outputs, ops.Operation):
            return outputs
        for output, known in zip(outputs, function.outputs):
            output.set_shape(known.shape)
        return outputs[0].op if not arguments and function in self._initializers else outputs

    def _signature(self, key, function):
        from reflow.ops import array_ops
        inputs = {}
        for name, inside in zip(function._arg_keywords, function.inputs):
            if inside.op.name != name:
                raise ValueError(
                    "Got non-flat/non-unique argument names for SavedModel signature '{}': more than one argument to '{}' was "
                    "named '{}'. Signatures have one Tensor per named input, so to have predictable names Python functions used "
                    'to generate these signatures should avoid *args and Tensors in nested structures unless unique names are '
                    'specified for each. Use tf.TensorSpec(..., name=...) to provide a name for a Tensor input.'.format(
                        key, compat.as_str(function.name), name))
            inputs[name] = array_ops.placeholder(inside.dtype, shape=inside.shape, name='%s_%s' % (key, name))
        outputs = self._call(function, list(inputs.values()))
        return signature_def_utils_impl.build_signature_def(
            {name: utils_impl.build_tensor_info_internal(tensor) for name, tensor in inputs.items()},
            {name: utils_impl.build_tensor_info_internal(tensor) for name, tensor in zip(
                sorted(function.structured_outputs), outputs)},
            method_name=signature_constants.PREDICT_METHOD_NAME)


def _source_of(obj):
    """The tensor that functions capture of an object; None: of such they capture nothing."""
    if isinstance(obj, _core.Variable):
        return obj.handle
    if isinstance(obj, tracking.TrackableAsset):
        return obj.asset_path
    return obj.resource_handle if isinstance(obj, tracking.CapturableResource) else None


def _keys_of(tensors):
    """A key for each tensor, the same for the same one: what a function that uses them all would call them."""
    from reflow.ops import array_ops
    keys = []

    def body(unused_arguments):
        keys.extend(array_ops.identity(tensor).op.inputs[0].name for tensor in tensors)
        return [constant_op.constant(1)]
    _core.trace_function('captures', [], body)
    return keys


def _value_of(tensor):
    """The value of a constant as an array; None: it is none."""
    value = tensor.numpy() if tensor_like.is_eager_tensor(tensor) else tensor_util.constant_value(tensor)
    return None if value is None else np.asarray(value)


def _initializer_of(resource):
    """The trace of what fills a resource."""
    def fill():
        resource._initialize()
        return constant_op.constant(1.)
    return function_lib.trace(fill, 'initialize', (), {})


def _add_saver(saveables, saver_def):
    """Adds saving and restoring by the name of a checkpoint."""
    from reflow.ops import array_ops, control_flow_ops
    filename = array_ops.placeholder(dtypes.string, shape=[], name='saver_filename')
    saver = functional_saver._SingleDeviceSaver(saveables)
    with ops.control_dependencies([saver.save(filename)]):
        saved = array_ops.identity(filename)
    restored = control_flow_ops.group(*saver.restore(filename).values(), name='restore_all')
    saver_def.filename_tensor_name, saver_def.save_tensor_name = filename.name, saved.name
    saver_def.restore_op_name, saver_def.version = restored.name, type(saver_def).V2
