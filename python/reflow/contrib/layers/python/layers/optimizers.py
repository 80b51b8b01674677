"""optimize_loss: a training step from a loss and a learning rate."""

from reflow.framework import dtypes
from reflow.framework import ops
from reflow.ops import array_ops
from reflow.ops import clip_ops
from reflow.ops import control_flow_ops
from reflow.ops import init_ops
from reflow.ops import math_ops
from reflow.ops import random_ops
from reflow.ops import variable_scope as vs
from reflow.ops import variables as variables_lib
from reflow.training import adagrad, adam, ftrl, gradient_descent, momentum, moving_averages, rmsprop, training_util
from reflow.training import optimizer as optimizer_lib

__all__ = ['OPTIMIZER_CLS_NAMES', 'OPTIMIZER_SUMMARIES', 'adaptive_clipping_fn', 'optimize_loss']

OPTIMIZER_CLS_NAMES = {
    'Adagrad': adagrad.AdagradOptimizer,
    'Adam': adam.AdamOptimizer,
    'Ftrl': ftrl.FtrlOptimizer,
    'Momentum': lambda learning_rate: momentum.MomentumOptimizer(learning_rate, momentum=0.9),
    'RMSProp': rmsprop.RMSPropOptimizer,
    'SGD': gradient_descent.GradientDescentOptimizer,
}
OPTIMIZER_SUMMARIES = ['learning_rate', 'loss', 'gradients', 'gradient_norm', 'global_gradient_norm']


def _learning_rate(learning_rate):
    if learning_rate is None:
        return None
    if isinstance(learning_rate, ops.Tensor) and learning_rate.get_shape().ndims == 0:
        return learning_rate
    if isinstance(learning_rate, float):
        if learning_rate < 0.0:
            raise ValueError('Invalid learning_rate %s.', learning_rate)
        return vs.get_variable('learning_rate', [], trainable=False,
                               initializer=init_ops.constant_initializer(learning_rate))
    raise ValueError('Learning rate should be 0d Tensor or float. Got %s of type %s' % (
        str(learning_rate), str(type(learning_rate))))


def _optimizer(optimizer, lr, learning_rate):
    if isinstance(optimizer, str):
        if lr is None:
            raise ValueError('Learning rate is None, but should be specified if optimizer is string (%s).' % optimizer)
        if optimizer not in OPTIMIZER_CLS_NAMES:
            raise ValueError('Optimizer name should be one of [%s], you provided %s.' % (
                ', '.join(OPTIMIZER_CLS_NAMES), optimizer))
        return OPTIMIZER_CLS_NAMES[optimizer](learning_rate=lr)
    if isinstance(optimizer, type) and issubclass(optimizer, optimizer_lib.Optimizer):
        if lr is None:
            raise ValueError('Learning rate is None, but should be specified if optimizer is class (%s).' % optimizer)
        return optimizer(learning_rate=lr)
    if isinstance(optimizer, optimizer_lib.Optimizer):
        return optimizer
    if not callable(optimizer):
        raise ValueError('Unrecognized optimizer: should be string, subclass of Optimizer, instance of subclass of '
                         'Optimizer or function with one argument. Got %s.' % str(optimizer))
    made = optimizer(lr) if learning_rate is not None else optimizer()
    if not isinstance(made, optimizer_lib.Optimizer):
        raise ValueError('Unrecognized optimizer: function should return subclass of Optimizer. Got %s.' % str(made))
    return made


