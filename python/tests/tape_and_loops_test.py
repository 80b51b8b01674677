"""tf.GradientTape where a graph is built, around functions with loops and conds: TensorFlow 1.15's values."""

import numpy as np
import pytest

import reflow.tensorflow as tf


def loop(x):
    return tf.while_loop(lambda i, e: i < 3, lambda i, e: (i + 1, e * x), [0, x * 2.])[1]


def with_gradient_of_its_own(inner):
    @tf.custom_gradient
    def function(x):
        d = inner(x)
        return tf.reduce_sum(d), lambda g: g * d * 3.
    return function


@pytest.mark.parametrize('function, wanted', [
    (with_gradient_of_its_own(loop), [0.375, 0.375]),
    (with_gradient_of_its_own(lambda x: tf.cond(x[0] > 0, lambda: x * 2., lambda: x * 3.)), [3, 3]),
    (lambda x: with_gradient_of_its_own(loop)(x) + tf.reduce_sum(x), [1.375, 1.375]),
    (lambda x: tf.reduce_sum(tf.stop_gradient(loop(x)) * x), [0.125, 0.125]),
    (lambda x: (loop(x), tf.reduce_sum(x * x))[1], [1, 1]),
])
def test_what_does_not_go_through_the_loop_has_gradients(function, wanted):
    with tf.Graph().as_default(), tf.Session() as session:
        v = tf.Variable(np.full([2], 0.5, np.float32), use_resource=True)
        with tf.GradientTape() as tape:
            result = function(v)
        gradient = tape.gradient(result, v)
        session.run(v.initializer)
        np.testing.assert_allclose(session.run(gradient), wanted, rtol=1e-6)


def test_the_loop_itself_has_none():
    with tf.Graph().as_default():
        v = tf.Variable([0.5, 0.5], use_resource=True)
        with tf.GradientTape() as tape:
            result = loop(v)
        with pytest.raises(NotImplementedError, match='does not support graph control flow operations'):
            tape.gradient(result, v)


def test_a_keras_optimizer_minimizes_it():
    with tf.Graph().as_default(), tf.Session() as session:
        v = tf.Variable([0.5, 0.5], use_resource=True)
        step = tf.keras.optimizers.SGD(1.0).minimize(lambda: with_gradient_of_its_own(loop)(v), [v])
        session.run(tf.global_variables_initializer())
        session.run(step)
        np.testing.assert_allclose(session.run(v), [0.125, 0.125], rtol=1e-6)


def test_gradients_of_a_keras_optimizer_have_a_scope():
    with tf.Graph().as_default() as graph:
        v = tf.Variable(2., use_resource=True)
        optimizer = tf.keras.optimizers.SGD(0.1, clipnorm=1.)
        for _ in range(2):
            optimizer.minimize(lambda: v * v, [v])
        inputs = [[each.op.name for each in op.inputs] for op in graph.get_operations() if op.type == 'ResourceApplyGradientDescent']
        assert [names[2] for names in inputs] == ['SGD/gradients/clip_by_norm', 'SGD/gradients_1/clip_by_norm']
        multiplied = [op.name for op in graph.get_operations() if op.name.startswith('SGD/gradients/') and op.type == 'Mul']
        assert multiplied[:2] == ['SGD/gradients/Mul', 'SGD/gradients/Mul_1']
