"""`contextlib.contextmanager` through which `tf_inspect` sees."""
import contextlib

from reflow.util import tf_decorator


def contextmanager(target):
    """A function that makes context managers of a generator function, as contextlib's does."""
    return tf_decorator.make_decorator(target, contextlib.contextmanager(target), 'contextmanager')
