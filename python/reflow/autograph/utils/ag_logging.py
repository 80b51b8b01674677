"""What conversion reports."""

import os

from reflow.platform import tf_logging

_verbosity = None
_echoes = False


def set_verbosity(level, alsologtostdout=False):
    """How much is reported: 0, nothing but warnings, to 10. `alsologtostdout`: on sys.stdout, too."""
    global _verbosity, _echoes
    _verbosity = level
    _echoes = alsologtostdout


def trace(*args):
    """Prints its arguments when the graph is built."""
    print(*args)


def get_verbosity():
    """How much is reported."""
    return _verbosity if _verbosity is not None else int(os.getenv('AUTOGRAPH_VERBOSITY', '0'))


def has_verbosity(level):
    """Whether reports of a level are wanted."""
    return get_verbosity() >= level


def log(level, message, *args):
    """Reports at a level."""
    if has_verbosity(level):
        tf_logging.info(message, *args)
        if _echoes:
            print(message % args)


def warn(message, *args):
    """Warns."""
    tf_logging.warn(message, *args)
    if _echoes:
        print('WARNING: ' + message % args)
