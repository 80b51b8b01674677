"""Bijectors that scale and shift."""

from reflow.contrib.distributions.python.ops import scales
from reflow.contrib.distributions.python.ops import shape
from reflow.framework import constant_op
from reflow.framework import dtypes
from reflow.framework import ops
from reflow.framework import tensor_util
from reflow.ops import array_ops
from reflow.ops import check_ops
from reflow.ops import control_flow_ops
from reflow.ops import math_ops
from reflow.ops.distributions import bijector
from reflow.ops.distributions import util as distribution_util
from reflow.ops.linalg import linear_operator
from reflow.ops.linalg import linear_operator_low_rank_update
from reflow.util.shown_attributes import shown

__all__ = ['Affine', 'AffineLinearOperator', 'AffineScalar']


class AffineScalar(bijector.Bijector):
    """y = scale x + shift, number by number."""

    def __init__(self, shift=None, scale=None, validate_args=False, name='affine_scalar'):
        self._graph_parents, self._name, self._validate_args = [], name, validate_args
        with self._name_scope('init', values=[scale, shift]):
            self._shift = None if shift is None else ops.convert_to_tensor(shift, name='shift')
            self._scale = None if scale is None else ops.convert_to_tensor(scale, name='scale')
            if scale is not None and validate_args:
                self._scale = control_flow_ops.with_dependencies([check_ops.assert_none_equal(
                    self._scale, array_ops.zeros([], dtype=self._scale.dtype))], self._scale)
            super().__init__(forward_min_event_ndims=0, is_constant_jacobian=True, validate_args=validate_args, name=name)

    shift = shown('_shift', 'What is added.')
    scale = shown('_scale', 'What is multiplied by.')

    def _forward(self, x):
        y = array_ops.identity(x)
        if self.scale is not None:
            y *= self.scale
        return y if self.shift is None else y + self.shift

    def _inverse(self, y):
        x = array_ops.identity(y)
        if self.shift is not None:
            x -= self.shift
        return x if self.scale is None else x / self.scale

    def _forward_log_det_jacobian(self, x):
        if self.scale is None:
            return constant_op.constant(0., dtype=x.dtype.base_dtype)
        return math_ops.log(math_ops.abs(self.scale))


class _ByOperator(bijector.Bijector):
    """y = scale x + shift of vectors, with a linear operator as the scale, or None."""

    shift = shown('_shift', 'The vector that is added.')
    scale = shown('_scale', 'The linear operator.')

    def _make_shaper(self, scale):
        """What puts the samples of each operator of the batch side by side."""
        if scale is None:
            batch_ndims = 0
        else:
            rank = scale.tensor_rank
            batch_ndims = scale.tensor_rank_tensor() - 2 if rank is None else rank - 2
        self._shaper = shape._DistributionShape(batch_ndims, 1, self._validate_args)

    def _columns(self, x, function):
        """`function` of the samples of each operator of the batch, side by side as columns."""
        columns, sample_shape = self._shaper.make_batch_of_event_sample_matrices(x, expand_batch_dim=False)
        return self._shaper.undo_make_batch_of_event_sample_matrices(function(columns), sample_shape, expand_batch_dim=False)

    def _assertions(self):
        if not self.validate_args:
            return []
        try:
            return [self.scale.assert_non_singular()]
        except NotImplementedError:
            return []

    def _matmul(self, x):
        with ops.control_dependencies(self._assertions()):
            return self.scale.matmul(x)

    def _forward(self, x):
        y = x if self.scale is None else self._columns(x, self._matmul)
        return y if self.shift is None else y + self.shift

    def _inverse(self, y):
        x = y if self.shift is None else y - self.shift
        return x if self.scale is None else self._columns(x, self.scale.solve)

    def _forward_log_det_jacobian(self, x):
        if self.scale is None:
            return constant_op.constant(0., dtype=x.dtype.base_dtype)
        with ops.control_dependencies(self._assertions()):
            return self.scale.log_abs_determinant()

    def _check_dtypes(self):
        shift, scale = self._shift, self._scale
        if shift is not None and shift.dtype.base_dtype != scale.dtype.base_dtype:
            raise TypeError('shift.dtype({}) is incompatible with scale.dtype({}).'.format(shift.dtype, scale.dtype))


