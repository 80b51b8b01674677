"""Pooling as layers."""

from reflow.framework import tensor_shape
from reflow.keras.engine.base_layer import Layer
from reflow.keras.engine.input_spec import InputSpec
from reflow.keras.utils import conv_utils
from reflow.ops import array_ops
from reflow.ops import math_ops
from reflow.ops import nn


class _Pooling(Layer):
    """Pooling in `rank` dimensions."""

    def __init__(self, rank, pool_size, strides, padding, data_format, name, **kwargs):
        super().__init__(name=name, **kwargs)
        self.rank = rank
        self.pool_size = conv_utils.normalize_tuple(pool_size, rank, 'pool_size')
        self.strides = conv_utils.normalize_tuple(pool_size if strides is None else strides, rank, 'strides')
        self.padding = conv_utils.normalize_padding(padding)
        self.data_format = conv_utils.normalize_data_format(data_format)
        self.input_spec = InputSpec(ndim=rank + 2)

    def _all_dims(self, sizes):
        return (1, 1) + sizes if self.data_format == 'channels_first' else (1,) + sizes + (1,)

    def get_config(self):
        """The arguments of the constructor."""
        return self._config('strides', 'pool_size', 'padding', 'data_format')

    def compute_output_shape(self, input_shape):
        """The shape after pooling."""
        shape = tensor_shape.TensorShape(input_shape).as_list()
        first = 2 if self.data_format == 'channels_first' else 1
        for i in range(self.rank):
            shape[first + i] = conv_utils.conv_output_length(shape[first + i], self.pool_size[i], self.padding,
                                                             self.strides[i])
        return tensor_shape.TensorShape(shape)


class Pooling1D(_Pooling):
    """Pooling of [batch, width, channels]."""

    def __init__(self, pool_function, pool_size, strides, padding='valid', data_format='channels_last', name=None,
                 **kwargs):
        super().__init__(1, pool_size, strides, padding, data_format, name, **kwargs)
        self.pool_function = pool_function

    def call(self, inputs):
        """The outputs."""
        first = self.data_format == 'channels_first'
        axis = 3 if first else 2
        values = array_ops.expand_dims(inputs, axis)
        if first:  # on CPUs TensorFlow moves the channels
            values = array_ops.transpose(values, (0, 2, 3, 1))
        outputs = self.pool_function(values, (1,) + self.pool_size + (1, 1), (1,) + self.strides + (1, 1),
                                     padding=self.padding.upper(), data_format='NHWC')
        if first:
            outputs = array_ops.transpose(outputs, (0, 3, 1, 2))
        return array_ops.squeeze(outputs, axis)


class Pooling2D(_Pooling):
    """Pooling of [batch, height, width, channels]."""

    def __init__(self, pool_function, pool_size, strides, padding='valid', data_format=None, name=None, **kwargs):
        super().__init__(2, pool_size, strides, padding, data_format, name, **kwargs)
        self.pool_function = pool_function

    def call(self, inputs):
        """The outputs."""
        return self.pool_function(inputs, ksize=self._all_dims(self.pool_size), strides=self._all_dims(self.strides),
                                  padding=self.padding.upper(),
                                  data_format=conv_utils.convert_data_format(self.data_format, 4))


class Pooling3D(_Pooling):
    """Pooling of [batch, depth, height, width, channels]."""

    def __init__(self, pool_function, pool_size, strides, padding='valid', data_format='channels_last', name=None,
                 **kwargs):
        super().__init__(3, pool_size, strides, padding, data_format, name, **kwargs)
        self.pool_function = pool_function

    def call(self, inputs):
        """The outputs."""
        first = self.data_format == 'channels_first'
        if first:
            inputs = array_ops.transpose(inputs, (0, 2, 3, 4, 1))
        outputs = self.pool_function(inputs, ksize=(1,) + self.pool_size + (1,), strides=(1,) + self.strides + (1,),
                                     padding=self.padding.upper())
        return array_ops.transpose(outputs, (0, 4, 1, 2, 3)) if first else outputs


def _pooling(base, function, name, documentation):
    class Pooling(base):
        def __init__(self, pool_size=2 if base is Pooling1D else (2,) * (2 if base is Pooling2D else 3), strides=None,
                     padding='valid', data_format='channels_last' if base is Pooling1D else None, **kwargs):
            super().__init__(function, pool_size=pool_size, strides=strides, padding=padding, data_format=data_format,
                             **kwargs)

    Pooling.__name__ = Pooling.__qualname__ = name
    Pooling.__module__ = 'tensorflow.python.keras.layers.pooling'
    Pooling.__doc__ = documentation
    return Pooling


