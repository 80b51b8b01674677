"""Operators that are the adjoint of another."""

from reflow.framework import ops
from reflow.ops import array_ops
from reflow.ops import math_ops
from reflow.ops.linalg import linalg_impl
from reflow.ops.linalg import linear_operator
from reflow.ops.linalg import linear_operator_util

__all__ = []


class LinearOperatorAdjoint(linear_operator.LinearOperator):
    """The conjugate transpose of `operator`."""

    def __init__(self, operator, is_non_singular=None, is_self_adjoint=None, is_positive_definite=None, is_square=None,
                 name=None):
        self._operator = operator
        hints = linear_operator_util.hints_of_related(operator, 'adjoint', is_non_singular, is_self_adjoint,
                                                      is_positive_definite, is_square)
        name = operator.name + '_adjoint' if name is None else name
        with ops.name_scope(name, values=operator.graph_parents):
            super().__init__(dtype=operator.dtype, graph_parents=operator.graph_parents, name=name, **hints)

    @property
    def operator(self):
        """What this is the adjoint of."""
        return self._operator

    def _assert_non_singular(self):
        return self.operator.assert_non_singular()

    def _assert_positive_definite(self):
        return self.operator.assert_positive_definite()

    def _assert_self_adjoint(self):
        return self.operator.assert_self_adjoint()

    def _shape(self):
        shape = self.operator.shape
        return shape[:-2].concatenate([shape[-1], shape[-2]])

    def _shape_tensor(self):
        shape = self.operator.shape_tensor()
        return array_ops.concat([shape[:-2], [shape[-1], shape[-2]]], axis=-1)

    def _matmul(self, x, adjoint=False, adjoint_arg=False):
        return self.operator.matmul(x, adjoint=not adjoint, adjoint_arg=adjoint_arg)

    def _matvec(self, x, adjoint=False):
        return self.operator.matvec(x, adjoint=not adjoint)

    def _solve(self, rhs, adjoint=False, adjoint_arg=False):
        return self.operator.solve(rhs, adjoint=not adjoint, adjoint_arg=adjoint_arg)

    def _solvevec(self, rhs, adjoint=False):
        return self.operator.solvevec(rhs, adjoint=not adjoint)

    def _conjugate(self, value):
        return value if self.is_self_adjoint else math_ops.conj(value)

    def _determinant(self):
        return self._conjugate(self.operator.determinant())

    def _log_abs_determinant(self):
        return self.operator.log_abs_determinant()

    def _trace(self):
        return self._conjugate(self.operator.trace())

    def _to_dense(self):
        dense = self.operator.to_dense()
        return dense if self.is_self_adjoint else linalg_impl.adjoint(dense)
