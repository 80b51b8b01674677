"""The normal distribution of vectors whose numbers are independent."""

import math

from reflow.framework import ops
from reflow.framework import tensor_shape
from reflow.ops import array_ops
from reflow.ops import check_ops
from reflow.ops import math_ops
from reflow.ops import nn
from reflow.ops import random_ops
from reflow.ops.distributions import distribution
from reflow.ops.distributions import kullback_leibler

__all__ = ['MultivariateNormalDiag', 'MultivariateNormalDiagWithSoftplusScale']


class MultivariateNormalDiag(distribution.Distribution):
    """Vectors of normal numbers: means `loc`, standard deviations `scale_diag` plus `scale_identity_multiplier`."""

    def __init__(self, loc=None, scale_diag=None, scale_identity_multiplier=None, validate_args=False, allow_nan_stats=True,
                 name='MultivariateNormalDiag'):
        parameters = dict(locals())
        with ops.name_scope(name, values=[loc, scale_diag, scale_identity_multiplier]) as name:
            if loc is None and scale_diag is None:
                raise ValueError('Must specify one or both of loc and scale_diag: the size of an event isn\'t known.')
            loc = None if loc is None else ops.convert_to_tensor(loc, name='loc')
            dtype = None if loc is None else loc.dtype
            parts = []
            if scale_diag is not None:
                parts.append(ops.convert_to_tensor(scale_diag, name='scale_diag', dtype=dtype))
            if scale_identity_multiplier is not None:
                multiplier = ops.convert_to_tensor(scale_identity_multiplier, name='scale_identity_multiplier',
                                                   dtype=parts[0].dtype if parts else dtype)
                size = array_ops.ones([array_ops.shape(parts[0] if parts else loc)[-1]], dtype=multiplier.dtype)
                parts.append(multiplier[..., array_ops.newaxis] * size)
            scale = sum(parts[1:], parts[0]) if parts else array_ops.ones_like(loc)
            if validate_args:
                with ops.control_dependencies([check_ops.assert_none_equal(scale, array_ops.zeros([], scale.dtype))]):
                    scale = array_ops.identity(scale)
            self._loc = array_ops.zeros_like(scale) if loc is None else loc
            self._scale_diag = scale
        super().__init__(dtype=scale.dtype, reparameterization_type=distribution.FULLY_REPARAMETERIZED,
                         validate_args=validate_args, allow_nan_stats=allow_nan_stats, parameters=parameters,
                         graph_parents=[self._loc, scale], name=name)

    @property
    def loc(self):
        """The means."""
        return self._loc

    def _shape_tensor(self):
        return array_ops.broadcast_dynamic_shape(array_ops.shape(self._loc), array_ops.shape(self._scale_diag))

    def _shape(self):
        return array_ops.broadcast_static_shape(self._loc.get_shape(), self._scale_diag.get_shape())

    def _batch_shape_tensor(self):
        return self._shape_tensor()[:-1]

    def _batch_shape(self):
        return self._shape()[:-1]

    def _event_shape_tensor(self):
        return self._shape_tensor()[-1:]

    def _event_shape(self):
        return self._shape()[-1:] if self._shape().ndims is not None else tensor_shape.TensorShape([None])

    def _broadcast(self, x):
        return x + array_ops.zeros(self._shape_tensor(), dtype=self.dtype)

    def _sample_n(self, n, seed=None):
        shape = array_ops.concat([[n], self._shape_tensor()], 0)
        return random_ops.random_normal(shape, dtype=self.dtype, seed=seed) * self._scale_diag + self._loc

    def _log_prob(self, x):
        z = (x - self._loc) / self._scale_diag
        size = math_ops.cast(self.event_shape_tensor()[0], self.dtype)
        return -0.5 * math_ops.reduce_sum(math_ops.square(z), -1) - self._log_scale() - (
            0.5 * math.log(2. * math.pi) * size)

    def _log_scale(self):
        return math_ops.reduce_sum(math_ops.log(math_ops.abs(self._broadcast(self._scale_diag))), -1)

    def _entropy(self):
        size = math_ops.cast(self.event_shape_tensor()[0], self.dtype)
        return 0.5 * math.log(2. * math.pi * math.e) * size + self._log_scale()

    def _mean(self):
        return self._broadcast(self._loc)

    def _mode(self):
        return self._mean()

    def _stddev(self):
        return math_ops.abs(self._scale_diag)

    def _variance(self):
        return math_ops.square(self._scale_diag)

    def _covariance(self):
        return array_ops.matrix_diag(self._variance())


class MultivariateNormalDiagWithSoftplusScale(MultivariateNormalDiag):
    """MultivariateNormalDiag of softplus(scale_diag)."""

    def __init__(self, loc, scale_diag, validate_args=False, allow_nan_stats=True,
                 name='MultivariateNormalDiagWithSoftplusScale'):
        parameters = dict(locals())
        with ops.name_scope(name, values=[scale_diag]) as name:
            super().__init__(loc=loc, scale_diag=nn.softplus(scale_diag), validate_args=validate_args,
                             allow_nan_stats=allow_nan_stats, name=name)
        self._parameters = parameters


@kullback_leibler.RegisterKL(MultivariateNormalDiag, MultivariateNormalDiag)
def _kl_mvn_mvn(a, b, name=None):
    with ops.name_scope(name, 'kl_mvn', values=[a.loc, b.loc]):
        ratio = math_ops.square(a._scale_diag / b._scale_diag)
        distance = math_ops.square((b.loc - a.loc) / b._scale_diag)
        return 0.5 * math_ops.reduce_sum(ratio + distance - 1. - math_ops.log(ratio), -1)
