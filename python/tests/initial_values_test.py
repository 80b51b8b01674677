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
