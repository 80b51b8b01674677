"""Distributions that are functions of others."""

import numpy as np

from reflow.contrib.distributions.python.ops import bijectors
from reflow.contrib.distributions.python.ops.continuous import Logistic
from reflow.framework import dtypes
from reflow.framework import ops
from reflow.ops import array_ops
from reflow.ops import check_ops
from reflow.ops import control_flow_ops
from reflow.ops import math_ops
from reflow.ops import special_math_ops
from reflow.ops.distributions import distribution as distribution_lib
from reflow.ops.distributions import normal
from reflow.ops.distributions import transformed_distribution
from reflow.ops.distributions import uniform
from reflow.ops.distributions import util as distribution_util
from reflow.util.shown_attributes import shown

__all__ = ['ConditionalDistribution', 'ConditionalTransformedDistribution', 'Kumaraswamy', 'RelaxedBernoulli', 'SinhArcsinh']


class ConditionalDistribution(distribution_lib.Distribution):
    """A distribution whose methods take further arguments, which they give to what subclasses define."""

    def sample(self, sample_shape=(), seed=None, name='sample', **condition_kwargs):
        """Samples."""
        return self._call_sample_n(sample_shape, seed, name, **condition_kwargs)

    def log_prob(self, value, name='log_prob', **condition_kwargs):
        """The logarithm of the density, or of the probability."""
        return self._call_log_prob(value, name, **condition_kwargs)

    def prob(self, value, name='prob', **condition_kwargs):
        """The density, or the probability."""
        return self._call_prob(value, name, **condition_kwargs)

    def log_cdf(self, value, name='log_cdf', **condition_kwargs):
        """The logarithm of the probability of being at most `value`."""
        return self._call_log_cdf(value, name, **condition_kwargs)

    def cdf(self, value, name='cdf', **condition_kwargs):
        """The probability of being at most `value`."""
        return self._call_cdf(value, name, **condition_kwargs)

    def log_survival_function(self, value, name='log_survival_function', **condition_kwargs):
        """The logarithm of the probability of being above `value`."""
        return self._call_log_survival_function(value, name, **condition_kwargs)

    def survival_function(self, value, name='survival_function', **condition_kwargs):
        """The probability of being above `value`."""
        return self._call_survival_function(value, name, **condition_kwargs)


class _Conditioned:
    """A distribution, or a bijector, with the further arguments given beforehand."""

    def __init__(self, target, kwargs):
        self._target, self._kwargs = target, kwargs

    def __getattr__(self, name):
        value = getattr(self._target, name)
        return (lambda *args, **kwargs: value(*args, **kwargs, **self._kwargs)) if callable(value) and self._kwargs else value


class ConditionalTransformedDistribution(ConditionalDistribution, transformed_distribution.TransformedDistribution):
    """TransformedDistribution whose methods take `bijector_kwargs` and `distribution_kwargs`."""

    def _with(self, method, value, bijector_kwargs=None, distribution_kwargs=None):
        own = self._distribution, self._bijector
        self._distribution = _Conditioned(own[0], distribution_kwargs or {})
        self._bijector = _Conditioned(own[1], bijector_kwargs or {})
        try:
            return getattr(super(), method)(value)
        finally:
            self._distribution, self._bijector = own

    def _call_sample_n(self, sample_shape, seed, name, bijector_kwargs=None, distribution_kwargs=None):
        own = self._distribution
        self._distribution = _Conditioned(own, distribution_kwargs or {})
        try:
            return super()._call_sample_n(sample_shape, seed, name, **(bijector_kwargs or {}))
        finally:
            self._distribution = own

    def _log_prob(self, y, **kwargs):
        return self._with('_log_prob', y, **kwargs)

    def _prob(self, y, **kwargs):
        return self._with('_prob', y, **kwargs)

    def _log_cdf(self, y, **kwargs):
        return self._with('_log_cdf', y, **kwargs)

    def _cdf(self, y, **kwargs):
        return self._with('_cdf', y, **kwargs)

    def _log_survival_function(self, y, **kwargs):
        return self._with('_log_survival_function', y, **kwargs)

    def _survival_function(self, y, **kwargs):
        return self._with('_survival_function', y, **kwargs)

    def _quantile(self, value, **kwargs):
        return self._with('_quantile', value, **kwargs)


class RelaxedBernoulli(transformed_distribution.TransformedDistribution):
    """Numbers between 0 and 1, nearer to them the lower the temperature is, through which gradients go."""

    def __init__(self, temperature, logits=None, probs=None, validate_args=False, allow_nan_stats=True,
                 name='RelaxedBernoulli'):
        parameters = dict(locals())
        with ops.name_scope(name, values=[logits, probs, temperature]) as name:
            self._temperature = distribution_util.checked_positive(temperature, validate_args, 'temperature')
            self._logits, self._probs = distribution_util.get_logits_and_probs(
                logits=logits, probs=probs, validate_args=validate_args)
            super().__init__(
                distribution=Logistic(self._logits / self._temperature, 1. / self._temperature, validate_args=validate_args,
                                      allow_nan_stats=allow_nan_stats, name=name + '/Logistic'),
                bijector=bijectors.Sigmoid(validate_args=validate_args), validate_args=validate_args, name=name)
        self._parameters = parameters

    @staticmethod
    def _param_shapes(sample_shape):
        return {'logits': ops.convert_to_tensor(sample_shape, dtype=dtypes.int32)}

    temperature = shown('_temperature', 'The temperature.')
    logits = shown('_logits', 'The log-odds of 1.')
    probs = shown('_probs', 'The probability of 1.')


