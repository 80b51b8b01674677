"""The architectures of tf.keras.applications, made with the package's layers and models."""

import functools
import importlib

from reflow.keras import applications


__all__ = list(applications.MODULE_OF)


def package_functions(module):
    """A module-level __getattr__ for the architecture of that name: its functions use the package's modules."""
    def getattribute(name):
        if name == '__all__':
            own = [each for each, its_module in applications.MODULE_OF.items() if its_module == module]
            return sorted({*own, 'decode_predictions', 'preprocess_input'})
        if name.startswith('__'):
            raise AttributeError("module 'keras.applications.%s' has no attribute '%s'" % (module, name))
        return with_package(getattr(importlib.import_module('reflow.keras.applications.' + module), name))

    return getattribute


def with_package(function):
    """`function`, to which the package's modules are passed."""
    @functools.wraps(function)
    def call(*args, **kwargs):
        from reflow.keras_package import backend, layers, models, utils
        return function(*args, backend=backend, layers=layers, models=models, utils=utils, **kwargs)

    return call


def __getattr__(name):
    if name in applications.MODULE_OF:
        module = 'resnet50' if name == 'ResNet50' else applications.MODULE_OF[name]
        return getattr(importlib.import_module('%s.%s' % (__spec__.name, module)), name)
    full_name = '%s.%s' % (__spec__.name, name)
    try:
        return importlib.import_module(full_name)
    except ModuleNotFoundError as error:
        if error.name != full_name:
            raise
    raise AttributeError("module 'keras.applications' has no attribute '%s'" % name)
