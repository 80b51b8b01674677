"""Layers of the package keras, where programs look for them by module."""

from reflow.keras.layers.recurrent import _generate_dropout_mask, _standardize_args  # noqa: F401
from reflow.keras_package import layers


def __getattr__(name):
    return getattr(layers, name)
