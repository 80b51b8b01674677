"""Poisson's distribution."""

from reflow.framework import constant_op
from reflow.framework import dtypes
from reflow.framework import ops
from reflow.framework import tensor_shape
from reflow.ops import array_ops
from reflow.ops import check_ops
from reflow.ops import math_ops
from reflow.ops import random_ops
from reflow.ops.distributions import distribution
from reflow.ops.distributions import util as distribution_util

__all__ = ['Poisson']


class Poisson(distribution.Distribution):
    """How often something happens that happens `rate` times on average."""

    def __init__(self, rate=None, log_rate=None, validate_args=False, allow_nan_stats=True, name='Poisson'):
        parameters = dict(locals())
        with ops.name_scope(name, values=[rate]) as name:
            if (rate is None) == (log_rate is None):
                raise ValueError('Must specify exactly one of `rate` and `log_rate`.')
            if log_rate is None:
                rate = self._floating(rate, 'rate')
                with ops.control_dependencies([check_ops.assert_positive(rate)] if validate_args else []):
                    self._rate = array_ops.identity(rate, name='rate')
                    self._log_rate = math_ops.log(rate, name='log_rate')
            else:
                self._log_rate = self._floating(log_rate, 'log_rate')
                self._rate = math_ops.exp(self._log_rate, name='rate')
        super().__init__(dtype=self._rate.dtype, reparameterization_type=distribution.NOT_REPARAMETERIZED,
                         validate_args=validate_args, allow_nan_stats=allow_nan_stats, parameters=parameters,
                         graph_parents=[self._rate], name=name)

    @staticmethod
    def _floating(value, name):
        value = ops.convert_to_tensor(value, name=name)
        if not value.dtype.is_floating:
            raise TypeError('{}.dtype ({}) is a not a float-type.'.format(name, value.dtype.name))
        return value

    @property
    def rate(self):
        """The rate."""
        return self._rate

    @property
    def log_rate(self):
        """The logarithm of the rate."""
        return self._log_rate

    def _batch_shape_tensor(self):
        return array_ops.shape(self.rate)

    def _batch_shape(self):
        return self.rate.shape

    def _event_shape_tensor(self):
        return constant_op.constant([], dtype=dtypes.int32)

    def _event_shape(self):
        return tensor_shape.TensorShape([])

    def _checked(self, x):
        return distribution_util.embed_check_nonnegative_integer_form(x) if self.validate_args else x

    def _log_prob(self, x):
        x = self._checked(x)
        return x * self.log_rate - math_ops.lgamma(1. + x) - self.rate

    def _cdf(self, x):
        return math_ops.igammac(1. + self._checked(x), self.rate)

    def _log_cdf(self, x):
        return math_ops.log(self.cdf(x))

    def _mean(self):
        return array_ops.identity(self.rate)

    def _variance(self):
        return array_ops.identity(self.rate)

    def _mode(self):
        return math_ops.floor(self.rate)

    def _sample_n(self, n, seed=None):
        return random_ops.random_poisson(self.rate, [n], dtype=self.dtype, seed=seed)
