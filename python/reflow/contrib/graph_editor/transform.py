"""Copies of parts of a graph."""

from reflow.contrib.graph_editor import select
from reflow.contrib.graph_editor import subgraph
from reflow.contrib.graph_editor import util
from reflow.framework import ops as tf_ops


class TransformerInfo:
    """What has become of operations and tensors."""

    def __init__(self, transformed_ops, transformed_ts):
        self._transformed_ops = transformed_ops
        self._transformed_ts = transformed_ts

    def _map(self, element):
        if isinstance(element, tf_ops.Tensor):
            return self._transformed_ts
        if isinstance(element, tf_ops.Operation):
            return self._transformed_ops
        raise TypeError('Expected a tf.Tensor or a tf.Operation, got a {}'.format(type(element)))

    def _each(self, function, elements):
        if isinstance(elements, (list, tuple)):
            return type(elements)(self._each(function, element) for element in elements)
        return function(elements)

    def transformed(self, original, missing_fn=None):
        """The copy of an operation or tensor, or of several; None, or what `missing_fn` gives, for what wasn't copied."""
        def find(element):
            found = self._map(element).get(element)
            return missing_fn(element) if found is None and missing_fn is not None else found
        if isinstance(original, subgraph.SubGraphView):
            return original._like(subgraph.SubGraphView([find(op) for op in original.ops]), map(find, original.inputs),
                                  map(find, original.outputs))
        return self._each(find, original)

    def original(self, transformed, missing_fn=None):
        """What an operation or tensor is a copy of."""
        def find(element):
            found = next((old for old, new in self._map(element).items() if new is element), None)
            return missing_fn(element) if found is None and missing_fn is not None else found
        return self._each(find, transformed)

    def __str__(self):
        return 'Transformer result info: %d operations, %d tensors' % (len(self._transformed_ops), len(self._transformed_ts))


def _in_order(ops):
    """The operations, each behind those that it takes tensors of or waits for. ValueError: there is a loop."""
    members, done, ordered = set(ops), set(), []
    for start in ops:
        pending = [(start, False)]
        visiting = set()
        while pending:
            op, is_ready = pending.pop()
            if op in done:
                continue
            if is_ready:
                done.add(op)
                ordered.append(op)
                continue
            if op in visiting:
                raise ValueError('Operations of a loop can\'t be copied: %s' % op.name)
            visiting.add(op)
            pending.append((op, True))
            sources = [tensor.op for tensor in op.inputs] + list(op.control_inputs)
            pending += [(source, False) for source in sources if source in members and source not in done]
    return ordered


def _copy_op(op, inputs, name, graph):
    """The operation once more in `graph`, under its full name."""
    attrs = dict(op.node_def.attr)
    with graph.as_default(), graph.control_dependencies(None), graph.device(None), graph.device(op.device or None):
        with graph.name_scope(None):
            return graph.create_op(op.type, inputs, [tensor.dtype for tensor in op.outputs],
                                   input_types=[tensor.dtype for tensor in inputs], name=name + '/', attrs=attrs)


def _copy(view, dst_graph, dst_scope, src_scope, reuse_dst_scope, replacements):
    src_scope = util.scope_finalize(src_scope)
    dst_scope = util.scope_finalize(dst_scope)
    if dst_scope and not reuse_dst_scope:
        dst_scope = util.scope_finalize(dst_graph.unique_name(dst_scope[:-1]))
    transformed_ops, transformed_ts = {}, dict(replacements)

    def stand_in(tensor):
        """What an operation takes for a tensor that isn't copied."""
        if dst_graph is tensor.graph:
            return tensor
        with dst_graph.as_default():
            return util.make_placeholder_from_tensor(tensor, scope=dst_scope)
    for op in _in_order(view.ops):
        if not op.name.startswith(src_scope):
            raise ValueError('{} does not start with {}'.format(op.name, src_scope))
        inputs = [transformed_ts[tensor] if tensor in transformed_ts else stand_in(tensor) for tensor in op.inputs]
        name = dst_graph.unique_name(dst_scope + op.name[len(src_scope):])
        made = transformed_ops[op] = _copy_op(op, inputs, name, dst_graph)
        for old, new in zip(op.outputs, made.outputs):
            transformed_ts.setdefault(old, new)
        for control in op.control_inputs:
            if control in transformed_ops:
                made._add_control_input(transformed_ops[control])
    info = TransformerInfo(transformed_ops, transformed_ts)
    copied = subgraph.SubGraphView(list(transformed_ops.values()))
    return copied._like(copied, [transformed_ts.get(tensor, tensor) for tensor in view.inputs],
                        [transformed_ts.get(tensor, tensor) for tensor in view.outputs]), info


def copy(sgv, dst_graph=None, dst_scope='', src_scope='', reuse_dst_scope=False):
    """(A copy of a view, the TransformerInfo); what goes in from another graph becomes placeholders."""
    sgv = subgraph.view_of(sgv)
    dst_graph = sgv.graph if dst_graph is None else dst_graph
    if not isinstance(dst_graph, tf_ops.Graph):
        raise TypeError('Expected a tf.Graph, got: {}'.format(type(dst_graph)))
    return _copy(sgv, dst_graph, dst_scope, src_scope, reuse_dst_scope, {})


def copy_with_input_replacements(sgv, replacement_ts, dst_graph=None, dst_scope='', src_scope='', reuse_dst_scope=False):
    """(A copy of a view, the TransformerInfo), in which tensors that are keys are replaced by the values."""
    sgv = subgraph.view_of(sgv)
    dst_graph = sgv.graph if dst_graph is None else dst_graph
    if not isinstance(dst_graph, tf_ops.Graph):
        raise TypeError('Expected a tf.Graph, got: {}'.format(type(dst_graph)))
    return _copy(sgv, dst_graph, dst_scope, src_scope, reuse_dst_scope, replacement_ts)


def graph_replace(target_ts, replacement_ts, dst_scope='', src_scope='', reuse_dst_scope=False):
    """The targets as they would be computed from the values of `replacement_ts` instead of its keys."""
    many = isinstance(target_ts, (list, tuple))
    flat = util.make_list_of_t(target_ts)
    control_ios = util.ControlOutputs(flat[0].graph)
    ops = select.get_walks_intersection_ops(list(replacement_ts), flat, control_ios=control_ios)
    if not ops:
        raise ValueError('Targets and replacements are not connected!')
    _, info = copy_with_input_replacements(ops, replacement_ts, None, dst_scope, src_scope, reuse_dst_scope)
    found = [info.transformed(tensor, missing_fn=lambda each: each) for tensor in flat]
    return type(target_ts)(found) if many else found[0]
