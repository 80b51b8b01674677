"""Operators that are diagonal."""

from reflow.framework import ops
from reflow.ops import array_ops
from reflow.ops import check_ops
from reflow.ops import math_ops
from reflow.ops.linalg import linalg_impl
from reflow.ops.linalg import linear_operator
from reflow.ops.linalg import linear_operator_util

__all__ = ['LinearOperatorDiag']


class LinearOperatorDiag(linear_operator.LinearOperator):
    """A diagonal matrix of vectors `diag`."""

    def __init__(self, diag, is_non_singular=None, is_self_adjoint=None, is_positive_definite=None, is_square=None,
                 name='LinearOperatorDiag'):
        with ops.name_scope(name, values=[diag]):
            self._diag = linear_operator_util.convert_nonref_to_tensor(diag, name='diag')
            if self._diag.shape.ndims is not None and self._diag.shape.ndims < 1:
                raise ValueError('Argument diag must have at least 1 dimension.  Found: %s' % self._diag)
            if not self._diag.dtype.is_complex:
                if is_self_adjoint is False:
                    raise ValueError('A real diagonal operator is always self adjoint.')
                is_self_adjoint = True
            if is_square is False:
                raise ValueError('Only square diagonal operators currently supported.')
            super().__init__(dtype=self._diag.dtype, graph_parents=[self._diag], is_non_singular=is_non_singular,
                             is_self_adjoint=is_self_adjoint, is_positive_definite=is_positive_definite, is_square=True,
                             name=name)

    @property
    def diag(self):
        """The vectors on the diagonal."""
        return self._diag

    def _shape(self):
        return self._diag.shape.concatenate(self._diag.shape[-1:])

    def _shape_tensor(self):
        shape = array_ops.shape(self._diag)
        size = shape[-1]
        return array_ops.concat((shape, [size]), 0)

    def _assert_non_singular(self):
        return linear_operator_util.assert_no_entries_with_modulus_zero(
            self._diag, message='Singular operator:  Diagonal contained zero values.')

    def _assert_positive_definite(self):
        if self.dtype.is_complex:
            message = ('Diagonal operator had diagonal entries with non-positive real part, thus was not positive '
                       'definite.')
        else:
            message = 'Real diagonal operator had non-positive diagonal entries, thus was not positive definite.'
        return check_ops.assert_positive(math_ops.real(self._diag), message=message)

    def _assert_self_adjoint(self):
        return linear_operator_util.assert_zero_imag_part(
            self._diag, message='This diagonal operator contained non-zero imaginary values.   Thus it was not '
                                'self-adjoint.')

    def _numbers(self, adjoint):
        return math_ops.conj(self._diag) if adjoint else self._diag

    def _matmul(self, x, adjoint=False, adjoint_arg=False):
        diag = self._numbers(adjoint)
        x = linalg_impl.adjoint(x) if adjoint_arg else x
        return array_ops.expand_dims(diag, -1) * x

    def _matvec(self, x, adjoint=False):
        return self._numbers(adjoint) * x

    def _determinant(self):
        return math_ops.reduce_prod(self._diag, axis=[-1])

    def _log_abs_determinant(self):
        log_det = math_ops.reduce_sum(math_ops.log(math_ops.abs(self._diag)), axis=[-1])
        return math_ops.cast(log_det, dtype=self.dtype) if self.dtype.is_complex else log_det

    def _solve(self, rhs, adjoint=False, adjoint_arg=False):
        diag = self._numbers(adjoint)
        rhs = linalg_impl.adjoint(rhs) if adjoint_arg else rhs
        return rhs * array_ops.expand_dims(1. / diag, -1)

    def _to_dense(self):
        return array_ops.matrix_diag(self._diag)

    def _diag_part(self):
        return self.diag

    def _add_to_tensor(self, x):
        sum_of_diags = self._diag + array_ops.matrix_diag_part(x)
        return array_ops.matrix_set_diag(x, sum_of_diags)
