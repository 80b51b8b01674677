"""Vectors of independent numbers of Laplace's or the exponential distribution, or of one that leans, scaled by operators."""

import numpy as np

from reflow.contrib.distributions.python.ops import bijectors
from reflow.contrib.distributions.python.ops import scaled_vectors
from reflow.contrib.distributions.python.ops import scales
from reflow.contrib.distributions.python.ops.bijectors.affine import AffineLinearOperator
from reflow.contrib.distributions.python.ops.transformed import SinhArcsinh
from reflow.framework import ops
from reflow.ops import array_ops
from reflow.ops.distributions import exponential
from reflow.ops.distributions import laplace
from reflow.ops.distributions import normal
from reflow.ops.distributions import transformed_distribution

__all__ = ['VectorExponentialDiag', 'VectorLaplaceDiag', 'VectorSinhArcsinhDiag']


def _checked_scale(scale):
    if scale is None:
        raise ValueError('Missing required `scale` parameter.')
    if not scale.dtype.is_floating:
        raise TypeError('`scale` parameter must have floating-point dtype.')
    return scale


class VectorLaplaceLinearOperator(scaled_vectors.ScaledVectors):
    """scale z + loc of vectors z of independent numbers of Laplace's distribution, with a linear operator as the scale."""

    def __init__(self, loc=None, scale=None, validate_args=False, allow_nan_stats=True, name='VectorLaplaceLinearOperator'):
        parameters = dict(locals())
        scale = _checked_scale(scale)
        with ops.name_scope(name, values=[loc] + scale.graph_parents):
            loc = None if loc is None else ops.convert_to_tensor(loc, name='loc')
            batch_shape, event_shape = scales.shapes_from_loc_and_scale(loc, scale)
            super().__init__(
                distribution=laplace.Laplace(loc=array_ops.zeros([], dtype=scale.dtype),
                                             scale=array_ops.ones([], dtype=scale.dtype)),
                bijector=AffineLinearOperator(shift=loc, scale=scale, validate_args=validate_args), batch_shape=batch_shape,
                event_shape=event_shape, validate_args=validate_args, name=name)
        self._parameters = parameters

    # The variance of z is 2.

    def _covariance(self):
        return 2. * super()._covariance()

    def _variance(self):
        return 2. * super()._variance()

    def _stddev(self):
        return np.sqrt(2) * super()._stddev()


class VectorLaplaceDiag(VectorLaplaceLinearOperator):
    """VectorLaplaceLinearOperator with a diagonal scale."""

    def __init__(self, loc=None, scale_diag=None, scale_identity_multiplier=None, validate_args=False, allow_nan_stats=True,
                 name='VectorLaplaceDiag'):
        parameters = dict(locals())
        with ops.name_scope(name):
            scale = _diagonal(loc, scale_diag, scale_identity_multiplier)
        super().__init__(loc=loc, scale=scale, validate_args=validate_args, allow_nan_stats=allow_nan_stats, name=name)
        self._parameters = parameters


def _diagonal(loc, scale_diag, scale_identity_multiplier):
    with ops.name_scope('init', values=[loc, scale_diag, scale_identity_multiplier]):
        return scales.make_diag_scale(loc=loc, scale_diag=scale_diag, scale_identity_multiplier=scale_identity_multiplier,
                                      validate_args=False, assert_positive=False)


class VectorExponentialLinearOperator(scaled_vectors.ScaledVectors):
    """scale z + loc of vectors z of independent numbers of the exponential distribution, with a linear operator as the scale."""

    def __init__(self, loc=None, scale=None, validate_args=False, allow_nan_stats=True,
                 name='VectorExponentialLinearOperator'):
        parameters = dict(locals())
        scale = _checked_scale(scale)
        with ops.name_scope(name, values=[loc] + scale.graph_parents) as name:
            loc = None if loc is None else ops.convert_to_tensor(loc, name='loc')
            batch_shape, event_shape = scales.shapes_from_loc_and_scale(loc, scale)
            super().__init__(
                distribution=exponential.Exponential(rate=array_ops.ones([], dtype=scale.dtype),
                                                     allow_nan_stats=allow_nan_stats),
                bijector=AffineLinearOperator(shift=loc, scale=scale, validate_args=validate_args), batch_shape=batch_shape,
                event_shape=event_shape, validate_args=validate_args, name=name)
        self._parameters = parameters

    def _scaled(self, fill):
        """scale z + loc, of z filled with one number."""
        shape = self.batch_shape.concatenate(self.event_shape)
        if not shape.is_fully_defined():
            shape = array_ops.concat([self.batch_shape_tensor(), self.event_shape_tensor()], 0)
        scaled = self.scale.matvec(fill(shape, self.dtype))
        return scaled if self.loc is None else array_ops.identity(self.loc) + scaled

    def _mean(self):
        return self._scaled(array_ops.ones)

    def _mode(self):
        return self._scaled(array_ops.zeros)


