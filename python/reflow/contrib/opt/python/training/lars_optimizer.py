"""Learning rates by layer. You, Gitman and Ginsburg, arXiv 1708.03888."""

from reflow.framework import ops
from reflow.ops import array_ops
from reflow.ops import linalg_ops
from reflow.ops import math_ops
from reflow.training import gen_training_ops
from reflow.training import optimizer

__all__ = ['LARSOptimizer']


class LARSOptimizer(optimizer.Optimizer):
    """Momentum with a learning rate for each variable: as large as its norm allows, compared with that of its gradient."""

    def __init__(self, learning_rate, momentum=0.9, weight_decay=0.0001, eeta=0.001, epsilon=0.0, name='LARSOptimizer',
                 skip_list=None, use_nesterov=False):
        if momentum < 0.0:
            raise ValueError('momentum should be positive: %s' % momentum)
        if weight_decay < 0.0:
            raise ValueError('weight_decay should be positive: %s' % weight_decay)
        super().__init__(use_locking=False, name=name)
        self._learning_rate = learning_rate
        self._momentum = momentum
        self._weight_decay = weight_decay
        self._eeta = eeta
        self._epsilon = epsilon
        self._name = name
        self._skip_list = skip_list
        self._use_nesterov = use_nesterov

    def _create_slots(self, var_list):
        for var in var_list:
            self._zeros_slot(var, 'momentum', self._name)

    def compute_lr(self, grad, var):
        """(the learning rate, the gradient with the decay of weights)."""
        if self._skip_list is not None and any(part in var.name for part in self._skip_list):
            return self._learning_rate, grad
        w_norm, g_norm = linalg_ops.norm(var, ord=2), linalg_ops.norm(grad, ord=2)
        has_weights = math_ops.greater(w_norm, 0)
        has_gradient = math_ops.greater(g_norm, 0)
        trust = self._eeta * w_norm / (g_norm + self._weight_decay * w_norm + self._epsilon)
        trust = array_ops.where(has_weights, array_ops.where(has_gradient, trust, 1.0), 1.0)
        scaled = self._learning_rate * trust
        return scaled, grad + self._weight_decay * var

    def _apply_dense(self, grad, var):
        rate, grad = self.compute_lr(grad, var)
        momentum = self.get_slot(var, 'momentum')
        return gen_training_ops.apply_momentum(
            var._ref(), momentum._ref(), math_ops.cast(1.0, var.dtype.base_dtype), grad * rate, self._momentum,
            use_locking=False, use_nesterov=self._use_nesterov).op

    def _resource_apply_dense(self, grad, var):
        rate, grad = self.compute_lr(grad, var)
        momentum = self.get_slot(var, 'momentum')
        return gen_training_ops.resource_apply_momentum(
            var.handle, momentum.handle, math_ops.cast(1.0, var.dtype.base_dtype), grad * rate, self._momentum,
            use_locking=False, use_nesterov=self._use_nesterov)

    def _apply_sparse(self, grad, var):
        momentum, dtype = self.get_slot(var, 'momentum'), var.dtype.base_dtype
        return gen_training_ops.sparse_apply_momentum(
            var._ref(), momentum._ref(), math_ops.cast(self._learning_rate_tensor, dtype), grad.values, grad.indices,
            math_ops.cast(self._momentum_tensor, dtype), use_locking=self._use_locking,
            use_nesterov=self._use_nesterov).op

    def _resource_apply_sparse(self, grad, var, indices):
        momentum = self.get_slot(var, 'momentum')
        return gen_training_ops.resource_sparse_apply_momentum(
            var.handle, momentum.handle, math_ops.cast(self._learning_rate_tensor, grad.dtype), grad, indices,
            math_ops.cast(self._momentum_tensor, grad.dtype), use_locking=self._use_locking,
            use_nesterov=self._use_nesterov)

    def _prepare(self):
        self._learning_rate_tensor = ops.convert_to_tensor(self._call_if_callable(self._learning_rate), name='learning_rate')
        self._momentum_tensor = ops.convert_to_tensor(self._call_if_callable(self._momentum), name='momentum')
