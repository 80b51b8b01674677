"""Which operations have gradient functions, and these functions, as programs look for them."""

import collections.abc
import types

from reflow import _core

_of_programs = {}


class _Entries(collections.abc.Mapping):
    """{type of operation: {'type': its gradient function}}; they can't be replaced."""

    def __contains__(self, name):
        return _core.gradient_kind(name) != 'unregistered'

    def __getitem__(self, name):
        kind = _core.gradient_kind(name)
        if kind == 'unregistered':
            raise KeyError(name)
        return types.MappingProxyType({'type': None if kind == 'none' else function_of(name)})

    def __iter__(self):
        from reflow.framework import op_def_registry
        names = set(op_def_registry.get_registered_ops()) | set(_of_programs)
        return (name for name in sorted(names) if name in self)

    def __len__(self):
        return sum(1 for _ in self)


class GradientRegistry:
    """What `ops._gradient_registry` is."""

    _registry = _Entries()

    def register(self, candidate, name=None):
        """Makes `candidate` the gradient function of operations of a type. KeyError: there is one already."""
        name = name or candidate.__name__
        if candidate is None:
            _core.not_differentiable(name)
        else:
            _core.register_gradient(name, candidate)
            _of_programs[name] = candidate

    def list(self):
        """The types of operations that have an entry."""
        return list(self._registry)

    def lookup(self, name):
        """The gradient function of operations of a type; None: they have no gradient. LookupError: nothing says."""
        try:
            return self._registry[name]['type']
        except KeyError:
            raise LookupError('gradient registry has no entry for: %s' % name) from None


def function_of(op_type):
    """The function (op, *grads) that gives the gradients of the inputs of such operations: one value where there is one input."""
    if op_type in _of_programs:
        return _of_programs[op_type]

    def gradient(op, *grads):
        found = _core.registered_gradient(op_type, op, list(grads))
        return found[0] if len(found) == 1 else found

    gradient.__name__ = '_%sGrad' % op_type
    return gradient


def named_functions(module):
    """The __getattr__ of a module in which the gradient function of operations `X` is called `_XGrad`."""
    def find(name):
        op_type = name[1:-len('Grad')]
        if not name.startswith('_') or not name.endswith('Grad') or _core.gradient_kind(op_type) != 'function':
            raise AttributeError("module '%s' has no attribute '%s'" % (module.replace('reflow.', 'tensorflow.python.', 1), name))
        return function_of(op_type)
    return find
