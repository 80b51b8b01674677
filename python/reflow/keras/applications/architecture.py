"""What the architectures have in common: the image they take, layers that follow the data format, the top, weights."""

import collections
import os
import warnings



# Where Keras publishes weights: files with and without the top, as a name and a hash.
Published = collections.namedtuple('Published', 'folder with_top without_top')


class Kit:
    """The modules that a model is made with, tf.keras's unless the caller says otherwise, and layers made with them."""

    def __init__(self, **modules):
        for key in modules:
            if key not in ('backend', 'layers', 'models', 'utils'):
                raise TypeError('Invalid keyword argument: %s', key)
        if 'backend' not in modules or 'layers' not in modules or 'models' not in modules or 'utils' not in modules:
            modules = {**_modules_of_tf_keras(), **modules}
        self.backend = modules['backend']
        self.layers = modules['layers']
        self.models = modules['models']
        self.utils = modules['utils']

    @property
    def channels_first(self):
        return self.backend.image_data_format() == 'channels_first'

    @property
    def axis(self):
        """The axis of channels in a batch."""
        return 1 if self.channels_first else 3

    def channels(self, x):
        return self.backend.int_shape(x)[self.axis]

    def conv(self, x, filters, size, name=None, **kwargs):
        return self.layers.Conv2D(filters, size, name=name, **kwargs)(x)

    def norm(self, x, name=None, **kwargs):
        return self.layers.BatchNormalization(axis=self.axis, name=name, **kwargs)(x)

    def relu(self, x, name=None):
        return self.layers.Activation('relu', name=name)(x)

    def pad(self, x, padding, name=None):
        return self.layers.ZeroPadding2D(padding=padding, name=name)(x)

    def max_pool(self, x, size, strides=2, **kwargs):
        return self.layers.MaxPooling2D(size, strides=strides, **kwargs)(x)

    def average_pool(self, x, size, **kwargs):
        return self.layers.AveragePooling2D(size, **kwargs)(x)

    def add(self, tensors, name=None):
        return self.layers.Add(name=name)(tensors)

    def concat(self, tensors, name=None, axis=None):
        return self.layers.Concatenate(axis=axis or self.axis, name=name)(tensors)

    def padding_before_stride(self, x, size):
        """The zeros that let a window of `size` with stride 2 see an image's borders as padding 'same' does."""
        shape = self.backend.int_shape(x)
        extents = shape[2:4] if self.channels_first else shape[1:3]
        odd = [1 if extent is None else 1 - extent % 2 for extent in (extents if extents[0] is not None else (None, None))]
        return tuple((size // 2 - less, size // 2) for less in odd)

    def image(self, input_tensor, shape):
        """The tensor of images that a model begins with."""
        if input_tensor is None:
            return self.layers.Input(shape=shape)
        if not self.backend.is_keras_tensor(input_tensor):
            return self.layers.Input(tensor=input_tensor, shape=shape)
        return input_tensor

    def pooled(self, x, pooling, names=(None, None)):
        """Features of a model without its top, as `pooling` says; names of the layers for 'avg' and 'max'."""
        if pooling == 'avg':
            return self.layers.GlobalAveragePooling2D(name=names[0])(x)
        return self.layers.GlobalMaxPooling2D(name=names[1])(x) if pooling == 'max' else x

    def averaged_classes(self, x, classes, name='predictions', pool_name='avg_pool'):
        """The usual top: a dense layer over the average of the features."""
        x = self.layers.GlobalAveragePooling2D(name=pool_name)(x)
        return self.layers.Dense(classes, activation='softmax', name=name)(x)

    def model(self, input_tensor, image, outputs, name):
        inputs = image if input_tensor is None else self.utils.get_source_inputs(input_tensor)
        return self.models.Model(inputs, outputs, name=name)

    def load(self, model, weights, include_top, published):
        """Gives the model the weights of a file, or those that are published."""
        if weights == 'imagenet':
            file, digest = published.with_top if include_top else published.without_top
            cached, _, remote = file.partition('=')
            weights = self.utils.get_file(cached, published.folder + (remote or cached), cache_subdir='models',
                                          file_hash=digest)
        if weights is not None:
            model.load_weights(weights)
        return model


def _modules_of_tf_keras():
    from reflow.keras import backend, models, utils
    from reflow.tensorflow.keras import layers
    return {'backend': backend, 'layers': layers, 'models': models, 'utils': utils}


class Architecture:
    """A model that is made by `features(kit, image)`, and `top(kit, features, classes)` where it has one.

    `size` is that of the images it is meant for, `smallest` the least that it takes; `pool_names` are of the layers that take
    the place of the top.
    """

    def __init__(self, name, features, published, size=224, smallest=32, top=Kit.averaged_classes, pool_names=(None, None)):
        self.name = name
        self._features = features
        self._published = published
        self._size = size
        self._smallest = smallest
        self._top = top
        self._pool_names = pool_names

    def __call__(self, include_top=True, weights='imagenet', input_tensor=None, input_shape=None, pooling=None,
                 classes=1000, **kwargs):
        kit = Kit(**kwargs)
        check_weights(weights, include_top, classes)
        shape = image_shape(input_shape, self._size, self._smallest, kit.backend.image_data_format(), include_top, weights)
        image = kit.image(input_tensor, shape)
        x = self._features(kit, image)
        x = self._top(kit, x, classes) if include_top else kit.pooled(x, pooling, self._pool_names)
        return kit.load(kit.model(input_tensor, image, x, self.name), weights, include_top, self._published)


def check_weights(weights, include_top, classes):
    """ValueError: there is no such file, or the published weights are for other classes."""
    if not (weights in {'imagenet', None} or os.path.exists(weights)):
        raise ValueError('The `weights` argument should be either `None` (random initialization), `imagenet` '
                         '(pre-training on ImageNet), or the path to the weights file to be loaded.')
    if weights == 'imagenet' and include_top and classes != 1000:
        raise ValueError('If using `weights` as `"imagenet"` with `include_top` as true, `classes` should be 1000')


def image_shape(shape, size, smallest, data_format, has_top, weights=None):
    """The shape of an image for the model; `shape` is what the caller asks for. ValueError: the model can't take that."""
    first = data_format == 'channels_first'

    def of(channels, extent):
        return (channels, extent, extent) if first else (extent, extent, channels)

    default = of(3, size)
    if weights != 'imagenet' and shape and len(shape) == 3:
        channels = shape[0 if first else -1]
        if channels not in {1, 3}:
            warnings.warn('This model usually expects 1 or 3 input channels. However, it was passed an input_shape with ' +
                          str(channels) + ' input channels.')
        default = of(channels, size)
    if weights == 'imagenet' and has_top:
        if shape is not None and shape != default:
            raise ValueError('When setting `include_top=True` and loading `imagenet` weights, `input_shape` should be ' +
                             str(default) + '.')
        return default
    if shape:
        _check_shape(shape, first, smallest, weights)
    else:
        shape = default if has_top else of(3, None)
    if has_top and None in shape:
        raise ValueError('If `include_top` is True, you should specify a static `input_shape`. Got `input_shape=' +
                         str(shape) + '`')
    return shape


def _check_shape(shape, first, smallest, weights):
    if len(shape) != 3:
        raise ValueError('`input_shape` must be a tuple of three integers.')
    if shape[0 if first else -1] != 3 and weights == 'imagenet':
        raise ValueError('The input must have 3 channels; got `input_shape=' + str(shape) + '`')
    extents = shape[1:] if first else shape[:2]
    if any(extent is not None and extent < smallest for extent in extents):
        raise ValueError('Input size must be at least ' + str(smallest) + 'x' + str(smallest) + '; got `input_shape=' +
                         str(shape) + '`')
