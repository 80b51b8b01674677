"""QueueRunner: threads that fill a queue by running its enqueue operations."""
import threading
import weakref

from reflow.framework import errors, ops
from reflow.util import deprecation
from reflow.util.shown_attributes import shown

_INSTRUCTIONS = 'To construct input pipelines, use the `tf.data` module.'


def _logging():
    from reflow.platform import tf_logging
    return tf_logging


def _executing_eagerly():
    from reflow.eager import context
    return context.executing_eagerly()


class QueueRunner:
    """Holds a queue and its enqueue operations; `create_threads` makes a thread for each of them.

    A thread runs its operation until the queue is closed, an error of queue_closed_exception_types says that input is
    at its end, or the coordinator asks to stop. The last one to end closes the queue.
    """

    @deprecation.deprecated(None, _INSTRUCTIONS)
    def __init__(self, queue=None, enqueue_ops=None, close_op=None, cancel_op=None,
                 queue_closed_exception_types=None, queue_runner_def=None, import_scope=None):
        if _executing_eagerly():
            raise RuntimeError('QueueRunners are not supported when eager execution is enabled. Instead, please use '
                               'tf.data to get data into your model.')
        if queue_runner_def:
            if queue or enqueue_ops:
                raise ValueError('queue_runner_def and queue are mutually exclusive.')
            self._init_from_proto(queue_runner_def, import_scope)
        else:
            self._init_from_args(queue, enqueue_ops, close_op, cancel_op, queue_closed_exception_types)
        self._lock = threading.Lock()
        self._runs_per_session = weakref.WeakKeyDictionary()
        self._exceptions_raised = []

    def _init_from_args(self, queue, enqueue_ops, close_op, cancel_op, exception_types):
        if not queue or not enqueue_ops:
            raise ValueError('Must provide queue and enqueue_ops.')
        if exception_types is not None:
            if not (isinstance(exception_types, tuple) and exception_types
                    and all(issubclass(each, errors.OpError) for each in exception_types)):
                raise TypeError('queue_closed_exception_types, when provided, must be a tuple of tf.error types, but '
                                'saw: %s' % (exception_types,))
        self._queue = queue
        self._enqueue_ops = enqueue_ops
        self._close_op = queue.close() if close_op is None else close_op
        self._cancel_op = queue.close(cancel_pending_enqueues=True) if cancel_op is None else cancel_op
        self._queue_closed_exception_types = exception_types or (errors.OutOfRangeError,)

    def _init_from_proto(self, queue_runner_def, import_scope):
        graph = ops.get_default_graph()

        def element(name):
            return graph.as_graph_element(ops.prepend_name_scope(name, import_scope))

        self._queue = element(queue_runner_def.queue_name)
        self._enqueue_ops = [element(name) for name in queue_runner_def.enqueue_op_name]
        self._close_op = element(queue_runner_def.close_op_name)
        self._cancel_op = element(queue_runner_def.cancel_op_name)
        self._queue_closed_exception_types = tuple(
            errors.exception_type_from_error_code(code) for code in queue_runner_def.queue_closed_exception_types
        ) or (errors.OutOfRangeError,)

    queue = shown('_queue', 'The queue.')
    enqueue_ops = shown('_enqueue_ops', 'The operations that threads run, one each.')
    close_op = shown('_close_op', 'The operation that closes the queue.')
    cancel_op = shown('_cancel_op', 'The operation that closes it and gives up what waits.')
    queue_closed_exception_types = shown('_queue_closed_exception_types', 'The errors that say that it is closed.')
    exceptions_raised = shown('_exceptions_raised', 'The errors of threads that had no coordinator to report to.')

    @property
    def name(self):
        """The name of the queue."""
        return self._queue.name

    def _run(self, sess, enqueue_op, coord=None):
        """What a thread does."""
        self._enqueue_until_closed(sess, coord, lambda: sess.make_callable(enqueue_op), self._queue_closed_exception_types)

    def _enqueue_until_closed(self, sess, coord, make_enqueue, closed):
        """Calls what make_enqueue() gives until that raises one of `closed`, or the coordinator stops."""
        try:
            enqueue = make_enqueue()
            while not (coord and coord.should_stop()):
                try:
                    enqueue()
                except closed:
                    self._leave(sess, close_after_last=True)
                    return
        except Exception as error:
            if coord:
                coord.request_stop(error)
            else:
                _logging().error('Exception in QueueRunner: %s', str(error))
                with self._lock:
                    self._exceptions_raised.append(error)
                self._leave(sess)
                raise
        self._leave(sess)

    def _leave(self, sess, close_after_last=False):
        """Counts a thread out, and closes the queue if it was the last."""
        with self._lock:
            self._runs_per_session[sess] -= 1
            if close_after_last and self._runs_per_session[sess] == 0:
                try:
                    sess.run(self._close_op)
                except Exception as error:  # the queue may be closed already
                    _logging().vlog(1, 'Ignored exception: %s', str(error))

    def _close_on_stop(self, sess, cancel_op, coord):
        coord.wait_for_stop()
        try:
            sess.run(cancel_op)
        except Exception as error:  # the session may be closed already
            _logging().vlog(1, 'Ignored exception: %s', str(error))

    def create_threads(self, sess, coord=None, daemon=False, start=False):
        """The threads of this runner for a session; none if they run already."""
        with self._lock:
            if self._runs_per_session.get(sess, 0) > 0:
                return []
            self._runs_per_session[sess] = len(self._enqueue_ops)
            self._exceptions_raised = []
        threads = self._new_threads(sess, coord)
        for thread in threads:
            if coord:
                coord.register_thread(thread)
            if daemon:
                thread.daemon = True
            if start:
                thread.start()
        return threads

    def _new_threads(self, sess, coord):
        """One for each enqueue op, and with a coordinator one that closes."""
        threads = [threading.Thread(target=self._run, args=(sess, op, coord),
                                    name='QueueRunnerThread-{}-{}'.format(self.name, op.name))
                   for op in self._enqueue_ops]
        if coord:
            threads.append(threading.Thread(target=self._close_on_stop, args=(sess, self._cancel_op, coord),
                                            name='QueueRunnerThread-{}-close_on_stop'.format(self.name)))
        return threads

    def to_proto(self, export_scope=None):
        """The QueueRunnerDef, without the scope in its names; None if the queue is not in that scope."""
        if export_scope is not None and not self.queue.name.startswith(export_scope):
            return None
        from reflow.framework import protos

        def name(element):
            return ops.strip_name_scope(element.name, export_scope)

        return protos.message('tensorflow.QueueRunnerDef')(
            queue_name=name(self.queue), enqueue_op_name=[name(op) for op in self.enqueue_ops],
            close_op_name=name(self.close_op), cancel_op_name=name(self.cancel_op),
            queue_closed_exception_types=[
                errors.error_code_from_exception_type(each) for each in self._queue_closed_exception_types])

    @staticmethod
    def from_proto(queue_runner_def, import_scope=None):
        """The runner that a QueueRunnerDef describes, in the default graph."""
        return QueueRunner(queue_runner_def=queue_runner_def, import_scope=import_scope)


