"""What tf.variable_scope takes as its arguments, as TensorFlow 1.15 does."""

import pytest

import reflow.tensorflow as tf


@pytest.fixture(autouse=True)
def graph():
    with tf.Graph().as_default():
        yield


def test_nobody_looks_at_the_default_name_of_a_named_scope():
    values = [tf.zeros([2])]
    with tf.variable_scope('net', values, reuse=False) as scope:
        assert scope.name == 'net'
        assert tf.get_variable('v', [1]).name == 'net/v:0'
    with tf.variable_scope(scope, values):
        assert tf.get_variable('w', [1]).name == 'net/w:0'


def test_a_default_name_that_is_needed_is_a_string():
    with pytest.raises(TypeError):
        tf.variable_scope(None, [tf.zeros([2])]).__enter__()
    with pytest.raises(TypeError, match='If default_name is None then name_or_scope is required'):
        tf.variable_scope(None)
