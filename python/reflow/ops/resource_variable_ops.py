"""Variables that are resources: each read is an operation of its own. Where operations run at once all variables are."""

from reflow import _core
from reflow.framework import ops
from reflow.ops import gen_resource_variable_ops
from reflow.ops import variables


class BaseResourceVariable(variables.VariableV1):
    """A variable that operations reach through a handle."""

    @property
    def handle(self):
        """The tensor that names the resource."""
        return self._variable

    @property
    def create(self):
        """The operation that initialises the variable."""
        if self._is_eager:
            raise RuntimeError('Calling create is not supported when eager execution is enabled.')
        return self.initializer

    @property
    def op(self):
        """The operation of the handle."""
        return self.handle.op if self._is_eager else _core.Variable.op.__get__(self)

    @property
    def graph(self):
        """The graph of the variable."""
        return self.handle.graph if self._is_eager else _core.Variable.graph.__get__(self)

    @property
    def device(self):
        """The device of the variable."""
        return self.handle.device if self._is_eager else _core.Variable.device.__get__(self)

    @property
    def initializer(self):
        """The operation that initialises the variable; None: it has its value."""
        return None if self._is_eager else _core.Variable.initializer.__get__(self)

    @property
    def initial_value(self):
        """The tensor that the variable is initialised with."""
        if self._is_eager:
            raise RuntimeError('initial_value not supported in EAGER mode.')
        return _core.Variable.initial_value.__get__(self)

    @property
    def _in_graph_mode(self):
        return not self._is_eager

    @property
    def _handle_name(self):
        return self.name

    @property
    def _unique_id(self):
        if not self._is_eager:
            return self.name[:-2]
        return self.__dict__.setdefault('_own_unique_id', '%s_%d' % (self.name[:-2], ops.uid()))

    def is_initialized(self, name=None):
        """A bool: has the variable a value?"""
        from reflow.ops import gen_resource_variable_ops
        return gen_resource_variable_ops.var_is_initialized_op(self.handle, name=name)

    def initialized_value(self):
        """The value, or the initial one as long as the variable has none."""
        return self.read_value() if self._is_eager else super().initialized_value()

    def numpy(self):
        """The value as a NumPy array."""
        if _core.executing_eagerly():
            return self.read_value().numpy()
        raise NotImplementedError('numpy() is only available when eager execution is enabled.')

    def eval(self, session=None):
        """The value, in `session` or the default session."""
        if self._is_eager:
            raise RuntimeError('Trying to eval in EAGER mode')
        return super().eval(session)

    def load(self, value, session=None):
        """Gives the variable a value."""
        if self._is_eager:
            self.assign(value)
        else:
            super().load(value, session)

    def set_shape(self, shape):
        """NotImplementedError where the variable has its value: the shape is known."""
        if self._is_eager:
            raise NotImplementedError('ResourceVariable does not implement set_shape()')
        super().set_shape(shape)

    def to_proto(self, export_scope=None):
        """The VariableDef of the variable."""
        if self._is_eager:
            raise RuntimeError('to_proto not supported in EAGER mode.')
        return super().to_proto(export_scope)

    def assign(self, value, use_locking=None, name=None, read_value=True):
        """Gives the variable a new value, which is what is given back."""
        if self._is_eager:
            return self._changed(self._assign_op(value, name), read_value)
        return _with_methods(self, super().assign(value, bool(use_locking), name, read_value))

    def assign_add(self, delta, use_locking=None, name=None, read_value=True):
        """Adds to the variable; its new value is what is given back."""
        if self._is_eager:
            return self._changed(self._assign_add_op(delta, name), read_value)
        return _with_methods(self, super().assign_add(delta, bool(use_locking), name, read_value))

    def assign_sub(self, delta, use_locking=None, name=None, read_value=True):
        """Subtracts from the variable; its new value is what is given back."""
        if self._is_eager:
            return self._changed(self._assign_sub_op(delta, name), read_value)
        return _with_methods(self, super().assign_sub(delta, bool(use_locking), name, read_value))

    def _scatter(self, method, sparse_delta, use_locking, name):
        result = super()._scatter(method, sparse_delta, use_locking, name)
        return self._changed(result, True) if self._is_eager else _with_methods(self, result)

    def batch_scatter_update(self, sparse_delta, use_locking=False, name=None):
        """Assigns IndexedSlices to the rows of each of a batch."""
        updated = super().batch_scatter_update(sparse_delta, use_locking, name)
        if self._is_eager:
            return self._changed(updated, True)
        with ops.control_dependencies(updated.op.control_inputs):
            return gen_resource_variable_ops.read_variable_op(self.handle, self.dtype)

    def scatter_nd_add(self, indices, updates, name=None):
        """Adds to slices of the variable."""
        from reflow.ops import state_ops
        return state_ops.scatter_nd_add(self, indices, updates, name=name)

    def scatter_nd_sub(self, indices, updates, name=None):
        """Subtracts from slices of the variable."""
        from reflow.ops import state_ops
        return state_ops.scatter_nd_sub(self, indices, updates, name=name)

    def scatter_nd_update(self, indices, updates, name=None):
        """Assigns to slices of the variable."""
        from reflow.ops import state_ops
        return state_ops.scatter_nd_update(self, indices, updates, name=name)

    def _changed(self, operation, read_value):
        """What a change gives: one that has happened, or, in a function that is being traced, is to happen."""
        if not _core.executing_eagerly():
            if not read_value:
                return operation
            with ops.control_dependencies([operation]):
                return _with_methods(self, self.read_value())
        if not read_value:
            return None
        unread = self._unread()
        unread.__class__ = _UnreadVariable
        return unread

    def _as_graph_element(self):
        return None if self._is_eager else super()._as_graph_element()

    def __int__(self):
        return int(self.value().numpy())

    def __bool__(self):
        return bool(self.read_value())

    __nonzero__ = __bool__

    def __copy__(self):
        return self

    def __deepcopy__(self, memo):
        if not self._is_eager:
            raise NotImplementedError('__deepcopy__() is only available when eager execution is enabled.')
        copied = ResourceVariable(self.read_value(), trainable=self.trainable, constraint=self.constraint, dtype=self.dtype,
                                  name=self.name[:-2] + '_copy')
        memo[id(self)] = copied
        return copied

    def __reduce__(self):
        return _variable_of_value, (self.numpy(),)

    def __repr__(self):
        if not self._is_eager:
            return super().__repr__()
        value = ops.numpy_text(self.read_value(), is_repr=True)
        return "<tf.Variable '%s' shape=%s dtype=%s, numpy=%s>" % (self.name, self.get_shape(), self.dtype.name, value)

    __str__ = __repr__


