"""The uniform distribution."""

import math

from reflow.framework import ops
from reflow.ops import array_ops
from reflow.ops import check_ops
from reflow.ops import math_ops
from reflow.ops import random_ops
from reflow.ops.distributions import scalar_distribution

__all__ = ['Uniform']


class Uniform(scalar_distribution.ScalarDistribution):
    """Numbers of [low, high)."""

    _PARAMETERS = ('low', 'high')
    low = scalar_distribution.parameter('low', 'The lower end.')
    high = scalar_distribution.parameter('high', 'The upper end.')

    def __init__(self, low=0., high=1., validate_args=False, allow_nan_stats=True, name='Uniform'):
        parameters = dict(locals())
        with ops.name_scope(name, values=[low, high]) as name:
            message = 'uniform not defined when low >= high.'
            checks = [check_ops.assert_less(low, high, message=message)] if validate_args else []
            self._set_checked(dict(low=low, high=high), checks)
        self._begin(parameters, validate_args, allow_nan_stats, name)

    def range(self, name='range'):
        """high - low."""
        with self._name_scope(name):
            return self.high - self.low

    def _sample_n(self, n, seed=None):
        of_unit = random_ops.random_uniform(self._sample_shape(n), dtype=self.dtype, seed=seed)
        return self.low + self.range() * of_unit

    def _prob(self, x):
        x = x * array_ops.ones(self.batch_shape_tensor(), dtype=x.dtype)
        is_unknown, is_outside = math_ops.is_nan(x), math_ops.logical_or(x < self.low, x >= self.high)
        density = array_ops.where_v2(is_outside, array_ops.zeros_like(x), array_ops.ones_like(x) / self.range())
        return array_ops.where_v2(is_unknown, x, density)

    def _cdf(self, x):
        shape = array_ops.broadcast_dynamic_shape(array_ops.shape(x), self.batch_shape_tensor())
        nothing, all_of_it = array_ops.zeros(shape, self.dtype), array_ops.ones(shape, self.dtype)
        wide = x * all_of_it
        below_high = array_ops.where_v2(x < self.low, nothing, (wide - self.low) / self.range())
        return array_ops.where_v2(x >= self.high, all_of_it, below_high)

    def _entropy(self):
        return math_ops.log(self.range())

    def _mean(self):
        return (self.low + self.high) / 2.

    def _variance(self):
        return math_ops.square(self.range()) / 12.

    def _stddev(self):
        return self.range() / math.sqrt(12.)
