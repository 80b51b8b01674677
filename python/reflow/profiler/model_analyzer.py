"""tf.profiler.profile: parameters and floating-point operations by scope and by type of operation."""

import re

from reflow.core.profiler import tfprof_output_pb2
from reflow.framework import errors_impl
from reflow.framework import ops
from reflow.framework import tensor_shape
from reflow.profiler import option_builder
from reflow.profiler import report
from reflow.profiler import tfprof_logger

_DEFAULT_PROFILE_OPTIONS = 0
_DEFAULT_ADVISE_OPTIONS = 0
_KNOWN = ('params', 'float_ops', 'op_types', 'occurrence', 'device')


def _matches(regexes, text):
    return any(re.fullmatch(regex, text) for regex in regexes)


class Node:
    """A node of the graph, or a scope: what it has itself, and what there is below it."""

    def __init__(self, name, op=None):
        self.name = name
        self.op = op
        self.shape = None
        self.types = set()
        self.params = self.float_ops = 0
        self.total_params = self.total_float_ops = 0
        self.is_accounted = False
        self.children = {}
        self.shown = []


def _nodes(graph, op_log, options):
    """{name: Node} of the operations of a graph."""
    nodes = {}
    for op in graph.get_operations():
        node = nodes[op.name] = Node(op.name, op)
        node.types.add(op.type)
        if 'shape' in op.node_def.attr:  # variables, and placeholders too
            shape = tensor_shape.TensorShape(op.get_attr('shape'))
            if shape.is_fully_defined():
                node.shape = shape.as_list()
                node.params = shape.num_elements()
    for entry in op_log.log_entries:
        if entry.name in nodes:
            nodes[entry.name].types.update(entry.types)
            nodes[entry.name].float_ops = entry.float_ops
    for node in nodes.values():
        node.is_accounted = any(_matches(options['account_type_regexes'], each) for each in node.types)
        if not node.is_accounted:
            node.params = node.float_ops = 0
    return nodes


def _tree(nodes, options):
    """The root of all scopes and operations."""
    root, scopes_count = Node('_TFProfRoot'), options['account_type_regexes'] == ['.*']
    for name, node in nodes.items():
        parent, path = root, ''
        pieces = name.split('/')
        for piece in pieces[:-1]:
            path += piece
            parent = parent.children.setdefault(path, nodes.get(path) or Node(path))
            parent.is_accounted |= scopes_count
            path += '/'
        parent.children[name] = node
    return root


def _sort_key(options):
    by = options['order_by']
    if by in ('params', 'float_ops'):
        return lambda node: (-getattr(node, 'total_' + by), node.name)
    return lambda node: node.name


def _show(node, options, depth):
    """What of the tree below a node is shown: the node itself, or its children in its place."""
    below = [each for child in node.children.values() for each in _show(child, options, depth + 1)]
    is_shown = (depth <= options['max_depth'] and node.params >= options['min_params']
                and node.float_ops >= options['min_float_ops'] and _matches(options['show_name_regexes'], node.name)
                and not _matches(options['hide_name_regexes'], node.name) and (node.is_accounted or bool(below)))
    node.shown = sorted(below, key=_sort_key(options))
    node.total_params = node.params + sum(each.total_params for each in below)
    node.total_float_ops = node.float_ops + sum(each.total_float_ops for each in below)
    return [node] if is_shown else below


def _to_proto(node):
    children = [_to_proto(each) for each in node.shown]
    return tfprof_output_pb2.GraphNodeProto(
        name=node.name, parameters=node.params, float_ops=node.float_ops, total_parameters=node.total_params,
        total_float_ops=node.total_float_ops, children=children,
        total_definition_count=1 + sum(each.total_definition_count for each in children))


def _checked(options):
    """The options with defaults for those not given."""
    options = dict(option_builder.ProfileOptionBuilder().build(), **options)
    unknown = [each for each in options['select'] if each not in _KNOWN]
    if unknown:
        raise NotImplementedError('tf.profiler counts parameters and floating-point operations only, not %s; '
                                  'tensorflow.python.client.timeline shows how long operations take' % ', '.join(unknown))
    kind = options['output'].partition(':')[0]
    if kind not in ('stdout', 'none', 'file'):
        raise NotImplementedError("tf.profiler's output %s" % kind)
    return options