class VectorExponentialDiag(VectorExponentialLinearOperator):
    """VectorExponentialLinearOperator with a diagonal scale."""

    def __init__(self, loc=None, scale_diag=None, scale_identity_multiplier=None, validate_args=False, allow_nan_stats=True,
                 name='VectorExponentialDiag'):
        parameters = dict(locals())
        with ops.name_scope(name) as name:
            scale = _diagonal(loc, scale_diag, scale_identity_multiplier)
        super().__init__(loc=loc, scale=scale, validate_args=validate_args, allow_nan_stats=allow_nan_stats, name=name)
        self._parameters = parameters


class VectorSinhArcsinhDiag(transformed_distribution.TransformedDistribution):
    """Vectors of independent numbers, by default normal ones, that lean and have tails as heavy as wanted."""

    def __init__(self, loc=None, scale_diag=None, scale_identity_multiplier=None, skewness=None, tailweight=None,
                 distribution=None, validate_args=False, allow_nan_stats=True, name='MultivariateNormalLinearOperator'):
        parameters = dict(locals())
        with ops.name_scope(name, values=[loc, scale_diag, scale_identity_multiplier, skewness, tailweight]) as name:
            loc = None if loc is None else ops.convert_to_tensor(loc, name='loc')
            is_symmetric = skewness is None
            scale = scales.make_diag_scale(loc=loc, scale_diag=scale_diag, validate_args=False, assert_positive=False,
                                           scale_identity_multiplier=scale_identity_multiplier)
            batch_shape, event_shape = scales.shapes_from_loc_and_scale(loc, scale)
            diag = scale.diag_part()
            dtype = diag.dtype
            if distribution is None:
                distribution = normal.Normal(loc=array_ops.zeros([], dtype=dtype), scale=array_ops.ones([], dtype=dtype),
                                             allow_nan_stats=allow_nan_stats)
            elif distribution.dtype != dtype:
                raise TypeError('dtype mismatch; distribution.dtype="{}" is not "{}"'.format(
                    distribution.dtype.name, dtype.name))
            skewness = ops.convert_to_tensor(0. if is_symmetric else skewness, dtype=dtype, name='skewness')
            tailweight = ops.convert_to_tensor(1. if tailweight is None else tailweight, dtype=dtype, name='tailweight')
            function = bijectors.SinhArcsinh(skewness=skewness, tailweight=tailweight)
            symmetric = function if is_symmetric else bijectors.SinhArcsinh(
                skewness=dtype.as_numpy_dtype(0.), tailweight=tailweight)
            # So that 2 standard deviations stay where they are without skewness.
            factor = 2 * diag / symmetric.forward(ops.convert_to_tensor(2, dtype=dtype))
            affine = bijectors.Affine(shift=loc, scale_diag=factor, validate_args=validate_args)
            super().__init__(distribution=distribution, bijector=bijectors.Chain([affine, function]), batch_shape=batch_shape,
                             event_shape=event_shape, validate_args=validate_args, name=name)
        self._parameters = parameters
        self._loc, self._scale, self._tailweight, self._skewness = loc, scale, tailweight, skewness

    @property
    def loc(self):
        """The location; None: 0."""
        return self._loc

    @property
    def scale(self):
        """The diagonal operator."""
        return self._scale

    tailweight = SinhArcsinh.tailweight
    skewness = SinhArcsinh.skewness
