"""Operators that are a multiple of the identity."""

from reflow.framework import dtypes
from reflow.framework import ops
from reflow.framework import tensor_shape
from reflow.ops import array_ops
from reflow.ops import check_ops
from reflow.ops import control_flow_ops
from reflow.ops import math_ops
from reflow.ops.linalg import linalg_impl
from reflow.ops.linalg import linear_operator_sizes
from reflow.ops.linalg import linear_operator_util

__all__ = ['LinearOperatorIdentity', 'LinearOperatorScaledIdentity']


class BaseLinearOperatorIdentity(linear_operator_sizes.SizedLinearOperator):
    """What both have: a number of rows."""

    def _set_num_rows(self, num_rows):
        self._num_rows, self._num_rows_static = self._size(num_rows, 'num_rows')
        self._num_rows = self._checked(self._num_rows, self._num_rows_static, 'num_rows')

    def _square_shape(self):
        return tensor_shape.TensorShape((self._num_rows_static, self._num_rows_static))

    def _square_shape_tensor(self):
        return array_ops.stack((self._num_rows, self._num_rows), axis=0)

    def _trace_of(self, factor):
        """The trace, of `factor` on the diagonal."""
        ones = self._batch_of(array_ops.ones)
        size = self._smaller_dimension()
        if size is None:
            size = math_ops.cast(self._smaller_dimension_tensor(), self.dtype)
        return (size if factor is None else factor * size) * ones

    def _add_to_diagonal(self, mat, name, diagonal):
        """`mat` with what `diagonal()` gives added to its diagonal."""
        with self._name_scope(name):
            added = diagonal()
            mat = ops.convert_to_tensor(mat, name='mat')
            return array_ops.matrix_set_diag(mat, added + array_ops.matrix_diag_part(mat))


class LinearOperatorIdentity(BaseLinearOperatorIdentity):
    """The identity, or a batch of them."""

    def __init__(self, num_rows, batch_shape=None, dtype=None, is_non_singular=True, is_self_adjoint=True,
                 is_positive_definite=True, is_square=True, assert_proper_shapes=False, name='LinearOperatorIdentity'):
        self._assert_proper_shapes = assert_proper_shapes
        with ops.name_scope(name):
            dtype = dtypes.as_dtype(dtype or dtypes.float32)
            for hint, kind in ((is_self_adjoint, 'self adjoint'), (is_non_singular, 'non-singular'),
                               (is_positive_definite, 'positive-definite'), (is_square, 'square')):
                if not hint:
                    raise ValueError('An identity operator is always %s.' % kind)
            super().__init__(dtype=dtype, is_non_singular=is_non_singular, is_self_adjoint=is_self_adjoint,
                             is_positive_definite=is_positive_definite, is_square=is_square, name=name)
            linear_operator_util.assert_not_ref_type(num_rows, 'num_rows')
            linear_operator_util.assert_not_ref_type(batch_shape, 'batch_shape')
            self._set_num_rows(num_rows)
            self._set_batch_shape(batch_shape)

    def _shape(self):
        if self._batch_shape_arg is None:
            return self._square_shape()
        return tensor_shape.TensorShape(self._batch_shape_static).concatenate(self._square_shape())

    def _shape_tensor(self):
        shape = self._square_shape_tensor()
        return shape if self._batch_shape_arg is None else array_ops.concat((self._batch_shape_arg, shape), 0)

    def _assert_non_singular(self):
        return control_flow_ops.no_op('assert_non_singular')

    def _assert_positive_definite(self):
        return control_flow_ops.no_op('assert_positive_definite')

    def _assert_self_adjoint(self):
        return control_flow_ops.no_op('assert_self_adjoint')

    def _matmul(self, x, adjoint=False, adjoint_arg=False):
        x = linalg_impl.adjoint(x) if adjoint_arg else x
        return self._broadcast(self._asserted(x))

    def _determinant(self):
        return array_ops.ones(shape=self.batch_shape_tensor(), dtype=self.dtype)

    def _log_abs_determinant(self):
        return array_ops.zeros(shape=self.batch_shape_tensor(), dtype=self.dtype)

    def _solve(self, rhs, adjoint=False, adjoint_arg=False):
        return self._matmul(rhs, adjoint_arg=adjoint_arg)

    def _trace(self):
        return self._trace_of(None)

    def _diag_part(self):
        return self._diag_of(array_ops.ones)

    def add_to_tensor(self, mat, name='add_to_tensor'):
        """The sum with matrices."""
        return self._add_to_diagonal(mat, name, lambda: 1)