MaxPooling1D = _pooling(Pooling1D, nn.max_pool, 'MaxPooling1D', 'The largest value of each window.')
AveragePooling1D = _pooling(Pooling1D, nn.avg_pool, 'AveragePooling1D', 'The mean of each window.')
MaxPooling2D = _pooling(Pooling2D, nn.max_pool, 'MaxPooling2D', 'The largest value of each window.')
AveragePooling2D = _pooling(Pooling2D, nn.avg_pool, 'AveragePooling2D', 'The mean of each window.')
MaxPooling3D = _pooling(Pooling3D, nn.max_pool3d, 'MaxPooling3D', 'The largest value of each window.')
AveragePooling3D = _pooling(Pooling3D, nn.avg_pool3d, 'AveragePooling3D', 'The mean of each window.')
MaxPool1D, MaxPool2D, MaxPool3D = MaxPooling1D, MaxPooling2D, MaxPooling3D
AvgPool1D, AvgPool2D, AvgPool3D = AveragePooling1D, AveragePooling2D, AveragePooling3D


class _GlobalPooling(Layer):
    """One number for each channel."""

    _rank = None

    def __init__(self, data_format=None, **kwargs):
        super().__init__(**kwargs)
        self.data_format = conv_utils.normalize_data_format(data_format)
        self.input_spec = InputSpec(ndim=self._rank + 2)

    def _axes(self):
        first = 1 if self.data_format == 'channels_last' else 2
        return list(range(first, first + self._rank))

    def compute_output_shape(self, input_shape):
        """[batch, channels]"""
        sizes = tensor_shape.TensorShape(input_shape).as_list()
        return tensor_shape.TensorShape([sizes[0], sizes[-1] if self.data_format == 'channels_last' else sizes[1]])

    def get_config(self):
        """The arguments of the constructor."""
        return self._config('data_format')


class GlobalAveragePooling1D(_GlobalPooling):
    """The mean over the steps, of those that are not masked."""

    _rank = 1

    def __init__(self, data_format='channels_last', **kwargs):
        super().__init__(data_format=data_format, **kwargs)
        self.supports_masking = True

    def call(self, inputs, mask=None):
        """The outputs."""
        steps_axis = 1 if self.data_format == 'channels_last' else 2
        if mask is None:
            return math_ops.reduce_mean(inputs, steps_axis)
        mask = math_ops.cast(mask, inputs.dtype.base_dtype)
        mask = array_ops.expand_dims(mask, 2 if self.data_format == 'channels_last' else 1)
        return math_ops.reduce_sum(inputs * mask, axis=steps_axis) / math_ops.reduce_sum(mask, axis=steps_axis)

    def compute_mask(self, inputs, mask=None):
        """There is none."""
        return None


class GlobalMaxPooling1D(_GlobalPooling):
    """The largest value over the steps."""

    _rank = 1

    def __init__(self, data_format='channels_last', **kwargs):
        super().__init__(data_format=data_format, **kwargs)

    def call(self, inputs):
        """The outputs."""
        return math_ops.reduce_max(inputs, axis=self._axes()[0])


def _global_pooling(rank, reduce_name, name, documentation):
    def call(self, inputs):
        """The outputs."""
        return getattr(math_ops, reduce_name)(inputs, axis=self._axes())

    return type(name, (_GlobalPooling,), {'_rank': rank, 'call': call, '__doc__': documentation,
                                          '__module__': 'tensorflow.python.keras.layers.pooling'})


GlobalAveragePooling2D = _global_pooling(2, 'reduce_mean', 'GlobalAveragePooling2D', 'The mean of each channel.')
GlobalAveragePooling3D = _global_pooling(3, 'reduce_mean', 'GlobalAveragePooling3D', 'The mean of each channel.')
GlobalMaxPooling2D = _global_pooling(2, 'reduce_max', 'GlobalMaxPooling2D', 'The largest value of each channel.')
GlobalMaxPooling3D = _global_pooling(3, 'reduce_max', 'GlobalMaxPooling3D', 'The largest value of each channel.')
GlobalAveragePooling1D.__module__ = GlobalMaxPooling1D.__module__ = 'tensorflow.python.keras.layers.pooling'
GlobalAvgPool1D, GlobalAvgPool2D, GlobalAvgPool3D = GlobalAveragePooling1D, GlobalAveragePooling2D, GlobalAveragePooling3D
GlobalMaxPool1D, GlobalMaxPool2D, GlobalMaxPool3D = GlobalMaxPooling1D, GlobalMaxPooling2D, GlobalMaxPooling3D
