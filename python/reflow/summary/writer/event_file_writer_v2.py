"""Event files that a session writes."""
import os

from reflow.framework import ops


class EventFileWriterV2:
    """An EventFileWriter over the operations of tf.contrib.summary: writers of one folder in one session share a file."""

    def __init__(self, session, logdir, max_queue=10, flush_secs=120, filename_suffix=''):
        from reflow.framework import constant_op
        from reflow.ops import array_ops, summary_ops_v2
        self._session = session
        self._logdir = str(logdir)
        self._closed = False
        os.makedirs(self._logdir, exist_ok=True)
        with session.graph.as_default(), ops.name_scope('filewriter'):
            writer = summary_ops_v2.create_file_writer(self._logdir, max_queue=max_queue, flush_millis=flush_secs * 1000,
                                                       filename_suffix=filename_suffix)
            with summary_ops_v2.always_record_summaries(), writer.as_default():
                self._event_placeholder = array_ops.placeholder_with_default(constant_op.constant('unused', 'string'), [])
                self._add_event_op = summary_ops_v2.import_event(self._event_placeholder)
            self._init_op, self._flush_op, self._close_op = writer.init(), writer.flush(), writer.close()
        session.run(self._init_op)

    def get_logdir(self):
        """The folder of the file."""
        return self._logdir

    def reopen(self):
        """Begins another file after close()."""
        if self._closed:
            self._closed = False
            self._session.run(self._init_op)

    def add_event(self, event):
        """Adds an Event. Does nothing after close()."""
        if not self._closed:
            self._session.run(self._add_event_op, {self._event_placeholder: event.SerializeToString()})

    def flush(self):
        """Returns when all events are in the file."""
        self._session.run(self._flush_op)

    def close(self):
        """Flushes and closes the file."""
        if not self._closed:
            self.flush()
            self._session.run(self._close_op)
            self._closed = True