class LinearOperatorScaledIdentity(BaseLinearOperatorIdentity):
    """The identity times `multiplier`, whose shape is that of the batch."""

    def __init__(self, num_rows, multiplier, is_non_singular=None, is_self_adjoint=None, is_positive_definite=None,
                 is_square=True, assert_proper_shapes=False, name='LinearOperatorScaledIdentity'):
        self._assert_proper_shapes = assert_proper_shapes
        with ops.name_scope(name, values=[multiplier, num_rows]):
            self._multiplier = linear_operator_util.convert_nonref_to_tensor(multiplier, name='multiplier')
            if not self._multiplier.dtype.is_complex:
                if is_self_adjoint is False:
                    raise ValueError('A real diagonal operator is always self adjoint.')
                is_self_adjoint = True
            if not is_square:
                raise ValueError('A ScaledIdentity operator is always square.')
            linear_operator_util.assert_not_ref_type(num_rows, 'num_rows')
            super().__init__(dtype=self._multiplier.dtype.base_dtype, is_non_singular=is_non_singular,
                             is_self_adjoint=is_self_adjoint, is_positive_definite=is_positive_definite,
                             is_square=is_square, name=name)
            self._set_num_rows(num_rows)
            self._num_rows_cast_to_dtype = math_ops.cast(self._num_rows, self.dtype)
            self._num_rows_cast_to_real_dtype = math_ops.cast(self._num_rows, self.dtype.real_dtype)

    @property
    def multiplier(self):
        """What is on the diagonal."""
        return self._multiplier

    def _shape(self):
        return self.multiplier.shape.concatenate(self._square_shape())

    def _shape_tensor(self):
        shape = self._square_shape_tensor()
        return array_ops.concat((array_ops.shape(self.multiplier), shape), 0)

    def _assert_non_singular(self):
        return check_ops.assert_positive(math_ops.abs(self.multiplier), message='LinearOperator was singular')

    def _assert_positive_definite(self):
        return check_ops.assert_positive(math_ops.real(self.multiplier),
                                         message='LinearOperator was not positive definite.')

    def _assert_self_adjoint(self):
        imaginary = math_ops.imag(self.multiplier)
        return check_ops.assert_equal(array_ops.zeros_like(imaginary), imaginary,
                                      message='LinearOperator was not self-adjoint')

    def _factor(self, conjugate):
        factor = array_ops.expand_dims(array_ops.expand_dims(self.multiplier, -1), -1)
        return math_ops.conj(factor) if conjugate else factor

    def _matmul(self, x, adjoint=False, adjoint_arg=False):
        x = linalg_impl.adjoint(x) if adjoint_arg else x
        return self._asserted(x) * self._factor(adjoint)

    def _determinant(self):
        return self.multiplier ** self._num_rows_cast_to_dtype

    def _log_abs_determinant(self):
        return self._num_rows_cast_to_real_dtype * math_ops.log(math_ops.abs(self.multiplier))

    def _solve(self, rhs, adjoint=False, adjoint_arg=False):
        rhs = linalg_impl.adjoint(rhs) if adjoint_arg else rhs
        return self._asserted(rhs) / self._factor(adjoint)

    def _trace(self):
        return self._trace_of(self.multiplier)

    def _diag_part(self):
        return self._diag_of(array_ops.ones) * self.multiplier[..., array_ops.newaxis]

    def add_to_tensor(self, mat, name='add_to_tensor'):
        """The sum with matrices."""
        return self._add_to_diagonal(mat, name, lambda: array_ops.expand_dims(self.multiplier, -1))
