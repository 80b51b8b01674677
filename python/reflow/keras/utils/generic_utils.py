"""Objects of Keras by name and configuration, progress bars, slices of arrays."""

import inspect
import marshal
import codecs
import types

import numpy as np

from reflow.keras.utils.progress import Progbar  # noqa: F401

_GLOBAL_CUSTOM_OBJECTS = {}


def get_custom_objects():
    """The dictionary of names that programs have given meanings."""
    return _GLOBAL_CUSTOM_OBJECTS


class CustomObjectScope:
    """Within it names stand for the program's objects: dictionaries of them."""

    def __init__(self, *args):
        self.custom_objects = args
        self.backup = None

    def __enter__(self):
        self.backup = _GLOBAL_CUSTOM_OBJECTS.copy()
        for objects in self.custom_objects:
            _GLOBAL_CUSTOM_OBJECTS.update(objects)
        return self

    def __exit__(self, *unused_exception):
        _GLOBAL_CUSTOM_OBJECTS.clear()
        _GLOBAL_CUSTOM_OBJECTS.update(self.backup)


def custom_object_scope(*args):
    """A CustomObjectScope."""
    return CustomObjectScope(*args)


def serialize_keras_class_and_config(cls_name, cls_config):
    """What stands for an object of a class."""
    return {'class_name': cls_name, 'config': cls_config}


def as_config(identifier):
    """A configuration, or that of an object without arguments, of which `identifier` is the name."""
    return identifier if isinstance(identifier, dict) else {'class_name': str(identifier), 'config': {}}


def serialize_keras_object(instance):
    """The class and the arguments of an object, or the name of a function."""
    if instance is None:
        return None
    if hasattr(instance, 'get_config'):
        config = {}
        for key, item in instance.get_config().items():
            if isinstance(item, str) or isinstance(item, dict):
                config[key] = item
                continue
            try:
                serialized = serialize_keras_object(item)
                if isinstance(serialized, dict):
                    serialized['__passive_serialization__'] = True
                config[key] = serialized
            except ValueError:
                config[key] = item
        return serialize_keras_class_and_config(type(instance).__name__, config)
    if hasattr(instance, '__name__'):
        return instance.__name__
    raise ValueError('Cannot serialize', instance)


def class_and_config_for_serialized_keras_object(config, module_objects=None, custom_objects=None,
                                                 printable_module_name='object'):
    """The class and the arguments that a configuration names."""
    if not isinstance(config, dict) or 'class_name' not in config or 'config' not in config:
        raise ValueError('Improper config format: ' + str(config))
    class_name = config['class_name']
    cls = _known(class_name, custom_objects, module_objects)
    if cls is None:
        raise ValueError('Unknown ' + printable_module_name + ': ' + class_name)
    arguments = config['config']
    deserialized = {}
    for key, item in arguments.items():
        if isinstance(item, dict) and '__passive_serialization__' in item:
            inner = {name: value for name, value in item.items() if name != '__passive_serialization__'}
            item = deserialize_keras_object(inner, module_objects=module_objects, custom_objects=custom_objects,
                                            printable_module_name='config_item')
        deserialized[key] = item
    return cls, deserialized


def _known(name, custom_objects, module_objects):
    for objects in (custom_objects, _GLOBAL_CUSTOM_OBJECTS, module_objects):
        if objects and objects.get(name) is not None:
            return objects[name]
    return None


def is_unknown(name, module_objects):
    """Whether neither the program nor a module gives an object of this name."""
    return _known(name, None, module_objects) is None


