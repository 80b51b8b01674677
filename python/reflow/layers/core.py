"""tf.layers: dense, dropout, flatten."""

from reflow.keras.engine import arguments
from reflow.keras.layers import core as keras_layers
from reflow.layers import base
from reflow.ops import init_ops


class Dense(keras_layers.Dense, base.Layer):
    """activation(inputs * kernel + bias)."""

    def __init__(self, units, activation=None, use_bias=True, kernel_initializer=None,
                 bias_initializer=init_ops.zeros_initializer(), kernel_regularizer=None, bias_regularizer=None,
                 activity_regularizer=None, kernel_constraint=None, bias_constraint=None, trainable=True, name=None,
                 **kwargs):
        super().__init__(**arguments.passed_on(locals()))


def dense(inputs, units, activation=None, use_bias=True, kernel_initializer=None,
          bias_initializer=init_ops.zeros_initializer(), kernel_regularizer=None, bias_regularizer=None,
          activity_regularizer=None, kernel_constraint=None, bias_constraint=None, trainable=True, name=None, reuse=None):
    """activation(inputs * kernel + bias), with variables `kernel` and `bias`."""
    return base.applied(Dense, locals())


class Dropout(keras_layers.Dropout, base.Layer):
    """Drops inputs at random while training."""

    def __init__(self, rate=0.5, noise_shape=None, seed=None, name=None, **kwargs):
        super().__init__(rate=rate, noise_shape=noise_shape, seed=seed, name=name, **kwargs)

    def call(self, inputs, training=False):
        """The outputs."""
        return super().call(inputs, training=training)


def dropout(inputs, rate=0.5, noise_shape=None, seed=None, training=False, name=None):
    """Drops inputs at random where `training` is true."""
    return Dropout(rate, noise_shape=noise_shape, seed=seed, name=name).apply(inputs, training=training)


class Flatten(keras_layers.Flatten, base.Layer):
    """All dimensions but the batch as one."""


def flatten(inputs, name=None, data_format='channels_last'):
    """All dimensions but the batch as one."""
    return Flatten(name=name, data_format=data_format).apply(inputs)


FullyConnected = Dense
fully_connected = dense

for _class in (Dense, Dropout, Flatten):
    _class.__module__ = 'tensorflow.python.layers.core'
