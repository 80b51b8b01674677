"""Sums of short rows have TensorFlow's bits: eight partial sums, joined in halves, and then the rest of the row."""
import numpy as np
import pytest

import reflow.tensorflow as tf


def _in_tensorflows_order(row):
    whole = len(row) // 8 * 8
    lanes = np.zeros(8, np.float32)
    for i in range(0, whole, 8):
        lanes += row[i:i + 8]
    rest = np.float32(0)
    for x in row[whole:]:
        rest += x
    for width in (4, 2, 1):
        lanes[:width] += lanes[width:2 * width]
    return lanes[0] + rest


@pytest.mark.parametrize('n', [1, 3, 7, 8, 10, 16, 31, 100, 256])
def test_sums_and_means(n):
    rows = (np.random.RandomState(n).rand(50, n) * 2 - 0.7).astype(np.float32)
    sums = np.array([_in_tensorflows_order(row) for row in rows])
    with tf.Graph().as_default(), tf.Session() as session:
        x = tf.placeholder(tf.float32, [None, None])
        got, means, both = session.run([tf.reduce_sum(x, 1), tf.reduce_mean(x, -1), tf.reduce_sum(x[:, None, :, None], [2, 3])],
                                       {x: rows})
    np.testing.assert_array_equal(got, sums)
    np.testing.assert_array_equal(means, sums / np.float32(n))
    np.testing.assert_array_equal(both[:, 0], sums)


def test_products_and_extrema():
    rows = np.array([[2, np.nan, -3], [np.nan, np.nan, np.nan], [-np.inf, np.nan, 5]], np.float32)
    with tf.Graph().as_default(), tf.Session() as session:
        largest, smallest, product = session.run([tf.reduce_max(rows, 1), tf.reduce_min(rows, 1), tf.reduce_prod(rows[:, ::2], 1)])
    np.testing.assert_array_equal(largest, [2, -np.inf, 5])
    np.testing.assert_array_equal(smallest, [-3, np.inf, -np.inf])
    np.testing.assert_array_equal(product, [-6, np.nan, -np.inf])


@pytest.mark.parametrize('n', [2, 10, 31, 64, 65, 200])
def test_places_of_extrema(n):
    rows = np.random.RandomState(n).randint(5, size=[200, n]).astype(np.float32)
    rows[0] = np.nan
    rows[1, :-1] = np.nan
    rows[1, -1] = -np.inf
    with tf.Graph().as_default(), tf.Session() as session:
        largest, smallest = session.run([tf.argmax(rows, 1), tf.argmin(rows, 1, output_type=tf.int32)])
    np.testing.assert_array_equal(largest[2:], rows[2:].argmax(1))
    np.testing.assert_array_equal(smallest[2:], rows[2:].argmin(1))
    assert largest[:2].tolist() == smallest[:2].tolist() == [0, n - 1]
