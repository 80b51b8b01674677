"""Operands with few elements in a row, repeated by broadcasting: as NumPy has it, for elements of every size."""
import numpy as np
import pytest

import reflow.tensorflow as tf

SHAPES = [([1000, 3], [1000, 1]), ([1, 300, 2], [7, 1, 2]), ([5, 1, 4], [1, 200, 1]), ([2, 1, 3, 1, 5], [1, 90, 3, 4, 1]), ([600, 7], [7]),
          ([3, 1], [1, 7]), ([2, 0, 3], [2, 1, 1])]


@pytest.mark.parametrize('dtype', [np.float32, np.float64, np.int8, np.int64, np.complex128, np.float16])
@pytest.mark.parametrize('shapes', SHAPES)
def test_differences(shapes, dtype):
    random = np.random.RandomState(0)
    a, b = [random.randint(-50, 50, size=shape).astype(dtype) for shape in shapes]
    with tf.Graph().as_default(), tf.Session() as session:
        x, y = tf.placeholder(dtype, shapes[0]), tf.placeholder(dtype, shapes[1])
        one, other, equal = session.run([x - y, y - x, tf.equal(x, y)], {x: a, y: b})
    np.testing.assert_array_equal(one, a - b)
    np.testing.assert_array_equal(other, b - a)
    np.testing.assert_array_equal(equal, a == b)


def test_strings():
    a, b = np.array([['a', 'b', 'c']] * 40, object), np.array([['a'], ['b']] * 20, object)
    with tf.Graph().as_default(), tf.Session() as session:
        np.testing.assert_array_equal(session.run(tf.equal(a, b)), a == b)


def test_in_place():
    a = np.arange(3000, dtype=np.float32).reshape(1000, 3)
    with tf.Graph().as_default(), tf.Session() as session:
        x = tf.placeholder(tf.float32, [1000, 3])
        twice = tf.cumsum(x)  # memory that the difference may take over
        np.testing.assert_array_equal(session.run(twice - x[:, :1], {x: a}), a.cumsum(0) - a[:, :1])
