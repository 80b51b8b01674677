"""Lanczos' bidiagonalization (Golub and Kahan, 1965)."""

import collections

from reflow.contrib.solvers.python.ops import operators
from reflow.framework import constant_op
from reflow.framework import dtypes
from reflow.framework import ops
from reflow.ops import array_ops
from reflow.ops import control_flow_ops
from reflow.ops import math_ops
from reflow.ops import random_ops
from reflow.ops import tensor_array_ops

_State = collections.namedtuple('LanczosBidiagState', ['u', 'v', 'alpha', 'beta'])


def _column(array, i):
    return array_ops.expand_dims(array.read(i), -1)


def _orthogonalized_once(i, basis, v):
    """(v without its part along the first i vectors of the basis, of length 1; the length that it had)."""
    def without_one(j, basis, v):
        shape = v.get_shape()
        vector = _column(basis, j)
        v -= math_ops.matmul(vector, v, adjoint_a=True) * vector
        v.set_shape(shape)
        return j + 1, basis, v
    j = constant_op.constant(0, dtype=dtypes.int32)
    _, _, v = control_flow_ops.while_loop(lambda j, basis, v: j < i, without_one, [j, basis, v])
    return operators.l2normalize(v)


def _orthogonalized(i, basis, v):
    """Twice where the first time has left little of v."""
    norm = operators.l2norm(v)
    once, norm_once = _orthogonalized_once(i, basis, v)
    return control_flow_ops.cond(norm_once < 0.7071 * norm, lambda: _orthogonalized_once(i, basis, v),
                                 lambda: (once, norm_once))


def lanczos_bidiag(operator, k, orthogonalize=True, starting_vector=None, name='lanczos_bidiag'):
    """After k steps: u and v with orthonormal columns, and alpha and beta, the diagonals of B with operator v = u B."""
    def direction(i, basis, vector):
        return _orthogonalized(i, basis, vector) if orthogonalize else operators.l2normalize(vector)

    def step(i, state):
        u = _column(state.u, i)
        r = operator.apply_adjoint(u)
        shape = r.get_shape()
        r = control_flow_ops.cond(i > 0, lambda: r - state.beta.read(i - 1) * _column(state.v, i - 1), lambda: r)
        r.set_shape(shape)
        v, alpha = direction(i - 1 if orthogonalize else None, state.v, r)
        p = operator.apply(v) - alpha * u
        u, beta = direction(i, state.u, p)
        return i + 1, _State(state.u.write(i + 1, array_ops.squeeze(u)), state.v.write(i, array_ops.squeeze(v)),
                             state.alpha.write(i, alpha), state.beta.write(i, beta))

    with ops.name_scope(name):
        def array(size, name):
            return tensor_array_ops.TensorArray(dtype=operator.dtype, size=size, tensor_array_name=name,
                                                clear_after_read=False)
        if starting_vector is None:
            starting_vector = random_ops.random_uniform(operator.shape[:1], -1, 1, dtype=operator.dtype)
        first, _ = operators.l2normalize(starting_vector)
        state = _State(u=array(k + 1, 'u').write(0, array_ops.squeeze(first)), v=array(k, 'v'), alpha=array(k, 'alpha'),
                       beta=array(k, 'beta'))
        i = constant_op.constant(0, dtype=dtypes.int32)
        _, state = control_flow_ops.while_loop(lambda i, _: i < k, step, [i, state])
        return _State(array_ops.matrix_transpose(state.u.stack()), array_ops.matrix_transpose(state.v.stack()),
                      state.alpha.stack(), state.beta.stack())


def bidiag_matmul(matrix, alpha, beta, adjoint_b=False, name='bidiag_matmul'):
    """The product of a matrix with B of the diagonals alpha and beta, or with its adjoint."""
    with ops.name_scope(name):
        alpha = array_ops.expand_dims(alpha, 0)
        if not adjoint_b:
            beta = array_ops.expand_dims(beta, 0)
            return matrix[:, :-1] * alpha + matrix[:, 1:] * beta
        beta = array_ops.expand_dims(beta[:-1], 0)
        rows = array_ops.shape(matrix)[:1]
        zeros = array_ops.expand_dims(array_ops.zeros(rows, dtype=matrix.dtype), 1)
        return matrix * alpha + array_ops.concat([zeros, matrix[:, :-1] * beta], 1)
