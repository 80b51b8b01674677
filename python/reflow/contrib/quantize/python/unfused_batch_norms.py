"""Batch normalizations made of single ops, folded. They are known by the names that tf.contrib.layers gives them."""

from reflow.contrib.quantize.python import common
from reflow.contrib.quantize.python import input_to_ops
from reflow.contrib.quantize.python import layer_copies
from reflow.contrib.quantize.python.batch_norm_corrections import Statistics, corrections_of
from reflow.framework import ops
from reflow.ops import array_ops
from reflow.ops import math_ops
from reflow.ops import variable_scope

_NORM = 'BatchNorm/batchnorm_1/'


def fold(graph, is_training, freeze_batch_norm_delay):
    """Folds the normalizations of single ops. ValueError: what follows one is neither an activation nor an addition."""
    consumers = input_to_ops.InputToOps(graph)
    for context in common.BatchNormGroups(graph):
        # With gamma, the root is multiplied once, and the product then twice; without, the root itself twice.
        root = graph.get_operation_by_name(context + _NORM + 'Rsqrt')
        has_scaling = sum(op.type == 'Mul' for op in consumers.ConsumerOperations(root)) == 1
        original = graph.get_operation_by_name(context + _NORM + 'add_1').outputs[0]
        if not original.consumers():
            continue
        folded = _folded(graph, context, has_scaling, is_training, freeze_batch_norm_delay)
        consumer = common.GetEndpointActivationOp(graph, context)
        if consumer is None:  # the addition of a bypass, one scope further out
            scope = common.ScopeOf(common.ScopeOf(context))
            consumer = graph.get_operation_by_name(scope + '/AddV2' if scope else 'AddV2')
        if common.RerouteTensor(folded, original, can_modify=[consumer]) != 1:
            raise ValueError('Unexpected inputs to op: %s' % consumer.name)


def _folded(graph, context, has_scaling, is_training, freeze_batch_norm_delay):
    """What the normalization gives, by a copy of the layer before whose weights are scaled."""
    product = graph.get_operation_by_name(context + _NORM + ('mul_1' if has_scaling else 'mul'))
    layer, batch_to_space = product.inputs[0].op, None
    if layer.type == 'BatchToSpaceND':
        batch_to_space, layer = layer, layer.inputs[0].op
    weights, factor, corrections = layer.inputs[1], product.inputs[1], None
    statistics = _statistics(graph, context, has_scaling)
    if is_training:
        corrections = corrections_of(statistics, context, freeze_batch_norm_delay)
    if layer.type == 'DepthwiseConv2dNative':
        shape = layer_copies.depthwise_shape(weights)
        scale = graph.get_operation_by_name(context + _NORM + ('mul' if has_scaling else 'Rsqrt')).outputs[0]
        factor = array_ops.reshape(scale, shape, context + 'scale_reshape')
        if corrections:
            corrections = corrections._replace(
                scale=array_ops.reshape(corrections.scale, shape, context + 'correction_reshape'))
    elif layer.type not in ('Conv2D', 'MatMul'):
        raise ValueError('Cannot handle operation of type: %s' % layer.type)
    if corrections:
        with ops.device(product.device):
            weights = math_ops.multiply(corrections.scale, weights, context + 'correction_mult')
    scaled = math_ops.multiply(weights, factor, name=context + 'mul_fold')
    _check_shapes('mul_fold', weights, scaled)
    _check_layer(layer, scaled)
    result = layer_copies.copy_layer(layer, layer.inputs[0], scaled, layer.name + '_Fold')
    device = result.device
    if batch_to_space:
        result = layer_copies.copy_batch_to_space(batch_to_space, result, batch_to_space.name + '_Fold')
    if corrections:
        with ops.device(device):
            result = math_ops.multiply(corrections.reciprocal, result, context + 'post_conv_mul')
            result = math_ops.add(result, corrections.offset, context + 'correction_add')
    bias = graph.get_operation_by_name(context + _NORM + 'add_1').inputs[1]
    folded = math_ops.add(result, bias, name=context + 'add_fold')
    _check_shapes('add_fold', result, folded)
    return folded


def _check_layer(layer, weights):
    shape, weights_shape = layer.inputs[0].get_shape(), weights.get_shape()
    rank, axis, weights_axis = (2, 1, 0) if layer.type == 'MatMul' else (4, 3, 2)
    if len(shape) != rank or len(weights_shape) != rank or shape[axis] != weights_shape[weights_axis]:
        raise ValueError('Incompatible shapes for op %s inputs: %s and %s' % (layer.name, shape, weights_shape))


def _check_shapes(name, before, after):
    if not before.get_shape().is_compatible_with(after.get_shape()):
        raise ValueError('%s should not change tensor shape: input %s, output %s'
                         % (name, before.get_shape(), after.get_shape()))


def _statistics(graph, context, has_scaling):
    if variable_scope.get_variable_scope().use_resource:
        gamma, moving_mean, moving_variance = (
            name + '/Read/ReadVariableOp' for name in ('gamma', 'moving_mean', 'moving_variance'))
    else:
        gamma, moving_mean, moving_variance = 'gamma', 'moving_mean/read', 'moving_variance/read'

    def find(name):
        return _best_match(graph, 'BatchNorm/' + name, context)

    moving_mean = find(moving_mean)
    return Statistics(find(gamma) if has_scaling else array_ops.ones(moving_mean.shape), find('moments/Squeeze'),
                      find('moments/Squeeze_1'), moving_mean, find(moving_variance), find('AssignMovingAvg/decay'),
                      find('AssignMovingAvg_1/decay'), find('batchnorm_1/add/y'))


def _best_match(graph, suffix, context):
    """The tensor whose name ends so and shares most scopes with `context`, some of which may stand there twice; or None."""
    scopes = set(context.split('/'))
    found = {}
    for op in graph.get_operations():
        if op.name.endswith(suffix):
            shared = len(scopes.intersection(op.name.split('/')))
            if shared or not context:
                found[op] = shared
    return max(found, key=found.get).outputs[0] if found else None
