"""Batch renormalisation: batches are normalised as if with the moving statistics. Ioffe, arXiv 1702.03275."""

from reflow.framework import ops
from reflow.framework import smart_cond as smart
from reflow.ops import array_ops
from reflow.ops import math_ops
from reflow.ops import nn


def add_statistics(layer, shape):
    """Makes the variables of a BatchNormalization with renorm."""
    def stddev_initializer(*args, **kwargs):
        return math_ops.sqrt(layer.moving_variance_initializer(*args, **kwargs))

    with ops.colocate_with(layer.moving_variance):
        layer.moving_stddev = layer._statistic('moving_stddev', shape, stddev_initializer)
    with ops.colocate_with(layer.moving_mean):
        layer.renorm_mean = layer._statistic('renorm_mean', shape, layer.moving_mean_initializer)
    with ops.colocate_with(layer.moving_stddev):
        layer.renorm_stddev = layer._statistic('renorm_stddev', shape, stddev_initializer)


def _between(low, value, high):
    if low is not None:
        value = math_ops.maximum(value, low)
    return value if high is None else math_ops.minimum(value, high)


def correction_and_moments(layer, mean, variance, training):
    """(scale, offset) that a batch is corrected by, and its (mean, variance) after the updates."""
    stddev = math_ops.sqrt(variance + layer.epsilon)
    renorm_mean = layer.renorm_mean
    renorm_stddev = math_ops.maximum(layer.renorm_stddev, math_ops.sqrt(layer.epsilon))
    r = stddev / renorm_stddev
    d = (mean - renorm_mean) / renorm_stddev
    with ops.control_dependencies([r, d]):
        mean = array_ops.identity(mean)
        stddev = array_ops.identity(stddev)
    rmin, rmax, dmax = [layer.renorm_clipping.get(key) for key in ('rmin', 'rmax', 'dmax')]
    r = _between(rmin, r, rmax)
    d = _between(None if dmax is None else -dmax, d, dmax)
    r, d = [smart.smart_cond(training, lambda value=value: value, lambda value=value, neutral=neutral: neutral(value))
            for value, neutral in ((r, array_ops.ones_like), (d, array_ops.zeros_like))]

    def updated(variable, value):
        value = array_ops.identity(value)
        return smart.smart_cond(
            training, lambda: layer._assign_moving_average(variable, value, layer.renorm_momentum),
            lambda: array_ops.identity(variable))

    with ops.control_dependencies([updated(layer.renorm_mean, mean), updated(layer.renorm_stddev, stddev)]):
        return r, d, array_ops.identity(mean), array_ops.identity(variance)


def update_variance(layer, variance):
    """Updates the moving deviation, and the moving variance by that."""
    stddev = layer._assign_moving_average(layer.moving_stddev, math_ops.sqrt(variance + layer.epsilon), layer.momentum)
    return layer._assign_new_value(layer.moving_variance, nn.relu(stddev * stddev - layer.epsilon))
