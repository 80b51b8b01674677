"""Tables of a graph: keys and values, kept by the session."""
from reflow.framework import ops
from reflow.ops import gen_lookup_ops
from reflow.ops.lookup_initializers import *  # noqa: F401,F403
from reflow.ops.lookup_interface import *  # noqa: F401,F403
from reflow.ops.mutable_tables import DenseHashTable, MutableHashTable  # noqa: F401
from reflow.ops.vocabulary_tables import *  # noqa: F401,F403
from reflow.util import deprecation


def __getattr__(name):
    """What is an op and nothing more."""
    return getattr(gen_lookup_ops, name)


def tables_initializer(name='init_all_tables'):
    """The operation that initializes all tables of the graph; one that does nothing if there are none."""
    from reflow.ops import control_flow_ops
    initializers = ops.get_collection(ops.GraphKeys.TABLE_INITIALIZERS)
    if not initializers:
        return control_flow_ops.no_op(name=name)
    return control_flow_ops.group(*initializers, name=name)


@deprecation.deprecated(None, 'Use `tf.tables_initializer` instead.')
def initialize_all_tables(name='init_all_tables'):
    """The same under its older name."""
    return tables_initializer(name)
