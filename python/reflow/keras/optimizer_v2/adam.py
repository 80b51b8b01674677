"""Adam (Kingma and Ba, arXiv 1412.6980), with AMSGrad if wanted."""

from reflow.framework import ops
from reflow.keras import backend_config
from reflow.keras.optimizer_v2 import optimizer_v2
from reflow.ops import array_ops
from reflow.ops import control_flow_ops
from reflow.training import gen_training_ops
from reflow.ops import math_ops
from reflow.ops import state_ops


class Adam(optimizer_v2.OptimizerV2):
    """Adam."""

    def __init__(self, learning_rate=0.001, beta_1=0.9, beta_2=0.999, epsilon=1e-7, amsgrad=False, name='Adam', **kwargs):
        super().__init__(name, **kwargs)
        self._set_hyper('learning_rate', kwargs.get('lr', learning_rate))
        self._set_hyper('decay', self._initial_decay)
        self._set_hyper('beta_1', beta_1)
        self._set_hyper('beta_2', beta_2)
        self.epsilon = epsilon or backend_config.epsilon()
        self.amsgrad = amsgrad

    def _create_slots(self, var_list):
        for slot in ('m', 'v', 'vhat') if self.amsgrad else ('m', 'v'):
            for var in var_list:
                self.add_slot(var, slot)

    def _prepare_local(self, var_device, var_dtype, apply_state):
        super()._prepare_local(var_device, var_dtype, apply_state)
        local_step = math_ops.cast(self.iterations + 1, var_dtype)
        beta_1_t, beta_2_t = [array_ops.identity(self._get_hyper(name, var_dtype)) for name in ('beta_1', 'beta_2')]
        beta_1_power, beta_2_power = [math_ops.pow(beta, local_step) for beta in (beta_1_t, beta_2_t)]
        state = apply_state[(var_device, var_dtype)]
        lr = state['lr_t'] * (math_ops.sqrt(1 - beta_2_power) / (1 - beta_1_power))
        state.update(lr=lr, epsilon=ops.convert_to_tensor(self.epsilon, var_dtype), beta_1_t=beta_1_t,
                     beta_1_power=beta_1_power, one_minus_beta_1_t=1 - beta_1_t, beta_2_t=beta_2_t,
                     beta_2_power=beta_2_power, one_minus_beta_2_t=1 - beta_2_t)

    def _resource_apply_dense(self, grad, var, apply_state=None):
        c = self._coefficients(var, apply_state)
        m, v = self.get_slot(var, 'm'), self.get_slot(var, 'v')
        if not self.amsgrad:
            return gen_training_ops.resource_apply_adam(
                var.handle, m.handle, v.handle, c['beta_1_power'], c['beta_2_power'], c['lr_t'], c['beta_1_t'],
                c['beta_2_t'], c['epsilon'], grad, use_locking=self._use_locking)
        vhat = self.get_slot(var, 'vhat')
        return gen_training_ops.resource_apply_adam_with_amsgrad(
            var.handle, m.handle, v.handle, vhat.handle, c['beta_1_power'], c['beta_2_power'], c['lr_t'], c['beta_1_t'],
            c['beta_2_t'], c['epsilon'], grad, use_locking=self._use_locking)

    def _resource_apply_sparse(self, grad, var, indices, apply_state=None):
        c = self._coefficients(var, apply_state)
        m = self.get_slot(var, 'm')
        m_scaled_g_values = grad * c['one_minus_beta_1_t']
        m_t = state_ops.assign(m, m * c['beta_1_t'], use_locking=self._use_locking)
        with ops.control_dependencies([m_t]):
            m_t = self._resource_scatter_add(m, indices, m_scaled_g_values)
        v = self.get_slot(var, 'v')
        v_scaled_g_values = (grad * grad) * c['one_minus_beta_2_t']
        v_t = state_ops.assign(v, v * c['beta_2_t'], use_locking=self._use_locking)
        with ops.control_dependencies([v_t]):
            v_t = self._resource_scatter_add(v, indices, v_scaled_g_values)
        updates = [m_t, v_t]
        root = math_ops.sqrt(v_t)
        if self.amsgrad:
            v_hat = self.get_slot(var, 'vhat')
            v_hat_t = math_ops.maximum(v_hat, v_t)
            with ops.control_dependencies([v_hat_t]):
                v_hat_t = state_ops.assign(v_hat, v_hat_t, use_locking=self._use_locking)
            root = math_ops.sqrt(v_hat_t)
            updates.append(v_hat_t)
        var_update = state_ops.assign_sub(var, c['lr'] * m_t / (root + c['epsilon']), use_locking=self._use_locking)
        return control_flow_ops.group(*[var_update] + updates)

    def _weights_of_keras(self, weights):
        """The package saves `vhat` without amsgrad too."""
        num_variables = (len(self.weights) - 1) // 2
        return weights[:len(self.weights)] if len(weights) == 3 * num_variables + 1 else weights

    def get_config(self):
        """The arguments of the constructor."""
        return self._config_of('learning_rate', 'decay', 'beta_1', 'beta_2', epsilon=self.epsilon, amsgrad=self.amsgrad)


Adam.__module__ = 'tensorflow.python.keras.optimizer_v2.adam'
