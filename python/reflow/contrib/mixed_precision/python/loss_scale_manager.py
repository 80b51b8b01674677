"""By what losses are scaled."""

import abc

from reflow.framework import dtypes
from reflow.framework import ops
from reflow.ops import control_flow_ops
from reflow.ops import math_ops
from reflow.ops import state_ops
from reflow.ops import variable_scope

__all__ = ['ExponentialUpdateLossScaleManager', 'FixedLossScaleManager', 'LossScaleManager']


class LossScaleManager(metaclass=abc.ABCMeta):
    """What says by what a loss is scaled."""

    @abc.abstractmethod
    def get_loss_scale(self):
        """The scale, as a tensor."""

    @abc.abstractmethod
    def update_loss_scale(self, finite_grads):
        """An operation that changes the scale, where gradients were finite (a bool tensor) or not."""


class FixedLossScaleManager(LossScaleManager):
    """A scale that stays. ValueError: it is below 1."""

    def __init__(self, loss_scale):
        if loss_scale < 1:
            raise ValueError('loss scale must be at least 1.')
        self._loss_scale = ops.convert_to_tensor(loss_scale, dtype=dtypes.float32)

    def get_loss_scale(self):
        """The scale, as a tensor."""
        return self._loss_scale

    def update_loss_scale(self, finite_grads):
        """An operation that does nothing."""
        return control_flow_ops.no_op()


class ExponentialUpdateLossScaleManager(LossScaleManager):
    """A scale that rises after `incr_every_n_steps` steps with finite gradients in a row, and falls after
    `decr_every_n_nan_or_inf` steps with others."""

    def __init__(self, init_loss_scale, incr_every_n_steps, decr_every_n_nan_or_inf=2, incr_ratio=2, decr_ratio=0.8):
        def variable(value, dtype, name):
            return variable_scope.variable(value, trainable=False, name=name, dtype=dtype)

        self._incr_every_n_steps, self._incr_ratio = incr_every_n_steps, incr_ratio
        self._decr_every_n_nan_or_inf, self._decr_ratio = decr_every_n_nan_or_inf, decr_ratio
        self._loss_scale = variable(ops.convert_to_tensor(init_loss_scale, dtypes.float32), dtypes.float32, 'loss_scale')
        self._num_good_steps, self._num_bad_steps = (
            variable(0, dtypes.int32, kind + '_steps') for kind in ('good', 'bad'))

    def get_loss_scale(self):
        """The variable."""
        return self._loss_scale

    def _with_new_count(self, update):
        return control_flow_ops.group(update, control_flow_ops.group(
            state_ops.assign(self._num_good_steps, 0), state_ops.assign(self._num_bad_steps, 0)))

    def _raise(self):
        raised = control_flow_ops.cond(math_ops.is_finite(self._loss_scale * self._incr_ratio),
                                       lambda: self._loss_scale * self._incr_ratio, lambda: self._loss_scale)
        return self._with_new_count(state_ops.assign(self._loss_scale, raised))

    def _lower(self):
        lowered = math_ops.maximum(1., self._loss_scale * self._decr_ratio)
        return self._with_new_count(state_ops.assign(self._loss_scale, lowered))

    def update_loss_scale(self, finite_grads):
        """An operation that counts the step, and raises or lowers the scale where it is time."""
        def good_step():
            return control_flow_ops.cond(self._num_good_steps + 1 >= self._incr_every_n_steps, self._raise,
                                         lambda: state_ops.assign_add(self._num_good_steps, 1).op)

        def bad_step():
            return control_flow_ops.cond(
                self._num_bad_steps + 1 >= self._decr_every_n_nan_or_inf, self._lower,
                lambda: control_flow_ops.group(state_ops.assign_add(self._num_bad_steps, 1),
                                               state_ops.assign(self._num_good_steps, 0)))
        return control_flow_ops.cond(finite_grads, good_step, bad_step)
