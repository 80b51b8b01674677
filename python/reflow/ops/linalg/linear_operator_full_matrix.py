"""Operators that are any matrix."""

from reflow.framework import dtypes
from reflow.framework import ops
from reflow.ops import array_ops
from reflow.ops import math_ops
from reflow.ops.linalg import linear_operator
from reflow.ops.linalg import linear_operator_util

__all__ = ['LinearOperatorFullMatrix']

_DTYPES = [dtypes.float16, dtypes.float32, dtypes.float64, dtypes.complex64, dtypes.complex128]


class LinearOperatorFullMatrix(linear_operator.LinearOperator):
    """A matrix with all its elements; nothing is faster than with the matrix itself."""

    def __init__(self, matrix, is_non_singular=None, is_self_adjoint=None, is_positive_definite=None, is_square=None,
                 name='LinearOperatorFullMatrix'):
        with ops.name_scope(name, values=[matrix]):
            self._matrix = linear_operator_util.convert_nonref_to_tensor(matrix, name='matrix')
            tensor = ops.convert_to_tensor(self._matrix, name='matrix')
            if tensor.dtype not in _DTYPES:
                raise TypeError('Argument matrix must have dtype in %s.  Found: %s' % (_DTYPES, tensor.dtype))
            if tensor.shape.ndims is not None and tensor.shape.ndims < 2:
                raise ValueError('Argument matrix must have at least 2 dimensions.  Found: %s' % tensor)
            super().__init__(dtype=self._matrix.dtype, graph_parents=[self._matrix], is_non_singular=is_non_singular,
                             is_self_adjoint=is_self_adjoint, is_positive_definite=is_positive_definite,
                             is_square=is_square, name=name)

    def _shape(self):
        return self._matrix.shape

    def _shape_tensor(self):
        return array_ops.shape(self._matrix)

    def _matmul(self, x, adjoint=False, adjoint_arg=False):
        return math_ops.matmul(self._matrix, x, adjoint_a=adjoint, adjoint_b=adjoint_arg)

    def _to_dense(self):
        return self._matrix
