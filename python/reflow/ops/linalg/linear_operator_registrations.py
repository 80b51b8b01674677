"""Adjoints, inverses, Cholesky's factors, products and solutions that are operators of a known class again.

TensorFlow has these in five modules, adjoint_registrations and its sisters.
"""

from reflow.ops import linalg_ops
from reflow.ops import math_ops
from reflow.ops.linalg import linear_operator
from reflow.ops.linalg.linear_operator_adjoint import LinearOperatorAdjoint
from reflow.ops.linalg.linear_operator_algebra import (RegisterAdjoint, RegisterCholesky, RegisterInverse, RegisterMatmul,
                                                       RegisterSolve)
from reflow.ops.linalg.linear_operator_block_diag import LinearOperatorBlockDiag
from reflow.ops.linalg.linear_operator_circulant import LinearOperatorCirculant
from reflow.ops.linalg.linear_operator_composition import LinearOperatorComposition
from reflow.ops.linalg.linear_operator_diag import LinearOperatorDiag
from reflow.ops.linalg.linear_operator_householder import LinearOperatorHouseholder
from reflow.ops.linalg.linear_operator_identity import LinearOperatorIdentity, LinearOperatorScaledIdentity
from reflow.ops.linalg.linear_operator_inversion import LinearOperatorInversion
from reflow.ops.linalg.linear_operator_kronecker import LinearOperatorKronecker
from reflow.ops.linalg.linear_operator_lower_triangular import LinearOperatorLowerTriangular
from reflow.ops.linalg.linear_operator_zeros import LinearOperatorZeros

LinearOperator = linear_operator.LinearOperator


def _hints(operator, **changes):
    """The hints of an operator, as arguments of a constructor."""
    return dict(dict(is_non_singular=operator.is_non_singular, is_self_adjoint=operator.is_self_adjoint,
                     is_positive_definite=operator.is_positive_definite, is_square=True), **changes)


def _conjugate(tensor):
    return math_ops.conj(tensor) if tensor.dtype.is_complex else tensor


def _itself(operator):
    return operator


@RegisterAdjoint(LinearOperator)
def _adjoint(operator):
    return LinearOperatorAdjoint(operator, **_hints(operator, is_square=operator.is_square))


@RegisterAdjoint(LinearOperatorAdjoint)
def _adjoint_of_adjoint(operator):
    return operator.operator


@RegisterAdjoint(LinearOperatorScaledIdentity)
def _adjoint_of_scaled_identity(operator):
    return LinearOperatorScaledIdentity(operator._num_rows, _conjugate(operator.multiplier), **_hints(operator))


@RegisterAdjoint(LinearOperatorDiag)
def _adjoint_of_diag(operator):
    return LinearOperatorDiag(_conjugate(operator.diag), **_hints(operator))


@RegisterAdjoint(LinearOperatorCirculant)
def _adjoint_of_circulant(operator):
    return LinearOperatorCirculant(_conjugate(operator.spectrum), **_hints(operator))


@RegisterInverse(LinearOperator)
def _inverse(operator):
    return LinearOperatorInversion(operator, **_hints(operator, is_square=operator.is_square))


@RegisterInverse(LinearOperatorInversion)
def _inverse_of_inverse(operator):
    return operator.operator


@RegisterInverse(LinearOperatorScaledIdentity)
def _inverse_of_scaled_identity(operator):
    return LinearOperatorScaledIdentity(operator._num_rows, 1. / operator.multiplier,
                                        **_hints(operator, is_self_adjoint=True))


@RegisterInverse(LinearOperatorDiag)
def _inverse_of_diag(operator):
    return LinearOperatorDiag(1. / operator.diag, **_hints(operator))


@RegisterInverse(LinearOperatorCirculant)
def _inverse_of_circulant(operator):
    return LinearOperatorCirculant(1. / operator.spectrum, **_hints(operator))


for _class in (LinearOperatorIdentity, LinearOperatorHouseholder):
    RegisterAdjoint(_class)(_itself)
    RegisterInverse(_class)(_itself)


def _register_factors(cls):
    """Of a class that is made of operators: each is inverted, ... by itself."""
    RegisterAdjoint(cls)(lambda operator: cls([each.adjoint() for each in operator.operators], **_hints(operator)))
    RegisterInverse(cls)(lambda operator: cls([each.inverse() for each in operator.operators], **_hints(operator)))
    RegisterCholesky(cls)(lambda operator: cls([each.cholesky() for each in operator.operators], is_non_singular=True,
                                               is_self_adjoint=False, is_square=True))


_register_factors(LinearOperatorBlockDiag)
_register_factors(LinearOperatorKronecker)

_POSITIVE = dict(is_non_singular=True, is_self_adjoint=True, is_positive_definite=True, is_square=True)


@RegisterCholesky(LinearOperator)
def _cholesky(operator):
    return LinearOperatorLowerTriangular(linalg_ops.cholesky(operator.to_dense()), is_non_singular=True,
                                         is_self_adjoint=False, is_square=True)


@RegisterCholesky(LinearOperatorDiag)
def _cholesky_of_diag(operator):
    return LinearOperatorDiag(math_ops.sqrt(operator.diag), **_POSITIVE)


