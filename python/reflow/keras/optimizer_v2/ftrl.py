"""FTRL-Proximal (McMahan et al., KDD 2013)."""

from reflow.keras.optimizer_v2 import optimizer_v2
from reflow.ops import array_ops
from reflow.training import gen_training_ops
from reflow.ops import init_ops
from reflow.ops import math_ops

_HYPERS = ('learning_rate_power', 'l1_regularization_strength', 'l2_regularization_strength')


class Ftrl(optimizer_v2.OptimizerV2):
    """Follows the regularized leader."""

    def __init__(self, learning_rate=0.001, learning_rate_power=-0.5, initial_accumulator_value=0.1,
                 l1_regularization_strength=0.0, l2_regularization_strength=0.0, name='Ftrl',
                 l2_shrinkage_regularization_strength=0.0, **kwargs):
        super().__init__(name, **kwargs)
        for argument, value, sign in (
                ('initial_accumulator_value', initial_accumulator_value, 1), ('learning_rate_power', learning_rate_power, -1),
                ('l1_regularization_strength', l1_regularization_strength, 1),
                ('l2_regularization_strength', l2_regularization_strength, 1),
                ('l2_shrinkage_regularization_strength', l2_shrinkage_regularization_strength, 1)):
            if value * sign < 0:
                raise ValueError('%s %f needs to be %s or zero' % (argument, value, 'positive' if sign > 0 else 'negative'))
        self._set_hyper('learning_rate', learning_rate)
        self._set_hyper('decay', self._initial_decay)
        self._set_hyper('learning_rate_power', learning_rate_power)
        self._set_hyper('l1_regularization_strength', l1_regularization_strength)
        self._set_hyper('l2_regularization_strength', l2_regularization_strength)
        self._initial_accumulator_value = initial_accumulator_value
        self._l2_shrinkage_regularization_strength = l2_shrinkage_regularization_strength

    def _create_slots(self, var_list):
        for var in var_list:
            self.add_slot(var, 'accumulator', init_ops.Constant(self._initial_accumulator_value,
                                                                dtype=var.dtype.base_dtype))
            self.add_slot(var, 'linear')

    def _prepare_local(self, var_device, var_dtype, apply_state):
        super()._prepare_local(var_device, var_dtype, apply_state)
        state = apply_state[(var_device, var_dtype)]
        for name in _HYPERS:
            state[name] = array_ops.identity(self._get_hyper(name, var_dtype))
        state['l2_shrinkage_regularization_strength'] = math_ops.cast(self._l2_shrinkage_regularization_strength, var_dtype)

    def _arguments(self, grad, var, indices, apply_state):
        c = self._coefficients(var, apply_state)
        arguments = [var.handle, self.get_slot(var, 'accumulator').handle, self.get_slot(var, 'linear').handle, grad]
        arguments += [] if indices is None else [indices]
        arguments += [c['lr_t'], c['l1_regularization_strength'], c['l2_regularization_strength']]
        if self._l2_shrinkage_regularization_strength > 0.0:
            arguments.append(c['l2_shrinkage_regularization_strength'])
        return arguments + [c['learning_rate_power']]

    def _resource_apply_dense(self, grad, var, apply_state=None):
        apply = (gen_training_ops.resource_apply_ftrl if self._l2_shrinkage_regularization_strength <= 0.0
                 else gen_training_ops.resource_apply_ftrl_v2)
        return apply(*self._arguments(grad, var, None, apply_state), use_locking=self._use_locking)

    def _resource_apply_sparse(self, grad, var, indices, apply_state=None):
        apply = (gen_training_ops.resource_sparse_apply_ftrl if self._l2_shrinkage_regularization_strength <= 0.0
                 else gen_training_ops.resource_sparse_apply_ftrl_v2)
        return apply(*self._arguments(grad, var, indices, apply_state), use_locking=self._use_locking)

    def get_config(self):
        """The arguments of the constructor."""
        return self._config_of(
            'learning_rate', 'decay', *_HYPERS, initial_accumulator_value=self._initial_accumulator_value,
            l2_shrinkage_regularization_strength=self._l2_shrinkage_regularization_strength)


Ftrl.__module__ = 'tensorflow.python.keras.optimizer_v2.ftrl'
