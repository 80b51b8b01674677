"""Operators that are constant along diagonals."""

from reflow.framework import dtypes
from reflow.framework import ops
from reflow.ops import array_ops
from reflow.ops import check_ops
from reflow.ops import math_ops
from reflow.ops.linalg import linalg_impl
from reflow.ops.linalg import linear_operator
from reflow.ops.linalg import linear_operator_circulant
from reflow.ops.signal import fft_ops

__all__ = ['LinearOperatorToeplitz']


class LinearOperatorToeplitz(linear_operator.LinearOperator):
    """A Toeplitz matrix of its first column and its first row, whose own first element is not looked at.

    Products are those of a circulant matrix of twice the size, which has the matrix in its corner.
    """

    def __init__(self, col, row, is_non_singular=None, is_self_adjoint=None, is_positive_definite=None, is_square=None,
                 name='LinearOperatorToeplitz'):
        with ops.name_scope(name, values=[row, col]):
            self._row = ops.convert_to_tensor(row, name='row')
            self._col = ops.convert_to_tensor(col, name='col')
            for argument, tensor in (('row', self._row), ('col', self._col)):
                if tensor.shape.ndims is not None and tensor.shape.ndims < 1:
                    raise ValueError('Argument {} must have at least 1 dimension.  Found: {}'.format(argument, tensor))
            if self._row.shape[-1] != self._col.shape[-1]:
                raise ValueError('Expected square matrix, got row and col with mismatched dimensions.')
            first_column = array_ops.concat([self._col, array_ops.zeros_like(self._col[..., 0:1]),
                                             array_ops.reverse(self._row[..., 1:], axis=[-1])], axis=-1)
            is_double = first_column.dtype in (dtypes.float64, dtypes.complex128)
            first_column = math_ops.cast(first_column, dtypes.complex128 if is_double else dtypes.complex64)
            self._circulant = linear_operator_circulant.LinearOperatorCirculant(
                fft_ops.fft(first_column), input_output_dtype=self._row.dtype)
            if is_square is False:
                raise ValueError('Only square Toeplitz operators currently supported.')
            super().__init__(dtype=self._row.dtype, graph_parents=[self._row, self._col], is_non_singular=is_non_singular,
                             is_self_adjoint=is_self_adjoint, is_positive_definite=is_positive_definite, is_square=True,
                             name=name)

    @property
    def col(self):
        """The first column."""
        return self._col

    @property
    def row(self):
        """The first row."""
        return self._row

    def _shape(self):
        shape = array_ops.broadcast_static_shape(self.row.shape, self.col.shape)
        return shape.concatenate(shape[-1:])

    def _shape_tensor(self):
        shape = array_ops.broadcast_dynamic_shape(array_ops.shape(self.row), array_ops.shape(self.col))
        size = shape[-1]
        return array_ops.concat((shape, [size]), 0)

    def _assert_self_adjoint(self):
        return check_ops.assert_equal(
            self.row, self.col, message='row and col are not the same, and so this operator is not self-adjoint.')

    def _matmul(self, x, adjoint=False, adjoint_arg=False):
        x = linalg_impl.adjoint(x) if adjoint_arg else x
        padded = array_ops.concat([x, array_ops.zeros_like(x)], axis=-2)
        result = self._circulant.matmul(padded, adjoint=adjoint, adjoint_arg=False)
        return math_ops.cast(result[..., :self.domain_dimension_tensor(), :], self.dtype)

    def _trace(self):
        return math_ops.cast(self.domain_dimension_tensor(), dtype=self.dtype) * self.col[..., 0]

    def _diag_part(self):
        return self.col[..., 0:1] * array_ops.ones([self.domain_dimension_tensor()], self.dtype)
