"""exp of matrices by Pade's approximants and squaring. Higham, The scaling and squaring method, 2005."""

import numpy as np

from reflow.framework import constant_op
from reflow.framework import dtypes
from reflow.framework import ops
from reflow.ops import array_ops
from reflow.ops import control_flow_ops
from reflow.ops import linalg_ops
from reflow.ops import math_ops

# The coefficients of the approximants by their orders, lowest power first; the highest one is 1.
_COEFFICIENTS = {
    3: [120., 60., 12.],
    5: [30240., 15120., 3360., 420., 30.],
    7: [17297280., 8648640., 1995840., 277200., 25200., 1512., 56.],
    9: [17643225600., 8821612800., 2075673600., 302702400., 30270240., 2162160., 110880., 3960., 90.],
    13: [64764752532480000., 32382376266240000., 7771770303897600., 1187353796428800., 129060195264000., 10559470521600.,
         670442572800., 33522128640., 1323241920., 40840800., 960960., 16380., 182.]}

# The norms up to which each order will do; beyond the last, matrices are scaled.
_SINGLE = ((3, 4.258730016922831e-001), (5, 1.880152677804762e+000), (7, 3.925724783138660))
_DOUBLE = ((3, 1.495585217958292e-002), (5, 2.539398330063230e-001), (7, 9.504178996162932e-001),
           (9, 2.097847961257068e+000), (13, 5.371920351148152))


def _approximant(matrix, order):
    """(odd part, even part) of the numerator."""
    coefficients = _COEFFICIENTS[order] + [1.]
    identity = linalg_ops.eye(array_ops.shape(matrix)[-2], batch_shape=array_ops.shape(matrix)[:-2], dtype=matrix.dtype)
    square = math_ops.matmul(matrix, matrix)
    powers = [identity, square]
    while len(powers) < (order + 1) // 2:
        powers.append(math_ops.matmul(powers[-1], square))

    def combined(start):
        return math_ops.add_n([c * power for c, power in zip(coefficients[start::2], powers)])

    return math_ops.matmul(matrix, combined(1)), combined(0)


def matrix_exponential(input, name=None):
    """exp of matrices, [..., n, n]."""
    with ops.name_scope(name, 'matrix_exponential', [input]):
        matrix = ops.convert_to_tensor(input, name='input')
        if matrix.shape[-2:] == [0, 0]:
            return matrix
        static_shape, shape = matrix.shape, array_ops.shape(matrix)
        matrix = array_ops.reshape(matrix, array_ops.concat(([-1], shape[-2:]), axis=0))
        l1_norm = math_ops.reduce_max(math_ops.reduce_sum(math_ops.abs(matrix), axis=-2), axis=-1)
        norm_type = l1_norm.dtype.as_numpy_dtype
        if matrix.dtype in (dtypes.float16, dtypes.float32, dtypes.complex64):
            table = _SINGLE
        elif matrix.dtype in (dtypes.float64, dtypes.complex128):
            table = _DOUBLE
        else:
            raise ValueError('tf.linalg.expm does not support matrices of type %s' % matrix.dtype)
        squarings = math_ops.maximum(
            math_ops.floor(math_ops.log(l1_norm / norm_type(table[-1][1])) / norm_type(np.log(2.0))), 0)
        scale = math_ops.pow(constant_op.constant(2.0, dtype=l1_norm.dtype), squarings)
        scaled = matrix / math_ops.cast(scale, matrix.dtype)[:, array_ops.newaxis, array_ops.newaxis]
        u, v = _approximant(scaled, table[-1][0])
        for order, largest in reversed(table[:-1]):
            odd, even = _approximant(matrix, order)
            small = math_ops.less(l1_norm, norm_type(largest))
            u, v = array_ops.where(small, odd, u), array_ops.where(small, even, v)
        finite = math_ops.reduce_all(math_ops.is_finite(l1_norm))
        result = control_flow_ops.cond(
            finite, lambda: linalg_ops.matrix_solve(-u + v, u + v),
            lambda: array_ops.fill(array_ops.shape(matrix), constant_op.constant(np.nan, matrix.dtype)))
        max_squarings = math_ops.reduce_max(squarings)
        _, result = control_flow_ops.while_loop(
            lambda i, _: math_ops.logical_and(finite, math_ops.less(i, max_squarings)),
            lambda i, r: (i + 1, array_ops.where(math_ops.less(i, squarings), math_ops.matmul(r, r), r)),
            [constant_op.constant(0.0, l1_norm.dtype), result],
            shape_invariants=[l1_norm.shape[:0] if l1_norm.shape.ndims is not None else None, result.shape])
        result = array_ops.reshape(result, shape)
        result.set_shape(static_shape)
        return result
