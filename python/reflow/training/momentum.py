"""Gradient descent with momentum."""
from reflow import _core
from reflow.training import optimizer


class MomentumOptimizer(optimizer.Optimizer):
    """accumulation = momentum * accumulation + gradient; variable -= learning_rate * accumulation."""

    _make_object = staticmethod(_core.make_momentum)

    def __init__(self, learning_rate, momentum, use_locking=False, name='Momentum', use_nesterov=False):
        self._learning_rate = learning_rate
        self._momentum = momentum
        self._use_nesterov = bool(use_nesterov)
        super().__init__(use_locking, name)
