"""Models of Keras as SavedModels: `save_format="tf"`, what TensorFlow 1.13 to 2.4 have written so, and export_saved_model."""

import contextlib
import json
import os

from reflow.framework import errors
from reflow.keras import backend as K
from reflow.keras.saving import model_config, revived, training_config
from reflow.lib.io import file_io
from reflow.saved_model import constants, loader_impl, save
from reflow.saved_model import utils_impl as saved_model_utils

_TRAINING_FILE = 'training_config.json'
_ENTRIES = ('saved_model.pb', 'saved_model.pbtxt', 'variables', 'assets', constants.EXTRA_ASSETS_DIRECTORY)


def save_model(model, folder, include_optimizer, signatures=None):
    """Writes a model in the place of a SavedModel that is there."""
    for name in _ENTRIES:
        path = os.path.join(folder, name)
        if file_io.file_exists(path):
            (file_io.delete_recursively if file_io.is_directory(path) else file_io.delete_file)(path)
    with K.learning_phase_scope(0), _without_optimizer(model, include_optimizer):
        save.save(model, folder, signatures)


def load_model(folder, custom_objects=None, compile=True, model_from_config=None):
    """Reads a model: of its configuration where that and its classes are there, else of the functions in the SavedModel."""
    config, training = _configurations(folder)
    model = _of_configuration(folder, config, custom_objects, model_from_config or model_config.model_from_config)
    if model is None:
        model, training = revived.load_model(folder)
    if compile and training is not None:
        training_config.compile_model(model, training, custom_objects)
    return model


def _of_configuration(folder, config, custom_objects, model_from_config):
    """The model; None: there is no configuration, or it has classes that the program doesn't give."""
    if (config or {}).get('config') is None:
        return None
    try:
        model = model_from_config(config, custom_objects=custom_objects)
    except ValueError as error:
        if str(error).startswith('Unknown ') and revived.is_in(folder):
            return None
        raise
    model.load_weights(saved_model_utils.get_variables_path(folder)).expect_partial()
    model._deferred_dependencies.pop('optimizer', None)  # which TensorFlow doesn't restore either
    return model


@contextlib.contextmanager
def _without_optimizer(model, include_optimizer):
    """The model as it is, or as one that is not trained."""
    if include_optimizer:
        yield
        return
    optimizer = model.optimizer
    references = model._unconditional_checkpoint_dependencies
    kept = list(references)
    references[:] = [each for each in references if each.name != 'optimizer']
    model.__dict__['optimizer'] = None
    try:
        yield
    finally:
        model.__dict__['optimizer'] = optimizer
        references[:] = kept


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
