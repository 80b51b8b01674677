"""Bijectors of vectors by networks: autoregressive flows, RealNVP, batch normalization."""

import numpy as np

from reflow.framework import constant_op
from reflow.framework import ops
from reflow.framework import tensor_shape
from reflow.layers import core
from reflow.layers import normalization
from reflow.ops import array_ops
from reflow.ops import clip_ops
from reflow.ops import control_flow_ops
from reflow.ops import init_ops
from reflow.ops import math_ops
from reflow.ops import nn
from reflow.ops import template
from reflow.ops import variable_scope
from reflow.ops.distributions import bijector

__all__ = ['BatchNormalization', 'MaskedAutoregressiveFlow', 'RealNVP', 'masked_autoregressive_default_template',
           'masked_dense', 'real_nvp_default_template']


def _scaled(x, shift, log_scale):
    if log_scale is not None:
        x *= math_ops.exp(log_scale)
    return x if shift is None else x + shift


def _unscaled(y, shift, log_scale):
    if shift is not None:
        y -= shift
    return y if log_scale is None else y * math_ops.exp(-log_scale)


class MaskedAutoregressiveFlow(bijector.Bijector):
    """y[i] = x[i] exp(log_scale[i]) + shift[i], of which log_scale[i] and shift[i] depend on y[0] to y[i - 1] alone.

    `shift_and_log_scale_fn` gives both for all of y at once, so that the inverse is one call and `forward` one for each
    number.
    """

    def __init__(self, shift_and_log_scale_fn, is_constant_jacobian=False, validate_args=False, unroll_loop=False, name=None):
        self._shift_and_log_scale_fn = shift_and_log_scale_fn
        self._unroll_loop = unroll_loop
        super().__init__(forward_min_event_ndims=1, is_constant_jacobian=is_constant_jacobian, validate_args=validate_args,
                         name=name or 'masked_autoregressive_flow')

    def _forward(self, x):
        static_size = x.shape.with_rank_at_least(1)[-1].value
        if self._unroll_loop:
            if static_size is None:
                raise ValueError('The final dimension of `x` must be known at graph construction time if `unroll_loop=True`. '
                                 '`x.shape: %r`' % x.shape)
            y = array_ops.zeros_like(x, name='y0')
            for _ in range(static_size):
                y = _scaled(x, *self._shift_and_log_scale_fn(y))
            return y
        size = array_ops.shape(x)[-1]
        first = array_ops.zeros_like(x, name='y0')
        self._shift_and_log_scale_fn(first)  # makes its variables outside the loop

        def step(index, y):
            with variable_scope.variable_scope(variable_scope.get_variable_scope()) as scope:
                if scope.caching_device is None:
                    scope.set_caching_device(lambda op: op.device)
                shift, log_scale = self._shift_and_log_scale_fn(y)
            scaled = _scaled(x, shift, log_scale)
            return index + 1, scaled

        return control_flow_ops.while_loop(lambda index, _: index < size, step, (0, first),
                                           maximum_iterations=static_size)[1]

    def _inverse(self, y):
        return _unscaled(y, *self._shift_and_log_scale_fn(y))

    def _inverse_log_det_jacobian(self, y):
        _, log_scale = self._shift_and_log_scale_fn(y)
        if log_scale is None:
            return constant_op.constant(0., dtype=y.dtype, name='ildj')
        return -math_ops.reduce_sum(log_scale, axis=-1)


def _known_depth(x):
    depth = x.shape.with_rank_at_least(1)[-1].value
    if depth is None:
        raise NotImplementedError('Rightmost dimension must be known prior to graph execution.')
    return depth


def _autoregressive_mask(num_blocks, rows, columns, exclusive):
    """Of a kernel of [rows, columns]: ones from where a block of rows begins (or ends, if `exclusive`) on."""
    mask = np.zeros([rows, columns], dtype=np.float32)
    height, width = rows // num_blocks, columns // num_blocks
    for block in range(num_blocks):
        mask[block * height:(block + 1) * height, (block + (1 if exclusive else 0)) * width:] = 1
    return mask


