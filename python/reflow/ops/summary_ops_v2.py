"""Summaries that operations write to a file themselves: tf.contrib.summary.

The writer and whether to record belong to the thread: `with writer.as_default(), always_record_summaries():`.
"""
import contextlib
import functools
import os
import re
import time

from reflow.eager import context
from reflow.framework import constant_op, ops, protos, smart_cond
from reflow.ops import array_ops, control_flow_ops, gen_summary_ops, math_ops, summary_op_util
from reflow.ops.summary_traces import trace_export, trace_off, trace_on  # noqa: F401 - their names in TensorFlow
from reflow.platform import tf_logging as logging
from reflow.training import training_util
from reflow.util import deprecation

_SUMMARY_WRITER_INIT_COLLECTION_NAME = '_SUMMARY_WRITER_V2'
_INVALID_SCOPE_CHARACTERS = re.compile(r'[^-_/.A-Za-z0-9]')
_EXPERIMENT_NAME_PATTERNS = re.compile(r'^[^\x00-\x1F<>]{0,256}$')
_RUN_NAME_PATTERNS = re.compile(r'^[^\x00-\x1F<>]{0,512}$')
_USER_NAME_PATTERNS = re.compile(r'^[a-z]([-a-z0-9]{0,29}[a-z0-9])?$', re.I)


def _should_record_summaries_internal(default_state):
    recording = context.context().summary_recording
    if callable(recording):
        recording = recording()
    return math_ops.logical_and(True, default_state if recording is None else recording)


def _should_record_summaries_v2():
    return _should_record_summaries_internal(default_state=True)


def should_record_summaries():
    """A bool tensor: whether summaries are to be recorded. They aren't unless something below says so."""
    return _should_record_summaries_internal(default_state=False)


@contextlib.contextmanager
def record_if(condition):
    """Within it, summaries are recorded if `condition`, a bool, a tensor, or a function that gives one."""
    ctx = context.context()
    previous, ctx.summary_recording = ctx.summary_recording, condition
    try:
        yield
    finally:
        ctx.summary_recording = previous


def record_summaries_every_n_global_steps(n, global_step=None):
    """Within it, summaries are recorded where the step is a multiple of n."""
    if global_step is None:
        global_step = training_util.get_or_create_global_step()
    with ops.device('cpu:0'):
        def should():
            return math_ops.equal(global_step % n, 0)
        return record_if(should if context.executing_eagerly() else should())


def always_record_summaries():
    """Within it, summaries are recorded."""
    return record_if(True)


def never_record_summaries():
    """Within it, no summaries are recorded."""
    return record_if(False)


def get_step():
    """The step that set_step has set for this thread, or None."""
    return context.context().summary_step


def set_step(step):
    """Sets the step of this thread's summaries that are given none."""
    context.context().summary_step = step


class SummaryWriter:
    """What summaries are written to."""

    def set_as_default(self):
        """Makes it the writer of this thread."""
        raise NotImplementedError()

    def as_default(self):
        """Within it, this is the writer of the thread."""
        raise NotImplementedError()

    def init(self):
        """The operation that makes it ready."""
        raise NotImplementedError()

    def flush(self):
        """The operation that returns when everything is written."""
        raise NotImplementedError()

    def close(self):
        """The operation that closes it."""
        raise NotImplementedError()


class ResourceSummaryWriter(SummaryWriter):
    """A writer that the session keeps."""

    def __init__(self, shared_name, init_op_fn, name=None, v2=False):
        self._resource = gen_summary_ops.summary_writer(shared_name=shared_name, name=name)
        self._init_op_fn = init_op_fn
        self._init_op = init_op_fn(self._resource)
        self._v2 = v2
        self._closed = False
        if not context.executing_eagerly():
            ops.add_to_collection(_SUMMARY_WRITER_INIT_COLLECTION_NAME, self._init_op)

    def _is_closed(self):
        return self._v2 and self._closed and context.executing_eagerly()

    def _check_open(self):
        if self._is_closed():
            raise RuntimeError('SummaryWriter is already closed')

    def set_as_default(self):
        self._check_open()
        context.context().summary_writer = self

    @contextlib.contextmanager
    def as_default(self):
        self._check_open()
        ctx = context.context()
        previous, ctx.summary_writer = ctx.summary_writer, self
        try:
            yield self
            self.flush()
        finally:
            ctx.summary_writer = previous

    def init(self):
        self._check_open()
        return self._init_op if self._v2 else self._init_op_fn(self._resource)

    def flush(self):
        return None if self._is_closed() else flush(writer=self)

    def close(self):
        if self._is_closed():
            return None
        try:
            flushed = self.flush()
            with ops.control_dependencies([] if flushed is None else [flushed]), ops.device('cpu:0'):
                return gen_summary_ops.close_summary_writer(self._resource)
        finally:
            self._closed = True


