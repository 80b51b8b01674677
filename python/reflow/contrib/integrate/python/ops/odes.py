"""Solutions of ordinary differential equations."""

import collections

from reflow.framework import dtypes
from reflow.framework import ops
from reflow.ops import array_ops
from reflow.ops import control_flow_ops
from reflow.ops import math_ops
from reflow.ops import tensor_array_ops

__all__ = ['odeint', 'odeint_fixed']

# The coefficients of Dormand and Prince, J. Comp. Appl. Math. 6 (1980), and of the fourth-order interpolation at the middle
# of a step of Shampine, Mathematics of Computation 46 (1986).
_TIMES = [1 / 5, 3 / 10, 4 / 5, 8 / 9, 1., 1.]
_STAGES = [[1 / 5], [3 / 40, 9 / 40], [44 / 45, -56 / 15, 32 / 9], [19372 / 6561, -25360 / 2187, 64448 / 6561, -212 / 729],
           [9017 / 3168, -355 / 33, 46732 / 5247, 49 / 176, -5103 / 18656],
           [35 / 384, 0, 500 / 1113, 125 / 192, -2187 / 6784, 11 / 84]]
_ERROR = [35 / 384 - 1951 / 21600, 0, 500 / 1113 - 22642 / 50085, 125 / 192 - 451 / 720, -2187 / 6784 - -12231 / 42400,
          11 / 84 - 649 / 6300, -1. / 60.]
_MIDDLE = [6025192743 / 30085553152 / 2, 0, 51252292925 / 65400821598 / 2, -2691868925 / 45128329728 / 2,
           187940372067 / 1594534317056 / 2, -1776094331 / 19743644256 / 2, 11237099 / 235043384 / 2]

_State = collections.namedtuple('_State', 'y1, f1, t0, t1, dt, interpolation')


def _weighted_sum(scale, weights, values):
    """scale times the sum of the values by weights, those of weight 0 left out."""
    scale = math_ops.cast(scale, values[0].dtype)
    return math_ops.add_n([(scale * weight) * value for weight, value in zip(weights, values) if weight != 0])


def _step(func, y0, f0, t0, dt):
    """A step of Runge and Kutta's kind: the value at its end, the derivative there, the error, and all derivatives."""
    derivatives = [f0]
    for time, weights in zip(_TIMES, _STAGES):
        y = y0 + _weighted_sum(dt, weights, derivatives)
        derivatives.append(func(y, t0 + time * dt))
    return y, derivatives[-1], _weighted_sum(dt, _ERROR, derivatives), derivatives


def _interpolation(y0, y1, derivatives, dt):
    """The coefficients of the polynomial of degree 4 through both ends, with their derivatives, and the middle."""
    dt = math_ops.cast(dt, y0.dtype)
    middle = y0 + _weighted_sum(dt, _MIDDLE, derivatives)
    f0, f1 = derivatives[0], derivatives[-1]
    a = 2 * dt * (f1 - f0) - 8 * (y1 + y0) + 16 * middle
    b = dt * (5 * f0 - 3 * f1) + 18 * y0 + 14 * y1 - 32 * middle
    c = dt * (f1 - 4 * f0) - 11 * y0 - 5 * y1 + 16 * middle
    return [a, b, c, dt * f0, y0]


def _interpolated(coefficients, t0, t1, t):
    x = math_ops.cast((t - t0) / (t1 - t0), coefficients[0].dtype)
    result = coefficients[0]
    for coefficient in coefficients[1:]:
        result = result * x + coefficient
    return result


def _next_step_size(dt, error_ratio, safety, ifactor, dfactor):
    """A step that should keep the error where it has to be, between `dfactor` and `ifactor` times as long."""
    error_ratio = math_ops.cast(error_ratio, dt.dtype)

    def shrunk():
        least = array_ops.where_v2(error_ratio < 1, array_ops.ones_like(dfactor), dfactor)
        factor = math_ops.maximum(1 / ifactor, math_ops.minimum(error_ratio ** 0.2 / safety, 1 / least))
        return dt / factor

    return control_flow_ops.cond(math_ops.equal(error_ratio, 0), lambda: dt * ifactor, shrunk)


