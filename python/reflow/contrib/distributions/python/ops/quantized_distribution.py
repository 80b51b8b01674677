"""Numbers of another distribution, rounded up."""

import numpy as np

from reflow.framework import ops
from reflow.ops import array_ops
from reflow.ops import check_ops
from reflow.ops import control_flow_ops
from reflow.ops import math_ops
from reflow.ops.distributions import distribution as distribution_lib
from reflow.ops.distributions import util as distribution_util
from reflow.util.shown_attributes import shown

__all__ = ['QuantizedDistribution']


def _log_of_difference(big, small):
    """log(exp(big) - exp(small))."""
    with ops.name_scope('logsum_expbig_minus_expsmall', values=[small, big]):
        return math_ops.log(1. - math_ops.exp(small - big)) + big


class QuantizedDistribution(distribution_lib.Distribution):
    """ceil(x) of a distribution's x, not below `low` and not above `high`, where these are given."""

    def __init__(self, distribution, low=None, high=None, validate_args=False, name='QuantizedDistribution'):
        parameters = dict(locals())
        with ops.name_scope(name, values=list(distribution.parameters.values()) + [low, high]) as name:
            self._dist = distribution
            low = None if low is None else ops.convert_to_tensor(low, name='low')
            high = None if high is None else ops.convert_to_tensor(high, name='high')
            check_ops.assert_same_float_dtype(tensors=[low, high], dtype=distribution.dtype)
            checks = []
            if validate_args and low is not None and high is not None:
                checks.append(check_ops.assert_less(low, high, message='low must be strictly less than high.'))
            self._validate_args = validate_args
            with ops.control_dependencies(checks):
                self._low = None if low is None else self._check_integer(low)
                self._high = None if high is None else self._check_integer(high)
        bounds = [bound for bound in (self._low, self._high) if bound is not None]
        super().__init__(dtype=distribution.dtype, reparameterization_type=distribution_lib.NOT_REPARAMETERIZED,
                         validate_args=validate_args, allow_nan_stats=distribution.allow_nan_stats, parameters=parameters,
                         graph_parents=distribution._graph_parents + bounds, name=name)

    distribution = shown('_dist', 'The distribution of the numbers before they are rounded.')
    low = shown('_low', 'The lowest number, or None.')
    high = shown('_high', 'The highest number, or None.')

    def _batch_shape_tensor(self):
        return self.distribution.batch_shape_tensor()

    def _batch_shape(self):
        return self.distribution.batch_shape

    def _event_shape_tensor(self):
        return self.distribution.event_shape_tensor()

    def _event_shape(self):
        return self.distribution.event_shape

    def _sample_n(self, n, seed=None):
        with ops.name_scope('transform'):
            n = ops.convert_to_tensor(n, name='n')
            x = self.distribution.sample(n, seed=seed)
            ones = array_ops.ones_like(x)
            result = math_ops.ceil(x)
            if self._low is not None:
                result = array_ops.where(result < self._low, self._low * ones, result)
            if self._high is not None:
                result = array_ops.where(result > self._high, self._high * ones, result)
            return result

    def _log_prob(self, y):
        y = self._check_integer(y)
        try:
            # To the right of the median the survival function is the more exact one.
            survival, survival_below = self.log_survival_function(y), self.log_survival_function(y - 1)
            cdf, cdf_below = self.log_cdf(y), self.log_cdf(y - 1)
        except NotImplementedError:
            return _log_of_difference(self.log_cdf(y), self.log_cdf(y - 1))
        big = array_ops.where(survival < cdf, survival_below, cdf)
        small = array_ops.where(survival < cdf, survival, cdf_below)
        return _log_of_difference(big, small)

    def _prob(self, y):
        y = self._check_integer(y)
        try:
            survival, survival_below = self.survival_function(y), self.survival_function(y - 1)
            cdf, cdf_below = self.cdf(y), self.cdf(y - 1)
        except NotImplementedError:
            return self.cdf(y) - self.cdf(y - 1)
        return array_ops.where(survival < cdf, survival_below - survival, cdf - cdf_below)

    def _within_bounds(self, y, function, rounded, below, above):
        """`function` of the rounded `y`, and what `below` and `above` make of it out of the bounds."""
        j = rounded(y)
        result = function(j)
        j += array_ops.zeros_like(result)
        if self._low is not None:
            result = _replaced(result, lambda: j < self._low, below)
        if self._high is not None:
            result = _replaced(result, lambda: j >= self._high, above)
        return result

    def _log_cdf(self, y):
        return self._within_bounds(y, self.distribution.log_cdf, math_ops.floor, _minus_infinity_like, array_ops.zeros_like)

    def _cdf(self, y):
        return self._within_bounds(y, self.distribution.cdf, math_ops.floor, array_ops.zeros_like, array_ops.ones_like)

    def _log_survival_function(self, y):
        return self._within_bounds(y, self.distribution.log_survival_function, math_ops.ceil, array_ops.zeros_like,
                                   _minus_infinity_like)

    def _survival_function(self, y):
        return self._within_bounds(y, self.distribution.survival_function, math_ops.ceil, array_ops.ones_like,
                                   array_ops.zeros_like)

    def _check_integer(self, value):
        with ops.name_scope('check_integer', values=[value]):
            value = ops.convert_to_tensor(value, name='value')
            if not self.validate_args:
                return value
            return control_flow_ops.with_dependencies([distribution_util.assert_integer_form(
                value, message='value has non-integer components.')], value)


def _minus_infinity_like(x):
    return -np.inf * array_ops.ones_like(x)


def _replaced(result, where, limit):
    """`result` with what `limit` makes of it in some places. Its operations are made in TensorFlow's order."""
    if limit is _minus_infinity_like:
        replacement = limit(result)
        return array_ops.where(where(), replacement, result)
    places = where()
    return array_ops.where(places, limit(result), result)
