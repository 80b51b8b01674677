"""A residual network of tf.layers: update ops, averages, decay, losses with weights, gradients over several batches."""
import numpy as np
import tensorflow as tf
tf.logging.set_verbosity(tf.logging.ERROR)
tf.set_random_seed(11)


def conv_bn(x, filters, stride, training, name):
    with tf.variable_scope(name):
        x = tf.layers.conv2d(x, filters, 3, stride, 'same', use_bias=False, kernel_initializer=tf.variance_scaling_initializer(
            seed=1), kernel_regularizer=tf.contrib.layers.l2_regularizer(1e-3))
        return tf.nn.relu(tf.layers.batch_normalization(x, training=training, momentum=0.9))


def network(x, training, reuse=None):
    with tf.variable_scope('net', reuse=reuse):
        x = conv_bn(x, 6, 1, training, 'stem')
        for i in range(2):
            y = conv_bn(x, 6, 1, training, 'block%d_a' % i)
            y = conv_bn(y, 6, 1, training, 'block%d_b' % i)
            x = x + y
        x = tf.layers.max_pooling2d(x, 2, 2)
        x = tf.layers.separable_conv2d(x, 8, 3, padding='same', activation=tf.nn.elu, depthwise_initializer=tf.ones_initializer(
        ), pointwise_initializer=tf.random_normal_initializer(stddev=0.1, seed=3))
        up = tf.layers.conv2d_transpose(
            x, 4, 2, 2, kernel_initializer=tf.truncated_normal_initializer(stddev=0.1, seed=4))
        x = tf.layers.average_pooling2d(up, 2, 2)
        x = tf.layers.flatten(x)
        x = tf.layers.dropout(x, 0.3, training=training, seed=5)
        x = tf.layers.dense(x, 10, tf.nn.tanh, kernel_initializer=tf.glorot_uniform_initializer(seed=6), name='fc')
        return tf.layers.dense(x, 4, name='logits', kernel_initializer=tf.glorot_normal_initializer(seed=7))


images = tf.placeholder(tf.float32, [None, 8, 8, 2])
labels = tf.placeholder(tf.int64, [None])
training = tf.placeholder(tf.bool)
logits = network(images, training)
weights = tf.where(tf.equal(labels, 0), 2. * tf.ones_like(labels, tf.float32), tf.ones_like(labels, tf.float32))
tf.losses.sparse_softmax_cross_entropy(labels, logits, weights)
tf.losses.absolute_difference(tf.one_hot(labels, 4), tf.nn.softmax(logits), weights=0.1)
tf.losses.hinge_loss(tf.one_hot(labels, 4), logits, weights=0.01)
tf.losses.huber_loss(tf.one_hot(labels, 4), logits, weights=0.01)
tf.losses.sigmoid_cross_entropy(tf.one_hot(labels, 4), logits, weights=0.01, label_smoothing=0.1)
tf.losses.log_loss(tf.one_hot(labels, 4), tf.nn.softmax(logits), weights=0.01)
tf.losses.cosine_distance(tf.nn.l2_normalize(logits, 1), tf.one_hot(labels, 4), axis=1, weights=0.01)
loss = tf.losses.get_total_loss()
print(loss, [l.name for l in tf.losses.get_losses()], len(tf.losses.get_regularization_losses()))
step = tf.train.get_or_create_global_step()
rates = [tf.train.cosine_decay(0.1, step, 10), tf.train.polynomial_decay(0.1, step, 10, 0.01, power=2.), tf.train.natural_exp_decay(0.1, step, 3, 0.5), tf.train.inverse_time_decay(
    0.1, step, 3, 0.5), tf.train.cosine_decay_restarts(0.1, step, 3), tf.train.linear_cosine_decay(0.1, step, 10), tf.train.exponential_decay(0.1, step, 2, 0.9, True)]
optimizer = tf.train.MomentumOptimizer(0.5 * rates[0], 0.9)
tvs = tf.trainable_variables()
accum = [tf.Variable(tf.zeros_like(v.initialized_value()), trainable=False) for v in tvs]
zero = [a.assign(tf.zeros_like(a)) for a in accum]
gvs = optimizer.compute_gradients(loss, tvs)
with tf.control_dependencies(tf.get_collection(tf.GraphKeys.UPDATE_OPS)):
    accumulate = [accum[i].assign_add(g / 2.) for i, (g, v) in enumerate(gvs)]
apply = optimizer.apply_gradients([(accum[i], v) for i, (g, v) in enumerate(gvs)], global_step=step)
ema = tf.train.ExponentialMovingAverage(0.9, step)
with tf.control_dependencies([apply]):
    train = ema.apply(tvs)
shadow = ema.average(tvs[-1])
print(shadow, ema.variables_to_restore().keys() > set())
hits = tf.nn.in_top_k(logits, labels, 1)
topv, topi = tf.nn.top_k(tf.nn.softmax(logits), 2)
r = np.random.RandomState(0)
X = r.randn(12, 8, 8, 2)
Y = r.randint(0, 4, 12)
print(len(tf.get_collection(tf.GraphKeys.UPDATE_OPS)), len(tf.global_variables()), len(tf.model_variables()))
for v in tvs[:6]:
    print(v)
with tf.Session() as s:
    s.run(tf.global_variables_initializer())
    for i in range(4):
        s.run(zero)
        for j in range(2):
            s.run(accumulate, {images: X[j * 6:j * 6 + 6], labels: Y[j * 6:j * 6 + 6], training: True})
        s.run(train, {training: True})
        print(i, '%.5f' % s.run(loss, {images: X, labels: Y, training: False}), np.round(s.run(rates), 5))
    print(s.run([shadow, tvs[-1]]))
    print(s.run([hits, topi], {images: X, labels: Y, training: False}))
    print([(v.name, round(float(s.run(v).mean()), 5)) for v in tf.global_variables() if 'moving' in v.name][:4])
