"""RMSProp."""
from reflow import _core
from reflow.training import optimizer


class RMSPropOptimizer(optimizer.Optimizer):
    """Tieleman and Hinton's rmsprop; centered: divides by an estimate of the variance."""

    _make_object = staticmethod(_core.make_rmsprop)

    def __init__(self, learning_rate, decay=0.9, momentum=0.0, epsilon=1e-10, use_locking=False, centered=False,
                 name='RMSProp'):
        self._learning_rate = learning_rate
        self._decay = decay
        self._momentum = momentum
        self._epsilon = epsilon
        self._centered = bool(centered)
        super().__init__(use_locking, name)
