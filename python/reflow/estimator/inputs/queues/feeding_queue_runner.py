"""A queue runner that feeds what functions return."""

import threading

from reflow.framework import errors
from reflow.platform import tf_logging
from reflow.training import queue_runner as qr


class _FeedingQueueRunner(qr.QueueRunner):
    """Threads that enqueue what feed functions give until these raise OutOfRangeError."""

    def __init__(self, queue=None, enqueue_ops=None, close_op=None, cancel_op=None, feed_fns=None,
                 queue_closed_exception_types=None):
        super().__init__(queue, enqueue_ops, close_op, cancel_op, queue_closed_exception_types=(
            queue_closed_exception_types or (errors.OutOfRangeError, errors.CancelledError)))
        if feed_fns is None:
            feed_fns = [None for _ in enqueue_ops]
        elif len(feed_fns) != len(enqueue_ops):
            raise ValueError('If feed_fns is not None, it must have the same length as enqueue_ops.')
        self._feed_fns = feed_fns

    def _run(self, sess, enqueue_op, feed_fn, coord=None):
        try:
            while not (coord and coord.should_stop()):
                try:
                    sess.run(enqueue_op, feed_dict=None if feed_fn is None else feed_fn())
                except (errors.OutOfRangeError, errors.CancelledError):
                    self._leave(sess, close_after_last=True)
                    return
        except Exception as error:
            if coord:
                coord.request_stop(error)
            else:
                tf_logging.error('Exception in QueueRunner: %s', str(error))
                with self._lock:
                    self._exceptions_raised.append(error)
                self._leave(sess)
                raise
        self._leave(sess)

    def create_threads(self, sess, coord=None, daemon=False, start=False):
        """The threads, one for each feed function, none while they run; with a coordinator one more that closes."""
        with self._lock:
            if self._runs_per_session.get(sess, 0) > 0:
                return []
            self._runs_per_session[sess] = len(self._enqueue_ops)
            self._exceptions_raised = []
        threads = [threading.Thread(target=self._run, args=(sess, op, feed_fn, coord))
                   for op, feed_fn in zip(self._enqueue_ops, self._feed_fns)]
        if coord:
            threads.append(threading.Thread(target=self._close_on_stop, args=(sess, self._cancel_op, coord)))
        for thread in threads:
            if coord:
                coord.register_thread(thread)
            if daemon:
                thread.daemon = True
            if start:
                thread.start()
        return threads

    def _init_from_proto(self, queue_runner_def):
        raise NotImplementedError('{} does not support initialization from proto.'.format(type(self).__name__))

    def to_proto(self):
        """Functions can't be written."""
        raise NotImplementedError('{} does not support serialization to proto.'.format(type(self).__name__))
