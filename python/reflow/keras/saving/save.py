"""Models as files."""

import os

from reflow.keras.saving import hdf5_format


def save_model(model, filepath, overwrite=True, include_optimizer=True, save_format=None, signatures=None):
    """Writes a model to an HDF5 file."""
    if save_format not in (None, 'h5', 'tf'):
        raise ValueError('Unknown `save_format` %s: one of "h5" and "tf" is expected' % save_format)
    if save_format == 'tf':
        raise NotImplementedError('Models of Keras are not written as SavedModels yet: save_format="h5" writes HDF5, and '
                                  'tf.saved_model.simple_save a SavedModel of the graph')
    if not model._is_graph_network:
        raise NotImplementedError('Saving the model to HDF5 format requires the model to be a Functional model or a '
                                  'Sequential model. It does not work for subclassed models, because such models are defined '
                                  'via the body of a Python method, which isn\'t safely serializable. Consider saving to the '
                                  'Tensorflow SavedModel format (by setting save_format="tf") or using `save_weights`.')
    if not overwrite and os.path.isfile(filepath):
        from reflow.keras.saving import weight_files
        if not weight_files._ask_to_overwrite(filepath):
            return
    hdf5_format.save_model(model, filepath, include_optimizer)


def load_model(filepath, custom_objects=None, compile=True):
    """Reads a model from an HDF5 file."""
    return load_model_with(None, filepath, custom_objects, compile)


def load_model_with(model_from_config, filepath, custom_objects=None, compile=True):
    """Reads a model; `model_from_config` makes it of its configuration."""
    if os.path.isdir(filepath):
        raise NotImplementedError('Models of Keras are not read from SavedModels yet: tf.saved_model.loader.load gives the '
                                  'graph')
    if not os.path.exists(filepath):
        raise IOError('SavedModel file does not exist at: %s/{saved_model.pbtxt|saved_model.pb}' % filepath)
    return hdf5_format.load_model(filepath, custom_objects, compile, model_from_config)
