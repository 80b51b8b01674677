"""The seeds of random operations."""

from reflow import _core
from reflow.framework import ops

DEFAULT_GRAPH_SEED = 87654321
_MAX_SEED = 2**31 - 1


def fitting(seed):
    """`seed` as the engine takes it: seeds that no attribute holds are taken modulo 2**31 - 1, as all of TensorFlow's are."""
    if seed is None or type(seed) is int and -2**63 <= seed < 2**63:
        return seed
    return int(seed % _MAX_SEED)


def get_seed(op_seed):
    """The attributes `seed` and `seed2` of an operation with seed `op_seed`, made now; None and None: no seed at all."""
    return _core.get_seed(fitting(op_seed))


def set_random_seed(seed):
    """Sets the seed of the default graph, or, where operations run at once, of these."""
    if not _core.executing_eagerly():
        ops.get_default_graph().seed = fitting(seed)
    elif seed is None:
        _core.eager_graph().seed = None
    else:
        _core.set_random_seed(fitting(seed))


def set_seed(seed):
    """Sets the seed of the default graph."""
    set_random_seed(seed)
