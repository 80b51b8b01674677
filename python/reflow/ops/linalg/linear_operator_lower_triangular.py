"""Operators that are lower triangular."""

from reflow.framework import ops
from reflow.ops import array_ops
from reflow.ops import math_ops
from reflow.ops.linalg import linalg_impl
from reflow.ops.linalg import linear_operator
from reflow.ops.linalg import linear_operator_util

__all__ = ['LinearOperatorLowerTriangular']


class LinearOperatorLowerTriangular(linear_operator.LinearOperator):
    """The lower triangle of a square matrix; what is above the diagonal is not looked at."""

    def __init__(self, tril, is_non_singular=None, is_self_adjoint=None, is_positive_definite=None, is_square=None,
                 name='LinearOperatorLowerTriangular'):
        if is_square is False:
            raise ValueError('Only square lower triangular operators supported at this time.')
        with ops.name_scope(name, values=[tril]):
            self._tril = linear_operator_util.convert_nonref_to_tensor(tril, name='tril')
            if self._tril.shape.ndims is not None and self._tril.shape.ndims < 2:
                raise ValueError('Argument tril must have at least 2 dimensions.  Found: %s' % self._tril)
            super().__init__(dtype=self._tril.dtype, graph_parents=[self._tril], is_non_singular=is_non_singular,
                             is_self_adjoint=is_self_adjoint, is_positive_definite=is_positive_definite, is_square=True,
                             name=name)

    def _triangle(self):
        return array_ops.matrix_band_part(self._tril, -1, 0)

    def _diagonal(self):
        return array_ops.matrix_diag_part(self._tril)

    def _shape(self):
        return self._tril.shape

    def _shape_tensor(self):
        return array_ops.shape(self._tril)

    def _assert_non_singular(self):
        return linear_operator_util.assert_no_entries_with_modulus_zero(
            self._diagonal(), message='Singular operator:  Diagonal contained zero values.')

    def _matmul(self, x, adjoint=False, adjoint_arg=False):
        return math_ops.matmul(self._triangle(), x, adjoint_a=adjoint, adjoint_b=adjoint_arg)

    def _determinant(self):
        return math_ops.reduce_prod(self._diagonal(), axis=[-1])

    def _log_abs_determinant(self):
        return math_ops.reduce_sum(math_ops.log(math_ops.abs(self._diagonal())), axis=[-1])

    def _solve(self, rhs, adjoint=False, adjoint_arg=False):
        rhs = linalg_impl.adjoint(rhs) if adjoint_arg else rhs
        return linear_operator_util.matrix_triangular_solve_with_broadcast(self._triangle(), rhs, lower=True,
                                                                           adjoint=adjoint)

    def _to_dense(self):
        return self._triangle()
