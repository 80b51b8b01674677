"""Steps that are larger where gradient and momentum agree in sign. Bello et al., arXiv 1709.07417."""

import math

from reflow.framework import dtypes
from reflow.framework import ops
from reflow.ops import array_ops
from reflow.ops import control_flow_ops
from reflow.ops import math_ops
from reflow.ops import state_ops
from reflow.training import gen_training_ops
from reflow.training import optimizer

__all__ = ['AddSignOptimizer', 'PowerSignOptimizer']


class _SignOptimizer(optimizer.Optimizer):
    """A step of lr grad factor(decay sign(grad) sign(m)), with m a moving average of gradients."""

    def __init__(self, learning_rate, beta, sign_decay_fn, use_locking, name):
        super().__init__(use_locking, name)
        self._lr = learning_rate
        self._beta = beta
        self._sign_decay_fn = sign_decay_fn

    def apply_gradients(self, grads_and_vars, global_step=None, name=None):
        """Makes a step."""
        if self._sign_decay_fn is not None:
            self._sign_decay_t = ops.convert_to_tensor(self._sign_decay_fn(global_step), name='sign_decay')
        return super().apply_gradients(grads_and_vars, global_step=global_step, name=name)

    def _create_slots(self, var_list):
        for var in var_list:
            self._zeros_slot(var, 'm', self._name)

    def _prepare(self):
        self._lr_t = ops.convert_to_tensor(self._lr, name='learning_rate')
        self._beta_t = ops.convert_to_tensor(self._beta, name='beta')
        self._prepare_strength()
        if self._sign_decay_fn is None:
            self._sign_decay_t = ops.convert_to_tensor(1.0, name='sign_decay')

    def _tensors(self, dtype):
        return [math_ops.cast(tensor, dtype.base_dtype)
                for tensor in (self._lr_t, self._strength(), self._sign_decay_t, self._beta_t)]

    def _apply_dense(self, grad, var):
        m = self.get_slot(var, 'm')
        return self._apply_op(var._ref(), m._ref(), *self._tensors(var.dtype), grad, use_locking=self._use_locking).op

    def _resource_apply_dense(self, grad, var):
        m = self.get_slot(var, 'm')
        return self._resource_apply_op(var.handle, m.handle, *self._tensors(var.dtype), grad,
                                       use_locking=self._use_locking)

    def _apply_sparse(self, grad, var):
        lr, strength, decay, beta = self._tensors(var.dtype)
        m = self.get_slot(var, 'm')
        dense = ops.convert_to_tensor(grad)
        m_t = state_ops.assign(m, m * beta + dense * (1 - beta), use_locking=self._use_locking)
        agreement = array_ops.gather(math_ops.sign(m_t), grad.indices) * math_ops.sign(grad.values)
        step = lr * self._factor(strength, decay * agreement) * grad.values
        update = state_ops.scatter_sub(var, grad.indices, step, use_locking=self._use_locking)
        return control_flow_ops.group(*[update, m_t])


class AddSignOptimizer(_SignOptimizer):
    """AddSign: the factor is alpha + decay sign(grad) sign(m)."""

    _apply_op = staticmethod(lambda *args, **kwargs: gen_training_ops.apply_add_sign(*args, **kwargs))
    _resource_apply_op = staticmethod(lambda *args, **kwargs: gen_training_ops.resource_apply_add_sign(*args, **kwargs))

    def __init__(self, learning_rate=0.1, alpha=1.0, beta=0.9, sign_decay_fn=None, use_locking=False,
                 name='AddSignOptimizer'):
        super().__init__(learning_rate, beta, sign_decay_fn, use_locking, name)
        self._alpha = alpha

    def _prepare_strength(self):
        self._alpha_t = ops.convert_to_tensor(self._alpha, name='alpha')

    def _strength(self):
        return self._alpha_t

    def _factor(self, strength, agreement):
        return strength + agreement


class PowerSignOptimizer(_SignOptimizer):
    """PowerSign: the factor is base ** (decay sign(grad) sign(m))."""

    _apply_op = staticmethod(lambda *args, **kwargs: gen_training_ops.apply_power_sign(*args, **kwargs))
    _resource_apply_op = staticmethod(lambda *args, **kwargs: gen_training_ops.resource_apply_power_sign(*args, **kwargs))

    def __init__(self, learning_rate=0.1, base=math.e, beta=0.9, sign_decay_fn=None, use_locking=False,
                 name='PowerSignOptimizer'):
        super().__init__(learning_rate, beta, sign_decay_fn, use_locking, name)
        self._logbase = math.log(base)

    def _prepare_strength(self):
        self._logbase_t = ops.convert_to_tensor(self._logbase, name='logbase')

    def _strength(self):
        return self._logbase_t

    def _factor(self, strength, agreement):
        return math_ops.pow(ops.convert_to_tensor(math.e, agreement.dtype), strength * agreement)


def _checked_step(global_step, decay_steps, name):
    if global_step is None:
        raise ValueError('global_step is required for %s.' % name)
    return math_ops.minimum(global_step, decay_steps)


def get_linear_decay_fn(decay_steps):
    """A function of the step that falls from 1 to 0."""
    def decay(global_step):
        step = _checked_step(global_step, decay_steps, 'linear_decay')
        left = math_ops.cast(decay_steps, dtypes.int32) - math_ops.cast(step, dtypes.int32)
        return math_ops.maximum(0.0, math_ops.cast(left, dtypes.float32) / math_ops.cast(decay_steps, dtypes.float32))
    return decay


def get_cosine_decay_fn(decay_steps, num_periods=0.5, zero_after=None):
    """A function of the step that goes as a cosine between 1 and 0."""
    def decay(global_step):
        step = _checked_step(global_step, decay_steps, 'cosine_decay')
        done = math_ops.cast(step, dtypes.float32) / math_ops.cast(decay_steps, dtypes.float32)
        fraction = 2.0 * num_periods * done
        decayed = 0.5 * (1.0 + math_ops.cos(ops.convert_to_tensor(math.pi) * fraction))
        if zero_after is not None:
            decayed = array_ops.where(math_ops.greater_equal(fraction, 2 * zero_after), 0.0, decayed)
        return decayed
    return decay


def get_restart_decay_fn(decay_steps, num_periods=1, zero_after=None):
    """A function of the step that falls as a cosine from 1 to 0, `num_periods` times."""
    def decay(global_step):
        step = _checked_step(global_step, decay_steps, 'cosine_decay')
        within = math_ops.mod(num_periods * math_ops.cast(step, dtypes.float32), decay_steps)
        fraction = within / math_ops.cast(decay_steps, dtypes.float32)
        decayed = 0.5 * (1.0 + math_ops.cos(ops.convert_to_tensor(math.pi) * fraction))
        if zero_after is not None:
            done = math_ops.cast(num_periods * step, dtypes.float32) / math_ops.cast(decay_steps, dtypes.float32)
            decayed = array_ops.where(math_ops.greater_equal(done, zero_after), 0.0, decayed)
        return decayed
    return decay
