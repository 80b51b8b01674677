"""Event files of a given prefix, written event by event (tensorflow.python.pywrap_tensorflow.EventsWriter)."""
import socket
import time

from reflow.lib.io import tf_record
from reflow.util import compat


class EventsWriter:
    """Writes events to `PREFIX.out.tfevents.SECONDS.HOST`, a file that the first of them makes, and after Close another one."""

    def __init__(self, file_prefix):
        self._prefix = compat.as_str_any(file_prefix)
        self._suffix = ''
        self._path = None
        self._file = None

    def InitWithSuffix(self, suffix):
        """Makes the file, whose name ends in `suffix`."""
        self._suffix = compat.as_str_any(suffix)
        self._open()

    def FileName(self):
        """The name of the file, as bytes."""
        self._open()
        return compat.as_bytes(self._path)

    def WriteEvent(self, event):
        """Writes an Event message."""
        from reflow.framework import protos
        if not isinstance(event, protos.message('tensorflow.Event')):
            raise TypeError('Expected an event_pb2.Event proto,  but got %s' % type(event))
        self._WriteSerializedEvent(event.SerializeToString())

    def _WriteSerializedEvent(self, event_str):
        self._open()
        self._file.write(event_str)

    def Flush(self):
        """Hands what was written to the operating system."""
        if self._file is not None:
            self._file.flush()

    def Close(self):
        """Closes the file."""
        if self._file is not None:
            self._file.close()
            self._file = None

    def _open(self):
        if self._file is None:
            from reflow.framework import protos
            now = time.time()
            self._path = '%s.out.tfevents.%010d.%s%s' % (self._prefix, now, socket.gethostname(), self._suffix)
            self._file = tf_record.TFRecordWriter(self._path)
            first = protos.message('tensorflow.Event')(wall_time=int(now), file_version='brain.Event:2')
            self._file.write(first.SerializeToString())
            self._file.flush()
