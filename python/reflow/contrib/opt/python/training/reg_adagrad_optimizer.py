"""Adagrad with steps that leave its slots as they are."""

import contextlib

from reflow.framework import ops
from reflow.ops import math_ops
from reflow.training import adagrad
from reflow.training import gen_training_ops

__all__ = ['RegAdagradOptimizer']


class RegAdagradOptimizer(adagrad.AdagradOptimizer):
    """Adagrad; within `avoid_updating_slots` its steps, of regularisation say, don't count for later ones."""

    def __init__(self, learning_rate, initial_accumulator_value=0.1, use_locking=False, name='RegAdagrad'):
        super().__init__(learning_rate, initial_accumulator_value=initial_accumulator_value, use_locking=use_locking,
                         name=name)
        self._should_update_slots = True

    def _prepare(self):
        self._learning_rate_tensor = ops.convert_to_tensor(self._call_if_callable(self._learning_rate), name='learning_rate')

    @contextlib.contextmanager
    def avoid_updating_slots(self):
        """The context of steps that leave the slots as they are."""
        old, self._should_update_slots = self._should_update_slots, False
        try:
            yield
        finally:
            self._should_update_slots = old

    def _rate(self, dtype):
        return math_ops.cast(self._learning_rate_tensor, dtype.base_dtype)

    def _how(self):
        return dict(use_locking=self._use_locking, update_slots=self._should_update_slots)

    def _apply_dense(self, grad, var):
        accumulator = self.get_slot(var, 'accumulator')
        return gen_training_ops.apply_adagrad(var._ref(), accumulator._ref(), self._rate(var.dtype), grad, **self._how()).op

    def _resource_apply_dense(self, grad, var):
        accumulator = self.get_slot(var, 'accumulator')
        return gen_training_ops.resource_apply_adagrad(var.handle, accumulator.handle, self._rate(grad.dtype), grad,
                                                       **self._how())

    def _apply_sparse(self, grad, var):
        accumulator = self.get_slot(var, 'accumulator')
        return gen_training_ops.sparse_apply_adagrad(var._ref(), accumulator._ref(), self._rate(var.dtype), grad.values,
                                                     grad.indices, **self._how()).op

    def _resource_apply_sparse(self, grad, var, indices):
        accumulator = self.get_slot(var, 'accumulator')
        return gen_training_ops.resource_sparse_apply_adagrad(
            var.handle, accumulator.handle, self._rate(grad.dtype), grad, indices, **self._how())
