"""Lets `package.module` work without an import of the module before: TensorFlow imports all of its modules at once."""

import importlib


def lazy_modules(package):
    """A module-level __getattr__ for the package of that name: __getattr__ = lazy_modules(__spec__.name)."""

    def getattribute(name):
        if not name.startswith('__'):
            full_name = f'{package}.{name}'
            try:
                return importlib.import_module(full_name)
            except ModuleNotFoundError as error:
                if error.name != full_name:
                    raise
        raise AttributeError(f"module '{package}' has no attribute '{name}'")

    return getattribute
