"""Normal distributions of vectors, scaled by linear operators."""

from reflow.contrib.distributions.python.ops import scaled_vectors
from reflow.contrib.distributions.python.ops import scales
from reflow.contrib.distributions.python.ops.bijectors.affine import AffineLinearOperator
from reflow.framework import ops
from reflow.ops import array_ops
from reflow.ops import math_ops
from reflow.ops import check_ops
from reflow.ops import control_flow_ops
from reflow.ops import linalg_ops
from reflow.ops.distributions import kullback_leibler
from reflow.ops.distributions import normal
from reflow.ops.distributions import util as distribution_util
from reflow.ops.linalg.linear_operator_identity import LinearOperatorIdentity
from reflow.ops.linalg.linear_operator_low_rank_update import LinearOperatorLowRankUpdate
from reflow.ops.linalg.linear_operator_lower_triangular import LinearOperatorLowerTriangular

__all__ = ['MultivariateNormalDiagPlusLowRank', 'MultivariateNormalFullCovariance', 'MultivariateNormalLinearOperator',
           'MultivariateNormalTriL']


class MultivariateNormalLinearOperator(scaled_vectors.ScaledVectors):
    """scale z + loc of vectors z of independent normal numbers, with a linear operator as the scale."""

    def __init__(self, loc=None, scale=None, validate_args=False, allow_nan_stats=True,
                 name='MultivariateNormalLinearOperator'):
        parameters = dict(locals())
        if scale is None:
            raise ValueError('Missing required `scale` parameter.')
        if not scale.dtype.is_floating:
            raise TypeError('`scale` parameter must have floating-point dtype.')
        with ops.name_scope(name, values=[loc] + scale.graph_parents) as name:
            loc = None if loc is None else ops.convert_to_tensor(loc, name='loc')
            batch_shape, event_shape = scales.shapes_from_loc_and_scale(loc, scale)
        super().__init__(
            distribution=normal.Normal(loc=array_ops.zeros([], dtype=scale.dtype),
                                       scale=array_ops.ones([], dtype=scale.dtype)),
            bijector=AffineLinearOperator(shift=loc, scale=scale, validate_args=validate_args), batch_shape=batch_shape,
            event_shape=event_shape, validate_args=validate_args, name=name)
        self._parameters = parameters


class MultivariateNormalTriL(MultivariateNormalLinearOperator):
    """The normal distribution of vectors with the covariance scale_tril scale_tril^T."""

    def __init__(self, loc=None, scale_tril=None, validate_args=False, allow_nan_stats=True, name='MultivariateNormalTriL'):
        parameters = dict(locals())
        if loc is None and scale_tril is None:
            raise ValueError('Must specify one or both of `loc`, `scale_tril`.')
        with ops.name_scope(name) as name:
            with ops.name_scope('init', values=[loc, scale_tril]):
                loc = None if loc is None else ops.convert_to_tensor(loc, name='loc')
                if scale_tril is None:
                    scale = LinearOperatorIdentity(
                        num_rows=distribution_util.dimension_size(loc, -1), dtype=loc.dtype, is_self_adjoint=True,
                        is_positive_definite=True, assert_proper_shapes=validate_args)
                else:
                    scale = LinearOperatorLowerTriangular(
                        ops.convert_to_tensor(scale_tril, name='scale_tril'), is_non_singular=True, is_self_adjoint=False,
                        is_positive_definite=False)
        super().__init__(loc=loc, scale=scale, validate_args=validate_args, allow_nan_stats=allow_nan_stats, name=name)
        self._parameters = parameters


class MultivariateNormalFullCovariance(MultivariateNormalTriL):
    """The normal distribution of vectors with a covariance matrix."""

    def __init__(self, loc=None, covariance_matrix=None, validate_args=False, allow_nan_stats=True,
                 name='MultivariateNormalFullCovariance'):
        parameters = dict(locals())
        with ops.name_scope(name) as name:
            with ops.name_scope('init', values=[loc, covariance_matrix]):
                scale_tril = None
                if covariance_matrix is not None:
                    covariance = ops.convert_to_tensor(covariance_matrix, name='covariance_matrix')
                    if validate_args:
                        covariance = control_flow_ops.with_dependencies([check_ops.assert_near(
                            covariance, array_ops.matrix_transpose(covariance), message='Matrix was not symmetric')],
                            covariance)
                    scale_tril = linalg_ops.cholesky(covariance)
                super().__init__(loc=loc, scale_tril=scale_tril, validate_args=validate_args,
                                 allow_nan_stats=allow_nan_stats, name=name)
        self._parameters = parameters


class MultivariateNormalDiagPlusLowRank(MultivariateNormalLinearOperator):
    """The normal distribution of vectors, scaled by a diagonal plus factor diag factor^T."""

    def __init__(self, loc=None, scale_diag=None, scale_identity_multiplier=None, scale_perturb_factor=None,
                 scale_perturb_diag=None, validate_args=False, allow_nan_stats=True,
                 name='MultivariateNormalDiagPlusLowRank'):
        parameters = dict(locals())

        def tensor(x, name):
            return None if x is None else ops.convert_to_tensor(x, name=name)

        with ops.name_scope(name) as name:
            with ops.name_scope('init', values=[loc, scale_diag, scale_identity_multiplier, scale_perturb_factor,
                                                scale_perturb_diag]):
                has_low_rank = scale_perturb_factor is not None or scale_perturb_diag is not None
                scale = scales.make_diag_scale(
                    loc=loc, scale_diag=scale_diag, scale_identity_multiplier=scale_identity_multiplier,
                    validate_args=validate_args, assert_positive=has_low_rank)
                factor = tensor(scale_perturb_factor, 'scale_perturb_factor')
                diag = tensor(scale_perturb_diag, 'scale_perturb_diag')
                if has_low_rank:
                    scale = LinearOperatorLowRankUpdate(
                        scale, u=factor, diag_update=diag, is_diag_update_positive=diag is None, is_non_singular=True,
                        is_self_adjoint=True, is_positive_definite=True, is_square=True)
        super().__init__(loc=loc, scale=scale, validate_args=validate_args, allow_nan_stats=allow_nan_stats, name=name)
        self._parameters = parameters


@kullback_leibler.RegisterKL(MultivariateNormalLinearOperator, MultivariateNormalLinearOperator)
def _kl_mvn_mvn(a, b, name=None):
    """(log|B B^T| - log|A A^T| - k + |B^-1 A|^2 + |B^-1 (mean_b - mean_a)|^2) / 2, of the scales A and B."""
    def squared_norm(x):
        return math_ops.reduce_sum(math_ops.square(x), axis=[-2, -1])

    with ops.name_scope(name, 'kl_mvn', values=[a.loc, b.loc] + a.scale.graph_parents + b.scale.graph_parents):
        if scales.is_diagonal_scale(a.scale) and scales.is_diagonal_scale(b.scale):
            ratio = (a.stddev() / b.stddev())[..., array_ops.newaxis]
        else:
            ratio = b.scale.solve(a.scale.to_dense())
        divergence = (b.scale.log_abs_determinant() - a.scale.log_abs_determinant()
                      + .5 * (-math_ops.cast(a.scale.domain_dimension_tensor(), a.dtype) + squared_norm(ratio)
                              + squared_norm(b.scale.solve((b.mean() - a.mean())[..., array_ops.newaxis]))))
        divergence.set_shape(array_ops.broadcast_static_shape(a.batch_shape, b.batch_shape))
        return divergence
