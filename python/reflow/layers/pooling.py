"""tf.layers: pooling."""

from reflow.keras.layers import pooling as keras_layers
from reflow.layers import base


class AveragePooling1D(keras_layers.AveragePooling1D, base.Layer):
    """The mean of each window of [batch, width, channels]."""

    def __init__(self, pool_size, strides, padding='valid', data_format='channels_last', name=None, **kwargs):
        if strides is None:
            raise ValueError('Argument `strides` must not be None.')
        super().__init__(pool_size=pool_size, strides=strides, padding=padding, data_format=data_format, name=name,
                         **kwargs)


def average_pooling1d(inputs, pool_size, strides, padding='valid', data_format='channels_last', name=None):
    """The mean of each window of [batch, width, channels]."""
    return AveragePooling1D(pool_size=pool_size, strides=strides, padding=padding, data_format=data_format,
                            name=name).apply(inputs)


class AveragePooling2D(keras_layers.AveragePooling2D, base.Layer):
    """The mean of each window of [batch, height, width, channels]."""

    def __init__(self, pool_size, strides, padding='valid', data_format='channels_last', name=None, **kwargs):
        if strides is None:
            raise ValueError('Argument `strides` must not be None.')
        super().__init__(pool_size=pool_size, strides=strides, padding=padding, data_format=data_format, name=name,
                         **kwargs)


def average_pooling2d(inputs, pool_size, strides, padding='valid', data_format='channels_last', name=None):
    """The mean of each window of [batch, height, width, channels]."""
    return AveragePooling2D(pool_size=pool_size, strides=strides, padding=padding, data_format=data_format,
                            name=name).apply(inputs)


class AveragePooling3D(keras_layers.AveragePooling3D, base.Layer):
    """The mean of each window of [batch, depth, height, width, channels]."""

    def __init__(self, pool_size, strides, padding='valid', data_format='channels_last', name=None, **kwargs):
        if strides is None:
            raise ValueError('Argument `strides` must not be None.')
        super().__init__(pool_size=pool_size, strides=strides, padding=padding, data_format=data_format, name=name,
                         **kwargs)


def average_pooling3d(inputs, pool_size, strides, padding='valid', data_format='channels_last', name=None):
    """The mean of each window of [batch, depth, height, width, channels]."""
    return AveragePooling3D(pool_size=pool_size, strides=strides, padding=padding, data_format=data_format,
                            name=name).apply(inputs)


class MaxPooling1D(keras_layers.MaxPooling1D, base.Layer):
    """The largest value of each window of [batch, width, channels]."""

    def __init__(self, pool_size, strides, padding='valid', data_format='channels_last', name=None, **kwargs):
        if strides is None:
            raise ValueError('Argument `strides` must not be None.')
        super().__init__(pool_size=pool_size, strides=strides, padding=padding, data_format=data_format, name=name,
                         **kwargs)


def max_pooling1d(inputs, pool_size, strides, padding='valid', data_format='channels_last', name=None):
    """The largest value of each window of [batch, width, channels]."""
    return MaxPooling1D(pool_size=pool_size, strides=strides, padding=padding, data_format=data_format,
                        name=name).apply(inputs)


class MaxPooling2D(keras_layers.MaxPooling2D, base.Layer):
    """The largest value of each window of [batch, height, width, channels]."""

    def __init__(self, pool_size, strides, padding='valid', data_format='channels_last', name=None, **kwargs):
        if strides is None:
            raise ValueError('Argument `strides` must not be None.')
        super().__init__(pool_size=pool_size, strides=strides, padding=padding, data_format=data_format, name=name,
                         **kwargs)


def max_pooling2d(inputs, pool_size, strides, padding='valid', data_format='channels_last', name=None):
    """The largest value of each window of [batch, height, width, channels]."""
    return MaxPooling2D(pool_size=pool_size, strides=strides, padding=padding, data_format=data_format,
                        name=name).apply(inputs)


class MaxPooling3D(keras_layers.MaxPooling3D, base.Layer):
    """The largest value of each window of [batch, depth, height, width, channels]."""

    def __init__(self, pool_size, strides, padding='valid', data_format='channels_last', name=None, **kwargs):
        if strides is None:
            raise ValueError('Argument `strides` must not be None.')
        super().__init__(pool_size=pool_size, strides=strides, padding=padding, data_format=data_format, name=name,
                         **kwargs)


def max_pooling3d(inputs, pool_size, strides, padding='valid', data_format='channels_last', name=None):
    """The largest value of each window of [batch, depth, height, width, channels]."""
    return MaxPooling3D(pool_size=pool_size, strides=strides, padding=padding, data_format=data_format,
                        name=name).apply(inputs)


AvgPool2D, MaxPool2D = AveragePooling2D, MaxPooling2D
average_pool2d = avg_pool2d = average_pooling2d
max_pool2d = max_pooling2d

for _class in (AveragePooling1D, AveragePooling2D, AveragePooling3D, MaxPooling1D, MaxPooling2D, MaxPooling3D):
    _class.__module__ = 'tensorflow.python.layers.pooling'
