"""Arguments of layers' constructors: as attributes of the layers, and in what get_config gives.

The last word of a name says what the argument is. An activation, initializer, regularizer or constraint may be given as a
name or a configuration, is kept as the object of it, and is written as a configuration. All others stay what they are.
"""

from reflow.keras import activations
from reflow.keras import constraints
from reflow.keras import initializers
from reflow.keras import regularizers

_MODULES = {'activation': activations, 'initializer': initializers, 'regularizer': regularizers, 'constraint': constraints}


def _module_of(name):
    return _MODULES.get(name.rpartition('_')[2])


def of_weights(*weights, activity=False):
    """What layers with these weights are told of each, in the order of configurations; `activity`: of the outputs too."""
    names = {kind: ['%s_%s' % (weight, kind) for weight in weights] for kind in ('initializer', 'regularizer', 'constraint')}
    if activity:
        names['regularizer'].append('activity_regularizer')
    return sum(names.values(), [])


def passed_on(given, *without):
    """The arguments of a function, which are its locals(), for another one: but for `self` and those `without`."""
    own = {name: value for name, value in given.items() if name not in ('self', '__class__', 'kwargs', *without)}
    return {**own, **given.get('kwargs', {})}


def keep(layer, **arguments):
    """Sets attributes of these names."""
    for name, value in arguments.items():
        module = _module_of(name)
        setattr(layer, name, module.get(value) if module else value)


def written(layer, names):
    """{name: value} of a configuration."""
    values = {}
    for name in names:
        module, value = _module_of(name), getattr(layer, name)
        values[name] = module.serialize(value) if module else value
    return values
