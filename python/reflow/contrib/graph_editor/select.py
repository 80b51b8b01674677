"""Operations and tensors chosen by name and by walks over the graph."""

import re

from reflow.contrib.graph_editor import util
from reflow.framework import ops as tf_ops

__all__ = ['can_be_regex', 'make_regex', 'filter_ts', 'filter_ts_from_regex', 'filter_ops', 'filter_ops_from_regex',
           'get_name_scope_ops', 'check_cios', 'get_ops_ios', 'compute_boundary_ts', 'get_within_boundary_ops',
           'get_forward_walk_ops', 'get_backward_walk_ops', 'get_walks_intersection_ops', 'get_walks_union_ops', 'select_ops',
           'select_ts', 'select_ops_and_ts']


def can_be_regex(obj):
    """Whether it is a text or a compiled expression."""
    return isinstance(obj, (str, re.Pattern))


def make_regex(obj):
    """The expression, compiled."""
    if not can_be_regex(obj):
        raise ValueError('Expected a string or a regex, got: {}'.format(type(obj)))
    return re.compile(obj) if isinstance(obj, str) else obj


def _predicate(positive_filter, pattern):
    if positive_filter is True:
        return None
    if can_be_regex(positive_filter):
        regex = make_regex(positive_filter)
        return lambda element: regex.search(element.name) is not None
    return positive_filter


def filter_ts(ops, positive_filter):
    """The tensors of the operations that the filter (a function, an expression, True) is true of."""
    ops = util.make_list_of_op(ops)
    accepts = _predicate(positive_filter, 'ts')
    ts = []
    for op in ops:
        for tensor in list(op.inputs) + list(op.outputs):
            if (accepts is None or accepts(tensor)) and tensor not in ts:
                ts.append(tensor)
    return ts


def filter_ts_from_regex(ops, regex):
    """The tensors of the operations whose names have the expression."""
    return filter_ts(ops, positive_filter=make_regex(regex))


def filter_ops(ops, positive_filter):
    """The operations that the filter (a function, an expression, True) is true of."""
    ops = util.make_list_of_op(ops)
    accepts = _predicate(positive_filter, 'ops')
    return ops if accepts is None else [op for op in ops if accepts(op)]


def filter_ops_from_regex(ops, regex):
    """The operations whose names have the expression."""
    return filter_ops(util.make_list_of_op(ops), make_regex(regex))


def get_name_scope_ops(ops, scope):
    """The operations within a name scope."""
    if scope and scope[-1] == '/':
        scope = scope[:-1]
    return filter_ops_from_regex(ops, '^{}(/.*)?$'.format(re.escape(scope)))


def check_cios(control_inputs=False, control_outputs=None, control_ios=None):
    """(Whether control inputs count, the ControlOutputs that count or None)."""
    if control_ios is not None:
        if not isinstance(control_ios, util.ControlOutputs):
            raise TypeError('Expected a util.ControlOutputs, got: {}'.format(type(control_ios)))
        if control_outputs is not None:
            raise ValueError('control_outputs should be None when using control_ios.')
        return True, control_ios
    if control_outputs is not None and not isinstance(control_outputs, util.ControlOutputs):
        raise TypeError('Expected a util.ControlOutputs, got: {}'.format(type(control_outputs)))
    return control_inputs, control_outputs


def get_ops_ios(ops, control_inputs=False, control_outputs=None, control_ios=None):
    """The operations at the other ends of what the operations take and give."""
    control_inputs, control_outputs = check_cios(control_inputs, control_outputs, control_ios)
    found = []
    for op in util.make_list_of_op(ops):
        found += [tensor.op for tensor in op.inputs]
        if control_inputs:
            found += op.control_inputs
        found += [consumer for tensor in op.outputs for consumer in tensor.consumers()]
        if control_outputs is not None:
            found += control_outputs.get(op)
    return util.unique(found)


