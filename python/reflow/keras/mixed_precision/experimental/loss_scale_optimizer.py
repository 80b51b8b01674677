"""LossScaleOptimizer: gradients of a loss that is scaled, so that they don't vanish in half precision."""

from reflow.framework import smart_cond
from reflow.keras import backend_session
from reflow.keras.optimizer_v2 import optimizer_v2
from reflow.ops import control_flow_ops
from reflow.ops import math_ops
from reflow.training.experimental import loss_scale as loss_scale_module


class LossScaleOptimizer(optimizer_v2.OptimizerV2):
    """An optimizer whose losses are multiplied by a scale and whose gradients are divided by it; it skips infinite ones."""

    def __init__(self, opt, loss_scale):
        if not isinstance(opt, optimizer_v2.OptimizerV2):
            raise ValueError('"opt" must be an instance of OptimizerV2, but got: %s' % opt)
        for name in ('clipnorm', 'clipvalue'):
            if hasattr(opt, name):
                raise ValueError('LossScaleOptimizer does not support wrapping optimizers with a {0}. Optimizer {1} has {0} '
                                 '{2}'.format(name, opt, getattr(opt, name)))
        self._hyper = {}
        self._optimizer = opt
        self._loss_scale = loss_scale_module.get(loss_scale)
        for weight in getattr(self._loss_scale, '_weights', {}).values():
            backend_session.track_variable(weight)
        self._track_trackable(self._optimizer, 'base_optimizer')
        self._track_trackable(self._loss_scale, 'loss_scale')

    @property
    def loss_scale(self):
        """The LossScale."""
        return self._loss_scale

    def get_scaled_loss(self, loss):
        """The loss, a tensor or a function that gives one, times the scale."""
        scale = self._loss_scale()
        if not callable(loss):
            return loss * math_ops.cast(scale, loss.dtype)

        def scaled():
            value = loss()
            return value * math_ops.cast(scale, value.dtype)

        return scaled

    def get_unscaled_gradients(self, grads):
        """The gradients of a scaled loss as those of the loss."""
        reciprocal = 1. / self._loss_scale()
        return [None if each is None else each * math_ops.cast(reciprocal, each.dtype) for each in grads]

    def _compute_gradients(self, loss, var_list, grad_loss=None):
        pairs = self._optimizer._compute_gradients(self.get_scaled_loss(loss), var_list, grad_loss)
        return list(zip(self.get_unscaled_gradients([grad for grad, _ in pairs]), [variable for _, variable in pairs]))

    def get_gradients(self, loss, params):
        """The gradients of a loss."""
        return self.get_unscaled_gradients(self._optimizer.get_gradients(self.get_scaled_loss(loss), params))

    def apply_gradients(self, grads_and_vars, name=None):
        """The operation that applies gradients unless one isn't finite, and adapts the scale."""
        grads_and_vars = tuple(grads_and_vars)
        update, is_finite = self._loss_scale.update([grad for grad, _ in grads_and_vars])
        apply = smart_cond.smart_cond(is_finite, lambda: self._optimizer.apply_gradients(grads_and_vars, name),
                                      control_flow_ops.no_op)
        return control_flow_ops.group(apply, update)

    @property
    def iterations(self):
        """How often gradients were applied; a variable."""
        return self._optimizer.iterations

    @iterations.setter
    def iterations(self, variable):
        self._optimizer.iterations = variable

    @property
    def learning_rate(self):
        """The optimizer's learning rate."""
        return self._optimizer.learning_rate

    @learning_rate.setter
    def learning_rate(self, value):
        self._optimizer.learning_rate = value

    @property
    def lr(self):
        """The optimizer's learning rate."""
        return self._optimizer.lr

    @lr.setter
    def lr(self, value):
        self._optimizer.lr = value

    def get_slot_names(self):
        """The names of the optimizer's slots."""
        return self._optimizer.get_slot_names()

    def get_config(self):
        """It has none."""
        raise NotImplementedError('get_config() is not yet implemented for LossScaleOptimizers')

    @classmethod
    def from_config(cls, config, custom_objects=None):
        """It has none."""
        raise NotImplementedError('from_config() is not yet implemented for LossScaleOptimizers')
