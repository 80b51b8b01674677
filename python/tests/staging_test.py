"""Staging areas, barriers and tensors that stay in a session; expectations are what TensorFlow 1.15.5 does."""
import numpy as np
import pytest

import reflow.tensorflow as tf
from reflow.ops import data_flow_ops


@pytest.fixture(autouse=True)
def graph():
    with tf.Graph().as_default() as g:
        yield g


def test_staging_area_hands_tuples_on():
    area = tf.contrib.staging.StagingArea([tf.float32, tf.int32], shapes=[[2], []], names=['x', 'n'])
    x = tf.placeholder(tf.float32, [2])
    put = area.put({'x': x, 'n': tf.constant(3)})
    got = area.get()
    assert put.name == 'StagingArea_put' and got['x'].op.name == 'StagingArea_get' and got['x'].shape == [2]
    with tf.Session() as sess:
        sess.run(put, {x: [1, 2]})
        sess.run(put, {x: [3, 4]})
        assert sess.run(area.size()) == 2
        assert sess.run(got['x']).tolist() == [1, 2]
        sess.run(area.clear())
        assert sess.run(area.size()) == 0


def test_map_staging_area_takes_parts_under_keys():
    area = data_flow_ops.MapStagingArea([tf.float32, tf.int32], names=['x', 'n'], ordered=True)
    put_x = area.put(tf.constant(5, tf.int64), {'x': tf.constant(1.5)})
    put_n = area.put(tf.constant(5, tf.int64), {'n': tf.constant(7)})
    key, values = area.get()
    with tf.Session() as sess:
        sess.run(put_x)
        assert sess.run([area.size(), area.incomplete_size()]) == [0, 1]
        sess.run(put_n)
        assert sess.run([key, values]) == [5, {'x': 1.5, 'n': 7}]
    with pytest.raises(ValueError, match='Staging areas must have names'):
        data_flow_ops.MapStagingArea([tf.float32]).put(tf.constant(5, tf.int64), {'x': tf.constant(1.5)})


def test_barrier_gives_whole_tuples():
    barrier = data_flow_ops.Barrier((tf.float32, tf.int32), shapes=((), (2,)), name='B')
    taken = barrier.take_many(2)
    assert taken.values[1].shape == [2, 2]
    with tf.Session() as sess:
        sess.run(barrier.insert_many(0, ['a', 'b', 'c'], [1., 2., 3.]))
        sess.run(barrier.insert_many(1, ['c', 'a'], [[1, 2], [3, 4]]))
        assert sess.run([barrier.ready_size(), barrier.incomplete_size()]) == [2, 1]
        indices, keys, values = sess.run([taken.indices, taken.keys, taken.values])
        assert indices.tolist() == [-2 ** 63] * 2 and keys.tolist() == [b'c', b'a'] and values[0].tolist() == [3, 1]


def test_tensors_stay_in_the_session():
    a = tf.placeholder(tf.float32)
    handle_op = tf.get_session_handle(a * 2)
    with tf.Session() as sess:
        handle = sess.run(handle_op, {a: [1, 2]})
        assert handle.eval().tolist() == [2, 4]
        holder, value = tf.get_session_tensor(handle.handle, tf.float32)
        assert sess.run(value + 1, {holder: handle.handle}).tolist() == [3, 5]
        handle.delete()
        with pytest.raises(TypeError, match='may have already been deleted'):
            handle.eval()
        raw = sess.run(handle_op, {a: 1}).get_raw_handle()
        holder, deleter = tf.delete_session_tensor(raw)
        sess.run(deleter, {holder: raw})
        with pytest.raises(tf.errors.NotFoundError, match='is not in the session store'):
            sess.run(deleter, {holder: raw})


def test_roll_and_quantization():
    x = np.array([-1, 0.1, 3], np.float32)
    with tf.Session() as sess:
        assert sess.run(tf.roll(x, 1, 0)).tolist() == [3, -1, np.float32(0.1)]
        rounded = sess.run(tf.quantization.quantize_and_dequantize(x, -1., 4., num_bits=3, range_given=True))
        np.testing.assert_allclose(rounded, [-4 / 3, 0, 8 / 3], rtol=1e-6)
        quantized = tf.quantization.quantize(x, -.5, 4., tf.quint8)[0]
        assert sess.run(tf.bitcast(quantized, tf.uint8)).tolist() == [0, 34, 198]
