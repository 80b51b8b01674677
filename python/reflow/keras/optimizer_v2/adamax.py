"""Adamax (Kingma and Ba, arXiv 1412.6980, section 7.1)."""

from reflow.framework import ops
from reflow.keras import backend_config
from reflow.keras.optimizer_v2 import optimizer_v2
from reflow.ops import array_ops
from reflow.ops import control_flow_ops
from reflow.training import gen_training_ops
from reflow.ops import math_ops


class Adamax(optimizer_v2.OptimizerV2):
    """Adam with the maximum norm."""

    def __init__(self, learning_rate=0.001, beta_1=0.9, beta_2=0.999, epsilon=1e-7, name='Adamax', **kwargs):
        super().__init__(name, **kwargs)
        self._set_hyper('learning_rate', kwargs.get('lr', learning_rate))
        self._set_hyper('decay', self._initial_decay)
        self._set_hyper('beta_1', beta_1)
        self._set_hyper('beta_2', beta_2)
        self.epsilon = epsilon or backend_config.epsilon()

    def _create_slots(self, var_list):
        for slot in ('m', 'v'):
            for var in var_list:
                self.add_slot(var, slot)

    def _prepare_local(self, var_device, var_dtype, apply_state):
        super()._prepare_local(var_device, var_dtype, apply_state)
        local_step = math_ops.cast(self.iterations + 1, var_dtype)
        beta_1_t, beta_2_t = [array_ops.identity(self._get_hyper(name, var_dtype)) for name in ('beta_1', 'beta_2')]
        beta_1_power = math_ops.pow(beta_1_t, local_step)
        state = apply_state[(var_device, var_dtype)]
        state.update(neg_scaled_lr=-state['lr_t'] / (1 - beta_1_power),
                     epsilon=ops.convert_to_tensor(self.epsilon, var_dtype), beta_1_t=beta_1_t, beta_1_power=beta_1_power,
                     one_minus_beta_1_t=1 - beta_1_t, beta_2_t=beta_2_t, zero=array_ops.zeros((), dtype='int64'))

    def _resource_apply_dense(self, grad, var, apply_state=None):
        c = self._coefficients(var, apply_state)
        return gen_training_ops.resource_apply_ada_max(
            var.handle, self.get_slot(var, 'm').handle, self.get_slot(var, 'v').handle, c['beta_1_power'], c['lr_t'],
            c['beta_1_t'], c['beta_2_t'], c['epsilon'], grad, use_locking=self._use_locking)

    def _resource_apply_sparse(self, grad, var, indices, apply_state=None):
        c = self._coefficients(var, apply_state)
        m, v = self.get_slot(var, 'm'), self.get_slot(var, 'v')
        m_t_slice = (array_ops.gather(m, indices, axis=c['zero']) * c['beta_1_t'] + grad * c['one_minus_beta_1_t'])
        with ops.control_dependencies([m_t_slice]):
            m_t = self._resource_scatter_update(m, indices, m_t_slice)
        v_t_slice = math_ops.maximum(array_ops.gather(v, indices, axis=c['zero']) * c['beta_2_t'], math_ops.abs(grad))
        with ops.control_dependencies([v_t_slice]):
            v_t = self._resource_scatter_update(v, indices, v_t_slice)
        var_slice = c['neg_scaled_lr'] * (m_t_slice / (v_t_slice + c['epsilon']))
        with ops.control_dependencies([var_slice]):
            var_update = self._resource_scatter_add(var, indices, var_slice)
        return control_flow_ops.group(*[var_update, m_t, v_t])

    def get_config(self):
        """The arguments of the constructor."""
        return self._config_of('learning_rate', 'decay', 'beta_1', 'beta_2', epsilon=self.epsilon)


Adamax.__module__ = 'tensorflow.python.keras.optimizer_v2.adamax'
