"""The backend by the name of its module: programs set their session here."""

from reflow.keras.backend import *  # noqa: F401,F403
from reflow.keras import backend as _backend
from reflow.keras_package.backend.common import normalize_data_format  # noqa: F401
from reflow.keras_package.backend.products import batch_dot  # noqa: F401


def __getattr__(name):
    return getattr(_backend, name)
