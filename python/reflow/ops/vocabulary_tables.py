"""Ids of words, with buckets for those that are unknown."""

import collections
import functools

from reflow.framework import dtypes
from reflow.framework import ops
from reflow.framework import tensor_util
from reflow.ops import lookup_initializers as initializers
from reflow.ops import lookup_interface as interface
from reflow.util import compat
from reflow.util import deprecation

_WHOLE_LINE = initializers.TextFileIndex.WHOLE_LINE
_LINE_NUMBER = initializers.TextFileIndex.LINE_NUMBER


class HasherSpec(collections.namedtuple('HasherSpec', ['hasher', 'key'])):
    """How unknown words are spread over the buckets."""

    __slots__ = ()


FastHashSpec = HasherSpec('fasthash', None)


class StrongHashSpec(HasherSpec):
    """By a hash with a secret key of two numbers."""

    __slots__ = ()

    def __new__(cls, key):
        if len(key) != 2:
            raise ValueError('key must have size 2, got %s.' % len(key))
        if not all(isinstance(number, compat.integral_types) for number in key):
            raise TypeError('Invalid key %s. Must be unsigned integer values.' % key)
        return super().__new__(cls, 'stronghash', key)


def _check_types(table, key_dtype):
    if table.key_dtype not in (dtypes.int64, dtypes.string):
        raise TypeError('Invalid key dtype, expected one of %s, but got %s.' % ((dtypes.int64, dtypes.string), key_dtype))
    if table.key_dtype.is_integer != key_dtype.is_integer:
        raise TypeError('Invalid key dtype, expected %s but got %s.' % (
            'integer' if key_dtype.is_integer else 'non-integer', table.key_dtype))
    if table.value_dtype != dtypes.int64:
        raise TypeError('Invalid value dtype, expected %s but got %s.' % (dtypes.int64, table.value_dtype))


class _BucketTable(interface.LookupInterface):
    """The ids of a table, which may be None, and behind them those of buckets."""

    def __init__(self, table, num_oov_buckets, name, key_dtype):
        if not key_dtype.is_integer and key_dtype != dtypes.string:
            raise TypeError('Invalid key_dtype, expected integer or string, got %s.' % key_dtype)
        self._table = table
        self._num_oov_buckets = num_oov_buckets
        self._table_name = name.split('/')[-1] if name else None
        super().__init__(key_dtype, dtypes.int64)

    @property
    def resource_handle(self):
        return None if self._table is None else self._table.resource_handle

    @property
    def name(self):
        return self._table_name

    @property
    def initializer(self):
        """The operation that fills the table."""
        if self._table is not None:
            return self._table._init_op
        from reflow.ops import control_flow_ops
        with ops.name_scope(None, 'init'):
            return control_flow_ops.no_op()

    def size(self, name=None):
        with ops.name_scope(name, '%s_Size' % self.name):
            size = self._table.size() if self._table is not None else ops.convert_to_tensor(0, dtype=dtypes.int64)
            return size + self._num_oov_buckets

    def _bucket_function(self):
        from reflow.ops import gen_string_ops
        return gen_string_ops.string_to_hash_bucket_fast

    def lookup(self, keys, name=None):
        from reflow.ops import math_ops
        self._check_key_type(keys)

        def find(values):
            if self._table is not None and self._table.key_dtype.base_dtype == dtypes.int64:
                values = math_ops.cast(values, dtypes.int64)
            if self._num_oov_buckets == 0:
                return self._table.lookup(values, name=name)
            with ops.name_scope(name, '%s_Lookup' % self.name):
                return self._id_or_bucket(values)

        return interface.with_values_of(keys, find)

    def _id_or_bucket(self, values):
        from reflow.ops import array_ops
        from reflow.ops import gen_string_ops
        from reflow.ops import math_ops
        hashed = self._bucket_function()
        strings = values if values.dtype.base_dtype == dtypes.string else gen_string_ops.as_string(values)
        buckets = hashed(strings, num_buckets=self._num_oov_buckets, name='hash_bucket')
        if self._table is None:
            return buckets
        ids = self._table.lookup(values)
        buckets = math_ops.add(buckets, self._table.size())
        known = math_ops.not_equal(ids, self._table.default_value)
        return array_ops.where_v2(known, ids, buckets)


