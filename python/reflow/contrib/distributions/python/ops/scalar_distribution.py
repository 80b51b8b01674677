"""The base class of distributions of numbers whose parameters are tensors that are broadcast against each other."""

import functools

from reflow.framework import constant_op
from reflow.framework import dtypes
from reflow.framework import ops
from reflow.framework import tensor_shape
from reflow.ops import array_ops
from reflow.ops import check_ops
from reflow.ops.distributions import distribution


class ScalarDistribution(distribution.Distribution):
    """Events are numbers; the batch is what the parameters named in `_PARAMETERS` are broadcast to."""

    _PARAMETERS = ()

    def _set_parameters(self, values, positive, validate_args):
        """Sets `_NAME` for each of `values`, those named in `positive` after assertions if arguments are validated."""
        checks = [check_ops.assert_positive(values[name]) for name in positive] if validate_args else []
        with ops.control_dependencies(checks):
            for name, value in values.items():
                setattr(self, '_' + name, array_ops.identity(value, name=name))
            if len(values) > 1:
                check_ops.assert_same_float_dtype([getattr(self, '_' + name) for name in values])

    @classmethod
    def _param_shapes(cls, sample_shape):
        shape = ops.convert_to_tensor(sample_shape, dtype=dtypes.int32)
        return {name: shape for name in cls._PARAMETERS}

    def _tensors(self):
        return [getattr(self, '_' + name) for name in self._PARAMETERS]

    def _batch_shape_tensor(self):
        return functools.reduce(array_ops.broadcast_dynamic_shape, [array_ops.shape(each) for each in self._tensors()])

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
        super().__init__(dtype=self._scale.dtype, reparameterization_type=distribution.FULLY_REPARAMETERIZED,
                         validate_args=validate_args, allow_nan_stats=allow_nan_stats, parameters=parameters,
                         graph_parents=[self._loc, self._scale], name=name)

    @property
    def loc(self):
        """The location."""
        return self._loc

    @property
    def scale(self):
        """The scale."""
        return self._scale

    def _z(self, x):
        with ops.name_scope('standardize', values=[x]):
            return (x - self.loc) / self.scale

    def _log_prob(self, x):
        return self._log_unnormalized_prob(x) - self._log_normalization()
