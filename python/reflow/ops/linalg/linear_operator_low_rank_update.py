"""Operators that are another plus a matrix of low rank."""

from reflow.framework import ops
from reflow.framework import tensor_shape
from reflow.ops import array_ops
from reflow.ops import linalg_ops
from reflow.ops import math_ops
from reflow.ops.linalg import linear_operator
from reflow.ops.linalg import linear_operator_diag
from reflow.ops.linalg import linear_operator_identity
from reflow.ops.linalg import linear_operator_util
from reflow.platform import tf_logging
from reflow.util.shown_attributes import shown

__all__ = ['LinearOperatorLowRankUpdate']


class LinearOperatorLowRankUpdate(linear_operator.LinearOperator):
    """L + U D V^H, with L `base_operator`, D of `diag_update` (else the identity), V by default U.

    Solutions and determinants go by Woodbury's identity and the matrix determinant lemma, through the capacitance
    C = D^-1 + V^H L^-1 U, which is as small as the rank.
    """

    def __init__(self, base_operator, u, diag_update=None, v=None, is_diag_update_positive=None, is_non_singular=None,
                 is_self_adjoint=None, is_positive_definite=None, is_square=None, name='LinearOperatorLowRankUpdate'):
        dtype = base_operator.dtype
        if diag_update is None:
            if is_diag_update_positive is False:
                raise ValueError('Default diagonal is the identity, which is positive.  However, user set '
                                 "'is_diag_update_positive' to False.")
            is_diag_update_positive = True
        elif is_diag_update_positive and dtype.is_complex:
            tf_logging.warn('Note: setting is_diag_update_positive with a complex dtype means that diagonal is real and '
                            'positive.')
        self._use_cholesky = (base_operator.is_positive_definite and base_operator.is_self_adjoint
                              and is_diag_update_positive and v is None)
        if base_operator.is_self_adjoint and v is None and not dtype.is_complex:
            if is_self_adjoint is False:
                raise ValueError('A = L + UDU^H, with L self-adjoint and D real diagonal.  Since UDU^H is self-adjoint, '
                                 'this must be a self-adjoint operator.')
            is_self_adjoint = True
        if self._use_cholesky:
            if False in (is_positive_definite, is_self_adjoint, is_non_singular):
                raise ValueError('Arguments imply this is self-adjoint positive-definite operator.')
            is_positive_definite = is_self_adjoint = True
        with ops.name_scope(name, values=base_operator.graph_parents + [u, diag_update, v]):
            convert = linear_operator_util.convert_nonref_to_tensor
            self._u = convert(u, name='u')
            self._v = self._u if v is None else convert(v, name='v')
            self._diag_update = None if diag_update is None else convert(diag_update, name='diag_update')
            self._base_operator = base_operator
            parents = base_operator.graph_parents + [self.u, self._diag_update, self.v]
            super().__init__(dtype=dtype, graph_parents=[parent for parent in parents if parent is not None],
                             is_non_singular=is_non_singular, is_self_adjoint=is_self_adjoint,
                             is_positive_definite=is_positive_definite, is_square=is_square, name=name)
            self._diag_operator = self._make_diag_operator(is_diag_update_positive)
            self._is_diag_update_positive = is_diag_update_positive
            self._check_shapes()

    def _make_diag_operator(self, is_positive):
        if self._diag_update is not None:
            return linear_operator_diag.LinearOperatorDiag(self._diag_update, is_positive_definite=is_positive)
        rank = tensor_shape.dimension_value(self.u.shape[-1])
        rank = array_ops.shape(self.u)[-1] if rank is None else rank
        return linear_operator_identity.LinearOperatorIdentity(num_rows=rank, dtype=self.dtype)

    def _check_shapes(self):
        uv_shape = array_ops.broadcast_static_shape(self.u.shape, self.v.shape)
        batch_shape = array_ops.broadcast_static_shape(self.base_operator.batch_shape, uv_shape[:-2])
        self.base_operator.domain_dimension.assert_is_compatible_with(uv_shape[-2])
        if self._diag_update is not None:
            uv_shape[-1].assert_is_compatible_with(self._diag_update.shape[-1])
            array_ops.broadcast_static_shape(batch_shape, self._diag_update.shape[:-1])

    u = shown('_u', 'U, of shape [batch_shape, rows, rank].')
    v = shown('_v', 'V, of shape [batch_shape, columns, rank].')
    is_diag_update_positive = shown('_is_diag_update_positive', 'Whether D is positive, as far as that is known.')
    diag_update = shown('_diag_update', 'The diagonal of D, if it was given.')
    diag_operator = shown('_diag_operator', 'D.')
    base_operator = shown('_base_operator', 'L.')

    def _shape(self):
        return array_ops.broadcast_static_shape(self.base_operator.batch_shape, self.u.shape[:-2]).concatenate(
            self.base_operator.shape[-2:])

    def _shape_tensor(self):
        batch_shape = array_ops.broadcast_dynamic_shape(self.base_operator.batch_shape_tensor(),
                                                        array_ops.shape(self.u)[:-2])
        return array_ops.concat([batch_shape, self.base_operator.shape_tensor()[-2:]], axis=0)

    def _matmul(self, x, adjoint=False, adjoint_arg=False):
        left, right = (self.v, self.u) if adjoint else (self.u, self.v)
        of_base = self.base_operator.matmul(x, adjoint=adjoint, adjoint_arg=adjoint_arg)
        reduced = math_ops.matmul(right, x, adjoint_a=True, adjoint_b=adjoint_arg)
        return of_base + math_ops.matmul(left, self.diag_operator.matmul(reduced, adjoint=adjoint))

    def _determinant(self):
        if self.is_positive_definite:
            return math_ops.exp(self.log_abs_determinant())
        of_capacitance = linalg_ops.matrix_determinant(self._capacitance())
        of_diag = self.diag_operator.determinant()
        of_base = self.base_operator.determinant()
        return of_capacitance * of_diag * of_base

    def _log_abs_determinant(self):
        of_diag = self.diag_operator.log_abs_determinant()
        of_base = self.base_operator.log_abs_determinant()
        if self._use_cholesky:
            diag = array_ops.matrix_diag_part(linalg_ops.cholesky(self._capacitance()))
            of_capacitance = 2 * math_ops.reduce_sum(math_ops.log(diag), axis=[-1])
        else:
            of_capacitance = math_ops.log(math_ops.abs(linalg_ops.matrix_determinant(self._capacitance())))
            if self.dtype.is_complex:
                of_capacitance = math_ops.cast(of_capacitance, dtype=self.dtype)
        return of_capacitance + of_diag + of_base

    def _solve(self, rhs, adjoint=False, adjoint_arg=False):
        if self.base_operator.is_non_singular is False:
            raise ValueError('Solve not implemented unless this is a perturbation of a non-singular LinearOperator.')
        left, right = (self.v, self.u) if adjoint else (self.u, self.v)
        of_base = self.base_operator.solve(rhs, adjoint=adjoint, adjoint_arg=adjoint_arg)
        reduced = math_ops.matmul(right, of_base, adjoint_a=True)
        if self._use_cholesky:
            reduced = linear_operator_util.cholesky_solve_with_broadcast(linalg_ops.cholesky(self._capacitance()), reduced)
        else:
            reduced = linear_operator_util.matrix_solve_with_broadcast(self._capacitance(), reduced, adjoint=adjoint)
        return of_base - self.base_operator.solve(math_ops.matmul(left, reduced), adjoint=adjoint)

    def _capacitance(self):
        reduced = math_ops.matmul(self.v, self.base_operator.solve(self.u), adjoint_a=True)
        return self._diag_operator.inverse().add_to_tensor(reduced)
