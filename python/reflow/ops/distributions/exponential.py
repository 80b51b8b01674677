"""The exponential distribution."""

import numpy as np

from reflow.framework import dtypes
from reflow.framework import ops
from reflow.ops import array_ops
from reflow.ops import math_ops
from reflow.ops import nn
from reflow.ops import random_ops
from reflow.ops.distributions import gamma

__all__ = ['Exponential', 'ExponentialWithSoftplusRate']


class Exponential(gamma.Gamma):
    """Gamma with a concentration of 1."""

    def __init__(self, rate, validate_args=False, allow_nan_stats=True, name='Exponential'):
        parameters = dict(locals())
        with ops.name_scope(name, values=[rate]) as name:
            rate = ops.convert_to_tensor(rate, name='rate')
        super().__init__(array_ops.ones([], dtype=rate.dtype), rate, validate_args, allow_nan_stats, name)
        self._parameters = parameters
        self._graph_parents += [self._rate]

    @staticmethod
    def _param_shapes(sample_shape):
        return {'rate': ops.convert_to_tensor(sample_shape, dtype=dtypes.int32)}

    def _log_survival_function(self, value):
        return self._log_prob(value) - math_ops.log(self._rate)

    def _sample_n(self, n, seed=None):
        least = np.finfo(self.dtype.as_numpy_dtype).tiny  # 0 has no logarithm
        shape = array_ops.concat([[n], array_ops.shape(self._rate)], 0)
        survival = random_ops.random_uniform(shape, least, 1., self.dtype, seed)
        return -math_ops.log(survival) / self._rate


class ExponentialWithSoftplusRate(Exponential):
    """Exponential with a rate of softplus(rate)."""

    def __init__(self, rate, validate_args=False, allow_nan_stats=True, name='ExponentialWithSoftplusRate'):
        parameters = dict(locals())
        with ops.name_scope(name, values=[rate]) as name:
            super().__init__(nn.softplus(rate, name='softplus_rate'), validate_args, allow_nan_stats, name)
        self._parameters = parameters
