"""Coordinator: threads that stop together, and the first error among them reported to who joins them."""
import contextlib
import sys
import threading
import time

from reflow.framework import errors
from reflow.util import compat

_LEAST_WAIT_SECS = 0.001


def _reraise(exc_info):
    _, error, trace = exc_info
    raise error.with_traceback(trace)


@contextlib.contextmanager
def _stopping(coordinator):
    try:
        yield
    except:  # noqa: E722 - a thread's SystemExit stops the others too
        coordinator.request_stop(ex=sys.exc_info())


class Coordinator:
    """Lets threads ask each other to stop: any may call `request_stop`, all look at `should_stop`, one calls `join`.

    Errors of the types `clean_stop_exception_types`, by default OutOfRangeError, stop the threads and are no failure.
    """

    def __init__(self, clean_stop_exception_types=None):
        if clean_stop_exception_types is None:
            clean_stop_exception_types = (errors.OutOfRangeError,)
        self._clean_stop_exception_types = tuple(clean_stop_exception_types)
        self._lock = threading.Lock()
        self._stop_event = threading.Event()
        self._exc_info_to_raise = None
        self._joined = False
        self._registered_threads = set()

    def request_stop(self, ex=None):
        """Asks all threads to stop; `ex`, an exception or sys.exc_info(), is what `join` raises then.

        After `join` an error is raised here, since nobody else would see it.
        """
        with self._lock:
            error = ex[1] if isinstance(ex, tuple) else ex
            if isinstance(error, self._clean_stop_exception_types):
                ex = None
            if self._joined and ex is not None:
                _reraise(ex if isinstance(ex, tuple) else sys.exc_info())
            if not self._stop_event.is_set():
                if ex and self._exc_info_to_raise is None:
                    self._keep(ex)
                self._stop_event.set()

    def _keep(self, ex):
        from reflow.platform import tf_logging
        if isinstance(ex, tuple):
            tf_logging.info('Error reported to Coordinator: %s', compat.as_str_any(ex[1]), exc_info=ex)
            exc_info = ex
        else:
            tf_logging.info('Error reported to Coordinator: %s, %s', type(ex), compat.as_str_any(ex))
            exc_info = sys.exc_info()
        if len(exc_info) != 3 or not exc_info[0] or not exc_info[1]:
            try:
                raise ValueError('ex must be a tuple or sys.exc_info must return the current exception: %s' % (
                    exc_info,))
            except ValueError:
                exc_info = sys.exc_info()
        self._exc_info_to_raise = exc_info

    def clear_stop(self):
        """Takes the request to stop, and the error, back."""
        with self._lock:
            self._joined = False
            self._exc_info_to_raise = None
            self._stop_event.clear()

    def should_stop(self):
        """Whether a stop was requested."""
        return self._stop_event.is_set()

    # Its arguments are those that the public API shows.
    def stop_on_exception(*args, **kwds):
        """A context that turns an exception into a request to stop."""
        return _stopping(*args, **kwds)

    def wait_for_stop(self, timeout=None):
        """Waits until a stop is requested, or `timeout` seconds; returns whether it was."""
        return self._stop_event.wait(timeout)

    def register_thread(self, thread):
        """Adds a thread to those that `join` waits for."""
        with self._lock:
            self._registered_threads.add(thread)

    def join(self, threads=None, stop_grace_period_secs=120, ignore_live_threads=False):
        """Waits until the registered threads and `threads` have ended.

        After a request to stop they have stop_grace_period_secs; then a RuntimeError names those that run on, unless
        they are to be ignored. Raises the error that a thread reported.
        """
        with self._lock:
            threads = list(self._registered_threads.union(threads or ()))
        while any(thread.is_alive() for thread in threads) and not self.wait_for_stop(1.0):
            pass
        self._wait(threads, stop_grace_period_secs)
        stragglers = ' '.join(thread.name for thread in threads if thread.is_alive())
        with self._lock:
            self._joined = True
            self._registered_threads = set()
            if self._exc_info_to_raise:
                _reraise(self._exc_info_to_raise)
            if not stragglers:
                return
            text = 'Coordinator stopped with threads still running: %s'
            if not ignore_live_threads:
                raise RuntimeError(text % stragglers)
        from reflow.platform import tf_logging
        tf_logging.info(text, stragglers)

    @staticmethod
    def _wait(threads, seconds):
        """Waits for threads to end, looking more and more rarely."""
        wait = _LEAST_WAIT_SECS
        while any(thread.is_alive() for thread in threads) and seconds >= 0.0:
            time.sleep(wait)
            seconds -= wait
            wait = max(min(2 * wait, seconds), _LEAST_WAIT_SECS)

    @property
    def joined(self):
        """Whether `join` was called and has come to its end."""
        return self._joined

    def raise_requested_exception(self):
        """Raises the error that a thread reported, if any did."""
        with self._lock:
            if self._exc_info_to_raise:
                _reraise(self._exc_info_to_raise)


class LooperThread(threading.Thread):
    """A daemon thread that calls `target`, or its own `run_loop`, over and over until the coordinator stops it.

    With timer_interval_secs it does so that often, without it without a pause.
    """

    def __init__(self, coord, timer_interval_secs, target=None, args=None, kwargs=None):
        if not isinstance(coord, Coordinator):
            raise ValueError("'coord' argument must be a Coordinator: %s" % coord)
        super().__init__()
        self.daemon = True
        self._coord = coord
        self._timer_interval_secs = timer_interval_secs
        self._target = target
        if target:
            self._args = args or ()
            self._kwargs = kwargs or {}
        elif args or kwargs:
            raise ValueError("'args' and 'kwargs' argument require that you also pass 'target'")
        self._coord.register_thread(self)

    @staticmethod
    def loop(coord, timer_interval_secs, target, args=None, kwargs=None):
        """Makes and starts a LooperThread."""
        looper = LooperThread(coord, timer_interval_secs, target=target, args=args, kwargs=kwargs)
        looper.start()
        return looper

    def run(self):
        with self._coord.stop_on_exception():
            self.start_loop()
            if self._timer_interval_secs is None:
                while not self._coord.should_stop():
                    self.run_loop()
            else:
                due = time.time()
                while not self._coord.wait_for_stop(due - time.time()):
                    due += self._timer_interval_secs
                    self.run_loop()
            self.stop_loop()

    def start_loop(self):
        """Called once before the loop."""

    def stop_loop(self):
        """Called once after the loop."""

    def run_loop(self):
        """Called over and over."""
        if self._target:
            self._target(*self._args, **self._kwargs)
