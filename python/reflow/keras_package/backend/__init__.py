"""The backend of the package keras: `from keras import backend as K`."""

from reflow.keras.backend import *  # noqa: F401,F403
from reflow.keras.backend import backend  # noqa: F401
from reflow.keras_package.backend import common, tensorflow_backend  # noqa: F401
from reflow.keras_package.backend.common import normalize_data_format  # noqa: F401
from reflow.keras_package.backend.products import batch_dot  # noqa: F401


def image_dim_ordering():
    """'tf' or 'th', as Keras 1 called the order of image dimensions."""
    return 'tf' if tensorflow_backend.image_data_format() == 'channels_last' else 'th'


def set_image_dim_ordering(dim_ordering):
    """Sets the order of image dimensions by Keras 1's names."""
    if dim_ordering not in {'tf', 'th'}:
        raise ValueError('Unknown dim_ordering:', dim_ordering)
    tensorflow_backend.set_image_data_format('channels_last' if dim_ordering == 'tf' else 'channels_first')


def symbolic(func):
    """A decorator of the package: `func` makes operations of Keras' graph, as all here do."""
    return func
