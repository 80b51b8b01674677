"""A variational autoencoder of lazy properties, with checkpoints."""
import numpy as np
import tensorflow as tf
import functools
tf.logging.set_verbosity(tf.logging.ERROR)


def lazy_property(function):
    attribute = '_cache_' + function.__name__
    @property
    @functools.wraps(function)
    def decorator(self):
        if not hasattr(self, attribute):
            with tf.variable_scope(function.__name__, reuse=tf.AUTO_REUSE):
                setattr(self, attribute, function(self))
        return getattr(self, attribute)
    return decorator


class VariationalAutoencoder(object):
    def __init__(self, x, n_hidden=16, n_z=3, lr=1e-2):
        self.x = x
        self.n_in = int(x.shape[-1])
        self.n_hidden = n_hidden
        self.n_z = n_z
        self.lr = lr
        self.xavier = tf.contrib.layers.xavier_initializer(seed=3)
        self.recon
        self.loss
        self.train

    def _dense(self, inp, n, name, act=None):
        with tf.variable_scope(name):
            w = tf.get_variable('w', [inp.get_shape()[1], n], initializer=self.xavier)
            b = tf.get_variable('b', [n], initializer=tf.zeros_initializer())
            out = tf.nn.xw_plus_b(inp, w, b)
            return act(out) if act else out

    @lazy_property
    def encode(self):
        h = self._dense(self.x, self.n_hidden, 'h1', tf.nn.softplus)
        h = self._dense(h, self.n_hidden, 'h2', tf.nn.softplus)
        return self._dense(h, self.n_z, 'mean'), self._dense(h, self.n_z, 'log_sigma_sq')

    @lazy_property
    def z(self):
        mean, log_sigma_sq = self.encode
        eps = tf.random_normal(tf.shape(mean), 0, 1, dtype=tf.float32, seed=11)
        return tf.add(mean, tf.multiply(tf.sqrt(tf.exp(log_sigma_sq)), eps))

    @lazy_property
    def recon(self):
        h = self._dense(self.z, self.n_hidden, 'h1', tf.nn.softplus)
        return self._dense(h, self.n_in, 'out', tf.nn.sigmoid)

    @lazy_property
    def loss(self):
        mean, lss = self.encode
        rec = -tf.reduce_sum(self.x * tf.log(1e-10 + self.recon) + (1 - self.x) * tf.log(1e-10 + 1 - self.recon), 1)
        kl = -0.5 * tf.reduce_sum(1 + lss - tf.square(mean) - tf.exp(lss), 1)
        return tf.reduce_mean(rec + kl)

    @lazy_property
    def train(self):
        self.global_step = tf.train.get_or_create_global_step()
        opt = tf.train.RMSPropOptimizer(self.lr, decay=0.9, momentum=0.5)
        grads = opt.compute_gradients(self.loss)
        capped = [(tf.clip_by_norm(g, 5.0), v) for g, v in grads if g is not None]
        return opt.apply_gradients(capped, global_step=self.global_step)


data = (np.random.RandomState(2).rand(40, 12) > 0.5).astype(np.float32)
x = tf.placeholder(tf.float32, [None, 12])
vae = VariationalAutoencoder(x)
for v in tf.trainable_variables():
    print(v.name, v.shape.as_list(), v.dtype)
saver = tf.train.Saver(max_to_keep=2)
import tempfile
import os
with tf.Session() as sess, tempfile.TemporaryDirectory() as folder:
    sess.run([tf.global_variables_initializer(), tf.local_variables_initializer()])
    for epoch in range(6):
        costs = []
        for start in range(0, 40, 10):
            _, c = sess.run((vae.train, vae.loss), feed_dict={x: data[start:start + 10]})
            costs.append(c)
        saver.save(sess, os.path.join(folder, 'model'), global_step=vae.global_step)
        print('Epoch: %04d cost= %.5f' % (epoch + 1, np.mean(costs)))
    print(sorted(f for f in os.listdir(folder) if f.endswith('.index')))
    print(os.path.basename(tf.train.latest_checkpoint(folder)))
    before = sess.run(vae.encode, {x: data[:2]})
    sess.run(tf.global_variables_initializer())
    saver.restore(sess, tf.train.latest_checkpoint(folder))
    after = sess.run(vae.encode, {x: data[:2]})
    print(all(np.array_equal(a, b) for a, b in zip(before, after)))
    print(np.round(before[0], 4))
    print([ (n, s) for n, s in tf.train.list_variables(folder) if 'z/' not in n][:5])