class IdTableWithHashBuckets(_BucketTable):
    """The ids of a table; unknown keys get those of buckets behind them."""

    def __init__(self, table, num_oov_buckets, hasher_spec=FastHashSpec, name=None, key_dtype=None):
        if name:
            name = name.rstrip('/')
        if table is not None:
            key_dtype = table.key_dtype if key_dtype is None else key_dtype
            _check_types(table, key_dtype)
            name = name or table.name
        else:
            if num_oov_buckets <= 0:
                raise ValueError('oov_buckets must be > 0 if no table is supplied.')
            key_dtype = dtypes.string if key_dtype is None else key_dtype
            name = name or 'hash_bucket'
        if not isinstance(hasher_spec, HasherSpec):
            raise TypeError('hasher_spec must be of type HasherSpec, got %s' % (hasher_spec,))
        self._hasher_spec = hasher_spec
        super().__init__(table, num_oov_buckets, name, key_dtype)

    @property
    @deprecation.deprecated('2018-12-15', 'Use `initializer` instead.')
    def init(self):
        """The operation that fills the table."""
        return self.initializer

    def _bucket_function(self):
        from reflow.ops import gen_string_ops
        if self._hasher_spec.hasher == 'fasthash':
            return gen_string_ops.string_to_hash_bucket_fast
        if self._hasher_spec.hasher == 'legacy':
            return gen_string_ops.string_to_hash_bucket
        if self._hasher_spec.hasher == 'stronghash':
            return functools.partial(gen_string_ops.string_to_hash_bucket_strong, key=self._hasher_spec.key)
        raise ValueError('Unknown hasher %s' % self._hasher_spec.hasher)


class StaticVocabularyTable(_BucketTable):
    """The ids of a vocabulary; unknown words get those of buckets behind them."""

    def __init__(self, initializer, num_oov_buckets, lookup_key_dtype=None, name=None):
        if num_oov_buckets <= 0:
            raise ValueError('oov_buckets must be > 0.')
        if name:
            name = name.rstrip('/')
        table = None
        if initializer:
            key_dtype = initializer.key_dtype if lookup_key_dtype is None else lookup_key_dtype
            _check_types(initializer, key_dtype)
            table = interface.HashTable(initializer, default_value=-1)
            name = name or table.name
        else:
            key_dtype = dtypes.string
            name = name or 'hash_bucket'
        super().__init__(table, num_oov_buckets, name, key_dtype)


class StaticVocabularyTableV1(StaticVocabularyTable):
    """The ids of a vocabulary; unknown words get those of buckets behind them."""


def _check_vocabulary(num_oov_buckets, dtype):
    if num_oov_buckets < 0:
        raise ValueError('num_oov_buckets must be greater or equal than 0, got %d.' % num_oov_buckets)
    if not dtype.is_integer and dtype.base_dtype != dtypes.string:
        raise TypeError('Only integer and string keys are supported.')


def _check_file(vocabulary_file):
    if vocabulary_file is None or isinstance(vocabulary_file, str) and not vocabulary_file:
        raise ValueError('vocabulary_file must be specified and must not be empty.')


