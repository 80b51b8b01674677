"""Classes of points: batch normalisation by hand in a cond, regularizers, streaming metrics, case, and errors of runs."""
import numpy as np
import tensorflow as tf

tf.logging.set_verbosity(tf.logging.ERROR)
tf.set_random_seed(1)
np.random.seed(1)
is_training = tf.placeholder_with_default(False, [], name='is_training')
x = tf.placeholder(tf.float32, [None, 6], name='x')
y = tf.placeholder(tf.int64, [None], name='y')


def batch_norm(x, scope):
    with tf.variable_scope(scope):
        beta = tf.Variable(tf.constant(0.0, shape=[x.shape[-1]]), name='beta', trainable=True)
        gamma = tf.Variable(tf.constant(1.0, shape=[int(x.shape[-1])]), name='gamma', trainable=True)
        mean, var = tf.nn.moments(x, [0], name='moments')
        ema = tf.train.ExponentialMovingAverage(decay=0.5)
        def update():
            apply_op = ema.apply([mean, var])
            with tf.control_dependencies([apply_op]):
                return tf.identity(mean), tf.identity(var)
        m, v = tf.cond(is_training, update, lambda: (ema.average(mean), ema.average(var)))
        return tf.nn.batch_normalization(x, m, v, beta, gamma, 1e-3)


w1 = tf.get_variable('w1', [6, 5], initializer=tf.contrib.layers.xavier_initializer(seed=1), regularizer=tf.contrib.layers.l2_regularizer(0.01))
h = tf.nn.leaky_relu(batch_norm(tf.matmul(x, w1), 'bn'))
h = tf.cond(is_training, lambda: tf.nn.dropout(h, 0.8, seed=3), lambda: h)
w2 = tf.get_variable('w2', [5, 3], initializer=tf.glorot_normal_initializer(seed=2))
b2 = tf.get_variable('b2', shape=(3,), initializer=tf.zeros_initializer)
logits = tf.nn.bias_add(tf.matmul(h, w2), b2)
ce = tf.losses.sparse_softmax_cross_entropy(y, logits)
total = tf.losses.get_total_loss() + tf.add_n(tf.get_collection(tf.GraphKeys.REGULARIZATION_LOSSES))
mode = tf.placeholder_with_default(0, [])
scaled = tf.case([(tf.equal(mode, 0), lambda: total), (tf.equal(mode, 1), lambda: 2. * total)], default=lambda: tf.constant(-1.), exclusive=True)
acc, acc_op = tf.metrics.accuracy(y, tf.argmax(logits, 1))
with tf.control_dependencies([tf.Assert(tf.reduce_all(tf.is_finite(total)), [total])]):
    train = tf.train.MomentumOptimizer(0.1, 0.9, use_nesterov=True).minimize(scaled)
conf = tf.confusion_matrix(y, tf.argmax(logits, 1), 3)
parts = tf.dynamic_partition(x, tf.cast(y, tf.int32), 3)
means = tf.stack([tf.reduce_mean(p, 0) for p in parts])
seg = tf.unsorted_segment_sum(x, y, 3) / tf.unsorted_segment_sum(tf.ones_like(x), y, 3)
u, idx, cnt = tf.unique_with_counts(y)
cum = tf.scan(lambda a, b: .5 * a + b, tf.reduce_sum(x, 1))
fold = tf.foldl(lambda a, e: a + tf.reduce_max(e), x, initializer=0.)
outer = tf.map_fn(lambda r: tf.tensordot(r, r, 0), x[:2])
data = np.random.randn(30, 6).astype(np.float32)
target = (data[:, 0] > 0).astype(int) + (data[:, 1] > 0.3)
config = tf.ConfigProto(allow_soft_placement=True, log_device_placement=False)
config.gpu_options.allow_growth = True
with tf.Session(config=config) as sess:
    sess.run([tf.global_variables_initializer(), tf.local_variables_initializer()])
    for epoch in range(8):
        order = np.random.permutation(30)
        for i in range(0, 30, 10):
            f = {x: data[order[i:i + 10]], y: target[order[i:i + 10]], is_training: True}
            sess.run(train, f)
        l, c, s1, s2 = sess.run([total, ce, scaled, acc_op], {x: data, y: target, mode: 1})
        print('%.4f %.4f %.4f %.4f' % (l, c, s1, s2))
    f = {x: data, y: target}
    print(sess.run(conf, f).tolist(), sess.run(acc))
    print(np.allclose(*sess.run([means, seg], f)), sess.run([u, cnt], f)[1].tolist())
    print(np.round(sess.run([cum[-1], fold], f), 3).tolist(), np.round(sess.run(outer, f), 2)[0, 0].tolist())
    print(sess.run(scaled, {**f, mode: 5}))
    try:
        sess.run(train, {x: [[float('nan')] * 6], y: [0]})
    except tf.errors.InvalidArgumentError as e:
        print(e.message.split('\n')[0], e.op.name if e.op else None)
    try:
        sess.run(total, {x: data})
    except tf.errors.InvalidArgumentError as e:
        print(e.message.split('\n')[0])
    try:
        sess.run(total, {x: data[:, :3], y: target})
    except ValueError as e:
        print(e)
    try:
        tf.matmul(x, w2)
    except ValueError as e:
        print(str(e))
