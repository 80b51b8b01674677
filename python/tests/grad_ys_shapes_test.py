"""Gradients that are given in other shapes than those of what they belong to, as in many programs of DDPG: TensorFlow 1.15's values."""

import numpy as np
import pytest

import reflow.tensorflow as tf

X = np.array([[.1, .2, .3], [.4, .5, .6]], np.float32)
GIVEN = np.arange(1, 7, dtype=np.float32).reshape(1, 2, 3) / 4


@pytest.mark.parametrize('function, wanted', [
    (tf.tanh, [0.2475, 0.4805, 0.6864, 0.8556, 0.9831, 1.0674]),
    (tf.sigmoid, [0.0623, 0.1238, 0.1833, 0.2403, 0.2938, 0.3432]),
    (tf.sqrt, [0.3953, 0.559, 0.6847, 0.7906, 0.8839, 0.9682]),
    (tf.rsqrt, [-3.9528, -2.7951, -2.2822, -1.9764, -1.7678, -1.6137]),
    (tf.reciprocal, [-25.0, -12.5, -8.3333, -6.25, -5.0, -4.1667]),
])
def test_as_many_elements_are_enough(function, wanted):
    with tf.Graph().as_default(), tf.Session() as session:
        x = tf.placeholder(tf.float32, [2, 3])
        gradient, = tf.gradients(function(x), x, grad_ys=tf.constant(GIVEN))
        assert gradient.shape == (2, 3)
        value = session.run(gradient, {x: X})
    assert value.shape == (2, 3)
    np.testing.assert_allclose(value.ravel(), wanted, atol=1e-4)


def test_a_list_of_gradients_of_an_actor():
    with tf.Graph().as_default(), tf.Session() as session:
        x, given = tf.placeholder(tf.float32, [4, 3]), tf.placeholder(tf.float32, [4, 2])
        w = tf.Variable(tf.ones([3, 2]))
        y = tf.tanh(tf.matmul(x, w))
        gradient, = tf.gradients(y, [w], grad_ys=tf.clip_by_value([given], -1, 1))
        session.run(w.initializer)
        value = session.run(gradient, {x: np.arange(12).reshape(4, 3) / 20, given: np.arange(8).reshape(4, 2) / 4})
    np.testing.assert_allclose(value, [[0.25132, 0.278004], [0.2975837, 0.3453855], [0.3438475, 0.4127669]], rtol=1e-5)


@pytest.mark.parametrize('function', [tf.nn.relu, tf.nn.elu, tf.nn.softplus])
def test_activations_want_the_same_shape(function):
    with tf.Graph().as_default(), tf.Session() as session:
        x = tf.placeholder(tf.float32, [2, 3])
        with pytest.raises((tf.errors.InvalidArgumentError, ValueError)):
            session.run(tf.gradients(function(x), x, grad_ys=tf.constant(GIVEN)), {x: X})


def test_another_number_of_elements_is_a_mistake():
    with tf.Graph().as_default(), tf.Session() as session:
        x, given = tf.placeholder(tf.float32, [2, 3]), tf.placeholder(tf.float32)
        gradient = tf.gradients(tf.tanh(x), x, grad_ys=given)
        with pytest.raises(tf.errors.InvalidArgumentError, match='y and dy must be of the same shape'):
            session.run(gradient, {x: X, given: np.ones([2, 2])})


def test_the_norm_of_what_overflows_is_infinite():
    with tf.Graph().as_default(), tf.Session() as session:
        norm = tf.global_norm([tf.ones([4]), tf.ones([4, 4]) * 1e19])
        assert session.run([norm, tf.is_inf(norm)]) == [np.inf, True]
