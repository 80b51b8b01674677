"""The seeds of random operations."""

from reflow import _core
from reflow.framework import ops

DEFAULT_GRAPH_SEED = 87654321


def get_seed(op_seed):
    """The attributes `seed` and `seed2` of an operation with seed `op_seed`, made now; None and None: no seed at all."""
    return _core.get_seed(op_seed)


def set_random_seed(seed):
    """Sets the seed of the default graph, or, where operations run at once, of these."""
    if not _core.executing_eagerly():
        ops.get_default_graph().seed = seed
    elif seed is None:
        _core.eager_graph().seed = None
    else:
        _core.set_random_seed(seed)


def set_seed(seed):
    """Sets the seed of the default graph."""
    set_random_seed(seed)
