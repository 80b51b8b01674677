"""Calls a function with a module when the program imports it; at once where it is imported already."""

import sys
from importlib.util import find_spec

_waiting = {}  # name -> function(module)


def after_import(name, function):
    """One function for each module."""
    module = sys.modules.get(name)
    if module is not None:
        function(module)
    else:
        _waiting[name] = function


class _Finder:
    """Lets the finders behind it look for the modules that somebody waits for, and comes back when one is loaded."""

    def find_spec(self, fullname, path=None, target=None):
        function = _waiting.pop(fullname, None)
        if function is None:
            return None
        spec = find_spec(fullname)
        if spec is not None and spec.loader is not None:
            spec.loader = _Loader(spec.loader, function)
        return spec


class _Loader:

    def __init__(self, loader, function):
        self._loader = loader
        self._function = function

    def __getattr__(self, name):
        return getattr(self._loader, name)

    def exec_module(self, module):
        self._loader.exec_module(module)
        self._function(module)


sys.meta_path.insert(0, _Finder())