def _check_types(y0, t, dt=None):
    if not (y0.dtype.is_floating or y0.dtype.is_complex):
        raise TypeError('`y0` must have a floating point or complex floating point dtype')
    if not t.dtype.is_floating:
        raise TypeError('`t` must have a floating point dtype')
    if dt is not None and not dt.dtype.is_floating:
        raise TypeError('`dt` must have a floating point dtype')


def _after_increasing(t):
    return ops.control_dependencies([control_flow_ops.Assert(math_ops.reduce_all(t[1:] > t[:-1]),
                                                             ['`t` must be monotonic increasing'])])


def odeint(func, y0, t, rtol=1e-6, atol=1e-12, method=None, options=None, full_output=False, name=None):
    """The solution y of dy/dt = func(y, t) at the times `t`, of which the first has y0; with steps of the right length.

    With `full_output` also a dict of what was done: 'num_func_evals', 'integrate_points', 'error_ratio'.
    """
    if method is not None and method != 'dopri5':
        raise ValueError('invalid method: %r' % method)
    if options is not None and method is None:
        raise ValueError('cannot supply `options` without specifying `method`')
    with ops.name_scope(name, 'odeint', [y0, t, rtol, atol]) as scope:
        y0 = ops.convert_to_tensor(y0, name='y0')
        t = ops.convert_to_tensor(t, preferred_dtype=dtypes.float64, name='t')
        _check_types(y0, t)
        dtype = abs(y0).dtype
        rtol = ops.convert_to_tensor(rtol, dtype=dtype, name='rtol')
        atol = ops.convert_to_tensor(atol, dtype=dtype, name='atol')
        return _dopri5(func, y0, t, rtol=rtol, atol=atol, full_output=full_output, name=scope, **(options or {}))


def _dopri5(func, y0, t, rtol, atol, full_output=False, first_step=None, safety=0.9, ifactor=10.0, dfactor=0.2,
            max_num_steps=1000, name=None):
    with ops.name_scope(name, 'dopri5', [y0, t, rtol, atol, safety, ifactor, dfactor, max_num_steps]):
        first_step, safety, ifactor, dfactor = [ops.convert_to_tensor(value, dtype=t.dtype) for value in (
            1.0 if first_step is None else first_step, safety, ifactor, dfactor)]
        most_steps = ops.convert_to_tensor(max_num_steps, dtype=dtypes.int32, name='max_num_steps')

        def step(state, points, ratios, steps):
            y0, f0, _, t0, dt, interpolation = state
            checks = [control_flow_ops.Assert(t0 + dt > t0, ['underflow in dt', dt]),
                      control_flow_ops.Assert(steps < most_steps, ['max_num_steps exceeded']),
                      control_flow_ops.Assert(math_ops.reduce_all(math_ops.is_finite(abs(y0))),
                                              ['non-finite values in state `y`', y0])]
            with ops.control_dependencies(checks):
                y1, f1, error, derivatives = _step(func, y0, f0, t0, dt)
            tolerance = atol + rtol * math_ops.maximum(abs(y0), abs(y1))
            ratio = math_ops.sqrt(math_ops.reduce_mean(math_ops.square(abs(error) / tolerance)))
            is_accepted = ratio <= 1

            def chosen(new, old):
                return control_flow_ops.cond(is_accepted, lambda: new, lambda: old)

            interpolation = [chosen(new, old) for new, old in zip(_interpolation(y0, y1, derivatives, dt), interpolation)]
            state = _State(chosen(y1, y0), chosen(f1, f0), t0, chosen(t0 + dt, t0),
                           _next_step_size(dt, ratio, safety, ifactor, dfactor), interpolation)
            points = points.write(points.size(), t0 + dt)
            return state, points, ratios.write(ratios.size(), ratio), steps + 1

        def until(solution, state, points, ratios, i):
            """Steps until the time number i is behind, and what is there."""
            state, points, ratios, _ = control_flow_ops.while_loop(
                lambda state, *_: t[i] > state.t1, step, (state, points, ratios, 0))
            y = _interpolated(state.interpolation, state.t0, state.t1, t[i])
            return solution.write(i, y), state, points, ratios, i + 1

        with _after_increasing(t):
            count = array_ops.size(t)
        solution = tensor_array_ops.TensorArray(y0.dtype, size=count).write(0, y0)
        points = tensor_array_ops.TensorArray(t.dtype, size=0, dynamic_size=True)
        ratios = tensor_array_ops.TensorArray(rtol.dtype, size=0, dynamic_size=True)
        state = _State(y0, func(y0, t[0]), t[0], t[0], first_step, [y0] * 5)
        solution, _, points, ratios, _ = control_flow_ops.while_loop(
            lambda _, __, ___, ____, i: i < count, until, (solution, state, points, ratios, 1))
        y = solution.stack(name=name)
        y.set_shape(t.get_shape().concatenate(y0.get_shape()))
        if not full_output:
            return y
        points, ratios = points.stack(), ratios.stack()
        return y, {'num_func_evals': 6 * array_ops.size(points) + 1, 'integrate_points': points, 'error_ratio': ratios}


