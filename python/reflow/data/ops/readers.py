"""Datasets of what files hold."""
from reflow.data.ops import dataset, structured_function
from reflow.data.util import convert, structure
from reflow.framework import dtypes, ops, tensor_shape, tensor_spec
from reflow.ops import array_ops, gen_dataset_ops, gen_experimental_dataset_ops

_DEFAULT_READER_BUFFER_SIZE_BYTES = 256 * 1024


def _create_or_validate_filenames_dataset(filenames):
    """A dataset of names of files, from one, or from a tensor of them."""
    if not isinstance(filenames, dataset.DatasetV2):
        filenames = ops.convert_to_tensor(filenames, dtype=dtypes.string)
        return dataset.DatasetV2.from_tensor_slices(array_ops.reshape(filenames, [-1], name='flat_filenames'))
    if structure.legacy_types(filenames.element_spec) != dtypes.string:
        raise TypeError('`filenames` must be a `tf.data.Dataset` of `tf.string` elements.')
    if not structure.legacy_shapes(filenames.element_spec).is_compatible_with(tensor_shape.TensorShape([])):
        raise TypeError('`filenames` must be a `tf.data.Dataset` of scalar `tf.string` elements.')
    return filenames


def _create_dataset_reader(dataset_creator, filenames, num_parallel_reads=None):
    """The elements of the datasets that `dataset_creator` makes of the names."""

    def read_one_file(filename):
        return dataset_creator(ops.convert_to_tensor(filename, dtypes.string, name='filename'))

    if num_parallel_reads is None:
        return filenames.flat_map(read_one_file)
    if num_parallel_reads == dataset.AUTOTUNE:
        return filenames.interleave(read_one_file, num_parallel_calls=num_parallel_reads)
    return ParallelInterleaveDataset(filenames, read_one_file, cycle_length=num_parallel_reads, block_length=1, sloppy=False,
                                     buffer_output_elements=None, prefetch_input_elements=None)


def _how_to_read(compression_type, buffer_size):
    return convert.tensors(compression_type=(convert.given(compression_type, ''), dtypes.string),
                           buffer_size=convert.given(buffer_size, _DEFAULT_READER_BUFFER_SIZE_BYTES))


class _StringSource(dataset.DatasetSource):
    """A dataset of scalar strings."""

    @property
    def element_spec(self):
        return tensor_spec.TensorSpec([], dtypes.string)


class _TextLineDataset(_StringSource):
    """The lines of the files that a tensor names."""

    def __init__(self, filenames, compression_type=None, buffer_size=None):
        self._filenames = filenames
        super().__init__(gen_dataset_ops.text_line_dataset(filenames, **_how_to_read(compression_type, buffer_size)))


class TextLineDatasetV2(_StringSource):
    """The lines of files."""

    def __init__(self, filenames, compression_type=None, buffer_size=None, num_parallel_reads=None):
        filenames = _create_or_validate_filenames_dataset(filenames)
        self._filenames = filenames
        self._compression_type, self._buffer_size = compression_type, buffer_size
        self._impl = _create_dataset_reader(
            lambda filename: _TextLineDataset(filename, compression_type, buffer_size), filenames, num_parallel_reads)
        super().__init__(self._impl._variant_tensor)


class _NamesOfAdapted:
    """The names of the files of the dataset that is adapted."""

    @property
    def _filenames(self):
        return self._dataset._filenames

    @_filenames.setter
    def _filenames(self, value):
        self._dataset._filenames = value


class TextLineDatasetV1(_NamesOfAdapted, dataset.DatasetV1Adapter):
    """The lines of files."""

    def __init__(self, filenames, compression_type=None, buffer_size=None, num_parallel_reads=None):
        super().__init__(TextLineDatasetV2(filenames, compression_type, buffer_size, num_parallel_reads))


class _TFRecordDataset(_StringSource):
    """The records of the TFRecord files that a tensor names."""

    def __init__(self, filenames, compression_type=None, buffer_size=None):
        self._filenames = filenames
        super().__init__(gen_dataset_ops.tf_record_dataset(filenames, **_how_to_read(compression_type, buffer_size)))