class NoopSummaryWriter(SummaryWriter):
    """A writer that does nothing."""

    def set_as_default(self):
        pass

    @contextlib.contextmanager
    def as_default(self):
        yield

    def init(self):
        pass

    def flush(self):
        pass

    def close(self):
        pass


def initialize(graph=None, session=None):
    """Makes the writers ready in a session, and writes `graph`, if there is one. Eagerly there is nothing to do."""
    if context.executing_eagerly():
        return
    if context.context().summary_writer is None:
        raise RuntimeError('No default tf.contrib.summary.SummaryWriter found')
    session = session or ops.get_default_session()
    if session is None:
        raise ValueError('session must be passed if no default session exists')
    session.run(summary_writer_initializer_op())
    if graph is not None:
        data = _serialize_graph(graph)
        placeholder = array_ops.placeholder('string')
        session.run(_graph(placeholder, 0), feed_dict={placeholder: data})


def _file_writer_arguments(max_queue, flush_millis, filename_suffix):
    return (constant_op.constant(10) if max_queue is None else max_queue,
            constant_op.constant(2 * 60 * 1000) if flush_millis is None else flush_millis,
            constant_op.constant('.v2') if filename_suffix is None else filename_suffix)


def create_file_writer_v2(logdir, max_queue=None, flush_millis=None, filename_suffix=None, name=None):
    """A writer of a new event file in the folder `logdir`: tf.summary.create_file_writer of version 2."""
    if logdir is None:
        raise ValueError('logdir cannot be None')
    with ops.name_scope(name, 'create_file_writer') as scope, ops.device('cpu:0'), ops.init_scope():
        logdir = ops.convert_to_tensor(logdir, dtype='string')
        max_queue, flush_millis, filename_suffix = _file_writer_arguments(max_queue, flush_millis, filename_suffix)
        filename_suffix = constant_op.constant('.%s.%s' % (os.getpid(), ops.uid())) + filename_suffix
        shared_name = 'file_writer_%d' % ops.uid() if context.executing_eagerly() else scope.rstrip('/')
        return ResourceSummaryWriter(shared_name, functools.partial(
            gen_summary_ops.create_summary_file_writer, logdir=logdir, max_queue=max_queue, flush_millis=flush_millis,
            filename_suffix=filename_suffix), name=name, v2=True)


def create_file_writer(logdir, max_queue=None, flush_millis=None, filename_suffix=None, name=None):
    """A writer of an event file in the folder `logdir`; None: one that does nothing. Those of the same name are one."""
    if logdir is None:
        return NoopSummaryWriter()
    logdir = str(logdir)
    with ops.device('cpu:0'):
        max_queue, flush_millis, filename_suffix = _file_writer_arguments(max_queue, flush_millis, filename_suffix)
        return ResourceSummaryWriter('logdir:' + logdir if name is None else name, functools.partial(
            gen_summary_ops.create_summary_file_writer, logdir=logdir, max_queue=max_queue, flush_millis=flush_millis,
            filename_suffix=filename_suffix))


def create_db_writer(db_uri, experiment_name=None, run_name=None, user_name=None, name=None):
    """A writer to a database, of which Reflow has none: running its initializer is an UnimplementedError."""
    if experiment_name is None:
        experiment_name = time.strftime('%Y-%m-%d')
    if run_name is None:
        run_name = time.strftime('%H:%M:%S')
    if user_name is None:
        import getpass
        user_name = getpass.getuser()
    with ops.device('cpu:0'):
        return ResourceSummaryWriter(name, functools.partial(
            gen_summary_ops.create_summary_db_writer, db_uri=db_uri,
            experiment_name=_cleanse_string('experiment_name', _EXPERIMENT_NAME_PATTERNS, experiment_name),
            run_name=_cleanse_string('run_name', _RUN_NAME_PATTERNS, run_name),
            user_name=_cleanse_string('user_name', _USER_NAME_PATTERNS, user_name)))


def create_noop_writer():
    """A writer that does nothing."""
    return NoopSummaryWriter()


def _cleanse_string(name, pattern, value):
    if isinstance(value, str) and pattern.search(value) is None:
        raise ValueError('%s (%s) must match %s' % (name, value, pattern.pattern))
    return ops.convert_to_tensor(value, 'string')


