"""Tables under the names of tf.contrib.lookup."""
from reflow.framework import dtypes, ops
from reflow.ops import gen_lookup_ops, lookup_interface, lookup_ops
from reflow.ops.lookup_ops import (  # noqa: F401
    FastHashSpec, HasherSpec, IdTableWithHashBuckets, InitializableLookupTableBase, InitializableLookupTableBaseV1,
    KeyValueTensorInitializer, LookupInterface, StrongHashSpec, TableInitializerBase, TextFileIdTableInitializer,
    TextFileIndex, TextFileInitializer, TextFileStringTableInitializer, index_table_from_file,
    index_to_string_table_from_file)
from reflow.util import deprecation

MutableHashTable = lookup_ops.MutableHashTable
MutableDenseHashTable = lookup_ops.DenseHashTable


@deprecation.deprecated('2017-04-10', 'Use `index_table_from_file`.')
def string_to_index_table_from_file(vocabulary_file=None, num_oov_buckets=0, vocab_size=None, default_value=-1,
                                    hasher_spec=FastHashSpec, name=None):
    """index_table_from_file under its older name."""
    return index_table_from_file(vocabulary_file, num_oov_buckets, vocab_size, default_value, hasher_spec,
                                 key_dtype=dtypes.string, name=name)


@deprecation.deprecated('2017-04-10', 'Use `index_table_from_tensor`.')
def string_to_index_table_from_tensor(mapping, num_oov_buckets=0, default_value=-1, hasher_spec=FastHashSpec, name=None):
    """index_table_from_tensor of strings."""
    with ops.name_scope(name, 'string_to_index') as scope:
        mapping = ops.convert_to_tensor(mapping)
    if mapping.dtype.base_dtype != dtypes.string:
        raise ValueError('string_to_index_table_from_tensor requires string.')
    return index_table_from_tensor(mapping, num_oov_buckets, default_value, hasher_spec, name=scope)


def index_table_from_tensor(mapping, num_oov_buckets=0, default_value=-1, hasher_spec=FastHashSpec, dtype=dtypes.string,
                            name=None):
    """A table of the ids of words."""
    if mapping is None:
        raise ValueError('mapping must be specified.')
    return lookup_ops.index_table_from_tensor(vocabulary_list=mapping, num_oov_buckets=num_oov_buckets,
                                              default_value=default_value, hasher_spec=hasher_spec, dtype=dtype, name=name)


@deprecation.deprecated('2017-01-07', 'This op will be removed after the deprecation date. Please switch to '
                                      'index_table_from_tensor and call the lookup method of the returned table.')
def string_to_index(tensor, mapping, default_value=-1, name=None):
    """The ids of words."""
    return index_table_from_tensor(mapping=mapping, default_value=default_value, name=name).lookup(tensor)


def index_to_string_table_from_tensor(mapping, default_value='UNK', name=None):
    """A table of words by their ids."""
    if mapping is None:
        raise ValueError('mapping must be specified.')
    return lookup_ops.index_to_string_table_from_tensor(vocabulary_list=mapping, default_value=default_value, name=name)


@deprecation.deprecated('2017-01-07', 'This op will be removed after the deprecation date. Please switch to '
                                      'index_to_string_table_from_tensor and call the lookup method of the returned '
                                      'table.')
def index_to_string(tensor, mapping, default_value='UNK', name=None):
    """The words of ids."""
    return index_to_string_table_from_tensor(mapping=mapping, default_value=default_value, name=name).lookup(tensor)


class HashTable(InitializableLookupTableBaseV1):
    """A hash table that isn't changed any more, which sessions may share by a name."""

    def __init__(self, initializer, default_value, shared_name=None, name=None):
        self._initializer = initializer
        self._shared_name = shared_name
        self._name = name or 'hash_table'
        self._table_name = None
        super().__init__(default_value, initializer)
        self._value_shape = self._default_value.get_shape()

    _create_resource = lookup_interface.StaticHashTable._create_resource
    name = lookup_interface.StaticHashTable.name

    @property
    def init(self):
        """The operation that fills the table."""
        return self.initializer

    def export(self, name=None):
        """All keys, and their values."""
        with ops.name_scope(name, '%s_Export' % self.name, [self.resource_handle]) as name:
            keys, values = gen_lookup_ops.lookup_table_export_v2(self.resource_handle, self._key_dtype, self._value_dtype,
                                                                 name=name)
        values.set_shape(keys.get_shape().concatenate(self._value_shape))
        return keys, values
