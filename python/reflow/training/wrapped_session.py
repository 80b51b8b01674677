"""The layers of a MonitoredSession around a session: hooks, the coordinator, recovery from lost workers."""
from reflow.framework import errors
from reflow.training import session_run_hook

# What tells that a worker was lost, and that another session may go on.
PREEMPTION_ERRORS = (errors.AbortedError, errors.UnavailableError)


def _logging():
    from reflow.platform import tf_logging
    return tf_logging


class StepContext:
    """What a step function gets: the session, and the means to run with hooks and to stop."""

    def __init__(self, session, run_with_hooks_fn):
        self._session = session
        self._run_with_hooks_fn = run_with_hooks_fn

    @property
    def session(self):
        """The session itself, whose runs call no hook."""
        return self._session

    def run_with_hooks(self, *args, **kwargs):
        """Runs the session with its hooks."""
        return self._run_with_hooks_fn(*args, **kwargs)

    def request_stop(self):
        """Ends the loop, by raising StopIteration."""
        raise StopIteration('step_fn has requested the iterations to stop.')


class WrappedSession:
    """A session around another that may want to stop."""

    def __init__(self, sess):
        self._sess = sess
        self._wrapped_is_stoppable = isinstance(sess, WrappedSession)

    @property
    def graph(self):
        return self._sess.graph

    @property
    def sess_str(self):
        return self._sess.sess_str

    def should_stop(self):
        """Whether this one or one inside wants to stop; a closed one does."""
        if self._check_stop():
            return True
        if self._sess:
            return self._wrapped_is_stoppable and self._sess.should_stop()
        return True

    def _check_stop(self):
        return False

    def close(self):
        if not self._sess:
            return
        try:
            self._sess.close()
        except PREEMPTION_ERRORS as error:
            _logging().warning('An error occurred when attempting to close the session. This may be due to a preemption '
                               'in a connected worker or parameter server. Error: %s', error)
        finally:
            self._sess = None

    def run(self, *args, **kwargs):
        return self._sess.run(*args, **kwargs)

    def run_step_fn(self, step_fn, raw_session, run_with_hooks):
        return step_fn(StepContext(raw_session, run_with_hooks or self.run))


_LOST = ('%s This may be due to a preemption in a connected worker or parameter server. %s This error may also occur due '
         'to a gRPC failure caused by high memory or network bandwidth usage in the parameter servers. If this error '
         'occurs repeatedly, try increasing the number of parameter servers assigned to the job. Error: %s')
_REPLACED = 'The current session will be closed and a new session will be created.'


class RecoverableSession(WrappedSession):
    """A session that is made anew when it is lost."""

    def __init__(self, sess_creator):
        self._sess_creator = sess_creator
        super().__init__(self._create_session())

    def _create_session(self):
        while True:
            try:
                return self._sess_creator.create_session()
            except PREEMPTION_ERRORS as error:
                _logging().info(_LOST, 'An error was raised while a session was being created.',
                                'A new session will be created.', error)

    def _check_stop(self):
        try:
            return self._sess._check_stop() if self._sess else True
        except PREEMPTION_ERRORS as error:
            _logging().info(_LOST, 'An error was raised while considering whether the session is complete.', _REPLACED,
                            error)
            self.close()
            self._sess = self._create_session()
            return False
        except Exception:  # `run` raises it
            return True

    def _with_new_sessions(self, function):
        """The result of `function` of the session, called again with a new one as often as it is lost."""
        while True:
            try:
                if not self._sess:
                    self._sess = self._create_session()
                return function(self._sess)
            except PREEMPTION_ERRORS as error:
                _logging().info(_LOST, 'An error was raised.', _REPLACED, error)
                self.close()
                self._sess = None

    def run(self, fetches, feed_dict=None, options=None, run_metadata=None):
        return self._with_new_sessions(lambda sess: sess.run(
            fetches, feed_dict=feed_dict, options=options, run_metadata=run_metadata))

    def run_step_fn(self, step_fn, raw_session, run_with_hooks):
        return self._with_new_sessions(lambda sess: sess.run_step_fn(step_fn, raw_session, sess.run))


