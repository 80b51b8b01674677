"""Adagrad (Duchi, Hazan and Singer, JMLR 12)."""

from reflow.framework import ops
from reflow.keras import backend_config
from reflow.keras.optimizer_v2 import optimizer_v2
from reflow.ops import array_ops
from reflow.training import gen_training_ops
from reflow.ops import init_ops


class Adagrad(optimizer_v2.OptimizerV2):
    """Divides gradients by the root of the sum of their squares."""

    def __init__(self, learning_rate=0.001, initial_accumulator_value=0.1, epsilon=1e-7, name='Adagrad', **kwargs):
        if initial_accumulator_value < 0.0:
            raise ValueError('initial_accumulator_value must be non-negative: %s' % initial_accumulator_value)
        if epsilon is None:
            epsilon = backend_config.epsilon()
        super().__init__(name, **kwargs)
        self._set_hyper('learning_rate', kwargs.get('lr', learning_rate))
        self._set_hyper('decay', self._initial_decay)
        self._initial_accumulator_value = initial_accumulator_value
        self.epsilon = epsilon or backend_config.epsilon()

    def _create_slots(self, var_list):
        for var in var_list:
            self.add_slot(var, 'accumulator', init_ops.Constant(self._initial_accumulator_value,
                                                                dtype=var.dtype.base_dtype))

    def _prepare_local(self, var_device, var_dtype, apply_state):
        super()._prepare_local(var_device, var_dtype, apply_state)
        state = apply_state[(var_device, var_dtype)]
        state.update(epsilon=ops.convert_to_tensor(self.epsilon, var_dtype), neg_lr_t=-state['lr_t'],
                     zero=array_ops.zeros((), dtype='int64'))

    def _resource_apply_dense(self, grad, var, apply_state=None):
        c = self._coefficients(var, apply_state)
        return gen_training_ops.resource_apply_adagrad_v2(
            var.handle, self.get_slot(var, 'accumulator').handle, c['lr_t'], c['epsilon'], grad,
            use_locking=self._use_locking)

    def _resource_apply_sparse(self, grad, var, indices, apply_state=None):
        c = self._coefficients(var, apply_state)
        return gen_training_ops.resource_sparse_apply_adagrad_v2(
            var.handle, self.get_slot(var, 'accumulator').handle, c['lr_t'], c['epsilon'], grad, indices,
            use_locking=self._use_locking)

    _weights_of_keras = optimizer_v2.OptimizerV2._with_iterations

    def get_config(self):
        """The arguments of the constructor."""
        return self._config_of('learning_rate', 'decay', initial_accumulator_value=self._initial_accumulator_value,
                               epsilon=self.epsilon)


Adagrad.__module__ = 'tensorflow.python.keras.optimizer_v2.adagrad'
