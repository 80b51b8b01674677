"""What random ops give run after run: how much of its stream a run takes."""
import numpy as np
import tensorflow as tf

tf.set_random_seed(123)
classes = tf.constant([[5], [6], [7]], tf.int64)
ops = [('shuffle %d' % n, tf.random_shuffle(tf.range(n))) for n in range(1, 10)]
ops += [('rows %d' % n, tf.random_shuffle(tf.reshape(tf.range(2 * n), [n, 2]))) for n in (5, 8, 9)]
ops += [
    ('fixed unigram', tf.nn.fixed_unigram_candidate_sampler(classes, 1, 4, False, 20, distortion=.75, unigrams=list(range(1, 21)))[0]),
    ('log uniform', tf.nn.log_uniform_candidate_sampler(classes, 1, 5, True, 20)[0]),
    ('learned', tf.nn.learned_unigram_candidate_sampler(classes, 1, 5, True, 20)[0]),
    ('integers', tf.random_uniform([5], 0, 100, dtype=tf.int32)),
    ('normal', tf.random_normal([3])),
    ('truncated', tf.truncated_normal([2])),
    ('multinomial', tf.multinomial(tf.zeros([1, 10]), 5)),
    ('poisson', tf.random_poisson([3.], [2])),
    ('gamma', tf.random_gamma([2], 1.5)),
    ('dropout', tf.nn.dropout(tf.ones([6]), .5)),
    ('crop', tf.random_crop(tf.reshape(tf.range(36), [6, 6]), [2, 2])),
]
with tf.Session() as sess:
    for run in range(3):
        for name, op in ops:
            print(run, name, np.round(sess.run(op), 4).ravel().tolist())