def all_v2_summary_ops():
    """The operations of the default graph that write summaries; None where operations run at once."""
    return None if context.executing_eagerly() else ops.get_collection(ops.GraphKeys._SUMMARY_COLLECTION)


def summary_writer_initializer_op():
    """The operations of the default graph that make writers ready."""
    if context.executing_eagerly():
        raise RuntimeError('tf.contrib.summary.summary_writer_initializer_op is only supported in graph mode.')
    return ops.get_collection(_SUMMARY_WRITER_INIT_COLLECTION_NAME)


@contextlib.contextmanager
def summary_scope(name, default_name='summary', values=None):
    """Opens the name scope of a summary and gives (tag, scope); the tag need not be a name of operations."""
    name = name or default_name
    current_scope = ops.get_name_scope()
    tag = current_scope + '/' + name if current_scope else name
    with ops.name_scope(_INVALID_SCOPE_CHARACTERS.sub('', name) or None, default_name, values) as scope:
        yield tag, scope


def _nothing():
    return constant_op.constant(False)


def _recorded(condition, record, name):
    """Records where the condition holds, and adds that to the graph's summaries."""
    with ops.device('cpu:0'):
        op = smart_cond.smart_cond(condition(), record, _nothing, name=name)
        if not context.executing_eagerly():
            ops.add_to_collection(ops.GraphKeys._SUMMARY_COLLECTION, op)
    return op


def _true_after(operation):
    with ops.control_dependencies([] if operation is None else [operation]):
        return constant_op.constant(True)


def _step_of_thread(step):
    step = get_step() if step is None else step
    if step is None:
        raise ValueError("No step set via 'step' argument or tf.summary.experimental.set_step()")
    return step


def _serialized(metadata):
    if metadata is None:
        return b''
    return metadata.SerializeToString() if hasattr(metadata, 'SerializeToString') else metadata


def write(tag, tensor, step=None, metadata=None, name=None):
    """Writes a tensor; gives whether it has."""
    with ops.name_scope(name, 'write_summary') as scope:
        if context.context().summary_writer is None:
            return constant_op.constant(False)
        step = _step_of_thread(step)

        def record():
            with ops.device('cpu:0'):
                return _true_after(gen_summary_ops.write_summary(
                    context.context().summary_writer._resource, step, array_ops.identity(tensor), tag,
                    _serialized(metadata), name=scope))

        return _recorded(_should_record_summaries_v2, record, 'summary_cond')


def write_raw_pb(tensor, step=None, name=None):
    """Writes serialized Summaries; gives whether it has."""
    with ops.name_scope(name, 'write_raw_pb') as scope:
        if context.context().summary_writer is None:
            return constant_op.constant(False)
        step = _step_of_thread(step)

        def record():
            with ops.device('cpu:0'):
                return _true_after(gen_summary_ops.write_raw_proto_summary(
                    context.context().summary_writer._resource, step, array_ops.identity(tensor), name=scope))

        return _recorded(_should_record_summaries_v2, record, 'summary_cond')


def summary_writer_function(name, tensor, function, family=None):
    """Calls `function(tag, scope)`, which writes a summary, where summaries are recorded."""
    outer_scope = ops.get_name_scope()
    if outer_scope:
        outer_scope += '/'

    def record():
        with ops.name_scope(outer_scope), summary_op_util.summary_scope(name, family, values=[tensor]) as (tag, scope):
            return _true_after(function(tag, scope))

    if context.context().summary_writer is None:
        return control_flow_ops.no_op()
    return _recorded(should_record_summaries, record, '')


def _writer():
    return context.context().summary_writer._resource


def generic(name, tensor, metadata=None, family=None, step=None):
    """Writes a tensor."""
    def function(tag, scope):
        serialized = _serialized(metadata)
        if serialized is not metadata:
            serialized = constant_op.constant(serialized)
        return gen_summary_ops.write_summary(_writer(), _choose_step(step), array_ops.identity(tensor), tag, serialized,
                                             name=scope)
    return summary_writer_function(name, tensor, function, family=family)


def scalar(name, tensor, family=None, step=None):
    """Writes a number."""
    def function(tag, scope):
        return gen_summary_ops.write_scalar_summary(_writer(), _choose_step(step), tag, array_ops.identity(tensor),
                                                    name=scope)
    return summary_writer_function(name, tensor, function, family=family)


