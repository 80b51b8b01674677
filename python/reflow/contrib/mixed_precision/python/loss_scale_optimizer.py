"""An optimizer of a scaled loss."""

from reflow import _core
from reflow.ops import control_flow_ops
from reflow.ops import math_ops
from reflow.training import optimizer

__all__ = ['LossScaleOptimizer']


class LossScaleOptimizer(optimizer.Optimizer):
    """Another optimizer, for gradients of the loss times a scale, divided by the scale; and not in steps where they aren't
    finite."""

    def __init__(self, opt, loss_scale_manager):
        self._opt = opt
        self._loss_scale_manager = loss_scale_manager

    def compute_gradients(self, loss, var_list=None, gate_gradients=optimizer.Optimizer.GATE_OP, aggregation_method=None,
                          colocate_gradients_with_ops=False, grad_loss=None):
        """A list of pairs (gradient, variable)."""
        scale = self._loss_scale_manager.get_loss_scale()

        def scaled():
            value = loss() if callable(loss) else loss
            return value * math_ops.cast(scale, value.dtype.base_dtype)
        pairs = self._opt.compute_gradients(
            scaled if _core.executing_eagerly() else scaled(), var_list=var_list, gate_gradients=gate_gradients,
            aggregation_method=aggregation_method, colocate_gradients_with_ops=colocate_gradients_with_ops,
            grad_loss=grad_loss)
        inverse = math_ops.reciprocal(scale)
        return [(gradient if gradient is None else gradient * math_ops.cast(inverse, gradient.dtype.base_dtype), variable)
                for gradient, variable in pairs]

    def apply_gradients(self, grads_and_vars, global_step=None, name=None):
        """An operation that changes the variables, if all gradients are finite, and tells the manager whether they were."""
        finite = math_ops.reduce_all([math_ops.reduce_all(math_ops.is_finite(gradient)) for gradient, _ in grads_and_vars])
        update = control_flow_ops.cond(finite, lambda: self._opt.apply_gradients(grads_and_vars, global_step, name),
                                       control_flow_ops.no_op)
        return control_flow_ops.group(update, self._loss_scale_manager.update_loss_scale(finite))
