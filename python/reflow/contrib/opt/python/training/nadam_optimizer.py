"""Adam with Nesterov's momentum. Dozat, Incorporating Nesterov momentum into Adam, 2016."""

from reflow.contrib.opt.python.training.adam_tensors import AdamWithTensors
from reflow.framework import ops
from reflow.ops import array_ops
from reflow.ops import control_flow_ops
from reflow.ops import math_ops
from reflow.ops import state_ops
from reflow.training import gen_training_ops

__all__ = ['NadamOptimizer']


class NadamOptimizer(AdamWithTensors):
    """Adam with Nesterov's momentum."""

    def _apply_dense(self, grad, var):
        beta1_power, beta2_power, lr, beta1, beta2, epsilon = self._cast_tensors(var.dtype)
        m, v = self.get_slot(var, 'm'), self.get_slot(var, 'v')
        update = gen_training_ops.apply_adam(
            var._ref(), m._ref(), v._ref(), beta1_power, beta2_power, lr, beta1, beta2, epsilon, grad,
            use_locking=self._use_locking, use_nesterov=True)
        return update.op

    def _resource_apply_dense(self, grad, var):
        beta1_power, beta2_power, lr, beta1, beta2, epsilon = self._cast_tensors(grad.dtype)
        m, v = self.get_slot(var, 'm'), self.get_slot(var, 'v')
        return gen_training_ops.resource_apply_adam(
            var.handle, m.handle, v.handle, beta1_power, beta2_power, lr, beta1, beta2, epsilon, grad,
            use_locking=self._use_locking, use_nesterov=True)

    def _apply_sparse(self, grad, var):
        beta1_power, beta2_power, lr, beta1, beta2, epsilon = self._cast_tensors(var.dtype)
        lr = lr * math_ops.sqrt(1 - beta2_power) / (1 - beta1_power)
        m, v, indices, locking = self.get_slot(var, 'm'), self.get_slot(var, 'v'), grad.indices, self._use_locking
        m_scaled = grad.values * (1 - beta1)
        with ops.control_dependencies([state_ops.assign(m, m * beta1, use_locking=locking)]):
            m_t = state_ops.scatter_add(m, indices, m_scaled, use_locking=locking)
            m_bar = m_scaled + beta1 * array_ops.gather(m_t, indices)
        with ops.control_dependencies([state_ops.assign(v, v * beta2, use_locking=locking)]):
            v_t = state_ops.scatter_add(v, indices, (grad.values * grad.values) * (1 - beta2), use_locking=locking)
            v_sqrt = math_ops.sqrt(array_ops.gather(v_t, indices))
        var_update = state_ops.scatter_sub(var, indices, lr * m_bar / (v_sqrt + epsilon), use_locking=locking)
        return control_flow_ops.group(*[var_update, m_bar, v_t])
