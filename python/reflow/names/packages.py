"""Lets `package.module` work without an import of the module before: TensorFlow imports all of its modules at once."""

import importlib

from reflow.names import public, table


def lazy_modules(package, *public_modules):
    """A module-level __getattr__ for the package of that name: __getattr__ = lazy_modules(__spec__.name).

    What is no module of the package is looked for in `public_modules`, whose names TensorFlow has in the package too.
    """

    def getattribute(name):
        if not name.startswith('__'):
            full_name = f'{package}.{name}'
            try:
                return importlib.import_module(full_name)
            except ModuleNotFoundError as error:
                if error.name != full_name:
                    raise
            for module in public_modules:
                if name in table.symbols(module):
                    return public.resolve(module, name)
        raise AttributeError(f"module '{package}' has no attribute '{name}'")

    return getattribute