def index_table_from_file(vocabulary_file=None, num_oov_buckets=0, vocab_size=None, default_value=-1,
                          hasher_spec=FastHashSpec, key_dtype=dtypes.string, name=None, key_column_index=_WHOLE_LINE,
                          value_column_index=_LINE_NUMBER, delimiter='\t'):
    """A table of the ids of the words of a file."""
    _check_file(vocabulary_file)
    if vocab_size is not None and vocab_size < 1 and num_oov_buckets >= 0:
        value = vocabulary_file
        if isinstance(value, ops.Tensor):
            value = tensor_util.constant_value(vocabulary_file) or '?'
        raise ValueError('vocab_size must be greater than 0, got %d. vocabulary_file: %s' % (vocab_size, value))
    _check_vocabulary(num_oov_buckets, key_dtype)
    with ops.name_scope(name, 'string_to_index'):
        with ops.name_scope(None, 'hash_table'):
            init = initializers.TextFileIdTableInitializer(
                vocabulary_file, vocab_size=vocab_size, key_dtype=dtypes.int64 if key_dtype.is_integer else key_dtype,
                name='table_init', key_column_index=key_column_index, value_column_index=value_column_index,
                delimiter=delimiter)
            table = interface.StaticHashTableV1(init, default_value)
        return _with_buckets(table, num_oov_buckets, hasher_spec, key_dtype)


def _with_buckets(table, num_oov_buckets, hasher_spec, key_dtype):
    if not num_oov_buckets:
        return table
    return IdTableWithHashBuckets(table, num_oov_buckets=num_oov_buckets, hasher_spec=hasher_spec, key_dtype=key_dtype)


def index_table_from_tensor(vocabulary_list, num_oov_buckets=0, default_value=-1, hasher_spec=FastHashSpec,
                            dtype=dtypes.string, name=None):
    """A table of the ids of words."""
    from reflow.ops import math_ops
    if vocabulary_list is None:
        raise ValueError('vocabulary_list must be specified.')
    _check_vocabulary(num_oov_buckets, dtype)
    with ops.name_scope(name, 'string_to_index'):
        keys = ops.convert_to_tensor(vocabulary_list)
        if keys.dtype.is_integer != dtype.is_integer:
            raise ValueError('Expected %s, got %s.' % ('integer' if dtype.is_integer else 'non-integer', keys.dtype))
        if not dtype.is_integer and keys.dtype.base_dtype != dtype:
            raise ValueError('Expected %s, got %s.' % (dtype, keys.dtype))
        values = _numbers_of(keys)
        with ops.name_scope(None, 'hash_table'):
            table_keys = math_ops.cast(keys, dtypes.int64) if keys.dtype.is_integer else keys
            init = initializers.KeyValueTensorInitializer(table_keys, values, table_keys.dtype.base_dtype, dtypes.int64,
                                                          name='table_init')
            table = interface.StaticHashTableV1(init, default_value)
        return _with_buckets(table, num_oov_buckets, hasher_spec, dtype)


def _numbers_of(words):
    from reflow.ops import array_ops
    from reflow.ops import math_ops
    num_elements = array_ops.size(words)
    return math_ops.cast(math_ops.range(num_elements), dtypes.int64)


def index_to_string_table_from_file(vocabulary_file, vocab_size=None, default_value='UNK', name=None,
                                    key_column_index=_LINE_NUMBER, value_column_index=_WHOLE_LINE, delimiter='\t'):
    """A table of the words of a file by their ids."""
    _check_file(vocabulary_file)
    if vocab_size is not None and vocab_size < 1:
        raise ValueError('vocab_size must be greater than 0, got %d.' % vocab_size)
    with ops.name_scope(name, 'index_to_string'):
        init = initializers.TextFileStringTableInitializer(
            vocabulary_file, vocab_size=vocab_size, name='table_init', key_column_index=key_column_index,
            value_column_index=value_column_index, delimiter=delimiter)
        return interface.StaticHashTableV1(init, default_value)


def index_to_string_table_from_tensor(vocabulary_list, default_value='UNK', name=None):
    """A table of words by their ids."""
    if vocabulary_list is None:
        raise ValueError('vocabulary_list must be specified.')
    with ops.name_scope(name, 'index_to_string'):
        vocabulary_list = ops.convert_to_tensor(vocabulary_list, dtypes.string)
        init = initializers.KeyValueTensorInitializer(_numbers_of(vocabulary_list), vocabulary_list, dtypes.int64,
                                                      dtypes.string, name='table_init')
        return interface.StaticHashTableV1(init, default_value)
