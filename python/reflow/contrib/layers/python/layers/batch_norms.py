"""Normalisation of batches and of layers."""

from reflow.contrib.framework.python.ops.arg_scope import add_arg_scope
from reflow.contrib.layers.python.layers import layer_variables
from reflow.contrib.layers.python.layers import utils
from reflow.framework import constant_op
from reflow.framework import dtypes
from reflow.framework import ops
from reflow.layers import normalization as normalization_layers
from reflow.ops import array_ops
from reflow.ops import init_ops
from reflow.ops import nn
from reflow.ops import variable_scope
from reflow.training import moving_averages

_INITIALIZERS = {'beta': init_ops.zeros_initializer(), 'gamma': init_ops.ones_initializer(),
                 'moving_mean': init_ops.zeros_initializer(), 'moving_variance': init_ops.ones_initializer()}


class _Parameters:
    """The variables of a batch normalisation that isn't a layer of tf.layers."""

    def __init__(self, shape, dtype, center, scale, initializers, regularizers, collections, trainable, constants):
        def variable(name, trained):
            return layer_variables.model_variable(
                name, collections, shape=shape, dtype=dtype, initializer=initializers.get(name, _INITIALIZERS[name]),
                regularizer=regularizers.get(name), trainable=trained)

        def constant(value):
            return constant_op.constant(value, dtype=dtype, shape=shape) if constants else None

        self.beta = variable('beta', trainable) if center else constant(0.0)
        self.gamma = variable('gamma', trainable) if scale else constant(1.0)
        with variable_scope.variable_scope(variable_scope.get_variable_scope()) as local_scope:
            local_scope.set_partitioner(None)
            self.moving_mean = variable('moving_mean', False)
            self.moving_variance = variable('moving_variance', False)


def _updates(parameters, mean, variance, decay, zero_debias):
    return (moving_averages.assign_moving_average(parameters.moving_mean, mean, decay, zero_debias=zero_debias),
            moving_averages.assign_moving_average(parameters.moving_variance, variance, decay, zero_debias=False))


def _fused_batch_norm(inputs, decay, center, scale, epsilon, activation_fn, param_initializers, param_regularizers,
                      updates_collections, is_training, reuse, variables_collections, outputs_collections, trainable,
                      data_format, zero_debias_moving_mean, scope):
    layer_variables.check_format(data_format)
    with variable_scope.variable_scope(scope, 'BatchNorm', [inputs], reuse=reuse) as sc:
        inputs = original_inputs = ops.convert_to_tensor(inputs)
        rank = inputs.get_shape().ndims
        first = data_format == layer_variables.DATA_FORMAT_NCHW
        if rank == 2:
            channels = inputs.get_shape().dims[-1].value
            if channels is None:
                raise ValueError('`C` dimension must be known but is None')
            inputs = array_ops.reshape(inputs, [-1, channels, 1, 1] if first else [-1, 1, 1, channels])
        shape = inputs.get_shape()
        params_shape = shape[1:2] if first else shape[-1:]
        if not params_shape.is_fully_defined():
            raise ValueError('Inputs %s has undefined `C` dimension %s.' % (inputs.name, params_shape))
        parameters = _Parameters(params_shape, dtypes.float32, center, scale, param_initializers or {},
                                 param_regularizers or {}, variables_collections, trainable, constants=True)

        def train():
            return nn.fused_batch_norm(inputs, parameters.gamma, parameters.beta, epsilon=epsilon, data_format=data_format)

        def infer():
            return nn.fused_batch_norm(inputs, parameters.gamma, parameters.beta, mean=parameters.moving_mean,
                                       variance=parameters.moving_variance, epsilon=epsilon, is_training=False,
                                       data_format=data_format)

        outputs, mean, variance = utils.smart_cond(is_training, train, infer)
        known = utils.constant_value(is_training)
        if known is None or known:
            def updates():
                return _updates(parameters, mean, variance, decay, zero_debias_moving_mean)

            def outputs_after_updates():
                with ops.control_dependencies(list(updates())):
                    return array_ops.identity(outputs)

            if updates_collections is None:
                before = outputs
                outputs = utils.smart_cond(is_training, outputs_after_updates, lambda: before)
            else:
                for update in utils.smart_cond(is_training, updates,
                                               lambda: (parameters.moving_mean, parameters.moving_variance)):
                    ops.add_to_collections(updates_collections, update)
        outputs.set_shape(shape)
        if rank == 2:
            outputs = array_ops.reshape(outputs, array_ops.shape(original_inputs))
        return layer_variables.finished(outputs, outputs_collections, sc.name, activation_fn)


