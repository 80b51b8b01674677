"""A queue runner that feeds what functions return."""

import threading

from reflow.framework import errors
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
        def enqueue():
            sess.run(enqueue_op, feed_dict=None if feed_fn is None else feed_fn())

        self._enqueue_until_closed(sess, coord, lambda: enqueue, (errors.OutOfRangeError, errors.CancelledError))

    def _new_threads(self, sess, coord):
        threads = [threading.Thread(target=self._run, args=(sess, op, feed_fn, coord))
                   for op, feed_fn in zip(self._enqueue_ops, self._feed_fns)]
        if coord:
            threads.append(threading.Thread(target=self._close_on_stop, args=(sess, self._cancel_op, coord)))
        return threads

    def _init_from_proto(self, queue_runner_def):
        raise NotImplementedError('{} does not support initialization from proto.'.format(type(self).__name__))

    def to_proto(self):
        """Functions can't be written."""
        raise NotImplementedError('{} does not support serialization to proto.'.format(type(self).__name__))