class ResourceVariable(BaseResourceVariable):
    """A variable that operations reach through a handle."""


class _UnreadVariable(ResourceVariable):
    """What a change gives where operations run at once: the variable under another name, read when it is used."""

    @property
    def name(self):
        """'UnreadVariable'."""
        return 'UnreadVariable'


# What the value after a change in a graph has of its variable: in TensorFlow it is one.
_OF_THE_VARIABLE = ('assign', 'assign_add', 'assign_sub', 'handle', 'initializer', 'scatter_add', 'scatter_nd_add',
                    'scatter_nd_sub', 'scatter_nd_update', 'scatter_sub', 'scatter_update', 'sparse_read', 'trainable')


def _with_methods(variable, changed):
    if not isinstance(changed, ops.Tensor):
        return changed

    def read():
        with ops.control_dependencies(changed.op.control_inputs):
            return gen_resource_variable_ops.read_variable_op(variable.handle, changed.dtype)

    changed.value = changed.read_value = read
    for name in _OF_THE_VARIABLE:
        setattr(changed, name, getattr(variable, name))
    return changed


for _class in (BaseResourceVariable, ResourceVariable, _UnreadVariable):
    _class.__module__ = 'tensorflow.python.ops.resource_variable_ops'


def _variable_of_value(value):
    return ResourceVariable(value)


def is_resource_variable(var):
    """Whether `var` is a resource variable."""
    return isinstance(var, BaseResourceVariable)


variables._bind_types()
