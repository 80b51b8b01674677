"""Operators that are the adjoint of another."""

from reflow.ops import array_ops
from reflow.ops import math_ops
from reflow.ops.linalg import linalg_impl
from reflow.ops.linalg import linear_operator_util
from reflow.ops.linalg import related_operator

__all__ = []


def _with_adjoint(name):
    """The method that calls the operator's method of this name with its adjoint."""
    def method(self, x, adjoint=False, **options):
        return getattr(self.operator, name)(x, adjoint=not adjoint, **options)
    return method


class LinearOperatorAdjoint(related_operator.RelatedOperator):
    """The conjugate transpose of `operator`."""

    def __init__(self, operator, is_non_singular=None, is_self_adjoint=None, is_positive_definite=None, is_square=None,
                 name=None):
        hints = linear_operator_util.hints_of_related(operator, 'adjoint', is_non_singular, is_self_adjoint,
                                                      is_positive_definite, is_square)
        super().__init__(operator, operator.name + '_adjoint' if name is None else name, hints)

    def _shape(self):
        shape = self.operator.shape
        return shape[:-2].concatenate([shape[-1], shape[-2]])

    def _shape_tensor(self):
        shape = self.operator.shape_tensor()
        return array_ops.concat([shape[:-2], [shape[-1], shape[-2]]], axis=-1)

    _matmul, _matvec, _solve, _solvevec = map(_with_adjoint, ('matmul', 'matvec', 'solve', 'solvevec'))

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
