"""The methods of tf.Graph. The class itself, and all that it does, is C++ (`reflow._core`)."""

from reflow import _core
from reflow.framework import scopes
from reflow.util import compat

Graph = _core.Graph


_make = Graph.__init__


class _GraphMethods:
    """A graph of operations, which a session runs."""

    _has_resource_variables = False  # whether variables that say nothing are resources, as enable_resource_variables has it

    def __init__(self):
        """Makes an empty graph."""
        _make(self)

    # `with graph.as_default()`.
    def as_default(self):
        """Makes this the graph that functions build in, within the context."""
        return scopes.DefaultGraph(self)

    @property
    def _c_graph(self):
        return self  # pywrap_tensorflow takes the graph as it is

    @property
    def building_function(self):
        """Whether this is the body of a function."""
        return getattr(self, '_is_body', False)

    @property
    def _functions(self):
        """{name: Defun} of the functions that programs have defined and added to the graph's library."""
        return self.__dict__.setdefault('_defined_functions', {})

    def _get_function(self, name):
        """The Defun of this name in `_functions`, or None."""
        return self._functions.get(compat.as_str(name))

    def _is_function(self, name):
        """Whether `_functions` has this name."""
        return compat.as_str(name) in self._functions

    @property
    def finalized(self):
        """Whether nothing can be added any more."""
        return self._finalized()

    @property
    def graph_def_versions(self):
        """The versions of the GraphDef format that the graph is written in."""
        from reflow.framework import protos
        return protos.message('tensorflow.VersionDef')(producer=self._producer_version())

    @property
    def seed(self):
        """The seed of random operations that have none of their own."""
        return self._seed()

    @seed.setter
    def seed(self, seed):
        self._set_seed(seed)

    @property
    def _nodes_by_name(self):
        """{name: operation}, as programs look operations up."""
        return {operation.name: operation for operation in self.get_operations()}

    @property
    def _nodes_by_id(self):
        """{number: operation}"""
        return {operation._id: operation for operation in self.get_operations()}

    @property
    def version(self):
        """A number that grows with each operation."""
        return self._version()

    @property
    def collections(self):
        """The names of the collections."""
        return list(self._collections())

    def finalize(self):
        """Forbids to add anything from now on."""
        self._finalize()

    def _unsafe_unfinalize(self):
        self._unfinalize()

    def _check_not_finalized(self):
        if self._finalized():
            raise RuntimeError('Graph is finalized and cannot be modified.')

    def as_graph_def(self, from_version=None, add_shapes=False):
        """The GraphDef of the graph. `from_version` does not matter, as in TensorFlow since 1.13."""
        from reflow.framework import protos
        return protos.message('tensorflow.GraphDef').FromString(self._graph_def(0, add_shapes))

    def _as_graph_def(self, from_version=None, add_shapes=False):
        return self.as_graph_def(from_version, add_shapes), self.version

    def get_operations(self):
        """All operations, in the order of their making."""
        return self._operations()

    def get_operation_by_name(self, name):
        """The operation called `name`. KeyError: there is none."""
        if not isinstance(name, (str, bytes)):
            raise TypeError('Operation names are strings (or similar), not %s.' % type(name).__name__)
        return self.as_graph_element(name, allow_tensor=False, allow_operation=True)

    def get_tensor_by_name(self, name):
        """The tensor called `name`, such as 'add:0'. KeyError: there is none."""
        if not isinstance(name, (str, bytes)):
            raise TypeError('Tensor names are strings (or similar), not %s.' % type(name).__name__)
        return self.as_graph_element(name, allow_tensor=True, allow_operation=False)

    def as_graph_element(self, obj, allow_tensor=True, allow_operation=True):
        """The tensor or operation of this graph that `obj`, an element, its name or what stands for it, means."""
        if not allow_tensor and not allow_operation:
            raise ValueError("allow_tensor and allow_operation can't both be False.")
        convert = getattr(obj, '_as_graph_element', None)
        if convert is not None:
            obj = convert()
        if isinstance(obj, bytes):
            obj = obj.decode()
        if isinstance(obj, str):
            if allow_tensor and allow_operation:
                return self._element(obj)
            return self._tensor(obj) if allow_tensor else self._operation(obj)
        if allow_tensor and isinstance(obj, _core.Tensor):
            if obj.graph is not self:
                raise ValueError('Tensor %s is not an element of this graph.' % obj)
            return obj
        if allow_operation and isinstance(obj, _core.Operation):
            if obj.graph is not self:
                raise ValueError('Operation %s is not an element of this graph.' % obj)
            return obj
        kinds = ' or '.join(kind for kind, allowed in (('Tensor', allow_tensor), ('Operation', allow_operation)) if allowed)
        raise TypeError('Can not convert a %s into a %s.' % (type(obj).__name__, kinds))

    def create_op(self, op_type, inputs, dtypes=None, input_types=None, name=None, attrs=None, op_def=None,
                  compute_shapes=True, compute_device=True):
        """An operation of type `op_type` with these input tensors and attributes (AttrValue messages)."""
        for index, value in enumerate(inputs):
            if not isinstance(value, _core.Tensor):
                raise TypeError('Input #%d is not a tensor: %s' % (index, value))
        if name:
            _ = name[-1] and name.lower  # TypeError, AttributeError: it is no text
        attrs = {key: value.SerializeToString() for key, value in (attrs or {}).items()}
        with self.as_default():
            return _core.create_op(op_type, list(inputs), op_type if name is None else name, attrs, compute_shapes)

    def unique_name(self, name, mark_as_used=True):
        """`name`, or with a number behind it, so that it is free below the current name scope."""
        if isinstance(name, bytes):
            return self._unique_name(name.decode(), mark_as_used).encode()
        _ = name.lower  # AttributeError: it is no text
        return self._unique_name(name, mark_as_used)

    def name_scope(self, name):
        """Puts the names of new operations below `name`; gives the scope's name with a slash at its end."""
        return scopes.GraphNameScope(self, name)

    @property
    def _name_stack(self):
        return self.get_name_scope()

    def get_name_scope(self):
        """The current name scope."""
        return self._name_scope()

    def device(self, device_name_or_function):
        """Places new operations on a device."""
        return scopes.GraphScope(self, scopes.enter_device, device_name_or_function)

    def control_dependencies(self, control_inputs):
        """Has new operations run after `control_inputs`; None forgets those of outer contexts."""
        return scopes.ControlDependencies(self, control_inputs)

    def colocate_with(self, op, ignore_existing=False):
        """Places new operations where `op` is."""
        if op is None and not ignore_existing:
            raise ValueError('Trying to reset colocation (op is None) but ignore_existing is not True')
        return scopes.GraphScope(self, _core.enter_colocate_with, op, ignore_existing)

    def container(self, container_name):
        """Keeps the state of new operations in the resource container of this name."""
        return scopes.GraphScope(self, _core.enter_container, container_name)

    def gradient_override_map(self, op_type_map):
        """Gives new operations of the types that are keys the gradients registered under the values."""
        if not isinstance(op_type_map, dict):
            raise TypeError('op_type_map must be a dictionary mapping strings to strings')
        for op_type, mapped in op_type_map.items():
            if not (isinstance(op_type, str) and isinstance(mapped, str)):
                raise TypeError('op_type_map must be a dictionary mapping strings to strings')
        return scopes.GraphScope(self, _core.enter_gradient_override_map, op_type_map)

    def _kernel_label_map(self, op_to_kernel_label_map):
        return scopes.GraphScope(self, _core.enter_kernel_label_map, op_to_kernel_label_map)

    def _attr_scope(self, attr_map):
        attrs = {name: _attr_of(value) for name, value in attr_map.items() if value is not None}
        return scopes.GraphScope(self, _core.enter_attr_scope, attrs)

    def add_to_collection(self, name, value):
        """Puts `value` into the collection `name`."""
        self._check_not_finalized()
        self._collections().setdefault(name, []).append(value)

    def add_to_collections(self, names, value):
        """Puts `value` into each of the collections once."""
        names = (names,) if isinstance(names, (str, bytes)) else dict.fromkeys(names)
        for name in names:
            self.add_to_collection(name, value)

    def get_collection_ref(self, name):
        """The list of the collection itself: what is done to it is done to the collection."""
        return self._collections().setdefault(name, [])

    def get_collection(self, name, scope=None):
        """The items of the collection, or those whose names match `scope` from their beginning."""
        items = self._collections().get(name)
        if items is None:
            return []
        if scope is None:
            return list(items)
        import re
        matches = re.compile(scope).match
        return [item for item in items if hasattr(item, 'name') and matches(item.name)]

    def get_all_collection_keys(self):
        """The names of the collections that are strings."""
        return [name for name in self._collections() if isinstance(name, str)]

    def clear_collection(self, name):
        """Forgets the items of the collection."""
        self._check_not_finalized()
        self._collections().pop(name, None)

    def prevent_feeding(self, tensor):
        """Forbids to feed the tensor."""
        self._prevent_feeding(tensor)

    def is_feedable(self, tensor):
        """Whether the tensor may be fed."""
        return self._is_feedable(tensor)

    def prevent_fetching(self, op):
        """Forbids to fetch the operation."""
        self._prevent_fetching(op)

    def is_fetchable(self, tensor_or_op):
        """Whether the tensor or operation may be fetched."""
        return self._is_fetchable(tensor_or_op)

    def switch_to_thread_local(self):
        """Gives each thread scopes of its own, which threads of Reflow have anyway."""

    def _get_control_flow_context(self):
        return with_methods(_core.current_context(self))

    @property
    def _control_flow_context(self):
        return self._get_control_flow_context()

    @property
    def _container(self):
        return ''

    @property
    def _last_id(self):
        return self._version()


def _attr_of(value):
    """(kind, value) of an AttrValue message, as the extension takes attributes."""
    kind = value.WhichOneof('value')
    kinds = {'s': 'string', 'i': 'int', 'f': 'float', 'b': 'bool', 'type': 'type'}
    if kind in kinds:
        return kinds[kind], getattr(value, kind)
    if kind == 'list':
        for field, name in (('s', 'string'), ('i', 'int'), ('f', 'float'), ('b', 'bool'), ('type', 'type')):
            if getattr(value.list, field):
                return 'list(%s)' % name, list(getattr(value.list, field))
    raise TypeError('Cannot put an attribute of kind %s on operations' % kind)


def with_methods(context):
    """A context of control flow, None where there is none: its methods are loaded when a program first gets hold of one."""
    if context is not None:
        from reflow.ops import control_flow_contexts  # noqa: F401
    return context


def attach(methods, cls):
    """Gives the extension's class `cls` the methods of the Python class `methods`."""
    for name, value in vars(methods).items():
        if name not in ('__dict__', '__weakref__', '__module__', '__qualname__'):
            setattr(cls, name, value)


attach(_GraphMethods, Graph)
Graph.__module__ = 'tensorflow.python.framework.ops'
