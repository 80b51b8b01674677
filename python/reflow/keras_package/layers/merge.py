"""Layers of the package keras, where programs look for them by module."""

from reflow.keras_package import layers


def __getattr__(name):
    if name == '_Merge':  # which layers of programs are derived from
        from reflow.keras.layers import merge
        return layers.of_tf_keras(merge._Merge)
    return getattr(layers, name)
