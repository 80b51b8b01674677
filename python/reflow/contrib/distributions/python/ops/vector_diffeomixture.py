"""Vectors between two affine images of one: Dillon and Langmore, arXiv 1801.03080."""

import numpy as np

from reflow.contrib.distributions.python.ops import softmaxnormal_quadrature
from reflow.contrib.distributions.python.ops.bijectors.affine import AffineLinearOperator
from reflow.contrib.distributions.python.ops.poisson_lognormal import concat_vectors, draw_points, first_points, num_elements
from reflow.contrib.distributions.python.ops.softmaxnormal_quadrature import *  # noqa: F401,F403
from reflow.framework import dtypes
from reflow.framework import ops
from reflow.framework import tensor_shape
from reflow.framework import tensor_util
from reflow.ops import array_ops
from reflow.ops import check_ops
from reflow.ops import control_flow_ops
from reflow.ops import math_ops
from reflow.ops.distributions import categorical as categorical_lib
from reflow.ops.distributions import distribution as distribution_lib
from reflow.ops.distributions import util as distribution_util
from reflow.ops.linalg import linear_operator_addition
from reflow.ops.linalg.linear_operator_diag import LinearOperatorDiag
from reflow.ops.linalg.linear_operator_full_matrix import LinearOperatorFullMatrix
from reflow.ops.linalg.linear_operator_identity import LinearOperatorIdentity, LinearOperatorScaledIdentity
from reflow.ops.linalg.linear_operator_lower_triangular import LinearOperatorLowerTriangular
from reflow.util.shown_attributes import shown

__all__ = ['VectorDiffeomixture', *softmaxnormal_quadrature.__all__]

_newaxis = array_ops.newaxis


def _only_two(things):
    if len(things) != 2:
        raise NotImplementedError('Currently only bimixtures are supported; len(scale)={} is not 2.'.format(len(things)))


def _check_scale(k, scale, dtype, validate_args):
    if not scale.is_positive_definite and validate_args:
        raise ValueError('scale[{}].is_positive_definite = {} != True'.format(k, scale.is_positive_definite))
    own = scale.dtype.base_dtype
    if own != dtype:
        raise TypeError('dtype mismatch; scale[{}].base_dtype="{}" != "{}"'.format(k, own.name, dtype.name))


