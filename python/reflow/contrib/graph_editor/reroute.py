"""Consumers of tensors made to take others."""

from reflow.contrib.graph_editor import subgraph
from reflow.contrib.graph_editor import util


def _reroute(ts0, ts1, both, can_modify, cannot_modify):
    """Consumers of each of `ts1` take that of `ts0` (both: and the other way round); how many inputs have changed."""
    ts0, ts1 = util.make_list_of_t(ts0), util.make_list_of_t(ts1)
    util.make_list_of_t(ts0 + ts1)  # of one graph
    allowed = None if can_modify is None else frozenset(util.make_list_of_op(can_modify))
    forbidden = frozenset(util.make_list_of_op(cannot_modify)) if cannot_modify is not None else frozenset()
    if len(ts0) != len(ts1):
        raise ValueError('ts0 and ts1 have different sizes: {} != {}'.format(len(ts0), len(ts1)))
    changes = []
    for t0, t1 in zip(ts0, ts1):
        if t0 is t1:
            continue
        if not t0.dtype.is_compatible_with(t1.dtype):
            raise ValueError('Dtypes {} and {} are not compatible.'.format(t0.dtype, t1.dtype))
        for old, new in [(t1, t0)] + ([(t0, t1)] if both else []):
            changes += [(op, i, new) for op in util.unique(old.consumers()) for i, tensor in enumerate(op.inputs)
                        if tensor is old and (allowed is None or op in allowed) and op not in forbidden]
    for op, i, tensor in changes:
        op._update_input(i, tensor)
    return len(changes)


def reroute_ts(ts0, ts1, can_modify=None, cannot_modify=None):
    """Has what takes a tensor of `ts1` take the one of `ts0` instead; how many inputs have changed."""
    return _reroute(ts0, ts1, False, can_modify, cannot_modify)


def swap_ts(ts0, ts1, can_modify=None, cannot_modify=None):
    """Has what takes a tensor of one list take that of the other; how many inputs have changed."""
    return _reroute(ts0, ts1, True, can_modify, cannot_modify)


def _views(sgv0, sgv1):
    return subgraph.view_of(sgv0), subgraph.view_of(sgv1)


def _inputs(sgv0, sgv1, both):
    sgv0, sgv1 = _views(sgv0, sgv1)
    ops = list(sgv0.ops) + list(sgv1.ops) if both else list(sgv1.ops)
    if len(sgv0.inputs) != len(sgv1.inputs):
        raise ValueError('Different number of tensors: %d vs. %d' % (len(sgv0.inputs), len(sgv1.inputs)))
    _reroute(sgv0.inputs, sgv1.inputs, both, ops, None)
    return subgraph.make_view(sgv0.ops), subgraph.make_view(sgv1.ops)


def _outputs(sgv0, sgv1, both):
    sgv0, sgv1 = _views(sgv0, sgv1)
    _reroute(sgv0.outputs, sgv1.outputs, both, None, list(sgv0.ops) + list(sgv1.ops))
    return sgv0, sgv1


def swap_inputs(sgv0, sgv1):
    """Exchanges what goes into two views."""
    return _inputs(sgv0, sgv1, True)


def reroute_inputs(sgv0, sgv1):
    """Has the second view take what goes into the first."""
    return _inputs(sgv0, sgv1, False)


def swap_outputs(sgv0, sgv1):
    """Exchanges what takes the outputs of two views."""
    return _outputs(sgv0, sgv1, True)


def reroute_outputs(sgv0, sgv1):
    """Has what takes the second view's outputs take the first's."""
    return _outputs(sgv0, sgv1, False)


def swap_ios(sgv0, sgv1):
    """Exchanges inputs and outputs of two views."""
    swap_outputs(sgv0, sgv1)
    return swap_inputs(sgv0, sgv1)


def reroute_ios(sgv0, sgv1):
    """Puts the first view into the place of the second."""
    reroute_outputs(sgv0, sgv1)
    return reroute_inputs(sgv0, sgv1)


def add_control_inputs(op, cops):
    """Has `op` wait for the operations."""
    for cop in util.make_list_of_op(cops, allow_graph=False):
        if cop in op.control_inputs:
            raise ValueError('{} is already a control_input of {}'.format(cop.name, op.name))
        op._add_control_input(cop)


def remove_control_inputs(op, cops):
    """Has `op` no longer wait for the operations."""
    cops = util.make_list_of_op(cops, allow_graph=False)
    for cop in cops:
        if cop not in op.control_inputs:
            raise ValueError('{} is not a control_input of {}'.format(op.name, cop.name))
    kept = [each for each in op.control_inputs if each not in cops]
    op._remove_all_control_inputs()
    for each in kept:
        op._add_control_input(each)
