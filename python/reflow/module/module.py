"""tf.Module: named objects with variables and functions."""
import re

from reflow.framework import ops
from reflow.ops import variables
from reflow.training.tracking import tracking
from reflow.util import nest, tf_decorator

_WORD = re.compile(r'((?<=[a-z0-9])[A-Z]|(?!^)[A-Z](?=[a-z]))')
_IDENTIFIER = re.compile(r'^[a-zA-Z_]([a-zA-Z0-9_])*$')


def valid_identifier(name):
    """Whether it can be the name of a module."""
    return bool(_IDENTIFIER.match(name))


def camel_to_snake(value):
    """'MyModule' as 'my_module'."""
    return _WORD.sub(r'_\1', value).lower()


class Module(tracking.AutoTrackable):
    """Variables, other modules and functions of a program under a name."""

    _TF_MODULE_IGNORED_PROPERTIES = frozenset(('_self_unconditional_checkpoint_dependencies',
                                               '_self_unconditional_dependency_names'))

    def __init__(self, name=None):
        if name is None:
            name = camel_to_snake(type(self).__name__)
        elif not valid_identifier(name):
            raise ValueError('%r is not a valid module name. Module names must be valid Python identifiers (e.g. a valid class '
                             'name).' % name)
        self._name = name
        with ops.name_scope(name) as scope_name:
            self._scope_name = scope_name

    @property
    def name(self):
        """The name, without those of modules around."""
        return self._name

    @property
    def name_scope(self):
        """Its name scope, to be entered."""
        return ops.name_scope(self._scope_name)

    @property
    def variables(self):
        """The variables of its attributes, sorted by these, then those of modules within."""
        return tuple(self._flatten(predicate=_is_variable))

    @property
    def trainable_variables(self):
        """Those of them that optimizers train."""
        return tuple(self._flatten(predicate=lambda value: _is_variable(value) and value.trainable))

    @property
    def submodules(self):
        """All modules within."""
        return tuple(self._flatten(predicate=_is_module))

    def _flatten(self, recursive=True, predicate=None, attribute_traversal_key=None, with_path=False):
        """The values in attributes, lists and dictionaries that satisfy `predicate`, each once; with paths each time."""
        return _flatten_module(self, recursive, predicate or (lambda value: True), attribute_traversal_key, with_path, (),
                               {id(self)})

    @classmethod
    def with_name_scope(cls, method):
        """Decorates a method that opens the name scope of the module."""

        def method_with_name_scope(self, *args, **kwargs):
            with self.name_scope:
                return method(self, *args, **kwargs)

        return tf_decorator.make_decorator(method, method_with_name_scope)


def _is_variable(value):
    return isinstance(value, variables.Variable)


def _is_module(value):
    return isinstance(value, Module)


def _flatten_module(module, recursive, predicate, key, with_path, module_path, seen):
    attributes, submodules = vars(module), []
    for name in sorted(attributes, key=key):
        if name in module._TF_MODULE_IGNORED_PROPERTIES:
            continue
        for path, leaf in nest.flatten_with_tuple_paths(attributes[name]):
            path = module_path + (name,) + path
            if not with_path:
                if id(leaf) in seen:
                    continue
                seen.add(id(leaf))
            if predicate(leaf):
                yield (path, leaf) if with_path else leaf
            if recursive and _is_module(leaf):
                submodules.append((path, leaf))
    for path, submodule in submodules:
        yield from _flatten_module(submodule, recursive, predicate, key, with_path, path, seen)
