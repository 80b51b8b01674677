"""Tensors rounded to few values between a least and a largest one, which are learnt."""

from reflow.framework import ops
from reflow.ops import array_ops
from reflow.ops import init_ops
from reflow.ops import math_ops
from reflow.ops import state_ops
from reflow.ops import variable_scope
from reflow.training import moving_averages


def FixedQuantize(inputs, init_min=-6.0, init_max=6.0, scope=None):
    """`inputs` rounded to 256 values from `init_min` to `init_max`."""
    with ops.name_scope(scope, 'FixedQuantize', values=[inputs]):
        return array_ops.fake_quant_with_min_max_args(inputs, min=init_min, max=init_max)


def LastValueQuantize(inputs, per_channel=False, init_min=-6.0, init_max=6.0, vars_collection=None, name_prefix='LastValueQuant',
                      reuse=None, is_training=True, num_bits=8, narrow_range=False, symmetric=False):
    """`inputs` rounded to values from the least to the largest of them, which variables remember.

    per_channel: the last axis has a range each. narrow_range: one value less, so that they may be symmetric. symmetric: around
    zero. reuse: variables that are there already are taken.
    """
    def update(min_var, max_var, least, largest):
        least = state_ops.assign(min_var, least, name='AssignMinLast')
        return least, state_ops.assign(max_var, largest, name='AssignMaxLast')

    return _quantize(inputs, update, per_channel, init_min, init_max, vars_collection, name_prefix, reuse, is_training, num_bits,
                     narrow_range, symmetric)


def MovingAvgQuantize(inputs, per_channel=False, init_min=-6.0, init_max=6.0, ema_decay=0.999,
                      vars_collection=ops.GraphKeys.MOVING_AVERAGE_VARIABLES, name_prefix='MovingAvgQuantize', reuse=None,
                      is_training=True, num_bits=8, narrow_range=False, symmetric=False):
    """As LastValueQuantize() with moving averages of the least and the largest."""
    def update(min_var, max_var, least, largest):
        least = moving_averages.assign_moving_average(min_var, least, ema_decay, name='AssignMinEma')
        return least, moving_averages.assign_moving_average(max_var, largest, ema_decay, name='AssignMaxEma')

    return _quantize(inputs, update, per_channel, init_min, init_max, vars_collection, name_prefix, reuse, is_training, num_bits,
                     narrow_range, symmetric)


def _quantize(inputs, update, per_channel, init_min, init_max, vars_collection, name_prefix, reuse, is_training, num_bits,
              narrow_range, symmetric):
    with variable_scope.variable_scope(None, default_name=name_prefix, values=[inputs], reuse=reuse) as scope:
        scope.set_partitioner(None)
        shape = inputs.get_shape()
        if per_channel:
            assert len(shape) in (1, 2, 4), ('Expected 1D, 2D or 4D input, was: %s in  scope: %s' % (shape, name_prefix))
        collections = ([vars_collection] if vars_collection else []) + [ops.GraphKeys.GLOBAL_VARIABLES]
        limits = [variable_scope.get_variable(
            name, shape=[shape[-1]] if per_channel else [], initializer=init_ops.constant_initializer(value),
            collections=list(collections), trainable=False, aggregation=variable_scope.VariableAggregation.MEAN)
            for name, value in (('min', init_min), ('max', init_max))]
        if is_training:
            limits = update(*limits, *_range(inputs, per_channel, -1 if narrow_range else -((1 << num_bits) - 2) / (1 << num_bits),
                                             symmetric))
        fake_quant = (array_ops.fake_quant_with_min_max_vars_per_channel if per_channel
                      else array_ops.fake_quant_with_min_max_vars)
        return fake_quant(inputs, *limits, num_bits=num_bits, narrow_range=narrow_range)


def _range(inputs, per_channel, ratio, symmetric):
    """The least and the largest value, with zero between; symmetric: they are as `ratio` to one."""
    if per_channel and len(inputs.get_shape()) == 1:
        least = largest = inputs
    else:
        axes = list(range(len(inputs.get_shape()) - 1)) if per_channel else None
        least = math_ops.reduce_min(inputs, axis=axes, name='BatchMin')
        largest = math_ops.reduce_max(inputs, axis=axes, name='BatchMax')
    if not symmetric:
        return math_ops.minimum(least, 0.0), math_ops.maximum(largest, 0.0)
    lower = math_ops.minimum(least, largest / ratio)
    return lower, math_ops.maximum(largest, least * ratio)
