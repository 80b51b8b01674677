"""Trains ResNet-20 on MNIST with tf.layers: batch normalisation with its updates, weight decay, momentum.

    python -m reflow examples/resnet.py [--steps N] [--data_dir DIR] [--seed N]
"""
import tensorflow as tf
from tensorflow.examples.tutorials.mnist import input_data

tf.flags.DEFINE_integer('steps', 1000, 'Training steps, of 64 images each')
tf.flags.DEFINE_string('data_dir', 'data/mnist', 'Folder with the four idx files, gzipped or not')
tf.flags.DEFINE_integer('seed', None, 'Seed of the initial weights; without it every run differs')
tf.flags.DEFINE_integer('test_images', 10000, 'Test with so many images')
FLAGS = tf.flags.FLAGS
BATCH_SIZE = 64


def convolution(net, filters, strides, training):
    """A 3x3 convolution and batch normalisation."""
    net = tf.layers.conv2d(net, filters, 3, strides=strides, padding='same', use_bias=False,
                           kernel_initializer=tf.variance_scaling_initializer(2.0, 'fan_out'),
                           kernel_regularizer=tf.contrib.layers.l2_regularizer(1e-4))
    return tf.layers.batch_normalization(net, momentum=0.9, training=training)


def block(net, filters, strides, training):
    """Two convolutions, and what goes past them: smaller, with channels of zeros, where the block makes pictures smaller."""
    shortcut = net
    if strides > 1:
        more = (filters - net.shape[-1].value) // 2
        shortcut = tf.pad(tf.layers.average_pooling2d(net, strides, strides, padding='same'),
                          [[0, 0], [0, 0], [0, 0], [more, more]])
    net = tf.nn.relu(convolution(net, filters, strides, training))
    return tf.nn.relu(convolution(net, filters, 1, training) + shortcut)


def inference(images, training):
    """The logits of pictures, [batch, 28, 28, 1]."""
    net = tf.nn.relu(convolution(images, 16, 1, training))
    for stage, filters in enumerate([16, 32, 64]):
        for i in range(3):
            with tf.variable_scope('stage%d_block%d' % (stage, i)):
                net = block(net, filters, 2 if stage > 0 and i == 0 else 1, training)
    return tf.layers.dense(tf.reduce_mean(net, [1, 2]), 10)


def main(_):
    mnist = input_data.read_data_sets(FLAGS.data_dir)
    tf.set_random_seed(FLAGS.seed)
    x = tf.placeholder(tf.float32, [None, 784], 'x-input')
    y = tf.placeholder(tf.int64, [None], 'y-input')
    training = tf.placeholder_with_default(False, [], 'training')
    logits = inference(tf.reshape(x, [-1, 28, 28, 1]), training)
    loss = tf.losses.sparse_softmax_cross_entropy(y, logits) + tf.losses.get_regularization_loss()
    global_step = tf.train.get_or_create_global_step()
    rate = tf.train.piecewise_constant(global_step, [FLAGS.steps * 2 // 3], [0.1, 0.01])
    with tf.control_dependencies(tf.get_collection(tf.GraphKeys.UPDATE_OPS)):
        step = tf.train.MomentumOptimizer(rate, 0.9).minimize(loss, global_step=global_step)
    right = tf.reduce_sum(tf.cast(tf.nn.in_top_k(logits, y, 1), tf.int32))
    with tf.Session() as sess:
        sess.run(tf.global_variables_initializer())
        for i in range(1, FLAGS.steps + 1):
            xs, ys = mnist.train.next_batch(BATCH_SIZE)
            _, value = sess.run([step, loss], {x: xs, y: ys, training: True})
            if i % 100 == 0 or i == FLAGS.steps:
                print('After %d training step(s), loss on training batch is %g' % (i, value))
        count = 0
        for begin in range(0, FLAGS.test_images, 500):
            end = min(begin + 500, FLAGS.test_images)
            count += sess.run(right, {x: mnist.test.images[begin:end], y: mnist.test.labels[begin:end]})
        print('test accuracy is %g' % (count / FLAGS.test_images))


if __name__ == '__main__':
    tf.app.run()
