"""Single kernels, and a chain of them."""
import numpy as np
import reflow.tensorflow as tf

from harness import emit, rates, seconds_per_call
from sessions import started, target


def _uniform(shape):
    return tf.Variable(tf.random_uniform(shape, 0.1, 1.0))


def matmul():
    for n in (512, 1024, 2048):
        tf.reset_default_graph()
        product = tf.matmul(_uniform([n, n]), _uniform([n, n]))
        with started() as sess:
            emit('matmul', 'n%d' % n, 'GFLOP/s', rates(2e-9 * n ** 3, seconds_per_call(target(sess, product))))


def conv2d():
    work = 2e-9 * 16 * 56 * 56 * 64 * 64 * 9
    image, kernel = _uniform([16, 56, 56, 64]), _uniform([3, 3, 64, 64])
    out = tf.nn.conv2d(image, kernel, [1, 1, 1, 1], 'SAME')
    gradients = tf.gradients(out, [image, kernel], grad_ys=[_uniform([16, 56, 56, 64])])
    with started() as sess:
        emit('conv2d', 'forward', 'GFLOP/s', rates(work, seconds_per_call(target(sess, out))))
        emit('conv2d', 'forward_backward', 'GFLOP/s', rates(3 * work, seconds_per_call(target(sess, out, *gradients))))


def elementwise():
    count = 10000000
    x, wide, square, row = _uniform([count]), _uniform([1000, 10000]), _uniform([4096, 4096]), _uniform([10000])
    chain = tf.square(tf.nn.relu(x * 1.5 + 0.25)) - 0.5
    chain = tf.sqrt(tf.minimum(tf.abs(tf.negative(chain)), 6.0) * 0.125)
    cases = (('chain_of_10', chain, 8e-9 * count), ('add_bias_1000x10000', wide + row, 8e-9 * count),
             ('tanh', tf.tanh(x), 8e-9 * count), ('reduce_sum', tf.reduce_sum(x), 4e-9 * count),
             ('reduce_sum_columns', tf.reduce_sum(wide, 0), 4e-9 * count),
             ('softmax_1000x10000', tf.nn.softmax(wide), 8e-9 * count),
             ('transpose_4096', tf.transpose(square), 8e-9 * 4096 ** 2))
    with started() as sess:
        for metric, value, gigabytes in cases:
            emit('elementwise', metric, 'GB/s', rates(gigabytes, seconds_per_call(target(sess, value))))


def sparse():
    rows, width, count = 1000000, 128, 100000
    table = tf.Variable(tf.zeros([rows, width]))
    ids = tf.Variable(np.random.RandomState(1).permutation(rows)[:count].astype(np.int32))
    values = tf.Variable(tf.ones([count, width]))
    gathered, update = tf.gather(table, ids), tf.scatter_sub(table, ids, 0.01 * values)
    with started() as sess:
        emit('sparse', 'gather', 'Mrows/s', rates(1e-6 * count, seconds_per_call(target(sess, gathered))))
        emit('sparse', 'scatter_sgd', 'Mrows/s', rates(1e-6 * count, seconds_per_call(target(sess, update))))
