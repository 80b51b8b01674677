"""Normalisation."""

import reflow.tensorflow as tf
from reflow.tflearn import config
from reflow.tflearn import keys
from reflow.tflearn import utils
from reflow.tflearn.variables import variable


def batch_normalization(incoming, beta=0.0, gamma=1.0, epsilon=1e-5, decay=0.9, stddev=0.002, trainable=True, restore=True,
                        reuse=False, scope=None, name='BatchNormalization'):
    """Normalises with the statistics of the batch or, not training, with their moving averages."""
    from reflow.training import moving_averages
    input_shape = utils.get_incoming_shape(incoming)
    with tf.variable_scope(scope, default_name=name, values=[incoming], reuse=reuse) as scope:
        shape = [input_shape[-1]]
        beta = variable('beta', shape=shape, initializer=tf.constant_initializer(beta), trainable=trainable, restore=restore)
        gamma = variable('gamma', shape=shape, initializer=tf.random_normal_initializer(mean=gamma, stddev=stddev),
                         trainable=trainable, restore=restore)
        axis = list(range(len(input_shape) - 1))
        moving_mean = variable('moving_mean', shape, initializer=tf.zeros_initializer(), trainable=False, restore=restore)
        moving_variance = variable('moving_variance', shape, initializer=tf.constant_initializer(1.), trainable=False,
                                   restore=restore)

        def update():
            mean, variance = tf.nn.moments(incoming, axis)
            moved = [moving_averages.assign_moving_average(average, value, decay, zero_debias=False)
                     for average, value in ((moving_mean, mean), (moving_variance, variance))]
            with tf.control_dependencies(moved):
                return tf.identity(mean), tf.identity(variance)

        mean, variance = tf.cond(config.get_training_mode(), update, lambda: (moving_mean, moving_variance))
        inference = tf.nn.batch_normalization(incoming, mean, variance, beta, gamma, epsilon)
        inference.set_shape(input_shape)
    inference.scope, inference.beta, inference.gamma = scope, beta, gamma
    return keys.add_layer(scope.name, inference, beta, gamma)


def local_response_normalization(incoming, depth_radius=5, bias=1.0, alpha=0.0001, beta=0.75,
                                 name='LocalResponseNormalization'):
    """Divides by the neighbouring channels' activity."""
    with tf.name_scope(name) as scope:
        inference = tf.nn.lrn(incoming, depth_radius=depth_radius, bias=bias, alpha=alpha, beta=beta)
    inference.scope = scope
    return keys.add_layer(name, inference)


def l2_normalize(incoming, dim, epsilon=1e-12, name='l2_normalize'):
    """Divides by the norm."""
    with tf.name_scope(name):
        incoming = tf.convert_to_tensor(incoming)
        norm = tf.sqrt(tf.reduce_sum(tf.square(incoming), axis=[dim], keepdims=True) + epsilon)
        return tf.divide(incoming, norm)
