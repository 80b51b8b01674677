"""Images as the published weights expect them, and the names of ImageNet's classes."""

import json

import numpy as np

from reflow.keras.applications import architecture

_NAMES_OF_CLASSES = 'https://storage.googleapis.com/download.tensorflow.org/data/imagenet_class_index.json'
_MEAN_BGR = [103.939, 116.779, 123.68]
_MEAN_RGB = [0.485, 0.456, 0.406]
_DEVIATION_RGB = [0.229, 0.224, 0.225]

_class_index = None  # {'0': [WordNet's number, name], ...}, once it was read


def preprocess_input(*args, **kwargs):
    """Pixels from 0 to 255 as a model takes them; mode 'caffe': BGR less the mean, 'tf': -1 to 1, 'torch': normalized."""
    return preprocessed(*args, **kwargs)


def decode_predictions(*args, **kwargs):
    """For each row of class probabilities the `top` best: (WordNet's number, name, probability)."""
    return decoded(*args, **kwargs)


def preprocess_in_mode(mode, name='preprocess_input'):
    """A module's preprocess_input: pixels from 0 to 255 as its models take them."""
    def preprocess(*args, **kwargs):
        if mode == 'torch':
            return _in_torch_mode(*args, **kwargs)
        return preprocessed(*args, mode=mode, **kwargs)

    preprocess.__name__ = preprocess.__qualname__ = name
    preprocess.__doc__ = 'Pixels from 0 to 255 as these models take them.'
    return preprocess


def _in_torch_mode(x, data_format=None, **kwargs):
    return preprocessed(x, data_format, mode='torch', **kwargs)


def preprocessed(x, data_format=None, mode='caffe', **kwargs):
    """preprocess_input. An array of floats is changed in place. ValueError: an unknown data format."""
    kit = architecture.Kit(**kwargs)
    data_format = kit.backend.image_data_format() if data_format is None else data_format
    if data_format not in {'channels_first', 'channels_last'}:
        raise ValueError('Unknown data_format ' + str(data_format))
    if isinstance(x, np.ndarray):
        return _array(x, kit, data_format, mode)
    return _tensor(x, kit, data_format, mode)


def _array(x, kit, data_format, mode):
    if not issubclass(x.dtype.type, np.floating):
        x = x.astype(kit.backend.floatx(), copy=False)
    if mode == 'tf':
        x /= 127.5
        x -= 1.
        return x
    first = data_format == 'channels_first'
    if mode == 'torch':
        x /= 255.
    else:
        x = _channels_reversed(x, first, x.ndim)
    for channel in range(3):
        where = (Ellipsis, channel) if not first else (Ellipsis, channel, slice(None), slice(None))
        x[where] -= (_MEAN_RGB if mode == 'torch' else _MEAN_BGR)[channel]
        if mode == 'torch':
            x[where] /= _DEVIATION_RGB[channel]
    return x


def _channels_reversed(x, first, rank):
    if not first:
        return x[..., ::-1]
    return x[::-1, ...] if rank == 3 else x[:, ::-1, ...]


def _tensor(x, kit, data_format, mode):
    backend = kit.backend
    if mode == 'tf':
        x /= 127.5
        x -= 1.
        return x
    if mode == 'torch':
        x /= 255.
    else:
        x = _channels_reversed(x, data_format == 'channels_first', backend.ndim(x))
    mean = backend.constant(-np.array(_MEAN_RGB if mode == 'torch' else _MEAN_BGR))
    if backend.dtype(x) != backend.dtype(mean):
        mean = backend.cast(mean, backend.dtype(x))
    x = backend.bias_add(x, mean, data_format)
    if mode == 'torch':
        x /= _DEVIATION_RGB
    return x


def decoded(preds, top=5, **kwargs):
    """decode_predictions. ValueError: `preds` is not of shape [samples, 1000]."""
    global _class_index
    kit = architecture.Kit(**kwargs)
    if len(preds.shape) != 2 or preds.shape[1] != 1000:
        raise ValueError('`decode_predictions` expects a batch of predictions (i.e. a 2D array of shape (samples, 1000)). '
                         'Found array with shape: ' + str(preds.shape))
    if _class_index is None:
        path = kit.utils.get_file('imagenet_class_index.json', _NAMES_OF_CLASSES, cache_subdir='models',
                                  file_hash='c2c37ea517e94d9795004a39431a14cb')
        with open(path, encoding='utf-8') as file:
            _class_index = json.load(file)
    best = [np.argsort(row)[-top:][::-1] for row in preds]
    return [sorted(((*_class_index[str(each)], row[each]) for each in classes), key=lambda entry: entry[2], reverse=True)
            for row, classes in zip(preds, best)]
