"""What solvers know of a matrix, and lengths of vectors."""

import collections

from reflow.framework import constant_op
from reflow.ops import array_ops
from reflow.ops import math_ops
from reflow.ops import nn_ops

_Operator = collections.namedtuple('LinearOperator', ['shape', 'dtype', 'apply', 'apply_adjoint'])


def _operator(matrix, apply, apply_adjoint):
    shape = matrix.get_shape()
    shape = shape.as_list() if shape.is_fully_defined() else array_ops.shape(matrix)
    return _Operator(shape, matrix.dtype, apply, apply_adjoint)


def create_operator(matrix):
    """The operator that multiplies with a matrix, or with its adjoint."""
    def product(adjoint):
        return lambda vector: math_ops.matmul(matrix, vector, adjoint_a=adjoint)
    return _operator(matrix, product(False), product(True))


def identity_operator(matrix):
    """The operator of the matrix's shape that gives back what it is given."""
    def same(vector):
        return vector
    return _operator(matrix, same, same)


def dot(x, y):
    """The scalar product."""
    return math_ops.reduce_sum(math_ops.conj(x) * y)


def l2norm_squared(v):
    """The square of a vector's length."""
    return constant_op.constant(2, dtype=v.dtype.base_dtype) * nn_ops.l2_loss(v)


def l2norm(v):
    """A vector's length."""
    return math_ops.sqrt(l2norm_squared(v))


def l2normalize(v):
    """(The vector of length 1, the length that it had)."""
    norm = l2norm(v)
    return v / norm, norm
