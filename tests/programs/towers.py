"""Towers that share their variables and average their gradients, with moving averages of the variables."""
import re

import numpy as np
import tensorflow as tf

TOWER_NAME = 'tower'
NUM_TOWERS = 2
BATCH = 8


def _variable_on_cpu(name, shape, initializer):
    with tf.device('/cpu:0'):
        return tf.get_variable(name, shape, initializer=initializer, dtype=tf.float32)


def _variable_with_weight_decay(name, shape, stddev, wd):
    var = _variable_on_cpu(name, shape, tf.truncated_normal_initializer(stddev=stddev, dtype=tf.float32, seed=len(name)))
    if wd is not None:
        weight_decay = tf.multiply(tf.nn.l2_loss(var), wd, name='weight_loss')
        tf.add_to_collection('losses', weight_decay)
    return var


def inference(images):
    with tf.variable_scope('conv1') as scope:
        kernel = _variable_with_weight_decay('weights', [3, 3, 1, 4], 0.3, None)
        conv = tf.nn.conv2d(images, kernel, [1, 1, 1, 1], padding='SAME')
        biases = _variable_on_cpu('biases', [4], tf.constant_initializer(0.0))
        conv1 = tf.nn.relu(tf.nn.bias_add(conv, biases), name=scope.name)
    pool1 = tf.nn.max_pool(conv1, ksize=[1, 3, 3, 1], strides=[1, 2, 2, 1], padding='SAME', name='pool1')
    norm1 = tf.nn.lrn(pool1, 4, bias=1.0, alpha=0.001 / 9.0, beta=0.75, name='norm1')
    with tf.variable_scope('local2') as scope:
        reshape = tf.reshape(norm1, [images.get_shape().as_list()[0], -1])
        dim = reshape.get_shape()[1].value
        weights = _variable_with_weight_decay('weights', shape=[dim, 3], stddev=0.2, wd=0.004)
        biases = _variable_on_cpu('biases', [3], tf.constant_initializer(0.1))
        return tf.add(tf.matmul(reshape, weights), biases, name=scope.name)


def tower_loss(scope, images, labels):
    logits = inference(images)
    cross_entropy = tf.nn.sparse_softmax_cross_entropy_with_logits(labels=tf.cast(labels, tf.int64), logits=logits,
                                                                   name='cross_entropy_per_example')
    tf.add_to_collection('losses', tf.reduce_mean(cross_entropy, name='cross_entropy'))
    losses = tf.get_collection('losses', scope)
    total_loss = tf.add_n(losses, name='total_loss')
    for l in losses + [total_loss]:
        print(re.sub('%s_[0-9]*/' % TOWER_NAME, '', l.op.name), l.op.name)
    return total_loss


def average_gradients(tower_grads):
    average_grads = []
    for grad_and_vars in zip(*tower_grads):
        grads = [tf.expand_dims(g, 0) for g, _ in grad_and_vars]
        grad = tf.reduce_mean(tf.concat(axis=0, values=grads), 0)
        average_grads.append((grad, grad_and_vars[0][1]))
    return average_grads


with tf.Graph().as_default(), tf.device('/cpu:0'):
    global_step = tf.get_variable('global_step', [], initializer=tf.constant_initializer(0), trainable=False)
    lr = tf.train.piecewise_constant(tf.cast(global_step, tf.int32), [5, 10], [0.1, 0.05, 0.01])
    opt = tf.train.GradientDescentOptimizer(lr)
    images = tf.placeholder(tf.float32, [NUM_TOWERS * BATCH, 6, 6, 1])
    labels = tf.placeholder(tf.int32, [NUM_TOWERS * BATCH])
    image_parts, label_parts = tf.split(images, NUM_TOWERS), tf.split(labels, NUM_TOWERS)

    tower_grads = []
    with tf.variable_scope(tf.get_variable_scope()):
        for i in range(NUM_TOWERS):
            with tf.device('/gpu:%d' % i), tf.name_scope('%s_%d' % (TOWER_NAME, i)) as scope:
                loss = tower_loss(scope, image_parts[i], label_parts[i])
                tf.get_variable_scope().reuse_variables()
                tower_grads.append(opt.compute_gradients(loss))
    grads = average_gradients(tower_grads)
    apply_gradient_op = opt.apply_gradients(grads, global_step=global_step)
    variable_averages = tf.train.ExponentialMovingAverage(0.9, global_step)
    with tf.control_dependencies([apply_gradient_op]):
        variables_averages_op = variable_averages.apply(tf.trainable_variables())
    train_op = tf.group(apply_gradient_op, variables_averages_op)
    init = tf.global_variables_initializer()
    print(tf.get_variable_scope().reuse, [v.op.name for v in tf.global_variables()])
    print({op.device for op in loss.graph.get_operations() if op.name.startswith('tower_1/conv1') and op.type == 'Conv2D'})

    sess = tf.Session(config=tf.ConfigProto(allow_soft_placement=True, log_device_placement=False))
    sess.run(init)
    rng = np.random.RandomState(0)
    for step in range(15):
        label = rng.randint(3, size=NUM_TOWERS * BATCH)
        image = rng.normal(size=(NUM_TOWERS * BATCH, 6, 6, 1)) + label.reshape(-1, 1, 1, 1)
        _, loss_value, rate = sess.run([train_op, loss, lr], {images: image, labels: label})
        assert not np.isnan(loss_value), 'Model diverged with loss = NaN'
        if step % 5 == 0:
            print('step %d, loss = %.6f, rate %.3f' % (step, loss_value, rate))
    for v in tf.trainable_variables():
        print(v.op.name, v.device, sess.run(tf.reduce_sum(v)), sess.run(tf.norm(variable_averages.average(v))))
    restored = variable_averages.variables_to_restore()
    print(sorted(restored))
