"""Models of configurations."""

import json

from reflow.keras.layers import serialization


def model_from_config(config, custom_objects=None):
    """The model of what get_config gives."""
    if isinstance(config, list):
        raise TypeError('`model_from_config` expects a dictionary, not a list. Maybe you meant to use '
                        '`Sequential.from_config(config)`?')
    return serialization.deserialize(config, custom_objects=custom_objects)


def model_from_json(json_string, custom_objects=None):
    """The model of what to_json gives."""
    return model_from_config(json.loads(json_string), custom_objects=custom_objects)


def model_from_yaml(yaml_string, custom_objects=None):
    """The model of what to_yaml gives."""
    try:
        import yaml
    except ImportError:
        raise ImportError('Requires yaml module installed (`pip install pyyaml`).') from None
    return model_from_config(yaml.load(yaml_string, Loader=yaml.SafeLoader), custom_objects=custom_objects)
