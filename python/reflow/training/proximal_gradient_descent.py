"""Gradient descent with proximal steps."""
from reflow import _core
from reflow.training import optimizer


class ProximalGradientDescentOptimizer(optimizer.Optimizer):
    """Gradient descent with proximal steps: Duchi and Singer, NIPS 2009."""

    _make_object = staticmethod(_core.make_proximal_gradient_descent)

    def __init__(self, learning_rate, l1_regularization_strength=0.0, l2_regularization_strength=0.0,
                 use_locking=False, name='ProximalGradientDescent'):
        self._learning_rate = learning_rate
        self._l1_regularization_strength = l1_regularization_strength
        self._l2_regularization_strength = l2_regularization_strength
        super().__init__(use_locking, name)
