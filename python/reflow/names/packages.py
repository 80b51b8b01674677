"""Lets `package.module` work without an import of the module before: TensorFlow imports all of its modules at once."""

import importlib
import sys

from reflow.names import public, table


def lazy_modules(package, *public_modules):
    """A module-level __getattr__ for the package of that name: __getattr__ = lazy_modules(__spec__.name).

    What is no module of the package is looked for in `public_modules`, whose names TensorFlow has in the package too. Those of
    the public module that the package is are what `from package import *` gives, beside its own.
    """
    own_module = package.partition('.')[2]

    def getattribute(name):
        if name == '__all__' and own_module in public_modules:
            names = {*table.symbols(own_module), *vars(sys.modules[package])}
            return sorted(each for each in names if not each.startswith('_') and _has(package, each))
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
            if name in table.missing_of_contrib().get(own_module, ()):
                raise public.MissingSymbolError(public.missing_text(own_module, name), name=name)
        raise AttributeError(f"module '{_seen_as(package)}' has no attribute '{name}'")

    return getattribute


def _seen_as(package):
    """The name that programs know the package by."""
    own_name = package.partition('.')[2]
    return f'tensorflow.{own_name}' if own_name.startswith('contrib') else f'tensorflow.python.{own_name}'


def _has(package, name):
    return hasattr(sys.modules[package], name)


def names_of(package, whole):
    """A module-level __getattr__ for a package with its modules, and with the names of the module `whole`, which has them all."""
    modules = lazy_modules(package)

    def getattribute(name):
        if name == '__all__':
            return [each for each in vars(importlib.import_module(whole)) if not each.startswith('_')]
        try:
            return modules(name)
        except AttributeError:
            if name.startswith('__'):
                raise
        try:
            return getattr(importlib.import_module(whole), name)
        except AttributeError:
            raise AttributeError(f"module '{package}' has no attribute '{name}'") from None

    return getattribute
