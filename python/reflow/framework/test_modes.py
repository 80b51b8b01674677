"""Decorators of tests that run once with a graph and once with operations run at once."""

import contextlib
import functools
import unittest

from reflow import tf2
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
            try:
                with context.graph_mode(), self.test_session(use_gpu=use_gpu, config=config):
                    f(self, *args, **kwargs)
            except unittest.SkipTest:  # with a graph only
                pass
            if reset_test:
                self.tearDown()
                self._tempdir = None
            with ops.Graph().as_default(), context.eager_mode():
                if reset_test:
                    self.setUp()
                with contextlib.nullcontext() if use_gpu else ops.device('/device:CPU:0'):
                    f(self, *args, **kwargs)

        return decorated

    return decorator if func is None else decorator(func)


def run_all_in_graph_and_eager_modes(cls):
    """The same for all tests of a class, inherited ones too, but those whose names begin with testSkipEager."""
    for name in dir(cls):
        if not name.startswith('test') or name.startswith(('testSkipEager', 'test_skip_eager')) or name == 'test_session':
            continue
        value = getattr(cls, name)
        if callable(value):
            setattr(cls, name, run_in_graph_and_eager_modes(value))
    return cls


def deprecated_graph_mode_only(func=None):
    """Runs a test, or all tests of a class, with a graph where TensorFlow 2's behaviour is switched on."""

    def decorator(f):
        if isinstance(f, type):
            for name, value in list(vars(f).items()):
                if name == 'setUp' or callable(value) and name.startswith('test'):
                    setattr(f, name, decorator(value))
            return f

        @functools.wraps(f)
        def decorated(self, *args, **kwargs):
            with context.graph_mode() if tf2.enabled() else contextlib.nullcontext():
                return f(self, *args, **kwargs)

        return decorated

    return decorator if func is None else decorator(func)


def run_v1_only(reason, func=None):
    """Skips a test, or all tests of a class, for `reason` where TensorFlow 2's behaviour is switched on."""
    if not isinstance(reason, str):
        raise ValueError("'reason' should be string, got %s" % type(reason))
    return _unless(tf2.enabled, reason, func)


def run_v2_only(func=None):
    """Skips a test where TensorFlow 2's behaviour isn't switched on."""
    if isinstance(func, type):
        raise ValueError('`run_v2_only` only supports test methods.')
    return _unless(lambda: not tf2.enabled(), 'Test is only compatible with v2', func)


def _unless(condition, reason, func):

    def decorator(f):
        if isinstance(f, type):
            f.setUp = decorator(f.setUp)
            return f

        @functools.wraps(f)
        def decorated(self, *args, **kwargs):
            if condition():
                self.skipTest(reason)
            return f(self, *args, **kwargs)

        return decorated

    return decorator if func is None else decorator(func)