@add_arg_scope
def batch_norm(inputs, decay=0.999, center=True, scale=False, epsilon=0.001, activation_fn=None, param_initializers=None,
               param_regularizers=None, updates_collections=ops.GraphKeys.UPDATE_OPS, is_training=True, reuse=None,
               variables_collections=None, outputs_collections=None, trainable=True, batch_weights=None, fused=None,
               data_format=layer_variables.DATA_FORMAT_NHWC, zero_debias_moving_mean=False, scope=None, renorm=False,
               renorm_clipping=None, renorm_decay=0.99, adjustment=None):
    """Normalises inputs with the statistics of the batch or, not training, with their moving averages.

    The updates of the averages go into `updates_collections`; None: the outputs wait for them.
    """
    inputs = ops.convert_to_tensor(inputs)
    rank = inputs.get_shape().ndims
    can_be_fused = (fused is None or fused) and batch_weights is None and not renorm and adjustment is None
    if can_be_fused and rank in (2, 4) and (zero_debias_moving_mean or rank == 2 or
                                            updates_collections is not ops.GraphKeys.UPDATE_OPS):
        return _fused_batch_norm(inputs, decay, center, scale, epsilon, activation_fn, param_initializers,
                                 param_regularizers, updates_collections, is_training, reuse, variables_collections,
                                 outputs_collections, trainable, data_format, zero_debias_moving_mean, scope)
    layer_variables.check_format(data_format)
    first = data_format == layer_variables.DATA_FORMAT_NCHW
    initializers = dict(_INITIALIZERS, **(param_initializers or {}))
    regularizers = param_regularizers or {}
    with layer_variables.weighted_scope(scope, 'BatchNorm', inputs, reuse, None) as sc:
        inputs = ops.convert_to_tensor(inputs)
        if batch_weights is None and updates_collections is ops.GraphKeys.UPDATE_OPS and not zero_debias_moving_mean:
            layer = normalization_layers.BatchNormalization(
                axis=1 if first else -1, momentum=decay, epsilon=epsilon, center=center, scale=scale,
                beta_initializer=initializers['beta'], gamma_initializer=initializers['gamma'],
                moving_mean_initializer=initializers['moving_mean'],
                moving_variance_initializer=initializers['moving_variance'], beta_regularizer=regularizers.get('beta'),
                gamma_regularizer=regularizers.get('gamma'), trainable=trainable, renorm=renorm,
                renorm_clipping=renorm_clipping, renorm_momentum=renorm_decay, adjustment=adjustment, name=sc.name,
                _scope=sc, _reuse=reuse, fused=fused is None or fused)
            outputs = layer.apply(inputs, training=is_training)
            for name in ('moving_mean', 'moving_variance', 'beta', 'gamma'):
                if getattr(layer, name) is not None:
                    layer_variables.add_to_collections(getattr(layer, name), variables_collections, name)
            return layer_variables.finished(outputs, outputs_collections, sc.name, activation_fn)
        if renorm:
            raise ValueError('renorm is not supported with batch_weights, updates_collections or zero_debias_moving_mean')
        shape = inputs.get_shape()
        if shape.ndims is None:
            raise ValueError('Inputs %s has undefined rank.' % inputs.name)
        if batch_weights is not None:
            batch_weights = ops.convert_to_tensor(batch_weights)
            shape[0:1].assert_is_compatible_with(batch_weights.get_shape())
            batch_weights = array_ops.reshape(batch_weights, [-1] + [1] * (shape.ndims - 1))
        params_shape = shape[1:2] if first else shape[-1:]
        if not params_shape.is_fully_defined():
            raise ValueError('Inputs %s has undefined channels dimension %s.' % (inputs.name, params_shape))
        parameters = _Parameters(params_shape, inputs.dtype.base_dtype, center, scale, initializers, {},
                                 variables_collections, trainable, constants=False)
        mean, variance = _statistics(inputs, parameters, is_training, batch_weights, first, updates_collections, decay,
                                     zero_debias_moving_mean)
        values = [mean, variance, parameters.beta, parameters.gamma]
        if first:
            broadcast = [1, shape.dims[1].value] + [1] * (shape.ndims - 2)
            values = [None if value is None else array_ops.reshape(value, broadcast) for value in values]
        outputs = nn.batch_normalization(inputs, *values, epsilon)
        outputs.set_shape(shape)
        return layer_variables.finished(outputs, outputs_collections, sc.name, activation_fn)


