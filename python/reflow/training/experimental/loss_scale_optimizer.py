"""Optimizers of scaled losses."""

from reflow.framework import ops
from reflow.framework import smart_cond
from reflow.ops import control_flow_ops
from reflow.training import optimizer
from reflow.training.experimental import loss_scale as loss_scale_module


class MixedPrecisionLossScaleOptimizer(optimizer.Optimizer):
    """Multiplies the loss before gradients are computed, divides these, and leaves steps out where they aren't finite."""

    def __init__(self, opt, loss_scale):
        if not isinstance(opt, optimizer.Optimizer):
            raise ValueError('"opt" must be an instance of Optimizer, but got: %s' % type(opt))
        self._optimizer = opt
        super().__init__(opt._use_locking, opt.get_name())
        self._loss_scale = loss_scale_module.get(loss_scale)
        self._track_trackable(self._optimizer, 'base_optimizer')
        self._track_trackable(self._loss_scale, 'loss_scale')

    def compute_gradients(self, loss, var_list=None, gate_gradients=optimizer.Optimizer.GATE_OP, aggregation_method=None,
                          colocate_gradients_with_ops=False, grad_loss=None):
        """The gradients of the loss, computed of the scaled one."""
        scale = self._loss_scale()
        scaled = (lambda: loss() * scale) if callable(loss) else loss * scale
        grads_and_vars = self._optimizer.compute_gradients(
            loss=scaled, var_list=var_list, gate_gradients=gate_gradients, aggregation_method=aggregation_method,
            colocate_gradients_with_ops=colocate_gradients_with_ops, grad_loss=grad_loss)
        reciprocal = 1 / self._loss_scale()

        def unscaled(grad):
            if grad is None:
                return None
            if isinstance(grad, ops.IndexedSlices):
                return ops.IndexedSlices(grad.values * reciprocal, grad.indices, grad.dense_shape)
            return grad * reciprocal

        return [(unscaled(grad), var) for grad, var in grads_and_vars]

    def apply_gradients(self, grads_and_vars, global_step=None, name=None):
        """Makes a step, if the gradients are finite, and changes the scale."""
        if not isinstance(self._loss_scale, loss_scale_module.DynamicLossScale):
            return self._optimizer.apply_gradients(grads_and_vars, global_step, name)
        grads_and_vars = tuple(grads_and_vars)
        name = self.get_name() if name is None else name
        update, should_apply = self._loss_scale.update([grad for grad, _ in grads_and_vars])

        def apply():
            return control_flow_ops.group(
                self._optimizer.apply_gradients(grads_and_vars, global_step, name + '-wrapped'))

        applied = smart_cond.smart_cond(should_apply, apply, control_flow_ops.no_op)
        return control_flow_ops.group(applied, update, name=name)
