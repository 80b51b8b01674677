"""Operators that are 0."""

from reflow.framework import dtypes
from reflow.framework import errors
from reflow.framework import ops
from reflow.framework import tensor_shape
from reflow.ops import array_ops
from reflow.ops import control_flow_ops
from reflow.ops.linalg import linalg_impl
from reflow.ops.linalg import linear_operator_sizes
from reflow.ops.linalg import linear_operator_util

__all__ = ['LinearOperatorZeros']


class LinearOperatorZeros(linear_operator_sizes.SizedLinearOperator):
    """A matrix of zeros, or a batch of them."""

    def __init__(self, num_rows, num_columns=None, batch_shape=None, dtype=None, is_non_singular=False,
                 is_self_adjoint=True, is_positive_definite=False, is_square=True, assert_proper_shapes=False,
                 name='LinearOperatorZeros'):
        self._assert_proper_shapes = assert_proper_shapes
        with ops.name_scope(name):
            dtype = dtypes.as_dtype(dtype or dtypes.float32)
            if not is_self_adjoint and is_square:
                raise ValueError('A zero operator is always self adjoint.')
            if is_non_singular:
                raise ValueError('A zero operator is always singular.')
            if is_positive_definite:
                raise ValueError('A zero operator is always not positive-definite.')
            super().__init__(dtype=dtype, is_non_singular=is_non_singular, is_self_adjoint=is_self_adjoint,
                             is_positive_definite=is_positive_definite, is_square=is_square, name=name)
            for size, argument in ((num_rows, 'num_rows'), (num_columns, 'num_columns'), (batch_shape, 'batch_shape')):
                linear_operator_util.assert_not_ref_type(size, argument)
            self._set_sizes(num_rows, num_rows if num_columns is None else num_columns)
            rows, columns = self._num_rows_static, self._num_columns_static
            if is_square and rows is not None and columns is not None and rows != columns:
                raise ValueError('LinearOperatorZeros initialized as is_square=True, but got num_rows({}) != '
                                 'num_columns({})'.format(rows, columns))
            self._set_batch_shape(batch_shape)

    def _set_sizes(self, num_rows, num_columns):
        self._num_rows, self._num_rows_static = self._size(num_rows, 'num_rows')
        self._num_columns, self._num_columns_static = self._size(num_columns, 'num_columns')
        if self._assert_proper_shapes:
            self._num_rows = self._guarded(self._num_rows, 'num_rows', 0)
            self._num_columns = self._guarded(self._num_columns, 'num_columns', 0)
        for check, rows, columns in ((self._check_type, self._num_rows, self._num_columns),
                                     (lambda static, name: self._check_value(static, name, 0),
                                      self._num_rows_static, self._num_columns_static)):
            check(rows, 'num_rows')
            check(columns, 'num_columns')

    def _shape(self):
        shape = tensor_shape.TensorShape((self._num_rows_static, self._num_columns_static))
        if self._batch_shape_arg is None:
            return shape
        return tensor_shape.TensorShape(self._batch_shape_static).concatenate(shape)

    def _shape_tensor(self):
        shape = array_ops.stack((self._num_rows, self._num_columns), axis=0)
        return shape if self._batch_shape_arg is None else array_ops.concat((self._batch_shape_arg, shape), 0)

    def _assert_non_singular(self):
        raise errors.InvalidArgumentError(node_def=None, op=None, message='Zero operators are always non-invertible.')

    def _assert_positive_definite(self):
        raise errors.InvalidArgumentError(node_def=None, op=None,
                                          message='Zero operators are always non-positive definite.')

    def _assert_self_adjoint(self):
        return control_flow_ops.no_op('assert_self_adjoint')

    def _matmul(self, x, adjoint=False, adjoint_arg=False):
        if self._assert_proper_shapes:
            x = self._asserted(linalg_impl.adjoint(x) if adjoint_arg else x)
        if self.is_square and not adjoint_arg:
            shape = array_ops.shape(x)
        elif self.is_square:
            shape = array_ops.concat([array_ops.shape(x)[:-2], [array_ops.shape(x)[-1], array_ops.shape(x)[-2]]], axis=0)
        else:
            x_shape = array_ops.shape(x)
            rows = self._num_columns if adjoint else self._num_rows
            columns = x_shape[-2 if adjoint_arg else -1]
            shape = array_ops.concat([x_shape[:-2], [rows, columns]], axis=0)
        return self._broadcast(array_ops.zeros(shape=shape, dtype=x.dtype))

    def _determinant(self):
        return self._batch_of(array_ops.zeros)

    def _trace(self):
        return self._batch_of(array_ops.zeros)

    def _diag_part(self):
        return self._diag_of(array_ops.zeros)

    def add_to_tensor(self, mat, name='add_to_tensor'):
        """The sum with matrices."""
        return self._broadcast(mat)
