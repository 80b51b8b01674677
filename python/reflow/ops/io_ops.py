"""Reading records of files, whose names a queue gives, one work unit after the other."""

from reflow.framework import ops
from reflow.ops import gen_io_ops
from reflow.util import deprecation


def _deprecated(replacement):
    return deprecation.deprecated(
        None, 'Queue-based input pipelines have been replaced by `tf.data`. Use `tf.%s`.' % replacement)


def __getattr__(name):
    """What is an op and nothing more."""
    return getattr(gen_io_ops, name)


class ReaderBase:
    """A reader of records: work units, mostly files, come from a queue, and each run gives the next record."""

    def __init__(self, reader_ref, supports_serialize=False):
        self._reader_ref = reader_ref
        self._supports_serialize = supports_serialize

    @property
    def reader_ref(self):
        """The tensor that names the reader."""
        return self._reader_ref

    @property
    def supports_serialize(self):
        """Whether its state can be kept and taken up again."""
        return self._supports_serialize

    def read(self, queue, name=None):
        """Key and value of the next record; takes work from `queue` when there is none left."""
        return gen_io_ops.reader_read_v2(self._reader_ref, _reference(queue), name=name)

    def read_up_to(self, queue, num_records, name=None):
        """Keys and values of as many records, or of those that are left of a work unit."""
        return gen_io_ops.reader_read_up_to_v2(self._reader_ref, _reference(queue), num_records, name=name)

    def num_records_produced(self, name=None):
        """An int64 tensor: how many records it has given."""
        return gen_io_ops.reader_num_records_produced_v2(self._reader_ref, name=name)

    def num_work_units_completed(self, name=None):
        """An int64 tensor: how many work units it is done with."""
        return gen_io_ops.reader_num_work_units_completed_v2(self._reader_ref, name=name)

    def serialize_state(self, name=None):
        """A string tensor: the state of the reader. Not all readers have it."""
        return gen_io_ops.reader_serialize_state_v2(self._reader_ref, name=name)

    def restore_state(self, state, name=None):
        """The operation that takes up a state that serialize_state gave."""
        return gen_io_ops.reader_restore_state_v2(self._reader_ref, state, name=name)

    def reset(self, name=None):
        """The operation that makes the reader as new."""
        return gen_io_ops.reader_reset_v2(self._reader_ref, name=name)


def _reference(queue):
    return queue if isinstance(queue, ops.Tensor) else queue.queue_ref


class WholeFileReader(ReaderBase):
    """Gives each file as one record: name and content."""

    @_deprecated('data.Dataset.map(tf.read_file)')
    def __init__(self, name=None):
        super().__init__(gen_io_ops.whole_file_reader_v2(name=name), supports_serialize=True)


class TextLineReader(ReaderBase):
    """Gives the lines of files."""

    @_deprecated('data.TextLineDataset')
    def __init__(self, skip_header_lines=None, name=None):
        super().__init__(gen_io_ops.text_line_reader_v2(skip_header_lines=skip_header_lines, name=name))


class FixedLengthRecordReader(ReaderBase):
    """Gives the records of files whose records have one length."""

    @_deprecated('data.FixedLengthRecordDataset')
    def __init__(self, record_bytes, header_bytes=None, footer_bytes=None, hop_bytes=None, name=None, encoding=None):
        super().__init__(gen_io_ops.fixed_length_record_reader_v2(
            record_bytes=record_bytes, header_bytes=header_bytes, footer_bytes=footer_bytes, hop_bytes=hop_bytes,
            encoding=encoding, name=name))


class TFRecordReader(ReaderBase):
    """Gives the records of TFRecord files."""

    @_deprecated('data.TFRecordDataset')
    def __init__(self, name=None, options=None):
        compression = '' if options is None else options.get_compression_type_string(options)
        super().__init__(gen_io_ops.tf_record_reader_v2(name=name, compression_type=compression))


class LMDBReader(ReaderBase):
    """Gives the records of LMDB files."""

    @_deprecated('contrib.data.LMDBDataset')
    def __init__(self, name=None, options=None):
        super().__init__(gen_io_ops.lmdb_reader(name=name))


class IdentityReader(ReaderBase):
    """Gives work units as records, each its own key and value."""

    @_deprecated('data.Dataset.map(...)')
    def __init__(self, name=None):
        super().__init__(gen_io_ops.identity_reader_v2(name=name), supports_serialize=True)


for _class in (ReaderBase, WholeFileReader, TextLineReader, FixedLengthRecordReader, TFRecordReader, LMDBReader,
               IdentityReader):
    _class.__module__ = 'tensorflow.python.ops.io_ops'
