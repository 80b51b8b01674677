"""Gradient descent."""
from reflow import _core
from reflow.training import optimizer


class GradientDescentOptimizer(optimizer.Optimizer):
    """variable -= learning_rate * gradient."""

    _make_object = staticmethod(_core.make_gradient_descent)

    def __init__(self, learning_rate, use_locking=False, name='GradientDescent'):
        self._learning_rate = learning_rate
        super().__init__(use_locking, name)
