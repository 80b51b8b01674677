"""Weights and activations of a graph rounded as a graph of integers will round them."""

import functools

from reflow.contrib.quantize.python import common
from reflow.contrib.quantize.python import input_to_ops
from reflow.contrib.quantize.python import layer_matches
from reflow.contrib.quantize.python import quant_ops
from reflow.framework import ops
from reflow.ops import control_flow_ops
from reflow.ops import math_ops
from reflow.platform import tf_logging as logging

_ADDITIONS = ('Add', 'AddV2', 'Mul')
_PASSING_ON = ('Reshape', 'Identity', 'BatchToSpaceND', 'SpaceToBatchND', 'MaxPool', 'Max')
_FAKE_QUANTS = ('FakeQuantWithMinMaxVars', 'FakeQuantWithMinMaxArgs', 'FakeQuantWithMinMaxVarsPerChannel')


def Quantize(graph, is_training, weight_bits=8, activation_bits=8, symmetric=False, ema_decay=0.999, quant_delay=None,
             vars_collection=ops.GraphKeys.GLOBAL_VARIABLES, scope=None):
    """Rounds weights, activations, sums with bypasses and what goes into these, of layers and between them.

    Activations have `activation_bits` between moving averages (of `ema_decay`) of their limits, weights `weight_bits` between
    their own; variables of these also go to `vars_collection`. Nothing is rounded for `quant_delay` steps, nor outside `scope`.
    """
    if scope and not scope.endswith('/'):
        scope += '/'
    insert = functools.partial(_insert, is_training=is_training, ema_decay=ema_decay, quant_delay=quant_delay,
                               vars_collection=vars_collection)
    insert_activation = functools.partial(insert, bits=activation_bits, symmetric=symmetric)
    consumers = input_to_ops.InputToOps(graph).ConsumerOperations
    done = set()
    for layer in layer_matches.find(graph):
        context = common.ScopeOf(layer.layer.name)
        if layer.weights is not None:
            insert(context, 'weights_quant', layer.weights.op, consumers(layer.weights.op), moving_avg=False, bits=weight_bits,
                   symmetric=symmetric, narrow_range=True, consumer_scope=scope)
        # An activation after a bypass is outside of the layer.
        outer = common.ScopeOf(context) if layer.bypass else context
        insert_activation(outer, 'act_quant', layer.activation, consumers(layer.activation), init_min=0.0, producer_scope=scope)
        done.add(layer.activation)
        if layer.bypass is not None:
            insert_activation(context, 'conv_quant', layer.bias_add, consumers(layer.bias_add), producer_scope=scope,
                              consumer_scope=scope)
            done.add(layer.bias_add)
            if not _is_activated(layer.bypass, consumers, ('Relu', 'Relu6', 'Identity')):
                insert_activation(outer, 'add_quant', layer.bypass, consumers(layer.bypass), producer_scope=scope,
                                  consumer_scope=scope)
                done.add(layer.bypass)
        late = layer.post_activation_bypass
        if late is not None and not _is_activated(late, consumers, ('Relu', 'Relu6')):
            insert_activation(common.ScopeOf(late.name), 'post_activation_bypass_quant', late, consumers(late),
                              producer_scope=scope)
            done.add(late)
    consumers = input_to_ops.InputToOps(graph).ConsumerOperations
    for op in graph.get_operations():
        if _is_between_rounded(op, done):
            logging.info('Inserting fake quant op activation_%s_quant after %s', op.type, op.name)
            insert(op.name, 'activation_' + op.type + '_quant', op, consumers(op), bits=activation_bits, producer_scope=scope)


def _is_activated(op, consumers, activations):
    """Whether an activation follows, into which the op will be fused."""
    found = any(consumer.type in activations for consumer in consumers(op))
    if found:
        logging.info('Skipping %s, because its followed by an activation.', op.name)
    return found


def _is_between_rounded(op, done):
    """Whether an addition or product isn't rounded yet, but what goes into it is, directly or through another."""
    if op in done or op.type not in _ADDITIONS:
        return False
    if len(op.outputs) == 1 and len(op.outputs[0].consumers()) == 1 and op.outputs[0].consumers()[0].type in ('Relu', 'Relu6'):
        logging.info('Skipping quant after %s', op.name)
        return False
    for tensor in op.inputs:
        source = tensor.op
        while source.type in _PASSING_ON:
            source = source.inputs[0].op
        if source.type == 'FakeQuantWithMinMaxVars' or source.name.find('delayed_quant/Merge') > 0:
            return True
        if source.type in _ADDITIONS and any(_is_between_rounded(before.op, done) for before in source.inputs):
            return True
    return False


def _is_rounded(tensor):
    """Whether what takes the tensor rounds it."""
    return any(op.type in _FAKE_QUANTS or op.type in ('Reshape', 'Identity') and any(map(_is_rounded, op.outputs))
               for op in tensor.consumers())


def _insert(context, name, producer, consumers, *, bits, is_training, ema_decay, quant_delay, vars_collection, symmetric=False,
            moving_avg=True, narrow_range=False, init_min=-6.0, producer_scope=None, consumer_scope=None):
    """Has `consumers` take the first output of `producer` rounded. Not if one isn't in the scope given for it."""
    if producer_scope and not producer.name.startswith(producer_scope):
        logging.info('_InsertQuantOp ignores context="%s" name="%s" because producer "%s" is not in scope "%s"',
                     context, name, producer.name, producer_scope)
        return
    for consumer in consumers if consumer_scope else ():
        if not consumer.name.startswith(consumer_scope):
            logging.info('_InsertQuantOp context="%s" name="%s" ignores consumer "%s" because it is not in scope "%s"',
                         context, name, consumer.name, consumer_scope)
            return
    prefix = context + '/' + name if context else name
    if ops.get_name_scope():
        prefix = common.DropStringPrefix(prefix, ops.get_name_scope() + '/')
    inputs = producer.outputs[0]
    if _is_rounded(inputs):  # bypasses belong to several layers
        return
    options = dict(init_min=init_min, is_training=is_training, num_bits=bits, symmetric=symmetric,
                   narrow_range=narrow_range, vars_collection=vars_collection, name_prefix=prefix)
    if moving_avg:
        rounded = quant_ops.MovingAvgQuantize(inputs, ema_decay=ema_decay, **options)
    else:
        rounded = quant_ops.LastValueQuantize(inputs, **options)
    if quant_delay and quant_delay > 0:
        is_active = math_ops.greater_equal(common.CreateOrGetQuantizationStep(), quant_delay, name=prefix + '/activate_quant')
        now = rounded
        rounded = control_flow_ops.cond(is_active, lambda: now, lambda: inputs, name=prefix + '/delayed_quant')
    if consumers and common.RerouteTensor(rounded, inputs, can_modify=consumers) < len(consumers):
        raise ValueError('No inputs quantized for ops: [%s]' % ', '.join(consumer.name for consumer in consumers))
