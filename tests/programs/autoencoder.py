"""An autoencoder of patterns of bits, its weights in dicts, trained with RMSProp; denoising by dropout."""
from __future__ import division, print_function

import numpy as np
import tensorflow as tf

tf.set_random_seed(42)
rng = np.random.RandomState(42)

num_input, num_hidden_1, num_hidden_2 = 16, 10, 4
patterns = rng.randint(0, 2, (6, num_input)).astype(np.float32)


def next_batch(size):
    return patterns[rng.randint(len(patterns), size=size)]


X = tf.placeholder("float", [None, num_input])
keep_prob = tf.placeholder_with_default(1.0, shape=())

weights = {
    'encoder_h1': tf.Variable(tf.random_normal([num_input, num_hidden_1])),
    'encoder_h2': tf.Variable(tf.random_normal([num_hidden_1, num_hidden_2])),
    'decoder_h1': tf.Variable(tf.random_normal([num_hidden_2, num_hidden_1])),
    'decoder_h2': tf.Variable(tf.random_normal([num_hidden_1, num_input])),
}
biases = {
    'encoder_b1': tf.Variable(tf.random_normal([num_hidden_1])),
    'encoder_b2': tf.Variable(tf.random_normal([num_hidden_2])),
    'decoder_b1': tf.Variable(tf.random_normal([num_hidden_1])),
    'decoder_b2': tf.Variable(tf.random_normal([num_input])),
}


def encoder(x):
    layer_1 = tf.nn.sigmoid(tf.add(tf.matmul(x, weights['encoder_h1']), biases['encoder_b1']))
    return tf.nn.sigmoid(tf.add(tf.matmul(layer_1, weights['encoder_h2']), biases['encoder_b2']))


def decoder(x):
    layer_1 = tf.nn.sigmoid(tf.add(tf.matmul(x, weights['decoder_h1']), biases['decoder_b1']))
    return tf.nn.sigmoid(tf.add(tf.matmul(layer_1, weights['decoder_h2']), biases['decoder_b2']))


code = encoder(tf.nn.dropout(X, keep_prob=keep_prob, seed=9))
y_pred, y_true = decoder(code), X
loss = tf.reduce_mean(tf.pow(y_true - y_pred, 2))
sparsity = tf.reduce_mean(tf.reduce_sum(tf.abs(code), axis=1))
optimizer = tf.train.RMSPropOptimizer(0.02).minimize(loss + 1e-3 * sparsity)
saved_best = tf.Variable(np.inf, trainable=False, dtype=tf.float32, name='best')
keep_best = saved_best.assign(tf.minimum(saved_best, loss))

init = tf.global_variables_initializer()
with tf.Session(config=tf.ConfigProto(allow_soft_placement=True)) as sess:
    sess.run(init)
    for step in range(1, 61):
        _, l = sess.run([optimizer, loss], feed_dict={X: next_batch(8), keep_prob: 0.9})
        if step % 15 == 0 or step == 1:
            print('Step %i: Minibatch Loss: %f' % (step, l))
    print('Best: %f' % sess.run(keep_best, {X: patterns}))
    print(sess.run(code, {X: patterns[:2]}))
    reconstruction = sess.run(y_pred, {X: patterns})
    print('Bits that differ:', np.sum(np.abs(reconstruction - patterns) > 0.5))
    print('Total of weights:', sum(sess.run(tf.reduce_sum(w)) for _, w in sorted(weights.items())))
    print(len(tf.trainable_variables()), 'variables,', len(tf.global_variables()), 'with slots;', tf.trainable_variables()[0])