def masked_dense(inputs, units, num_blocks=None, exclusive=False, kernel_initializer=None, reuse=None, name=None, *args,
                 **kwargs):
    """A dense layer in which a block of units depends on the blocks of inputs up to its own, or before it."""
    mask = _autoregressive_mask(num_blocks, _known_depth(inputs), units, exclusive)
    if kernel_initializer is None:
        kernel_initializer = init_ops.glorot_normal_initializer()

    def masked_initializer(shape, dtype=None, partition_info=None):
        return mask * kernel_initializer(shape, dtype, partition_info)

    with ops.name_scope(name, 'masked_dense', [inputs, units, num_blocks]):
        layer = core.Dense(units, *args, kernel_initializer=masked_initializer, kernel_constraint=lambda x: mask * x,
                           name=name, dtype=inputs.dtype.base_dtype, _scope=name, _reuse=reuse, **kwargs)
        return layer.apply(inputs)


def masked_autoregressive_default_template(hidden_layers, shift_only=False, activation=nn.relu, log_scale_min_clip=-5.,
                                           log_scale_max_clip=3., log_scale_clip_gradient=False, name=None, *args, **kwargs):
    """A template of masked dense layers that gives shift and log_scale for MaskedAutoregressiveFlow."""
    name = name or 'masked_autoregressive_default_template'
    with ops.name_scope(name, values=[log_scale_min_clip, log_scale_max_clip]):
        def network(x):
            depth = _known_depth(x)
            shape = np.int32(x.shape.as_list()) if x.shape.is_fully_defined() else array_ops.shape(x)
            for i, units in enumerate(hidden_layers):
                x = masked_dense(*args, inputs=x, units=units, num_blocks=depth, exclusive=i == 0, activation=activation,
                                 **kwargs)
            x = masked_dense(*args, inputs=x, units=(1 if shift_only else 2) * depth, num_blocks=depth, activation=None,
                             **kwargs)
            if shift_only:
                return array_ops.reshape(x, shape=shape), None
            x = array_ops.reshape(x, shape=array_ops.concat([shape, [2]], axis=0))
            shift, log_scale = array_ops.unstack(x, num=2, axis=-1)
            clip = clip_ops.clip_by_value if log_scale_clip_gradient else _clip_without_gradient
            return shift, clip(log_scale, log_scale_min_clip, log_scale_max_clip)

        return template.make_template(name, network)


def _clip_without_gradient(x, clip_value_min, clip_value_max, name=None):
    """`clip_by_value`, through which gradients go as if it weren't there."""
    with ops.name_scope(name, 'clip_by_value_preserve_grad', [x, clip_value_min, clip_value_max]):
        clipped = clip_ops.clip_by_value(x, clip_value_min, clip_value_max)
        return x + array_ops.stop_gradient(clipped - x)


class RealNVP(bijector.Bijector):
    """Vectors whose first `num_masked` numbers stay, and say how the others are scaled and shifted."""

    def __init__(self, num_masked, shift_and_log_scale_fn, is_constant_jacobian=False, validate_args=False, name=None):
        if num_masked <= 0:
            raise ValueError('num_masked must be a positive integer.')
        self._num_masked = num_masked
        self._input_depth = None
        self._shift_and_log_scale_fn = shift_and_log_scale_fn
        super().__init__(forward_min_event_ndims=1, is_constant_jacobian=is_constant_jacobian, validate_args=validate_args,
                         name=name or 'real_nvp')

    def _kept(self, x):
        """The numbers that stay."""
        if self._input_depth is None:
            self._input_depth = _known_depth(x)
            if self._num_masked >= self._input_depth:
                raise ValueError('Number of masked units must be smaller than the event size.')
        return x[:, :self._num_masked]

    def _shift_and_log_scale(self, kept):
        return self._shift_and_log_scale_fn(kept, self._input_depth - self._num_masked)

    def _forward(self, x):
        kept, changed = self._kept(x), x[:, self._num_masked:]
        return array_ops.concat([kept, _scaled(changed, *self._shift_and_log_scale(kept))], axis=-1)

    def _inverse(self, y):
        kept, changed = self._kept(y), y[:, self._num_masked:]
        return array_ops.concat([kept, _unscaled(changed, *self._shift_and_log_scale(kept))], axis=-1)

    def _inverse_log_det_jacobian(self, y):
        _, log_scale = self._shift_and_log_scale(self._kept(y))
        if log_scale is None:
            return constant_op.constant(0., dtype=y.dtype, name='ildj')
        return -math_ops.reduce_sum(log_scale, axis=-1)

    def _forward_log_det_jacobian(self, x):
        _, log_scale = self._shift_and_log_scale(self._kept(x))
        if log_scale is None:
            return constant_op.constant(0., dtype=x.dtype, name='fldj')
        return math_ops.reduce_sum(log_scale, axis=-1)


