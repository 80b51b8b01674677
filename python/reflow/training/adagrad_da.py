"""Adagrad with dual averaging."""
from reflow import _core
from reflow.training import optimizer


class AdagradDAOptimizer(optimizer.Optimizer):
    """Adagrad with dual averaging, which takes care of regularization of features not seen in a step."""

    _make_object = staticmethod(_core.make_adagrad_da)

    def __init__(self, learning_rate, global_step, initial_gradient_squared_accumulator_value=0.1,
                 l1_regularization_strength=0.0, l2_regularization_strength=0.0, use_locking=False, name='AdagradDA'):
        self._learning_rate = learning_rate
        self._global_step = global_step
        self._initial_gradient_squared_accumulator_value = initial_gradient_squared_accumulator_value
        self._l1_regularization_strength = l1_regularization_strength
        self._l2_regularization_strength = l2_regularization_strength
        super().__init__(use_locking, name)
