"""The module `imp`, which Python 3.12 removed: what programs used of it."""

import importlib
import importlib.util
import sys
import types

reload = importlib.reload
new_module = types.ModuleType


def load_source(name, pathname, file=None):
    """Loads the file `pathname` as the module `name`, again if it is loaded already."""
    spec = importlib.util.spec_from_file_location(name, pathname)
    module = importlib.util.module_from_spec(spec)
    sys.modules[name] = module
    spec.loader.exec_module(module)
    return module
