"""What fills tables: tensors, or the lines of a file."""

from reflow.framework import dtypes
from reflow.framework import ops
from reflow.framework import tensor_like
from reflow.ops import gen_lookup_ops
from reflow.training.tracking import base as trackable
from reflow.training.tracking import tracking


def _check_table_dtypes(table, key_dtype, value_dtype):
    if key_dtype.base_dtype != table.key_dtype:
        raise TypeError('Invalid key dtype, expected %s but got %s.' % (table.key_dtype, key_dtype))
    if value_dtype.base_dtype != table.value_dtype:
        raise TypeError('Invalid value dtype, expected %s but got %s.' % (table.value_dtype, value_dtype))


class TableInitializerBase(trackable.Trackable):
    """What fills a table."""

    def __init__(self, key_dtype, value_dtype):
        self._key_dtype = dtypes.as_dtype(key_dtype)
        self._value_dtype = dtypes.as_dtype(value_dtype)

    @property
    def key_dtype(self):
        """The type of the keys."""
        return self._key_dtype

    @property
    def value_dtype(self):
        """The type of the values."""
        return self._value_dtype

    def initialize(self, table):
        """The operation that fills the table."""
        raise NotImplementedError

    @property
    def _shared_name(self):
        return ''


class KeyValueTensorInitializer(TableInitializerBase):
    """Fills a table with tensors of keys and of values."""

    def __init__(self, keys, values, key_dtype=None, value_dtype=None, name=None):
        if ops.get_default_graph()._get_control_flow_context() is not None:
            with ops.init_scope():
                self._convert(keys, values, key_dtype, value_dtype)
        else:
            self._convert(keys, values, key_dtype, value_dtype)
        self._name = name if name is not None else 'key_value_init'
        super().__init__(self._keys.dtype, self._values.dtype)

    def _convert(self, keys, values, key_dtype, value_dtype):
        self._keys = ops.convert_to_tensor(keys, dtype=key_dtype, name='keys')
        self._values = ops.convert_to_tensor(values, dtype=value_dtype, name='values')

    def initialize(self, table):
        _check_table_dtypes(table, self._keys.dtype, self._values.dtype)
        with ops.name_scope(self._name, values=(table.resource_handle, self._keys, self._values)):
            init_op = gen_lookup_ops.lookup_table_import_v2(table.resource_handle, self._keys, self._values)
        ops.add_to_collection(ops.GraphKeys.TABLE_INITIALIZERS, init_op)
        return init_op


class TextFileIndex:
    """What of a line is taken, if not a column."""

    WHOLE_LINE = -2
    LINE_NUMBER = -1


def _check_column(index, dtype, what, numbers):
    """ValueError: `index` is no column, or what it takes isn't of this type."""
    if index < -2:
        raise ValueError('Invalid %s index %s.' % (what, index))
    if index == TextFileIndex.LINE_NUMBER and dtype != dtypes.int64:
        raise ValueError('Signature mismatch. %ss must be dtype %s, got %s.' % (what.title(), dtypes.int64, dtype))
    if index == TextFileIndex.WHOLE_LINE and dtype != dtypes.string and not (numbers and dtype.is_integer):
        if numbers:
            raise ValueError('Signature mismatch. Keys must be integer or string, got %s.' % dtype)
        raise ValueError('Signature mismatch. Values must be dtype %s, got %s.' % (dtypes.string, dtype))


class TextFileInitializer(TableInitializerBase):
    """Fills a table with columns of a file, its lines, or their numbers."""

    def __init__(self, filename, key_dtype, key_index, value_dtype, value_index, vocab_size=None, delimiter='\t',
                 name=None):
        if not isinstance(filename, ops.Tensor) and not filename:
            raise ValueError('Filename required for %s.' % name)
        key_dtype, value_dtype = dtypes.as_dtype(key_dtype), dtypes.as_dtype(value_dtype)
        _check_column(key_index, key_dtype, 'key', numbers=True)
        _check_column(value_index, value_dtype, 'value', numbers=False)
        if vocab_size is not None and vocab_size <= 0:
            raise ValueError('Invalid vocab_size %s.' % vocab_size)
        self._filename_arg = filename
        # The path as models that are saved know it.
        self._filename = self._track_trackable(tracking.TrackableAsset(filename), '_filename').asset_path
        self._key_index, self._value_index = key_index, value_index
        self._vocab_size, self._delimiter, self._name = vocab_size, delimiter, name
        super().__init__(key_dtype, value_dtype)

    def initialize(self, table):
        _check_table_dtypes(table, self.key_dtype, self.value_dtype)
        handle, size = table.resource_handle, self._vocab_size
        with ops.name_scope(self._name, 'text_file_init', (handle,)):
            path = ops.convert_to_tensor(self._filename, dtypes.string, name='asset_filepath')
            reading = gen_lookup_ops.initialize_table_from_text_file_v2(
                handle, path, self._key_index, self._value_index, -1 if size is None else size, self._delimiter)
        ops.add_to_collection(ops.GraphKeys.TABLE_INITIALIZERS, reading)
        is_known = not tensor_like.is_eager_tensor(path) and path.op.type == 'Const'
        if is_known:
            ops.add_to_collection(ops.GraphKeys.ASSET_FILEPATHS, path)
        return reading

    @property
    def _shared_name(self):
        if self._vocab_size:
            return 'hash_table_%s_%d_%s_%s' % (self._filename_arg, self._vocab_size, self._key_index, self._value_index)
        return 'hash_table_%s_%s_%s' % (self._filename_arg, self._key_index, self._value_index)


class TextFileStringTableInitializer(TextFileInitializer):
    """Fills a table of ids and strings."""

    def __init__(self, filename, key_column_index=TextFileIndex.LINE_NUMBER, value_column_index=TextFileIndex.WHOLE_LINE,
                 vocab_size=None, delimiter='\t', name='text_file_string_table_init'):
        super().__init__(filename, dtypes.int64, key_column_index, dtypes.string, value_column_index,
                         vocab_size=vocab_size, delimiter=delimiter, name=name)


class TextFileIdTableInitializer(TextFileInitializer):
    """Fills a table of strings and ids."""

    def __init__(self, filename, key_column_index=TextFileIndex.WHOLE_LINE, value_column_index=TextFileIndex.LINE_NUMBER,
                 vocab_size=None, delimiter='\t', name='text_file_id_table_init', key_dtype=dtypes.string):
        super().__init__(filename, key_dtype, key_column_index, dtypes.int64, value_column_index, vocab_size=vocab_size,
                         delimiter=delimiter, name=name)
