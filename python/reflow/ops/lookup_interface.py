"""What tables have in common, and the tables that are filled once."""

import uuid

from reflow import _core
from reflow.framework import dtypes
from reflow.framework import ops
from reflow.framework import sparse_tensor
from reflow.framework import tensor_shape
from reflow.ops import gen_lookup_ops
from reflow.training.tracking import tracking
from reflow.util.shown_attributes import shown


class LookupInterface(tracking.TrackableResource):
    """A table of the graph: keys and values, kept by the session."""

    def __init__(self, key_dtype, value_dtype):
        self._key_dtype = dtypes.as_dtype(key_dtype)
        self._value_dtype = dtypes.as_dtype(value_dtype)

    def _create_resource(self):
        raise NotImplementedError

    resource_handle = shown('_resource_handle', 'The tensor that operations know the table by.')
    key_dtype = shown('_key_dtype', 'The type of the keys.')
    value_dtype = shown('_value_dtype', 'The type of the values.')

    @property
    def name(self):
        """The name of the table."""
        return NotImplementedError

    def size(self, name=None):
        """The number of keys."""
        raise NotImplementedError

    def lookup(self, keys, name=None):
        """The values of the keys."""
        raise NotImplementedError

    def _check_key_type(self, keys):
        if keys.dtype.base_dtype != self._key_dtype:
            raise TypeError('Signature mismatch. Keys must be dtype %s, got %s.' % (self._key_dtype, keys.dtype))


def with_values_of(keys, lookup):
    """What `lookup` makes of keys: of those of a sparse tensor, one of the same places."""
    if not isinstance(keys, sparse_tensor.SparseTensor):
        return lookup(keys)
    return sparse_tensor.SparseTensor(keys.indices, lookup(keys.values), keys.dense_shape)


class InitializableLookupTableBase(LookupInterface):
    """A table that its initializer fills, which tables_initializer runs."""

    def __init__(self, default_value, initializer):
        super().__init__(initializer.key_dtype, initializer.value_dtype)
        self._default_value = ops.convert_to_tensor(default_value, dtype=self._value_dtype)
        self._default_value.get_shape().merge_with(tensor_shape.TensorShape([]))
        self._initializer = self._track_trackable(initializer, '_initializer')
        with ops.init_scope():
            self._resource_handle = self._create_resource()
        if ops.get_default_graph()._get_control_flow_context() is not None:
            with ops.init_scope():
                self._init_op = self._initialize()
        else:
            self._init_op = self._initialize()

    def _initialize(self):
        return self._initializer.initialize(self)

    default_value = shown('_default_value', "The value of keys that aren't there.")

    def size(self, name=None):
        with ops.name_scope(name, '%s_Size' % self.name, [self.resource_handle]):
            return gen_lookup_ops.lookup_table_size_v2(self.resource_handle)

    def lookup(self, keys, name=None):
        self._check_key_type(keys)

        def find(key_tensor):
            with ops.name_scope(name, '%s_Lookup' % self.name, (self.resource_handle, key_tensor, self._default_value)):
                values = gen_lookup_ops.lookup_table_find_v2(self.resource_handle, key_tensor, self._default_value)
            values.set_shape(key_tensor.get_shape())
            return values

        return with_values_of(keys, find)


class InitializableLookupTableBaseV1(InitializableLookupTableBase):
    """The same with the operation that fills it."""

    initializer = shown('_init_op', 'The operation that fills the table.')


class StaticHashTable(InitializableLookupTableBase):
    """A hash table that isn't changed any more."""

    def __init__(self, initializer, default_value, name=None):
        self._initializer = initializer
        self._shared_name = initializer._shared_name or 'hash_table_%s' % uuid.uuid4()
        self._name = name or 'hash_table'
        self._table_name = None
        super().__init__(default_value, initializer)
        self._value_shape = self._default_value.get_shape()

    def _create_resource(self):
        table_ref = gen_lookup_ops.hash_table_v2(shared_name=self._shared_name, key_dtype=self._initializer.key_dtype,
                                                 value_dtype=self._initializer.value_dtype, name=self._name)
        self._table_name = None if _core.executing_eagerly() else table_ref.op.name.split('/')[-1]
        return table_ref

    @property
    def name(self):
        return self._table_name

    def export(self, name=None):
        """All keys, and their values."""
        with ops.name_scope(name, '%s_Export' % self.name, [self.resource_handle]):
            keys, values = gen_lookup_ops.lookup_table_export_v2(self.resource_handle, self._key_dtype, self._value_dtype)
        values.set_shape(keys.get_shape().concatenate(self._value_shape))
        return keys, values


class StaticHashTableV1(StaticHashTable):
    """A hash table that isn't changed any more."""

    initializer = shown('_init_op', 'The operation that fills the table.')


class HashTable(StaticHashTableV1):
    """The same with the older name of its initializer."""

    init = shown('initializer', 'The operation that fills the table.')