class VectorDiffeomixture(distribution_lib.Distribution):
    """w (scale[0] z + loc[0]) + (1 - w) (scale[1] z + loc[1]) of vectors z of independent numbers of `distribution`.

    The weight w is that of a softmax of normal numbers, with mean `mix_loc` and deviation 1, divided by `temperature`. It has a
    grid of `quadrature_size` points, which `quadrature_fn` gives. ValueError, TypeError, NotImplementedError: there are not two
    scales that fit together, or the distribution isn't that of a number.
    """

    def __init__(self, mix_loc, temperature, distribution, loc=None, scale=None, quadrature_size=8,
                 quadrature_fn=softmaxnormal_quadrature.quadrature_scheme_softmaxnormal_quantiles, validate_args=False,
                 allow_nan_stats=True, name='VectorDiffeomixture'):
        parameters = dict(locals())
        with ops.name_scope(name, values=[mix_loc, temperature]) as name:
            if not scale or len(scale) < 2:
                raise ValueError('Must specify list (or list-like object) of scale LinearOperators, one for each component with '
                                 'num_component >= 2.')
            loc = [None] * len(scale) if loc is None else loc
            if len(loc) != len(scale):
                raise ValueError('loc/scale must be same-length lists (or same-length list-like objects).')
            dtype = scale[0].dtype.base_dtype
            loc = [None if part is None else ops.convert_to_tensor(part, dtype=dtype, name='loc{}'.format(k))
                   for k, part in enumerate(loc)]
            for k, part in enumerate(scale):
                _check_scale(k, part, dtype, validate_args)
            self._endpoint_affine = _affines('endpoint', loc, scale, validate_args)
            _only_two(scale)
            mix_loc = ops.convert_to_tensor(mix_loc, dtype=dtype, name='mix_loc')
            temperature = ops.convert_to_tensor(temperature, dtype=dtype, name='temperature')
            center = mix_loc / temperature
            self._grid, probs = quadrature_fn(center, 1. / temperature, quadrature_size, validate_args)
            self._mixture_distribution = categorical_lib.Categorical(
                logits=math_ops.log(probs), validate_args=validate_args, allow_nan_stats=allow_nan_stats)
            assertions = _check_scalar_distribution(distribution, dtype, validate_args)
            if assertions:
                self._grid = control_flow_ops.with_dependencies(assertions, self._grid)
            self._distribution = distribution
            between = _interpolated_locs(self._grid, loc)
            self._interpolated_affine = _affines('interpolated', between, _interpolated_scales(self._grid, scale), validate_args)
            self._find_shapes()
            super().__init__(
                dtype=dtype, reparameterization_type=distribution_lib.FULLY_REPARAMETERIZED, validate_args=validate_args,
                allow_nan_stats=allow_nan_stats, parameters=parameters,
                graph_parents=(distribution._graph_parents + [part for part in loc if part is not None]
                               + [parent for part in scale for parent in part.graph_parents]), name=name)

    def _find_shapes(self):
        """The shapes of batch and event that grid, shifts and scales make together."""
        static, dynamic = array_ops.broadcast_static_shape, array_ops.broadcast_dynamic_shape
        with ops.name_scope(name='determine_batch_event_shapes'):
            batch, batch_tensor = self._grid.shape[:-2], array_ops.shape(self._grid)[:-2]
            event = event_tensor = None
            for affine in self._endpoint_affine:
                parts = []
                if affine.shift is not None:
                    shift = affine.shift
                    parts.append((shift.shape[:-1], lambda: array_ops.shape(shift)[:-1], shift.shape[-1:],
                                  lambda: array_ops.shape(shift)[-1:]))
                if affine.scale is not None:
                    scale = affine.scale
                    parts.append((scale.batch_shape, scale.batch_shape_tensor,
                                  tensor_shape.TensorShape([scale.range_dimension]),
                                  lambda: scale.range_dimension_tensor()[_newaxis]))
                for own_batch, own_batch_tensor, own_event, own_event_tensor in parts:
                    batch, batch_tensor = static(batch, own_batch), dynamic(batch_tensor, own_batch_tensor())
                    own_event_tensor = own_event_tensor()
                    event, event_tensor = (own_event, own_event_tensor) if event is None else (
                        static(event, own_event), dynamic(event_tensor, own_event_tensor))
        self._static_batch, self._dynamic_batch = batch, batch_tensor
        self._static_event, self._dynamic_event = event, event_tensor

    mixture_distribution = shown('_mixture_distribution', 'What chooses a point of the grid.')
    distribution = shown('_distribution', 'The distribution of the numbers of z.')
    grid = shown('_grid', 'The weights of both images, [batch, 2, points].')
    endpoint_affine = shown('_endpoint_affine', 'Both affine functions.')
    interpolated_affine = shown('_interpolated_affine', 'Those of all points of the grid.')

    def _batch_shape(self):
        return self._static_batch

    def _event_shape(self):
        return self._static_event

    def _batch_shape_tensor(self):
        return self._dynamic_batch

    def _event_shape_tensor(self):
        return self._dynamic_event

    def _sample_n(self, n, seed=None):
        z = self._distribution.sample(concat_vectors([n], self.batch_shape_tensor(), self.event_shape_tensor()), seed)
        first, second = (affine.forward(z) for affine in self._endpoint_affine)
        size = num_elements(self.batch_shape, self.batch_shape_tensor)
        mixture = self._mixture_distribution
        mixtures = num_elements(mixture.batch_shape, mixture.batch_shape_tensor)
        extra = distribution_util.pick_vector(self.is_scalar_batch(), np.int32([]), [size // mixtures])
        ids = draw_points(self, n, extra, seed, 'vector_diffeomixture')
        num_points = num_elements(self._grid.shape.with_rank_at_least(2)[-2:], lambda: array_ops.shape(self._grid)[-2:])
        starts = first_points(size, num_points, ids.dtype)
        weights = array_ops.gather(array_ops.reshape(self._grid, [-1]), ids + starts)
        known = self.batch_shape.is_fully_defined()
        shape = [-1, *self.batch_shape.as_list(), 1] if known else array_ops.concat(([-1], self.batch_shape_tensor(), [1]), axis=0)
        return array_ops.reshape(weights, shape) * (first - second) + second

    def _log_prob(self, x):
        y = array_ops.stack([affine.inverse(x) for affine in self.interpolated_affine], axis=-1)
        log_prob = math_ops.reduce_sum(self.distribution.log_prob(y), axis=-2)
        slopes = array_ops.stack([
            affine.forward_log_det_jacobian(x, event_ndims=array_ops.rank(self.event_shape_tensor()))
            for affine in self.interpolated_affine], axis=-1)
        logits = self.mixture_distribution.logits
        return math_ops.reduce_logsumexp(logits - slopes + log_prob, axis=-1)

    def _mean(self):
        probs, mean = self._expanded_probs(), self._expanded_mean()
        total = None
        for k, affine in enumerate(self.interpolated_affine):
            part = probs[..., k]
            total = _add(total, part * affine.forward(mean))
        return total

    # The variance is the mean of variances, given the point of the grid, and the variance of means.

    def _covariance(self):
        within = self._covariance_within(diag_only=False)
        return _add(within, self._covariance_between(diag_only=False))

    def _variance(self):
        within = self._covariance_within(diag_only=True)
        return _add(within, self._covariance_between(diag_only=True))

    def _covariance_within(self, diag_only):
        probs = self.mixture_distribution.probs
        multiplier = diag = full = None
        for k, affine in enumerate(self.interpolated_affine):
            scale = affine.scale
            if isinstance(scale, LinearOperatorIdentity):
                multiplier = _add(multiplier, probs[..., k, _newaxis])
            elif isinstance(scale, LinearOperatorScaledIdentity):
                part = probs[..., k, _newaxis]
                multiplier = _add(multiplier, part * math_ops.square(scale.multiplier))
            elif isinstance(scale, LinearOperatorDiag):
                part = probs[..., k, _newaxis]
                diag = _add(diag, part * math_ops.square(scale.diag_part()))
            else:
                part = probs[..., k, _newaxis, _newaxis]
                part = part * scale.matmul(scale.to_dense(), adjoint_arg=True)
                full = _add(full, array_ops.matrix_diag_part(part) if diag_only else part)
        variance = self.distribution.variance()
        if multiplier is not None:
            multiplier *= variance
        if diag is not None:
            diag *= variance[..., _newaxis]
        if full is not None:
            full *= variance[..., _newaxis]
        if diag_only:
            result = _add(diag, full)
            if result is None and multiplier is not None:
                ones = array_ops.ones(self.event_shape_tensor(), dtype=self.dtype)
                return multiplier[..., _newaxis] * ones
            return _add(result, multiplier)
        is_positive = True if all(affine.scale.is_positive_definite for affine in self.endpoint_affine) else None
        operators = []
        if diag is not None:
            operators.append(LinearOperatorDiag(diag=diag, is_positive_definite=is_positive))
        if full is not None:
            operators.append(LinearOperatorFullMatrix(matrix=full, is_positive_definite=is_positive))
        if multiplier is not None:
            operators.append(LinearOperatorScaledIdentity(
                num_rows=self.event_shape_tensor()[0], multiplier=multiplier, is_positive_definite=is_positive))
        return linear_operator_addition.add_operators(operators)[0].to_dense() if operators else None

    def _covariance_between(self, diag_only):
        probs = self._expanded_probs()
        if not diag_only:
            probs = probs[..., _newaxis, :]
        base_mean = self._expanded_mean()
        mean, total = self._mean(), None
        for k, affine in enumerate(self.interpolated_affine):
            y = affine.forward(base_mean)
            part = probs[..., k]
            difference = y - mean
            total = _add(total, part * (math_ops.square(difference) if diag_only else _outer_square(difference)))
        return total

    def _expanded_mean(self):
        """The mean of z."""
        shape = concat_vectors(self.batch_shape_tensor(), self.event_shape_tensor())
        mean = array_ops.reshape(self.distribution.mean(), shape=array_ops.ones_like(shape, dtype=dtypes.int32))
        mean = array_ops.tile(mean, multiples=shape)
        mean.set_shape(self.batch_shape.concatenate(self.event_shape))
        return mean

    def _expanded_probs(self):
        probs = self.mixture_distribution.probs
        size = tensor_shape.dimension_value(probs.shape.with_rank_at_least(1)[-1])
        if size is None:
            size = array_ops.shape(probs)[-1]
        event_ndims = self.event_shape.ndims
        if event_ndims is None:
            event_ndims = array_ops.shape(self.event_shape_tensor())[0]
        shape = array_ops.concat([self.mixture_distribution.batch_shape_tensor(),
                                  array_ops.ones([event_ndims], dtype=dtypes.int32), [size]], axis=0)
        return array_ops.reshape(probs, shape=shape)


def _affines(name, locs, scales, validate_args):
    return [AffineLinearOperator(shift=loc, scale=scale, validate_args=validate_args, name='{}_affine_{}'.format(name, k))
            for k, (loc, scale) in enumerate(zip(locs, scales))]


def _check_scalar_distribution(distribution, dtype, validate_args):
    """Assertions that it is the distribution of one number. ValueError, TypeError: it is known not to be."""
    if distribution.dtype != dtype:
        raise TypeError('dtype mismatch; distribution.dtype="{}" is not "{}"'.format(distribution.dtype.name, dtype.name))
    if validate_args and distribution.reparameterization_type != distribution_lib.FULLY_REPARAMETERIZED:
        raise ValueError('Base distribution should be reparameterized or be a function of non-trainable variables; '
                         'distribution.reparameterization_type = "{}" != "FULLY_REPARAMETERIZED".'.format(
                             distribution.reparameterization_type))
    assertions = []
    with ops.name_scope(name='check_distribution'):
        for name in ('is_scalar_event', 'is_scalar_batch'):
            is_scalar = getattr(distribution, name)()
            known = tensor_util.constant_value(ops.convert_to_tensor(is_scalar))
            message = 'distribution must be scalar; distribution.{}=False is not True'.format(name)
            if known is None and validate_args:
                assertions.append(check_ops.assert_equal(is_scalar, True, message=message))
            elif known is not None and not known:
                raise ValueError(message)
    return assertions


def _num_points(grid):
    size = tensor_shape.dimension_value(grid.shape.with_rank_at_least(1)[-1])
    if size is None:
        raise ValueError('Num quadrature grid points must be known prior to graph execution.')
    return size


def _interpolated_locs(grid, locs):
    """The shifts of all points of the grid."""
    size = _num_points(grid)
    with ops.name_scope('interpolate_loc', values=[grid, locs]):
        if locs[0] is None and locs[1] is None:
            return [None] * size
        weights = grid[..., _newaxis, :, :]
        first, second = (None if loc is None else loc[..., _newaxis] for loc in locs)
        if first is None:
            x = weights[..., 1, :] * second
        elif second is None:
            x = weights[..., 0, :] * first
        else:
            difference = first - second
            x = weights[..., 0, :] * difference + second
        return [x[..., k] for k in range(size)]


def _interpolated_scales(grid, scales):
    """The scales of all points of the grid."""
    size = _num_points(grid)
    with ops.name_scope('interpolate_scale', values=[grid]):
        return [linear_operator_addition.add_operators([_times(grid[..., k, q], scale) for k, scale in enumerate(scales)])[0]
                for q in range(size)]


def _times(weight, operator):
    """The operator times a weight."""
    with ops.name_scope('linop_scale', values=[weight]):
        hints = dict(is_non_singular=operator.is_non_singular, is_self_adjoint=operator.is_self_adjoint,
                     is_positive_definite=operator.is_positive_definite)
        if isinstance(operator, (LinearOperatorIdentity, LinearOperatorScaledIdentity)):
            if not isinstance(operator, LinearOperatorIdentity):
                weight = weight * operator.multiplier
            return LinearOperatorScaledIdentity(num_rows=operator.range_dimension_tensor(), multiplier=weight, **hints)
        if isinstance(operator, LinearOperatorDiag):
            weight = weight[..., _newaxis]
            return LinearOperatorDiag(diag=weight * operator.diag_part(), **hints)
        if isinstance(operator, LinearOperatorLowerTriangular):
            weight = weight[..., _newaxis, _newaxis]
            return LinearOperatorLowerTriangular(tril=weight * operator.to_dense(), **hints)
        raise NotImplementedError('Unsupported Linop type ({})'.format(type(operator).__name__))


def _add(x, y):
    """The sum; None is nothing."""
    if x is None:
        return y
    return x if y is None else x + y


def _outer_square(x):
    column = x[..., :, _newaxis]
    return column * x[..., _newaxis, :]
