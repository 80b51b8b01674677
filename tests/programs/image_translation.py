"""Image translation with a conditional GAN, as pix2pix: an encoder and decoder with skips, averages of losses."""
import collections
import numpy as np
import tensorflow as tf

tf.set_random_seed(7)
EPS = 1e-12
Model = collections.namedtuple('Model', 'outputs, predict_real, predict_fake, discrim_loss, gen_loss_GAN, gen_loss_L1, train')


def lrelu(x, a):
    with tf.name_scope('lrelu'):
        x = tf.identity(x)
        return (0.5 * (1 + a)) * x + (0.5 * (1 - a)) * tf.abs(x)


def discrim_conv(batch_input, out_channels, stride):
    padded_input = tf.pad(batch_input, [[0, 0], [1, 1], [1, 1], [0, 0]], mode='CONSTANT')
    return tf.layers.conv2d(padded_input, out_channels, kernel_size=4, strides=(stride, stride), padding='valid',
                            kernel_initializer=tf.random_normal_initializer(0, 0.02))


def gen_conv(batch_input, out_channels):
    return tf.layers.conv2d(batch_input, out_channels, kernel_size=4, strides=(2, 2), padding='same',
                            kernel_initializer=tf.random_normal_initializer(0, 0.02))


def gen_deconv(batch_input, out_channels, separable=False):
    initializer = tf.random_normal_initializer(0, 0.02)
    if separable:
        _, h, w, _ = batch_input.shape
        resized = tf.image.resize_images(batch_input, [h * 2, w * 2], method=tf.image.ResizeMethod.NEAREST_NEIGHBOR)
        return tf.layers.separable_conv2d(resized, out_channels, kernel_size=4, strides=(1, 1), padding='same',
                                          depthwise_initializer=initializer, pointwise_initializer=initializer)
    return tf.layers.conv2d_transpose(batch_input, out_channels, kernel_size=4, strides=(2, 2), padding='same',
                                      kernel_initializer=initializer)


def batchnorm(inputs):
    return tf.layers.batch_normalization(inputs, axis=3, epsilon=1e-5, momentum=0.1, training=True,
                                         gamma_initializer=tf.random_normal_initializer(1.0, 0.02))


def create_generator(generator_inputs, generator_outputs_channels, ngf=4):
    layers = []
    with tf.variable_scope('encoder_1'):
        layers.append(gen_conv(generator_inputs, ngf))
    for out_channels in [ngf * 2, ngf * 4]:
        with tf.variable_scope('encoder_%d' % (len(layers) + 1)):
            layers.append(batchnorm(gen_conv(lrelu(layers[-1], 0.2), out_channels)))
    num_encoder_layers = len(layers)
    for decoder_layer, (out_channels, dropout) in enumerate([(ngf * 2, 0.5), (ngf, 0.0)]):
        skip_layer = num_encoder_layers - decoder_layer - 1
        with tf.variable_scope('decoder_%d' % (skip_layer + 1)):
            input = layers[-1] if decoder_layer == 0 else tf.concat([layers[-1], layers[skip_layer]], axis=3)
            output = batchnorm(gen_deconv(tf.nn.relu(input), out_channels, separable=decoder_layer == 1))
            if dropout > 0.0:
                output = tf.nn.dropout(output, keep_prob=1 - dropout, seed=3)
            layers.append(output)
    with tf.variable_scope('decoder_1'):
        input = tf.concat([layers[-1], layers[0]], axis=3)
        layers.append(tf.tanh(gen_deconv(tf.nn.relu(input), generator_outputs_channels)))
    return layers[-1]


def create_discriminator(discrim_inputs, discrim_targets, ndf=4):
    layers = []
    input = tf.concat([discrim_inputs, discrim_targets], axis=3)
    with tf.variable_scope('layer_1'):
        layers.append(lrelu(discrim_conv(input, ndf, stride=2), 0.2))
    for i in range(2):
        with tf.variable_scope('layer_%d' % (len(layers) + 1)):
            out_channels = ndf * min(2 ** (i + 1), 8)
            layers.append(lrelu(batchnorm(discrim_conv(layers[-1], out_channels, stride=1 if i == 1 else 2)), 0.2))
    with tf.variable_scope('layer_%d' % (len(layers) + 1)):
        layers.append(tf.sigmoid(discrim_conv(layers[-1], 1, stride=1)))
    return layers[-1]


def create_model(inputs, targets):
    with tf.variable_scope('generator'):
        outputs = create_generator(inputs, int(targets.get_shape()[-1]))
    with tf.name_scope('real_discriminator'):
        with tf.variable_scope('discriminator'):
            predict_real = create_discriminator(inputs, targets)
    with tf.name_scope('fake_discriminator'):
        with tf.variable_scope('discriminator', reuse=True):
            predict_fake = create_discriminator(inputs, outputs)
    with tf.name_scope('discriminator_loss'):
        discrim_loss = tf.reduce_mean(-(tf.log(predict_real + EPS) + tf.log(1 - predict_fake + EPS)))
    with tf.name_scope('generator_loss'):
        gen_loss_GAN = tf.reduce_mean(-tf.log(predict_fake + EPS))
        gen_loss_L1 = tf.reduce_mean(tf.abs(targets - outputs))
        gen_loss = gen_loss_GAN * 1.0 + gen_loss_L1 * 100.0
    with tf.name_scope('discriminator_train'):
        discrim_tvars = [var for var in tf.trainable_variables() if var.name.startswith('discriminator')]
        discrim_optim = tf.train.AdamOptimizer(0.0002, 0.5)
        discrim_train = discrim_optim.apply_gradients(discrim_optim.compute_gradients(discrim_loss, var_list=discrim_tvars))
    with tf.name_scope('generator_train'):
        with tf.control_dependencies([discrim_train]):
            gen_tvars = [var for var in tf.trainable_variables() if var.name.startswith('generator')]
            gen_optim = tf.train.AdamOptimizer(0.0002, 0.5)
            gen_train = gen_optim.apply_gradients(gen_optim.compute_gradients(gen_loss, var_list=gen_tvars))
    ema = tf.train.ExponentialMovingAverage(decay=0.99)
    update_losses = ema.apply([discrim_loss, gen_loss_GAN, gen_loss_L1])
    incr_global_step = tf.assign(tf.train.get_or_create_global_step(), tf.train.get_global_step() + 1)
    return Model(outputs, predict_real, predict_fake, ema.average(discrim_loss), ema.average(gen_loss_GAN),
                 ema.average(gen_loss_L1), tf.group(update_losses, incr_global_step, gen_train))


inputs = tf.placeholder(tf.float32, [1, 32, 32, 3])
targets = tf.placeholder(tf.float32, [1, 32, 32, 3])
model = create_model(inputs, targets)
rng = np.random.RandomState(0)
a, b = rng.uniform(-1, 1, (1, 32, 32, 3)), rng.uniform(-1, 1, (1, 32, 32, 3))
with tf.Session() as sess:
    sess.run(tf.global_variables_initializer())
    print('parameter_count =', sess.run(tf.reduce_sum([tf.reduce_prod(tf.shape(v)) for v in tf.trainable_variables()])))
    for step in range(3):
        sess.run(model.train, {inputs: a, targets: b})
        print(step, ['%.4f' % v for v in sess.run([model.discrim_loss, model.gen_loss_GAN, model.gen_loss_L1])])