def histogram(name, tensor, family=None, step=None):
    """Writes how the elements of a tensor are distributed."""
    def function(tag, scope):
        return gen_summary_ops.write_histogram_summary(_writer(), _choose_step(step), tag, array_ops.identity(tensor),
                                                       name=scope)
    return summary_writer_function(name, tensor, function, family=family)


def image(name, tensor, bad_color=None, max_images=3, family=None, step=None):
    """Writes images, [batch, height, width, channels]."""
    def function(tag, scope):
        color = constant_op.constant([255, 0, 0, 255], dtype='uint8') if bad_color is None else bad_color
        return gen_summary_ops.write_image_summary(_writer(), _choose_step(step), tag, array_ops.identity(tensor), color,
                                                   max_images, name=scope)
    return summary_writer_function(name, tensor, function, family=family)


def audio(name, tensor, sample_rate, max_outputs, family=None, step=None):
    """Writes sounds, [batch, frames] or [batch, frames, channels]."""
    def function(tag, scope):
        return gen_summary_ops.write_audio_summary(_writer(), _choose_step(step), tag, array_ops.identity(tensor),
                                                   sample_rate=sample_rate, max_outputs=max_outputs, name=scope)
    return summary_writer_function(name, tensor, function, family=family)


def graph(param, step=None, name=None):
    """Writes a graph, in a graph a tensor with a serialized GraphDef; it is always recorded."""
    if not context.executing_eagerly() and not isinstance(param, ops.Tensor):
        raise TypeError('graph() needs a tf.Tensor (e.g. tf.placeholder) in graph mode, but was: %s' % type(param))
    writer = context.context().summary_writer
    if writer is None:
        return control_flow_ops.no_op()
    with ops.device('cpu:0'):
        if isinstance(param, (ops.Graph, protos.message('tensorflow.GraphDef'))):
            tensor = ops.convert_to_tensor(_serialize_graph(param), 'string')
        else:
            tensor = array_ops.identity(param)
        return gen_summary_ops.write_graph_summary(writer._resource, _choose_step(step), tensor, name=name)


_graph = graph  # for functions with an argument `graph`


def import_event(tensor, name=None):
    """Writes a serialized Event as it is."""
    return gen_summary_ops.import_event(_writer(), tensor, name=name)


def flush(writer=None, name=None):
    """Returns when everything is in the file; of no writer, that of the thread."""
    if writer is None:
        writer = context.context().summary_writer
        if writer is None:
            return control_flow_ops.no_op()
    resource = writer._resource if isinstance(writer, ResourceSummaryWriter) else writer
    with ops.device('cpu:0'):
        return gen_summary_ops.flush_summary_writer(resource, name=name)


def eval_dir(model_dir, name=None):
    """The folder of an evaluation's summaries."""
    return os.path.join(model_dir, 'eval' if not name else 'eval_' + name)


@deprecation.deprecated(date=None, instructions='Renamed to create_file_writer().')
def create_summary_file_writer(*args, **kwargs):
    """create_file_writer under its older name."""
    logging.warning('Deprecation Warning: create_summary_file_writer was renamed to create_file_writer')
    return create_file_writer(*args, **kwargs)


def _serialize_graph(graph_or_def):
    if isinstance(graph_or_def, ops.Graph):
        graph_or_def = graph_or_def.as_graph_def(add_shapes=True)
    return graph_or_def.SerializeToString()


def _choose_step(step):
    if step is None:
        return training_util.get_or_create_global_step()
    return step if isinstance(step, ops.Tensor) else ops.convert_to_tensor(step, 'int64')


def run_metadata(name, data, step=None):
    """Writes a RunMetadata whole."""
    return _write_for_graph_plugin(name, data, step, 'graph_run_metadata')


def run_metadata_graphs(name, data, step=None):
    """Writes the graphs of a RunMetadata."""
    graphs = protos.message('tensorflow.RunMetadata')(function_graphs=data.function_graphs,
                                                      partition_graphs=data.partition_graphs)
    return _write_for_graph_plugin(name, graphs, step, 'graph_run_metadata_graph')


def _write_for_graph_plugin(name, data, step, plugin):
    metadata = protos.message('tensorflow.SummaryMetadata')()
    metadata.plugin_data.plugin_name = plugin
    metadata.plugin_data.content = b'1'
    with summary_scope(name, plugin + '_summary', [data, step]) as (tag, _):
        with ops.device('cpu:0'):
            tensor = constant_op.constant(data.SerializeToString(), dtype='string')
        return write(tag=tag, tensor=tensor, step=step, metadata=metadata)
