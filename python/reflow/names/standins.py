"""Modules of TensorFlow's inside of which Reflow has no files, and that programs import all the same.

A name of such a module is that of the module that Reflow has in its place; what isn't there either can be imported and derived
from, and says on use that Reflow hasn't it: TensorFlow has these modules, and most programs that import them use them for a
machine or in a mode that they don't always run in.
"""

import importlib

# The name below tensorflow.python, or below tensorflow, of a module or package, and the module in its place: all below it is
# like it.
_PACKAGES = {
    'contrib.tpu.python': 'reflow.tensorflow.contrib.tpu',
    'tpu': 'reflow.tensorflow.contrib.tpu',
    'debug.cli': 'reflow.debug',
    'debug.lib': 'reflow.debug',
    'debug.wrappers': 'reflow.debug',
    'autograph.converters.break_statements': None,
    'autograph.converters.continue_statements': None,
    'autograph.converters.return_statements': None,
    'autograph.core.naming': None,
    'autograph.pyct.anno': None,
    'autograph.pyct.common_transformers': None,
    'autograph.pyct.compiler': None,
    'autograph.pyct.inspect_utils': None,
    'autograph.pyct.parser': None,
    'autograph.pyct.qual_names': None,
    'autograph.pyct.templates': None,
    'autograph.pyct.transformer': None,
    'compiler.tensorrt': None,
    'ops.nccl_ops': None,
}


def is_standin(name):
    """Whether `name`, without `reflow.`, is such a module or package."""
    return _package(name) is not None


def is_absent(value):
    """Whether it only stands for what Reflow does not have."""
    return isinstance(value, (_AbsentType, _Standin))


def _package(name):
    while name:
        if name in _PACKAGES:
            return name
        name = name.rpartition('.')[0]
    return None


class StandinLoader:
    """Makes such a module."""

    def __init__(self, name):
        self._name = name

    def create_module(self, spec):
        return _Standin(spec.name)

    def exec_module(self, module):
        module._in_its_place = _PACKAGES[_package(self._name)]
        below = 'tensorflow.' if self._name.startswith('contrib.') else 'tensorflow.python.'
        module._public_name = below + self._name


class _Standin(type(importlib)):
    """A module, or, since nobody knows which it would be, a function."""

    def __getattr__(self, name):
        if name.startswith('__') or '_in_its_place' not in vars(self):
            raise AttributeError(f"module '{self.__name__}' has no attribute '{name}'")
        value = getattr(importlib.import_module(self._in_its_place), name, None) if self._in_its_place else None
        if value is None:
            if name.lstrip('_')[:1].isupper():
                value = _absent_class(self._public_name, name)
            else:
                value = importlib.import_module(f'{self.__name__}.{name}')
        setattr(self, name, value)
        return value

    def __call__(self, *args, **kwargs):
        raise NotImplementedError(f'{self._public_name} is part of TensorFlow 1.15, but Reflow does not have it')


class _AbsentType(type):
    """Names of a class that is not there are not there either."""

    def __getattr__(cls, name):
        if name.startswith('__'):
            raise AttributeError(name)
        return _absent_class(f'{cls.__module__}.{cls.__name__}', name)


def _absent_class(module, name):
    """A class that can be derived from, and not called: NotImplementedError."""
    message = f'{module}.{name} is part of TensorFlow 1.15, but Reflow does not have it'

    def __init__(self, *args, **kwargs):
        raise NotImplementedError(message)

    return _AbsentType(name, (), {'__init__': __init__, '__module__': module, '__doc__': f'Not there: {message}.'})
