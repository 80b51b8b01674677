"""Adagrad."""
from reflow import _core
from reflow.training import optimizer


class AdagradOptimizer(optimizer.Optimizer):
    """Adagrad: Duchi, Hazan and Singer, JMLR 12 (2011)."""

    _make_object = staticmethod(_core.make_adagrad)

    def __init__(self, learning_rate, initial_accumulator_value=0.1, use_locking=False, name='Adagrad'):
        self._learning_rate = learning_rate
        self._initial_accumulator_value = initial_accumulator_value
        super().__init__(use_locking, name)
