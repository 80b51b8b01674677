"""Batch normalization as TensorFlow 2 has it."""

from reflow.keras.layers import normalization


class BatchNormalization(normalization.BatchNormalization):
    """Batch normalization that, where it isn't trainable, uses the moving statistics and leaves them alone."""

    def __init__(self, axis=-1, momentum=0.99, epsilon=1e-3, center=True, scale=True, beta_initializer='zeros',
                 gamma_initializer='ones', moving_mean_initializer='zeros', moving_variance_initializer='ones',
                 beta_regularizer=None, gamma_regularizer=None, beta_constraint=None, gamma_constraint=None,
                 renorm=False, renorm_clipping=None, renorm_momentum=0.99, fused=None, trainable=True,
                 virtual_batch_size=None, adjustment=None, name=None, **kwargs):
        if fused:
            for argument, value in (('renorm', renorm), ('virtual_batch_size', virtual_batch_size),
                                    ('adjustment', adjustment)):
                if value:
                    raise ValueError('Passing fused=True is unsupported when %s is specified.' % argument)
        super().__init__(axis, momentum, epsilon, center, scale, beta_initializer, gamma_initializer, moving_mean_initializer,
                         moving_variance_initializer, beta_regularizer, gamma_regularizer, beta_constraint,
                         gamma_constraint, renorm, renorm_clipping, renorm_momentum, fused, trainable,
                         virtual_batch_size, adjustment, name, **kwargs)

    def call(self, inputs, training=None):
        """The normalized inputs."""
        return super().call(inputs, training if self.trainable else False)