def _midpoint_step(func, t, dt, y):
    scale = math_ops.cast(dt, y.dtype)
    return scale * func(y + func(y, t) * scale / 2, t + dt / 2)


def _rk4_step(func, t, dt, y):
    scale, middle = math_ops.cast(dt, y.dtype), t + dt / 2
    k1 = func(y, t)
    k2 = func(y + scale * k1 / 2, middle)
    k3 = func(y + scale * k2 / 2, middle)
    k4 = func(y + scale * k3, t + dt)
    return math_ops.add_n([k1, 2 * k2, 2 * k3, k4]) * (scale / 6)


def odeint_fixed(func, y0, t, dt=None, method='rk4', name=None):
    """The solution y of dy/dt = func(y, t) at the times `t`, by steps of at most `dt`; 'midpoint' or 'rk4'."""
    with ops.name_scope(name, 'odeint_fixed', [y0, t, dt]):
        t = ops.convert_to_tensor(t, preferred_dtype=dtypes.float64, name='t')
        y0 = ops.convert_to_tensor(y0, name='y0')
        intervals = t[1:] - t[:-1]
        dt = ops.convert_to_tensor(intervals if dt is None else dt, preferred_dtype=dtypes.float64, name='dt')
        counts = math_ops.ceil(intervals / dt)
        dt = intervals / counts
        counts = math_ops.cast(counts, dtype=dtypes.int32)
        _check_types(y0, t, dt)
        if len(t.get_shape().as_list()) > 1 or len(dt.get_shape().as_list()) > 1:
            raise ValueError('t must be a 1D tensor')
        if t.get_shape()[0] != dt.get_shape()[0] + 1:
            raise ValueError('t and dt have incompatible lengths, must be N and N-1')
        steps = {'midpoint': _midpoint_step, 'rk4': _rk4_step}
        with _after_increasing(t), ops.name_scope(method):
            if method not in steps:
                raise ValueError('method not supported: {!s}'.format(method))
            return _on_grid(func, y0, t, dt, counts, steps[method])


def _on_grid(func, y0, t, dt, counts, step):
    size = array_ops.size(t)

    def interval(solution, y, time, i):
        length = dt[i - 1]

        def advance(y, time, j):
            return y + math_ops.cast(step(func, time, length, y), y.dtype), time + length, j + 1

        y, time, _ = control_flow_ops.while_loop(lambda _, __, j: j < counts[i - 1], advance, (y, time, 0))
        return solution.write(i, y), y, time, i + 1

    solution = tensor_array_ops.TensorArray(y0.dtype, size).write(0, y0)
    solution, _, _, _ = control_flow_ops.while_loop(lambda _, __, ___, i: i < size, interval, (solution, y0, t[0], 1))
    result = solution.stack()
    result.set_shape(t.get_shape().concatenate(y0.get_shape()))
    return result
