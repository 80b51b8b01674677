"""Adam that leaves alone what a sparse gradient doesn't touch."""

from reflow.contrib.opt.python.training.adam_tensors import AdamWithTensors
from reflow.framework import ops
from reflow.ops import array_ops
from reflow.ops import control_flow_ops
from reflow.ops import gen_resource_variable_ops
from reflow.ops import math_ops
from reflow.ops import state_ops

__all__ = ['LazyAdamOptimizer']


class LazyAdamOptimizer(AdamWithTensors):
    """Adam whose moments decay only for rows that have a gradient."""

    def _apply_sparse(self, grad, var):
        return self._apply_rows(grad.values, var, grad.indices, array_ops.gather, state_ops.scatter_update,
                                state_ops.scatter_sub)

    def _resource_apply_sparse(self, grad, var, indices):
        def gather(x, i):
            return array_ops.gather(x.read_value() if hasattr(x, 'read_value') else x, i)

        def scatter(op):
            def apply(x, i, values, use_locking):
                with ops.control_dependencies([op(x.handle, i, values)]):
                    return x.read_value()
            return apply

        return self._apply_rows(grad, var, indices, gather, scatter(gen_resource_variable_ops.resource_scatter_update),
                                scatter(gen_resource_variable_ops.resource_scatter_sub))

    def _apply_rows(self, grad, var, indices, gather, update, subtract):
        beta1_power, beta2_power, lr, beta1, beta2, epsilon = self._cast_tensors(var.dtype)
        lr = lr * math_ops.sqrt(1 - beta2_power) / (1 - beta1_power)
        m, v = self.get_slot(var, 'm'), self.get_slot(var, 'v')
        m_t = update(m, indices, beta1 * gather(m, indices) + (1 - beta1) * grad, use_locking=self._use_locking)
        v_t = update(v, indices, beta2 * gather(v, indices) + (1 - beta2) * math_ops.square(grad),
                     use_locking=self._use_locking)
        denominator = math_ops.sqrt(gather(v_t, indices)) + epsilon
        var_update = subtract(var, indices, lr * gather(m_t, indices) / denominator, use_locking=self._use_locking)
        return control_flow_ops.group(*[var_update, m_t, v_t])
