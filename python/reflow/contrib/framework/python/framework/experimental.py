"""Marking functions as experimental."""

import functools

from reflow.platform import tf_logging
from reflow.util import docstring_notice

__all__ = ['experimental']


def experimental(func):
    """Decorates a function that warns whenever it is called, and says so in its documentation."""
    if not callable(func):
        raise ValueError('%s is not a function. If this is a property, make sure @property appears before @experimental in '
                         'your source code:\n\n@property\n@experimental\ndef method(...)' % (func,))
    name = getattr(func, '__qualname__', func.__name__)

    @functools.wraps(func)
    def warning(*args, **kwargs):
        tf_logging.warning('%s (from %s) is experimental and may change or be removed at any time, and without warning.',
                           name, func.__module__)
        return func(*args, **kwargs)

    warning.__doc__ = docstring_notice.with_notice(func.__doc__, '', 'EXPERIMENTAL FUNCTION', '(experimental)', [
        'THIS FUNCTION IS EXPERIMENTAL. It may change or be removed at any time, and without warning.'])
    return warning
