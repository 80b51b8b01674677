"""The base class of distributions of numbers whose parameters are tensors that are broadcast against each other."""

import functools

import numpy as np

from reflow.framework import constant_op
from reflow.framework import dtypes
from reflow.framework import ops
from reflow.framework import tensor_shape
from reflow.ops import array_ops
from reflow.ops import check_ops
from reflow.ops import control_flow_ops
from reflow.ops.distributions import distribution


def parameter(name, doc):
    """A property that gives the attribute `_name`."""
    return property(lambda self: getattr(self, '_' + name), doc=doc)


def nans(owner, shape):
    """NaNs of the type of a distribution."""
    return array_ops.fill(shape, np.array(np.nan, dtype=owner.dtype.as_numpy_dtype()), name='nan')


def asserted_above_one(owner, value, tensors):
    """`value`, after assertions that `tensors` (message -> tensor) are above 1."""
    one = array_ops.ones([], dtype=owner.dtype)
    checks = [check_ops.assert_less(one, each, message=message) for message, each in tensors.items()]
    return control_flow_ops.with_dependencies(checks, value)


class ScalarDistribution(distribution.Distribution):
    """Events are numbers; the batch is what the parameters named in `_PARAMETERS` are broadcast to."""

    _PARAMETERS = ()

    def _set_parameters(self, values, positive, validate_args):
        """Sets `_NAME` for each of `values`, those named in `positive` after assertions if arguments are validated."""
        self._set_checked(values, [check_ops.assert_positive(values[name]) for name in positive] if validate_args else [])

    def _set_checked(self, values, checks):
        """Sets `_NAME` for each of `values` after the operations `checks`."""
        with ops.control_dependencies(checks):
            for name, value in values.items():
                setattr(self, '_' + name, array_ops.identity(value, name=name))
            if len(values) > 1:
                check_ops.assert_same_float_dtype([getattr(self, '_' + name) for name in values])

    def _begin(self, parameters, validate_args, allow_nan_stats, name):
        """Calls the constructor of the base, for reparameterized distributions of the type of the parameters."""
        tensors = self._tensors()
        super().__init__(dtype=tensors[-1].dtype, reparameterization_type=distribution.FULLY_REPARAMETERIZED,
                         validate_args=validate_args, allow_nan_stats=allow_nan_stats, parameters=parameters,
                         graph_parents=tensors, name=name)

    @classmethod
    def _param_shapes(cls, sample_shape):
        shape = ops.convert_to_tensor(sample_shape, dtype=dtypes.int32)
        return {name: shape for name in cls._PARAMETERS}

    def _tensors(self):
        return [getattr(self, '_' + name) for name in self._PARAMETERS]

    def _batch_shape_tensor(self):
        *first, last = [array_ops.shape(each) for each in self._tensors()]
        return functools.reduce(lambda shape, each: array_ops.broadcast_dynamic_shape(each, shape), reversed(first), last)

    def _batch_shape(self):
        return functools.reduce(array_ops.broadcast_static_shape, [each.get_shape() for each in self._tensors()])

    def _event_shape_tensor(self):
        return constant_op.constant([], dtype=dtypes.int32)

    def _event_shape(self):
        return tensor_shape.TensorShape([])

    def _sample_shape(self, n):
        return array_ops.concat([[n], self.batch_shape_tensor()], 0)


class LocationScaleDistribution(ScalarDistribution):
    """A distribution of scale z + loc."""

    _PARAMETERS = ('loc', 'scale')

    def __init__(self, loc, scale, validate_args, allow_nan_stats, parameters, name):
        with ops.name_scope(name, values=[loc, scale]) as name:
            self._set_parameters(dict(loc=loc, scale=scale), ['scale'], validate_args)
        self._begin(parameters, validate_args, allow_nan_stats, name)

    loc = parameter('loc', 'The location.')
    scale = parameter('scale', 'The scale.')

    def _z(self, x):
        with ops.name_scope('standardize', values=[x]):
            return (x - self.loc) / self.scale

    def _log_prob(self, x):
        return self._log_unnormalized_prob(x) - self._log_normalization()
