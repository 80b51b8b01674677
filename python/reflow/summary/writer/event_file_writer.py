"""Event files."""
from reflow import _core


class EventFileWriter:
    """Writes Events to a file of `logdir`, from a thread of its own.

    The file is made for the first event. Its records are whole up to the last flush, however the program ends.
    """

    def __init__(self, logdir, max_queue=10, flush_secs=120, filename_suffix=None):
        self._logdir = str(logdir)
        self._writer = _core.EventFileWriter(self._logdir, max_queue, flush_secs, filename_suffix or '')

    def get_logdir(self):
        """The folder of the file."""
        return self._logdir

    def reopen(self):
        """Begins another file after close()."""
        self._writer.reopen()

    def add_event(self, event):
        """Adds an Event. Does nothing after close()."""
        self._writer.add_event(event.SerializeToString())

    def add_serialized_summary(self, summary, wall_time, step):
        """Adds an Event with the summary; metadata of tags that have come before is left out."""
        self._writer.add_summary(wall_time, step, summary)

    def flush(self):
        """Returns when all events are in the file."""
        self._writer.flush()

    def close(self):
        """Flushes and closes the file."""
        self._writer.close()
