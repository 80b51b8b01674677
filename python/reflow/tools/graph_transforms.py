"""Rewrites of graphs that go to a device or a server."""
from reflow import _core
from reflow.framework import protos
from reflow.util import compat


def TransformGraph(input_graph_def, inputs, outputs, transforms):
    """The GraphDef after `transforms`, a list such as ['strip_unused_nodes', 'remove_nodes(op=Identity)'].

    `inputs` and `outputs` are the names of nodes that are fed and fetched. `reflow graph optimize --list` says which
    transforms there are.
    """
    transformed = _core.transform_graph(
        input_graph_def.SerializeToString(), [compat.as_str(name) for name in inputs],
        [compat.as_str(name) for name in outputs], ' '.join(compat.as_str(transform) for transform in transforms))
    return protos.message('tensorflow.GraphDef').FromString(transformed)
