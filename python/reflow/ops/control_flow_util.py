"""What operations and contexts of control flow are, and where an operation stands."""

from reflow import _core

ENABLE_CONTROL_FLOW_V2 = False  # as enable_control_flow_v2 sets it


def EnableControlFlowV2(graph):
    """Whether conds and loops in `graph` are ops that call functions."""
    with graph.as_default():
        return _core.builds_functional_control_flow()


def IsSwitch(op):
    """Whether `op` is a Switch."""
    return op.type in ('Switch', 'RefSwitch')


def IsMerge(op):
    """Whether `op` is a Merge."""
    return op.type in ('Merge', 'RefMerge')


def IsLoopEnter(op):
    """Whether `op` is an Enter."""
    return op.type in ('Enter', 'RefEnter')


def IsLoopExit(op):
    """Whether `op` is an Exit."""
    return op.type in ('Exit', 'RefExit')


def IsLoopConstantEnter(op):
    """Whether `op` brings into a loop what doesn't change there."""
    return IsLoopEnter(op) and op.get_attr('is_constant')


def IsCondSwitch(op):
    """Whether `op` is the Switch of a conditional."""
    if not IsSwitch(op):
        return False
    for output in op.outputs:
        for consumer in output.consumers():
            context = GetOutputContext(consumer)
            if IsLoopEnter(consumer):
                context = context.outer_context
            if context is None or not context.IsCondContext():
                return False
    return bool(op.outputs)


def IsLoopSwitch(op):
    """Whether `op` is the Switch of a loop."""
    context = op._get_control_flow_context()
    return IsSwitch(op) and context is not None and context.IsWhileContext() and not IsCondSwitch(op)


def IsCondMerge(op):
    """Whether `op` is the Merge of a conditional."""
    return IsMerge(op) and not any(IsLoopEnter(each.op) or each.op.type in ('NextIteration', 'RefNextIteration')
                                   for each in op.inputs)


def IsLoopMerge(op):
    """Whether `op` is the Merge of a loop."""
    return IsMerge(op) and not IsCondMerge(op)


def GetOutputContext(op):
    """The context that what `op` gives belongs to."""
    context = op._get_control_flow_context()
    return context.outer_context if IsLoopExit(op) and context is not None else context


def _nearest(context, is_wanted, stop=None):
    while context is not None and not is_wanted(context):
        if stop is not None and context == stop:
            return None
        context = context.outer_context
    return context


def GetContainingWhileContext(ctxt, stop_ctxt=None):
    """The nearest context of a loop, from `ctxt` outwards, None where there is none before `stop_ctxt`."""
    return _nearest(ctxt, lambda each: each.IsWhileContext(), stop_ctxt)


def GetContainingCondContext(ctxt):
    """The nearest context of a conditional, from `ctxt` outwards."""
    return _nearest(ctxt, lambda each: each.IsCondContext())


def GetContainingXLAContext(ctxt):
    """The nearest context of XLA, from `ctxt` outwards."""
    return _nearest(ctxt, lambda each: each.IsXLAContext())


def GetWhileContext(op):
    """The context of the loop that `op` belongs to."""
    return GetContainingWhileContext(op._get_control_flow_context())


def IsInWhileLoop(op):
    """Whether `op` is in a loop."""
    return GetWhileContext(op) is not None


def IsInCond(op):
    """Whether `op` is in a conditional."""
    return GetContainingCondContext(op._get_control_flow_context()) is not None


def IsInXLAContext(op):
    """Whether `op` is to be compiled."""
    return GetContainingXLAContext(op._get_control_flow_context()) is not None


def InXlaContext(graph):
    """Whether what is now made in `graph` is to be compiled."""
    return GetContainingXLAContext(graph._get_control_flow_context()) is not None


def GraphOrParentsInXlaContext(graph):
    """Whether what is now made in `graph`, or in one around it, is to be compiled."""
    while graph is not None:
        if InXlaContext(graph):
            return True
        graph = getattr(graph, 'outer_graph', None)
    return False


def IsContainingContext(ctxt, maybe_containing_ctxt):
    """Whether the second context is the first or around it."""
    return maybe_containing_ctxt is None or _nearest(ctxt, lambda each: each is maybe_containing_ctxt) is not None


def OpInContext(op, ctxt):
    """Whether `op` stands within the context."""
    return IsContainingContext(op._get_control_flow_context(), ctxt)


def TensorInContext(tensor, ctxt):
    """Whether the operation of a tensor stands within the context."""
    return OpInContext(tensor.op, ctxt)


def GetLoopConstantEnter(value):
    """The Enter by which a value comes into a loop, None where the value isn't the same in all iterations."""
    op = value.op
    while op.type in ('Identity', 'RefIdentity', 'Switch', 'RefSwitch'):
        op = op.inputs[0].op
    return op if IsLoopConstantEnter(op) else None


def CheckInputFromValidContext(op, input_op):
    """ValueError: `op` stands outside of the loop that `input_op` is in."""
    inner = GetContainingWhileContext(GetOutputContext(input_op))
    if inner is None or IsContainingContext(GetWhileContext(op), inner) or IsLoopEnter(op):
        return
    raise ValueError("Cannot use '%s' as input to '%s' because '%s' is in a while loop. See info log for more details." % (
        input_op.name, op.name, input_op.name))
