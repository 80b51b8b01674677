"""Models of tensors with eager execution: what layers give is symbols that only have types and shapes.

Nothing is computed with them. Which shapes a layer's outputs have is found by calling it twice on zeros, of two sizes where
the inputs' sizes are open.
"""

from reflow.framework import ops
from reflow.keras import backend_session
from reflow.keras.engine import call_context
from reflow.keras.engine import input_spec
from reflow.keras.engine import node as node_module
from reflow.ops import array_ops
from reflow.util import nest

_SIZES = (2, 3)


def call(layer, inputs, args, kwargs):
    """The symbols of what a layer gives for symbols, and the node between them."""
    input_spec.assert_input_compatibility(layer.input_spec, inputs, layer.name)
    masks = [getattr(x, '_keras_mask', None) for x in nest.flatten(inputs)]
    layer._maybe_build_for_symbols(inputs)
    results = [_probe(layer, inputs, masks, args, kwargs, size) for size in _SIZES]
    flat = [nest.flatten(outputs) for outputs in results]
    symbols = []
    with backend_session.symbolic_graph().as_default():
        for first, second in zip(*flat):
            shape = [a if a == b else None for a, b in zip(first.shape.as_list(), second.shape.as_list())]
            symbol = array_ops.placeholder(first.dtype, shape=shape)
            mask = getattr(first, '_keras_mask', None)
            symbol._keras_mask = None if mask is None else array_ops.placeholder('bool', shape=shape[:len(mask.shape)])
            symbols.append(symbol)
    outputs = nest.pack_sequence_as(results[0], symbols) if nest.is_sequence(results[0]) else symbols[0]
    if node_module.all_have_history(inputs):
        arguments = dict(zip(layer._call_arguments[0][1:], args))
        arguments.update(kwargs)
        arguments.pop('mask', None)
        node_module.Node(layer, inputs, outputs, arguments=arguments)
        for i, symbol in enumerate(symbols):
            symbol._keras_history = node_module.KerasHistory(layer, len(layer._inbound_nodes) - 1, i)
    return outputs


def _probe(layer, inputs, masks, args, kwargs, size):
    def zeros(symbol):
        return array_ops.zeros([size if each is None else each for each in symbol.shape.as_list()], dtype=symbol.dtype)

    values = [zeros(x) for x in nest.flatten(inputs)]
    for value, mask in zip(values, masks):
        if mask is not None:
            value._keras_mask = array_ops.ones_like(zeros(mask))
    packed = nest.pack_sequence_as(inputs, values) if nest.is_sequence(inputs) else values[0]
    kept = {each: list(each._losses) for each in _all_layers(layer)}
    kwargs = {key: nest.map_structure(lambda x: zeros(x) if isinstance(x, ops.Tensor) and not hasattr(x, 'numpy') else x,
                                      value) for key, value in kwargs.items()}
    if layer._expects('training'):
        kwargs.setdefault('training', False)
    states = [(metric, metric.get_weights()) for metric in _all_metrics(layer)]
    with call_context.entered(layer, False):  # losses of the outer call stay
        outputs = layer(packed, *args, **kwargs)
    for each, losses in kept.items():
        each._losses = losses
    for metric in _all_metrics(layer):
        metric.reset_states()
    for metric, weights in states:
        metric.set_weights(weights)
    return outputs


def _all_metrics(layer):
    return [metric for each in _all_layers(layer) for metric in each._metrics]


def _all_layers(layer):
    found = [layer]
    for each in layer._sublayers():
        found += _all_layers(each)
    return found


class SymbolicFunction:
    """Computes the symbols `outputs` of values for the symbols `inputs`: keras.backend.function of eager execution.

    An input that is no symbol is the learning phase.
    """

    def __init__(self, inputs, outputs):
        from reflow.keras.engine.network import Network
        self.inputs = nest.flatten(inputs)
        self.outputs = nest.flatten(outputs)
        self._structure = outputs
        self._phases = [not isinstance(each, ops.Tensor) for each in self.inputs]
        symbols = [each for each, is_phase in zip(self.inputs, self._phases) if not is_phase]
        self._network = Network(inputs=symbols, outputs=self.outputs)

    def __call__(self, inputs):
        flat = nest.flatten(inputs)
        values = [ops.convert_to_tensor(value, dtype=symbol.dtype)
                  for value, symbol, is_phase in zip(flat, self.inputs, self._phases) if not is_phase]
        training = any(bool(value) for value, is_phase in zip(flat, self._phases) if is_phase)
        results = self._network(values if len(values) > 1 else values[0], training=training)
        arrays = [each.numpy() for each in nest.flatten(results)]
        return nest.pack_sequence_as(self._structure, arrays) if nest.is_sequence(self._structure) else arrays[0]
