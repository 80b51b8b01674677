"""Loops in which the sizes of results change from iteration to iteration, and with the same sizes other values."""
import numpy as np
import tensorflow as tf
from tensorflow.python.ops import gen_math_ops, gen_nn_ops

boxes = tf.placeholder(tf.float32, [None, None, 4])
scores = tf.placeholder(tf.float32, [None, None])
sizes = tf.constant([2, 3, 1, 3])
images = tf.constant(np.arange(64).reshape(4, 4, 4, 1).astype('f'))


def kept(each):
    chosen = tf.image.non_max_suppression(each[0], each[1], 3, iou_threshold=0.5, score_threshold=0.1)
    return tf.pad(chosen, [[0, 3 - tf.size(chosen)]], constant_values=-1)


def collected(function, dtype):
    """All results as one vector: those of an iteration are still needed when the next ones are made."""
    def body(i, last, all_values):
        now = tf.reshape(function(i), [-1])
        return i + 1, now, tf.concat([all_values, tf.cast(last, tf.float32), tf.cast(now, tf.float32), [-1.]], 0)
    loop = tf.while_loop(lambda i, *_: i < 4, body, [0, tf.zeros([0], dtype), tf.zeros([0])], shape_invariants=[
        tf.TensorShape([]), tf.TensorShape([None]), tf.TensorShape([None])])
    return loop[2]


results = [
    tf.map_fn(kept, [boxes, scores], dtype=tf.int32),
    collected(lambda i: gen_math_ops.bincount(tf.range(i), sizes[i], tf.zeros([0], tf.int32)), tf.int32),
    collected(lambda i: tf.histogram_fixed_width(tf.cast(tf.range(i), tf.float32), [0., 4.], sizes[i]), tf.int32),
    collected(lambda i: gen_nn_ops.max_pool_v2(images[i:i + 1], tf.stack([1, sizes[i], 1, 1]), tf.stack([1, sizes[i], 2, 1]), 'VALID'),
              tf.float32),
    collected(lambda i: tf.space_to_batch_nd(images[i:i + 1], [2, 1], tf.stack([[0, 2 * (i % 2)], [0, 0]]))[:, :, 0, 0], tf.float32),
    collected(lambda i: tf.batch_to_space_nd(images, [2, 2], tf.stack([[0, sizes[i]], [0, 7]]))[:, :, 0, 0], tf.float32),
]
with tf.Session() as sess:
    feed = {boxes: [[[0, 0, 4, 5], [0, .1, 2, 1]], [[0, 10, 1, 11], [0, 100, 1, 101]], [[0, 0, 1, 1], [0, 0, 1, 1.1]]],
            scores: [[.05, .01], [.2, .85], [.3, .9]]}
    for result in results:
        print(sess.run(result, feed).tolist())
    feed[boxes], feed[scores] = feed[boxes][::-1], feed[scores][::-1]
    print(sess.run(results[0], feed).tolist())
