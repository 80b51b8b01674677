"""Log messages of the logger `tensorflow`: `tf.logging` and `tf.get_logger`.

Messages go to standard error as `INFO:tensorflow:text`, in an interactive interpreter to standard output; to the root
logger's handlers alone where the program has set some up.
"""
import logging
import os
import sys
import threading
import time
from logging import DEBUG, ERROR, FATAL, INFO, WARN

_THIS_FILE = os.path.normcase(__file__)

_logger = None
_setup = threading.Lock()
_calls = {}  # (file, line) -> how often log_every_n or log_first_n was called there


def get_logger():
    """The logger `tensorflow`."""
    global _logger
    with _setup:
        if _logger is None:
            _logger = logging.getLogger('tensorflow')
            if not logging.getLogger().handlers:
                _add_handler(_logger)
    return _logger


def _add_handler(logger):
    interactive = hasattr(sys, 'ps1') or sys.flags.interactive
    if interactive:
        logger.setLevel(INFO)
    handler = logging.StreamHandler(sys.stdout if interactive else sys.stderr)
    handler.setFormatter(logging.Formatter(logging.BASIC_FORMAT))
    logger.addHandler(handler)


def _emit(level, msg, args, kwargs, stacklevel=3):
    get_logger().log(level, msg, *args, stacklevel=kwargs.pop('stacklevel', 1) - 1 + stacklevel, **kwargs)


def log(level, msg, *args, **kwargs):
    """Logs `msg % args` at a level."""
    _emit(level, msg, args, kwargs)


def vlog(level, msg, *args, **kwargs):
    """Logs `msg % args` at a level."""
    _emit(level, msg, args, kwargs)


def debug(msg, *args, **kwargs):
    """Logs `msg % args` at level DEBUG."""
    _emit(DEBUG, msg, args, kwargs)


def info(msg, *args, **kwargs):
    """Logs `msg % args` at level INFO."""
    _emit(INFO, msg, args, kwargs)


def warning(msg, *args, **kwargs):
    """Logs `msg % args` at level WARN."""
    _emit(WARN, msg, args, kwargs)


def warn(msg, *args, **kwargs):
    """Logs `msg % args` at level WARN."""
    _emit(WARN, msg, args, kwargs)


def error(msg, *args, **kwargs):
    """Logs `msg % args` at level ERROR."""
    _emit(ERROR, msg, args, kwargs)


def fatal(msg, *args, **kwargs):
    """Logs `msg % args` at level FATAL; the program goes on."""
    _emit(FATAL, msg, args, kwargs)


def TaskLevelStatusMessage(msg):
    """Logs `msg` at level ERROR."""
    _emit(ERROR, msg, (), {})


def log_if(level, msg, condition, *args):
    """Logs `msg % args` where `condition` is true."""
    if condition:
        _emit(level, msg, args, {})


def log_every_n(level, msg, n, *args):
    """Logs `msg % args` at the first, the n+1st, the 2n+1st call of this line."""
    if _calls_before() % n == 0:
        _emit(level, msg, args, {})


def log_first_n(level, msg, n, *args):
    """Logs `msg % args` at the first n calls of this line."""
    if _calls_before() < n:
        _emit(level, msg, args, {})


def _calls_before():
    place = _caller()
    count = _calls.get(place, 0)
    _calls[place] = count + 1
    return count


def _caller():
    """File and line of the frame that called into this module."""
    frame = sys._getframe(1)
    while frame is not None and os.path.normcase(frame.f_code.co_filename) == _THIS_FILE:
        frame = frame.f_back
    return ('<unknown>', 0) if frame is None else (frame.f_code.co_filename, frame.f_lineno)


def google2_log_prefix(level, timestamp=None, file_and_line=None):
    """The prefix `I0131 23:59:59.000123 12345 file.py:7] ` for a message of this level."""
    now = timestamp or time.time()
    path, line = file_and_line or _caller()
    severity = logging.getLevelName(level)[0] if level in (DEBUG, WARN, ERROR) else 'F' if level == FATAL else 'I'
    return '%s%s.%06d %5d %s:%d] ' % (severity, time.strftime('%m%d %H:%M:%S', time.localtime(now)),
                                      int(now % 1.0 * 1e6), threading.get_ident() & (2 * sys.maxsize + 1),
                                      os.path.basename(path), line)


def flush():
    """Not offered, as in TensorFlow."""
    raise NotImplementedError()


def get_verbosity():
    """The level below which messages are dropped."""
    return get_logger().getEffectiveLevel()


def set_verbosity(v):
    """Drops messages below the level `v`."""
    get_logger().setLevel(v)
