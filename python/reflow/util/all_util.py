"""The lists of public names that modules of TensorFlow make from `@@name` lines of their docstrings."""
import sys

_HIDDEN_ATTRIBUTES = {}

__all__ = ['make_all', 'remove_undocumented', 'reveal_undocumented']


def _documented(doc):
    for line in (doc or '').splitlines():
        name = line[2:]
        if line.startswith('@@') and name.isidentifier():
            yield name


def make_all(module_name, doc_string_modules=None):
    """The names of `module_name` that the docstrings of the modules, by default its own, list."""
    modules = doc_string_modules or [sys.modules[module_name]]
    members = set(dir(sys.modules[module_name]))
    return list({name for module in modules for name in _documented(module.__doc__) if name in members})


def reveal_undocumented(symbol_name, target_module=None):
    """Puts a name that remove_undocumented took away back. Raises LookupError if it did not."""
    if symbol_name not in _HIDDEN_ATTRIBUTES:
        raise LookupError('Symbol %s is not a hidden symbol' % symbol_name)
    module, value = _HIDDEN_ATTRIBUTES[symbol_name]
    setattr(target_module or module, symbol_name.rpartition('.')[2], value)


def remove_undocumented(module_name, allowed_exception_list=None, doc_string_modules=None):
    """Deletes the public names of a module that are neither documented nor allowed."""
    module = sys.modules[module_name]
    kept = set(make_all(module_name, doc_string_modules)) | set(allowed_exception_list or ())
    for name in set(vars(module)) - kept:
        if not name.startswith('_'):
            _HIDDEN_ATTRIBUTES[module_name + '.' + name] = module, getattr(module, name)
            delattr(module, name)
