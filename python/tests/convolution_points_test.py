"""Convolutions with windows of one element that skip places: those of the places that they read, lying together."""
import numpy as np
import pytest
import reflow.tensorflow as tf


@pytest.mark.parametrize('channels, size, stride', [(2, 6, 2), (3, 7, 2), (8, 9, 4), (1, 5, 3)])
@pytest.mark.parametrize('padding', ['SAME', 'VALID'])
def test_strides_read_places_that_lie_apart(channels, size, stride, padding):
    rng = np.random.RandomState(1)
    with tf.Graph().as_default(), tf.Session() as sess:
        x = tf.constant(rng.rand(8, size, size, channels).astype(np.float32))
        w = tf.constant(rng.rand(1, 1, channels, 4).astype(np.float32))
        strided = tf.nn.conv2d(x, w, [1, stride, stride, 1], padding)
        products = tf.tensordot(x[:, ::stride, ::stride], w[0, 0], 1)
        dy = tf.constant(rng.rand(*strided.shape.as_list()).astype(np.float32))
        for got, wanted in zip(sess.run([strided, *tf.gradients(strided, [x, w], dy)]),
                               sess.run([products, *tf.gradients(products, [x, w], dy)])):
            np.testing.assert_allclose(got, wanted, rtol=1e-5, atol=1e-5)
