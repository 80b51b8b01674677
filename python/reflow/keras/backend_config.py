"""Keras' settings: the type of floats, epsilon, the order of image dimensions; ~/.keras/keras.json may change them."""

import json
import os

_values = {'floatx': 'float32', 'epsilon': 1e-7, 'image_data_format': 'channels_last'}
_FLOATS = {'float16', 'float32', 'float64'}
_FORMATS = {'channels_last', 'channels_first'}


def keras_folder():
    """Where Keras keeps its settings, data sets and models: KERAS_HOME or ~/.keras."""
    return os.environ.get('KERAS_HOME') or os.path.join(os.path.expanduser('~'), '.keras')


def epsilon():
    """The small number that keeps logarithms and quotients finite."""
    return _values['epsilon']


def set_epsilon(value):
    """Sets the small number."""
    _values['epsilon'] = value


def floatx():
    """The type of floats, as a string."""
    return _values['floatx']


def set_floatx(value):
    """Sets the type of floats: 'float16', 'float32' or 'float64'."""
    if value not in _FLOATS:
        raise ValueError('Unknown floatx type: ' + str(value))
    _values['floatx'] = str(value)


def image_data_format():
    """'channels_last' or 'channels_first'."""
    return _values['image_data_format']


def set_image_data_format(data_format):
    """Sets the order of image dimensions: 'channels_last' or 'channels_first'."""
    if data_format not in _FORMATS:
        raise ValueError('Unknown data_format: ' + str(data_format))
    _values['image_data_format'] = str(data_format)


def _read_settings():
    try:
        with open(os.path.join(keras_folder(), 'keras.json'), encoding='utf-8') as file:
            settings = json.load(file)
    except (OSError, ValueError):
        return
    if settings.get('floatx') in _FLOATS:
        set_floatx(settings['floatx'])
    if isinstance(settings.get('epsilon'), float):
        set_epsilon(settings['epsilon'])
    if settings.get('image_data_format') in _FORMATS:
        set_image_data_format(settings['image_data_format'])


_read_settings()
