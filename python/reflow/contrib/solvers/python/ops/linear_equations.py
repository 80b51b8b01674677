"""The method of conjugate gradients (Hestenes and Stiefel, 1952)."""

import collections

from reflow.contrib.solvers.python.ops import operators
from reflow.framework import constant_op
from reflow.framework import dtypes
from reflow.framework import ops
from reflow.ops import array_ops
from reflow.ops import control_flow_ops
from reflow.ops import linalg_ops
from reflow.ops import math_ops

_State = collections.namedtuple('CGState', ['i', 'x', 'r', 'p', 'gamma'])


def conjugate_gradient(operator, rhs, preconditioner=None, x=None, tol=1e-4, max_iter=20, name='conjugate_gradient'):
    """x with operator x = rhs, for a positive definite operator, from `x` or 0 on.

    Ends after `max_iter` steps, or when the residual is `tol` times the first one. Gives the number of steps, x, the residual
    r, the last direction p, and gamma, the product of r with the preconditioned r.
    """
    def preconditioned(r):
        return r if preconditioner is None else preconditioner.apply(r)

    def goes_on(i, state):
        return math_ops.logical_and(i < max_iter, linalg_ops.norm(state.r) > limit)

    def step(i, state):
        z = operator.apply(state.p)
        alpha = state.gamma / operators.dot(state.p, z)
        x = state.x + alpha * state.p
        r = state.r - alpha * z
        q = preconditioned(r)
        gamma = operators.dot(r, q)
        beta = gamma / state.gamma
        p = q + beta * state.p
        return i + 1, _State(i + 1, x, r, p, gamma)

    with ops.name_scope(name):
        size = operator.shape[1:]
        r = rhs = array_ops.expand_dims(rhs, -1)
        if x is None:
            x = array_ops.expand_dims(array_ops.zeros(size, dtype=rhs.dtype.base_dtype), -1)
        else:
            x = array_ops.expand_dims(x, -1)
            r = rhs - operator.apply(x)
        p = preconditioned(r)
        gamma = operators.dot(r, p)
        limit = tol * linalg_ops.norm(r)
        i = constant_op.constant(0, dtype=dtypes.int32)
        _, state = control_flow_ops.while_loop(goes_on, step, [i, _State(i=i, x=x, r=r, p=p, gamma=gamma)])
        return state._replace(x=array_ops.squeeze(state.x), r=array_ops.squeeze(state.r), p=array_ops.squeeze(state.p))
