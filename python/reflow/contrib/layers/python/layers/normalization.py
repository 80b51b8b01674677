"""Normalisation of single examples: of each channel, or of groups of channels."""

from reflow.contrib.framework.python.ops.arg_scope import add_arg_scope
from reflow.contrib.layers.python.layers import layer_variables
from reflow.framework import ops
from reflow.ops import array_ops
from reflow.ops import init_ops
from reflow.ops import math_ops
from reflow.ops import nn
from reflow.ops import variable_scope

__all__ = ['group_norm', 'instance_norm']


def _parameters(wanted, shape, broadcast, dtype, initializers, collections, trainable):
    """(beta, gamma), each None where it isn't wanted, in a shape that is broadcast."""
    defaults = {'beta': init_ops.zeros_initializer(), 'gamma': init_ops.ones_initializer()}
    result = []
    for name in ('beta', 'gamma'):
        value = None
        if wanted[name]:
            value = layer_variables.model_variable(name, collections, shape=shape, dtype=dtype, trainable=trainable,
                                                   initializer=(initializers or {}).get(name, defaults[name]))
            if broadcast:
                value = array_ops.reshape(value, broadcast)
        result.append(value)
    return result


@add_arg_scope
def instance_norm(inputs, center=True, scale=True, epsilon=1e-6, activation_fn=None, param_initializers=None, reuse=None,
                  variables_collections=None, outputs_collections=None, trainable=True,
                  data_format=layer_variables.DATA_FORMAT_NHWC, scope=None):
    """Normalises each channel of each example. Ulyanov and others, arXiv 1607.08022."""
    inputs = ops.convert_to_tensor(inputs)
    shape = inputs.shape
    if shape.ndims is None:
        raise ValueError('Inputs %s has undefined rank.' % inputs.name)
    layer_variables.check_format(data_format)
    with variable_scope.variable_scope(scope, 'InstanceNorm', [inputs], reuse=reuse) as sc:
        axis, broadcast = shape.ndims - 1, None
        if data_format == layer_variables.DATA_FORMAT_NCHW:
            axis, broadcast = 1, [1, shape.dims[1].value] + [1] * (shape.ndims - 2)
        params_shape = shape[axis:axis + 1]
        if not params_shape.is_fully_defined():
            raise ValueError('Inputs %s has undefined channels dimension %s.' % (inputs.name, params_shape))
        beta, gamma = _parameters({'beta': center, 'gamma': scale}, params_shape, broadcast, inputs.dtype.base_dtype,
                                  param_initializers, variables_collections, trainable)
        mean, variance = nn.moments(inputs, [i for i in range(1, shape.ndims) if i != axis], keep_dims=True)
        outputs = nn.batch_normalization(inputs, mean, variance, beta, gamma, epsilon, name='instancenorm')
        return layer_variables.finished(outputs, outputs_collections, sc.name, activation_fn)


@add_arg_scope
def group_norm(inputs, groups=32, channels_axis=-1, reduction_axes=(-3, -2), center=True, scale=True, epsilon=1e-6,
               activation_fn=None, param_initializers=None, reuse=None, variables_collections=None,
               outputs_collections=None, trainable=True, scope=None, mean_close_to_zero=False):
    """Normalises groups of channels of each example. Wu and He, arXiv 1803.08494."""
    inputs = ops.convert_to_tensor(inputs)
    rank = inputs.shape.ndims
    if rank is None:
        raise ValueError('Inputs %s has undefined rank.' % inputs.name)
    if channels_axis > rank - 1:
        raise ValueError('Axis is out of bounds.')
    dynamic = array_ops.shape(inputs)
    sizes = [dynamic[i] if size.value is None else size.value for i, size in enumerate(inputs.shape.dims)]
    axis = rank + channels_axis if channels_axis < 0 else channels_axis
    channels = inputs.shape.dims[axis].value
    if channels is None:
        raise ValueError('Inputs %s has undefined channel dimension: %d.' % (inputs.name, axis))
    reduction_axes = [each + rank if each < 0 else each for each in reduction_axes]
    for each in reduction_axes:
        if each > rank:
            raise ValueError('Axis is out of bounds.')
        if inputs.shape.dims[each].value is None:
            raise ValueError('Inputs %s has undefined dimensions %d.' % (inputs.name, each))
        if axis == each:
            raise ValueError('reduction_axis must be mutually exclusive with channels_axis')
    if groups > channels:
        raise ValueError('Invalid groups %d for %d channels.' % (groups, channels))
    if channels % groups != 0:
        raise ValueError('%d channels is not commensurate with %d groups.' % (channels, groups))
    grouped = [groups, channels // groups]
    inputs = array_ops.reshape(inputs, sizes[:axis] + grouped + sizes[axis + 1:])
    moments_axes = [axis + 1] + [each + 1 if each > axis else each for each in reduction_axes]
    with variable_scope.variable_scope(scope, 'GroupNorm', [inputs], reuse=reuse) as sc:
        broadcast = [1] * axis + grouped + [1] * (rank - axis - 1)
        beta, gamma = _parameters({'beta': center, 'gamma': scale}, [channels], broadcast, inputs.dtype.base_dtype,
                                  param_initializers, variables_collections, trainable)
        if mean_close_to_zero:
            counts, means, squares, _ = nn.sufficient_statistics(inputs, moments_axes, keep_dims=True)
            mean, variance = nn.normalize_moments(counts, means, squares, shift=None)
        else:
            mean, variance = nn.moments(inputs, moments_axes, keep_dims=True)
        factor = math_ops.rsqrt(variance + epsilon)
        shift = -mean * factor
        if gamma is not None:
            factor, shift = [value * gamma for value in (factor, shift)]
        shift = shift if beta is None else shift + beta
        outputs = array_ops.reshape(inputs * factor + shift, sizes)
        return layer_variables.finished(outputs, outputs_collections, sc.name, activation_fn)
