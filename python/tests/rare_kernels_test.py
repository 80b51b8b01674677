"""Kernels for types that few programs use, beside values of TensorFlow 1.15.5."""
import numpy as np

import reflow.tensorflow as tf
from reflow.ops import gen_functional_ops
from reflow.ops import gen_random_ops
from reflow.ops import gen_state_ops


def _truncated(shape, mean, deviation, low, high):
    halves = [np.array(x, np.float16) for x in (mean, deviation, low, high)]
    with tf.Session() as sess:
        return sess.run(gen_random_ops.parameterized_truncated_normal(shape, *halves, seed=3, seed2=4))


def test_truncated_normal_numbers_of_halves():
    found = _truncated([2, 4], [0, 1], [1, 2], [3, -np.inf], [9, 1.5])
    wanted = np.array([[3.418, 3.135, 3.672, 3.11], [0.07764, 0.2002, 0.889, 0.808]], np.float16)
    assert found.dtype == np.float16 and np.array_equal(found, wanted)
    found = _truncated([2, 4], [0, 0], [1, 1], [1.5, 1], [1.6, np.inf])
    assert np.array_equal(found, np.array([[1.525, 1.557, 1.563, 1.527], [1.034, 1.637, 1.209, 3.61]], np.float16))


def test_slices_of_bools_are_added_and_subtracted():
    flags = tf.Variable([True, False, True, False, False], use_resource=True)
    added = gen_state_ops.resource_scatter_nd_add(flags.handle, [[0], [1], [2], [1]], [True, True, False, True])
    subtracted = gen_state_ops.resource_scatter_nd_sub(flags.handle, [[0], [1], [3], [4]], [True, False, True, False])
    with tf.Session() as sess:
        sess.run(flags.initializer)
        sess.run(added)
        assert sess.run(flags).tolist() == [True, True, True, False, False]
        sess.run(subtracted)
        assert sess.run(flags).tolist() == [False, True, True, True, False]


def test_stand_ins_have_a_shape():
    with tf.Session() as sess:
        for shape, wanted in (([2, 3], (2, 3)), ([None, 3], (0, 3)), (None, ()), ([], ())):
            assert sess.run(gen_functional_ops.fake_param(tf.float32, tf.TensorShape(shape))).shape == wanted
