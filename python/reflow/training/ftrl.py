"""FTRL."""
from reflow import _core
from reflow.training import optimizer


class FtrlOptimizer(optimizer.Optimizer):
    """Follow the regularized leader: McMahan and others, KDD 2013."""

    _make_object = staticmethod(_core.make_ftrl)

    def __init__(self, learning_rate, learning_rate_power=-0.5, initial_accumulator_value=0.1,
                 l1_regularization_strength=0.0, l2_regularization_strength=0.0, use_locking=False, name='Ftrl',
                 accum_name=None, linear_name=None, l2_shrinkage_regularization_strength=0.0):
        self._learning_rate = learning_rate
        self._learning_rate_power = learning_rate_power
        self._initial_accumulator_value = initial_accumulator_value
        self._l1_regularization_strength = l1_regularization_strength
        self._l2_regularization_strength = l2_regularization_strength
        self._l2_shrinkage_regularization_strength = l2_shrinkage_regularization_strength
        self._accum_name = accum_name
        self._linear_name = linear_name
        super().__init__(use_locking, name)
