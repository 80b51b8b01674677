"""Models of Keras as SavedModels: `save_format="tf"`, and what TensorFlow 1.13 to 2.4 have written so.

What Reflow writes is what export_saved_model writes, with training_config.json in assets.extra. TensorFlow's load_model wants
the functions of all layers instead; its load_from_saved_model and tf.saved_model.load take it.
"""

import json
import os

from reflow.framework import errors
from reflow.keras.engine import network_config
from reflow.keras.saving import model_config, saved_model_experimental, training_config
from reflow.lib.io import file_io
from reflow.saved_model import constants, loader_impl
from reflow.saved_model import utils_impl as saved_model_utils

_TRAINING_FILE = 'training_config.json'
_ENTRIES = ('saved_model.pb', 'saved_model.pbtxt', 'variables', 'assets', constants.EXTRA_ASSETS_DIRECTORY)


def save_model(model, folder, include_optimizer):
    """Writes a model in the place of a SavedModel that is there."""
    for name in _ENTRIES:
        path = os.path.join(folder, name)
        if file_io.file_exists(path):
            (file_io.delete_recursively if file_io.is_directory(path) else file_io.delete_file)(path)
    optimizer = model.optimizer if include_optimizer else None
    saved_model_experimental.write(model, folder, serving_only=not optimizer)
    if hasattr(optimizer, 'get_config'):
        extra = os.path.join(folder, constants.EXTRA_ASSETS_DIRECTORY)
        file_io.recursive_create_dir(extra)
        file_io.write_string_to_file(os.path.join(extra, _TRAINING_FILE),
                                     network_config.to_json(training_config.of_model(model)))


def load_model(folder, custom_objects=None, compile=True, model_from_config=None):
    """Reads a model of its configuration. NotImplementedError: it has none, as those of the program's own classes."""
    config, training = _configurations(folder)
    if config is None:
        raise NotImplementedError('The SavedModel %s has no configuration of a model of Keras, which Reflow makes models of: '
                                  'tf.saved_model.loader.load gives the graph' % folder)
    model = (model_from_config or model_config.model_from_config)(config, custom_objects=custom_objects)
    model.load_weights(saved_model_utils.get_variables_path(folder)).expect_partial()
    if compile and training is not None:
        model._deferred_dependencies.pop('optimizer', None)  # which TensorFlow doesn't restore either
        training_config.compile_model(model, training, custom_objects)
    return model


def _configurations(folder):
    """(configuration, how it is trained), from files beside the graph or from the objects in it; None: there is none."""
    path = os.path.join(folder, constants.ASSETS_DIRECTORY, constants.SAVED_MODEL_FILENAME_JSON)
    if file_io.file_exists(path):
        return _json(path), _json(os.path.join(folder, constants.EXTRA_ASSETS_DIRECTORY, _TRAINING_FILE))
    objects = loader_impl.parse_saved_model(folder).meta_graphs[0].object_graph_def
    metadata = json.loads(objects.nodes[0].user_object.metadata or '{}') if objects.nodes else {}
    return metadata.get('model_config'), metadata.get('training_config')


def _json(path):
    try:
        return json.loads(file_io.read_file_to_string(path))
    except errors.NotFoundError:
        return None
