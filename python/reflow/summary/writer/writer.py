"""`tf.summary.FileWriter`."""
import os.path
import time
import warnings

from reflow.eager import context
from reflow.framework import ops, protos
from reflow.platform import gfile
from reflow.platform import tf_logging as logging
from reflow.summary import plugin_asset
from reflow.summary.writer.event_file_writer import EventFileWriter
from reflow.summary.writer.event_file_writer_v2 import EventFileWriterV2

_PLUGINS_DIR = 'plugins'


def _event(**content):
    return protos.message('tensorflow.Event')(**content)


class SummaryToEventTransformer:
    """Makes Events of summaries, graphs and traces for an `event_writer`."""

    def __init__(self, event_writer, graph=None, graph_def=None):
        self.event_writer = event_writer
        self._session_run_tags = {}
        self._seen_summary_tags = set()
        if graph is not None or graph_def is not None:
            from reflow.framework import meta_graph
            self.add_graph(graph=graph, graph_def=graph_def)
            as_def = graph.as_graph_def(add_shapes=True) if isinstance(graph, ops.Graph) else graph
            self.add_meta_graph(meta_graph.create_meta_graph_def(graph_def=graph_def or as_def))

    def add_summary(self, summary, global_step=None):
        """Adds a summary, serialized or not; its metadata only where its tags are new."""
        if isinstance(summary, bytes):
            summary = protos.message('tensorflow.Summary').FromString(summary)
        for value in summary.value:
            if not value.HasField('metadata'):
                continue
            if value.tag in self._seen_summary_tags:
                value.ClearField('metadata')
            else:
                self._seen_summary_tags.add(value.tag)
        self._add_event(_event(summary=summary), global_step)

    def add_session_log(self, session_log, global_step=None):
        """Adds a SessionLog."""
        self._add_event(_event(session_log=session_log), global_step)

    def _add_graph_def(self, graph_def, global_step=None):
        self._add_event(_event(graph_def=graph_def.SerializeToString()), global_step)

    def add_graph(self, graph, global_step=None, graph_def=None):
        """Adds a Graph."""
        if graph is not None and graph_def is not None:
            raise ValueError('Please pass only graph, or graph_def (deprecated), but not both.')
        graph_def_class = protos.message('tensorflow.GraphDef')
        if isinstance(graph, ops.Graph) or isinstance(graph_def, ops.Graph):
            if not isinstance(graph, ops.Graph):
                logging.warning('When passing a `Graph` object, please use the `graph` named argument instead of '
                                '`graph_def`.')
                graph = graph_def
            definition = graph.as_graph_def(add_shapes=True)
            self._write_plugin_assets(graph)
        elif isinstance(graph, graph_def_class) or isinstance(graph_def, graph_def_class):
            logging.warning('Passing a `GraphDef` to the SummaryWriter is deprecated. Pass a `Graph` object instead, such '
                            'as `sess.graph`.')
            definition = graph if isinstance(graph, graph_def_class) else graph_def
        else:
            raise TypeError('The passed graph must be an instance of `Graph` or the deprecated `GraphDef`')
        self._add_graph_def(definition, global_step)

    def _write_plugin_assets(self, graph):
        for asset in plugin_asset.get_all_plugin_assets(graph):
            folder = os.path.join(self.event_writer.get_logdir(), _PLUGINS_DIR, asset.plugin_name)
            gfile.MakeDirs(folder)
            for name, content in asset.assets().items():
                with gfile.Open(os.path.join(folder, name), 'w') as file:
                    file.write(content)

    def add_meta_graph(self, meta_graph_def, global_step=None):
        """Adds a MetaGraphDef."""
        if not isinstance(meta_graph_def, protos.message('tensorflow.MetaGraphDef')):
            raise TypeError('meta_graph_def must be type MetaGraphDef, saw type: %s' % type(meta_graph_def))
        self._add_event(_event(meta_graph_def=meta_graph_def.SerializeToString()), global_step)

    def add_run_metadata(self, run_metadata, tag, global_step=None):
        """Adds what a run told of itself, under a tag that hasn't been used for one."""
        if tag in self._session_run_tags:
            raise ValueError('The provided tag was already used for this event type')
        self._session_run_tags[tag] = True
        tagged = protos.message('tensorflow.TaggedRunMetadata')(tag=tag, run_metadata=run_metadata.SerializeToString())
        self._add_event(_event(tagged_run_metadata=tagged), global_step)

    def _add_event(self, event, step):
        event.wall_time = time.time()
        if step is not None:
            event.step = int(step)
        self.event_writer.add_event(event)


class FileWriter(SummaryToEventTransformer):
    """Writes summaries, graphs and traces to an event file that TensorBoard shows: tensorboard --logdir LOGDIR.

    A thread writes; an add costs microseconds. A disk that can't be written is reported once, and the program goes on.
    """

    def __init__(self, logdir, graph=None, max_queue=10, flush_secs=120, graph_def=None, filename_suffix=None, session=None):
        if context.executing_eagerly():
            raise RuntimeError('tf.summary.FileWriter is not compatible with eager execution. Use tf.contrib.summary instead.')
        self._closed = False
        if session is not None:
            writer = EventFileWriterV2(session, logdir, max_queue, flush_secs, filename_suffix)
        else:
            writer = EventFileWriter(logdir, max_queue, flush_secs, filename_suffix)
        super().__init__(writer, graph, graph_def)

    def __enter__(self):
        return self

    def __exit__(self, unused_type, unused_value, unused_traceback):
        self.close()

    def get_logdir(self):
        """The folder of the file."""
        return self.event_writer.get_logdir()

    def _warn_if_event_writer_is_closed(self):
        if self._closed:
            warnings.warn('Attempting to use a closed FileWriter. The operation will be a noop unless the FileWriter is '
                          'explicitly reopened.')

    def add_summary(self, summary, global_step=None):
        """Adds a summary, serialized or not; its metadata only where its tags are new."""
        if type(self)._add_event is not FileWriter._add_event or type(self.event_writer) is not EventFileWriter:
            return super().add_summary(summary, global_step)
        # No message objects: the engine puts the serialized summary into an event.
        self._warn_if_event_writer_is_closed()
        self.event_writer.add_serialized_summary(
            summary if isinstance(summary, bytes) else summary.SerializeToString(), time.time(),
            0 if global_step is None else int(global_step))

    def _add_event(self, event, step):
        self._warn_if_event_writer_is_closed()
        super()._add_event(event, step)

    def add_event(self, event):
        """Adds an Event."""
        self._warn_if_event_writer_is_closed()
        self.event_writer.add_event(event)

    def flush(self):
        """Returns when all events are in the file."""
        self._warn_if_event_writer_is_closed()
        self.event_writer.flush()

    def close(self):
        """Flushes and closes the file."""
        self.event_writer.close()
        self._closed = True

    def reopen(self):
        """Begins another file after close()."""
        self.event_writer.reopen()
        self._closed = False
