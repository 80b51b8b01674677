"""Variables: state that a session keeps between runs."""

import enum

from reflow import _core
from reflow.distribute import distribution_strategy_context as contexts
from reflow.framework import conversion
from reflow.framework import device
from reflow.framework import operators
from reflow.framework import ops
from reflow.ops import variable_protos
from reflow.ops.graph_variables import (  # noqa: F401 - the names they have in TensorFlow
    _all_saveable_objects, all_variables, assert_variables_initialized, global_variables, global_variables_initializer,
    initialize_all_variables, initialize_local_variables, initialize_variables, is_variable_initialized, local_variables,
    local_variables_initializer, model_variables, moving_average_variables, report_uninitialized_variables,
    trainable_variables, variables_initializer)
from reflow.training.tracking import base as trackable


class VariableSynchronization(enum.Enum):
    """When the copies of a variable on several devices are brought together."""
    AUTO = 0
    NONE = 1
    ON_WRITE = 2
    ON_READ = 3


class VariableAggregationV2(enum.Enum):
    """How the copies of a variable on several devices are brought together."""
    NONE = 0
    SUM = 1
    MEAN = 2
    ONLY_FIRST_REPLICA = 3


class VariableAggregation(enum.Enum):
    """How the copies of a variable on several devices are brought together."""
    NONE = 0
    SUM = 1
    MEAN = 2
    ONLY_FIRST_REPLICA = 3
    ONLY_FIRST_TOWER = 3


def _require_lists(**values):
    for name, value in values.items():
        if value is not None and not isinstance(value, (list, tuple, set)):
            raise ValueError('%s argument to Variable constructor must be a list, tuple, or set. Got %s of type %s' % (
                name, value, type(value)))


