"""Nadam: Adam with Nesterov's momentum (Dozat, 2015)."""

from reflow.framework import ops
from reflow.keras import backend_config
from reflow.keras.optimizer_v2 import learning_rate_schedule
from reflow.keras.optimizer_v2 import optimizer_v2
from reflow.ops import array_ops
from reflow.ops import control_flow_ops
from reflow.ops import math_ops
from reflow.ops import state_ops


class Nadam(optimizer_v2.OptimizerV2):
    """Adam with Nesterov's momentum."""

    def __init__(self, learning_rate=0.001, beta_1=0.9, beta_2=0.999, epsilon=1e-7, name='Nadam', **kwargs):
        kwargs['decay'] = kwargs.pop('schedule_decay', 0.004)
        learning_rate = kwargs.get('lr', learning_rate)
        if isinstance(learning_rate, learning_rate_schedule.LearningRateSchedule):
            raise ValueError('The Nadam optimizer does not support tf.keras.optimizers.LearningRateSchedules as the '
                             'learning rate.')
        super().__init__(name, **kwargs)
        self._set_hyper('learning_rate', learning_rate)
        self._set_hyper('decay', self._initial_decay)
        self._set_hyper('beta_1', beta_1)
        self._set_hyper('beta_2', beta_2)
        self.epsilon = epsilon or backend_config.epsilon()
        self._m_cache = None

    def _create_slots(self, var_list):
        if self._m_cache is None:
            self._m_cache = self.add_weight('momentum_cache', shape=[], dtype=var_list[0].dtype.base_dtype,
                                            initializer='ones', trainable=False)
            self._weights.append(self._m_cache)
        for slot in ('m', 'v'):
            for var in var_list:
                self.add_slot(var, slot)

    def _prepare(self, var_list):
        self._m_cache_read = array_ops.identity(self._m_cache)
        return super()._prepare(var_list)

    def _prepare_local(self, var_device, var_dtype, apply_state):
        rate, beta_1, beta_2 = (array_ops.identity(self._get_hyper(name, var_dtype)) for name in (
            'learning_rate', 'beta_1', 'beta_2'))
        step, following = (math_ops.cast(self.iterations + n, var_dtype) for n in (1, 2))
        base = math_ops.cast(0.96, var_dtype)
        # The momentum grows from step to step; the product of all so far corrects the mean of the gradients.
        momentum, next_momentum = (beta_1 * (1. - 0.5 * math_ops.pow(base, self._initial_decay * n)) for n in (
            step, following))
        product = math_ops.cast(self._m_cache_read, var_dtype) * momentum
        if var_dtype == self._m_cache.dtype:
            product = array_ops.identity(state_ops.assign(self._m_cache, product, use_locking=self._use_locking))
        next_product = product * next_momentum
        apply_state[(var_device, var_dtype)] = dict(
            lr_t=rate, neg_lr_t=-rate, epsilon=ops.convert_to_tensor(self.epsilon, var_dtype), beta_1_t=beta_1,
            beta_2_t=beta_2, m_t=momentum, m_t_1=next_momentum, one_minus_beta_1_t=1 - beta_1, one_minus_beta_2_t=1 - beta_2,
            one_minus_m_t=1. - momentum, one_minus_m_schedule_new=1. - product,
            one_minus_m_schedule_next=1. - next_product, v_t_prime_denominator=1. - math_ops.pow(beta_2, step))

    def _resource_apply_dense(self, grad, var, apply_state=None):
        c = self._coefficients(var, apply_state)
        m, v = self.get_slot(var, 'm'), self.get_slot(var, 'v')

        def assigned(variable, value):
            return state_ops.assign(variable, value, use_locking=self._use_locking)

        of_now = grad / c['one_minus_m_schedule_new']
        mean = assigned(m, c['beta_1_t'] * m + c['one_minus_beta_1_t'] * grad)
        of_mean = mean / c['one_minus_m_schedule_next']
        square = assigned(v, c['beta_2_t'] * v + c['one_minus_beta_2_t'] * math_ops.square(grad))
        of_square = square / c['v_t_prime_denominator']
        step = c['one_minus_m_t'] * of_now + c['m_t_1'] * of_mean
        return assigned(var, var - c['lr_t'] * step / (math_ops.sqrt(of_square) + c['epsilon']))

    def _resource_apply_sparse(self, grad, var, indices, apply_state=None):
        c = self._coefficients(var, apply_state)
        m_t, m_t_slice = self._moved(self.get_slot(var, 'm'), indices, c['beta_1_t'], grad * c['one_minus_beta_1_t'])
        m_t_prime = m_t_slice / c['one_minus_m_schedule_next']
        m_t_bar = c['one_minus_m_t'] * (grad / c['one_minus_m_schedule_new']) + c['m_t_1'] * m_t_prime
        v_t, v_t_slice = self._moved(self.get_slot(var, 'v'), indices, c['beta_2_t'],
                                     (grad * grad) * c['one_minus_beta_2_t'])
        root = math_ops.sqrt(v_t_slice / c['v_t_prime_denominator']) + c['epsilon']
        var_update = self._resource_scatter_add(var, indices, c['neg_lr_t'] * m_t_bar / root)
        return control_flow_ops.group(*[var_update, m_t, v_t])

    def _moved(self, slot, indices, factor, values):
        """The slot times a factor with values added at the indices, and its rows there."""
        moved = state_ops.assign(slot, slot * factor, use_locking=self._use_locking)
        with ops.control_dependencies([moved]):
            moved = self._resource_scatter_add(slot, indices, values)
            return moved, array_ops.gather(moved, indices)

    def get_config(self):
        """The arguments of the constructor."""
        return self._config_of('learning_rate', 'decay', 'beta_1', 'beta_2', epsilon=self.epsilon)


Nadam.__module__ = 'tensorflow.python.keras.optimizer_v2.nadam'
