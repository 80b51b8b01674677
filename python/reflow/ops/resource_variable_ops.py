"""Variables that are resources: each read is an operation of its own. Where operations run at once all variables are."""

from reflow import _core
from reflow.framework import ops
from reflow.ops import gen_resource_variable_ops
from reflow.ops import variables


def __getattr__(name):
    """What is an op and nothing more."""
    return getattr(gen_resource_variable_ops, name)


class BaseResourceVariable(variables.VariableV1):
    """A variable that operations reach through a handle."""

    @property
    def handle(self):
        """The tensor that names the resource."""
        return self._variable

    @property
    def _handle(self):
        return self.handle

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
        return super().assign(value, bool(use_locking), name, read_value)

    def assign_add(self, delta, use_locking=None, name=None, read_value=True):
        """Adds to the variable; its new value is what is given back."""
        return super().assign_add(delta, bool(use_locking), name, read_value)

    def assign_sub(self, delta, use_locking=None, name=None, read_value=True):
        """Subtracts from the variable; its new value is what is given back."""
        return super().assign_sub(delta, bool(use_locking), name, read_value)

    def _change_here(self, changed, change_op, value, use_locking, name, read_value):
        return self._changed(change_op(value, use_locking, name), read_value)

    def _scatter(self, method, sparse_delta, use_locking, name):
        if not isinstance(sparse_delta, ops.IndexedSlices):
            raise ValueError('sparse_delta is not IndexedSlices: %s' % sparse_delta)
        from reflow.ops import state_ops
        scatter = getattr(state_ops, method.__name__[1:])
        return scatter(self, sparse_delta.indices, sparse_delta.values, name=name)

    def batch_scatter_update(self, sparse_delta, use_locking=False, name=None):
        """Assigns IndexedSlices to the rows of each of a batch."""
        updated = super().batch_scatter_update(sparse_delta, use_locking, name)
        return updated if _core.executing_eagerly() else self._changed(updated.op)

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

    def _changed(self, operation, read_value=True, read=None):
        """What a change gives, which has happened or is what `operation` does: the operation, or the variable after it.

        In a graph that is run by sessions `read` is the value after the change; None: it is read here.
        """
        at_once = _core.executing_eagerly()
        if not read_value:
            return None if at_once else operation
        if read is None and not at_once and not ops.get_default_graph().building_function:
            read = _read_after(operation, self)
        unread = self._unread(read)
        unread.__class__ = _UnreadVariable
        unread._parent_op, unread._changed_variable = None if at_once else operation, self
        return unread

    def _changed_before(self, read):
        """What a change gives whose result has been read by a node that is newer than the change and waits for it."""
        if _core.executing_eagerly():
            return self._changed(None)
        return self._changed(max(read.op.control_inputs, key=lambda op: op._id), read=read)

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
        if not (self._is_eager and _core.executing_eagerly()):
            return super().__repr__()
        value = ops.numpy_text(self.read_value(), is_repr=True)
        return "<tf.Variable '%s' shape=%s dtype=%s, numpy=%s>" % (self.name, self.get_shape(), self.dtype.name, value)

    __str__ = __repr__


class ResourceVariable(BaseResourceVariable):
    """A variable that operations reach through a handle."""


class _UnreadVariable(BaseResourceVariable):
    """What a change gives: the variable as it is afterwards, read where it is used."""

    @property
    def name(self):
        """The name of the operation that changes; 'UnreadVariable' of a variable whose changes happen at once."""
        return 'UnreadVariable' if self._is_eager else self._parent_op.name

    @property
    def op(self):
        """The operation that changes; None: it has."""
        return self._parent_op

    @property
    def _shared_name(self):
        return self.name[:self.name.index(':')]

    @property
    def _handle_name(self):
        return '' if self._is_eager else self.handle.name + ':0'

    @property
    def _unique_id(self):
        return self._changed_variable._unique_id

    def value(self):
        """The value after the change."""
        return self._read_variable_op()

    def read_value(self):
        """The value after the change."""
        return self._read_variable_op()

    def _read_variable_op(self):
        if self._parent_op is None:
            return gen_resource_variable_ops.read_variable_op(self.handle, self.dtype)
        return _read_after(self._parent_op, self)

    def set_shape(self, shape):
        """NotImplementedError: its shape is the variable's."""
        raise NotImplementedError('ResourceVariable does not implement set_shape()')


def _read_after(operation, variable):
    with ops.control_dependencies([operation]):
        return gen_resource_variable_ops.read_variable_op(variable.handle, variable.dtype)


def _tensor_of_unread(variable, dtype=None, name=None, as_ref=False):
    """The conversion function of variables that have been changed."""
    del name
    if dtype is not None and not dtype.is_compatible_with(variable.dtype):
        raise ValueError("Incompatible type conversion requested to type '%s' for variable of type '%s'" % (
            dtype.name, variable.dtype.name))
    return variable.read_value().op.inputs[0] if as_ref else variable.value()


ops.register_tensor_conversion_function(_UnreadVariable, _tensor_of_unread)


for _class in (BaseResourceVariable, ResourceVariable, _UnreadVariable):
    _class.__module__ = 'tensorflow.python.ops.resource_variable_ops'


def _variable_of_value(value):
    return ResourceVariable(value)


def is_resource_variable(var):
    """Whether `var` is a resource variable."""
    return isinstance(var, BaseResourceVariable)


variables._bind_types()
