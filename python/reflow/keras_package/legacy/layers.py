"""Layers that Keras 2 has under other names."""

import warnings


def _atrous(name, args, kwargs):
    from reflow.keras_package import layers
    plain = name.replace('Atrous', '').replace('olution', '')
    kwargs['dilation_rate'] = kwargs.pop('atrous_rate', 1)
    warnings.warn('The `%s` layer  has been deprecated. Use instead the `%s` layer with the `dilation_rate` argument.' % (
        name, plain), stacklevel=3)
    return getattr(layers, plain)(*args, **kwargs)


def AtrousConvolution1D(*args, **kwargs):
    """Conv1D with a dilation rate."""
    return _atrous('AtrousConvolution1D', args, kwargs)


def AtrousConvolution2D(*args, **kwargs):
    """Conv2D with a dilation rate."""
    return _atrous('AtrousConvolution2D', args, kwargs)
