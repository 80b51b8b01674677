"""Operators that are products of others."""

import functools

from reflow.framework import common_shapes
from reflow.framework import dtypes
from reflow.framework import ops
from reflow.framework import tensor_shape
from reflow.ops import array_ops
from reflow.ops.linalg import linear_operator
from reflow.ops.linalg import linear_operator_util

__all__ = ['LinearOperatorComposition']


def broadcast_batch_shape(operators):
    """The static batch shape of all operators together."""
    return functools.reduce(common_shapes.broadcast_shape, [operator.batch_shape for operator in operators])


def broadcast_batch_shape_tensor(operators):
    """The batch shape of all operators together, by adding zeros, as TensorFlow finds it."""
    zeros = array_ops.zeros(shape=operators[0].batch_shape_tensor())
    for operator in operators[1:]:
        zeros += array_ops.zeros(shape=operator.batch_shape_tensor())
    return array_ops.shape(zeros)


class LinearOperatorComposition(linear_operator.LinearOperator):
    """The product of `operators`: the last is applied first."""

    def __init__(self, operators, is_non_singular=None, is_self_adjoint=None, is_positive_definite=None, is_square=None,
                 name=None):
        self._operators, graph_parents = linear_operator_util.operators_of(
            operators, 'Expected a non-empty list of operators.')
        is_non_singular = linear_operator_util.hint_of_all(
            self._operators, 'is_non_singular', is_non_singular,
            'The composition of non-singular operators is always non-singular.')
        name = '_o_'.join(operator.name for operator in self._operators) if name is None else name
        with ops.name_scope(name, values=graph_parents):
            super().__init__(dtype=self._operators[0].dtype, graph_parents=graph_parents,
                             is_non_singular=is_non_singular, is_self_adjoint=is_self_adjoint,
                             is_positive_definite=is_positive_definite, is_square=is_square, name=name)

    @property
    def operators(self):
        """The factors."""
        return self._operators

    def _shape(self):
        for left, right in zip(self.operators, self.operators[1:]):
            left.domain_dimension.assert_is_compatible_with(right.range_dimension)
        return broadcast_batch_shape(self.operators).concatenate(tensor_shape.TensorShape(
            [self.operators[0].range_dimension, self.operators[-1].domain_dimension]))

    def _shape_tensor(self):
        if self.shape.is_fully_defined():
            return ops.convert_to_tensor(self.shape.as_list(), dtype=dtypes.int32, name='shape')
        sizes = array_ops.stack([self.operators[0].range_dimension_tensor(),
                                 self.operators[-1].domain_dimension_tensor()])
        return array_ops.concat((broadcast_batch_shape_tensor(self.operators), sizes), 0)

    def _applied(self, method, x, from_the_left, adjoint, adjoint_arg):
        operators = self.operators if from_the_left else list(reversed(self.operators))
        x = getattr(operators[0], method)(x, adjoint=adjoint, adjoint_arg=adjoint_arg)
        for operator in operators[1:]:
            x = getattr(operator, method)(x, adjoint=adjoint)
        return x

    def _matmul(self, x, adjoint=False, adjoint_arg=False):
        return self._applied('matmul', x, adjoint, adjoint, adjoint_arg)

    def _solve(self, rhs, adjoint=False, adjoint_arg=False):
        return self._applied('solve', rhs, not adjoint, adjoint, adjoint_arg)

    def _determinant(self):
        result = self.operators[0].determinant()
        for operator in self.operators[1:]:
            result *= operator.determinant()
        return result

    def _log_abs_determinant(self):
        result = self.operators[0].log_abs_determinant()
        for operator in self.operators[1:]:
            result += operator.log_abs_determinant()
        return result