def compute_boundary_ts(ops):
    """(Tensors from outside that the operations take, tensors that they give outside, tensors within)."""
    ops = util.make_list_of_op(ops)
    members = set(ops)
    inputs = util.unique(tensor for op in ops for tensor in op.inputs)
    outputs = util.unique(tensor for op in ops for tensor in op.outputs)
    outside_inputs = [tensor for tensor in inputs if tensor.op not in members]
    outside_outputs = [tensor for tensor in outputs
                       if not tensor.consumers() or any(op not in members for op in tensor.consumers())]
    inside = [tensor for tensor in outputs if tensor not in outside_outputs]
    return outside_inputs, outside_outputs, inside


def _seeds(seed_ops, inputs):
    """The operations at which a walk starts: of tensors those that make or take them."""
    first = next(iter(seed_ops), None) if not isinstance(seed_ops, (tf_ops.Tensor, tf_ops.Operation)) else seed_ops
    if isinstance(first, tf_ops.Tensor):
        ts = util.make_list_of_t(seed_ops, allow_graph=False)
        return util.get_consuming_ops(ts) if inputs else util.get_generating_ops(ts)
    return util.make_list_of_op(seed_ops, allow_graph=False)


def _walk(seeds, neighbours, inclusive, within_ops, within_ops_fn):
    within = None if within_ops is None else set(util.make_list_of_op(within_ops, allow_graph=False))

    def is_within(op):
        return (within is None or op in within) and (within_ops_fn is None or within_ops_fn(op))
    seeds = [seed for seed in seeds if within is None or seed in within]  # within_ops_fn doesn't choose among seeds
    result, wave = list(util.unique(seeds)), list(seeds)
    known = set(result)
    while wave:
        following = []
        for op in wave:
            for neighbour in neighbours(op):
                if neighbour not in known and is_within(neighbour):
                    known.add(neighbour)
                    following.append(neighbour)
        result += following
        wave = following
    if not inclusive:
        seeds = set(seeds)
        result = [op for op in result if op not in seeds]
    return result


def get_forward_walk_ops(seed_ops, inclusive=True, within_ops=None, within_ops_fn=None, stop_at_ts=(), control_outputs=None):
    """The operations that depend on the seeds."""
    _, control_outputs = check_cios(False, control_outputs)
    stops = frozenset(util.make_list_of_t(stop_at_ts)) if stop_at_ts else frozenset()

    def neighbours(op):
        for tensor in op.outputs:
            if tensor not in stops:
                yield from tensor.consumers()
        if control_outputs is not None:
            yield from control_outputs.get(op)
    return _walk(_seeds(seed_ops, inputs=True), neighbours, inclusive, within_ops, within_ops_fn)


def get_backward_walk_ops(seed_ops, inclusive=True, within_ops=None, within_ops_fn=None, stop_at_ts=(), control_inputs=False):
    """The operations that the seeds depend on."""
    control_inputs, _ = check_cios(control_inputs, None)
    stops = frozenset(util.make_list_of_t(stop_at_ts)) if stop_at_ts else frozenset()

    def neighbours(op):
        for tensor in op.inputs:
            if tensor not in stops:
                yield tensor.op
        if control_inputs:
            yield from op.control_inputs
    return _walk(_seeds(seed_ops, inputs=False), neighbours, inclusive, within_ops, within_ops_fn)


def _walks(forward_seed_ops, backward_seed_ops, forward_inclusive, backward_inclusive, within_ops, within_ops_fn,
           control_inputs, control_outputs, control_ios):
    control_inputs, control_outputs = check_cios(control_inputs, control_outputs, control_ios)
    forward = get_forward_walk_ops(forward_seed_ops, forward_inclusive, within_ops, within_ops_fn,
                                   control_outputs=control_outputs)
    backward = get_backward_walk_ops(backward_seed_ops, backward_inclusive, within_ops, within_ops_fn,
                                     control_inputs=control_inputs)
    return forward, backward


