"""Operators that are the inverse of another."""

from reflow.framework import ops
from reflow.ops.linalg import linear_operator
from reflow.ops.linalg import linear_operator_util

__all__ = []


class LinearOperatorInversion(linear_operator.LinearOperator):
    """The inverse of `operator`, by that operator's `solve`."""

    def __init__(self, operator, is_non_singular=None, is_self_adjoint=None, is_positive_definite=None, is_square=None,
                 name=None):
        self._operator = operator
        for hint, given in (('is_non_singular', is_non_singular), ('is_square', is_square)):
            if getattr(operator, hint) is False or given is False:
                raise ValueError('operator and supplied hints must have `%s` equal to `True` or `None`.  Found %s, %s' % (
                    hint, getattr(operator, hint), given))
        hints = linear_operator_util.hints_of_related(operator, 'inverse', is_non_singular, is_self_adjoint,
                                                      is_positive_definite, is_square)
        name = operator.name + '_inv' if name is None else name
        with ops.name_scope(name, values=operator.graph_parents):
            super().__init__(dtype=operator.dtype, graph_parents=operator.graph_parents, name=name, **hints)

    @property
    def operator(self):
        """What is inverted."""
        return self._operator

    def _assert_non_singular(self):
        return self.operator.assert_non_singular()

    def _assert_positive_definite(self):
        return self.operator.assert_positive_definite()

    def _assert_self_adjoint(self):
        return self.operator.assert_self_adjoint()

    def _shape(self):
        return self.operator.shape

    def _shape_tensor(self):
        return self.operator.shape_tensor()

    def _matmul(self, x, adjoint=False, adjoint_arg=False):
        return self.operator.solve(x, adjoint=adjoint, adjoint_arg=adjoint_arg)

    def _solve(self, rhs, adjoint=False, adjoint_arg=False):
        return self.operator.matmul(rhs, adjoint=adjoint, adjoint_arg=adjoint_arg)

    def _determinant(self):
        return 1. / self.operator.determinant()

    def _log_abs_determinant(self):
        return -1. * self.operator.log_abs_determinant()
