"""What folding of batch normalization and rounding share."""

import re

from reflow.framework import dtypes
from reflow.framework import ops
from reflow.ops import array_ops
from reflow.ops import init_ops
from reflow.ops import state_ops
from reflow.ops import variable_scope

SKIPPED_PREFIXES = ('gradients/', 'RMSProp/', 'Adagrad/', 'Const_', 'HistogramSummary', 'ScalarSummary')


def BatchNormGroups(graph):
    """The prefixes of batch normalizations that are made of single ops: what stands before 'BatchNorm/batchnorm'."""
    found = (re.match(r'(.*)BatchNorm/batchnorm', op.name) for op in graph.get_operations())
    return list(dict.fromkeys(match[1] for match in found if match and not match[1].startswith(SKIPPED_PREFIXES)))


def GetEndpointActivationOp(graph, prefix):
    """The activation of that prefix, or None."""
    names = {op.name: op for op in graph.get_operations()}
    return next((names[prefix + suffix] for suffix in ('Relu6', 'Relu', 'Identity') if prefix + suffix in names), None)


def CreateOrGetQuantizationStep():
    """The tensor that counts how often the graph has run."""
    graph = ops.get_default_graph()
    try:
        return graph.get_tensor_by_name('fake_quantization_step/Identity:0')
    except KeyError:
        pass
    with graph.name_scope(None):
        step = variable_scope.get_variable(
            'fake_quantization_step', shape=[], dtype=dtypes.int64, initializer=init_ops.zeros_initializer(), trainable=False,
            collections=[ops.GraphKeys.GLOBAL_VARIABLES],
            aggregation=variable_scope.VariableAggregation.ONLY_FIRST_REPLICA)
        with graph.name_scope(step.op.name + '/'):
            return array_ops.identity(state_ops.assign_add(step, 1))


def DropStringPrefix(s, prefix):
    """The text without that beginning, if it has it."""
    return s[len(prefix):] if s.startswith(prefix) else s


def ScopeOf(name):
    """The scope of a name; '': there is none."""
    return name.rpartition('/')[0]


def RerouteTensor(t0, t1, can_modify=None):
    """Has what takes `t1` (and is in `can_modify`) take `t0` instead; how many inputs have changed."""
    changes = [(consumer, i) for consumer in t1.consumers() if can_modify is None or consumer in can_modify
               for i, tensor in enumerate(consumer.inputs) if tensor is t1]
    for consumer, i in changes:
        consumer._update_input(i, t0)
    return len(changes)