class CoordinatedSession(WrappedSession):
    """A session that stops with the threads of a coordinator, and stops them when it is closed."""

    def __init__(self, sess, coord, stop_grace_period_secs=120):
        super().__init__(sess)
        self._coord = coord
        self._stop_grace_period_secs = stop_grace_period_secs

    def _check_stop(self):
        self._coord.raise_requested_exception()
        return self._coord.should_stop()

    def close(self):
        self._coord.request_stop()
        try:
            self._coord.join(stop_grace_period_secs=self._stop_grace_period_secs, ignore_live_threads=True)
        finally:
            try:
                super().close()
            except Exception:  # the thread's error, if there is one, is the one to raise
                pass

    def run(self, *args, **kwargs):
        try:
            return self._sess.run(*args, **kwargs)
        except PREEMPTION_ERRORS:
            raise
        except Exception as original:
            # A thread may have been lost first, which broke this run: a new session helps then.
            try:
                self._coord.raise_requested_exception()
            except PREEMPTION_ERRORS:
                raise
            except Exception:
                raise original
            raise


class HookedSession(WrappedSession):
    """A session that calls hooks around each run."""

    def __init__(self, sess, hooks):
        super().__init__(sess)
        self._hooks = hooks
        self._should_stop = False

    def _check_stop(self):
        return self._should_stop

    def run(self, fetches, feed_dict=None, options=None, run_metadata=None):
        if self.should_stop():
            raise RuntimeError('Run called even after should_stop requested.')
        from reflow.framework import protos
        run_context = session_run_hook.SessionRunContext(
            original_args=session_run_hook.SessionRunArgs(fetches, feed_dict), session=self._sess)
        options = options or protos.message('tensorflow.RunOptions')()
        run_metadata = run_metadata or protos.message('tensorflow.RunMetadata')()
        all_fetches = {'caller': fetches}
        feed_dict = self._call_hook_before_run(run_context, all_fetches, feed_dict, options)
        outputs = super().run(fetches=all_fetches, feed_dict=feed_dict, options=options, run_metadata=run_metadata)
        for hook in self._hooks:
            hook.after_run(run_context, session_run_hook.SessionRunValues(
                results=outputs.get(hook), options=options, run_metadata=run_metadata))
        self._should_stop = self._should_stop or run_context.stop_requested
        return outputs['caller']

    def _call_hook_before_run(self, run_context, fetch_dict, user_feed_dict, options):
        """The feeds of user and hooks; adds the hooks' fetches and options to what is given."""
        hook_feeds = {}
        for hook in self._hooks:
            request = hook.before_run(run_context)
            if request is None:
                continue
            if request.fetches is not None:
                fetch_dict[hook] = request.fetches
            if request.feed_dict:
                self._raise_if_feeds_intersects(hook_feeds, request.feed_dict, 'Same tensor is fed by two hooks.')
                hook_feeds.update(request.feed_dict)
            if request.options:
                self._merge_run_options(options, request.options)
        if not hook_feeds:
            return user_feed_dict
        if user_feed_dict:
            self._raise_if_feeds_intersects(
                user_feed_dict, hook_feeds, 'Same tensor is fed by a SessionRunHook and user.')
            hook_feeds.update(user_feed_dict)
        return hook_feeds

    @staticmethod
    def _raise_if_feeds_intersects(feeds1, feeds2, message):
        intersection = set(feeds1) & set(feeds2)
        if intersection:
            raise RuntimeError(message + ' Conflict(s): ' + str(list(intersection)))

    @staticmethod
    def _merge_run_options(options, incoming):
        """Makes `options` the stronger of both."""
        for field in ('trace_level', 'timeout_in_ms', 'inter_op_thread_pool', 'output_partition_graphs',
                      'report_tensor_allocations_upon_oom'):
            setattr(options, field, max(getattr(options, field), getattr(incoming, field)))
        options.debug_options.debug_tensor_watch_opts.extend(incoming.debug_options.debug_tensor_watch_opts)
        options.debug_options.reset_disk_byte_usage = (
            options.debug_options.reset_disk_byte_usage or incoming.debug_options.reset_disk_byte_usage)
