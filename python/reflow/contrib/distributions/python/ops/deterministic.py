"""Distributions that always give the same."""

from reflow.framework import constant_op
from reflow.framework import dtypes
from reflow.framework import ops
from reflow.framework import tensor_shape
from reflow.framework import tensor_util
from reflow.ops import array_ops
from reflow.ops import check_ops
from reflow.ops import control_flow_ops
from reflow.ops import math_ops
from reflow.ops.distributions import distribution
from reflow.util.shown_attributes import shown

__all__ = ['Deterministic', 'VectorDeterministic']


class _BaseDeterministic(distribution.Distribution):
    """All probability is at `loc`, or as near as `atol` + `rtol` |loc|."""

    def __init__(self, loc, atol, rtol, is_vector, validate_args, allow_nan_stats, parameters, name):
        with ops.name_scope(name, values=[loc, atol, rtol]) as name:
            loc = ops.convert_to_tensor(loc, name='loc')
            if is_vector and validate_args:
                message = 'Argument loc must be at least rank 1.'
                if loc.get_shape().ndims is None:
                    loc = control_flow_ops.with_dependencies(
                        [check_ops.assert_rank_at_least(loc, 1, message=message)], loc)
                elif loc.get_shape().ndims < 1:
                    raise ValueError(message)
            self._loc = loc
            super().__init__(dtype=loc.dtype, reparameterization_type=distribution.NOT_REPARAMETERIZED,
                             validate_args=validate_args, allow_nan_stats=allow_nan_stats, parameters=parameters,
                             graph_parents=[loc], name=name)
            self._atol = self._tolerance(atol)
            self._rtol = self._tolerance(rtol)
            self._slack = self.atol if rtol is None else self.atol + self.rtol * math_ops.abs(self.loc)

    def _tolerance(self, value):
        if value is None:
            return ops.convert_to_tensor(0, dtype=self.loc.dtype)
        value = ops.convert_to_tensor(value, dtype=self.loc.dtype)
        if not self.validate_args:
            return value
        return control_flow_ops.with_dependencies([check_ops.assert_non_negative(
            value, message="Argument 'tol' must be non-negative")], value)

    loc = shown('_loc', 'What it gives.')
    atol = shown('_atol', 'How far off a value may be.')
    rtol = shown('_rtol', 'How far off a value may be, as a part of `loc`.')

    def _entropy(self):
        return array_ops.zeros(self.batch_shape_tensor(), dtype=self.dtype)

    def _mean(self):
        return array_ops.identity(self.loc)

    def _variance(self):
        return array_ops.zeros_like(self.loc)

    def _mode(self):
        return self.mean()

    def _sample_n(self, n, seed=None):
        known = tensor_util.constant_value(ops.convert_to_tensor(n))
        if known is not None and self.loc.get_shape().ndims is not None:
            multiples = [known] + [1] * self.loc.get_shape().ndims
        else:
            multiples = array_ops.concat(([n], array_ops.ones_like(array_ops.shape(self.loc))), axis=0)
        return array_ops.tile(self.loc[array_ops.newaxis, ...], multiples=multiples)


class Deterministic(_BaseDeterministic):
    """Always the number `loc`."""

    def __init__(self, loc, atol=None, rtol=None, validate_args=False, allow_nan_stats=True, name='Deterministic'):
        parameters = dict(locals())
        super().__init__(loc, atol, rtol, False, validate_args, allow_nan_stats, parameters, name)

    def _batch_shape_tensor(self):
        return array_ops.shape(self.loc)

    def _batch_shape(self):
        return self.loc.get_shape()

    def _event_shape_tensor(self):
        return constant_op.constant([], dtype=dtypes.int32)

    def _event_shape(self):
        return tensor_shape.TensorShape([])

    def _prob(self, x):
        return math_ops.cast(math_ops.abs(x - self.loc) <= self._slack, dtype=self.dtype)

    def _cdf(self, x):
        return math_ops.cast(x >= self.loc - self._slack, dtype=self.dtype)


class VectorDeterministic(_BaseDeterministic):
    """Always the vector `loc`."""

    def __init__(self, loc, atol=None, rtol=None, validate_args=False, allow_nan_stats=True, name='VectorDeterministic'):
        parameters = dict(locals())
        super().__init__(loc, atol, rtol, True, validate_args, allow_nan_stats, parameters, name)

    def _batch_shape_tensor(self):
        return array_ops.shape(self.loc)[:-1]

    def _batch_shape(self):
        return self.loc.get_shape()[:-1]

    def _event_shape_tensor(self):
        return array_ops.shape(self.loc)[-1:]

    def _event_shape(self):
        return self.loc.get_shape()[-1:]

    def _prob(self, x):
        if self.validate_args:
            with ops.control_dependencies([check_ops.assert_rank_at_least(x, 1)]):
                size = array_ops.shape(x)[-1:]
            x = control_flow_ops.with_dependencies([check_ops.assert_equal(
                self.event_shape_tensor(), size,
                message="Argument 'x' not defined in the same space R^k as this distribution")], x)
        is_near = math_ops.reduce_all(math_ops.abs(x - self.loc) <= self._slack, axis=-1)
        return math_ops.cast(is_near, dtype=self.dtype)
