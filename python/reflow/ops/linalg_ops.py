"""Linear algebra that is made of several ops."""

from reflow import _core
from reflow.framework import dtypes
from reflow.framework import ops
from reflow.ops import gen_linalg_ops
from reflow.util import compat
from reflow.util import deprecation


def __getattr__(name):
    """What is an op and nothing more."""
    return getattr(gen_linalg_ops, name)


def eye(num_rows, num_columns=None, batch_shape=None, dtype=dtypes.float32, name=None):
    """The identity matrix, or a batch of them."""
    from reflow.ops import array_ops
    from reflow.ops import math_ops
    columns = num_rows if num_columns is None else num_columns
    batch_shape = [] if batch_shape is None else batch_shape
    with ops.name_scope(name, 'eye', [num_rows, num_columns, batch_shape]):
        if isinstance(num_rows, ops.Tensor) or isinstance(columns, ops.Tensor):
            is_square = num_columns is None
            length = math_ops.minimum(num_rows, columns)
        elif isinstance(num_rows, compat.integral_types) and isinstance(columns, compat.integral_types):
            is_square = num_rows == columns
            length = min(num_rows, columns)
        else:
            raise TypeError('num_rows and num_columns must be positive integer values.')
        if isinstance(batch_shape, ops.Tensor) or isinstance(length, ops.Tensor):
            batch_shape = ops.convert_to_tensor(batch_shape, name='shape', dtype=dtypes.int32)
            join = lambda sizes: array_ops.concat((batch_shape, sizes), axis=0)  # noqa: E731
        else:
            join = lambda sizes: list(batch_shape) + sizes  # noqa: E731
        diagonal_shape = join([length])
        if is_square:
            return array_ops.matrix_diag(array_ops.ones(diagonal_shape, dtype=dtype))
        shape = join([num_rows, columns])
        diagonal = array_ops.ones(diagonal_shape, dtype=dtype)
        return array_ops.matrix_set_diag(array_ops.zeros(shape, dtype=dtype), diagonal)


def norm(tensor, ord='euclidean', axis=None, keepdims=None, name=None, keep_dims=None):
    """The norm of vectors or matrices."""
    keepdims = deprecation.deprecated_argument_lookup('keepdims', keepdims, 'keep_dims', keep_dims)
    return _core.norm(tensor, ord, axis, bool(keepdims), name)


def norm_v2(tensor, ord='euclidean', axis=None, keepdims=None, name=None):
    """The norm of vectors or matrices."""
    return norm(tensor, ord=ord, axis=axis, keepdims=keepdims, name=name)


def cholesky_solve(chol, rhs, name=None):
    """Solves A x = rhs where `chol` is the Cholesky factor of A."""
    with ops.name_scope(name, 'cholesky_solve', [chol, rhs]):
        y = gen_linalg_ops.matrix_triangular_solve(chol, rhs, adjoint=False, lower=True)
        return gen_linalg_ops.matrix_triangular_solve(chol, y, adjoint=True, lower=True)


def self_adjoint_eig(tensor, name=None):
    """The eigenvalues and eigenvectors of self-adjoint matrices."""
    e, v = gen_linalg_ops.self_adjoint_eig_v2(tensor, compute_v=True, name=name)
    return e, v


def self_adjoint_eigvals(tensor, name=None):
    """The eigenvalues of self-adjoint matrices."""
    e, _ = gen_linalg_ops.self_adjoint_eig_v2(tensor, compute_v=False, name=name)
    return e


def svd(tensor, full_matrices=False, compute_uv=True, name=None):
    """Singular values, and left and right vectors unless compute_uv is False."""
    s, u, v = gen_linalg_ops.svd(tensor, compute_uv=compute_uv, full_matrices=full_matrices, name=name)
    return (s, u, v) if compute_uv else s


# Matrices larger than this, in bytes, that are many and small, are left to the op.
_LARGE_BATCH = 256000


def matrix_solve_ls(matrix, rhs, l2_regularizer=0.0, fast=True, name=None):
    """Solves matrix x = rhs by least squares; `fast`: by Cholesky's decomposition of the normal equations."""
    matrix = ops.convert_to_tensor(matrix, name='matrix')
    if matrix.dtype == dtypes.complex128 and l2_regularizer != 0:
        raise NotImplementedError('matrix_solve_ls is currently disabled for complex128 and l2_regularizer != 0 due to '
                                  'poor accuracy.')
    shape = matrix.get_shape()
    if fast is False or shape.is_fully_defined() and (
            shape.num_elements() * matrix.dtype.size > _LARGE_BATCH and
            shape[:-2].num_elements() > min(shape[-2:].as_list())):
        return gen_linalg_ops.matrix_solve_ls(matrix, rhs, l2_regularizer, fast=fast, name=name)
    return _solve_normal_equations(matrix, rhs, l2_regularizer, name)


def _solve_normal_equations(matrix, rhs, l2_regularizer, name):
    from reflow.ops import array_ops
    from reflow.ops import control_flow_ops
    from reflow.ops import math_ops

    def overdetermined():
        factor = _gramian_factor(matrix, l2_regularizer, of_columns=True)
        return cholesky_solve(factor, math_ops.matmul(matrix, rhs, adjoint_a=True))

    def underdetermined():
        factor = _gramian_factor(matrix, l2_regularizer, of_columns=False)
        return math_ops.matmul(matrix, cholesky_solve(factor, rhs), adjoint_a=True)

    with ops.name_scope(name, 'matrix_solve_ls', [matrix, rhs, l2_regularizer]):
        shape = matrix.get_shape()[-2:]
        if shape.is_fully_defined():
            return overdetermined() if shape[-2] >= shape[-1] else underdetermined()
        shape = array_ops.shape(matrix)[-2:]
        return control_flow_ops.cond(shape[-2] >= shape[-1], overdetermined, underdetermined)


def _gramian_factor(matrix, l2_regularizer, of_columns):
    """Cholesky's factor of matrix^H matrix or matrix matrix^H, with l2_regularizer added to the diagonal."""
    from reflow.ops import array_ops
    from reflow.ops import math_ops
    gramian = math_ops.matmul(matrix, matrix, adjoint_a=of_columns, adjoint_b=not of_columns)
    if isinstance(l2_regularizer, ops.Tensor) or l2_regularizer != 0:
        axis = -1 if of_columns else -2
        shape = array_ops.shape(matrix)
        batch_shape = shape[:-2]
        identity = eye(shape[axis], batch_shape=batch_shape, dtype=matrix.dtype)
        identity.set_shape(matrix.shape[:-2].concatenate([matrix.shape[axis]] * 2))
        gramian += l2_regularizer * identity
    return gen_linalg_ops.cholesky(gramian)