def _by_scope(graph, op_log, options):
    root = _tree(_nodes(graph, op_log, options), options)
    shown = [each for child in root.children.values() for each in _show(child, options, 1)]
    root.shown = sorted(shown, key=_sort_key(options))
    root.total_params = sum(each.total_params for each in shown)
    root.total_float_ops = sum(each.total_float_ops for each in shown)
    report.write(report.of_scopes(root, options), options)
    return _to_proto(root)


def _by_type(graph, op_log, options):
    groups = {}
    for node in _nodes(graph, op_log, options).values():
        if node.is_accounted:
            group = groups.setdefault(node.op.type, Node(node.op.type))
            group.params += node.params
            group.float_ops += node.float_ops
            group.shown.append(node)
    by = options['order_by']
    key = (lambda node: (-getattr(node, by), node.name)) if by in ('params', 'float_ops') else lambda node: node.name
    order = sorted(groups.values(), key=key)
    shown = [node for node in order if node.params >= options['min_params'] and node.float_ops >= options['min_float_ops']
             and len(node.shown) >= options['min_occurrence'] and _matches(options['show_name_regexes'], node.name)
             and not _matches(options['hide_name_regexes'], node.name)]
    total = tfprof_output_pb2.MultiGraphNodeProto(
        name='_TFProfRoot', total_parameters=sum(node.params for node in shown),
        total_float_ops=sum(node.float_ops for node in shown))
    parent, params, float_ops = total, total.total_parameters, total.total_float_ops
    for node in shown:  # each is the child of the one before it, and counts those after it too
        parent = parent.children.add(name=node.name, parameters=node.params, float_ops=node.float_ops,
                                     total_parameters=params, total_float_ops=float_ops)
        parent.graph_nodes.extend(tfprof_output_pb2.GraphNodeProto(name=each.name, float_ops=each.float_ops,
                                                                   parameters=each.params) for each in node.shown)
        params, float_ops = params - node.params, float_ops - node.float_ops
    report.write(report.of_types(total, options), options)
    return total


def profile(graph=None, run_meta=None, op_log=None, cmd='scope', options=_DEFAULT_PROFILE_OPTIONS):
    """A GraphNodeProto by scope, or with cmd 'op' a MultiGraphNodeProto by type of operation; printed too."""
    graph = graph or ops.get_default_graph()
    if options == _DEFAULT_PROFILE_OPTIONS:
        options = option_builder.ProfileOptionBuilder.trainable_variables_parameter()
    if cmd not in ('code', 'op', 'graph', 'scope'):
        raise errors_impl.InvalidArgumentError(None, None, 'unknown cmd: %s\n' % cmd)
    if cmd in ('code', 'graph'):
        raise NotImplementedError("tf.profiler.profile with cmd %r; there are 'scope' and 'op'" % cmd)
    options = _checked(options)
    op_log = tfprof_logger.merge_default_with_oplog(graph, op_log, run_meta, add_trace=False)
    return (_by_scope if cmd == 'scope' else _by_type)(graph, op_log, options)


def advise(graph=None, run_meta=None, options=_DEFAULT_ADVISE_OPTIONS):
    """Raises NotImplementedError."""
    raise NotImplementedError('tf.profiler.advise')


class Profiler:
    """Profiles of a graph."""

    def __init__(self, graph=None, op_log=None):
        self._graph = graph or ops.get_default_graph()
        self._op_log = op_log

    def add_step(self, step, run_meta):
        """Takes what a run has told; counts of parameters and floating-point operations don't depend on it."""

    def profile_python(self, options):
        """Raises NotImplementedError."""
        return profile(self._graph, op_log=self._op_log, cmd='code', options=options)

    def profile_operations(self, options):
        """A MultiGraphNodeProto by type of operation."""
        return profile(self._graph, op_log=self._op_log, cmd='op', options=options)

    def profile_name_scope(self, options):
        """A GraphNodeProto by scope."""
        return profile(self._graph, op_log=self._op_log, cmd='scope', options=options)

    def profile_graph(self, options):
        """Raises NotImplementedError."""
        return profile(self._graph, op_log=self._op_log, cmd='graph', options=options)

    def advise(self, options):
        """Raises NotImplementedError."""
        return advise(self._graph, options=options)

    def serialize_to_string(self):
        """Raises NotImplementedError."""
        raise NotImplementedError('tf.profiler.Profiler.serialize_to_string')
