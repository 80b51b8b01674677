"""Readers of files of records, one record at a time, as TensorFlow's extension module has them."""
from reflow import _core
from reflow.framework import errors_impl as errors
from reflow.util import compat


class PyRecordReader:
    """Reads the records of a file. At its end, and at a record that isn't whole yet, it can be asked again later."""

    def __init__(self, filename, start_offset, compression_type):
        self._reader = _core.open_record_reader(compat.as_str(filename), compat.as_str(compression_type))
        if start_offset:
            self._reader.seek(start_offset)
        self._record = None

    def GetNext(self):
        """Goes to the next record. OutOfRangeError: there is none; DataLossError: it is damaged."""
        if self._reader is None:
            raise errors.FailedPreconditionError(None, None, 'Reader is closed.')
        record = self._reader.next()
        if record is None:
            raise errors.OutOfRangeError(None, None, 'Read less bytes than requested')
        self._record = record

    def record(self):
        """The record, as bytes."""
        return self._record

    def offset(self):
        """Where the next record begins."""
        return self._reader.offset

    def Close(self):
        """Closes the file."""
        self._reader = None


def new_record_reader(filename, start_offset, compression_type, status=None):
    """A PyRecordReader. NotFoundError: no such file."""
    del status  # errors are raised here
    return PyRecordReader(filename, start_offset, compression_type)
