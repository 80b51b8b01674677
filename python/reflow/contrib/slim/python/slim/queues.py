"""A scope in which queue runners run."""

import contextlib
import threading

from reflow.framework import ops
from reflow.training import coordinator

__all__ = ['NestedQueueRunnerError', 'QueueRunners']

_running = threading.Lock()


class NestedQueueRunnerError(Exception):
    """QueueRunners within QueueRunners."""


@contextlib.contextmanager
def QueueRunners(session):
    """Runs the queue runners of the default graph while its block runs."""
    if not _running.acquire(False):
        raise NestedQueueRunnerError('QueueRunners cannot be nested')
    coord = coordinator.Coordinator()
    threads = [thread for runner in ops.get_collection(ops.GraphKeys.QUEUE_RUNNERS)
               for thread in runner.create_threads(session, coord=coord, daemon=True, start=True)]
    try:
        yield
    finally:
        coord.request_stop()
        try:
            coord.join(threads, stop_grace_period_secs=120)
        except RuntimeError:
            session.close()  # which ends what the threads wait for
        _running.release()
