"""A convolutional GAN with two optimizers and summaries of images."""
import numpy as np
import tensorflow as tf
tf.logging.set_verbosity(tf.logging.ERROR)
tf.set_random_seed(3)


class batch_norm(object):
    def __init__(self, epsilon=1e-5, momentum=0.9, name='batch_norm'):
        with tf.variable_scope(name):
            self.epsilon, self.momentum, self.name = epsilon, momentum, name

    def __call__(self, x, train=True): return tf.contrib.layers.batch_norm(x, decay=self.momentum,
                 updates_collections=None, epsilon=self.epsilon, scale=True, is_training=train, scope=self.name)


def conv2d(input_, output_dim, k_h=5, k_w=5, d_h=2, d_w=2, stddev=0.02, name='conv2d'):
    with tf.variable_scope(name):
        w = tf.get_variable('w', [k_h, k_w, input_.get_shape()[-1], output_dim],
                            initializer=tf.truncated_normal_initializer(stddev=stddev, seed=1))
        conv = tf.nn.conv2d(input_, w, strides=[1, d_h, d_w, 1], padding='SAME')
        biases = tf.get_variable('biases', [output_dim], initializer=tf.constant_initializer(0.0))
        return tf.reshape(tf.nn.bias_add(conv, biases), conv.get_shape())


def deconv2d(input_, output_shape, k_h=5, k_w=5, d_h=2, d_w=2, stddev=0.02, name='deconv2d'):
    with tf.variable_scope(name):
        w = tf.get_variable('w', [k_h, k_w, output_shape[-1], input_.get_shape()[-1]],
                            initializer=tf.random_normal_initializer(stddev=stddev, seed=2))
        deconv = tf.nn.conv2d_transpose(input_, w, output_shape=output_shape, strides=[1, d_h, d_w, 1])
        biases = tf.get_variable('biases', [output_shape[-1]], initializer=tf.constant_initializer(0.0))
        return tf.reshape(tf.nn.bias_add(deconv, biases), deconv.get_shape())


def lrelu(x, leak=0.2): return tf.maximum(x, leak * x)


def linear(input_, output_size, scope=None, stddev=0.02):
    with tf.variable_scope(scope or 'Linear'):
        return tf.matmul(input_, tf.get_variable('Matrix', [input_.get_shape().as_list()[1], output_size], tf.float32, tf.random_normal_initializer(stddev=stddev, seed=4))) + tf.get_variable('bias', [output_size], initializer=tf.constant_initializer(0.0))


B, Z = 6, 5
g_bn0, g_bn1, d_bn1 = batch_norm(name='g_bn0'), batch_norm(name='g_bn1'), batch_norm(name='d_bn1')


def generator(z, train=True, reuse=False):
    with tf.variable_scope('generator') as scope:
        if reuse:
            scope.reuse_variables()
        h0 = tf.nn.relu(g_bn0(tf.reshape(linear(z, 8 * 2 * 2, 'g_h0_lin'), [-1, 2, 2, 8]), train))
        h1 = tf.nn.relu(g_bn1(deconv2d(h0, [B, 4, 4, 4], name='g_h1'), train))
        return tf.nn.tanh(deconv2d(h1, [B, 8, 8, 1], name='g_h2'))


def discriminator(image, reuse=False):
    with tf.variable_scope('discriminator') as scope:
        if reuse:
            scope.reuse_variables()
        h0 = lrelu(conv2d(image, 4, name='d_h0_conv'))
        h1 = lrelu(d_bn1(conv2d(h0, 8, name='d_h1_conv')))
        h2 = linear(tf.reshape(h1, [B, -1]), 1, 'd_h2_lin')
        return tf.nn.sigmoid(h2), h2


images = tf.placeholder(tf.float32, [B, 8, 8, 1], name='real_images')
z = tf.placeholder(tf.float32, [None, Z], name='z')
z_sum = tf.summary.histogram('z', z)
G = generator(z)
D, D_logits = discriminator(images)
sampler = generator(z, train=False, reuse=True)
D_, D_logits_ = discriminator(G, reuse=True)
ce = tf.nn.sigmoid_cross_entropy_with_logits
d_loss_real = tf.reduce_mean(ce(logits=D_logits, labels=tf.ones_like(D)))
d_loss_fake = tf.reduce_mean(ce(logits=D_logits_, labels=tf.zeros_like(D_)))
g_loss = tf.reduce_mean(ce(logits=D_logits_, labels=tf.ones_like(D_)))
d_loss = d_loss_real + d_loss_fake
t_vars = tf.trainable_variables()
d_vars = [var for var in t_vars if 'd_' in var.name]
g_vars = [var for var in t_vars if 'g_' in var.name]
print([v.name for v in d_vars])
print([v.name for v in g_vars])
d_optim = tf.train.AdamOptimizer(0.002, beta1=0.5).minimize(d_loss, var_list=d_vars)
g_optim = tf.train.AdamOptimizer(0.002, beta1=0.5).minimize(g_loss, var_list=g_vars)
g_sum = tf.summary.merge([z_sum, tf.summary.image('G', G, 2), tf.summary.scalar('g_loss', g_loss)])
eps = tf.random_uniform([B, 1, 1, 1], seed=7)
inter = eps * images + (1 - eps) * G
grad = tf.gradients(discriminator(inter, True)[1], inter)[0]
penalty = tf.reduce_mean((tf.sqrt(tf.reduce_sum(grad ** 2, [1, 2, 3])) - 1) ** 2)
pg = tf.gradients(penalty, d_vars[0])[0]
r = np.random.RandomState(0)
real = np.tanh(r.randn(B, 8, 8, 1))
with tf.Session() as s:
    s.run(tf.global_variables_initializer())
    for i in range(4):
        bz = r.uniform(-1, 1, [B, Z]).astype(np.float32)
        s.run(d_optim, {images: real, z: bz})
        _, summ = s.run([g_optim, g_sum], {z: bz})
        print(i, '%.5f %.5f %.5f' % (d_loss_fake.eval({z: bz}), d_loss_real.eval({images: real}), g_loss.eval({z: bz})))
    v = tf.Summary.FromString(summ).value
    print([(x.tag, x.image.height, x.image.colorspace) if x.HasField('image') else x.tag for x in v])
    print(np.round(s.run(sampler, {z: bz})[0, :2, :2, 0], 5))
    print(np.round(s.run([penalty, tf.reduce_sum(tf.abs(pg))], {images: real, z: bz}), 6))
