"""Adadelta."""
from reflow import _core
from reflow.training import optimizer


class AdadeltaOptimizer(optimizer.Optimizer):
    """Adadelta: Zeiler, arXiv 1212.5701."""

    _make_object = staticmethod(_core.make_adadelta)

    def __init__(self, learning_rate=0.001, rho=0.95, epsilon=1e-8, use_locking=False, name='Adadelta'):
        self._lr = learning_rate
        self._rho = rho
        self._epsilon = epsilon
        super().__init__(use_locking, name)
