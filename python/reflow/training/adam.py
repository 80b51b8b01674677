"""Adam."""
from reflow import _core
from reflow.training import optimizer


class AdamOptimizer(optimizer.Optimizer):
    """Adam: Kingma and Ba, arXiv 1412.6980; epsilon is what section 2.1 there calls epsilon hat."""

    _make_object = staticmethod(_core.make_adam)

    def __init__(self, learning_rate=0.001, beta1=0.9, beta2=0.999, epsilon=1e-8, use_locking=False, name='Adam'):
        self._lr = learning_rate
        self._beta1 = beta1
        self._beta2 = beta2
        self._epsilon = epsilon
        super().__init__(use_locking, name)

    def _get_beta_accumulators(self):
        """The variables of beta1 and beta2 to the power of the step."""
        return self._get_non_slot_variable('beta1_power'), self._get_non_slot_variable('beta2_power')
