"""Trains LeNet-5 on MNIST with tf.layers: moving averages of the weights are what is tested.

    python -m reflow examples/lenet.py [--steps N] [--data_dir DIR] [--seed N]
"""
import tensorflow as tf
from tensorflow.examples.tutorials.mnist import input_data

tf.flags.DEFINE_integer('steps', 20000, 'Training steps, of 100 images each')
tf.flags.DEFINE_string('data_dir', 'data/mnist', 'Folder with the four idx files, gzipped or not')
tf.flags.DEFINE_integer('seed', None, 'Seed of the initial weights; without it every run differs')
FLAGS = tf.flags.FLAGS
BATCH_SIZE = 100


def inference(images, regularizer):
    """The logits of pictures, [batch, 28, 28, 1]."""
    initializer = tf.truncated_normal_initializer(stddev=0.1)
    net = tf.layers.conv2d(images, 32, 5, padding='same', activation=tf.nn.relu, kernel_initializer=initializer, name='conv1')
    net = tf.layers.max_pooling2d(net, 2, 2)
    net = tf.layers.conv2d(net, 64, 5, padding='same', activation=tf.nn.relu, kernel_initializer=initializer, name='conv2')
    net = tf.layers.max_pooling2d(net, 2, 2)
    net = tf.layers.flatten(net)
    net = tf.layers.dense(net, 512, activation=tf.nn.relu, kernel_initializer=initializer, kernel_regularizer=regularizer,
                          name='fc1')
    return tf.layers.dense(net, 10, kernel_initializer=initializer, kernel_regularizer=regularizer, name='fc2')


def main(_):
    mnist = input_data.read_data_sets(FLAGS.data_dir, one_hot=True)
    tf.set_random_seed(FLAGS.seed)
    x = tf.placeholder(tf.float32, [None, 784], 'x-input')
    y_ = tf.placeholder(tf.float32, [None, 10], 'y-input')
    logits = inference(tf.reshape(x, [-1, 28, 28, 1]), tf.contrib.layers.l2_regularizer(0.0001))
    labels = tf.argmax(y_, 1)
    global_step = tf.Variable(0, trainable=False)
    averages = tf.train.ExponentialMovingAverage(0.99, global_step)
    averages_op = averages.apply(tf.trainable_variables())
    cross_entropy = tf.nn.sparse_softmax_cross_entropy_with_logits(labels=labels, logits=logits)
    loss = tf.reduce_mean(cross_entropy) + tf.losses.get_regularization_loss()
    rate = tf.train.exponential_decay(0.05, global_step, mnist.train.num_examples / BATCH_SIZE, 0.99)
    step = tf.train.GradientDescentOptimizer(rate).minimize(loss, global_step=global_step)
    with tf.control_dependencies([step, averages_op]):
        train_op = tf.no_op('train')
    accuracy = tf.reduce_mean(tf.cast(tf.equal(tf.argmax(logits, 1), labels), tf.float32))
    take_averages = [tf.assign(variable, averages.average(variable)) for variable in tf.trainable_variables()]
    with tf.Session() as sess:
        sess.run(tf.global_variables_initializer())
        for i in range(1, FLAGS.steps + 1):
            xs, ys = mnist.train.next_batch(BATCH_SIZE)
            _, value = sess.run([train_op, loss], {x: xs, y_: ys})
            if i % 1000 == 0 or i == FLAGS.steps:
                print('After %d training step(s), loss on training batch is %g' % (i, value))
        sess.run(take_averages)
        right = 0
        for _ in range(10):
            xs, ys = mnist.test.next_batch(mnist.test.num_examples // 10, shuffle=False)
            right += sess.run(accuracy, {x: xs, y_: ys}) / 10
        print('test accuracy using average model is %g' % right)


if __name__ == '__main__':
    tf.app.run()