@RegisterCholesky(LinearOperatorIdentity)
def _cholesky_of_identity(operator):
    return LinearOperatorIdentity(operator._num_rows, operator.batch_shape, operator.dtype, **_POSITIVE)


@RegisterCholesky(LinearOperatorScaledIdentity)
def _cholesky_of_scaled_identity(operator):
    return LinearOperatorScaledIdentity(operator._num_rows, math_ops.sqrt(operator.multiplier), **_POSITIVE)


def _square(a, b):
    """Whether the product of two operators is square, as far as that is known."""
    if a.is_square and b.is_square:
        return True
    if a.is_square is False and b.is_square is False:
        return a.range_dimension == b.domain_dimension
    return False if a.is_square != b.is_square and a.is_square is not None else None


def _non_singular(a, b):
    if a.is_non_singular is False or b.is_non_singular is False:
        return False
    return a.is_non_singular and b.is_non_singular


def _hints_of_commuting(a, b, definite=True):
    """The hints of the product of two operators that commute."""
    adjoint = {a.is_self_adjoint, b.is_self_adjoint}
    both = all([a.is_positive_definite, a.is_self_adjoint, b.is_positive_definite, b.is_self_adjoint])
    return dict(is_non_singular=_non_singular(a, b),
                is_self_adjoint=True if adjoint == {True} else False if adjoint == {True, False} else None,
                is_positive_definite=True if both and definite else None, is_square=True)


def _composition(factors, a, b):
    square = _square(a, b)
    other = False if square is False else None
    non_singular = _non_singular(a, b) if square else other
    return LinearOperatorComposition(factors, is_non_singular=non_singular, is_self_adjoint=other,
                                     is_positive_definite=other, is_square=square)


@RegisterMatmul(LinearOperator, LinearOperator)
def _matmul(a, b):
    return _composition([a, b], a, b)


@RegisterSolve(LinearOperator, LinearOperator)
def _solve(a, b):
    return _composition([LinearOperatorInversion(a), b], a, b)


@RegisterSolve(LinearOperatorInversion, LinearOperator)
def _solve_inversion(a, b):
    return a.operator.matmul(b)


def _right(a, b):
    return b


def _left(a, b):
    return a


RegisterMatmul(LinearOperatorIdentity, LinearOperator)(_right)
RegisterMatmul(LinearOperator, LinearOperatorIdentity)(_left)
RegisterSolve(LinearOperatorIdentity, LinearOperator)(_right)


def _zeros_of(zeros, other):
    if not zeros.is_square or not other.is_square:
        raise ValueError('Matmul with non-square `LinearOperator`s or non-square `LinearOperatorZeros` not supported at '
                         'this time.')
    return zeros


RegisterMatmul(LinearOperatorZeros, LinearOperator)(_zeros_of)
RegisterMatmul(LinearOperator, LinearOperatorZeros)(lambda a, b: _zeros_of(b, a))


def _numbers(operator):
    """The diagonal of an operator, or what all of it is."""
    return operator.diag if isinstance(operator, LinearOperatorDiag) else operator.multiplier


def _diag_product(a, b):
    if not isinstance(a, LinearOperatorDiag):
        a, b = b, a
    return LinearOperatorDiag(_numbers(a) * _numbers(b), **_hints_of_commuting(a, b))


def _diag_quotient(a, b):
    if isinstance(a, LinearOperatorDiag):
        return LinearOperatorDiag(_numbers(b) / _numbers(a), **_hints_of_commuting(a, b))
    return LinearOperatorDiag(_numbers(b) / _numbers(a), **_hints_of_commuting(b, a))


for _pair in ((LinearOperatorDiag, LinearOperatorDiag), (LinearOperatorDiag, LinearOperatorScaledIdentity),
              (LinearOperatorScaledIdentity, LinearOperatorDiag)):
    RegisterMatmul(*_pair)(_diag_product)
    RegisterSolve(*_pair)(_diag_quotient)


@RegisterMatmul(LinearOperatorDiag, LinearOperatorLowerTriangular)
def _diag_times_triangular(a, b):
    return LinearOperatorLowerTriangular(a.diag[..., None] * b.to_dense(), **_hints_of_commuting(a, b, definite=False))


@RegisterMatmul(LinearOperatorLowerTriangular, LinearOperatorDiag)
def _triangular_times_diag(a, b):
    return LinearOperatorLowerTriangular(a.to_dense() * b.diag, **_hints_of_commuting(a, b, definite=False))


@RegisterSolve(LinearOperatorDiag, LinearOperatorLowerTriangular)
def _triangular_over_diag(a, b):
    return LinearOperatorLowerTriangular(b.to_dense() / a.diag[..., None], **_hints_of_commuting(a, b, definite=False))


@RegisterMatmul(LinearOperatorCirculant, LinearOperatorCirculant)
def _circulant_product(a, b):
    return LinearOperatorCirculant(a.spectrum * b.spectrum, **_hints_of_commuting(a, b))


@RegisterSolve(LinearOperatorCirculant, LinearOperatorCirculant)
def _circulant_quotient(a, b):
    return LinearOperatorCirculant(b.spectrum / a.spectrum, **_hints_of_commuting(a, b))
