"""Tables that are changed while programs run. Checkpoints have their contents."""

import functools

from reflow import _core
from reflow.framework import ops
from reflow.ops import gen_lookup_ops
from reflow.ops import lookup_interface as interface
from reflow.training.saving import saveable_object


class _TableSaveable(saveable_object.SaveableObject):
    """The keys and values of a table."""

    def __init__(self, table, name):
        keys, values = table.export()
        super().__init__(table, [saveable_object.SaveSpec(keys, '', name + '-keys'),
                                 saveable_object.SaveSpec(values, '', name + '-values')], name)

    def restore(self, restored_tensors, restored_shapes, name=None):
        with ops.name_scope(name, '%s_table_restore' % self.name), ops.colocate_with(self.op.resource_handle):
            return gen_lookup_ops.lookup_table_import_v2(self.op.resource_handle, *restored_tensors)


class _MutableTable(interface.LookupInterface):
    """What both kinds have in common."""

    _Saveable = _TableSaveable

    def __init__(self, key_dtype, value_dtype, default_value, name, checkpoint, default_name=None):
        super().__init__(key_dtype, value_dtype)
        self._default_value = ops.convert_to_tensor(default_value, dtype=value_dtype, name=default_name)
        self._value_shape = self._default_value.get_shape()
        self._checkpoint = checkpoint
        self._name = name
        self._prepare()
        self._resource_handle = self._create_resource()
        self._table_name = None if _core.executing_eagerly() else self._resource_handle.op.name.split('/')[-1]
        if checkpoint:
            saveable = _TableSaveable(self, name)
            if not _core.executing_eagerly():
                ops.add_to_collection(ops.GraphKeys.SAVEABLE_OBJECTS, saveable)

    def _gather_saveables_for_checkpoint(self):
        return {'table': functools.partial(_TableSaveable, table=self, name=self._name)}

    def _prepare(self):
        """Makes what making the table needs."""

    @property
    def name(self):
        return self._table_name

    def _scope(self, name, what, values):
        return ops.name_scope(name, '%s_%s' % (self.name, what), values)

    def size(self, name=None):
        with self._scope(name, 'Size', [self.resource_handle]), ops.colocate_with(self.resource_handle):
            return gen_lookup_ops.lookup_table_size_v2(self.resource_handle)

    def lookup(self, keys, name=None):
        with self._scope(name, 'lookup_table_find', [self.resource_handle, keys]):
            keys = ops.convert_to_tensor(keys, dtype=self._key_dtype, name='keys')
            with ops.colocate_with(self.resource_handle):
                return gen_lookup_ops.lookup_table_find_v2(self.resource_handle, keys, self._default_value)

    def insert(self, keys, values, name=None):
        """An operation that gives keys values."""
        with self._scope(name, 'lookup_table_insert', [self.resource_handle, keys, values]):
            keys = ops.convert_to_tensor(keys, self._key_dtype, name='keys')
            values = ops.convert_to_tensor(values, self._value_dtype, name='values')
            with ops.colocate_with(self.resource_handle):
                return gen_lookup_ops.lookup_table_insert_v2(self.resource_handle, keys, values)

    def remove(self, keys, name=None):
        """An operation that takes keys out."""
        if keys.dtype != self._key_dtype:
            raise TypeError('Signature mismatch. Keys must be dtype %s, got %s.' % (self._key_dtype, keys.dtype))
        with self._scope(name, 'lookup_table_remove', (self.resource_handle, keys, self._default_value)):
            return gen_lookup_ops.lookup_table_remove_v2(self.resource_handle, keys)

    def export(self, name=None):
        """All keys, and their values."""
        with self._scope(name, 'lookup_table_export_values', [self.resource_handle]):
            with ops.colocate_with(self.resource_handle):
                keys, values = gen_lookup_ops.lookup_table_export_v2(self.resource_handle, self._key_dtype,
                                                                     self._value_dtype)
                return keys, values


class MutableHashTable(_MutableTable):
    """A hash table."""

    def __init__(self, key_dtype, value_dtype, default_value, name='MutableHashTable', checkpoint=True):
        super().__init__(key_dtype, value_dtype, default_value, name, checkpoint)

    def _create_resource(self):
        if self._value_shape.ndims == 0:
            return gen_lookup_ops.mutable_hash_table_v2(
                shared_name=None, use_node_name_sharing=self._checkpoint, key_dtype=self._key_dtype,
                value_dtype=self._value_dtype, name=self._name)
        return gen_lookup_ops.mutable_hash_table_of_tensors_v2(
            shared_name=None, use_node_name_sharing=self._checkpoint, key_dtype=self._key_dtype,
            value_dtype=self._value_dtype, value_shape=self._value_shape, name=self._name)


class DenseHashTable(_MutableTable):
    """A hash table in tensors, where one key stands for free places and one for those of keys taken out."""

    def __init__(self, key_dtype, value_dtype, default_value, empty_key, deleted_key, initial_num_buckets=None,
                 name='MutableDenseHashTable', checkpoint=True):
        self._keys = (empty_key, deleted_key)
        self._initial_num_buckets = initial_num_buckets
        super().__init__(key_dtype, value_dtype, default_value, name, checkpoint, 'default_value')

    def _prepare(self):
        self._empty_key, self._deleted_key = (
            ops.convert_to_tensor(key, dtype=self._key_dtype, name=name)
            for key, name in zip(self._keys, ('empty_key', 'deleted_key')))

    def _create_resource(self):
        return gen_lookup_ops.mutable_dense_hash_table_v2(
            empty_key=self._empty_key, deleted_key=self._deleted_key, shared_name=None,
            use_node_name_sharing=self._checkpoint, value_dtype=self._value_dtype, value_shape=self._value_shape,
            initial_num_buckets=self._initial_num_buckets, name=self._name)

    def insert_or_assign(self, keys, values, name=None):
        """An operation that gives keys values."""
        return self.insert(keys, values, name)

    def erase(self, keys, name=None):
        """An operation that takes keys out."""
        return self.remove(keys, name)
