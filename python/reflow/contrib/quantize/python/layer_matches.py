"""Layers whose weights and results are to be rounded: a product, what is added to it, and an activation.

A layer is

    Conv2D, DepthwiseConv2dNative or MatMul, with weights that a variable has or batch normalization has scaled
    [BatchToSpaceND]
    [Mul, Add: what corrects a folded batch normalization]
    [BiasAdd or Add, of a bias or of the rest of batch normalization]
    [Add: a bypass]
    [Relu, Relu6 or Identity]
    [Add: a bypass]

where what is in brackets may be missing.
"""

import collections

from reflow.contrib.quantize.python.graph_matcher import GraphMatcher, OneofPattern, OpTypePattern
from reflow.platform import tf_logging as logging

# Operations of a layer, None where it has none; `weights` is a tensor.
LayerMatch = collections.namedtuple('LayerMatch', 'layer weights activation bypass post_activation_bypass bias_add')

_PRODUCTS = 'Conv2D|MatMul|DepthwiseConv2dNative'


class _Patterns:
    """The patterns of a layer's parts."""

    def __init__(self):
        def op(types, *inputs):
            return OpTypePattern(types, inputs=list(inputs))

        def commutative(types, *inputs):
            return OpTypePattern(types, inputs=list(inputs), ordered_inputs=False)

        variable = op('Variable|VariableV2')
        part = op('Identity', variable)
        parts = op('ConcatV2', part, '*', '*')
        self.weights = [op('Identity', OneofPattern([part, parts, variable])), op('ReadVariableOp'), op('Mul')]
        self.layer = commutative(_PRODUCTS, '*', OneofPattern(self.weights))
        result = OneofPattern([op('BatchToSpaceND', self.layer, '*', '*'), self.layer])
        self.separable = commutative(_PRODUCTS, result, '*')
        corrected = commutative('Add|AddV2', commutative('Mul', '*', result), '*')
        self.folded_bias_add = commutative('Add|AddV2', corrected, '*')
        updated = op('Identity', self.folded_bias_add)  # batch normalization that updates its averages in place
        self.bias_add = commutative('Add|AddV2|BiasAdd', result, '*')
        self.bypass = commutative('Add|AddV2', OneofPattern([self.bias_add, self.folded_bias_add, updated]), '*')
        self.activation = op('Relu|Relu6|Identity',
                             OneofPattern([self.bias_add, self.folded_bias_add, updated, self.bypass, self.layer]))
        self.post_activation_bypass = commutative('Add|AddV2', '*', self.activation)

    def weights_of(self, match, with_scaled=True):
        """The tensor of weights, or None."""
        found = (match.get_tensor(pattern) for pattern in self.weights[:None if with_scaled else -1])
        return next((tensor for tensor in found if tensor is not None), None)

    def bias_add_of(self, match):
        """The addition of a bias, or None."""
        op = match.get_op(self.bias_add)
        return match.get_op(self.folded_bias_add) if op is None else op


def find(graph):
    """The LayerMatches of a graph, largest layers first. No product is in two."""
    patterns = _Patterns()
    layers = {}

    def matches(pattern):
        for match in GraphMatcher(pattern).match_graph(graph):
            layer = match.get_op(patterns.layer)
            if layer not in layers:
                yield match, layer

    for pattern in (patterns.post_activation_bypass, patterns.activation):
        for match, layer in matches(pattern):
            activation = match.get_op(patterns.activation)
            late_bypass = match.get_op(patterns.post_activation_bypass)
            if late_bypass is not None or not _is_before_batch_norm(activation):
                layers[layer] = LayerMatch(layer, patterns.weights_of(match), activation, match.get_op(patterns.bypass),
                                           late_bypass, patterns.bias_add_of(match))
    for match, layer in matches(OneofPattern([patterns.bias_add, patterns.folded_bias_add])):  # without an activation
        layers[layer] = LayerMatch(layer, patterns.weights_of(match), patterns.bias_add_of(match), None, None, None)
    for match, layer in matches(patterns.separable):  # a product of a product
        layers[layer] = LayerMatch(layer, patterns.weights_of(match, with_scaled=False), layer, None, None, None)
    return list(layers.values())


def _is_before_batch_norm(op):
    """Whether an Identity only leads to batch normalization: once that is folded, it serves statistics alone."""
    if op.type != 'Identity' or len(op.outputs[0].consumers()) != 1:
        return False
    found = op.outputs[0].consumers()[0].type in ('FusedBatchNorm', 'FusedBatchNormV3')
    if found:
        logging.info('Skipping quantizing %s, because it is the output of a conv/fc followed by a identity, feeding a fused '
                     'batch norm.', op.name)
    return found
