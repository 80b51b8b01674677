"""Datasets of what files hold, from the files to batches."""
import collections
import gzip

from reflow.data.experimental.ops import csv_columns, error_ops, interleave_ops, parsing_ops, shuffle_ops
from reflow.data.ops import dataset as dataset_lib, dataset_options, mapped, readers as core_readers
from reflow.data.util import convert, nest, structure
from reflow.framework import constant_op, dtypes, ops, tensor_spec, tensor_util
from reflow.lib.io import file_io
from reflow.ops import gen_experimental_dataset_ops, io_ops
from reflow.platform import gfile

_DEFAULT_READER_BUFFER_SIZE_BYTES = 4 * 1024 * 1024


def _maybe_shuffle_and_repeat(dataset, num_epochs, shuffle, shuffle_buffer_size, shuffle_seed):
    if num_epochs != 1 and shuffle:
        return dataset.apply(shuffle_ops.shuffle_and_repeat(shuffle_buffer_size, num_epochs, shuffle_seed))
    if shuffle:
        return dataset.shuffle(shuffle_buffer_size, shuffle_seed)
    return dataset.repeat(num_epochs) if num_epochs != 1 else dataset


def make_tf_record_dataset(file_pattern, batch_size, parser_fn=None, num_epochs=None, shuffle=True,
                           shuffle_buffer_size=None, shuffle_seed=None, prefetch_buffer_size=None,
                           num_parallel_reads=None, num_parallel_parser_calls=None, drop_final_batch=False):
    """Batches of the records of TFRecord files, or of what `parser_fn` makes of each."""
    files = dataset_lib.DatasetV1.list_files(file_pattern, shuffle=shuffle, seed=shuffle_seed)
    dataset = core_readers.TFRecordDataset(files, num_parallel_reads=24 if num_parallel_reads is None else num_parallel_reads)
    dataset = _maybe_shuffle_and_repeat(
        dataset, num_epochs, shuffle, 10000 if shuffle_buffer_size is None else shuffle_buffer_size, shuffle_seed)
    if parser_fn is not None:
        dataset = dataset.map(parser_fn, num_parallel_calls=(
            batch_size if num_parallel_parser_calls is None else num_parallel_parser_calls))
    dataset = dataset.batch(batch_size, drop_remainder=drop_final_batch or num_epochs is None)
    if prefetch_buffer_size == 0:
        return dataset
    return dataset.prefetch(dataset_lib.AUTOTUNE if prefetch_buffer_size is None else prefetch_buffer_size)


def _opener(compression_type):
    """The function that opens a file as text, to look at its first lines."""
    known = '' if compression_type is None else tensor_util.constant_value(
        compression_type) if tensor_util.is_tensor(compression_type) else compression_type
    if known is None:
        raise ValueError('Received unkown compression_type')
    if known == 'GZIP':
        return lambda filename: gzip.open(filename, 'rt')
    if known == 'ZLIB':
        raise ValueError('compression_type (%s) is not supported for probing columns' % compression_type)
    if known != '':
        raise ValueError('compression_type (%s) is not supported' % compression_type)
    return lambda filename: file_io.FileIO(filename, 'r')


def _default(value):
    """The default of a column, an empty tensor where only its type is said: it has to be there."""
    if not tensor_util.is_tensor(value) and value in csv_columns.ACCEPTABLE_CSV_TYPES:
        return constant_op.constant([], dtype=value)
    return value


