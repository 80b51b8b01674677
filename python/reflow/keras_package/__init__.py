"""The package `keras` 2.3.1 over TensorFlow, as programs import it beside tensorflow.

What differs from tf.keras is here: layers are numbered from 1, metrics are called as the program calls them, progress is
shown otherwise, optimizers have other defaults, and initial values come from NumPy's random numbers. What does not differ
is that of reflow.keras: names/finder.py looks there next.
"""

import importlib
import sys

__version__ = '2.3.1'

__all__ = ['Input', 'Model', 'Sequential', 'activations', 'applications', 'backend', 'callbacks', 'constraints', 'datasets', 'engine',
           'initializers', 'layers', 'losses', 'metrics', 'models', 'optimizers', 'preprocessing', 'regularizers', 'utils',
           'wrappers']

_ATTRIBUTES = {'Input': 'layers', 'Model': 'models', 'Sequential': 'models'}


def __getattr__(name):
    if name in _ATTRIBUTES:
        return getattr(importlib.import_module('reflow.keras_package.' + _ATTRIBUTES[name]), name)
    if name.startswith('__'):
        raise AttributeError("module 'keras' has no attribute '%s'" % name)
    for package in ('reflow.keras_package.', 'reflow.keras.'):
        try:
            return importlib.import_module(package + name)
        except ModuleNotFoundError as error:
            if error.name != package + name:
                raise
    raise AttributeError("module 'keras' has no attribute '%s'" % name)


print('Using TensorFlow backend.', file=sys.stderr)
