"""The gamma distribution."""

import numpy as np

from reflow.framework import constant_op
from reflow.framework import dtypes
from reflow.framework import ops
from reflow.framework import tensor_shape
from reflow.ops import array_ops
from reflow.ops import check_ops
from reflow.ops import control_flow_ops
from reflow.ops import math_ops
from reflow.ops import nn
from reflow.ops import random_ops
from reflow.ops.distributions import distribution
from reflow.ops.distributions import kullback_leibler

__all__ = ['Gamma', 'GammaWithSoftplusConcentrationRate']


class Gamma(distribution.Distribution):
    """The gamma distribution with shape `concentration` and scale 1 / `rate`."""

    def __init__(self, concentration, rate, validate_args=False, allow_nan_stats=True, name='Gamma'):
        parameters = dict(locals())
        with ops.name_scope(name, values=[concentration, rate]) as name:
            checks = [check_ops.assert_positive(concentration), check_ops.assert_positive(rate)] if validate_args else []
            with ops.control_dependencies(checks):
                self._concentration = array_ops.identity(concentration, name='concentration')
                self._rate = array_ops.identity(rate, name='rate')
                check_ops.assert_same_float_dtype([self._concentration, self._rate])
        super().__init__(dtype=self._concentration.dtype, validate_args=validate_args, allow_nan_stats=allow_nan_stats,
                         reparameterization_type=distribution.FULLY_REPARAMETERIZED, parameters=parameters,
                         graph_parents=[self._concentration, self._rate], name=name)

    @staticmethod
    def _param_shapes(sample_shape):
        shape = ops.convert_to_tensor(sample_shape, dtype=dtypes.int32)
        return {'concentration': shape, 'rate': shape}

    @property
    def concentration(self):
        """The shape parameter, alpha."""
        return self._concentration

    @property
    def rate(self):
        """The rate, beta."""
        return self._rate

    def _batch_shape_tensor(self):
        return array_ops.broadcast_dynamic_shape(array_ops.shape(self.concentration), array_ops.shape(self.rate))

    def _batch_shape(self):
        return array_ops.broadcast_static_shape(self.concentration.get_shape(), self.rate.get_shape())

    def _event_shape_tensor(self):
        return constant_op.constant([], dtype=dtypes.int32)

    def _event_shape(self):
        return tensor_shape.TensorShape([])

    def _sample_n(self, n, seed=None):
        return random_ops.random_gamma(shape=[n], alpha=self.concentration, beta=self.rate, dtype=self.dtype, seed=seed)

    def _log_prob(self, x):
        return self._log_unnormalized_prob(x) - self._log_normalization()

    def _cdf(self, x):
        return math_ops.igamma(self.concentration, self.rate * self._checked(x))

    def _log_unnormalized_prob(self, x):
        x = self._checked(x)
        return math_ops.xlogy(self.concentration - 1., x) - self.rate * x

    def _log_normalization(self):
        return math_ops.lgamma(self.concentration) - self.concentration * math_ops.log(self.rate)

    def _entropy(self):
        return (self.concentration - math_ops.log(self.rate) + math_ops.lgamma(self.concentration) +
                ((1. - self.concentration) * math_ops.digamma(self.concentration)))

    def _mean(self):
        return self.concentration / self.rate

    def _variance(self):
        return self.concentration / math_ops.square(self.rate)

    def _stddev(self):
        return math_ops.sqrt(self.concentration) / self.rate

    def _mode(self):
        mode = (self.concentration - 1.) / self.rate
        if self.allow_nan_stats:
            nan = array_ops.fill(self.batch_shape_tensor(), np.array(np.nan, dtype=self.dtype.as_numpy_dtype()),
                                 name='nan')
            return array_ops.where_v2(self.concentration > 1., mode, nan)
        return control_flow_ops.with_dependencies(
            [check_ops.assert_less(array_ops.ones([], self.dtype), self.concentration,
                                   message='mode not defined when any concentration <= 1')], mode)

    def _checked(self, x):
        check_ops.assert_same_float_dtype(tensors=[x], dtype=self.dtype)
        return control_flow_ops.with_dependencies([check_ops.assert_positive(x)], x) if self.validate_args else x


class GammaWithSoftplusConcentrationRate(Gamma):
    """Gamma of softplus(concentration) and softplus(rate)."""

    def __init__(self, concentration, rate, validate_args=False, allow_nan_stats=True,
                 name='GammaWithSoftplusConcentrationRate'):
        parameters = dict(locals())
        with ops.name_scope(name, values=[concentration, rate]) as name:
            super().__init__(concentration=nn.softplus(concentration, name='softplus_concentration'),
                             rate=nn.softplus(rate, name='softplus_rate'), validate_args=validate_args,
                             allow_nan_stats=allow_nan_stats, name=name)
        self._parameters = parameters


@kullback_leibler.RegisterKL(Gamma, Gamma)
def _kl_gamma_gamma(g0, g1, name=None):
    with ops.name_scope(name, 'kl_gamma_gamma', values=[g0.concentration, g0.rate, g1.concentration, g1.rate]):
        return (((g0.concentration - g1.concentration) * math_ops.digamma(g0.concentration)) +
                math_ops.lgamma(g1.concentration) - math_ops.lgamma(g0.concentration) +
                g1.concentration * math_ops.log(g0.rate) - g1.concentration * math_ops.log(g1.rate) +
                g0.concentration * (g1.rate / g0.rate - 1.))
