"""Training steps of networks that see MNIST."""
import os
import sys

import numpy as np
import reflow.tensorflow as tf

import harness
from harness import batches, emit, milliseconds, rates, seconds_per_call
from sessions import started


class Mlp:
    """784-HIDDEN-10 on MNIST: a step of descent and one of the variables' averages."""

    def __init__(self, hidden):
        self.x, self.labels = tf.placeholder(tf.float32, [None, 784]), tf.placeholder(tf.float32, [None, 10])
        step = tf.Variable(0, trainable=False, dtype=tf.int64)
        w1 = tf.Variable(tf.truncated_normal([784, hidden], stddev=0.1))
        b1 = tf.Variable(tf.constant(0.1, shape=[hidden]))
        w2 = tf.Variable(tf.truncated_normal([hidden, 10], stddev=0.1))
        b2 = tf.Variable(tf.constant(0.1, shape=[10]))
        logits = tf.matmul(tf.nn.relu(tf.matmul(self.x, w1) + b1), w2) + b2
        entropy = tf.nn.sparse_softmax_cross_entropy_with_logits(labels=tf.argmax(self.labels, 1), logits=logits)
        self.loss = tf.reduce_mean(entropy) + 1e-4 * (tf.nn.l2_loss(w1) + tf.nn.l2_loss(w2))
        rate = tf.train.exponential_decay(0.8, step, 550, 0.99)
        descent = tf.train.GradientDescentOptimizer(rate).minimize(self.loss, global_step=step)
        averages = tf.train.ExponentialMovingAverage(0.99, step).apply(tf.trainable_variables())
        self.train = tf.group(descent, averages)

    def feed(self, images, labels):
        return {self.x: images, self.labels: labels}

    def step_seconds(self, data):
        batch = batches(100, *data)
        with started() as sess:
            samples = seconds_per_call(lambda: sess.run(self.train, self.feed(*next(batch))), 2)
            if not sess.run(self.loss, self.feed(*next(batch))) < 1.0:
                sys.exit('the network does not learn')
        return samples


def mnist_mlp():
    samples = Mlp(500).step_seconds(harness.mnist())
    emit('mnist_mlp', 'train', 'steps/s', rates(1, samples))
    harness.emit_peak_memory('mnist_mlp')


def mlp_width():
    data = harness.mnist()
    for hidden in (500, 1000, 2000, 4000):
        tf.reset_default_graph()
        emit('mlp_width', 'step_hidden_%d' % hidden, 'ms', milliseconds(Mlp(hidden).step_seconds(data)))


def _first_step():
    """What first_step runs in a process of its own."""
    network = Mlp(500)
    with started() as sess:
        sess.run(network.train, network.feed(np.zeros([100, 784], np.float32), np.eye(10)[[3] * 100]))
        print('STEP', flush=True)
    os._exit(0)


def _layer(shape):
    return tf.Variable(tf.truncated_normal(shape, stddev=0.1)), tf.Variable(tf.constant(0.1, shape=shape[-1:]))


def _block(x, shape):
    """A convolution with pooling."""
    w, b = _layer(shape)
    y = tf.nn.relu(tf.nn.bias_add(tf.nn.conv2d(x, w, [1, 1, 1, 1], 'SAME'), b))
    return tf.nn.max_pool(y, [1, 2, 2, 1], [1, 2, 2, 1], 'SAME')


def lenet():
    x, labels = tf.placeholder(tf.float32, [None, 28, 28, 1]), tf.placeholder(tf.float32, [None, 10])
    keep = tf.placeholder(tf.float32, [])
    maps = tf.reshape(_block(_block(x, [5, 5, 1, 32]), [5, 5, 32, 64]), [-1, 7 * 7 * 64])
    (w1, b1), (w2, b2) = _layer([7 * 7 * 64, 512]), _layer([512, 10])
    hidden = tf.nn.relu(tf.matmul(maps, w1) + b1)
    inference = tf.matmul(hidden, w2) + b2
    logits = tf.matmul(tf.nn.dropout(hidden, rate=1 - keep), w2) + b2
    loss = tf.reduce_mean(tf.nn.softmax_cross_entropy_with_logits_v2(labels=labels, logits=logits))
    train = tf.train.GradientDescentOptimizer(0.01).minimize(loss)
    images, answers = harness.mnist()
    images = images.reshape(-1, 28, 28, 1)
    batch = batches(100, images, answers)
    with started() as sess:
        def step():
            some, right = next(batch)
            sess.run(train, {x: some, labels: right, keep: 0.5})
        emit('lenet', 'train', 'steps/s', rates(1, seconds_per_call(step, 3)))
        harness.emit_peak_memory('lenet')
        thousand = images[:1000]
        emit('lenet', 'inference', 'images/s',
             rates(1000, seconds_per_call(lambda: sess.run(inference, {x: thousand}))))
