"""Sizes that are floats, as n / 2 is since Python 3, and types that are false."""
import tensorflow as tf

cases = [
    lambda: tf.zeros([3, 4 / 2]), lambda: tf.ones((2.5, 2)), lambda: tf.zeros([1000, 4 / 2]),
    lambda: tf.zeros([2.0, tf.constant(3)]), lambda: tf.zeros_like(tf.ones([2]), False), lambda: tf.zeros_like(tf.ones([2]), 0),
    lambda: tf.zeros([]), lambda: tf.ones([2.0], tf.int64),
]
for case in cases:
    try:
        result = case()
        print(result.op.type, result.dtype.name, result.shape)
    except (TypeError, ValueError) as error:
        print(type(error).__name__, str(error)[:60])
