"""Operators that another one says all of."""

from reflow.framework import ops
from reflow.ops.linalg import linear_operator
from reflow.util.shown_attributes import shown


class RelatedOperator(linear_operator.LinearOperator):
    """An operator that is what `operator` is: singular, self-adjoint, positive definite. `hints` say what is known of that."""

    def __init__(self, operator, name, hints):
        self._operator = operator
        parents = operator.graph_parents
        with ops.name_scope(name, values=parents):
            super().__init__(operator.dtype, parents, name=name, **hints)

    operator = shown('_operator', 'The operator that this one is made of.')

    def _assert_non_singular(self):
        return self._operator.assert_non_singular()

    def _assert_self_adjoint(self):
        return self._operator.assert_self_adjoint()

    def _assert_positive_definite(self):
        return self._operator.assert_positive_definite()
