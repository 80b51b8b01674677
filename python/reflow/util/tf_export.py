"""The decorators by which modules written for TensorFlow name their part of its public API.

Reflow's own names come from a table; here a symbol only remembers the names it was given.
"""
import functools
import sys

from reflow.util import tf_decorator

TENSORFLOW_API_NAME, ESTIMATOR_API_NAME, KERAS_API_NAME = 'tensorflow', 'estimator', 'keras'

# Attributes of a symbol with its names, and of a module with pairs of names and constant, in both versions of the API.
_NAMES = {'tensorflow': '_tf_api_names', 'estimator': '_estimator_api_names', 'keras': '_keras_api_names'}
_CONSTANTS = {'tensorflow': '_tf_api_constants', 'estimator': '_estimator_api_constants',
              'keras': '_keras_api_constants'}


class SymbolAlreadyExposedError(Exception):
    """Raised when a symbol that has names gets others."""


class InvalidSymbolNameError(Exception):
    """Raised for a name that the API of the symbol may not have."""


class api_export:
    """A decorator that gives a function or class public names: those of the API and, if they differ, `v1`."""

    def __init__(self, *args, **kwargs):
        if 'v2' in kwargs:
            raise ValueError('You passed a "v2" argument to tf_export. This is not what you want. Pass v2 names '
                             'directly as positional arguments instead.')
        self._names = args
        self._names_v1 = kwargs.get('v1', args)
        self._api_name = kwargs.get('api_name', TENSORFLOW_API_NAME)
        self._overrides = kwargs.get('overrides', ())
        self._allow_multiple_exports = kwargs.get('allow_multiple_exports', False)
        self._validate_symbol_names()

    def _validate_symbol_names(self):
        names = set(self._names) | set(self._names_v1)
        if self._api_name != TENSORFLOW_API_NAME:
            if not all(name.startswith(self._api_name) for name in names):
                raise InvalidSymbolNameError(
                    'Can only export symbols under package name of component. e.g. tensorflow_estimator must export '
                    'all symbols under tf.estimator')
            return
        if any(name.startswith(ESTIMATOR_API_NAME) for name in names):
            raise InvalidSymbolNameError(
                '@tf_export is not allowed to export symbols under %s.*' % ESTIMATOR_API_NAME)

    def _attributes(self, table):
        return (table[self._api_name], self._names), (table[self._api_name] + '_v1', self._names_v1)

    def __call__(self, func):
        for attribute, _ in self._attributes(_NAMES):
            for overridden in self._overrides:
                delattr(tf_decorator.unwrap(overridden)[1], attribute)
        target = tf_decorator.unwrap(func)[1]
        for attribute, names in self._attributes(_NAMES):
            if attribute in target.__dict__ and not self._allow_multiple_exports:
                raise SymbolAlreadyExposedError('Symbol %s is already exposed as %s.' % (
                    target.__name__, getattr(target, attribute)))
            setattr(target, attribute, names)
        return func

    def export_constant(self, module_name, name):
        """Names a constant of a module."""
        module = sys.modules[module_name]
        for attribute, names in self._attributes(_CONSTANTS):
            if not hasattr(module, attribute):
                setattr(module, attribute, [])
            getattr(module, attribute).append((names, name))


tf_export = functools.partial(api_export, api_name=TENSORFLOW_API_NAME)
estimator_export = functools.partial(api_export, api_name=ESTIMATOR_API_NAME)
keras_export = functools.partial(api_export, api_name=KERAS_API_NAME)


def kwarg_only(f):
    """`f`, which raises TypeError when it is called with positional arguments."""
    from reflow.util import tf_inspect
    spec = tf_inspect.getargspec(f)

    def wrapper(*args, **kwargs):
        if args:
            raise TypeError('{f} only takes keyword args (possible keys: {kwargs}). Please pass these args as kwargs '
                            'instead.'.format(f=f.__name__, kwargs=spec.args))
        return f(**kwargs)

    return tf_decorator.make_decorator(f, wrapper, decorator_argspec=spec)
