"""What tf.contrib.opt.ScipyOptimizerInterface gives to scipy: today's SLSQP takes nothing but doubles."""
import sys
import types

import numpy as np
import pytest

pytest.importorskip('reflow._core', reason='only a build has the engine')
import reflow.tensorflow as tf  # noqa: E402


def test_all_numbers_are_doubles(monkeypatch):
    seen = {}

    def minimize(fun, x0, constraints, **kwargs):
        loss, gradient = fun(x0)
        equality, inequality = constraints
        seen.update(x0=x0, gradient=gradient, equality=equality['fun'](x0), of_equality=equality['jac'](x0),
                    inequality=inequality['fun'](x0), of_inequality=inequality['jac'](x0))
        assert (equality['type'], inequality['type'], kwargs['method'], loss) == ('eq', 'ineq', 'SLSQP', 98.)
        return Result(x=2 * x0)

    class Result(dict):
        message, fun = 'done', 0.

    optimize = types.ModuleType('scipy.optimize')
    optimize.minimize = minimize
    scipy = types.ModuleType('scipy')
    scipy.optimize = optimize
    monkeypatch.setitem(sys.modules, 'scipy', scipy)
    monkeypatch.setitem(sys.modules, 'scipy.optimize', optimize)
    with tf.Graph().as_default(), tf.Session() as session:
        v = tf.Variable([7., 7.])
        interface = tf.contrib.opt.ScipyOptimizerInterface(
            tf.reduce_sum(v * v), equalities=[v[1] - 1.], inequalities=[v[0] - 2.], method='SLSQP')
        session.run(v.initializer)
        interface.minimize(session)
        assert session.run(v).tolist() == [14., 14.]
    assert {name: value.dtype for name, value in seen.items()} == dict.fromkeys(seen, np.float64)
    assert {name: value.tolist() for name, value in seen.items()} == {
        'x0': [7., 7.], 'gradient': [14., 14.], 'equality': [6.], 'of_equality': [[0., 1.]], 'inequality': [5.],
        'of_inequality': [[1., 0.]]}
