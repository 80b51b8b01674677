"""SessionManager: makes sessions whose variables are initialized, or restored from a checkpoint."""
import time

import numpy as np

from reflow.framework import errors, ops

_MOST_WAIT_SECS = 1
_FOREVER = float('Inf')


def _logging():
    from reflow.platform import tf_logging
    return tf_logging


def _name_of(obj):
    if obj is None:
        return 'None'
    return obj.name if hasattr(obj, 'name') else '<no name for %s>' % type(obj)


class SessionManager:
    """Makes sessions on a graph, and brings them into the state in which they can train.

    `ready_op` gives the names of variables that are not initialized, ready_for_local_init_op those of variables that
    `local_init_op` needs.
    """

    def __init__(self, local_init_op=None, ready_op=None, ready_for_local_init_op=None, graph=None,
                 recovery_wait_secs=30, local_init_run_options=None):
        if ready_for_local_init_op is not None and local_init_op is None:
            raise ValueError('If you pass a ready_for_local_init_op you must also pass a local_init_op , '
                             'ready_for_local_init_op [%s]' % ready_for_local_init_op)
        self._local_init_op = local_init_op
        self._ready_op = ready_op
        self._ready_for_local_init_op = ready_for_local_init_op
        self._graph = ops.get_default_graph() if graph is None else graph
        self._recovery_wait_secs = recovery_wait_secs
        self._target = None
        self._local_init_run_options = local_init_run_options

    def _session(self, master, config):
        from reflow.client import session
        self._target = master
        return session.Session(master, graph=self._graph, config=config)

    def _restore_checkpoint(self, master, saver, checkpoint_dir, checkpoint_filename_with_path, wait_for_checkpoint,
                            max_wait_secs, config):
        """A session, and whether a checkpoint was restored into it."""
        sess = self._session(master, config)
        if checkpoint_dir and checkpoint_filename_with_path:
            raise ValueError('Can not provide both checkpoint_dir and checkpoint_filename_with_path.')
        if not saver or not (checkpoint_dir or checkpoint_filename_with_path):
            return sess, False
        if checkpoint_filename_with_path:
            saver.restore(sess, checkpoint_filename_with_path)
            return sess, True
        state = self._checkpoint_state(checkpoint_dir, max_wait_secs if wait_for_checkpoint else 0)
        if state is None:
            return sess, False
        saver.restore(sess, state.model_checkpoint_path)
        saver.recover_last_checkpoints(state.all_model_checkpoint_paths)
        return sess, True

    def _checkpoint_state(self, checkpoint_dir, max_wait_secs):
        """The CheckpointState of a folder, waited for; None if there is none."""
        from reflow.training import checkpoint_management
        waited_secs = 0
        while True:
            state = checkpoint_management.get_checkpoint_state(checkpoint_dir)
            if state and state.model_checkpoint_path:
                return state
            if waited_secs >= max_wait_secs:
                return None
            _logging().info('Waiting for checkpoint to be available.')
            time.sleep(self._recovery_wait_secs)
            waited_secs += self._recovery_wait_secs

    def prepare_session(self, master, init_op=None, saver=None, checkpoint_dir=None, checkpoint_filename_with_path=None,
                        wait_for_checkpoint=False, max_wait_secs=7200, config=None, init_feed_dict=None, init_fn=None):
        """A session that is ready: restored from a checkpoint if there is one, otherwise initialized.

        Raises RuntimeError if it is not ready after that.
        """
        sess, is_loaded = self._restore_checkpoint(
            master, saver, checkpoint_dir, checkpoint_filename_with_path, wait_for_checkpoint, max_wait_secs, config)
        if not is_loaded:
            if init_op is None and not init_fn and self._local_init_op is None:
                raise RuntimeError('Model is not initialized and no init_op or init_fn or local_init_op was given')
            if init_op is not None:
                sess.run(init_op, feed_dict=init_feed_dict)
            if init_fn:
                init_fn(sess)
        is_ready, reason = self._try_run_local_init_op(sess)
        if not is_ready:
            raise RuntimeError('Init operations did not make model ready for local_init.  Init op: %s, init fn: %s, '
                               'error: %s' % (_name_of(init_op), init_fn, reason))
        is_ready, reason = self._model_ready(sess)
        if not is_ready:
            raise RuntimeError('Init operations did not make model ready.  Init op: %s, init fn: %s, local_init_op: %s,'
                               ' error: %s' % (_name_of(init_op), init_fn, self._local_init_op, reason))
        return sess

    def recover_session(self, master, saver=None, checkpoint_dir=None, checkpoint_filename_with_path=None,
                        wait_for_checkpoint=False, max_wait_secs=7200, config=None):
        """A session, and whether it was restored from a checkpoint and is ready."""
        sess, is_loaded = self._restore_checkpoint(
            master, saver, checkpoint_dir, checkpoint_filename_with_path, wait_for_checkpoint, max_wait_secs, config)
        local_init_success, reason = self._try_run_local_init_op(sess)
        if not is_loaded:
            return sess, False
        source = checkpoint_dir or checkpoint_filename_with_path
        if not local_init_success:
            _logging().info('Restoring model from %s did not make model ready for local init: %s', source, reason)
            return sess, False
        is_ready, reason = self._model_ready(sess)
        if not is_ready:
            _logging().info('Restoring model from %s did not make model ready: %s', source, reason)
            return sess, False
        _logging().info('Restored model from %s', source)
        return sess, True

    def wait_for_session(self, master, config=None, max_wait_secs=_FOREVER):
        """A session that another has made ready. Raises DeadlineExceededError when that takes too long."""
        if max_wait_secs is None:
            max_wait_secs = _FOREVER
        deadline = time.time() + max_wait_secs
        next_word = time.time()
        while True:
            sess = self._session(master, config)
            not_ready = None
            local_init_success, not_ready_for_local_init = self._try_run_local_init_op(sess)
            if local_init_success:
                is_ready, not_ready = self._model_ready(sess)
                if is_ready:
                    return sess
            self._safe_close(sess)
            if time.time() >= next_word:
                if max(0, deadline - time.time()) < self._recovery_wait_secs:
                    raise errors.DeadlineExceededError(
                        None, None, 'Session was not ready after waiting %d secs.' % (max_wait_secs,))
                _logging().info('Waiting for model to be ready.  Ready_for_local_init_op:  %s, ready: %s',
                                not_ready_for_local_init, not_ready)
                next_word = time.time() + self._recovery_wait_secs
            # The other may be ready long before: it doesn't wait for who comes late, and may be through with its work by then.
            time.sleep(min(_MOST_WAIT_SECS, self._recovery_wait_secs))

    @staticmethod
    def _safe_close(sess):
        try:
            sess.close()
        except Exception:  # a session that failed may fail to close
            pass

    def _model_ready(self, sess):
        return _ready(self._ready_op, sess, 'Model not ready')

    def _model_ready_for_local_init(self, sess):
        return _ready(self._ready_for_local_init_op, sess, 'Model not ready for local init')

    def _try_run_local_init_op(self, sess):
        if self._local_init_op is None:
            return True, None
        is_ready, reason = self._model_ready_for_local_init(sess)
        if not is_ready:
            return False, reason
        _logging().info('Running local_init_op.')
        sess.run(self._local_init_op, options=self._local_init_run_options)
        _logging().info('Done running local_init_op.')
        return True, None


def _ready(op, sess, message):
    """Whether a session is ready as far as `op` says, and if not, why."""
    if op is None:
        return True, None
    try:
        value = sess.run(op)
    except errors.FailedPreconditionError as error:
        if 'uninitialized' not in str(error):
            _logging().warning('%s : error [%s]', message, str(error))
            raise
        return False, str(error)
    # Older programs give an operation of their own, whose value means nothing.
    if value is None or value.dtype == np.int32 or value.size == 0:
        return True, None
    return False, 'Variables not initialized: ' + ', '.join(name.decode('utf-8') for name in value)
