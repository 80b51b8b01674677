"""Bijectors of matrices."""

import numpy as np

from reflow.framework import dtypes
from reflow.framework import ops
from reflow.framework import tensor_shape
from reflow.ops import array_ops
from reflow.ops import check_ops
from reflow.ops import control_flow_ops
from reflow.ops import linalg_ops
from reflow.ops import math_ops
from reflow.ops.distributions import bijector
from reflow.ops.distributions import util as distribution_util

__all__ = ['CholeskyOuterProduct', 'FillTriangular', 'MatrixInverseTriL']


class CholeskyOuterProduct(bijector.Bijector):
    """Y = X X^T of lower triangular matrices with positive diagonals."""

    def __init__(self, validate_args=False, name='cholesky_outer_product'):
        self._graph_parents, self._name = [], name
        super().__init__(forward_min_event_ndims=2, validate_args=validate_args, name=name)

    def _forward(self, x):
        if self.validate_args:
            is_matrix = check_ops.assert_rank_at_least(x, 2)
            shape = array_ops.shape(x)
            x = control_flow_ops.with_dependencies([is_matrix, check_ops.assert_equal(shape[-2], shape[-1])], x)
        x = array_ops.matrix_band_part(x, -1, 0)
        return math_ops.matmul(x, x, adjoint_b=True)

    def _inverse(self, y):
        return linalg_ops.cholesky(y)

    def _forward_log_det_jacobian(self, x):
        """p log 2 + sum((p - i) log x[i, i]), i from 0, for matrices of p rows."""
        diag = array_ops.matrix_diag_part(x)
        if self.validate_args:
            shape = array_ops.shape(x)
            x = control_flow_ops.with_dependencies([
                check_ops.assert_rank_at_least(x, 2, message='Input must be a (batch of) matrix.'),
                check_ops.assert_equal(shape[-2], shape[-1], message='Input must be a (batch of) square matrix.'),
                check_ops.assert_positive(diag, message='Input must be positive definite.')], x)
        size = tensor_shape.dimension_value(x.get_shape()[-1]) if x.get_shape().ndims is not None else None
        if size is None:
            size = array_ops.shape(x)[-1]
            as_float = math_ops.cast(size, dtype=x.dtype)
        else:
            as_float = np.array(size, dtype=x.dtype.as_numpy_dtype)
        exponents = math_ops.lin_space(as_float, 1., size)
        return as_float * np.log(2.) + math_ops.reduce_sum(math_ops.log(diag) * exponents, axis=-1)


class FillTriangular(bijector.Bijector):
    """Vectors of n (n + 1) / 2 numbers as triangular matrices of n rows."""

    def __init__(self, upper=False, validate_args=False, name='fill_triangular'):
        self._upper = upper
        super().__init__(forward_min_event_ndims=1, inverse_min_event_ndims=2, validate_args=validate_args, name=name)

    def _forward(self, x):
        return distribution_util.fill_triangular(x, upper=self._upper)

    def _inverse(self, y):
        return distribution_util.fill_triangular_inverse(y, upper=self._upper)

    def _forward_log_det_jacobian(self, x):
        return array_ops.zeros_like(x[..., 0])

    def _inverse_log_det_jacobian(self, y):
        return array_ops.zeros_like(y[..., 0, 0])

    def _forward_event_shape(self, input_shape):
        length = tensor_shape.dimension_value(input_shape[-1])
        rows = None if length is None else _rows_of_triangle(length)
        return input_shape[:-1].concatenate([rows, rows])

    def _inverse_event_shape(self, output_shape):
        rows, columns = tensor_shape.dimension_value(output_shape[-2]), tensor_shape.dimension_value(output_shape[-1])
        if rows is None or columns is None:
            return output_shape[:-2].concatenate([None])
        if rows != columns:
            raise ValueError('Matrix must be square. (saw [{}, {}])'.format(rows, columns))
        return output_shape[:-2].concatenate([rows * (rows + 1) // 2])

    def _forward_event_shape_tensor(self, input_shape):
        length = input_shape[-1]
        with ops.name_scope(None, 'vector_size_to_square_matrix_size', [length]):
            rows = (-1. + math_ops.sqrt(1 + 8. * math_ops.cast(length, dtypes.float32))) / 2.
            if self.validate_args:
                is_whole = check_ops.assert_equal(math_ops.cast(math_ops.cast(rows, dtypes.int32), dtypes.float32), rows,
                                                  message='Vector length is not a triangular number')
                rows = control_flow_ops.with_dependencies([is_whole], rows)
            rows = math_ops.cast(rows, length.dtype)
        return array_ops.concat([input_shape[:-1], [rows, rows]], axis=0)

    def _inverse_event_shape_tensor(self, output_shape):
        rows = output_shape[-1]
        if self.validate_args:
            rows = control_flow_ops.with_dependencies([check_ops.assert_equal(
                rows, output_shape[-2], message='Matrix must be square.')], rows)
        length = math_ops.cast(rows * (rows + 1) / 2, output_shape.dtype)
        return array_ops.concat([output_shape[:-2], [length]], axis=0)


def _rows_of_triangle(length):
    rows = (-1 + np.sqrt(1 + 8 * length)) / 2.
    if int(rows) != rows:
        raise ValueError('Vector length is not a triangular number.')
    return int(rows)


class MatrixInverseTriL(bijector.Bijector):
    """Y = X^-1 of lower triangular matrices."""

    def __init__(self, validate_args=False, name='matrix_inverse_tril'):
        self._graph_parents, self._name = [], name
        super().__init__(forward_min_event_ndims=2, validate_args=validate_args, name=name)

    def _forward(self, x):
        with ops.control_dependencies(self._assertions(x)):
            shape = array_ops.shape(x)
            identity = linalg_ops.eye(shape[-1], batch_shape=shape[:-2], dtype=x.dtype)
            return linalg_ops.matrix_triangular_solve(x, identity, lower=True)

    def _inverse(self, y):
        return self._forward(y)

    def _forward_log_det_jacobian(self, x):
        with ops.control_dependencies(self._assertions(x)):
            size = math_ops.cast(array_ops.shape(x)[-1], x.dtype.base_dtype)
            logarithms = math_ops.log(math_ops.abs(array_ops.matrix_diag_part(x)))
            return -2. * size * math_ops.reduce_sum(logarithms, axis=-1)

    def _assertions(self, x):
        if not self.validate_args:
            return []
        shape = array_ops.shape(x)
        above = array_ops.matrix_band_part(
            array_ops.matrix_set_diag(x, array_ops.zeros(shape[:-1], dtype=x.dtype)), 0, -1)
        diag = array_ops.matrix_diag_part(x)
        return [check_ops.assert_rank_at_least(x, 2, message='Input must have rank at least 2.'),
                check_ops.assert_equal(shape[-2], shape[-1], message='Input must be a square matrix.'),
                check_ops.assert_equal(above, array_ops.zeros_like(above), message='Input must be lower triangular.'),
                check_ops.assert_none_equal(diag, array_ops.zeros_like(diag),
                                            message='Input must have all diagonal entries nonzero.')]
