"""Gradient descent, with momentum if wanted."""

from reflow.framework import ops
from reflow.keras.optimizer_v2 import optimizer_v2
from reflow.ops import array_ops
from reflow.ops import gen_resource_variable_ops
from reflow.training import gen_training_ops


class SGD(optimizer_v2.OptimizerV2):
    """Gradient descent."""

    def __init__(self, learning_rate=0.01, momentum=0.0, nesterov=False, name='SGD', **kwargs):
        super().__init__(name, **kwargs)
        self._set_hyper('learning_rate', kwargs.get('lr', learning_rate))
        self._set_hyper('decay', self._initial_decay)
        self._momentum = isinstance(momentum, ops.Tensor) or callable(momentum) or momentum > 0
        if isinstance(momentum, (int, float)) and (momentum < 0 or momentum > 1):
            raise ValueError('`momentum` must be between [0, 1].')
        self._set_hyper('momentum', momentum)
        self.nesterov = nesterov

    def _create_slots(self, var_list):
        if self._momentum:
            for var in var_list:
                self.add_slot(var, 'momentum')

    def _prepare_local(self, var_device, var_dtype, apply_state):
        super()._prepare_local(var_device, var_dtype, apply_state)
        apply_state[(var_device, var_dtype)]['momentum'] = array_ops.identity(self._get_hyper('momentum', var_dtype))

    def _resource_apply_dense(self, grad, var, apply_state=None):
        coefficients = self._coefficients(var, apply_state)
        if self._momentum:
            return gen_training_ops.resource_apply_keras_momentum(
                var.handle, self.get_slot(var, 'momentum').handle, coefficients['lr_t'], grad, coefficients['momentum'],
                use_locking=self._use_locking, use_nesterov=self.nesterov)
        return gen_training_ops.resource_apply_gradient_descent(var.handle, coefficients['lr_t'], grad,
                                                                use_locking=self._use_locking)

    def _resource_apply_sparse_duplicate_indices(self, grad, var, indices, **kwargs):
        if self._momentum:
            return super()._resource_apply_sparse_duplicate_indices(grad, var, indices, **kwargs)
        coefficients = self._coefficients(var, kwargs.get('apply_state'))
        return gen_resource_variable_ops.resource_scatter_add(var.handle, indices, -grad * coefficients['lr_t'])

    def _resource_apply_sparse(self, grad, var, indices, apply_state=None):
        coefficients = self._coefficients(var, apply_state)
        return gen_training_ops.resource_sparse_apply_keras_momentum(
            var.handle, self.get_slot(var, 'momentum').handle, coefficients['lr_t'], grad, indices,
            coefficients['momentum'], use_locking=self._use_locking, use_nesterov=self.nesterov)

    def get_config(self):
        """The arguments of the constructor."""
        return self._config_of('learning_rate', 'decay', 'momentum', nesterov=self.nesterov)


SGD.__module__ = 'tensorflow.python.keras.optimizer_v2.gradient_descent'