def make_csv_dataset_v2(file_pattern, batch_size, column_names=None, column_defaults=None, label_name=None,
                        select_columns=None, field_delim=',', use_quote_delim=True, na_value='', header=True,
                        num_epochs=None, shuffle=True, shuffle_buffer_size=10000, shuffle_seed=None,
                        prefetch_buffer_size=None, num_parallel_reads=None, sloppy=False, num_rows_for_inference=100,
                        compression_type=None, ignore_errors=False):
    """Batches of the rows of CSV files, as dicts of columns, or as pairs of that and the column `label_name`."""
    filenames = _get_file_names(file_pattern, False)
    dataset = dataset_lib.DatasetV1.from_tensor_slices(filenames)
    if shuffle:
        dataset = dataset.shuffle(len(filenames), shuffle_seed)
    open_file = _opener(compression_type) if column_names is None or column_defaults is None else None
    if column_names is None:
        if not header:
            raise ValueError('Cannot infer column names without a header line.')
        column_names = csv_columns.infer_column_names(filenames, field_delim, use_quote_delim, open_file)
    if len(column_names) != len(set(column_names)):
        raise ValueError('Cannot have duplicate column names.')
    if select_columns is not None:
        select_columns = csv_columns.get_sorted_col_indices(select_columns, column_names)
    if column_defaults is not None:
        column_defaults = [_default(value) for value in column_defaults]
    else:
        column_defaults = csv_columns.infer_column_defaults(
            filenames, len(column_names), field_delim, use_quote_delim, na_value, header, num_rows_for_inference,
            select_columns, open_file)
    if select_columns is not None and len(column_defaults) != len(select_columns):
        raise ValueError('If specified, column_defaults and select_columns must have same length.')
    if select_columns is not None and len(column_names) > len(select_columns):
        column_names = [column_names[i] for i in select_columns]
    if label_name is not None and label_name not in column_names:
        raise ValueError('`label_name` provided must be one of the columns.')

    def filename_to_dataset(filename):
        rows = CsvDataset(filename, record_defaults=column_defaults, field_delim=field_delim,
                          use_quote_delim=use_quote_delim, na_value=na_value, select_cols=select_columns, header=header,
                          compression_type=compression_type)
        return rows.apply(error_ops.ignore_errors()) if ignore_errors else rows

    def map_fn(*columns):
        features = collections.OrderedDict(zip(column_names, columns))
        if label_name is not None:
            label = features.pop(label_name)
            return features, label
        return features

    dataset = _read_in_parallel(dataset, filename_to_dataset, 1 if num_parallel_reads is None else num_parallel_reads, sloppy)
    dataset = _maybe_shuffle_and_repeat(dataset, num_epochs, shuffle, shuffle_buffer_size, shuffle_seed)
    dataset = dataset.batch(batch_size=batch_size, drop_remainder=num_epochs is None)
    dataset = mapped.MapDataset(dataset, map_fn, use_inter_op_parallelism=False)
    return dataset.prefetch(dataset_lib.AUTOTUNE if prefetch_buffer_size is None else prefetch_buffer_size)


def _read_in_parallel(files, read, num_threads, sloppy):
    """The elements of the datasets that `read` makes of the names of files."""
    if num_threads != dataset_lib.AUTOTUNE:
        return files.apply(interleave_ops.parallel_interleave(read, cycle_length=num_threads, sloppy=sloppy))
    options = dataset_options.Options()
    options.experimental_deterministic = not sloppy
    return files.interleave(read, num_parallel_calls=num_threads).with_options(options)


def make_csv_dataset_v1(file_pattern, batch_size, column_names=None, column_defaults=None, label_name=None,
                        select_columns=None, field_delim=',', use_quote_delim=True, na_value='', header=True,
                        num_epochs=None, shuffle=True, shuffle_buffer_size=10000, shuffle_seed=None,
                        prefetch_buffer_size=None, num_parallel_reads=None, sloppy=False, num_rows_for_inference=100,
                        compression_type=None, ignore_errors=False):
    """Batches of the rows of CSV files, as dicts of columns, or as pairs of that and the column `label_name`."""
    return dataset_lib.DatasetV1Adapter(make_csv_dataset_v2(
        file_pattern, batch_size, column_names, column_defaults, label_name, select_columns, field_delim, use_quote_delim,
        na_value, header, num_epochs, shuffle, shuffle_buffer_size, shuffle_seed, prefetch_buffer_size, num_parallel_reads,
        sloppy, num_rows_for_inference, compression_type, ignore_errors))


class CsvDatasetV2(dataset_lib.DatasetSource):
    """The rows of CSV files, as tuples of their columns."""

    def __init__(self, filenames, record_defaults, compression_type=None, buffer_size=None, header=False, field_delim=',',
                 use_quote_delim=True, na_value='', select_cols=None):
        files = convert.tensors(dtypes.string, filenames=filenames,
                                compression_type=convert.given(compression_type, ''))
        defaults = ops.convert_n_to_tensor([_default(value) for value in record_defaults], name='record_defaults')
        reading = convert.tensors(
            buffer_size=convert.given(buffer_size, _DEFAULT_READER_BUFFER_SIZE_BYTES),
            header=(header, dtypes.bool), field_delim=(field_delim, dtypes.string),
            use_quote_delim=(use_quote_delim, dtypes.bool), na_value=(na_value, dtypes.string),
            select_cols=convert.given(select_cols, []))
        self._element_spec = tuple(tensor_spec.TensorSpec([], each.dtype) for each in defaults)
        super().__init__(gen_experimental_dataset_ops.csv_dataset(
            record_defaults=defaults, output_shapes=self._flat_shapes, **files, **reading))

    @property
    def element_spec(self):
        return self._element_spec


class CsvDatasetV1(dataset_lib.DatasetV1Adapter):
    """The rows of CSV files, as tuples of their columns."""

    def __init__(self, filenames, record_defaults, compression_type=None, buffer_size=None, header=False, field_delim=',',
                 use_quote_delim=True, na_value='', select_cols=None):
        super().__init__(CsvDatasetV2(filenames, record_defaults, compression_type, buffer_size, header, field_delim,
                                      use_quote_delim, na_value, select_cols))


