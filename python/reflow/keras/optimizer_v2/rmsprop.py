"""RMSprop (Tieleman and Hinton, 2012)."""

from reflow.framework import ops
from reflow.keras import backend_config
from reflow.keras.optimizer_v2 import optimizer_v2
from reflow.ops import array_ops
from reflow.ops import control_flow_ops
from reflow.training import gen_training_ops
from reflow.ops import math_ops
from reflow.ops import state_ops


class RMSprop(optimizer_v2.OptimizerV2):
    """Divides gradients by the root of a moving average of their squares."""

    def __init__(self, learning_rate=0.001, rho=0.9, momentum=0.0, epsilon=1e-7, centered=False, name='RMSprop', **kwargs):
        super().__init__(name, **kwargs)
        self._set_hyper('learning_rate', kwargs.get('lr', learning_rate))
        self._set_hyper('decay', self._initial_decay)
        self._set_hyper('rho', rho)
        self._momentum = isinstance(momentum, ops.Tensor) or callable(momentum) or momentum > 0
        if isinstance(momentum, (int, float)) and (momentum < 0 or momentum > 1):
            raise ValueError('`momentum` must be between [0, 1].')
        self._set_hyper('momentum', momentum)
        self.epsilon = epsilon or backend_config.epsilon()
        self.centered = centered

    def _create_slots(self, var_list):
        for slot in ['rms'] + (['momentum'] if self._momentum else []) + (['mg'] if self.centered else []):
            for var in var_list:
                self.add_slot(var, slot)

    def _prepare_local(self, var_device, var_dtype, apply_state):
        super()._prepare_local(var_device, var_dtype, apply_state)
        rho = array_ops.identity(self._get_hyper('rho', var_dtype))
        state = apply_state[(var_device, var_dtype)]
        state.update(neg_lr_t=-state['lr_t'], epsilon=ops.convert_to_tensor(self.epsilon, var_dtype), rho=rho,
                     momentum=array_ops.identity(self._get_hyper('momentum', var_dtype)), one_minus_rho=1. - rho)

    def _handles(self, var):
        slots = (['mg'] if self.centered else []) + ['rms', 'momentum']
        return [var.handle] + [self.get_slot(var, slot).handle for slot in slots]

    def _resource_apply_dense(self, grad, var, apply_state=None):
        c = self._coefficients(var, apply_state)
        if self._momentum:
            apply = (gen_training_ops.resource_apply_centered_rms_prop if self.centered
                     else gen_training_ops.resource_apply_rms_prop)
            return apply(*self._handles(var), c['lr_t'], c['rho'], c['momentum'], c['epsilon'], grad,
                         use_locking=self._use_locking)
        rms = self.get_slot(var, 'rms')
        rms_t = c['rho'] * rms + c['one_minus_rho'] * math_ops.square(grad)
        rms_t = state_ops.assign(rms, rms_t, use_locking=self._use_locking)
        denom_t = rms_t
        if self.centered:
            mg = self.get_slot(var, 'mg')
            mg_t = c['rho'] * mg + c['one_minus_rho'] * grad
            mg_t = state_ops.assign(mg, mg_t, use_locking=self._use_locking)
            denom_t = rms_t - math_ops.square(mg_t)
        var_t = var - c['lr_t'] * grad / (math_ops.sqrt(denom_t) + c['epsilon'])
        return state_ops.assign(var, var_t, use_locking=self._use_locking)

    def _resource_apply_sparse(self, grad, var, indices, apply_state=None):
        c = self._coefficients(var, apply_state)
        if self._momentum:
            apply = (gen_training_ops.resource_sparse_apply_centered_rms_prop if self.centered
                     else gen_training_ops.resource_sparse_apply_rms_prop)
            return apply(*self._handles(var), c['lr_t'], c['rho'], c['momentum'], c['epsilon'], grad, indices,
                         use_locking=self._use_locking)
        rms = self.get_slot(var, 'rms')
        rms_t = self._moved(rms, indices, (grad * grad) * c['one_minus_rho'], c['rho'])
        denom = array_ops.gather(rms_t, indices)
        updates = [rms_t]
        if self.centered:
            mg_t = self._moved(self.get_slot(var, 'mg'), indices, grad * c['one_minus_rho'], c['rho'])
            denom = denom - math_ops.square(array_ops.gather(mg_t, indices))
            updates.append(mg_t)
        var_update = self._resource_scatter_add(var, indices,
                                                c['neg_lr_t'] * grad / (math_ops.sqrt(denom) + c['epsilon']))
        return control_flow_ops.group(*[var_update] + updates)

    def _moved(self, slot, indices, values, rho):
        """The slot times rho, with values added at the indices."""
        moved = state_ops.assign(slot, slot * rho, use_locking=self._use_locking)
        with ops.control_dependencies([moved]):
            return self._resource_scatter_add(slot, indices, values)

    _weights_of_keras = optimizer_v2.OptimizerV2._with_iterations

    def get_config(self):
        """The arguments of the constructor."""
        return self._config_of('learning_rate', 'decay', 'rho', 'momentum', epsilon=self.epsilon, centered=self.centered)


RMSProp = RMSprop
RMSprop.__module__ = 'tensorflow.python.keras.optimizer_v2.rmsprop'
