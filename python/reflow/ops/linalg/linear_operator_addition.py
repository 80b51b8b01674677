"""Sums of linear operators, of the class of least structure that all of them allow."""

from reflow.framework import ops
from reflow.framework import tensor_shape
from reflow.ops import array_ops
from reflow.ops.linalg import linear_operator
from reflow.ops.linalg import linear_operator_diag
from reflow.ops.linalg import linear_operator_full_matrix
from reflow.ops.linalg import linear_operator_identity
from reflow.ops.linalg import linear_operator_lower_triangular


def add_operators(operators, operator_name=None, addition_tiers=None, name=None):
    """A list of operators, mostly of one, whose sum is that of `operators`.

    The tiers, each a list of adders, say which sums are made, and which first. Unless they are given, all are: multiples of
    the identity first, then diagonal matrices, triangular ones, and all others. ValueError: no operators, or such whose
    sizes don't fit.
    """
    if addition_tiers is None:
        addition_tiers = [[_AddAndReturnScaledIdentity()], [_AddAndReturnDiag()], [_AddAndReturnTriL()],
                          [_AddAndReturnMatrix()]]
    if not operators:
        raise ValueError("Argument 'operators' must contain at least one operator.  Found: %s" % operators)
    operators = list(operators)[::-1]
    if not all(isinstance(each, linear_operator.LinearOperator) for each in operators):
        raise TypeError("Argument 'operators' must contain only LinearOperator instances.  Found: %s" % operators)
    _check_sizes(operators)
    with ops.name_scope(name or 'add_operators', values=[each.graph_parents for each in operators]):
        for adders in addition_tiers:
            operators = _add_in_tier(operators, adders, operator_name)
        return operators


def _add_in_tier(stack, adders, operator_name):
    """The stack, turned round, after all sums that the adders make: each time of the top and the next that goes with it."""
    left = []
    while stack:
        first = stack.pop()
        second, adder = next(((second, adder) for second in reversed(stack) for adder in adders
                              if adder.can_add(first, second)), (None, None))
        if adder is None:
            left.append(first)
        else:
            stack = [each for each in stack if each is not second] + [adder.add(first, second, operator_name)]
    return left


def _check_sizes(operators):
    for side, size_of in (('domain', lambda each: each.domain_dimension), ('range', lambda each: each.range_dimension)):
        sizes = [(each.name, tensor_shape.dimension_value(size_of(each))) for each in operators]
        if len({size for _, size in sizes if size is not None}) > 1:
            raise ValueError('Operators must have the same %s dimension. Found: %s' % (side, sizes))


_IDENTITIES = (linear_operator_identity.LinearOperatorIdentity, linear_operator_identity.LinearOperatorScaledIdentity)
_DIAGONALS = _IDENTITIES + (linear_operator_diag.LinearOperatorDiag,)
_TRIANGLES = _DIAGONALS + (linear_operator_lower_triangular.LinearOperatorLowerTriangular,)


class _Adder:
    """Adds pairs of operators of some classes."""

    classes = (linear_operator.LinearOperator,)

    @property
    def name(self):
        return type(self).__name__

    def can_add(self, op1, op2):
        """Whether both are of the classes."""
        return isinstance(op1, self.classes) and isinstance(op2, self.classes)

    def add(self, op1, op2, operator_name, hints=None):
        """The sum, which is positive definite and self adjoint where both are."""
        hints = hints or {}
        inferred = {'is_self_adjoint': _both(op1.is_self_adjoint, op2.is_self_adjoint),
                    'is_positive_definite': _both(op1.is_positive_definite, op2.is_positive_definite)}
        inferred['is_non_singular'] = inferred['is_positive_definite']
        inferred.update({hint: value for hint, value in hints.items() if value is not None})
        with ops.name_scope(self.name.removeprefix('_')):
            return self._add(op1, op2, operator_name or 'Add/{}__{}/'.format(op1.name, op2.name), inferred)


def _both(first, second):
    return True if first and second else None


class _AddAndReturnScaledIdentity(_Adder):
    classes = _IDENTITIES

    def _add(self, op1, op2, operator_name, hints):
        return linear_operator_identity.LinearOperatorScaledIdentity(
            num_rows=op1.range_dimension_tensor(), multiplier=_multiplier(op1) + _multiplier(op2), name=operator_name, **hints)


def _multiplier(operator):
    if isinstance(operator, linear_operator_identity.LinearOperatorScaledIdentity):
        return operator.multiplier
    return array_ops.ones(operator.batch_shape_tensor(), dtype=operator.dtype)


class _AddAndReturnDiag(_Adder):
    classes = _DIAGONALS

    def _add(self, op1, op2, operator_name, hints):
        return linear_operator_diag.LinearOperatorDiag(diag=op1.diag_part() + op2.diag_part(), name=operator_name, **hints)


class _AddAndReturnTriL(_Adder):
    classes = _TRIANGLES

    def _add(self, op1, op2, operator_name, hints):
        added, dense = (op1, op2) if isinstance(op1, _DIAGONALS) else (op2, op1)
        return linear_operator_lower_triangular.LinearOperatorLowerTriangular(
            tril=added.add_to_tensor(dense.to_dense()), name=operator_name, **hints)


class _AddAndReturnMatrix(_Adder):
    def _add(self, op1, op2, operator_name, hints):
        added, dense = (op1, op2) if isinstance(op1, _DIAGONALS) else (op2, op1)
        return linear_operator_full_matrix.LinearOperatorFullMatrix(
            matrix=added.add_to_tensor(dense.to_dense()), name=operator_name, **hints)
