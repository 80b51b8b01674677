"""Activation functions."""

import numpy as np

import reflow.tensorflow as tf
from reflow.tflearn import keys
from reflow.tflearn.variables import variable


def linear(x):
    """x."""
    return x


def tanh(x):
    """The hyperbolic tangent."""
    return tf.tanh(x)


def sigmoid(x):
    """1 / (1 + exp(-x))."""
    return tf.nn.sigmoid(x)


def softmax(x):
    """exp(x) / sum(exp(x))."""
    return tf.nn.softmax(x)


def softplus(x):
    """log(exp(x) + 1)."""
    return tf.nn.softplus(x)


def softsign(x):
    """x / (abs(x) + 1)."""
    return tf.nn.softsign(x)


def relu(x):
    """max(x, 0)."""
    return tf.nn.relu(x)


def relu6(x):
    """min(max(x, 0), 6)."""
    return tf.nn.relu6(x)


def leaky_relu(x, alpha=0.1, name='LeakyReLU'):
    """x, or alpha * x where that is negative."""
    with tf.name_scope(name):
        negative = tf.nn.relu(-x)
        x = tf.nn.relu(x)
        x -= tf.constant(alpha, dtype=tf.float32) * negative
    return x


leakyrelu = leaky_relu


def prelu(x, channel_shared=False, weights_init='zeros', trainable=True, restore=True, reuse=False, scope=None,
          name='PReLU'):
    """x, or alpha * x where that is negative, alpha being a variable."""
    from reflow.tflearn import initializations
    shape = [1] if channel_shared else x.get_shape().as_list()[-1:]
    with tf.variable_scope(scope, default_name=name, values=[x], reuse=reuse) as scope:
        alphas = variable('alphas', shape=shape, initializer=initializations.get(weights_init)(), restore=restore,
                          trainable=trainable)
        x = tf.nn.relu(x) + tf.multiply(alphas, x - tf.abs(x)) * 0.5
    x.scope = scope
    x.alphas = alphas
    keys.add_layer(scope.name, x, alphas)
    return x


def elu(x):
    """x, or exp(x) - 1 where that is negative."""
    return tf.nn.elu(x)


def crelu(x):
    """The positive and the negative part."""
    return tf.nn.crelu(x)


def selu(x):
    """The scaled exponential linear unit."""
    return tf.nn.selu(x)


def gelu(x):
    """x times the probability that a normal number is below it, nearly (Hendrycks and Gimpel, arXiv 1606.08415)."""
    return 0.5 * x * (1 + tf.tanh(tf.sqrt(2 / np.pi) * (x + 0.044715 * tf.pow(x, 3))))


def hard_sigmoid(x):
    """0.2 * x + 0.5 in [0, 1]."""
    return tf.clip_by_value(0.2 * x + 0.5, 0., 1.)


def get(identifier):
    """The function of this name."""
    function = globals().get(identifier) if isinstance(identifier, str) else identifier
    if not callable(function):
        raise Exception('Invalid Activation: ' + str(identifier))
    return function
