"""Tensors that are fed and fetched in one run: the value is numpy.asarray of what was fed, as TensorFlow 1.15 gives it."""

import numpy as np
import pytest

pytest.importorskip('reflow._core', reason='only a build has the engine')
import reflow.tensorflow as tf  # noqa: E402


@pytest.fixture
def session():
    with tf.Graph().as_default(), tf.Session() as session:
        yield session


def test_an_array_of_the_tensors_type_comes_back_itself(session):
    x = tf.placeholder(tf.float32, [None], 'x')
    array = np.array([1, 2], np.float32)
    strided = np.arange(8, dtype=np.float32)[::2]
    assert session.run(x, {x: array}) is array
    assert session.run(x, {x: strided}) is strided
    assert session.run('x:0', {'x:0': array}) is array
    assert session.make_callable(x, [x])(array) is array
    twice = session.run([x, x + 1, {'x': x}], {x: array})
    assert twice[0] is array and twice[2]['x'] is array and twice[1].tolist() == [2, 3]
    assert session.run([x, x], {x: array}, options=tf.RunOptions(), run_metadata=tf.RunMetadata())[1] is array


def test_other_values_become_arrays_of_its_type(session):
    x = tf.placeholder(tf.float32, None)
    wide = np.array([1, 2], np.float64)
    value = session.run(x, {x: wide})
    assert value is not wide and value.dtype == np.float32
    assert type(session.run(x, {x: np.matrix([[1., 2.]], np.float32)})) is np.ndarray
    b = tf.placeholder(tf.bool, [])
    assert repr(session.run(b, {b: True})) == 'array(True)'


def test_strings_are_not_encoded(session):
    s = tf.placeholder(tf.string)
    assert repr(session.run(s, {s: 'ab'})) == "array('ab', dtype=object)"
    value, joined = session.run([s, tf.strings.join([s, '!'])], {s: ['ab', 'c']})
    assert value.tolist() == ['ab', 'c'] and joined.tolist() == [b'ab!', b'c!']


def test_a_mistake_in_a_feed_is_still_one(session):
    x = tf.placeholder(tf.float32, [2])
    with pytest.raises(ValueError, match=r"Cannot feed value of shape \(3,\) for Tensor 'Placeholder:0'"):
        session.run(x, {x: [1, 2, 3]})


def test_runs_of_several_parts_fetch_no_feed(session):
    x = tf.placeholder(tf.float32, [2], 'x')
    with pytest.raises(tf.errors.InvalidArgumentError, match='x:0 is both fed and fetched.'):
        session.partial_run_setup([x, x + 1], [x])
