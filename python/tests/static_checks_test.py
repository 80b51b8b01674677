"""Checks that fail while a graph is built, and those that fail in a run: what TensorFlow 1.15.5 knows of values."""
import pytest

import reflow.tensorflow as tf


@pytest.mark.parametrize('make, known', [
    (lambda c: c, True), (lambda c: tf.cast(c, tf.int64), True), (lambda c: tf.stack([-1, 2]), True),
    (lambda c: tf.shape(tf.zeros([2, 3])) * 1, False), (lambda c: tf.reshape(c, [-1]), False),
    (tf.identity, False), (lambda c: c + 1, False)], ids=['Const', 'Cast', 'Pack', 'Mul', 'Reshape', 'Identity', 'Add'])
def test_checks_fail_when_tensorflows_do(make, known):
    with tf.Graph().as_default():
        value = make(tf.constant([1, -2, 3]))
        if known:
            with pytest.raises(tf.errors.InvalidArgumentError, match='did not hold'):
                tf.assert_negative(value)
            return
        check = tf.assert_negative(value)
        with tf.Session() as sess, pytest.raises(tf.errors.InvalidArgumentError, match='assertion failed'):
            sess.run(check)


def test_a_check_that_is_not_run_does_not_fail():
    with tf.Graph().as_default(), tf.Session() as sess:
        labels = tf.reshape(tf.constant([0, 1, 2]), [-1])

        def checked():
            with tf.control_dependencies([tf.assert_less_equal(labels, tf.ones_like(labels))]):
                return tf.identity(labels)

        assert sess.run(tf.cond(tf.placeholder_with_default(False, []), checked, lambda: labels)).tolist() == [0, 1, 2]


def test_float_types_of_whatever_has_one():
    check = tf.debugging.assert_same_float_dtype
    with tf.Graph().as_default():
        normal = tf.distributions.Normal(0., 1.)
        assert check([normal, tf.constant(1.), None]) == check([normal], tf.float32) == tf.float32
        with pytest.raises(ValueError, match=r"^one:0, type=<dtype: 'float64'>, must be of the same type \(<dtype: "
                                             r"'float32'>\) as Normal/\.$"):
            check([normal, tf.constant(1., tf.float64, name='one')])
        with pytest.raises(ValueError, match=r"Normal/, type=<dtype: 'float32'>, must be of the same type \(<dtype: "
                                             r"'float64'>\)\.$"):
            check([normal], tf.float64)
        with pytest.raises(ValueError, match="Expected floating point type, got <dtype: 'int32'>."):
            check([tf.distributions.Categorical([1.])])