def _broadcast_shape(x, y):
    """The shape of x + y, static where it is known."""
    static = array_ops.broadcast_static_shape(x.shape, y.shape)
    if static.is_fully_defined():
        return static.as_list()
    return array_ops.broadcast_dynamic_shape(array_ops.shape(x), array_ops.shape(y))


def _harmonic_number(x):
    one = array_ops.ones([], dtype=x.dtype)
    return math_ops.digamma(x + one) - math_ops.digamma(one)


class Kumaraswamy(transformed_distribution.TransformedDistribution):
    """Kumaraswamy's distribution of numbers between 0 and 1."""

    def __init__(self, concentration1=None, concentration0=None, validate_args=False, allow_nan_stats=True,
                 name='Kumaraswamy'):
        with ops.name_scope(name, values=[concentration1, concentration0]) as name:
            concentration1 = ops.convert_to_tensor(concentration1, name='concentration1')
            concentration0 = ops.convert_to_tensor(concentration0, name='concentration0')
        dtype = concentration1.dtype
        super().__init__(
            distribution=uniform.Uniform(low=array_ops.zeros([], dtype=dtype), high=array_ops.ones([], dtype=dtype),
                                         allow_nan_stats=allow_nan_stats),
            bijector=bijectors.Kumaraswamy(concentration1=concentration1, concentration0=concentration0,
                                           validate_args=validate_args),
            batch_shape=_broadcast_shape(concentration1, concentration0), name=name)
        self._reparameterization_type = distribution_lib.FULLY_REPARAMETERIZED

    @property
    def concentration1(self):
        """The first parameter."""
        return self.bijector.concentration1

    @property
    def concentration0(self):
        """The second parameter."""
        return self.bijector.concentration0

    def _entropy(self):
        a, b = self.concentration1, self.concentration0
        return (1 - 1. / a) + (1 - 1. / b) * _harmonic_number(b) + math_ops.log(a) + math_ops.log(b)

    def _moment(self, n):
        total = self.concentration1 + self.concentration0
        a = array_ops.ones_like(total, dtype=self.dtype) * self.concentration1
        b = array_ops.ones_like(total, dtype=self.dtype) * self.concentration0
        arguments = array_ops.stack([1 + n / a, b], -1)
        return math_ops.exp(math_ops.log(b) + special_math_ops.lbeta(arguments))

    def _mean(self):
        return self._moment(1)

    def _variance(self):
        return self._moment(2) - math_ops.square(self._moment(1))

    def _mode(self):
        a, b = self.concentration1, self.concentration0
        mode = ((a - 1) / (a * b - 1)) ** (1. / a)
        if self.allow_nan_stats:
            nan = array_ops.fill(self.batch_shape_tensor(), np.array(np.nan, dtype=self.dtype.as_numpy_dtype), name='nan')
            return array_ops.where_v2((a > 1.) & (b > 1.), mode, nan)
        return control_flow_ops.with_dependencies([
            check_ops.assert_less(array_ops.ones([], dtype=a.dtype), a, message='Mode undefined for concentration1 <= 1.'),
            check_ops.assert_less(array_ops.ones([], dtype=b.dtype), b, message='Mode undefined for concentration0 <= 1.')],
            mode)


class SinhArcsinh(transformed_distribution.TransformedDistribution):
    """A distribution, by default the normal one, that leans and has tails as heavy as wanted."""

    def __init__(self, loc, scale, skewness=None, tailweight=None, distribution=None, validate_args=False,
                 allow_nan_stats=True, name='SinhArcsinh'):
        parameters = dict(locals())
        with ops.name_scope(name, values=[loc, scale, skewness, tailweight]) as name:
            loc = ops.convert_to_tensor(loc, name='loc')
            dtype = loc.dtype
            scale = ops.convert_to_tensor(scale, name='scale', dtype=dtype)
            is_symmetric = skewness is None
            tailweight = ops.convert_to_tensor(1. if tailweight is None else tailweight, name='tailweight', dtype=dtype)
            skewness = ops.convert_to_tensor(0. if is_symmetric else skewness, name='skewness', dtype=dtype)
            shape = loc.shape
            for each in (scale, tailweight, skewness):
                shape = array_ops.broadcast_static_shape(shape, each.shape)
            if not shape.is_fully_defined():
                shape = array_ops.shape(loc)
                for each in (scale, tailweight, skewness):
                    shape = array_ops.broadcast_dynamic_shape(shape, array_ops.shape(each))
            else:
                shape = shape.as_list()
            if distribution is None:
                distribution = normal.Normal(loc=array_ops.zeros([], dtype=dtype), scale=array_ops.ones([], dtype=dtype),
                                             allow_nan_stats=allow_nan_stats)
            elif distribution.dtype != dtype:
                raise TypeError('dtype mismatch; distribution.dtype="{}" is not "{}"'.format(
                    distribution.dtype.name, dtype.name))
            function = bijectors.SinhArcsinh(skewness=skewness, tailweight=tailweight)
            symmetric = function if is_symmetric else bijectors.SinhArcsinh(
                skewness=dtype.as_numpy_dtype(0.), tailweight=tailweight)
            # So that 2 standard deviations stay where they are without skewness.
            factor = 2 * scale / symmetric.forward(ops.convert_to_tensor(2, dtype=dtype))
            affine = bijectors.AffineScalar(shift=loc, scale=factor, validate_args=validate_args)
            super().__init__(distribution=distribution, bijector=bijectors.Chain([affine, function]), batch_shape=shape,
                             validate_args=validate_args, name=name)
        self._parameters = parameters
        self._loc, self._scale, self._tailweight, self._skewness = loc, scale, tailweight, skewness

    loc = shown('_loc', 'The location.')
    scale = shown('_scale', 'The scale.')
    tailweight = shown('_tailweight', 'How heavy the tails are.')
    skewness = shown('_skewness', 'How much it leans.')
