"""Operators that are the inverse of another."""

from reflow.ops.linalg import linear_operator_util
from reflow.ops.linalg import related_operator

__all__ = []


class LinearOperatorInversion(related_operator.RelatedOperator):
    """The inverse of `operator`, by that operator's `solve`."""

    def __init__(self, operator, is_non_singular=None, is_self_adjoint=None, is_positive_definite=None, is_square=None,
                 name=None):
        for hint, given in (('is_non_singular', is_non_singular), ('is_square', is_square)):
            if getattr(operator, hint) is False or given is False:
                raise ValueError('operator and supplied hints must have `%s` equal to `True` or `None`.  Found %s, %s' % (
                    hint, getattr(operator, hint), given))
        hints = linear_operator_util.hints_of_related(operator, 'inverse', is_non_singular, is_self_adjoint,
                                                      is_positive_definite, is_square)
        super().__init__(operator, operator.name + '_inv' if name is None else name, hints)

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
