"""Least squares by conjugate gradients (Hestenes and Stiefel, 1952; Bjorck, 1996)."""

import collections

from reflow.contrib.solvers.python.ops import operators
from reflow.framework import constant_op
from reflow.framework import dtypes
from reflow.framework import ops
from reflow.ops import array_ops
from reflow.ops import control_flow_ops
from reflow.ops import math_ops

_State = collections.namedtuple('CGLSState', ['i', 'x', 'r', 'p', 'gamma'])


def cgls(operator, rhs, tol=1e-6, max_iter=20, name='cgls'):
    """The x for which operator x is nearest to rhs.

    Ends after `max_iter` steps, or when the gradient is `tol` times the first one. Gives the number of steps, x, the residual
    r, the last direction p, and gamma, the square of the gradient's length.
    """
    def goes_on(i, state):
        return math_ops.logical_and(i < max_iter, state.gamma > limit)

    def step(i, state):
        q = operator.apply(state.p)
        alpha = state.gamma / operators.l2norm_squared(q)
        x = state.x + alpha * state.p
        r = state.r - alpha * q
        s = operator.apply_adjoint(r)
        gamma = operators.l2norm_squared(s)
        beta = gamma / state.gamma
        p = s + beta * state.p
        return i + 1, _State(i + 1, x, r, p, gamma)

    with ops.name_scope(name):
        size = operator.shape[1:]
        rhs = array_ops.expand_dims(rhs, -1)
        s = operator.apply_adjoint(rhs)
        gamma = operators.l2norm_squared(s)
        limit = tol * tol * gamma
        x = array_ops.expand_dims(array_ops.zeros(size, dtype=rhs.dtype.base_dtype), -1)
        i = constant_op.constant(0, dtype=dtypes.int32)
        _, state = control_flow_ops.while_loop(goes_on, step, [i, _State(i=i, x=x, r=rhs, p=s, gamma=gamma)])
        return state._replace(x=array_ops.squeeze(state.x), r=array_ops.squeeze(state.r), p=array_ops.squeeze(state.p))
