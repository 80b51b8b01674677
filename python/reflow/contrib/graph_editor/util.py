"""Lists of operations and tensors, and placeholders."""

import collections.abc as collections_abc
import re

from reflow.framework import ops as tf_ops
from reflow.ops import array_ops


def _flat(elements):
    if isinstance(elements, collections_abc.Iterable) and not isinstance(elements, (str, tf_ops.Tensor)):
        for element in elements:
            yield from _flat(element)
    else:
        yield elements


def _graph_of(elements):
    graphs = {element.graph for element in elements}
    if len(graphs) > 1:
        raise ValueError('Operation/Tensor do not all belong to the same graph!')


def make_list_of_op(ops, check_graph=True, allow_graph=True, ignore_ts=False):
    """A list of operations: of one, of several, or of a graph."""
    if isinstance(ops, tf_ops.Graph):
        if not allow_graph:
            raise TypeError('allow_graph is False: cannot convert a tf.Graph.')
        return ops.get_operations()
    elements = [element for element in _flat(ops) if not (ignore_ts and isinstance(element, tf_ops.Tensor))]
    for element in elements:
        if not isinstance(element, tf_ops.Operation):
            raise TypeError('Expected a type in (%s), got: %s' % (tf_ops.Operation, type(element)))
    if check_graph:
        _graph_of(elements)
    return elements


def make_list_of_t(ts, check_graph=True, allow_graph=True, ignore_ops=False):
    """A list of tensors: of one, of several, or of a graph."""
    if isinstance(ts, tf_ops.Graph):
        if not allow_graph:
            raise TypeError('allow_graph is False: cannot convert a tf.Graph.')
        return get_tensors(ts)
    elements = [element for element in _flat(ts) if not (ignore_ops and isinstance(element, tf_ops.Operation))]
    for element in elements:
        if not isinstance(element, tf_ops.Tensor):
            raise TypeError('Expected a type in (%s), got: %s' % (tf_ops.Tensor, type(element)))
    if check_graph:
        _graph_of(elements)
    return elements


def get_tensors(graph):
    """All tensors of a graph."""
    if not isinstance(graph, tf_ops.Graph):
        raise TypeError('Expected a graph, got: {}'.format(type(graph)))
    return [tensor for op in graph.get_operations() for tensor in op.outputs]


def unique(elements):
    """The elements, each once, in their order."""
    return list(dict.fromkeys(elements))


def get_generating_ops(ts):
    """The operations that make the tensors."""
    return [tensor.op for tensor in make_list_of_t(ts, allow_graph=False)]


def get_consuming_ops(ts):
    """The operations that take one of the tensors."""
    return unique(op for tensor in make_list_of_t(ts, allow_graph=False) for op in tensor.consumers())


class ControlOutputs:
    """For each operation of a graph those that wait for it."""

    def __init__(self, graph):
        if not isinstance(graph, tf_ops.Graph):
            raise TypeError('Expected a tf.Graph, got: {}'.format(type(graph)))
        self._graph = graph
        self._version = -1
        self._control_outputs = {}
        self.update()

    def update(self):
        """Looks at the graph again if it has changed."""
        if self._version != self._graph.version:
            self._version = self._graph.version
            self._control_outputs = {}
            for op in self._graph.get_operations():
                for control_input in op.control_inputs:
                    outputs = self._control_outputs.setdefault(control_input, [])
                    if op not in outputs:
                        outputs.append(op)
        return self

    def get_all(self):
        """The lists by operation."""
        return self._control_outputs

    def get(self, op):
        """The operations that wait for `op`."""
        return self._control_outputs.get(op, [])

    @property
    def graph(self):
        """The graph."""
        return self._graph


def placeholder_name(t=None, scope=None, prefix='geph'):
    """A name for a placeholder that stands for the tensor."""
    if scope is not None:
        scope = scope_finalize(scope)
    if t is None:
        return (scope or '') + prefix
    if not isinstance(t, tf_ops.Tensor):
        raise TypeError('Expected a tf.Tenfor, got: {}'.format(type(t)))
    op_scope, base = scope_dirname(t.op.name), scope_basename(t.op.name)
    return '%s%s__%s_%d' % (op_scope if scope is None else scope, prefix, base, t.value_index)


def make_placeholder_from_tensor(t, scope=None, prefix='geph'):
    """A placeholder of the tensor's type and shape."""
    return array_ops.placeholder(dtype=t.dtype, shape=t.get_shape(), name=placeholder_name(t, scope=scope, prefix=prefix))


def make_placeholder_from_dtype_and_shape(dtype, shape=None, scope=None, prefix='geph'):
    """A placeholder of the type and shape."""
    return array_ops.placeholder(dtype=dtype, shape=shape, name=placeholder_name(scope=scope, prefix=prefix))


def scope_finalize(scope):
    """The scope with a slash at its end, where it isn't empty."""
    return scope if not scope or scope.endswith('/') else scope + '/'


def scope_dirname(scope):
    """The scope around a name."""
    return re.sub('[^/]*$', '', scope)


def scope_basename(scope):
    """The last part of a name."""
    return scope[scope.rfind('/') + 1:]
