"""Loops, arrays of tensors, functions over rows, cases, and Python functions as operations."""
import numpy as np
import pytest

import reflow.tensorflow as tf


@pytest.fixture(autouse=True)
def graph():
    tf.reset_default_graph()


def run(fetches, feed_dict=None):
    with tf.Session() as session:
        return session.run(fetches, feed_dict)


def test_while_loop_keeps_the_structure():
    i, pair = tf.while_loop(lambda i, pair: i < 3, lambda i, pair: (i + 1, {'a': pair['a'] * 2., 'b': pair['b'] + 1}),
                            (0, {'a': tf.constant(1.), 'b': 5}))
    assert run([i, pair]) == [3, {'a': 8., 'b': 8}]


@pytest.mark.parametrize('parallel_iterations', [1, 10])
def test_random_numbers_are_drawn_iteration_by_iteration(parallel_iterations):
    def step(i, array, x):
        x = tf.tanh(x + tf.random_uniform([2], seed=3))
        return i + 1, array.write(i, x), x

    array = tf.while_loop(lambda i, *_: i < 4, step, [0, tf.TensorArray(tf.float32, 4), tf.zeros([2])],
                          parallel_iterations=parallel_iterations)[1]
    # What TensorFlow 1.15.5 gives for parallel_iterations=1.
    np.testing.assert_allclose(run(array.stack()), [[.36871004, .34523714], [.51127988, .39772937], [.89153588, .87196046],
                                                    [.82461631, .90701687]], rtol=1e-6)


def test_while_loop_of_one_variable_gives_it_alone():
    assert run(tf.while_loop(lambda i: i < 10, lambda i: i + 3, [0])) == 12


def test_predicate_that_is_decided_in_a_branch():
    def go_on(i, s, stopped):
        return tf.cond(i < 6, lambda: tf.logical_not(stopped), lambda: tf.constant(False))

    def body(i, s, stopped):
        s = tf.cond(s > 2., lambda: s + 1., lambda: s) + 1.
        return i + 1, s, s > limit
    limit = tf.placeholder(tf.float32, [])
    loop = tf.while_loop(go_on, body, [0, tf.constant(0.), False])
    assert run(loop, {limit: 100.}) == (6, 9., False)
    assert run(loop, {limit: 4.}) == (4, 5., True)


def test_loop_as_the_result_of_a_branch_in_a_loop():
    def body(i, s):
        def sum_of_smaller():
            return tf.while_loop(lambda j, s: j < i, lambda j, s: (j + 1, s + j), [0, s])[1]
        return i + 1, tf.cond(i > 1, sum_of_smaller, lambda: s + 10)
    assert run(tf.while_loop(lambda i, s: i < 5, body, [0, 0])) == (5, 20 + 1 + 3 + 6)


def test_gradient_through_a_loop():
    x = tf.constant(3.)
    y = tf.while_loop(lambda i, y: i < 3, lambda i, y: (i + 1, y * x), [0, tf.constant(1.)])[1]
    assert run([y, tf.gradients(y, x)[0]]) == [27., 27.]


def test_arrays_are_loop_variables():
    array = tf.TensorArray(tf.float32, size=4)
    _, array = tf.while_loop(lambda i, array: i < 4, lambda i, array: (i + 1, array.write(i, tf.cast(i * i, tf.float32))),
                             (0, array))
    np.testing.assert_array_equal(run(array.stack()), [0, 1, 4, 9])


def test_mistakes():
    with pytest.raises(ValueError, match='No loop variables provided'):
        tf.while_loop(lambda: True, lambda: None, [])
    with pytest.raises(TypeError, match='parallel_iterations must be a positive integer.'):
        tf.while_loop(lambda i: True, lambda i: i, [0], parallel_iterations=0)
    with pytest.raises(ZeroDivisionError):
        tf.while_loop(lambda i: i < 1, lambda i: 1 / 0, [0])


