"""Graphs of GraphDefs."""

from reflow import _core
from reflow.framework import ops


def import_graph_def(graph_def, input_map=None, return_elements=None, name=None, op_dict=None, producer_op_list=None):
    """Adds the nodes of `graph_def` to the default graph, below `name`; gives the elements asked for."""
    if not hasattr(graph_def, 'SerializeToString') or not hasattr(graph_def, 'node'):
        raise TypeError('graph_def must be a GraphDef proto.')
    if input_map is None:
        input_map = {}
    elif not isinstance(input_map, dict) or not all(isinstance(key, (str, bytes)) for key in input_map):
        raise TypeError('input_map must be a dictionary mapping strings to Tensor objects.')
    if return_elements is not None:
        return_elements = tuple(return_elements)
        if not all(isinstance(element, (str, bytes)) for element in return_elements):
            raise TypeError('return_elements must be a list of strings.')
    input_map = {_text(key): ops.convert_to_tensor(value) for key, value in input_map.items()}
    elements = _core.import_graph_def(graph_def.SerializeToString(), input_map,
                                      [_text(element) for element in return_elements or ()],
                                      'import' if name is None else name)
    return None if return_elements is None else elements


def _text(value):
    return value.decode() if isinstance(value, bytes) else value
