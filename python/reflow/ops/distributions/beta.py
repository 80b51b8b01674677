"""The beta distribution."""

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
from reflow.ops.distributions import util as distribution_util

__all__ = ['Beta', 'BetaWithSoftplusConcentration']


class Beta(distribution.Distribution):
    """x ** (concentration1 - 1) * (1 - x) ** (concentration0 - 1), normalised."""

    def __init__(self, concentration1=None, concentration0=None, validate_args=False, allow_nan_stats=True, name='Beta'):
        parameters = dict(locals())
        with ops.name_scope(name, values=[concentration1, concentration0]) as name:
            self._concentration1 = self._positive(
                ops.convert_to_tensor(concentration1, name='concentration1'), validate_args)
            self._concentration0 = self._positive(
                ops.convert_to_tensor(concentration0, name='concentration0'), validate_args)
            check_ops.assert_same_float_dtype([self._concentration1, self._concentration0])
            self._total_concentration = self._concentration1 + self._concentration0
        super().__init__(dtype=self._total_concentration.dtype, validate_args=validate_args,
                         allow_nan_stats=allow_nan_stats, reparameterization_type=distribution.FULLY_REPARAMETERIZED,
                         parameters=parameters, name=name,
                         graph_parents=[self._concentration1, self._concentration0, self._total_concentration])

    @staticmethod
    def _param_shapes(sample_shape):
        shape = ops.convert_to_tensor(sample_shape, dtype=dtypes.int32)
        return {'concentration1': shape, 'concentration0': shape}

    @property
    def concentration1(self):
        """The parameter of x."""
        return self._concentration1

    @property
    def concentration0(self):
        """The parameter of 1 - x."""
        return self._concentration0

    @property
    def total_concentration(self):
        """The sum of both."""
        return self._total_concentration

    def _batch_shape_tensor(self):
        return array_ops.shape(self.total_concentration)

    def _batch_shape(self):
        return self.total_concentration.get_shape()

    def _event_shape_tensor(self):
        return constant_op.constant([], dtype=dtypes.int32)

    def _event_shape(self):
        return tensor_shape.TensorShape([])

    def _sample_n(self, n, seed=None):
        expanded_concentration1 = array_ops.ones_like(self.total_concentration, dtype=self.dtype) * self.concentration1
        expanded_concentration0 = array_ops.ones_like(self.total_concentration, dtype=self.dtype) * self.concentration0
        gamma1_sample = random_ops.random_gamma(shape=[n], alpha=expanded_concentration1, dtype=self.dtype, seed=seed)
        gamma2_sample = random_ops.random_gamma(shape=[n], alpha=expanded_concentration0, dtype=self.dtype,
                                                seed=distribution_util.gen_new_seed(seed, 'beta'))
        return gamma1_sample / (gamma1_sample + gamma2_sample)

    def _log_prob(self, x):
        return self._log_unnormalized_prob(x) - self._log_normalization()

    def _prob(self, x):
        return math_ops.exp(self._log_prob(x))

    def _log_cdf(self, x):
        return math_ops.log(self._cdf(x))

    def _cdf(self, x):
        return math_ops.betainc(self.concentration1, self.concentration0, x)

    def _log_unnormalized_prob(self, x):
        x = self._maybe_assert_valid_sample(x)
        return (math_ops.xlogy(self.concentration1 - 1., x) + (self.concentration0 - 1.) * math_ops.log1p(-x))

    def _log_normalization(self):
        return (math_ops.lgamma(self.concentration1) + math_ops.lgamma(self.concentration0) -
                math_ops.lgamma(self.total_concentration))

    def _entropy(self):
        return (self._log_normalization() - (self.concentration1 - 1.) * math_ops.digamma(self.concentration1) -
                (self.concentration0 - 1.) * math_ops.digamma(self.concentration0) +
                ((self.total_concentration - 2.) * math_ops.digamma(self.total_concentration)))

    def _mean(self):
        return self._concentration1 / self._total_concentration

    def _variance(self):
        return self._mean() * (1. - self._mean()) / (1. + self.total_concentration)

    def _mode(self):
        mode = (self.concentration1 - 1.) / (self.total_concentration - 2.)
        if self.allow_nan_stats:
            nan = array_ops.fill(self.batch_shape_tensor(), np.array(np.nan, dtype=self.dtype.as_numpy_dtype()),
                                 name='nan')
            is_defined = math_ops.logical_and(self.concentration1 > 1., self.concentration0 > 1.)
            return array_ops.where_v2(is_defined, mode, nan)
        one = array_ops.ones([], dtype=self.dtype)
        return control_flow_ops.with_dependencies([
            check_ops.assert_less(one, self.concentration1, message='Mode undefined for concentration1 <= 1.'),
            check_ops.assert_less(one, self.concentration0, message='Mode undefined for concentration0 <= 1.')], mode)

    @staticmethod
    def _positive(concentration, validate_args):
        if not validate_args:
            return concentration
        return control_flow_ops.with_dependencies(
            [check_ops.assert_positive(concentration, message='Concentration parameter must be positive.')],
            concentration)

    def _maybe_assert_valid_sample(self, x):
        if not self.validate_args:
            return x
        return control_flow_ops.with_dependencies([
            check_ops.assert_positive(x, message='sample must be positive'),
            check_ops.assert_less(x, array_ops.ones([], self.dtype), message='sample must be less than `1`.')], x)


class BetaWithSoftplusConcentration(Beta):
    """Beta of softplus(concentration1) and softplus(concentration0)."""

    def __init__(self, concentration1, concentration0, validate_args=False, allow_nan_stats=True,
                 name='BetaWithSoftplusConcentration'):
        parameters = dict(locals())
        with ops.name_scope(name, values=[concentration1, concentration0]) as name:
            super().__init__(concentration1=nn.softplus(concentration1, name='softplus_concentration1'),
                             concentration0=nn.softplus(concentration0, name='softplus_concentration0'),
                             validate_args=validate_args, allow_nan_stats=allow_nan_stats, name=name)
        self._parameters = parameters


@kullback_leibler.RegisterKL(Beta, Beta)
def _kl_beta_beta(d1, d2, name=None):
    def delta(fn, is_property=True):
        fn1, fn2 = getattr(d1, fn), getattr(d2, fn)
        return fn2 - fn1 if is_property else fn2() - fn1()

    with ops.name_scope(name, 'kl_beta_beta', values=[d1.concentration1, d1.concentration0, d1.total_concentration,
                                                      d2.concentration1, d2.concentration0, d2.total_concentration]):
        return (delta('_log_normalization', is_property=False) -
                math_ops.digamma(d1.concentration1) * delta('concentration1') -
                math_ops.digamma(d1.concentration0) * delta('concentration0') +
                math_ops.digamma(d1.total_concentration) * delta('total_concentration'))
