"""Operators whose shape is given by numbers, not by a tensor."""

import numpy as np

from reflow.framework import tensor_util
from reflow.ops import array_ops
from reflow.ops import check_ops
from reflow.ops import control_flow_ops
from reflow.ops import math_ops
from reflow.ops.linalg import linear_operator
from reflow.ops.linalg import linear_operator_util


class SizedLinearOperator(linear_operator.LinearOperator):
    """Checks of sizes and batch shapes; subclasses have set `_assert_proper_shapes`."""

    _batch_shape_arg = None

    def _size(self, value, name):
        """A size as a tensor, and its value if that is known."""
        size = linear_operator_util.shape_tensor(value, name=name)
        return size, tensor_util.constant_value(size)

    def _guarded(self, size, name, rank):
        """`size` after assertions on its rank and sign."""
        return control_flow_ops.with_dependencies([
            check_ops.assert_rank(size, rank, message='Argument %s must be a %d-D Tensor.' % (name, rank)),
            check_ops.assert_non_negative(size, message='Argument %s must be non-negative.' % name)], size)

    @staticmethod
    def _check_type(size, name):
        if not size.dtype.is_integer:
            raise TypeError('Argument %s must be integer type.  Found: %s' % (name, size))

    @staticmethod
    def _check_value(static, name, rank):
        if static is None:
            return
        if static.ndim != rank:
            raise ValueError('Argument %s must be a %d-D Tensor.  Found: %s' % (name, rank, static))
        if np.any(static < 0):
            raise ValueError('Argument %s must be non-negative.  Found:%s%s' % (name, '' if rank else ' ', static))

    def _checked(self, size, static, name, rank=0):
        if self._assert_proper_shapes:
            size = self._guarded(size, name, rank)
        self._check_type(size, name)
        self._check_value(static, name, rank)
        return size

    def _set_batch_shape(self, batch_shape):
        if batch_shape is None:
            return
        self._batch_shape_arg, self._batch_shape_static = self._size(batch_shape, 'batch_shape_arg')
        self._batch_shape_arg = self._checked(self._batch_shape_arg, self._batch_shape_static, 'batch_shape', rank=1)

    def _broadcast(self, x):
        """`x` with the operator's batch dimensions."""
        if self._batch_shape_arg is None:
            return x
        shape = self.batch_shape.concatenate([1, 1])
        both = array_ops.broadcast_static_shape(x.shape, shape)
        if shape.is_fully_defined():
            if both == x.shape:
                return x
        else:
            shape = array_ops.concat((self.batch_shape_tensor(), [1, 1]), 0)
        return x + array_ops.zeros(shape=shape, dtype=self.dtype)

    def _asserted(self, x):
        """`x` after an assertion that it has the right number of rows, if that is wanted."""
        if not self._assert_proper_shapes:
            return x
        assertion = linear_operator_util.assert_compatible_matrix_dimensions(self, x)
        return control_flow_ops.with_dependencies([assertion], x)

    def _smaller_dimension(self):
        columns, rows = self.domain_dimension.value, self.range_dimension.value
        return None if columns is None or rows is None else min(columns, rows)

    def _smaller_dimension_tensor(self):
        return math_ops.reduce_min(self.shape_tensor()[-2:])

    def _diag_of(self, fill):
        """A diagonal made by `fill`, array_ops.ones or array_ops.zeros."""
        if self.shape.is_fully_defined():
            shape = self.batch_shape.concatenate([self._smaller_dimension()])
        else:
            shape = array_ops.concat([self.batch_shape_tensor(), [self._smaller_dimension_tensor()]], axis=0)
        return fill(shape=shape, dtype=self.dtype)

    def _batch_of(self, fill):
        """A number for each matrix, made by `fill`."""
        known = self.batch_shape.is_fully_defined()
        return fill(shape=self.batch_shape if known else self.batch_shape_tensor(), dtype=self.dtype)
