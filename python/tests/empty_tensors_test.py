"""Tensors without elements, made where a program fills one."""
import pytest

import reflow.tensorflow as tf


@pytest.mark.parametrize('make, shape', [
    (lambda: tf.zeros([0]), (0,)),
    (lambda: tf.ones([2, 0], tf.int32), (2, 0)),
    (lambda: tf.zeros_like(tf.constant([1])[1:]), (0,)),
])
def test_nothing_is_filled(make, shape):
    with tf.Graph().as_default(), tf.Session() as session:
        tensor = make()
        assert tensor.op.type == 'Const'
        assert session.run(tensor).shape == shape
