"""Initial values that functions give: types are TensorFlow 1.15.5's."""
import numpy as np
import pytest
import reflow.tensorflow as tf


@pytest.mark.parametrize('value,dtype,shape', [
    (lambda: tf.zeros([], tf.int64), tf.int64, []), (lambda: 3, tf.int32, []), (lambda: 'x', tf.string, []),
    (lambda: np.zeros([2]), tf.float64, [2]), (lambda: tf.constant([1., 2.]), tf.float32, [2])])
@pytest.mark.parametrize('use_resource', [False, True])
def test_variable_has_the_type_of_its_value(value, dtype, shape, use_resource):
    with tf.Graph().as_default(), tf.Session() as session:
        variable = tf.get_variable('v', initializer=value, use_resource=use_resource)
        assert variable.dtype.base_dtype == dtype and variable.shape.as_list() == shape
        session.run(variable.initializer)
        assert np.shape(session.run(variable)) == tuple(shape)


def test_type_of_the_value_comes_before_the_one_asked_for():
    with tf.Graph().as_default():
        assert tf.get_variable('v', initializer=lambda: 3, dtype=tf.float64).dtype.base_dtype == tf.int32


@pytest.mark.parametrize('seed, uniform, dropped, normal, of_the_graph, classes', [
    (2**63, [0.6787466, 0.7141509], [2, 2, 0, 0], -0.85811085, -0.5368374, [1, 1, 0]),
    (1.5, [0.2390374, 0.92039955], [0, 2, 0, 0], -0.8113182, -0.10245068, [1, 1, 0]),
    (10**30, [0.4651543, 0.6426114], [0, 2, 0, 0], -0.9661237, -0.44903255, [1, 1, 0])])
def test_seeds_that_no_attribute_holds(seed, uniform, dropped, normal, of_the_graph, classes):
    with tf.Graph().as_default(), tf.Session() as session:
        made = [tf.random.uniform([2], seed=seed), tf.nn.dropout(tf.ones([4]), .5, seed=seed),
                tf.initializers.random_normal(seed=seed)([1])]
        tf.set_random_seed(seed)
        made += [tf.random.normal([1]), tf.random.categorical([[1., 2.]], 3, seed=seed)]
        for value, expected in zip(session.run(made), (uniform, dropped, [normal], [of_the_graph], [classes])):
            np.testing.assert_allclose(value, expected, rtol=1e-6)