@deprecation.deprecated(None, _INSTRUCTIONS)
def add_queue_runner(qr, collection=ops.GraphKeys.QUEUE_RUNNERS):
    """Adds a runner to those that start_queue_runners starts."""
    ops.add_to_collection(collection, qr)


@deprecation.deprecated(None, _INSTRUCTIONS)
def start_queue_runners(sess=None, coord=None, daemon=True, start=True, collection=ops.GraphKeys.QUEUE_RUNNERS):
    """Starts the threads of all runners of the graph's collection; returns them."""
    if _executing_eagerly():
        raise RuntimeError('Queues are not compatible with eager execution.')
    if sess is None:
        sess = ops.get_default_session()
        if not sess:
            raise ValueError('Cannot start queue runners: No default session is registered. Use `with sess.as_default()`'
                             ' or pass an explicit session to tf.start_queue_runners(sess=sess)')
    from reflow.client import session
    if not isinstance(sess, session.SessionInterface):
        # These have started them.
        if type(sess).__name__ in ('MonitoredSession', 'SingularMonitoredSession'):
            return []
        raise TypeError('sess must be a `tf.Session` object. Given class: {}'.format(type(sess)))
    if not ops.get_collection(collection):
        _logging().warning('`tf.train.start_queue_runners()` was called when no queue runners were defined. You can '
                           'safely remove the call to this deprecated function.')
    with sess.graph.as_default():
        return [thread for runner in ops.get_collection(collection)
                for thread in runner.create_threads(sess, coord=coord, daemon=daemon, start=start)]


ops.register_proto_function(
    ops.GraphKeys.QUEUE_RUNNERS, proto_type='tensorflow.QueueRunnerDef', to_proto=QueueRunner.to_proto,
    from_proto=QueueRunner.from_proto)
