"""Layers of tf.contrib.layers: normalised, regularized, optimize_loss, images, bags of words."""
import numpy as np
import tensorflow as tf
from tensorflow.contrib.layers import fully_connected, batch_norm, l2_regularizer, xavier_initializer, flatten, convolution2d, conv2d_transpose, max_pool2d, apply_regularization, dropout, layer_norm, embed_sequence, one_hot_encoding, instance_norm, optimize_loss, summarize_tensor
tf.logging.set_verbosity(tf.logging.ERROR)
tf.set_random_seed(7)
training = tf.placeholder_with_default(False, (), 'training')
X = tf.placeholder(tf.float32, (None, 6), 'X')
y = tf.placeholder(tf.int64, (None,), 'y')
bn = {'is_training': training, 'decay': 0.9, 'updates_collections': None, 'scale': True}
with tf.name_scope('dnn'):
    with tf.contrib.framework.arg_scope([fully_connected], normalizer_fn=batch_norm, normalizer_params=bn, weights_initializer=tf.contrib.layers.variance_scaling_initializer(seed=1), weights_regularizer=l2_regularizer(0.01)):
        h1 = fully_connected(X, 10, scope='hidden1', activation_fn=tf.nn.elu)
        h2 = fully_connected(h1, 6, scope='hidden2')
        logits = fully_connected(h2, 3, scope='outputs', activation_fn=None)
x = tf.nn.sparse_softmax_cross_entropy_with_logits(labels=y, logits=logits)
base = tf.reduce_mean(x, name='avg_xentropy')
loss = tf.add_n([base] + tf.get_collection(tf.GraphKeys.REGULARIZATION_LOSSES), name='loss')
gs = tf.contrib.framework.get_or_create_global_step()
train = optimize_loss(loss, gs, 0.05, 'Adam', gradient_noise_scale=None, clip_gradients=1.0, summaries=[
                      'loss', 'learning_rate', 'gradients'], learning_rate_decay_fn=lambda lr, s: tf.train.exponential_decay(lr, s, 2, 0.9))
acc = tf.reduce_mean(tf.cast(tf.nn.in_top_k(logits, y, 1), tf.float32))
r = np.random.RandomState(1)
A = r.randn(30, 6)
B = r.randint(0, 3, 30)
print([v.name for v in tf.global_variables()])
print([v.name for v in tf.get_collection(tf.GraphKeys.SUMMARIES)])
with tf.Session() as s:
    s.run(tf.global_variables_initializer())
    for i in range(5):
        print('%.5f' % s.run(train, {X: A, y: B, training: True}), acc.eval({X: A, y: B}))
    ids = tf.constant([[0, 2], [1, 3]])
    e = embed_sequence(ids, 5, 4, initializer=tf.constant_initializer(0.3))
    im = tf.constant(r.rand(2, 8, 8, 3), tf.float32)
    c = convolution2d(im, 4, 3, 2, weights_initializer=tf.ones_initializer(), rate=1)
    t = conv2d_transpose(c, 3, [3, 3], stride=2, weights_initializer=tf.ones_initializer())
    ln = layer_norm(flatten(c))
    inn = instance_norm(c)
    oh = one_hot_encoding(tf.constant([0, 2]), 3)
    bow = tf.contrib.layers.bow_encoder(ids, 5, 4, initializer=tf.constant_initializer(0.5))
    sp = tf.contrib.layers.spatial_softmax(im)
    mo = tf.contrib.layers.maxout(tf.constant(r.rand(2, 6), tf.float32), 3)
    un = tf.contrib.layers.unit_norm(tf.constant([[3., 4.]]), 1)
    pl = tf.contrib.layers.legacy_fully_connected(tf.constant(
        r.rand(2, 3), tf.float32), 2, weight_init=tf.ones_initializer())
    st = tf.contrib.layers.stack(tf.ones([2, 3]), fully_connected, [4, 5],
                                 scope='fc', weights_initializer=tf.ones_initializer())
    s.run(tf.global_variables_initializer())
    for tns in (e, c, t, ln, inn, oh, bow, sp, mo, un, pl, st):
        v = s.run(tns)
        print(tns.name, v.shape, np.round(v.sum(), 3))
    reg = apply_regularization(tf.contrib.layers.l1_l2_regularizer(0.1, 0.2), tf.trainable_variables()[:3])
    print(reg.name, type(reg))
