"""Adam for classes that compute updates themselves."""

from reflow.framework import ops
from reflow.ops import math_ops
from reflow.training import adam


class AdamWithTensors(adam.AdamOptimizer):
    """Adam with its hyperparameters as tensors `_lr_t`, `_beta1_t`, `_beta2_t`, `_epsilon_t`."""

    def _prepare(self):
        super()._prepare()
        for name, value in (('_lr_t', self._lr), ('_beta1_t', self._beta1), ('_beta2_t', self._beta2),
                            ('_epsilon_t', self._epsilon)):
            setattr(self, name, ops.convert_to_tensor(self._call_if_callable(value), name=name[1:-2]))

    def _cast_tensors(self, dtype):
        """(beta1 ** step, beta2 ** step, learning rate, beta1, beta2, epsilon) of a type."""
        beta1_power, beta2_power = self._get_beta_accumulators()
        return [math_ops.cast(t, dtype.base_dtype) for t in (beta1_power, beta2_power, self._lr_t, self._beta1_t,
                                                             self._beta2_t, self._epsilon_t)]
