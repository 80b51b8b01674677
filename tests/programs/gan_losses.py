"""A generative adversarial network of vectors: two optimizers, each with the variables of its own scope."""
import numpy as np
import tensorflow as tf

tf.set_random_seed(1)
np.random.seed(1)

noise_dim, data_dim, hidden = 4, 3, 8


def glorot_init(shape):
    return tf.random_normal(shape=shape, stddev=1. / tf.sqrt(shape[0] / 2.), seed=shape[0] + 10 * shape[1])


def dense(x, units, name, activation=None):
    with tf.variable_scope(name):
        w = tf.get_variable('w', initializer=lambda: glorot_init([int(x.get_shape()[-1]), units]))
        b = tf.get_variable('b', [units], initializer=tf.constant_initializer(0.1))
        out = tf.nn.bias_add(tf.matmul(x, w), b)
        return activation(out) if activation is not None else out


def generator(z, reuse=False):
    with tf.variable_scope('Generator', reuse=reuse):
        return dense(dense(z, hidden, 'h1', tf.nn.relu), data_dim, 'out', tf.nn.tanh)


def discriminator(x, reuse=None):
    with tf.variable_scope('Discriminator', reuse=reuse):
        h = dense(x, hidden, 'h1', lambda t: tf.nn.leaky_relu(t, 0.2))
        return dense(h, 1, 'out')


gen_input = tf.placeholder(tf.float32, shape=[None, noise_dim], name='input_noise')
disc_input = tf.placeholder(tf.float32, shape=[None, data_dim], name='disc_input')

gen_sample = generator(gen_input)
disc_real = discriminator(disc_input)
disc_fake = discriminator(gen_sample, reuse=True)

d_loss_real = tf.reduce_mean(tf.nn.sigmoid_cross_entropy_with_logits(logits=disc_real, labels=tf.ones_like(disc_real)))
d_loss_fake = tf.reduce_mean(tf.nn.sigmoid_cross_entropy_with_logits(logits=disc_fake, labels=tf.zeros_like(disc_fake)))
disc_loss = d_loss_real + d_loss_fake
gen_loss = tf.losses.sigmoid_cross_entropy(tf.ones_like(disc_fake), disc_fake, label_smoothing=0.1)

gen_vars = tf.get_collection(tf.GraphKeys.TRAINABLE_VARIABLES, scope='Generator')
disc_vars = [var for var in tf.trainable_variables() if var.name.startswith('Discriminator')]
print([v.name for v in gen_vars])
print([v.name for v in disc_vars])

gradients = tf.gradients(disc_real, [disc_input])[0]
slopes = tf.sqrt(tf.reduce_sum(tf.square(gradients), reduction_indices=[1]))
penalty = tf.reduce_mean((slopes - 1.) ** 2)

train_gen = tf.train.AdamOptimizer(learning_rate=0.02, beta1=0.5).minimize(gen_loss, var_list=gen_vars)
train_disc = tf.train.AdamOptimizer(0.02, beta1=0.5).minimize(disc_loss + 0.1 * penalty, var_list=disc_vars)
clip_disc = tf.group(*[v.assign(tf.clip_by_value(v, -0.5, 0.5)) for v in disc_vars])

with tf.Session() as sess:
    sess.run(tf.global_variables_initializer())
    for i in range(1, 31):
        batch_x = np.tanh(np.random.normal(0.5, 0.2, size=[16, data_dim]))
        z = np.random.uniform(-1., 1., size=[16, noise_dim])
        _, dl = sess.run([train_disc, disc_loss], feed_dict={disc_input: batch_x, gen_input: z})
        _, gl, p = sess.run([train_gen, gen_loss, penalty], {gen_input: z, disc_input: batch_x})
        if i % 10 == 0 or i == 1:
            print('Step %i: Generator Loss: %f, Discriminator Loss: %f, penalty %f' % (i, gl, dl, p))
    z = np.linspace(-1, 1, 8).reshape(2, noise_dim)
    print(sess.run(gen_sample, feed_dict={gen_input: z}))
    sess.run(clip_disc)
    print(max(np.abs(v).max() for v in sess.run(disc_vars)))
    print(sess.run(tf.get_default_graph().get_tensor_by_name('Generator/h1/w:0')).sum())
