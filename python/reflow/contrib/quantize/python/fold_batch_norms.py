"""Batch normalization folded into the layer before: the weights are scaled, and the rest becomes a bias.

That is what a graph of integers will do, so rounding has to see the scaled weights. While a graph is trained, weights are
scaled by the moving averages, which change slowly, and corrections behind the layer give what the batch's own statistics would.
Fused normalizations are found by what their ops look like; those of single ops, by their names, in unfused_batch_norms.
"""

import collections

from reflow.contrib.quantize.python import common
from reflow.contrib.quantize.python import layer_copies
from reflow.contrib.quantize.python import unfused_batch_norms
from reflow.contrib.quantize.python.batch_norm_corrections import Statistics, corrections_of
from reflow.contrib.quantize.python.graph_matcher import GraphMatcher, OneofPattern, OpTypePattern
from reflow.framework import dtypes
from reflow.framework import ops
from reflow.framework import protos
from reflow.ops import array_ops
from reflow.ops import math_ops

_GRADIENT = 'FoldFusedBatchNormGrad'

# A fused normalization, what it belongs to, and the tensor that it replaces.
_Norm = collections.namedtuple('_Norm', 'op layer batch_to_space inputs weights beta output statistics')


def FoldBatchNorms(graph, is_training, freeze_batch_norm_delay=None):
    """Folds the batch normalizations behind convolutions, depthwise convolutions and products of matrices.

    After `freeze_batch_norm_delay` steps of training, moving averages stand still and are used. ValueError: the graph isn't as
    tf.contrib.layers makes it.
    """
    for norm in _find_fused(graph):
        scope, separator, _ = norm.layer.name.rpartition('/')
        with graph.as_default(), graph.name_scope(scope + separator):
            _fold_fused(graph, scope + separator, norm, freeze_batch_norm_delay)
    unfused_batch_norms.fold(graph, is_training, freeze_batch_norm_delay)


def _fold_fused(graph, scope, norm, freeze_batch_norm_delay):
    statistics, corrections, weights = norm.statistics, None, norm.weights
    with graph.name_scope(scope + 'BatchNorm_Fold/'):
        factor = statistics.gamma * math_ops.rsqrt(statistics.variance + statistics.epsilon)
        bias = math_ops.subtract(norm.beta, statistics.mean * factor, name='bias')
        if norm.op.get_attr('is_training'):
            corrections = corrections_of(statistics, '', freeze_batch_norm_delay)
        if norm.layer.type == 'DepthwiseConv2dNative':
            shape = layer_copies.depthwise_shape(weights)
            factor = array_ops.reshape(factor, shape, name='scale_reshape')
            if corrections:
                corrections = corrections._replace(
                    scale=array_ops.reshape(corrections.scale, shape, name='correction_reshape'))
    if corrections:
        weights = math_ops.multiply(corrections.scale, weights, name='correction_mult')
    weights = math_ops.multiply(weights, factor, name='mul_fold')
    result = layer_copies.copy_layer(norm.layer, norm.inputs, weights, _last(norm.layer) + '_Fold')
    if norm.layer.type == 'DepthwiseConv2dNative' and norm.batch_to_space:
        result = layer_copies.copy_batch_to_space(norm.batch_to_space, result, _last(norm.batch_to_space) + '_Fold')
    if corrections:
        result = math_ops.multiply(corrections.reciprocal, result, name='post_conv_mul')
        result = math_ops.add(result, corrections.offset, 'correction_add')
    if not common.RerouteTensor(math_ops.add(result, bias, name='add_fold'), norm.output):
        raise ValueError('Folding batch norms failed, %s had no outputs.' % norm.output.name)


def _last(op):
    return op.name.rpartition('/')[2]


def _find_fused(graph):
    """The fused normalizations of the graph, one a layer."""
    inputs, weights, gamma, beta, mean, variance = (OpTypePattern('*') for _ in range(6))
    layer = OpTypePattern('Conv2D|DepthwiseConv2dNative|MatMul', inputs=[inputs, weights])
    batch_to_space = OpTypePattern('BatchToSpaceND', inputs=[layer, '*', '*'])
    identity = OpTypePattern('Identity', inputs=[OneofPattern([batch_to_space, layer])])
    result = OneofPattern([identity, layer, batch_to_space])
    reshaped = OpTypePattern('Reshape', inputs=[result, '*'])  # of a product of matrices, which gets four dimensions
    norm = OpTypePattern('FusedBatchNorm|FusedBatchNormV3',
                         inputs=[OneofPattern([reshaped, result]), gamma, beta, mean, variance])
    reshaped_back = OpTypePattern('Reshape', inputs=[norm, '*'])
    norms = {}
    for match in GraphMatcher(OneofPattern([reshaped_back, norm])).match_graph(graph):
        layer_op, op = match.get_op(layer), match.get_op(norm)
        output = op.outputs[0]
        if layer_op.type == 'MatMul':
            if match.get_op(reshaped_back) is None:
                continue
            output = match.get_op(reshaped_back).outputs[0]
        if not output.consumers():
            continue
        if op.get_attr('is_training'):
            statistics = _training_statistics(graph, op, match.get_tensor(layer), match.get_tensor(gamma))
        else:
            statistics = Statistics(match.get_tensor(gamma), match.get_tensor(mean), match.get_tensor(variance), None, None,
                                    None, None, op.get_attr('epsilon'))
        norms.setdefault(layer_op, _Norm(op, layer_op, match.get_op(batch_to_space), match.get_tensor(inputs),
                                         match.get_tensor(weights), match.get_tensor(beta), output, statistics))
    return norms.values()


def _number_of_values(x, mean):
    """How many values of x each of the means is of."""
    return math_ops.cast(array_ops.size(x) / array_ops.size(mean), dtypes.float32)


def _training_statistics(graph, op, layer_tensor, gamma):
    """The statistics of a normalization that is trained, whose gradient from now on is that of its mean and variance."""
    op._set_attr('_gradient_op_type', protos.message('tensorflow.AttrValue')(s=_GRADIENT.encode()))
    mean = op.outputs[1]
    scope, separator, _ = op.name.rpartition('/')
    with graph.as_default(), graph.name_scope(scope + separator):  # the op's variance is of n - 1 values
        n = _number_of_values(layer_tensor, mean)
        variance = math_ops.multiply(op.outputs[2], (n - 1) / n, name='Undo_Bessel_Correction')
    moving = {}
    for product in graph.get_operations():  # decay * (average - new value)
        if product.type == 'Mul' and product.inputs[0].op.type == 'Sub':
            average, new = product.inputs[0].op.inputs
            if new.op is op:
                moving[new.value_index] = average, product.inputs[1]
    (moving_mean, mean_decay), (moving_variance, variance_decay) = (moving.get(i, (None, None)) for i in (1, 2))
    return Statistics(gamma, mean, variance, moving_mean, moving_variance, mean_decay, variance_decay, op.get_attr('epsilon'))


@ops.RegisterGradient(_GRADIENT)
def _gradient(op, unused_grad_y, grad_mean, grad_var, unused_1, unused_2, unused_3=None):
    """The gradient of a normalization whose mean and variance alone are used."""
    x = op.inputs[0]
    n = _number_of_values(x, grad_mean)
    dmean = grad_mean / n
    dvariance = 2 * grad_var * (x - op.outputs[1])
    dvariance /= n - 1
    return dmean + dvariance, None, None, None, None
