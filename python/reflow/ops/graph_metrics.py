"""What metrics have in common: their state is a graph's, so that they are made in graphs only."""

import functools
import inspect

from reflow import _core


def _in_graphs(function):
    @functools.wraps(function)
    def metric(*args, **kwargs):
        if _core.executing_eagerly():
            raise RuntimeError('tf.metrics.%s is not supported when eager execution is enabled.' % function.__name__)
        return function(*args, **kwargs)
    return metric


def only_in_graphs(module):
    """Has the public functions of a module, given by its globals, refuse to run where operations run at once."""
    for name, value in list(module.items()):
        if inspect.isfunction(value) and not name.startswith('_') and value.__module__ == module['__name__']:
            module[name] = _in_graphs(value)


def collected(value, update_op, metrics_collections, updates_collections):
    """A metric's value and the operation that updates it, put into collections where these are given."""
    from reflow.framework import ops
    for each, collections in ((value, metrics_collections), (update_op, updates_collections)):
        if collections:
            ops.add_to_collections(collections, each)
    return value, update_op