class Variable(_core.Variable, trackable.Trackable):
    """State that a session keeps: a tensor that assignments change.

    What the constructor makes is of a subclass: RefVariable, or ResourceVariable where use_resource says so. This class is
    TensorFlow 2's Variable, which makes resources; VariableV1 is TensorFlow 1's.
    """

    def __new__(cls, initial_value=None, trainable=None, collections=None, validate_shape=True, caching_device=None,
                name=None, variable_def=None, dtype=None, expected_shape=None, import_scope=None, constraint=None,
                use_resource=None, synchronization=VariableSynchronization.AUTO, aggregation=VariableAggregation.NONE,
                shape=None):
        if variable_def is not None:
            return cls.from_proto(variable_def, import_scope)
        if initial_value is None:
            raise ValueError('initial_value must be specified.')
        _require_lists(collections=collections)
        if constraint is not None and not callable(constraint):
            raise ValueError('The `constraint` argument must be a callable.')
        if use_resource is None and (cls in (Variable, RefVariable) or issubclass(cls, _resource_variable())):
            use_resource = cls is not RefVariable  # Variable itself is TensorFlow 2's; VariableV1 has scopes decide
        trainable = _trainable(synchronization, trainable)
        synchronization, aggregation = _modes(synchronization, aggregation, name)
        numbers = conversion.array_of_numbers(initial_value, dtype)
        return _core.make_variable({
            'initial_value': initial_value if numbers is None else numbers, 'trainable': trainable, 'collections': collections,
            'validate_shape': validate_shape, 'caching_device': device.caching_name(caching_device), 'name': name,
            'dtype': dtype, 'constraint': constraint, 'use_resource': use_resource, 'synchronization': synchronization,
            'aggregation': aggregation})

    def __init__(self, initial_value=None, trainable=None, collections=None, validate_shape=True, caching_device=None,
                 name=None, variable_def=None, dtype=None, expected_shape=None, import_scope=None, constraint=None,
                 use_resource=None, synchronization=VariableSynchronization.AUTO, aggregation=VariableAggregation.NONE,
                 shape=None):
        """Variables are made in __new__, which has made this one of the class that it is."""

    SaveSliceInfo = variable_protos.SaveSliceInfo

    @staticmethod
    def from_proto(variable_def, import_scope=None):
        """The variable whose nodes, in the default graph, a VariableDef names."""
        return variable_protos.from_proto(variable_def, import_scope)

    def to_proto(self, export_scope=None):
        """The VariableDef of the variable; None: it is not within `export_scope`."""
        return variable_protos.to_proto(self, export_scope)

    @property
    def _shape(self):
        return self.shape

    @property
    def _shared_name(self):
        return self.name[:-2]

    @property
    def _unique_id(self):
        return self.name[:-2]

    @property
    def _in_graph_mode(self):
        return True

    @property
    def _save_slice_info(self):
        return self._get_save_slice_info()

    def _set_save_slice_info(self, save_slice_info):
        self.__dict__['_slice_info'] = save_slice_info
        self._set_slice(save_slice_info.full_name, list(save_slice_info.full_shape), list(save_slice_info.var_offset),
                        list(save_slice_info.var_shape))

    def _get_save_slice_info(self):
        if '_slice_info' not in self.__dict__ and self._slice is not None:
            self.__dict__['_slice_info'] = variable_protos.SaveSliceInfo(*self._slice)
        return self.__dict__.get('_slice_info')

    @property
    def constraint(self):
        """The function that optimizers apply after an update."""
        return self._constraint

    def get_shape(self):
        """The static shape."""
        return self.shape

    def set_shape(self, shape):
        """Adds to what is known of the shape."""
        self._set_shape(shape)

    def value(self):
        """The tensor of the value."""
        return self._value()

    def read_value(self):
        """The value as it is when this operation runs."""
        return self._read_value()

    def initialized_value(self):
        """The value, or the initial one as long as the variable has none."""
        return self._initialized_value()

    def eval(self, session=None):
        """The value, in `session` or the default session."""
        from reflow.framework import tensor
        return tensor._eval_session(self.graph, session).run(self._as_graph_element())

    def load(self, value, session=None):
        """Gives the variable a value, in `session` or the default session."""
        session = session or ops.get_default_session()
        if session is None:
            raise ValueError('Either session argument should be provided or default session should be established')
        session.run(self.initializer, {self.initializer.inputs[1]: value})

    def _gather_saveables_for_checkpoint(self):
        return {trackable.VARIABLE_VALUE_KEY: self}

    def _as_graph_element(self):
        return self._snapshot if isinstance(self, _resource_variable()) else self._variable

    def assign(self, value, use_locking=False, name=None, read_value=True):
        """An operation that gives the variable a new value; its output is that."""
        return self._change(self._assign, self._assign_alone, value, use_locking, name, read_value)

    def assign_add(self, delta, use_locking=False, name=None, read_value=True):
        """An operation that adds to the variable; its output is the new value."""
        return self._change(self._assign_add, self._assign_add_alone, delta, use_locking, name, read_value)

    def assign_sub(self, delta, use_locking=False, name=None, read_value=True):
        """An operation that subtracts from the variable; its output is the new value."""
        return self._change(self._assign_sub, self._assign_sub_alone, delta, use_locking, name, read_value)

    def _change(self, changed, change_op, value, use_locking, name, read_value):
        replica = contexts.replica_of_several()
        if replica is not None:
            from reflow.distribute import replica_context
            return replica_context.update_in_replica(replica, self, value, lambda value: self._change(
                changed, change_op, value, use_locking, name, read_value))
        return self._change_here(changed, change_op, value, use_locking, name, read_value)

    @staticmethod
    def _change_here(changed, change_op, value, use_locking, name, read_value):
        new = changed(value, use_locking, name)
        return new if read_value else new.op

    def count_up_to(self, limit):
        """An operation that adds 1 until the value is `limit`."""
        return self._count_up_to(limit)

    def sparse_read(self, indices, name=None):
        """The rows of the value at `indices`."""
        return self._sparse_read(indices, name)

    def gather_nd(self, indices, name=None):
        """Slices of the value at `indices`."""
        return self._gather_nd(indices, name)

    def scatter_add(self, sparse_delta, use_locking=False, name=None):
        """Adds IndexedSlices to the variable."""
        return self._scatter(self._scatter_add, sparse_delta, use_locking, name)

    def scatter_sub(self, sparse_delta, use_locking=False, name=None):
        """Subtracts IndexedSlices from the variable."""
        return self._scatter(self._scatter_sub, sparse_delta, use_locking, name)

    def scatter_update(self, sparse_delta, use_locking=False, name=None):
        """Assigns IndexedSlices to the variable."""
        return self._scatter(self._scatter_update, sparse_delta, use_locking, name)

    def scatter_mul(self, sparse_delta, use_locking=False, name=None):
        """Multiplies rows of the variable by IndexedSlices."""
        return self._scatter(self._scatter_mul, sparse_delta, use_locking, name)

    def scatter_div(self, sparse_delta, use_locking=False, name=None):
        """Divides rows of the variable by IndexedSlices."""
        return self._scatter(self._scatter_div, sparse_delta, use_locking, name)

    def scatter_max(self, sparse_delta, use_locking=False, name=None):
        """Takes the maximum of rows of the variable and IndexedSlices."""
        return self._scatter(self._scatter_max, sparse_delta, use_locking, name)

    def scatter_min(self, sparse_delta, use_locking=False, name=None):
        """Takes the minimum of rows of the variable and IndexedSlices."""
        return self._scatter(self._scatter_min, sparse_delta, use_locking, name)

    def batch_scatter_update(self, sparse_delta, use_locking=False, name=None):
        """Assigns IndexedSlices to the rows of each of a batch."""
        from reflow.ops import state_ops
        return state_ops.batch_scatter_update(self, sparse_delta.indices, sparse_delta.values, use_locking=use_locking,
                                              name=name)

    def scatter_nd_add(self, indices, updates, name=None):
        """Adds to the elements or slices at `indices`."""
        return self._scatter_nd_add(indices, updates, name)

    def scatter_nd_sub(self, indices, updates, name=None):
        """Subtracts from the elements or slices at `indices`."""
        return self._scatter_nd_sub(indices, updates, name)

    def scatter_nd_update(self, indices, updates, name=None):
        """Assigns to the elements or slices at `indices`."""
        return self._scatter_nd_update(indices, updates, name)

    @staticmethod
    def _scatter(method, sparse_delta, use_locking, name):
        if not isinstance(sparse_delta, ops.IndexedSlices):
            raise ValueError('sparse_delta is not IndexedSlices: %s' % sparse_delta)
        return method(sparse_delta, use_locking, name)

    def _ref(self):
        return self._variable

    def __iter__(self):
        raise TypeError("'Variable' object is not iterable.")

    def __getitem__(self, slice_spec):
        from reflow.ops import slicing
        return slicing.part_of_variable(self, slice_spec)

    __abs__ = operators.absolute
    __matmul__, __rmatmul__, __div__, __rdiv__ = operators.MATMUL + operators.DIV

    def __hash__(self):
        return id(self) >> 4

    def __eq__(self, other):
        return self is other

    def __ne__(self, other):
        return self is not other

    __array_priority__ = 100

    def experimental_ref(self):
        """A hashable reference to the variable."""
        from reflow.util import object_identity
        return object_identity.Reference(self)

    def __repr__(self):
        return "<tf.Variable '%s' shape=%s dtype=%s>" % (self.name, self.get_shape(), self.dtype.name)

    __str__ = __repr__


