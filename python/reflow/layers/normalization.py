"""tf.layers: batch normalisation."""

from reflow.keras.engine import arguments
from reflow.keras.layers import normalization as keras_normalization
from reflow.layers import base
from reflow.ops import init_ops


class BatchNormalization(keras_normalization.BatchNormalization, base.Layer):
    """Normalises inputs with the statistics of the batch or, not training, with their moving averages."""

    def __init__(self, axis=-1, momentum=0.99, epsilon=1e-3, center=True, scale=True,
                 beta_initializer=init_ops.zeros_initializer(), gamma_initializer=init_ops.ones_initializer(),
                 moving_mean_initializer=init_ops.zeros_initializer(),
                 moving_variance_initializer=init_ops.ones_initializer(), beta_regularizer=None, gamma_regularizer=None,
                 beta_constraint=None, gamma_constraint=None, renorm=False, renorm_clipping=None, renorm_momentum=0.99,
                 fused=None, trainable=True, virtual_batch_size=None, adjustment=None, name=None, **kwargs):
        super().__init__(**arguments.passed_on(locals()))

    def call(self, inputs, training=False):
        """The normalised inputs."""
        return super().call(inputs, training=training)


def batch_normalization(inputs, axis=-1, momentum=0.99, epsilon=1e-3, center=True, scale=True,
                        beta_initializer=init_ops.zeros_initializer(), gamma_initializer=init_ops.ones_initializer(),
                        moving_mean_initializer=init_ops.zeros_initializer(),
                        moving_variance_initializer=init_ops.ones_initializer(), beta_regularizer=None,
                        gamma_regularizer=None, beta_constraint=None, gamma_constraint=None, training=False,
                        trainable=True, name=None, reuse=None, renorm=False, renorm_clipping=None, renorm_momentum=0.99,
                        fused=None, virtual_batch_size=None, adjustment=None):
    """Normalises inputs with the statistics of the batch or, not training, with their moving averages.

    The updates of the averages go into the collection UPDATE_OPS: they have to be run beside training steps.
    """
    return base.applied(BatchNormalization, locals(), training=training)


BatchNormalization.__module__ = 'tensorflow.python.layers.normalization'
BatchNorm = BatchNormalization
batch_norm = batch_normalization
