"""tf.layers: pooling."""

from reflow.keras.engine import arguments
from reflow.keras.layers import pooling as keras_layers
from reflow.layers import base


class _Pooling:
    """Pooling with strides, which have to be given."""

    def __init__(self, pool_size, strides, padding='valid', data_format='channels_last', name=None, **kwargs):
        if strides is None:
            raise ValueError('Argument `strides` must not be None.')
        super().__init__(**arguments.passed_on(locals()))


def _function(layer_class, name):
    def pooled(inputs, pool_size, strides, padding='valid', data_format='channels_last', name=None):
        return layer_class(pool_size, strides, padding, data_format, name).apply(inputs)

    pooled.__name__ = pooled.__qualname__ = name
    pooled.__doc__ = layer_class.__doc__
    return pooled


class AveragePooling1D(_Pooling, keras_layers.AveragePooling1D, base.Layer):
    """The mean of each window of [batch, width, channels]."""


class AveragePooling2D(_Pooling, keras_layers.AveragePooling2D, base.Layer):
    """The mean of each window of [batch, height, width, channels]."""


class AveragePooling3D(_Pooling, keras_layers.AveragePooling3D, base.Layer):
    """The mean of each window of [batch, depth, height, width, channels]."""


class MaxPooling1D(_Pooling, keras_layers.MaxPooling1D, base.Layer):
    """The largest value of each window of [batch, width, channels]."""


class MaxPooling2D(_Pooling, keras_layers.MaxPooling2D, base.Layer):
    """The largest value of each window of [batch, height, width, channels]."""


class MaxPooling3D(_Pooling, keras_layers.MaxPooling3D, base.Layer):
    """The largest value of each window of [batch, depth, height, width, channels]."""


average_pooling1d = _function(AveragePooling1D, 'average_pooling1d')
average_pooling2d = _function(AveragePooling2D, 'average_pooling2d')
average_pooling3d = _function(AveragePooling3D, 'average_pooling3d')
max_pooling1d = _function(MaxPooling1D, 'max_pooling1d')
max_pooling2d = _function(MaxPooling2D, 'max_pooling2d')
max_pooling3d = _function(MaxPooling3D, 'max_pooling3d')

AvgPool2D, MaxPool2D = AveragePooling2D, MaxPooling2D
avg_pool2d = average_pooling2d
max_pool2d = max_pooling2d

for _class in (AveragePooling1D, AveragePooling2D, AveragePooling3D, MaxPooling1D, MaxPooling2D, MaxPooling3D):
    _class.__module__ = 'tensorflow.python.layers.pooling'
