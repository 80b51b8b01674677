"""Regularizers of get_variable that are false."""
import reflow.tensorflow as tf


def test_a_false_regularizer_is_none_and_not_that_of_the_scope():
    with tf.Graph().as_default():
        with tf.variable_scope('a', regularizer=tf.contrib.layers.l2_regularizer(0.1)):
            tf.get_variable('v', [2])
            tf.get_variable('w', [2], regularizer={})
        assert [loss.op.name for loss in tf.losses.get_regularization_losses()] == ['a/v/Regularizer/l2_regularizer']
