"""Which strategy is in force, and whether code runs for one replica or for all of them.

A context belongs to a thread and to the graph in which it was entered.
"""

import threading

from reflow import _core
from reflow.framework import ops


class _Contexts(threading.local):
    def __init__(self):
        self.entered = []  # (graph or None where operations run at once, strategy, replica context or None)


_contexts = _Contexts()
_defaults = {}  # 'strategy': the default strategy and its replica context, once they are asked for
_set_scopes = {}  # by graph: what experimental_set_strategy has entered


def _default():
    if not _defaults:
        from reflow.distribute import distribute_lib
        strategy = distribute_lib._DefaultDistributionStrategy()
        _defaults.setdefault('strategy', (strategy, distribute_lib.ReplicaContext(strategy, 0)))  # threads race for it
    return _defaults['strategy']


def _key():
    return None if _core.executing_eagerly() else ops.get_default_graph()


def _belongs(entered, current):
    # The graph of a function belongs to who calls it.
    return entered is current or (current is not None and type(current) is not ops.Graph)


def get_strategy_and_replica_context():
    """The strategy in force and its replica context, which is None in a cross-replica context."""
    current = _key()
    for graph, strategy, replica_context in reversed(_contexts.entered):
        if _belongs(graph, current):
            return strategy, replica_context
    return _default()


class _Entered:
    """The context of a strategy: cross-replica, or that of a replica."""

    def __init__(self, strategy, replica_context=None):
        self._strategy, self._replica_context = strategy, replica_context

    def __enter__(self):
        _contexts.entered.append((_key(), self._strategy, self._replica_context))

    def __exit__(self, *unused_exception):
        _contexts.entered.pop()


def as_one_replica():
    """A context without a strategy, for code that computes a whole batch wherever it is called."""
    return _Entered(*_default())


def get_replica_context():
    """The ReplicaContext of code that runs for one replica, None in a cross-replica context."""
    return get_strategy_and_replica_context()[1]


def replica_of_several():
    """The replica context of code that runs for one of several replicas; None elsewhere."""
    if not _contexts.entered:
        return None
    strategy, replica_context = get_strategy_and_replica_context()
    return replica_context if strategy.num_replicas_in_sync > 1 else None


def get_cross_replica_context():
    """Deprecated: the strategy in a cross-replica context, None in that of a replica."""
    strategy, replica_context = get_strategy_and_replica_context()
    return strategy if replica_context is None else None


def in_cross_replica_context():
    """True within `strategy.scope()` where no replica's code runs."""
    return get_replica_context() is None


def get_strategy():
    """The strategy of the innermost `strategy.scope()`, else the default one, which has one replica."""
    return get_strategy_and_replica_context()[0]


def has_strategy():
    """True within a `strategy.scope()`."""
    return get_strategy() is not _default()[0]


get_distribution_strategy = get_strategy
has_distribution_strategy = has_strategy


def experimental_set_strategy(strategy):
    """Enters the scope of `strategy` for good, or, with None, leaves the one that was entered so."""
    entered = _set_scopes.pop(_key(), None)
    if entered is not None:
        entered.__exit__(None, None, None)
    if has_strategy():
        raise RuntimeError('Must not be called inside a `tf.distribute.Strategy` scope.')
    if strategy is not None:
        scope = strategy.scope()
        scope.__enter__()
        _set_scopes[_key()] = scope