class ParallelInterleaveDataset(dataset.UnaryDataset):
    """The elements of datasets in turn, each on a thread of its own; see tf.data.experimental.parallel_interleave."""

    def __init__(self, input_dataset, map_func, cycle_length, block_length, sloppy, buffer_output_elements,
                 prefetch_input_elements):
        from reflow.data.ops import dataset_spec
        self._map_func = structured_function.StructuredFunctionWrapper(
            map_func, self._transformation_name(), dataset=input_dataset)
        if not isinstance(self._map_func.output_structure, dataset_spec.DatasetSpec):
            raise TypeError('`map_func` must return a `Dataset` object.')
        self._element_spec = self._map_func.output_structure._element_spec
        numbers = convert.tensors(
            cycle_length=cycle_length, block_length=block_length, sloppy=(sloppy, dtypes.bool),
            buffer_output_elements=convert.given(buffer_output_elements, 2 * block_length),
            prefetch_input_elements=convert.given(prefetch_input_elements, 2 * cycle_length))
        super().__init__(input_dataset, gen_experimental_dataset_ops.parallel_interleave_dataset(
            input_dataset._variant_tensor, self._map_func.function.captured_inputs, f=self._map_func.function, **numbers,
            **self._flat_structure))

    def _functions(self):
        return [self._map_func]

    @property
    def element_spec(self):
        return self._element_spec

    def _transformation_name(self):
        return 'tf.data.experimental.parallel_interleave()'


class TFRecordDatasetV2(dataset.DatasetV2):
    """The records of TFRecord files."""

    def __init__(self, filenames, compression_type=None, buffer_size=None, num_parallel_reads=None):
        filenames = _create_or_validate_filenames_dataset(filenames)
        self._filenames = filenames
        self._compression_type, self._buffer_size = compression_type, buffer_size
        self._num_parallel_reads = num_parallel_reads
        self._impl = _create_dataset_reader(
            lambda filename: _TFRecordDataset(filename, compression_type, buffer_size), filenames, num_parallel_reads)
        super().__init__(self._impl._variant_tensor)

    def _clone(self, filenames=None, compression_type=None, buffer_size=None, num_parallel_reads=None):
        return TFRecordDatasetV2(filenames or self._filenames, compression_type or self._compression_type,
                                 buffer_size or self._buffer_size, num_parallel_reads or self._num_parallel_reads)

    def _inputs(self):
        return self._impl._inputs()

    @property
    def element_spec(self):
        return tensor_spec.TensorSpec([], dtypes.string)


class TFRecordDatasetV1(_NamesOfAdapted, dataset.DatasetV1Adapter):
    """The records of TFRecord files."""

    def __init__(self, filenames, compression_type=None, buffer_size=None, num_parallel_reads=None):
        super().__init__(TFRecordDatasetV2(filenames, compression_type, buffer_size, num_parallel_reads))

    def _clone(self, filenames=None, compression_type=None, buffer_size=None, num_parallel_reads=None):
        wrapped = self._dataset
        return TFRecordDatasetV1(filenames or wrapped._filenames, compression_type or wrapped._compression_type,
                                 buffer_size or wrapped._buffer_size, num_parallel_reads or wrapped._num_parallel_reads)


class _FixedLengthRecordDataset(_StringSource):
    """The records of one length of the files that a tensor names."""

    def __init__(self, filenames, record_bytes, header_bytes=None, footer_bytes=None, buffer_size=None,
                 compression_type=None):
        self._filenames = filenames
        super().__init__(gen_dataset_ops.fixed_length_record_dataset_v2(filenames, **convert.tensors(
            record_bytes=record_bytes, header_bytes=convert.given(header_bytes, 0),
            footer_bytes=convert.given(footer_bytes, 0),
            buffer_size=convert.given(buffer_size, _DEFAULT_READER_BUFFER_SIZE_BYTES),
            compression_type=(convert.given(compression_type, ''), dtypes.string))))


class FixedLengthRecordDatasetV2(_StringSource):
    """The records of one length of files."""

    def __init__(self, filenames, record_bytes, header_bytes=None, footer_bytes=None, buffer_size=None,
                 compression_type=None, num_parallel_reads=None):
        filenames = _create_or_validate_filenames_dataset(filenames)
        self._filenames = filenames
        self._record_bytes, self._header_bytes, self._footer_bytes = record_bytes, header_bytes, footer_bytes
        self._buffer_size, self._compression_type = buffer_size, compression_type
        self._impl = _create_dataset_reader(
            lambda filename: _FixedLengthRecordDataset(
                filename, record_bytes, header_bytes, footer_bytes, buffer_size, compression_type=compression_type),
            filenames, num_parallel_reads)
        super().__init__(self._impl._variant_tensor)


class FixedLengthRecordDatasetV1(_NamesOfAdapted, dataset.DatasetV1Adapter):
    """The records of one length of files."""

    def __init__(self, filenames, record_bytes, header_bytes=None, footer_bytes=None, buffer_size=None,
                 compression_type=None, num_parallel_reads=None):
        super().__init__(FixedLengthRecordDatasetV2(filenames, record_bytes, header_bytes, footer_bytes, buffer_size,
                                                    compression_type, num_parallel_reads))


FixedLengthRecordDataset = FixedLengthRecordDatasetV1
TFRecordDataset = TFRecordDatasetV1
TextLineDataset = TextLineDatasetV1
