"""Decorators that take arguments as Keras 1 had them."""

import functools


def legacy_get_updates_support(func):
    """Lets get_updates(params, constraints, loss), Keras 1's order, call get_updates(loss, params)."""

    @functools.wraps(func)
    def wrapper(self, *args, **kwargs):
        kwargs.pop('constraints', None)
        if args and isinstance(args[0], list):
            kwargs['params'], *others = args
            if others:
                kwargs['loss'] = others[-1]
            args = ()
        return func(self, *args, **kwargs)

    return wrapper