def optimize_loss(loss, global_step, learning_rate, optimizer, gradient_noise_scale=None, gradient_multipliers=None,
                  clip_gradients=None, learning_rate_decay_fn=None, update_ops=None, variables=None, name=None,
                  summaries=None, colocate_gradients_with_ops=False, increment_global_step=True):
    """The loss, after a step of an optimizer: an object, a class, a function of the learning rate, or a name."""
    from reflow.summary import summary
    loss = ops.convert_to_tensor(loss)
    if loss.get_shape().ndims:
        raise ValueError('Expected scalar shape for %s, saw shape: %s.' % (loss.name, loss.get_shape()))
    if global_step is None:
        global_step = training_util.get_global_step()
    else:
        training_util.assert_global_step(global_step)
    with vs.variable_scope(name, 'OptimizeLoss', [loss, global_step]):
        if update_ops is None:
            update_ops = dict.fromkeys(ops.get_collection(ops.GraphKeys.UPDATE_OPS))
        if update_ops:
            loss = control_flow_ops.with_dependencies(list(update_ops), loss)
        lr = _learning_rate(learning_rate)
        summaries = ['loss', 'learning_rate', 'global_gradient_norm'] if summaries is None else summaries
        for each in summaries:
            if each not in OPTIMIZER_SUMMARIES:
                raise ValueError('Summaries should be one of [%s], you provided %s.' % (
                    ', '.join(OPTIMIZER_SUMMARIES), each))
        if learning_rate is not None and learning_rate_decay_fn is not None:
            if global_step is None:
                raise ValueError('global_step is required for learning_rate_decay_fn.')
            lr = learning_rate_decay_fn(lr, global_step)
            if 'learning_rate' in summaries:
                summary.scalar('learning_rate', lr)
        opt = _optimizer(optimizer, lr, learning_rate)
        gradients = opt.compute_gradients(loss, variables_lib.trainable_variables() if variables is None else variables,
                                          colocate_gradients_with_ops=colocate_gradients_with_ops)
        if gradient_noise_scale is not None:
            gradients = _with_noise(gradients, gradient_noise_scale)
        if gradient_multipliers is not None:
            gradients = _multiplied(gradients, gradient_multipliers)
            if not gradients:
                raise ValueError('Empty list of (gradient, var) pairs encountered. This is most likely to be caused by an '
                                 'improper value of gradient_multipliers.')
        norms = 'global_gradient_norm' in summaries or 'gradient_norm' in summaries
        if norms:
            summary.scalar('global_norm/gradient_norm', clip_ops.global_norm(list(zip(*gradients))[0]))
        gradients = _clipped(gradients, clip_gradients)
        if 'loss' in summaries:
            summary.scalar('loss', loss)
        for gradient, variable in gradients:
            values = gradient.values if isinstance(gradient, ops.IndexedSlices) else gradient
            if values is not None:
                variable_name = variable.name.replace(':', '_')
                if 'gradients' in summaries:
                    summary.histogram('gradients/%s' % variable_name, values)
                if 'gradient_norm' in summaries:
                    summary.scalar('gradient_norm/%s' % variable_name, clip_ops.global_norm([values]))
        if clip_gradients is not None and norms:
            summary.scalar('global_norm/clipped_gradient_norm', clip_ops.global_norm(list(zip(*gradients))[0]))
        updates = opt.apply_gradients(gradients, global_step=global_step if increment_global_step else None, name='train')
        return control_flow_ops.with_dependencies([updates], loss)


def _clipped(gradients, clip_gradients):
    if clip_gradients is None:
        return gradients
    if isinstance(clip_gradients, float):
        values, variables = zip(*gradients)
        return list(zip(clip_ops.clip_by_global_norm(values, clip_gradients)[0], variables))
    if callable(clip_gradients):
        return clip_gradients(gradients)
    raise ValueError('Unknown type %s for clip_gradients' % type(clip_gradients))


def _with_noise(gradients, scale):
    result = []
    for gradient, variable in gradients:
        if gradient is not None:
            shape = gradient.dense_shape if isinstance(gradient, ops.IndexedSlices) else gradient.get_shape()
            gradient = gradient + random_ops.truncated_normal(shape) * scale
        result.append((gradient, variable))
    return result


def _scaled(gradient, factor):
    if isinstance(gradient, ops.IndexedSlices):
        return ops.IndexedSlices(gradient.values * factor, gradient.indices, gradient.dense_shape)
    return gradient * factor


def _multiplied(gradients, multipliers):
    result = []
    for gradient, variable in gradients:
        key = variable if variable in multipliers else variable.name
        if gradient is not None and key in multipliers:
            factor = multipliers[key]
            if not isinstance(gradient, ops.IndexedSlices):
                factor = math_ops.cast(factor, gradient.dtype)
            gradient = _scaled(gradient, factor)
        result.append((gradient, variable))
    return result


def _adaptive_max_norm(norm, std_factor, decay, global_step, epsilon, name):
    with vs.variable_scope(name, 'AdaptiveMaxNorm', [norm]):
        log_norm = math_ops.log(norm + epsilon)

        def average(name, value, decay):
            variable = vs.get_variable(name, shape=value.get_shape(), dtype=value.dtype,
                                       initializer=init_ops.zeros_initializer(), trainable=False)
            return moving_averages.assign_moving_average(variable, value, decay, zero_debias=False)

        if global_step is not None:
            n = math_ops.cast(global_step, dtypes.float32)
            decay = math_ops.minimum(decay, n / (n + 1.))
        mean = average('mean', log_norm, decay)
        square_mean = average('sq_mean', math_ops.square(log_norm), decay)
        variance = square_mean - math_ops.square(mean)
        deviation = math_ops.sqrt(math_ops.maximum(epsilon, variance))
        return math_ops.exp(mean + std_factor * deviation), mean


def adaptive_clipping_fn(std_factor=2., decay=0.95, static_max_norm=None, global_step=None, report_summary=False,
                         epsilon=1e-8, name=None):
    """A function for clip_gradients: cuts gradients whose norm is far above its moving average."""
    def clip(grads_and_vars):
        grads, variables = zip(*grads_and_vars)
        norm = clip_ops.global_norm(grads)
        max_norm, log_mean = _adaptive_max_norm(norm, std_factor, decay, global_step, epsilon, name)
        if report_summary:
            from reflow.summary import summary
            summary.scalar('global_norm/adaptive_max_gradient_norm', max_norm)
        factor = array_ops.where(norm < max_norm, array_ops.ones_like(norm), math_ops.exp(log_mean) / norm)
        if static_max_norm is not None:
            factor = math_ops.minimum(static_max_norm / norm, factor)
        return [(None if grad is None else _scaled(grad, factor), variable) for grad, variable in zip(grads, variables)]
    return clip