def real_nvp_default_template(hidden_layers, shift_only=False, activation=nn.relu, name=None, *args, **kwargs):
    """A template of dense layers that gives shift and log_scale for RealNVP."""
    with ops.name_scope(name, 'real_nvp_default_template'):
        def network(x, output_units):
            for units in hidden_layers:
                x = core.dense(*args, inputs=x, units=units, activation=activation, **kwargs)
            x = core.dense(*args, inputs=x, units=(1 if shift_only else 2) * output_units, activation=None, **kwargs)
            if shift_only:
                return x, None
            shift, log_scale = array_ops.split(x, 2, axis=-1)
            return shift, log_scale

        return template.make_template('real_nvp_default_template', network)


class BatchNormalization(bijector.Bijector):
    """The inverse of a layer of batch normalization: y is normalised to x."""

    def __init__(self, batchnorm_layer=None, training=True, validate_args=False, name='batch_normalization'):
        self.batchnorm = batchnorm_layer or normalization.BatchNormalization(
            gamma_constraint=lambda gamma: nn.relu(gamma) + 1e-6)
        if not isinstance(self.batchnorm, normalization.BatchNormalization):
            raise ValueError('batchnorm_layer must be an instance of BatchNormalization layer.')
        if self.batchnorm.renorm:
            raise ValueError('BatchNorm Bijector does not support renormalization.')
        if self.batchnorm.virtual_batch_size:
            raise ValueError('BatchNorm Bijector does not support virtual batch sizes.')
        self._training = training
        axis = self.batchnorm.axis
        super().__init__(forward_min_event_ndims=1 if isinstance(axis, int) else len(axis), validate_args=validate_args,
                         name=name)

    def _build(self, x):
        if not x.shape.is_fully_defined():
            raise ValueError('Input must have shape known at graph construction.')
        if not self.batchnorm.built:
            self.batchnorm.build(x.shape)

    def _forward(self, x):
        self._build(x)
        ndims, axis = x.shape.ndims, self.batchnorm.axis
        is_last = [i for i in range(ndims) if i not in axis] == list(range(ndims - 1))
        shape = [tensor_shape.dimension_value(x.shape[i]) if i == axis[0] else 1 for i in range(ndims)]

        def broadcast(value):
            return value if is_last or value.shape.ndims == ndims else array_ops.reshape(value, shape)

        layer = self.batchnorm
        mean, variance = broadcast(layer.moving_mean), broadcast(layer.moving_variance)
        offset = broadcast(layer.beta) if layer.center else None
        scale = broadcast(layer.gamma) if layer.scale else None
        with ops.name_scope(None, 'undo_batchnorm', [x, mean, variance, scale, offset]):
            rescale = math_ops.sqrt(variance + layer.epsilon)
            if scale is not None:
                rescale /= scale
            return x * rescale + (mean if offset is None else mean - offset * rescale)

    def _inverse(self, y):
        return self.batchnorm.apply(y, training=self._training)

    def _forward_log_det_jacobian(self, x):
        return -self._inverse_log_det_jacobian(x, use_saved_statistics=True)

    def _inverse_log_det_jacobian(self, y, use_saved_statistics=False):
        self._build(y)
        if use_saved_statistics or not self._training:
            variance = self.batchnorm.moving_variance
        else:
            axes = [i for i in range(y.shape.ndims) if i not in self.batchnorm.axis]
            _, variance = nn.moments(y, axes=axes, keep_dims=True)
        log_variance = math_ops.log(variance + self.batchnorm.epsilon)
        log_gamma = math_ops.reduce_sum(math_ops.log(self.batchnorm.gamma))
        return log_gamma - .5 * math_ops.reduce_sum(log_variance)
