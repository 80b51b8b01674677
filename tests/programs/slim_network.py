"""A residual network of slim: arg_scope, collections of outputs, a training operation, its variables analysed."""
import numpy as np
import tensorflow as tf
import tensorflow.contrib.slim as slim
from tensorflow.contrib.framework.python.ops import arg_scope
from tensorflow.contrib import layers
tf.logging.set_verbosity(tf.logging.ERROR)
tf.set_random_seed(2)


def block(net, depth, stride, scope=None, outputs_collections=None):
    with tf.variable_scope(scope, 'unit', [net]) as sc:
        shortcut = slim.conv2d(net, depth, [1, 1], stride=stride, activation_fn=None, scope='shortcut')
        residual = slim.conv2d(net, depth, [3, 3], stride=stride, scope='conv1')
        residual = slim.conv2d(residual, depth, [3, 3], scope='conv2', activation_fn=None, normalizer_fn=None)
        return slim.utils.collect_named_outputs(outputs_collections, sc.name, tf.nn.relu(shortcut + residual))


def net_arg_scope(weight_decay=0.0005, is_training=True):
    bn = {'is_training': is_training, 'decay': 0.9, 'epsilon': 1e-5,
        'scale': True, 'updates_collections': tf.GraphKeys.UPDATE_OPS}
    with slim.arg_scope([slim.conv2d], weights_regularizer=slim.l2_regularizer(weight_decay), weights_initializer=slim.variance_scaling_initializer(seed=1), activation_fn=tf.nn.relu, normalizer_fn=slim.batch_norm, normalizer_params=bn):
        with slim.arg_scope([slim.max_pool2d], padding='SAME') as sc:
            return sc


def network(x, classes, is_training=True, reuse=None, scope='net'):
    with tf.variable_scope(scope, 'net', [x], reuse=reuse) as sc:
        col = sc.original_name_scope + '_end_points'
        with slim.arg_scope([slim.conv2d, slim.fully_connected, slim.max_pool2d], outputs_collections=col):
            n = slim.conv2d(x, 8, [3, 3], stride=2, scope='conv1')
            n = slim.max_pool2d(n, [2, 2], scope='pool1')
            n = block(n, 16, 2, 'block1', col)
            n = slim.repeat(n, 2, slim.conv2d, 16, [3, 3], scope='rep')
            n = slim.separable_conv2d(n, 20, [3, 3], 1, scope='sep',
                                      weights_initializer=tf.truncated_normal_initializer(stddev=0.1, seed=3))
            n = tf.reduce_mean(n, [1, 2], keep_dims=True, name='pool5')
            n = slim.dropout(n, 0.7, is_training=is_training, scope='drop')
            n = slim.conv2d(n, classes, [1, 1], activation_fn=None, normalizer_fn=None, scope='logits')
            end = slim.utils.convert_collection_to_dict(col)
            logits = tf.squeeze(n, [1, 2], name='SpatialSqueeze')
            end['predictions'] = slim.softmax(logits, scope='predictions')
            return logits, end


x = tf.placeholder(tf.float32, [None, 32, 32, 3])
y = tf.placeholder(tf.int32, [None])
with slim.arg_scope(net_arg_scope()):
    logits, end = network(x, 5)
for k, v in end.items():
    print(k, v.get_shape())
for v in slim.get_model_variables():
    print(v.op.name, v.shape)
slim.losses.sparse_softmax_cross_entropy(logits, y) if hasattr(slim.losses, 'sparse_softmax_cross_entropy') else None
total = slim.losses.get_total_loss()
print(total, len(slim.losses.get_regularization_losses()))
opt = tf.train.MomentumOptimizer(0.05, 0.9)
gs = slim.get_or_create_global_step()
train = slim.learning.create_train_op(total, opt, global_step=gs, clip_gradient_norm=4, summarize_gradients=True)
print(train, len(tf.get_collection(tf.GraphKeys.UPDATE_OPS)), len(tf.get_collection(tf.GraphKeys.SUMMARIES)))
r = np.random.RandomState(0)
X = r.rand(8, 32, 32, 3)
Y = r.randint(0, 5, 8)
with slim.arg_scope(net_arg_scope(is_training=False)):
    l2, _ = network(x, 5, False, True)
with tf.Session() as s:
    s.run(tf.global_variables_initializer())
    for i in range(3):
        print(i, '%.4f' % s.run(train, {x: X, y: Y}))
    print(s.run(gs), np.round(s.run(l2, {x: X})[0], 3))
exc = slim.get_variables_to_restore(exclude=['net/logits', 'net/block1'])
print(len(exc))
fn = slim.assign_from_checkpoint_fn
slim.model_analyzer.analyze_vars(tf.trainable_variables(), print_info=True)