def deserialize_keras_object(identifier, module_objects=None, custom_objects=None, printable_module_name='object'):
    """The object that a name or a configuration stands for."""
    if identifier is None:
        return None
    if isinstance(identifier, dict):
        cls, config = class_and_config_for_serialized_keras_object(identifier, module_objects, custom_objects,
                                                                   printable_module_name)
        if not hasattr(cls, 'from_config'):
            with CustomObjectScope(custom_objects or {}):
                return cls(**config)
        if 'custom_objects' in inspect.getfullargspec(cls.from_config).args:
            return cls.from_config(config, custom_objects=dict(_GLOBAL_CUSTOM_OBJECTS, **(custom_objects or {})))
        with CustomObjectScope(custom_objects or {}):
            return cls.from_config(config)
    if isinstance(identifier, str):
        found = _known(identifier, custom_objects, module_objects)
        if found is None:
            raise ValueError('Unknown ' + printable_module_name + ':' + identifier)
        return found() if inspect.isclass(found) else found
    if inspect.isfunction(identifier):
        return identifier
    raise ValueError('Could not interpret serialized ' + printable_module_name + ': ' + str(identifier))


def func_dump(function):
    """The code, the defaults and the closure of a function, to be stored."""
    code = codecs.encode(marshal.dumps(function.__code__), 'base64').decode('ascii')
    closure = tuple(cell.cell_contents for cell in function.__closure__) if function.__closure__ else None
    return code, function.__defaults__, closure


def func_load(code, defaults=None, closure=None, globs=None):
    """The function of what func_dump gives."""
    if isinstance(code, (tuple, list)):
        code, defaults, closure = code
        if isinstance(defaults, list):
            defaults = tuple(defaults)
    if closure is not None:
        closure = tuple(value if isinstance(value, types.CellType) else types.CellType(value) for value in closure)
    raw = codecs.decode(code.encode('ascii'), 'base64')
    return types.FunctionType(marshal.loads(raw), globals() if globs is None else globs, name=marshal.loads(raw).co_name,
                              argdefs=defaults, closure=closure)


def has_arg(fn, name, accept_all=False):
    """Whether a function takes an argument of this name."""
    spec = inspect.getfullargspec(fn)
    if accept_all and spec.varkw is not None:
        return True
    return name in spec.args or name in spec.kwonlyargs


def make_batches(size, batch_size):
    """(start, end) of each batch."""
    return [(start, min(size, start + batch_size)) for start in range(0, size, batch_size)]


def slice_arrays(arrays, start=None, stop=None):
    """A slice of each array; `start` may be a list of indices."""
    def part(x):
        if x is None:
            return None
        if hasattr(start, '__len__'):
            return x[start.tolist() if hasattr(start, 'shape') and not isinstance(x, np.ndarray) else start]
        return x[start:stop]

    if arrays is None:
        return [None]
    if isinstance(start, list) and stop is not None:
        raise ValueError('The stop argument has to be None if the value of start is a list.')
    if isinstance(arrays, list):
        return [part(x) for x in arrays]
    if hasattr(start, '__len__') or hasattr(start, '__getitem__') or hasattr(arrays, '__getitem__'):
        return part(arrays)
    return [None]


def to_list(x):
    """`x` as a list."""
    return x if isinstance(x, list) else [x]


def unpack_singleton(x):
    """What a list of one holds; anything else as it is."""
    return x[0] if isinstance(x, (list, tuple)) and len(x) == 1 else x


def object_list_uid(object_list):
    """A name for a list of objects."""
    return ', '.join(str(abs(id(x))) for x in to_list(object_list))


def is_all_none(structure):
    """Whether nothing in the structure is anything."""
    from reflow.util import nest
    return all(each is None for each in nest.flatten(structure))


def to_snake_case(name):
    """'Conv2D' as 'conv2d'."""
    from reflow.keras.engine import base_layer
    return base_layer.to_snake_case(name)


def check_for_unexpected_keys(name, input_dict, expected_values):
    """Raises ValueError where the dictionary has other keys."""
    unknown = set(input_dict.keys()).difference(expected_values)
    if unknown:
        raise ValueError('Unknown entries in {} dictionary: {}. Only expected following keys: {}'.format(
            name, list(unknown), expected_values))


Progbar.__module__ = CustomObjectScope.__module__ = 'tensorflow.python.keras.utils.generic_utils'
