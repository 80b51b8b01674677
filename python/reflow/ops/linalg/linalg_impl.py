"""Linear algebra that is made of several ops (tensorflow.python.ops.linalg.linalg_impl)."""

import numpy as np

from reflow.framework import dtypes
from reflow.framework import ops
from reflow.framework import tensor_shape
from reflow.ops import array_ops
from reflow.ops import check_ops
from reflow.ops import gen_linalg_ops
from reflow.ops import linalg_ops
from reflow.ops import math_ops
from reflow.ops.linalg.matrix_exponential import matrix_exponential  # noqa: F401
from reflow.ops.linalg.tridiagonal import tridiagonal_matmul, tridiagonal_solve  # noqa: F401


def logdet(matrix, name=None):
    """The logarithm of the determinant of a positive definite matrix."""
    with ops.name_scope(name, 'logdet', [matrix]):
        chol = gen_linalg_ops.cholesky(matrix)
        return 2.0 * math_ops.reduce_sum(math_ops.log(math_ops.real(array_ops.matrix_diag_part(chol))), axis=[-1])


def adjoint(matrix, name=None):
    """The conjugate transpose."""
    with ops.name_scope(name, 'adjoint', [matrix]):
        matrix = ops.convert_to_tensor(matrix, name='matrix')
        return array_ops.matrix_transpose(matrix, conjugate=True)


def matrix_rank(a, tol=None, validate_args=False, name=None):
    """How many singular values are larger than `tol`."""
    with ops.name_scope(name or 'matrix_rank'):
        a = _checked_matrix(a, validate_args)
        singular = linalg_ops.svd(a, compute_uv=False)
        if tol is None:
            sizes = a.shape[-2:]
            known = sizes.is_fully_defined()
            larger = np.max(sizes.as_list()) if known else math_ops.reduce_max(array_ops.shape(a)[-2:])
            error = np.finfo(a.dtype.as_numpy_dtype).eps * math_ops.cast(larger, a.dtype)
            tol = error * math_ops.reduce_max(singular, axis=-1, keepdims=True)
        return math_ops.reduce_sum(math_ops.cast(singular > tol, dtypes.int32), axis=-1)


def pinv(a, rcond=None, validate_args=False, name=None):
    """Moore and Penrose's inverse; singular values below rcond times the largest count as 0."""
    with ops.name_scope(name or 'pinv'):
        a = _checked_matrix(a, validate_args)
        dtype = a.dtype.as_numpy_dtype
        if rcond is None:
            def size(axis):
                static = tensor_shape.dimension_value(a.shape[axis])
                return static if static is not None else math_ops.cast(array_ops.shape(a)[axis], dtype)
            rows, columns = size(-2), size(-1)
            if isinstance(rows, int) and isinstance(columns, int):
                largest = float(max(rows, columns))
            else:
                largest = math_ops.maximum(math_ops.cast(rows, dtype), math_ops.cast(columns, dtype))
            rcond = 10. * largest * np.finfo(dtype).eps
        rcond = ops.convert_to_tensor(rcond, dtype=dtype, name='rcond')
        s, u, v = linalg_ops.svd(a, full_matrices=False, compute_uv=True)
        cutoff = rcond * math_ops.reduce_max(s, axis=-1)
        s = array_ops.where_v2(s > array_ops.expand_dims(cutoff, axis=-1), s, np.array(np.inf, dtype))
        inverse = math_ops.matmul(v / array_ops.expand_dims(s, axis=-2), u, adjoint_b=True)
        if a.shape.rank is not None:
            inverse.set_shape(a.shape[:-2].concatenate([a.shape[-1], a.shape[-2]]))
        return inverse


def _checked_matrix(a, validate_args):
    a = ops.convert_to_tensor(a, preferred_dtype=dtypes.float32, name='a')
    if not a.dtype.is_floating:
        raise TypeError('Input `a` must have `float`-like `dtype` (saw {}).'.format(a.dtype.name))
    if a.shape.rank is not None:
        if a.shape.rank < 2:
            raise ValueError('Input `a` must have at least 2 dimensions (saw: {}).'.format(a.shape.rank))
    elif validate_args:
        with ops.control_dependencies([check_ops.assert_rank_at_least(
                a, rank=2, message='Input `a` must have at least 2 dimensions.')]):
            return array_ops.identity(a)
    return a
