"""Tables of a graph: so far, their initialization."""
from reflow.framework import ops
from reflow.util import deprecation


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
