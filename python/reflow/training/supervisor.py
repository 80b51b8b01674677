"""Supervisor: makes a session ready to train, runs what goes on beside training, and ends it all together."""
import contextlib
import os

from reflow.framework import dtypes, ops
from reflow.training import coordinator, training_util
from reflow.training import session_manager as session_manager_lib
from reflow.training.supervisor_services import SVStepCounterThread, SVSummaryThread, SVTimerCheckpointThread
from reflow.util import deprecation
from reflow.util.shown_attributes import shown


def _logging():
    from reflow.platform import tf_logging
    return tf_logging


def _executing_eagerly():
    from reflow.eager import context
    return context.executing_eagerly()


class Supervisor:
    """Takes a graph, finishes it, and looks after the session that trains it.

    The chief initializes the model or restores it from `logdir`, and saves checkpoints and summaries there; other
    workers wait for it. Threads of queue runners and of the program end together with training.
    """

    USE_DEFAULT = 0

    @deprecation.deprecated(None, 'Please switch to tf.train.MonitoredTrainingSession')
    def __init__(self, graph=None, ready_op=USE_DEFAULT, ready_for_local_init_op=USE_DEFAULT, is_chief=True,
                 init_op=USE_DEFAULT, init_feed_dict=None, local_init_op=USE_DEFAULT, logdir=None,
                 summary_op=USE_DEFAULT, saver=USE_DEFAULT, global_step=USE_DEFAULT, save_summaries_secs=120,
                 save_model_secs=600, recovery_wait_secs=30, stop_grace_secs=120, checkpoint_basename='model.ckpt',
                 session_manager=None, summary_writer=USE_DEFAULT, init_fn=None, local_init_run_options=None):
        if _executing_eagerly():
            raise RuntimeError('Supervisors are compatible with eager execution.')
        self._graph = ops.get_default_graph() if graph is None else graph
        with self._graph.as_default():
            self._add_operations(ready_op, ready_for_local_init_op, init_op, local_init_op, saver, summary_op,
                                 global_step)
        self._init_feed_dict = init_feed_dict
        self._is_chief = is_chief
        self._coord = coordinator.Coordinator()
        self._stop_grace_secs = stop_grace_secs
        self._init_fn = init_fn
        self._logdir = logdir if is_chief else None
        self._save_summaries_secs = save_summaries_secs if is_chief else None
        self._save_model_secs = save_model_secs if is_chief else None
        self._save_path = os.path.join(logdir, checkpoint_basename) if is_chief and logdir else None
        self._summary_writer = self._writer(summary_writer) if is_chief else None
        self._graph_added_to_summary = False
        self._session_manager = session_manager or session_manager_lib.SessionManager(
            local_init_op=self._local_init_op, ready_op=self._ready_op,
            ready_for_local_init_op=self._ready_for_local_init_op, graph=self._graph,
            recovery_wait_secs=recovery_wait_secs, local_init_run_options=local_init_run_options)
        self._verify_setup()
        self._graph.finalize()

    def _writer(self, summary_writer):
        if summary_writer is not Supervisor.USE_DEFAULT:
            return summary_writer
        if not self._logdir:
            return None
        from reflow.summary.writer import writer
        return writer.FileWriter(self._logdir)

    def _chosen(self, given, key, make):
        """`given`, or the first item of a collection, or what make() adds to it."""
        if given is not Supervisor.USE_DEFAULT:
            return given
        found = ops.get_collection(key)
        if len(found) > 1:
            _logging().info('Found %d %s operations. Returning the first one.', len(found), key)
        if found:
            return found[0]
        made = make()
        if made is not None:
            ops.add_to_collection(key, made)
        return made

    def _add_operations(self, ready_op, ready_for_local_init_op, init_op, local_init_op, saver, summary_op, global_step):
        from reflow.ops import variables
        keys = ops.GraphKeys
        self._ready_op = self._chosen(ready_op, keys.READY_OP, variables.report_uninitialized_variables)
        self._ready_for_local_init_op = self._chosen(
            ready_for_local_init_op, keys.READY_FOR_LOCAL_INIT_OP, lambda: None)
        self._init_op = self._chosen(init_op, keys.INIT_OP, variables.global_variables_initializer)
        self._local_init_op = self._chosen(local_init_op, keys.LOCAL_INIT_OP, self._local_initializers)
        self._saver = self._chosen(saver, keys.SAVERS, self._default_saver)
        self._summary_op = self._chosen(summary_op, keys.SUMMARY_OP, self._all_summaries)
        self._global_step = self._chosen(global_step, keys.GLOBAL_STEP, self._default_global_step_tensor)

    @staticmethod
    def _local_initializers():
        from reflow.ops import control_flow_ops, lookup_ops, variables
        operations = [variables.local_variables_initializer(), lookup_ops.tables_initializer()]
        return control_flow_ops.group(*operations)

    @staticmethod
    def _default_saver():
        from reflow.ops import variables
        from reflow.training import saver
        return saver.Saver() if variables.global_variables() else None

    @staticmethod
    def _all_summaries():
        if not ops.get_collection(ops.GraphKeys.SUMMARIES):
            return None
        from reflow.summary import summary
        return summary.merge_all()

    def _default_global_step_tensor(self):
        try:
            step = ops.get_default_graph().get_tensor_by_name('global_step:0')
        except KeyError:
            return None
        if step.dtype.base_dtype in (dtypes.int32, dtypes.int64):
            return step
        _logging().warning("Found 'global_step' is not an int type: %s", step.dtype)
        return None

    def _verify_setup(self):
        if self._is_chief:
            return
        for op in self._graph.get_operations():
            if op.type in ('Variable', 'VariableV2') and not op.device:
                raise ValueError('When using replicas, all Variables must have their device set: %s' % op)

    is_chief = shown('_is_chief', 'Whether this worker initializes and saves the model.')
    session_manager = shown('_session_manager', 'What makes the sessions.')
    coord = shown('_coord', 'The coordinator of the threads.')
    init_op = shown('_init_op', 'The operation that initializes the model.')
    init_feed_dict = shown('_init_feed_dict', 'What is fed for init_op.')
    ready_op = shown('_ready_op', 'The tensor that is empty when the model is ready.')
    ready_for_local_init_op = shown(
        '_ready_for_local_init_op', 'The tensor that is empty when local variables may be initialized.')
    summary_writer = shown('_summary_writer', 'What writes events, or None.')
    summary_op = shown('_summary_op', 'The tensor of all summaries, or None.')
    save_summaries_secs = shown('_save_summaries_secs', 'Seconds from summary to summary.')
    global_step = shown('_global_step', 'The tensor of the step, or None.')
    saver = shown('_saver', 'What saves the model, or None.')
    save_model_secs = shown('_save_model_secs', 'Seconds from checkpoint to checkpoint.')
    save_path = shown('_save_path', 'The prefix of checkpoints, or None.')

    def _write_graph(self):
        graph_def = self._graph.as_graph_def(add_shapes=True)
        if self._logdir:
            training_util.write_graph(graph_def, self._logdir, 'graph.pbtxt')
        if self._summary_writer and not self._graph_added_to_summary:
            from reflow.framework import meta_graph
            self._summary_writer.add_graph(self._graph)
            self._summary_writer.add_meta_graph(meta_graph.create_meta_graph_def(
                graph_def=graph_def, saver_def=self._saver.saver_def if self._saver else None))
            self._graph_added_to_summary = True

    @staticmethod
    def _session_log(status):
        from reflow.framework import protos
        log = protos.message('tensorflow.SessionLog')
        return log(status=getattr(log, status))

    def start_standard_services(self, sess):
        """Starts the threads that write summaries and checkpoints; returns them."""
        if not self._is_chief:
            raise RuntimeError('Only chief supervisor can start standard services. Because only chief supervisors can '
                               'write events.')
        if not self._logdir:
            _logging().warning("Standard services need a 'logdir' passed to the SessionManager")
            return None
        if self._global_step is not None and self._summary_writer:
            self._summary_writer.add_session_log(self._session_log('START'),
                                                 training_util.global_step(sess, self._global_step))
        summarizes = self._save_summaries_secs and self._summary_writer
        threads = [thread_class(self, sess) for thread_class, is_wanted in (
            (SVSummaryThread, summarizes and self._summary_op is not None),
            (SVStepCounterThread, summarizes and self._global_step is not None),
            (SVTimerCheckpointThread, self._save_model_secs and self.saver)) if is_wanted]
        for thread in threads:
            thread.start()
        return threads

    def prepare_or_wait_for_session(self, master='', config=None, wait_for_checkpoint=False, max_wait_secs=7200,
                                    start_standard_services=True):
        """A session whose model is ready, with its threads started."""
        self._coord.clear_stop()
        if self._summary_writer:
            self._summary_writer.reopen()
        if self._is_chief:
            sess = self._session_manager.prepare_session(
                master, init_op=self.init_op, saver=self.saver, checkpoint_dir=self._logdir,
                wait_for_checkpoint=wait_for_checkpoint, max_wait_secs=max_wait_secs, config=config,
                init_feed_dict=self._init_feed_dict, init_fn=self._init_fn)
            self._write_graph()
            if start_standard_services:
                _logging().info('Starting standard services.')
                self.start_standard_services(sess)
        else:
            sess = self._session_manager.wait_for_session(master, config=config, max_wait_secs=max_wait_secs)
        if start_standard_services:
            _logging().info('Starting queue runners.')
            self.start_queue_runners(sess)
        return sess

    def start_queue_runners(self, sess, queue_runners=None):
        """Starts the threads of queue runners, by default those of the graph; returns them."""
        if _executing_eagerly():
            raise RuntimeError('Queues are not compatible with eager execution.')
        if queue_runners is None:
            queue_runners = self._graph.get_collection(ops.GraphKeys.QUEUE_RUNNERS)
        return [thread for runner in queue_runners
                for thread in runner.create_threads(sess, coord=self._coord, daemon=True, start=True)]

    def loop(self, timer_interval_secs, target, args=None, kwargs=None):
        """Starts a thread that calls `target` every so many seconds until training stops; returns it."""
        return coordinator.LooperThread.loop(self._coord, timer_interval_secs, target, args, kwargs)

    def stop(self, threads=None, close_summary_writer=True, ignore_live_threads=False):
        """Stops all threads and waits for them; raises the first error that one of them had."""
        self._coord.request_stop()
        try:
            self._coord.join(threads, stop_grace_period_secs=self._stop_grace_secs,
                             ignore_live_threads=ignore_live_threads)
        finally:
            if close_summary_writer and self._summary_writer:
                self._summary_writer.add_session_log(self._session_log('STOP'))
                self._summary_writer.close()
                self._graph_added_to_summary = False

    def request_stop(self, ex=None):
        """Asks all threads to stop."""
        self._coord.request_stop(ex=ex)

    def should_stop(self):
        """Whether a stop was requested."""
        return self._coord.should_stop()

    def stop_on_exception(self):
        """A context that turns an exception into a request to stop."""
        return self._coord.stop_on_exception()

    def wait_for_stop(self):
        """Waits until a stop is requested."""
        self._coord.wait_for_stop()

    def summary_computed(self, sess, summary, global_step=None):
        """Writes a summary that the program has computed."""
        if not self._summary_writer:
            raise RuntimeError('Writing a summary requires a summary writer.')
        if global_step is None and self.global_step is not None:
            global_step = training_util.global_step(sess, self.global_step)
        self._summary_writer.add_summary(summary, global_step)

    # Its arguments are those that the public API shows: master, config, start_standard_services, close_summary_writer.
    def managed_session(*args, **kwds):
        """A context with a session that is ready; at its end everything is stopped, and errors are raised again."""
        return _managed_session(*args, **kwds)

    PrepareSession = prepare_or_wait_for_session
    StartQueueRunners = start_queue_runners
    StartStandardServices = start_standard_services
    Stop = stop
    RequestStop = request_stop
    Loop = loop
    ShouldStop = should_stop
    StopOnException = stop_on_exception
    WaitForStop = wait_for_stop
    SummaryComputed = summary_computed


@contextlib.contextmanager
def _managed_session(supervisor, master='', config=None, start_standard_services=True, close_summary_writer=True):
    sess = None
    try:
        sess = supervisor.prepare_or_wait_for_session(master=master, config=config,
                                                      start_standard_services=start_standard_services)
        yield sess
    except Exception as error:
        supervisor.request_stop(error)
    finally:
        try:
            supervisor.stop(close_summary_writer=close_summary_writer)
        finally:
            with contextlib.suppress(Exception):
                sess.close()
