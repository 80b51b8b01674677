"""Models as configurations and files."""

import functools

import numpy as np

from reflow.keras.saving import hdf5_format
from reflow.keras.saving.hdf5_format import save_weights_to_hdf5_group  # noqa: F401
from reflow.keras_package.models import (load_model, model_from_config, model_from_json, model_from_yaml,  # noqa: F401
                                         save_model)

_CONVOLUTIONS = ('Conv1D', 'Conv2D', 'Conv3D', 'Conv2DTranspose', 'ConvLSTM2D')


def load_weights_from_hdf5_group(f, layers, reshape=False):
    """Gives the layers the weights of a group of a file, by their order. ValueError: the group has others."""
    hdf5_format.load_by_order(f, layers, functools.partial(fitted, reshape=reshape))


def load_weights_from_hdf5_group_by_name(f, layers, skip_mismatch=False, reshape=False):
    """Gives the layers the weights of a group of a file, by their names.

    ValueError: the group has others for one. With `skip_mismatch` these are warned of and left out.
    """
    hdf5_format.load_by_name(f, layers, functools.partial(fitted, reshape=reshape), skip_mismatch)


def fitted(layer, values, reshape=False):
    """The weights for a layer, with kernels of another shape made to fit: as those of Theano, or, with `reshape`, of any."""
    if type(layer).__name__ not in _CONVOLUTIONS or not values:
        return values
    shape = tuple(layer.weights[0].shape.as_list())
    if values[0].shape == shape:
        return values
    if not reshape:
        transposed = 2 if type(layer).__name__ == 'ConvLSTM2D' else 1
        return [np.transpose(value, (3, 2, 0, 1)) for value in values[:transposed]] + values[transposed:]
    if values[0].size != np.prod(shape):
        raise ValueError("Weights must be of equal size to apply a reshape operation. Layer %s's weights have shape %s and "
                         'size %s. The weights for loading have shape %s and size %s. '
                         % (layer.name, shape, np.prod(shape), values[0].shape, values[0].size))
    return [values[0].reshape(shape), *values[1:]]
