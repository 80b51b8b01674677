"""Linear operators that scale, of diagonals and triangles; and the shapes of what they scale."""

from reflow.framework import ops
from reflow.framework import tensor_shape
from reflow.framework import tensor_util
from reflow.ops import array_ops
from reflow.ops import check_ops
from reflow.ops import control_flow_ops
from reflow.ops.distributions import util as distribution_util
from reflow.ops.linalg import linear_operator
from reflow.ops.linalg.linear_operator_diag import LinearOperatorDiag
from reflow.ops.linalg.linear_operator_identity import LinearOperatorIdentity, LinearOperatorScaledIdentity
from reflow.ops.linalg.linear_operator_lower_triangular import LinearOperatorLowerTriangular

__all__ = ['is_diagonal_scale', 'make_diag_scale', 'make_tril_scale', 'shapes_from_loc_and_scale']


def _tensor(x, name):
    return None if x is None else ops.convert_to_tensor(x, name=name)


def _checked(x, diag, validate_args, assert_positive):
    """`x` after an assertion that its diagonal is positive, or not 0."""
    if not validate_args:
        return x
    if assert_positive:
        check = check_ops.assert_positive(diag(x), message='diagonal part must be positive')
    else:
        check = check_ops.assert_none_equal(diag(x), array_ops.zeros([], x.dtype), message='diagonal part must be non-zero')
    return control_flow_ops.with_dependencies([check], x)


def make_tril_scale(loc=None, scale_tril=None, scale_diag=None, scale_identity_multiplier=None, shape_hint=None,
                    validate_args=False, assert_positive=False, name=None):
    """The operator of a lower triangle with what else is given added to its diagonal; of a diagonal without a triangle."""
    with ops.name_scope(name, 'make_tril_scale', values=[loc, scale_diag, scale_identity_multiplier]):
        loc = _tensor(loc, 'loc')
        scale_tril = _tensor(scale_tril, 'scale_tril')
        scale_diag = _tensor(scale_diag, 'scale_diag')
        scale_identity_multiplier = _tensor(scale_identity_multiplier, 'scale_identity_multiplier')
    if scale_tril is None:
        return make_diag_scale(loc=loc, scale_diag=scale_diag, scale_identity_multiplier=scale_identity_multiplier,
                               shape_hint=shape_hint, validate_args=validate_args, assert_positive=assert_positive, name=name)
    scale_tril = array_ops.matrix_band_part(scale_tril, -1, 0)
    diag = array_ops.matrix_diag_part(scale_tril)
    if scale_diag is not None:
        diag += scale_diag
    if scale_identity_multiplier is not None:
        diag += scale_identity_multiplier[..., array_ops.newaxis]
    scale_tril = array_ops.matrix_set_diag(scale_tril, diag)
    return LinearOperatorLowerTriangular(
        _checked(scale_tril, array_ops.matrix_diag_part, validate_args, assert_positive), is_non_singular=True,
        is_self_adjoint=False, is_positive_definite=assert_positive)


def make_diag_scale(loc=None, scale_diag=None, scale_identity_multiplier=None, shape_hint=None, validate_args=False,
                    assert_positive=False, name=None):
    """The operator of a diagonal with the multiplier added; of a multiple of the identity without a diagonal."""
    def checked(x):
        return _checked(x, lambda x: x, validate_args, assert_positive)

    with ops.name_scope(name, 'make_diag_scale', values=[loc, scale_diag, scale_identity_multiplier]):
        loc = _tensor(loc, 'loc')
        scale_diag = _tensor(scale_diag, 'scale_diag')
        scale_identity_multiplier = _tensor(scale_identity_multiplier, 'scale_identity_multiplier')
        if scale_diag is not None:
            if scale_identity_multiplier is not None:
                scale_diag += scale_identity_multiplier[..., array_ops.newaxis]
            return LinearOperatorDiag(checked(scale_diag), is_non_singular=True, is_self_adjoint=True,
                                      is_positive_definite=assert_positive)
        if loc is None and shape_hint is None:
            raise ValueError('Cannot infer `event_shape` unless `loc` or `shape_hint` is specified.')
        size = loc.shape[-1] if shape_hint is None else shape_hint
        if scale_identity_multiplier is None:
            return LinearOperatorIdentity(num_rows=size, dtype=loc.dtype.base_dtype, is_self_adjoint=True,
                                          is_positive_definite=True, assert_proper_shapes=validate_args)
        return LinearOperatorScaledIdentity(
            num_rows=size, multiplier=checked(scale_identity_multiplier), is_non_singular=True, is_self_adjoint=True,
            is_positive_definite=assert_positive, assert_proper_shapes=validate_args)


def shapes_from_loc_and_scale(loc, scale, name='shapes_from_loc_and_scale'):
    """The shapes of the batch and of the event of scale x + loc."""
    with ops.name_scope(name, values=[loc] + scale.graph_parents):
        size = scale.range_dimension_tensor()
        known = tensor_util.constant_value(size)
        event_shape = size[array_ops.newaxis] if known is None else known.reshape([1])
        if loc is not None:
            loc_size = tensor_shape.dimension_value(loc.get_shape()[-1])
            if loc_size is not None and known is not None and loc_size not in (1, known):
                raise ValueError("Event size of 'scale' (%d) could not be broadcast up to that of 'loc' (%d)." % (
                    known, loc_size))
        batch_shape = scale.batch_shape_tensor()
        if loc is None:
            known = tensor_util.constant_value(batch_shape)
            return batch_shape if known is None else known, event_shape
        loc_shape = loc.get_shape().with_rank_at_least(1)[:-1]
        if loc.get_shape().ndims is None or not loc_shape.is_fully_defined():
            loc_shape = array_ops.shape(loc)[:-1]
        else:
            loc_shape = ops.convert_to_tensor(loc_shape, name='loc_batch_shape')
        return distribution_util.prefer_static_broadcast_shape(batch_shape, loc_shape), event_shape


def is_diagonal_scale(scale):
    """Whether the operator is a diagonal. TypeError: it is no operator."""
    if not isinstance(scale, linear_operator.LinearOperator):
        raise TypeError("Expected argument 'scale' to be instance of LinearOperator. Found: %s" % scale)
    return isinstance(scale, (LinearOperatorIdentity, LinearOperatorScaledIdentity, LinearOperatorDiag))
