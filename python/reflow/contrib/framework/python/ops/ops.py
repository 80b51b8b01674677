"""Which graph and which scope."""

from reflow.framework import ops

__all__ = ['get_graph_from_inputs', 'get_name_scope']


def get_graph_from_inputs(op_input_list, graph=None):
    """The graph of the tensors, which have to be of one; the default graph where there are none."""
    return ops._get_graph_from_inputs(op_input_list, graph)


def get_name_scope():
    """The name scope that is open now."""
    return ops.get_default_graph().get_name_scope()