class VariableV1(Variable):
    """A variable as TensorFlow 1 makes it."""


class RefVariable(VariableV1):
    """A variable whose operations share its memory by reference."""

    _initial_value = property(lambda self: self.initial_value)  # by which programs reach it, too


class PartitionedVariable(_core.Variable):
    """A variable that is kept in parts, each of which is a variable of its own. get_variable makes them."""

    def __init__(self, name, shape, dtype, variable_list, partitions):
        """Partitioned variables are made by get_variable."""
        raise TypeError('a PartitionedVariable is made by tf.get_variable, with a partitioner')

    def __iter__(self):
        return iter(self._parts)

    def __len__(self):
        axes = self._partition_axes()
        if len(axes) > 1:
            raise ValueError('Cannot get a length for %d > 1 partition axes' % len(axes))
        return len(self._parts)

    def _partition_axes(self):
        if all(count == 1 for count in self._part_counts):
            return [0]
        return [i for i, count in enumerate(self._part_counts) if count > 1]

    def _get_variable_list(self):
        return self._parts

    def _get_partitions(self):
        return self._part_counts

    @property
    def op(self):
        """The parts have operations, the whole has none."""
        raise AttributeError("'PartitionedVariable' object has no attribute 'op'")

    @property
    def _distribute_strategy(self):
        return None

    def get_shape(self):
        """The shape of the whole."""
        return self.shape

    def as_tensor(self):
        """All parts joined."""
        return self._value()

    def assign(self, value, use_locking=False, name=None, read_value=True):
        """Operations that give the parts new values; their outputs are those."""
        return self._of_parts(self._assign_parts(value, use_locking, name), read_value)

    def assign_add(self, value, use_locking=False, name=None, read_value=True):
        """Operations that add to the parts; their outputs are the new values."""
        return self._of_parts(self._assign_add_parts(value, use_locking, name), read_value)

    def assign_sub(self, value, use_locking=False, name=None, read_value=True):
        """Operations that subtract from the parts; their outputs are the new values."""
        return self._of_parts(self._assign_sub_parts(value, use_locking, name), read_value)

    @staticmethod
    def _of_parts(assigned, read_value):
        return assigned if read_value else [tensor.op for tensor in assigned]

    def __getitem__(self, slice_spec):
        return self.as_tensor()[slice_spec]

    def __hash__(self):
        return id(self) >> 4

    def __eq__(self, other):
        return self is other

    __array_priority__ = 100


