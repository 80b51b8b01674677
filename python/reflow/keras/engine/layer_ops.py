"""Operations of TensorFlow on tensors of Keras, as layers: so that models may contain them."""

from reflow.framework import ops
from reflow.util import nest


def uses_history(tensors):
    """Whether one of the tensors comes from an Input of Keras."""
    waiting, seen, path = list(nest.flatten(tensors)), set(), []
    while waiting:
        tensor = waiting.pop()
        if id(tensor) in seen or getattr(tensor, '_keras_history_checked', None):
            continue
        if getattr(tensor, '_keras_history', None) is not None:
            return True
        seen.add(id(tensor))
        path.append(tensor)
        op = getattr(tensor, 'op', None)
        waiting.extend(getattr(op, 'inputs', ()))
    for tensor in path:
        if isinstance(tensor, ops.Tensor):
            tensor._keras_history_checked = True
    return False


def needs_history(tensors):
    """Whether a tensor comes from an Input, but not from a layer."""
    tensors = nest.flatten(tensors)
    if all(getattr(each, '_keras_history', None) is not None for each in tensors):
        return False
    return uses_history(tensors)


def create_history(tensors):
    """Makes a layer of each operation between an Input and `tensors`. Gives the layers. TypeError: they are a loop's."""
    made, begun = [], set()
    waiting = [each for each in reversed(nest.flatten(tensors))]
    while waiting:
        tensor = waiting[-1]
        if getattr(tensor, '_keras_history', None) is not None:
            waiting.pop()
            continue
        inputs = [each for each in tensor.op.inputs if uses_history(each)]
        missing = [each for each in inputs if getattr(each, '_keras_history', None) is None]
        if missing:
            if tensor.op in begun:
                raise TypeError('Operation %s is part of a loop, of which no layers can be made: call it in a Lambda layer.' %
                                tensor.op.name)
            begun.add(tensor.op)
            waiting.extend(reversed(missing))
            continue
        waiting.pop()
        made.append(_layer_of(tensor.op, inputs))
    return made


def _layer_of(op, inputs):
    from reflow.keras import backend
    from reflow.keras.engine import node, op_layer
    taken = {id(each) for each in inputs}
    constants = {i: backend.function([], each)([]) for i, each in enumerate(op.inputs) if id(each) not in taken}
    layer = op_layer.TensorFlowOpLayer(op.node_def, name=op.name, constants=constants)
    outputs = list(op.outputs)
    node.Node(layer, inputs, outputs)
    for i, output in enumerate(outputs):
        output._keras_history = node.KerasHistory(layer, len(layer._inbound_nodes) - 1, i)
    return layer
