"""Models as files."""

import os

from reflow import tf2
from reflow.keras.saving import hdf5_format


def save_model(model, filepath, overwrite=True, include_optimizer=True, save_format=None, signatures=None):
    """Writes a model to an HDF5 file, or to a SavedModel."""
    if not overwrite and os.path.exists(filepath):
        from reflow.keras.saving import weight_files
        if not weight_files._ask_to_overwrite(filepath):
            return
    if not _is_hdf5(filepath, save_format):
        if model.inputs is None and '_specs_of_inputs' not in model.__dict__:
            raise ValueError('Model %s cannot be saved because the input shapes have not been set. Usually, input shapes are '
                             'automatically determined from calling .fit() or .predict(). To manually set the shapes, call '
                             'model._set_inputs(inputs).' % model)
        from reflow.keras.saving import saved_model_folders
        saved_model_folders.save_model(model, filepath, include_optimizer, signatures)
        return
    if not model._is_graph_network:
        raise NotImplementedError('Saving the model to HDF5 format requires the model to be a Functional model or a '
                                  'Sequential model. It does not work for subclassed models, because such models are defined '
                                  'via the body of a Python method, which isn\'t safely serializable. Consider saving to the '
                                  'Tensorflow SavedModel format (by setting save_format="tf") or using `save_weights`.')
    hdf5_format.save_model(model, filepath, include_optimizer)


def _is_hdf5(filepath, save_format):
    if (save_format or ('tf' if tf2.enabled() else 'h5')) == 'h5':
        return True
    return not isinstance(filepath, (str, os.PathLike)) or os.path.splitext(filepath)[1] in ('.h5', '.keras', '.hdf5')


def load_model(filepath, custom_objects=None, compile=True):
    """Reads a model from an HDF5 file or a SavedModel."""
    return load_model_with(None, filepath, custom_objects, compile)


def load_model_with(model_from_config, filepath, custom_objects=None, compile=True):
    """Reads a model; `model_from_config` makes it of its configuration."""
    if os.path.isdir(filepath):
        from reflow.keras.saving import saved_model_folders
        return saved_model_folders.load_model(filepath, custom_objects, compile, model_from_config)
    if not os.path.exists(filepath):
        raise IOError('SavedModel file does not exist at: %s/{saved_model.pbtxt|saved_model.pb}' % filepath)
    return hdf5_format.load_model(filepath, custom_objects, compile, model_from_config)