def _resource_variable():
    from reflow.ops import resource_variable_ops
    return resource_variable_ops.BaseResourceVariable


def _modes(synchronization, aggregation, name):
    """The enumerations' members for what stands for them; None is each one's default."""
    try:
        synchronization = VariableSynchronization(VariableSynchronization.AUTO if synchronization is None else synchronization)
    except ValueError:
        raise ValueError('Invalid variable synchronization mode: %s for variable: %s' % (synchronization, name)) from None
    try:
        aggregation = VariableAggregation(VariableAggregation.NONE if aggregation is None else aggregation)
    except ValueError:
        raise ValueError('Invalid variable aggregation mode: %s for variable: %s' % (aggregation, name)) from None
    return synchronization, aggregation


def _trainable(synchronization, trainable):
    if synchronization == VariableSynchronization.ON_READ:
        if trainable:
            raise ValueError('Synchronization value can be set to VariableSynchronization.ON_READ only for non-trainable '
                             'variables. You have specified trainable=True and '
                             'synchronization=VariableSynchronization.ON_READ.')
        return False
    return trainable


for _class in (Variable, VariableV1, RefVariable, PartitionedVariable):
    _class.__module__ = 'tensorflow.python.ops.variables'


def is_resource(var):
    """Whether the variable is a resource variable."""
    return isinstance(var, _resource_variable())


def _bind_types():
    from reflow.ops import resource_variable_ops
    if not hasattr(resource_variable_ops, 'ResourceVariable'):
        return  # it is being imported, and calls this at its end
    _core.set_variable_types(RefVariable, resource_variable_ops.ResourceVariable, PartitionedVariable)


_bind_types()
variable_protos.register()