def get_walks_intersection_ops(forward_seed_ops, backward_seed_ops, forward_inclusive=True, backward_inclusive=True,
                               within_ops=None, within_ops_fn=None, control_inputs=False, control_outputs=None,
                               control_ios=None):
    """The operations that depend on the first seeds and that the second ones depend on."""
    forward, backward = _walks(forward_seed_ops, backward_seed_ops, forward_inclusive, backward_inclusive, within_ops,
                               within_ops_fn, control_inputs, control_outputs, control_ios)
    backward = set(backward)
    return [op for op in forward if op in backward]


def get_walks_union_ops(forward_seed_ops, backward_seed_ops, forward_inclusive=True, backward_inclusive=True, within_ops=None,
                        within_ops_fn=None, control_inputs=False, control_outputs=None, control_ios=None):
    """The operations that depend on the first seeds or that the second ones depend on."""
    forward, backward = _walks(forward_seed_ops, backward_seed_ops, forward_inclusive, backward_inclusive, within_ops,
                               within_ops_fn, control_inputs, control_outputs, control_ios)
    return util.unique(forward + backward)


def get_within_boundary_ops(ops, seed_ops, boundary_ops=(), inclusive=True, control_inputs=False, control_outputs=None,
                            control_ios=None):
    """Of the operations those that the seeds are connected with, up to the boundary."""
    control_inputs, control_outputs = check_cios(control_inputs, control_outputs, control_ios)
    ops = util.make_list_of_op(ops)
    seeds = util.make_list_of_op(seed_ops, allow_graph=False)
    boundary = set(util.make_list_of_op(boundary_ops))
    result = set(seeds)
    if boundary & result:
        raise ValueError('Boundary is intersecting with the seeds.')
    wave = set(seeds)
    while wave:
        around = set()
        for op in get_ops_ios(list(wave), control_inputs, control_outputs):
            if op not in result and op in ops:
                around.add(op)
        result |= around
        wave = around - boundary
    if not inclusive:
        result -= boundary
    return [op for op in ops if op in result]


def select_ops(*args, **kwargs):
    """The operations that are given: themselves, or by expressions of their names in `graph`."""
    graph, restrict = kwargs.pop('graph', None), kwargs.pop('restrict_ops_regex', None)
    if kwargs:
        raise ValueError('Invalid keywords argument: {}.'.format(list(kwargs)))
    ops = []
    for arg in args:
        if can_be_regex(arg):
            if graph is None:
                raise ValueError('Use the keyword argument \'graph\' to use regex.')
            regex = make_regex(arg)
            if regex.pattern.startswith('(?#ts)'):
                continue
            if restrict and not regex.pattern.startswith('(?#ops)'):
                continue
            ops += [op for op in filter_ops_from_regex(graph, regex) if op not in ops]
        else:
            ops += [op for op in util.make_list_of_op(arg, allow_graph=graph is None) if op not in ops]
    return ops


def select_ts(*args, **kwargs):
    """The tensors that are given: themselves, or by expressions of their names in `graph`."""
    graph, restrict = kwargs.pop('graph', None), kwargs.pop('restrict_ts_regex', None)
    if kwargs:
        raise ValueError('Invalid keywords argument: {}.'.format(list(kwargs)))
    ts = []
    for arg in args:
        if can_be_regex(arg):
            if graph is None:
                raise ValueError('Use the keyword argument \'graph\' to use regex.')
            regex = make_regex(arg)
            if regex.pattern.startswith('(?#ops)'):
                continue
            if restrict and not regex.pattern.startswith('(?#ts)'):
                continue
            ts += [tensor for tensor in filter_ts_from_regex(graph, regex) if tensor not in ts]
        else:
            ts += [tensor for tensor in util.make_list_of_t(arg, ignore_ops=True) if tensor not in ts]
    return ts


def select_ops_and_ts(*args, **kwargs):
    """(The operations, the tensors) that are given; of texts those with (?#ts) name tensors."""
    return select_ops(*args, restrict_ops_regex=False, **kwargs), select_ts(*args, restrict_ts_regex=True, **kwargs)
