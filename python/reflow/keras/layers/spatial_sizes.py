"""Layers that make images and sequences larger or smaller: zeros around, parts of them, repeated points."""

from reflow.framework import tensor_shape
from reflow.keras import backend as K
from reflow.keras.engine.base_layer import Layer
from reflow.keras.engine.input_spec import InputSpec
from reflow.keras.utils import conv_utils


class _Spatial(Layer):
    """A layer of [batch, sizes, channels] or [batch, channels, sizes]."""

    _rank = None

    def __init__(self, data_format='channels_last', **kwargs):
        super().__init__(**kwargs)
        self.data_format = conv_utils.normalize_data_format(data_format)
        self.input_spec = InputSpec(ndim=self._rank + 2)

    def _first(self):
        return 2 if self.data_format == 'channels_first' else 1

    def _new_size(self, i, size):
        raise NotImplementedError

    def compute_output_shape(self, input_shape):
        """The shape with the other sizes."""
        sizes = tensor_shape.TensorShape(input_shape).as_list()
        for i in range(self._rank):
            axis = self._first() + i
            sizes[axis] = None if sizes[axis] is None else self._new_size(i, sizes[axis])
        return tensor_shape.TensorShape(sizes)


def _pairs(value, rank, name):
    """Two numbers for each dimension, of one for all, one for each or two for each."""
    if isinstance(value, int):
        return ((value, value),) * rank
    if hasattr(value, '__len__'):
        if len(value) != rank:
            raise ValueError('`%s` should have %s elements. Found: %s' % (
                name, {2: 'two', 3: '3'}.get(rank, rank), value))
        words = ('1st', '2nd', '3rd')
        return tuple(conv_utils.normalize_tuple(each, 2, '%s entry of %s' % (words[i], name))
                     for i, each in enumerate(value))
    inner = '(dim1, dim2)' if rank == 2 else '(dim1, dim2, dim3)'
    raise ValueError('`%s` should be either an int, a tuple of %d ints (symmetric_dim1_%s...), or a tuple of %d tuples of 2 '
                     'ints %s. Found: %s' % (name, rank, name, rank, inner, value))


class _ZeroPadding(_Spatial):
    def _new_size(self, i, size):
        return size + sum(self.padding[i])

    def get_config(self):
        """The arguments of the constructor."""
        return self._config('padding', 'data_format')


class ZeroPadding1D(_ZeroPadding):
    """Zeros before and after the steps."""

    _rank = 1

    def __init__(self, padding=1, **kwargs):
        super().__init__(**kwargs)
        self.padding = conv_utils.normalize_tuple(padding, 2, 'padding')

    def _new_size(self, i, size):
        return size + sum(self.padding)

    def call(self, inputs):
        """The outputs."""
        return K.temporal_padding(inputs, padding=self.padding)

    def get_config(self):
        """The arguments of the constructor."""
        return self._config('padding')


class ZeroPadding2D(_ZeroPadding):
    """Zeros around images."""

    _rank = 2

    def __init__(self, padding=(1, 1), data_format=None, **kwargs):
        super().__init__(data_format, **kwargs)
        self.padding = _pairs(padding, 2, 'padding')

    def call(self, inputs):
        """The outputs."""
        return K.spatial_2d_padding(inputs, padding=self.padding, data_format=self.data_format)


class ZeroPadding3D(_ZeroPadding):
    """Zeros around volumes."""

    _rank = 3

    def __init__(self, padding=(1, 1, 1), data_format=None, **kwargs):
        super().__init__(data_format, **kwargs)
        self.padding = _pairs(padding, 3, 'padding')

    def call(self, inputs):
        """The outputs."""
        return K.spatial_3d_padding(inputs, padding=self.padding, data_format=self.data_format)


class _Cropping(_Spatial):
    def _new_size(self, i, size):
        return size - sum(self._all_pairs()[i])

    def _all_pairs(self):
        return self.cropping

    def call(self, inputs):
        """The outputs."""
        part = [slice(None)] * (self._rank + 2)
        for i, (before, after) in enumerate(self._all_pairs()):
            part[self._first() + i] = slice(before, -after if after else None)
        return inputs[tuple(part)]

    def get_config(self):
        """The arguments of the constructor."""
        return self._config('cropping', 'data_format')


class Cropping1D(_Cropping):
    """Steps without the first and the last ones."""

    _rank = 1

    def __init__(self, cropping=(1, 1), **kwargs):
        super().__init__(**kwargs)
        self.cropping = conv_utils.normalize_tuple(cropping, 2, 'cropping')

    def _all_pairs(self):
        return (self.cropping,)

    def get_config(self):
        """The arguments of the constructor."""
        return self._config('cropping')


class Cropping2D(_Cropping):
    """Images without their borders."""

    _rank = 2

    def __init__(self, cropping=((0, 0), (0, 0)), data_format=None, **kwargs):
        super().__init__(data_format, **kwargs)
        self.cropping = _pairs(cropping, 2, 'cropping')


class Cropping3D(_Cropping):
    """Volumes without their borders."""

    _rank = 3

    def __init__(self, cropping=((1, 1), (1, 1), (1, 1)), data_format=None, **kwargs):
        super().__init__(data_format, **kwargs)
        self.cropping = _pairs(cropping, 3, 'cropping')


class UpSampling1D(_Spatial):
    """Each step several times."""

    _rank = 1

    def __init__(self, size=2, **kwargs):
        super().__init__(**kwargs)
        self.size = int(size)

    def _new_size(self, i, size):
        return size * self.size

    def call(self, inputs):
        """The outputs."""
        return K.repeat_elements(inputs, self.size, axis=1)

    def get_config(self):
        """The arguments of the constructor."""
        return self._config('size')


class UpSampling2D(_Spatial):
    """Images that are larger by integer factors."""

    _rank = 2

    def __init__(self, size=(2, 2), data_format=None, interpolation='nearest', **kwargs):
        super().__init__(data_format, **kwargs)
        self.size = conv_utils.normalize_tuple(size, 2, 'size')
        if interpolation not in {'nearest', 'bilinear'}:
            raise ValueError('`interpolation` argument should be one of `"nearest"` or `"bilinear"`.')
        self.interpolation = interpolation

    def _new_size(self, i, size):
        return size * self.size[i]

    def call(self, inputs):
        """The outputs."""
        return K.resize_images(inputs, self.size[0], self.size[1], self.data_format, interpolation=self.interpolation)

    def get_config(self):
        """The arguments of the constructor."""
        return self._config('size', 'data_format', 'interpolation')


class UpSampling3D(_Spatial):
    """Volumes that are larger by integer factors."""

    _rank = 3

    def __init__(self, size=(2, 2, 2), data_format=None, **kwargs):
        super().__init__(data_format, **kwargs)
        self.size = conv_utils.normalize_tuple(size, 3, 'size')

    def _new_size(self, i, size):
        return size * self.size[i]

    def call(self, inputs):
        """The outputs."""
        return K.resize_volumes(inputs, self.size[0], self.size[1], self.size[2], self.data_format)

    def get_config(self):
        """The arguments of the constructor."""
        return self._config('size', 'data_format')


for _class in (ZeroPadding1D, ZeroPadding2D, ZeroPadding3D, Cropping1D, Cropping2D, Cropping3D, UpSampling1D, UpSampling2D,
               UpSampling3D):
    _class.__module__ = 'tensorflow.python.keras.layers.convolutional'
