"""Adadelta (Zeiler, arXiv 1212.5701)."""

from reflow.framework import ops
from reflow.keras import backend_config
from reflow.keras.optimizer_v2 import optimizer_v2
from reflow.ops import array_ops
from reflow.training import gen_training_ops


class Adadelta(optimizer_v2.OptimizerV2):
    """Scales gradients by moving averages of squares of updates and gradients."""

    def __init__(self, learning_rate=0.001, rho=0.95, epsilon=1e-7, name='Adadelta', **kwargs):
        super().__init__(name, **kwargs)
        self._set_hyper('learning_rate', kwargs.get('lr', learning_rate))
        self._set_hyper('decay', self._initial_decay)
        self._set_hyper('rho', rho)
        self.epsilon = epsilon or backend_config.epsilon()

    def _create_slots(self, var_list):
        for slot in ('accum_grad', 'accum_var'):
            for var in var_list:
                self.add_slot(var, slot)

    def _prepare_local(self, var_device, var_dtype, apply_state):
        super()._prepare_local(var_device, var_dtype, apply_state)
        apply_state[(var_device, var_dtype)].update(
            epsilon=ops.convert_to_tensor(self.epsilon, var_dtype),
            rho=array_ops.identity(self._get_hyper('rho', var_dtype)))

    def _resource_apply_dense(self, grad, var, apply_state=None):
        c = self._coefficients(var, apply_state)
        return gen_training_ops.resource_apply_adadelta(
            var.handle, self.get_slot(var, 'accum_grad').handle, self.get_slot(var, 'accum_var').handle, c['lr_t'],
            c['rho'], c['epsilon'], grad, use_locking=self._use_locking)

    def _resource_apply_sparse(self, grad, var, indices, apply_state=None):
        c = self._coefficients(var, apply_state)
        return gen_training_ops.resource_sparse_apply_adadelta(
            var.handle, self.get_slot(var, 'accum_grad').handle, self.get_slot(var, 'accum_var').handle, c['lr_t'],
            c['rho'], c['epsilon'], grad, indices, use_locking=self._use_locking)

    _weights_of_keras = optimizer_v2.OptimizerV2._with_iterations

    def get_config(self):
        """The arguments of the constructor."""
        return self._config_of('learning_rate', 'decay', 'rho', epsilon=self.epsilon)


Adadelta.__module__ = 'tensorflow.python.keras.optimizer_v2.adadelta'