class AffineLinearOperator(_ByOperator):
    """y = scale x + shift of vectors, with a linear operator as the scale."""

    def __init__(self, shift=None, scale=None, validate_args=False, name='affine_linear_operator'):
        self._graph_parents, self._name, self._validate_args = [], name, validate_args
        with self._name_scope('init', values=[shift]):
            self._shift = None if shift is None else ops.convert_to_tensor(shift, name='shift')
            self._scale = scale
            graph_parents = [] if shift is None else [self._shift]
            dtype = dtypes.float32 if shift is None else self._shift.dtype.base_dtype
            if scale is not None:
                self._check_dtypes()
                if not isinstance(scale, linear_operator.LinearOperator):
                    raise TypeError('scale is not an instance of tf.LinearOperator')
                if validate_args and not scale.is_non_singular:
                    raise ValueError('Scale matrix must be non-singular.')
                graph_parents += scale.graph_parents
                dtype = dtype if scale.dtype is None else scale.dtype.base_dtype
            self._make_shaper(scale)
            super().__init__(forward_min_event_ndims=1, graph_parents=graph_parents, is_constant_jacobian=True, dtype=dtype,
                             validate_args=validate_args, name=name)


class Affine(_ByOperator):
    """y = scale x + shift of vectors.

    The scale is the sum of a multiple of the identity, a diagonal, a lower triangle and factor diag factor^T.
    """

    def __init__(self, shift=None, scale_identity_multiplier=None, scale_diag=None, scale_tril=None,
                 scale_perturb_factor=None, scale_perturb_diag=None, validate_args=False, name='affine'):
        self._graph_parents, self._name, self._validate_args = [], name, validate_args
        if scale_perturb_diag is not None and scale_perturb_factor is None:
            raise ValueError('When scale_perturb_diag is specified, scale_perturb_factor must be specified.')
        self._is_only_identity_multiplier = scale_tril is None and scale_diag is None and scale_perturb_factor is None
        with self._name_scope('init', values=[shift, scale_identity_multiplier, scale_diag, scale_tril, scale_perturb_diag,
                                              scale_perturb_factor]):
            self._shift = None if shift is None else ops.convert_to_tensor(shift, name='shift')
            if self._is_only_identity_multiplier and scale_identity_multiplier is None:
                dtype = dtypes.float32 if shift is None else self._shift.dtype.base_dtype
                scale_identity_multiplier = ops.convert_to_tensor(1., dtype=dtype)
            self._scale = self._make_scale(scale_identity_multiplier, scale_diag, scale_tril, scale_perturb_diag,
                                           scale_perturb_factor)
            if not self._is_only_identity_multiplier:
                self._check_dtypes()
            self._make_shaper(None if self._is_only_identity_multiplier else self._scale)
            parents = [self._scale] if tensor_util.is_tensor(self._scale) else (
                self._scale.graph_parents + [self._shift] if self._shift is not None else [])
            super().__init__(forward_min_event_ndims=1, graph_parents=parents, is_constant_jacobian=True,
                             dtype=self._scale.dtype.base_dtype, validate_args=validate_args, name=name)

    def _make_scale(self, multiplier, diag, tril, perturb_diag, perturb_factor):
        given = dict(identity_multiplier=multiplier, diag=diag, tril=tril, perturb_diag=perturb_diag,
                     perturb_factor=perturb_factor)
        given = {name: None if value is None else ops.convert_to_tensor(value, name=name) for name, value in given.items()}
        multiplier, factor = given['identity_multiplier'], given['perturb_factor']
        if self._is_only_identity_multiplier:
            if not self._validate_args:
                return multiplier
            return control_flow_ops.with_dependencies([check_ops.assert_none_equal(
                multiplier, array_ops.zeros([], multiplier.dtype), ['identity_multiplier should be non-zero.'])], multiplier)
        size = None if factor is None else distribution_util.dimension_size(factor, axis=-2)
        scale = scales.make_tril_scale(
            loc=self._shift, scale_tril=given['tril'], scale_diag=given['diag'], scale_identity_multiplier=multiplier,
            validate_args=self._validate_args, assert_positive=False, shape_hint=size)
        if factor is None:
            return scale
        return linear_operator_low_rank_update.LinearOperatorLowRankUpdate(
            scale, u=factor, diag_update=given['perturb_diag'], is_diag_update_positive=perturb_diag is None,
            is_non_singular=True, is_self_adjoint=True, is_positive_definite=True, is_square=True)

    def _forward(self, x):
        if not self._is_only_identity_multiplier:
            return super()._forward(x)
        y = x * self._scale
        return y if self.shift is None else y + self.shift

    def _inverse(self, y):
        if not self._is_only_identity_multiplier:
            return super()._inverse(y)
        x = y if self.shift is None else y - self.shift
        return x / self._scale

    def _forward_log_det_jacobian(self, x):
        if not self._is_only_identity_multiplier:
            return self.scale.log_abs_determinant()
        size = math_ops.cast(array_ops.shape(x)[-1], dtype=self._scale.dtype)
        return math_ops.log(math_ops.abs(self._scale)) * size
