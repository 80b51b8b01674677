"""A decorator for functions that take keywords only."""
import functools

from reflow.util import deprecation


def keyword_args_only(func):
    """`func`, which raises ValueError when it is called with positional arguments."""
    deprecation._validate_callable(func, 'keyword_args_only')

    @functools.wraps(func)
    def new_func(*args, **kwargs):
        if args:
            raise ValueError('Must use keyword args to call {}.'.format(func.__name__))
        return func(**kwargs)

    return new_func
