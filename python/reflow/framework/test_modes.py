"""Decorators of tests that run once with a graph and once with operations run at once."""

import functools

from reflow.eager import context
from reflow.framework import ops


def run_in_graph_and_eager_modes(func=None, config=None, use_gpu=True, reset_test=True, assert_no_eager_garbage=False):
    """Runs a test's function in a graph's session, then where operations run at once, set up anew."""

    def decorator(f):
        if isinstance(f, type):
            raise ValueError('`run_in_graph_and_eager_modes` only supports test methods. Did you mean to use '
                             '`run_all_in_graph_and_eager_modes`?')

        @functools.wraps(f)
        def decorated(self, *args, **kwargs):
            with context.graph_mode(), self.test_session(use_gpu=use_gpu, config=config):
                f(self, *args, **kwargs)
            if reset_test:
                self.tearDown()
                self._tempdir = None
                self.setUp()
            with ops.Graph().as_default(), context.eager_mode():
                f(self, *args, **kwargs)

        return decorated

    return decorator if func is None else decorator(func)


def run_all_in_graph_and_eager_modes(cls):
    """The same for all tests of a class."""
    for name, value in list(vars(cls).items()):
        if callable(value) and name.startswith('test') and name != 'test_session':
            setattr(cls, name, run_in_graph_and_eager_modes(value))
    return cls
