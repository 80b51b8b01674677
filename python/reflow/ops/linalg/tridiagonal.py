"""Products and solutions of systems with matrices of three diagonals."""

from reflow.framework import ops
from reflow.framework import tensor_shape
from reflow.ops import array_ops
from reflow.ops import gen_linalg_ops
from reflow.ops import math_ops


def _of_sequence(diagonals):
    """(superdiagonal, main diagonal, subdiagonal), all as long as the main one."""
    if not isinstance(diagonals, (tuple, list)) or len(diagonals) != 3:
        raise ValueError('Expected diagonals to be a sequence of length 3.')
    superdiag, maindiag, subdiag = (ops.convert_to_tensor(d) for d in diagonals)
    batch = maindiag.shape[:-1]
    if not subdiag.shape[:-1].is_compatible_with(batch) or not superdiag.shape[:-1].is_compatible_with(batch):
        raise ValueError('Tensors representing the three diagonals must have the same shape,except for the last dimension, '
                         'got {}, {}, {}'.format(subdiag.shape, maindiag.shape, superdiag.shape))
    m = tensor_shape.dimension_value(maindiag.shape[-1])

    def padded(t, name, last_dim_padding):
        n = tensor_shape.dimension_value(t.shape[-1])
        if not n or n == m:
            return t
        if n == m - 1:
            return array_ops.pad(t, [[0, 0] for _ in range(len(t.shape) - 1)] + [last_dim_padding])
        raise ValueError('Expected {} to be have length {} or {}, got {}.'.format(name, m, m - 1, n))

    return padded(superdiag, 'superdiagonal', [0, 1]), maindiag, padded(subdiag, 'subdiagonal', [1, 0])


def _of_matrix(diagonals):
    """The three diagonals of whole matrices."""
    m1, m2 = (tensor_shape.dimension_value(diagonals.shape[i]) for i in (-2, -1))
    if not m1 or not m2:
        raise ValueError('The size of the matrix needs to be known for diagonals_format="matrix"')
    if m1 != m2:
        raise ValueError('Expected last two dimensions of diagonals to be same, got {} and {}'.format(m1, m2))
    zeros = [[0, 0]] * (diagonals.shape.ndims - 2)
    superdiag = array_ops.matrix_diag_part(diagonals[..., :-1, 1:]) if m1 > 1 else diagonals[..., 0, :0]
    subdiag = array_ops.matrix_diag_part(diagonals[..., 1:, :-1]) if m1 > 1 else diagonals[..., 0, :0]
    return (array_ops.pad(superdiag, zeros + [[0, 1]]), array_ops.matrix_diag_part(diagonals),
            array_ops.pad(subdiag, zeros + [[1, 0]]))


def tridiagonal_solve(diagonals, rhs, diagonals_format='compact', transpose_rhs=False, conjugate_rhs=False, name=None,
                      partial_pivoting=True):
    """The solution of A x = rhs, where A has three diagonals: [..., 3, n], a sequence of three, or whole matrices."""
    rhs = ops.convert_to_tensor(rhs)
    if diagonals_format == 'sequence':
        diagonals = array_ops.stack(_of_sequence(diagonals), axis=-2)
    elif diagonals_format == 'matrix':
        diagonals = array_ops.stack(_of_matrix(ops.convert_to_tensor(diagonals)), axis=-2)
    elif diagonals_format == 'compact':
        diagonals = ops.convert_to_tensor(diagonals)
    else:
        raise ValueError('Unrecognized diagonals_format: {}'.format(diagonals_format))
    diags_rank, rhs_rank = len(diagonals.shape), len(rhs.shape)
    if diags_rank < 2:
        raise ValueError('Expected diagonals to have rank at least 2, got {}'.format(diags_rank))
    if rhs_rank not in (diags_rank, diags_rank - 1):
        raise ValueError('Expected the rank of rhs to be {} or {}, got {}'.format(diags_rank - 1, diags_rank, rhs_rank))
    if tensor_shape.dimension_value(diagonals.shape[-2]) not in (None, 3):
        raise ValueError('Expected 3 diagonals got {}'.format(diagonals.shape[-2]))
    if not diagonals.shape[:-2].is_compatible_with(rhs.shape[:diags_rank - 2]):
        raise ValueError('Batch shapes {} and {} are incompatible'.format(diagonals.shape[:-2], rhs.shape[:diags_rank - 2]))
    is_vector = rhs_rank == diags_rank - 1
    if is_vector:
        rhs = array_ops.expand_dims(math_ops.conj(rhs) if conjugate_rhs else rhs, -1)
    elif transpose_rhs:
        rhs = array_ops.matrix_transpose(rhs, conjugate=conjugate_rhs)
    elif conjugate_rhs:
        rhs = math_ops.conj(rhs)
    if not diagonals.shape[-1:].is_compatible_with(rhs.shape[-2:-1]):
        raise ValueError('Expected number of left-hand sided and right-hand sides to be equal, got {} and {}'.format(
            diagonals.shape[-1], rhs.shape[-2]))
    result = gen_linalg_ops.tridiagonal_solve(diagonals, rhs, partial_pivoting, name)
    return array_ops.squeeze(result, -1) if is_vector else result


def tridiagonal_matmul(diagonals, rhs, diagonals_format='compact', name=None):
    """A rhs, where A has three diagonals."""
    if diagonals_format == 'compact':
        diagonals = ops.convert_to_tensor(diagonals)
        superdiag, maindiag, subdiag = diagonals[..., 0, :], diagonals[..., 1, :], diagonals[..., 2, :]
    elif diagonals_format == 'sequence':
        superdiag, maindiag, subdiag = _of_sequence(diagonals)
    elif diagonals_format == 'matrix':
        superdiag, maindiag, subdiag = _of_matrix(ops.convert_to_tensor(diagonals))
    else:
        raise ValueError('Unrecognized diagonals_format: %s' % diagonals_format)
    superdiag, maindiag, subdiag = (array_ops.expand_dims(d, -2) for d in (superdiag, maindiag, subdiag))
    return gen_linalg_ops.tridiagonal_mat_mul(superdiag, maindiag, subdiag, rhs, name)