def _statistics(inputs, parameters, is_training, batch_weights, first, updates_collections, decay, zero_debias):
    """(mean, variance) of the batch or the moving ones, and the updates of those."""
    known = utils.constant_value(is_training)
    if known is not None and not known:
        return parameters.moving_mean, parameters.moving_variance
    rank = inputs.get_shape().ndims
    axes = [0, *range(2, rank)] if first else list(range(rank - 1))
    if batch_weights is None:
        mean, variance = nn.moments(inputs, axes, keep_dims=first)
    else:
        mean, variance = nn.weighted_moments(inputs, axes, batch_weights, keepdims=first)
    if first:
        mean, variance = array_ops.reshape(mean, [-1]), array_ops.reshape(variance, [-1])
    batch = mean, variance

    def moving():
        return parameters.moving_mean, parameters.moving_variance

    def updates():
        return _updates(parameters, *batch, decay, zero_debias)

    def after_updates():
        with ops.control_dependencies(list(updates())):
            return array_ops.identity(mean), array_ops.identity(variance)

    if updates_collections is None:
        return utils.smart_cond(is_training, after_updates, moving)
    for update in utils.smart_cond(is_training, updates, moving):
        ops.add_to_collections(updates_collections, update)
    return utils.smart_cond(is_training, lambda: batch, moving)


@add_arg_scope
def layer_norm(inputs, center=True, scale=True, activation_fn=None, reuse=None, variables_collections=None,
               outputs_collections=None, trainable=True, begin_norm_axis=1, begin_params_axis=-1, scope=None):
    """Normalises each example over its dimensions from `begin_norm_axis` on. Ba and others, arXiv 1607.06450."""
    with variable_scope.variable_scope(scope, 'LayerNorm', [inputs], reuse=reuse) as sc:
        inputs = ops.convert_to_tensor(inputs)
        shape = inputs.shape
        rank = shape.ndims
        if rank is None:
            raise ValueError('Inputs %s has undefined rank.' % inputs.name)
        dtype = inputs.dtype.base_dtype
        if begin_norm_axis < 0:
            begin_norm_axis = rank + begin_norm_axis
        if begin_params_axis >= rank or begin_norm_axis >= rank:
            raise ValueError('begin_params_axis (%d) and begin_norm_axis (%d) must be < rank(inputs) (%d)' % (
                begin_params_axis, begin_norm_axis, rank))
        params_shape = shape[begin_params_axis:]
        if not params_shape.is_fully_defined():
            raise ValueError('Inputs %s: shape(inputs)[%s:] is not fully defined: %s' % (
                inputs.name, begin_params_axis, shape))
        beta, gamma = [
            layer_variables.model_variable(name, variables_collections, shape=params_shape, dtype=dtype,
                                           initializer=_INITIALIZERS[name], trainable=trainable) if wanted else None
            for name, wanted in (('beta', center), ('gamma', scale))]
        mean, variance = nn.moments(inputs, list(range(begin_norm_axis, rank)), keep_dims=True)
        outputs = nn.batch_normalization(inputs, mean, variance, offset=beta, scale=gamma,
                                         variance_epsilon=1e-12 if dtype != dtypes.float16 else 1e-3)
        outputs.set_shape(shape)
        return layer_variables.finished(outputs, outputs_collections, sc.name, activation_fn)