def test_functions_over_rows():
    x = tf.constant([[1, 2], [3, 4], [5, 6]])
    np.testing.assert_array_equal(run(tf.map_fn(lambda row: row * 10, x)), [[10, 20], [30, 40], [50, 60]])
    np.testing.assert_array_equal(run(tf.foldl(lambda a, row: a + row, x)), [9, 12])
    np.testing.assert_array_equal(run(tf.foldr(lambda a, row: a - row, x)), [1, 0])
    np.testing.assert_array_equal(run(tf.scan(lambda a, row: a + row, x)), [[1, 2], [4, 6], [9, 12]])
    sums, products = tf.map_fn(lambda pair: (pair[0] + pair[1], pair[0] * pair[1]), (x, x))
    np.testing.assert_array_equal(run(products), [[1, 4], [9, 16], [25, 36]])


def test_case_takes_the_first_that_is_true():
    x = tf.placeholder(tf.int32, [])
    result = tf.case([(x > 10, lambda: 1), (x > 5, lambda: 2)], default=lambda: 3)
    assert [run(result, {x: value}) for value in (11, 7, 0)] == [1, 2, 3]


def test_python_function():
    calls = []

    def function(a, b):
        calls.append((a, b))
        return a + b, np.float64(a.sum())
    total, scalar = tf.py_func(function, [tf.constant([1., 2.]), 3.], [tf.float32, tf.float64])
    values = run([total, scalar])
    np.testing.assert_array_equal(values[0], [4, 5])
    assert values[1] == 3. and len(calls) == 1


def test_exception_of_a_python_function_fails_the_run():
    def function(x):
        raise ValueError('from python')
    with pytest.raises(tf.errors.InvalidArgumentError, match='ValueError: from python'):
        run(tf.py_func(function, [1.], tf.float32))


def test_passes_keep_the_values_of_loops():
    random = np.random.RandomState(1)
    x, w, b = (tf.constant(random.randn(*shape).astype(np.float32)) for shape in ((5, 4, 6), (12, 24), (24,)))

    def body(t, c, h):
        gates = tf.matmul(tf.concat([x[t], h], 1), w) + b
        i, j, f, o = tf.split(gates, 4, axis=1)
        c = c * tf.sigmoid(f + 1.) + tf.sigmoid(i) * tf.tanh(j)
        h = tf.cond(tf.equal(t, 2), lambda: tf.nn.relu(c * 2.) - 1., lambda: tf.tanh(c) * tf.sigmoid(o))
        return t + 1, c, h
    zeros = tf.zeros([4, 6])
    _, c, h = tf.while_loop(lambda t, *_: t < 5, body, [0, zeros, zeros])
    fetches = [c, h] + tf.gradients(tf.reduce_sum(c * h), [x, w, b])
    off = tf.ConfigProto(graph_options=tf.GraphOptions(optimizer_options=tf.OptimizerOptions(opt_level=-1)))
    with tf.Session() as fused, tf.Session(config=off) as plain:
        for value, expected in zip(fused.run(fetches), plain.run(fetches)):
            np.testing.assert_allclose(value, expected, rtol=1e-5, atol=1e-5)


def test_conds_give_arrays():
    with tf.Graph().as_default(), tf.Session() as sess:
        array = tf.TensorArray(tf.float32, 3, clear_after_read=False).unstack([1., 2., 3.])
        which = tf.placeholder(tf.bool, [])
        chosen, number = tf.cond(which, lambda: (array, tf.constant(1)), lambda: (array, tf.constant(2)))

        def body(i, values):
            return i + 1, tf.cond(i < 2, lambda: values.write(i, tf.cast(i, tf.float32)), lambda: values.write(i, -1.))

        written = tf.while_loop(lambda i, _: i < 4, body, [0, tf.TensorArray(tf.float32, 4)])[1]
        assert isinstance(chosen, tf.TensorArray) and chosen.dtype == tf.float32 and chosen.flow.op.type == 'Merge'
        values, given = sess.run([chosen.stack(), number], {which: False})
        assert values.tolist() == [1, 2, 3] and given == 2 and sess.run(written.stack()).tolist() == [0, 1, -1, -1]
