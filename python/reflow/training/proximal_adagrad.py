"""Adagrad with proximal steps."""
from reflow import _core
from reflow.training import optimizer


class ProximalAdagradOptimizer(optimizer.Optimizer):
    """Adagrad with proximal steps: Duchi and Singer, NIPS 2009."""

    _make_object = staticmethod(_core.make_proximal_adagrad)

    def __init__(self, learning_rate, initial_accumulator_value=0.1, l1_regularization_strength=0.0,
                 l2_regularization_strength=0.0, use_locking=False, name='ProximalAdagrad'):
        self._learning_rate = learning_rate
        self._initial_accumulator_value = initial_accumulator_value
        self._l1_regularization_strength = l1_regularization_strength
        self._l2_regularization_strength = l2_regularization_strength
        super().__init__(use_locking, name)
