"""The package's models, and models of configurations."""

import json

from reflow.keras.models import clone_model  # noqa: F401
from reflow.keras_package.engine.input_layer import Input, InputLayer  # noqa: F401
from reflow.keras_package.engine.sequential import Sequential
from reflow.keras_package.engine.training import Model


def model_from_config(config, custom_objects=None):
    """The model of what get_config gives."""
    if isinstance(config, list):
        raise TypeError('`model_from_config` expects a dictionary, not a list. Maybe you meant to use '
                        '`Sequential.from_config(config)`?')
    return Model._deserialize_layer(config, custom_objects=custom_objects)


def model_from_json(json_string, custom_objects=None):
    """The model of what to_json gives."""
    return model_from_config(json.loads(json_string), custom_objects=custom_objects)


def model_from_yaml(yaml_string, custom_objects=None):
    """The model of what to_yaml gives."""
    import yaml
    return model_from_config(yaml.load(yaml_string, Loader=yaml.SafeLoader), custom_objects=custom_objects)


def save_model(model, filepath, overwrite=True, include_optimizer=True):
    """Writes a model."""
    model.save(filepath, overwrite=overwrite, include_optimizer=include_optimizer)


def load_model(filepath, custom_objects=None, compile=True):
    """Reads a model."""
    from reflow.keras.saving import save
    return save.load_model_with(model_from_config, filepath, custom_objects, compile)


__all__ = ['Input', 'InputLayer', 'Model', 'Sequential', 'clone_model', 'load_model', 'model_from_config',
           'model_from_json', 'model_from_yaml', 'save_model']
