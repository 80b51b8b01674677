"""Adam."""
from reflow import _core
from reflow.framework import ops
from reflow.ops import control_flow_ops
from reflow.ops import math_ops
from reflow.ops import resource_variable_ops
from reflow.ops import state_ops
from reflow.training import optimizer


class AdamOptimizer(optimizer.Optimizer):
    """Adam: Kingma and Ba, arXiv 1412.6980; epsilon is what section 2.1 there calls epsilon hat."""

    _make_object = staticmethod(_core.make_adam)

    def __init__(self, learning_rate=0.001, beta1=0.9, beta2=0.999, epsilon=1e-8, use_locking=False, name='Adam'):
        self._lr = learning_rate
        self._beta1 = beta1
        self._beta2 = beta2
        self._epsilon = epsilon
        super().__init__(use_locking, name)

    def _get_beta_accumulators(self):
        """The variables of beta1 and beta2 to the power of the step."""
        return self._get_non_slot_variable('beta1_power'), self._get_non_slot_variable('beta2_power')

    def _apply_sparse_shared(self, grad, var, indices, scatter_add):
        """The update by rows of a gradient, of variables of both kinds: what a subclass overrides. All rows change."""
        dtype = var.dtype.base_dtype
        beta1_power, beta2_power = (math_ops.cast(power, dtype) for power in self._get_beta_accumulators())
        lr, beta1, beta2, epsilon = (math_ops.cast(value, dtype) for value in (
            self._lr_t, self._beta1_t, self._beta2_t, self._epsilon_t))
        lr = lr * math_ops.sqrt(1 - beta2_power) / (1 - beta1_power)
        moments = []
        for name, beta, values in (('m', beta1, grad), ('v', beta2, grad * grad)):
            slot = self.get_slot(var, name)
            values = values * (1 - beta)
            with ops.control_dependencies([state_ops.assign(slot, slot * beta, use_locking=self._use_locking)]):
                moments.append(scatter_add(slot, indices, values))
        m, v = moments
        update = state_ops.assign_sub(var, lr * m / (math_ops.sqrt(v) + epsilon), use_locking=self._use_locking)
        return control_flow_ops.group(update, m, v)

    def _shares_rule_of_rows(self):
        return type(self)._apply_sparse_shared is not AdamOptimizer._apply_sparse_shared

    def _apply_sparse(self, grad, var):
        if not self._shares_rule_of_rows():
            return super()._apply_sparse(grad, var)

        def scatter_add(x, indices, values):
            return state_ops.scatter_add(x, indices, values, use_locking=self._use_locking)

        return self._apply_sparse_shared(grad.values, var, grad.indices, scatter_add)

    def _resource_scatter_add(self, x, i, v):
        with ops.control_dependencies([resource_variable_ops.resource_scatter_add(x.handle, i, v)]):
            return x.value()

    def _resource_apply_sparse(self, grad, var, indices):
        if not self._shares_rule_of_rows():
            return super()._resource_apply_sparse(grad, var, indices)
        return self._apply_sparse_shared(grad, var, indices, self._resource_scatter_add)
