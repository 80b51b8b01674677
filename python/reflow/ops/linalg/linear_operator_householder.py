"""Operators that reflect."""

from reflow.framework import errors
from reflow.framework import ops
from reflow.ops import array_ops
from reflow.ops import control_flow_ops
from reflow.ops import linalg_ops
from reflow.ops import math_ops
from reflow.ops.linalg import linalg_impl
from reflow.ops.linalg import linear_operator
from reflow.ops.linalg import linear_operator_util

__all__ = ['LinearOperatorHouseholder']


class LinearOperatorHouseholder(linear_operator.LinearOperator):
    """The reflection I - 2 v v^H of vectors v, the axes of length 1."""

    def __init__(self, reflection_axis, is_non_singular=None, is_self_adjoint=None, is_positive_definite=None,
                 is_square=None, name='LinearOperatorHouseholder'):
        with ops.name_scope(name, values=[reflection_axis]):
            axis = linear_operator_util.convert_nonref_to_tensor(reflection_axis, name='reflection_axis')
            self._reflection_axis = axis
            if axis.shape.ndims is not None and axis.shape.ndims < 1:
                raise ValueError('Argument reflection_axis must have at least 1 dimension.  Found: %s' % axis)
            for wrong, kind in ((is_self_adjoint is False, 'self adjoint'),
                                (is_positive_definite is True, 'non-positive definite'), (is_square is False, 'square')):
                if wrong:
                    raise ValueError('A Householder operator is always %s.' % kind)
            super().__init__(dtype=axis.dtype, graph_parents=[axis], is_non_singular=is_non_singular,
                             is_self_adjoint=True, is_positive_definite=False, is_square=True, name=name)

    @property
    def reflection_axis(self):
        """The vectors that are turned round."""
        return self._reflection_axis

    def _shape(self):
        return self._reflection_axis.shape.concatenate(self._reflection_axis.shape[-1:])

    def _shape_tensor(self):
        shape = array_ops.shape(self._reflection_axis)
        size = shape[-1]
        return array_ops.concat((shape, [size]), 0)

    def _assert_non_singular(self):
        return control_flow_ops.no_op('assert_non_singular')

    def _assert_positive_definite(self):
        raise errors.InvalidArgumentError(node_def=None, op=None,
                                          message='Householder operators are always non-positive definite.')

    def _assert_self_adjoint(self):
        return control_flow_ops.no_op('assert_self_adjoint')

    def _unit_axis(self):
        axis = ops.convert_to_tensor(self.reflection_axis)
        return axis / linalg_ops.norm(axis, axis=-1, keepdims=True)

    def _matmul(self, x, adjoint=False, adjoint_arg=False):
        x = linalg_impl.adjoint(x) if adjoint_arg else x
        v = self._unit_axis()[..., array_ops.newaxis]
        component = math_ops.matmul(v, x, adjoint_a=True)
        return x - 2 * v * component

    def _solve(self, rhs, adjoint=False, adjoint_arg=False):
        return self._matmul(rhs, adjoint, adjoint_arg)  # what is reflected twice is as before

    def _trace(self):
        return math_ops.cast(self.domain_dimension_tensor() - 2, self.dtype) * array_ops.ones(
            shape=self.batch_shape_tensor(), dtype=self.dtype)

    def _determinant(self):
        return -array_ops.ones(shape=self.batch_shape_tensor(), dtype=self.dtype)

    def _log_abs_determinant(self):
        return array_ops.zeros(shape=self.batch_shape_tensor(), dtype=self.dtype)

    def _to_dense(self):
        v = self._unit_axis()[..., array_ops.newaxis]
        matrix = -2 * math_ops.matmul(v, v, adjoint_b=True)
        return array_ops.matrix_set_diag(matrix, 1. + array_ops.matrix_diag_part(matrix))

    def _diag_part(self):
        v = self._unit_axis()
        return 1. - 2 * v * math_ops.conj(v)
