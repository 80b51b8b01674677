"""Graphs of GraphDefs."""
from reflow import _core
from reflow.framework import op_def_registry, ops
from reflow.util import compat, deprecation

_defaults = {}  # op -> [(attribute, AttrValue)] of those that have one


def _defaults_of(op):
    if op not in _defaults:
        op_def = op_def_registry.op_def(op)
        _defaults[op] = [(attr.name, attr.default_value) for attr in (op_def.attr if op_def is not None else ())
                         if attr.HasField('default_value')]
    return _defaults[op]


def _set_default_attrs(graph_def):
    """Completes the caller's nodes, as TensorFlow does: what exports the same GraphDef again relies on it."""
    for node in graph_def.node:
        for name, value in _defaults_of(node.op):
            if name not in node.attr or node.attr[name].WhichOneof('value') is None:
                node.attr[name].CopyFrom(value)


def _remove_default_attrs(graph_def, producer_op_list):
    """Takes attributes out of nodes that only the ops of their producer have, where they have its defaults."""
    producer_ops = {op.name: op for op in producer_op_list.op}
    for node in graph_def.node:
        op_def = op_def_registry.op_def(node.op) if node.op in producer_ops else None
        if op_def is None:
            continue
        known = {attr.name for attr in op_def.attr}
        producer_attrs = {attr.name: attr for attr in producer_ops[node.op].attr}
        for name in [name for name in node.attr if name not in known]:
            attr = producer_attrs.get(name)
            if attr is not None and attr.HasField('default_value') and node.attr[name] == attr.default_value:
                del node.attr[name]


def _assert_is_tensor_name(name):
    node, colon, index = name.partition(':')
    if colon and (':' in index or not index.lstrip('-').isdigit()):
        raise ValueError('Cannot convert %r to a tensor name.' % (name,))


@deprecation.deprecated_args(
    None, 'Please file an issue at https://github.com/tensorflow/tensorflow/issues if you depend on this feature.',
    'op_dict')
def import_graph_def(graph_def, input_map=None, return_elements=None, name=None, op_dict=None, producer_op_list=None):
    """Adds the nodes of `graph_def` to the default graph, below `name`; gives the elements asked for.

    `input_map` has what takes the place of tensors ('NODE:INDEX') and, by '^NODE', of control inputs.
    """
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
    _set_default_attrs(graph_def)
    if producer_op_list is not None:
        _remove_default_attrs(graph_def, producer_op_list)
    inputs = {compat.as_str(key): value for key, value in input_map.items()}
    elements = [compat.as_str(element) for element in return_elements or ()]
    name = 'import' if name is None else compat.as_str(name) if isinstance(name, bytes) else name
    if not all(isinstance(value, _core.Tensor) for value in inputs.values()):
        if not name:
            raise ValueError('tf.import_graph_def() requires a non-empty `name` if `input_map` contains non-Tensor '
                             'values. Try calling tf.convert_to_tensor() on `input_map` values before calling '
                             'tf.import_graph_def().')
        with ops.name_scope(name) as name, ops.name_scope('_inputs'):
            inputs = {key: ops.convert_to_tensor(value) for key, value in inputs.items()}
    for tensor_name in [*(key for key in inputs if not key.startswith('^')), *elements]:
        _assert_is_tensor_name(tensor_name)
    found = _core.import_graph_def(graph_def.SerializeToString(), inputs, elements, name)
    return None if return_elements is None else found
