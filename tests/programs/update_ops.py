"""Batch normalisation by hand and by layers, moving averages by control dependencies, weights of l2 in collections."""
import numpy as np
import tensorflow as tf
from tensorflow.python.training import moving_averages
from tensorflow.python.ops import control_flow_ops

tf.logging.set_verbosity(tf.logging.ERROR)
BN_DECAY = 0.9
BN_EPSILON = 0.001
UPDATE_OPS_COLLECTION = 'resnet_update_ops'
RESNET_VARIABLES = 'resnet_variables'


def _get_variable(name, shape, initializer, weight_decay=0.0, dtype='float', trainable=True):
    regularizer = tf.contrib.layers.l2_regularizer(weight_decay) if weight_decay > 0 else None
    return tf.get_variable(name, shape=shape, initializer=initializer, dtype=dtype, regularizer=regularizer,
                           collections=[tf.GraphKeys.GLOBAL_VARIABLES, RESNET_VARIABLES], trainable=trainable)


def bn(x, is_training):
    params_shape = x.get_shape()[-1:]
    axis = list(range(len(x.get_shape()) - 1))
    beta = _get_variable('beta', params_shape, initializer=tf.zeros_initializer())
    gamma = _get_variable('gamma', params_shape, initializer=tf.ones_initializer())
    moving_mean = _get_variable('moving_mean', params_shape, initializer=tf.zeros_initializer(), trainable=False)
    moving_variance = _get_variable('moving_variance', params_shape, initializer=tf.ones_initializer(), trainable=False)
    mean, variance = tf.nn.moments(x, axis)
    update_moving_mean = moving_averages.assign_moving_average(moving_mean, mean, BN_DECAY)
    update_moving_variance = moving_averages.assign_moving_average(moving_variance, variance, BN_DECAY)
    tf.add_to_collection(UPDATE_OPS_COLLECTION, update_moving_mean)
    tf.add_to_collection(UPDATE_OPS_COLLECTION, update_moving_variance)
    mean, variance = control_flow_ops.cond(is_training, lambda: (mean, variance), lambda: (moving_mean, moving_variance))
    return tf.nn.batch_normalization(x, mean, variance, beta, gamma, BN_EPSILON)


def block(x, filters, is_training, stride=1):
    shortcut = x
    with tf.variable_scope('a'):
        w = _get_variable('weights', [3, 3, x.shape[-1].value, filters], tf.variance_scaling_initializer(seed=1), 0.01)
        x = tf.nn.relu(bn(tf.nn.conv2d(x, w, [1, stride, stride, 1], 'SAME'), is_training))
    with tf.variable_scope('b'):
        w = _get_variable('weights', [3, 3, filters, filters], tf.variance_scaling_initializer(seed=2), 0.01)
        x = bn(tf.nn.conv2d(x, w, [1, 1, 1, 1], 'SAME'), is_training)
    with tf.variable_scope('shortcut'):
        if shortcut.shape.as_list() != x.shape.as_list():
            shortcut = tf.layers.conv2d(shortcut, filters, 1, stride, use_bias=False, name='proj',
                                        kernel_initializer=tf.glorot_normal_initializer(seed=3),
                                        kernel_regularizer=tf.contrib.layers.l1_l2_regularizer(0.01, 0.02))
    return tf.nn.relu(x + shortcut)


tf.set_random_seed(0)
rng = np.random.RandomState(4)
images = rng.rand(8, 6, 6, 2).astype(np.float32)
labels = rng.randint(0, 3, 8)
x = tf.placeholder(tf.float32, [None, 6, 6, 2])
y = tf.placeholder(tf.int64, [None])
is_training = tf.placeholder('bool', [], name='is_training')
with tf.variable_scope('scale1'):
    net = block(x, 4, is_training, 2)
with tf.variable_scope('scale2'):
    net = tf.layers.batch_normalization(net, training=is_training, momentum=0.8, fused=True)
    net = tf.layers.dropout(net, 0.3, training=is_training, seed=6)
    pooled = tf.reduce_mean(net, axis=[1, 2], name='avg_pool')
logits = tf.contrib.layers.fully_connected(
    pooled, 3, activation_fn=None, normalizer_fn=tf.contrib.layers.batch_norm,
    normalizer_params={'is_training': is_training, 'decay': 0.7, 'scale': True},
    weights_initializer=tf.contrib.layers.variance_scaling_initializer(seed=9),
    weights_regularizer=tf.contrib.layers.l2_regularizer(0.05), scope='fc')
cross_entropy = tf.reduce_mean(tf.nn.sparse_softmax_cross_entropy_with_logits(logits=logits, labels=y))
regularization_losses = tf.get_collection(tf.GraphKeys.REGULARIZATION_LOSSES)
for loss in regularization_losses:
    print(loss.op.name)
total_loss = tf.add_n([cross_entropy] + regularization_losses)
tf.add_to_collection(tf.GraphKeys.LOSSES, cross_entropy)
assert len(tf.losses.get_regularization_losses()) == len(regularization_losses)
global_step = tf.get_variable('global_step', [], tf.int32, tf.zeros_initializer(), trainable=False)
ema = tf.train.ExponentialMovingAverage(0.9, global_step)
tf.add_to_collection(UPDATE_OPS_COLLECTION, ema.apply([cross_entropy]))
opt = tf.train.MomentumOptimizer(0.05, 0.9, use_nesterov=True)
grads = opt.compute_gradients(total_loss)
clipped, norm = tf.clip_by_global_norm([g for g, _ in grads], 1.0)
apply_gradient_op = opt.apply_gradients(list(zip(clipped, [v for _, v in grads])), global_step=global_step)
batchnorm_updates = tf.get_collection(UPDATE_OPS_COLLECTION) + tf.get_collection(tf.GraphKeys.UPDATE_OPS)
for op in batchnorm_updates:
    print(op.name)
with tf.control_dependencies([tf.group(*batchnorm_updates)]):
    train_op = tf.group(apply_gradient_op, name='train')
print([v.op.name for v in tf.get_collection(RESNET_VARIABLES)])
print([v.op.name for v in tf.moving_average_variables()])
saver = tf.train.Saver(tf.all_variables())
with tf.Session() as sess:
    sess.run(tf.initialize_all_variables())
    feed = {x: images, y: labels, is_training: True}
    for i in range(8):
        _, loss_value, norm_value = sess.run([train_op, total_loss, norm], feed)
        print('%d %.5f %.5f' % (i, loss_value, norm_value))
    print(sess.run(ema.average(cross_entropy)))
    feed[is_training] = False
    print(sess.run([tf.argmax(logits, 1), tf.reduce_sum(logits)], feed))
    with tf.variable_scope('scale1/a', reuse=True):
        print(sess.run([tf.get_variable('moving_mean'), tf.get_variable('moving_variance')]))
    print([v.op.name for v in tf.global_variables() if 'Momentum' not in v.op.name and 'moving' in v.op.name])
