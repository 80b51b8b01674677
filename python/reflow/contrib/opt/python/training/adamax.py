"""AdaMax: Kingma and Ba, arXiv 1412.6980, section 7.1."""

from reflow.framework import ops
from reflow.ops import array_ops
from reflow.ops import control_flow_ops
from reflow.ops import gen_resource_variable_ops
from reflow.ops import math_ops
from reflow.ops import state_ops
from reflow.training import adam
from reflow.training import gen_training_ops

__all__ = ['AdaMaxOptimizer']


class AdaMaxOptimizer(adam.AdamOptimizer):
    """Adam with the largest of past gradients in place of their mean square."""

    def __init__(self, learning_rate=0.001, beta1=0.9, beta2=0.999, epsilon=1e-8, use_locking=False, name='AdaMax'):
        super().__init__(learning_rate, beta1, beta2, epsilon, use_locking, name)

    def _get_beta_accumulators(self):
        return self._get_non_slot_variable('beta1_power')

    def _create_slots(self, var_list):
        first = min(var_list, key=lambda var: var.name)
        self._create_non_slot_variable(initial_value=self._beta1, name='beta1_power', colocate_with=first)
        for var in var_list:
            self._zeros_slot(var, 'm', self._name)
            self._zeros_slot(var, 'v', self._name)

    def _prepare(self):
        for attribute, value, name in (('_lr_t', self._lr, 'learning_rate'), ('_beta1_t', self._beta1, 'beta1'),
                                       ('_beta2_t', self._beta2, 'beta2'), ('_epsilon_t', self._epsilon, 'epsilon')):
            setattr(self, attribute, ops.convert_to_tensor(self._call_if_callable(value), name=name))

    def _cast_tensors(self, dtype):
        """(beta1 ** step, learning rate, beta1, beta2, epsilon) of a type."""
        return [math_ops.cast(tensor, dtype.base_dtype) for tensor in (
            self._get_beta_accumulators(), self._lr_t, self._beta1_t, self._beta2_t, self._epsilon_t)]

    def _apply_dense(self, grad, var):
        m, v = self.get_slot(var, 'm'), self.get_slot(var, 'v')
        return gen_training_ops.apply_ada_max(var._ref(), m._ref(), v._ref(), *self._cast_tensors(var.dtype), grad,
                                              use_locking=self._use_locking).op

    def _resource_apply_dense(self, grad, var):
        m, v = self.get_slot(var, 'm'), self.get_slot(var, 'v')
        return gen_training_ops.resource_apply_ada_max(var.handle, m.handle, v.handle, *self._cast_tensors(grad.dtype), grad,
                                                       use_locking=self._use_locking)

    def _apply_rows(self, grad, var, indices, scatter_add, scatter_update):
        beta1_power, lr, beta1, beta2, epsilon = self._cast_tensors(var.dtype)
        m = self.get_slot(var, 'm')
        m_rows = array_ops.gather(m, indices) * beta1 + grad * (1 - beta1)
        with ops.control_dependencies([m_rows]):
            m_t = scatter_update(m, indices, m_rows)
        v = self.get_slot(var, 'v')
        v_rows = math_ops.maximum(array_ops.gather(v, indices) * beta2, math_ops.abs(grad))
        with ops.control_dependencies([v_rows]):
            v_t = scatter_update(v, indices, v_rows)
        rows = -lr / (1 - beta1_power) * (m_rows / (v_rows + epsilon))
        with ops.control_dependencies([rows]):
            update = scatter_add(var, indices, rows)
        return control_flow_ops.group(*[update, m_t, v_t])

    def _apply_sparse(self, grad, var):
        return self._apply_rows(
            grad.values, var, grad.indices,
            lambda x, i, rows: state_ops.scatter_add(x, i, rows, use_locking=self._use_locking),
            lambda x, i, rows: state_ops.scatter_update(x, i, rows, use_locking=self._use_locking))

    def _resource_apply_sparse(self, grad, var, indices):
        def scattered(scatter):
            def call(x, i, rows):
                with ops.control_dependencies([scatter(x.handle, i, rows)]):
                    return x.value()
            return call

        return self._apply_rows(grad, var, indices, scattered(gen_resource_variable_ops.resource_scatter_add),
                                scattered(gen_resource_variable_ops.resource_scatter_update))

    def _finish(self, update_ops, name_scope):
        with ops.control_dependencies(update_ops):
            beta1_power = self._get_beta_accumulators()
            with ops.colocate_with(beta1_power):
                update = beta1_power.assign(beta1_power * self._beta1_t, use_locking=self._use_locking)
        return control_flow_ops.group(*update_ops + [update], name=name_scope)