def make_batched_features_dataset_v2(file_pattern, batch_size, features, reader=core_readers.TFRecordDataset,
                                     label_key=None, reader_args=None, num_epochs=None, shuffle=True,
                                     shuffle_buffer_size=10000, shuffle_seed=None, prefetch_buffer_size=None,
                                     reader_num_threads=None, parser_num_threads=None, sloppy_ordering=False,
                                     drop_final_batch=False):
    """Batches of the features of the Examples in files, as dicts, or as pairs of that and the feature `label_key`."""
    files = dataset_lib.DatasetV1.list_files(file_pattern, shuffle=shuffle, seed=shuffle_seed)
    if isinstance(reader, type) and issubclass(reader, io_ops.ReaderBase):
        raise TypeError('The `reader` argument must return a `Dataset` object. `tf.ReaderBase` subclasses are not supported. '
                        'For example, pass `tf.data.TFRecordDataset` instead of `tf.TFRecordReader`.')
    dataset = _read_in_parallel(files, lambda filename: reader(filename, *(reader_args or [])),
                                1 if reader_num_threads is None else reader_num_threads, sloppy_ordering)
    if structure.legacy_types(dataset.element_spec) == (dtypes.string, dtypes.string):
        dataset = mapped.MapDataset(dataset, lambda _, value: value, use_inter_op_parallelism=False)
    dataset = _maybe_shuffle_and_repeat(dataset, num_epochs, shuffle, shuffle_buffer_size, shuffle_seed)
    dataset = dataset.batch(batch_size, drop_remainder=drop_final_batch or num_epochs is None)
    dataset = dataset.apply(parsing_ops.parse_example_dataset(
        features, num_parallel_calls=2 if parser_num_threads is None else parser_num_threads))
    if label_key:
        if label_key not in features:
            raise ValueError('The `label_key` provided (%r) must be one of the `features` keys.' % label_key)
        dataset = dataset.map(lambda parsed: (parsed, parsed.pop(label_key)))
    return dataset.prefetch(dataset_lib.AUTOTUNE if prefetch_buffer_size is None else prefetch_buffer_size)


def make_batched_features_dataset_v1(file_pattern, batch_size, features, reader=core_readers.TFRecordDataset,
                                     label_key=None, reader_args=None, num_epochs=None, shuffle=True,
                                     shuffle_buffer_size=10000, shuffle_seed=None, prefetch_buffer_size=None,
                                     reader_num_threads=None, parser_num_threads=None, sloppy_ordering=False,
                                     drop_final_batch=False):
    """Batches of the features of the Examples in files, as dicts, or as pairs of that and the feature `label_key`."""
    return dataset_lib.DatasetV1Adapter(make_batched_features_dataset_v2(
        file_pattern, batch_size, features, reader, label_key, reader_args, num_epochs, shuffle, shuffle_buffer_size,
        shuffle_seed, prefetch_buffer_size, reader_num_threads, parser_num_threads, sloppy_ordering, drop_final_batch))


def _get_file_names(file_pattern, shuffle):
    """The names of the files that match a pattern, or one of several."""
    if isinstance(file_pattern, list):
        if not file_pattern:
            raise ValueError('File pattern is empty.')
        names = [name for entry in file_pattern for name in gfile.Glob(entry)]
    else:
        names = list(gfile.Glob(file_pattern))
    if not names:
        raise ValueError('No files match %s.' % file_pattern)
    return names if shuffle else sorted(names)


class SqlDatasetV2(dataset_lib.DatasetSource):
    """The rows that a query of an SQLite database gives, as tuples of their columns."""

    def __init__(self, driver_name, data_source_name, query, output_types):
        texts = convert.tensors(dtypes.string, driver_name=driver_name, data_source_name=data_source_name, query=query)
        self._element_spec = nest.map_structure(lambda dtype: tensor_spec.TensorSpec([], dtype), output_types)
        super().__init__(gen_experimental_dataset_ops.sql_dataset(**texts, **self._flat_structure))

    @property
    def element_spec(self):
        return self._element_spec


class SqlDatasetV1(dataset_lib.DatasetV1Adapter):
    """The rows that a query of an SQLite database gives, as tuples of their columns."""

    def __init__(self, driver_name, data_source_name, query, output_types):
        super().__init__(SqlDatasetV2(driver_name, data_source_name, query, output_types))


SqlDataset = SqlDatasetV1
CsvDataset = CsvDatasetV1
make_batched_features_dataset = make_batched_features_dataset_v1
make_csv_dataset = make_csv_dataset_v1
