"""Initializers by name."""

import inspect

from reflow.ops import init_ops

Initializer = init_ops.Initializer
_CLASSES = {
    'zeros': init_ops.Zeros, 'ones': init_ops.Ones, 'constant': init_ops.Constant,
    'random_uniform': init_ops.RandomUniform, 'random_normal': init_ops.RandomNormal,
    'truncated_normal': init_ops.TruncatedNormal, 'variance_scaling': init_ops.VarianceScaling,
    'glorot_uniform': init_ops.GlorotUniform, 'glorot_normal': init_ops.GlorotNormal,
    'orthogonal': getattr(init_ops, 'Orthogonal', None), 'identity': getattr(init_ops, 'Identity', None),
    'lecun_normal': init_ops.lecun_normal, 'lecun_uniform': init_ops.lecun_uniform,
    'he_normal': init_ops.he_normal, 'he_uniform': init_ops.he_uniform,
}
_CLASSES.update({initializer.__name__: initializer for initializer in list(_CLASSES.values()) if initializer})


def serialize(initializer):
    """The class and the arguments of an initializer."""
    return {'class_name': type(initializer).__name__, 'config': initializer.get_config()}


def deserialize(config, custom_objects=None):
    """The initializer of what serialize gives."""
    known = dict(_CLASSES, **(custom_objects or {}))
    name = config['class_name']
    if known.get(name) is None:
        raise ValueError('Unknown initializer: ' + name)
    return known[name](**config.get('config', {}))


def get(identifier):
    """The initializer: a name, a configuration, a class, or what is called with shape and type."""
    if identifier is None:
        return None
    if isinstance(identifier, dict):
        return deserialize(identifier)
    if isinstance(identifier, str):
        return deserialize({'class_name': identifier, 'config': {}})
    if callable(identifier):
        return identifier() if inspect.isclass(identifier) else identifier
    raise ValueError('Could not interpret initializer identifier: ' + str(identifier))
