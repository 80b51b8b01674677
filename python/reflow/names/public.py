"""The modules that programs see (tensorflow, tensorflow.nn, ...): they hold nothing and look each name up in the table."""

import importlib

from reflow.names import standins, table


class MissingSymbolError(AttributeError):
    """A name that TensorFlow 1.15 has and Reflow does not have yet.

    It is an AttributeError, so that programs that ask with hasattr what they may use go another way.
    """


def resolve(module, name):
    """The object that the public module `module` ('' is tensorflow) calls `name`. AttributeError: there is none."""
    entry = table.symbols(module).get(name)
    if entry is not None:
        implementation = _implementation(entry[0])
        try:
            value = getattr(implementation, entry[1])
        except AttributeError as error:
            if error.obj is not implementation:
                raise  # a mistake inside of the module
            raise MissingSymbolError(missing_text(module, name), name=name) from None
        # Modules hand on the functions of ops; where the table names the module itself, TensorFlow's function is another.
        if '.gen_' in (getattr(value, '__module__', None) or '') and '.gen_' not in entry[0]:
            raise MissingSymbolError(missing_text(module, name), name=name)
        if standins.is_absent(value):
            raise MissingSymbolError(missing_text(module, name), name=name)
        return value
    inner = f'{module}.{name}' if module else name
    if table.is_public_module(inner) or inner in _OTHER_MODULES:
        return importlib.import_module('reflow.tensorflow.' + inner)
    raise AttributeError(f"module '{public_name(module)}' has no attribute '{name}'")


def public_name(module):
    return f'tensorflow.{module}' if module else 'tensorflow'


def missing_text(module, name):
    return f'{public_name(module)}.{name} is part of TensorFlow 1.15, but Reflow does not have it yet'


# Modules below `tensorflow` that are no part of the documented API, and that programs reach as its attributes.
_OTHER_MODULES = frozenset(['python', 'core', 'examples', 'compat.v1', 'compat.v2', 'compat.v2.compat.v1',
                            'compat.v2.compat.v2'])


def _implementation(name):
    """The module reflow.NAME, None where Reflow has none; an import that fails inside of the module is not that."""
    full_name = f'reflow.{name}' if name else 'reflow'
    try:
        return importlib.import_module(full_name)  # waits where another thread is importing it
    except ModuleNotFoundError as error:
        if error.name == full_name or full_name.startswith(f'{error.name}.'):
            return None
        raise


def furnish(module, table_name):
    """Makes `module` the public module `table_name`: PEP 562's __getattr__ and __dir__ over the table."""

    def getattribute(name):
        if name == '__all__':
            return [each for each in names() if not each.startswith('_') and has(table_name, each)]
        value = resolve(table_name, name)
        setattr(module, name, value)
        return value

    def names():
        return sorted({*table.symbols(table_name), *table.submodules(table_name),
                   *(each for each in vars(module) if each.startswith('__'))})

    module.__getattr__ = getattribute
    module.__dir__ = names


def has(module, name):
    """Whether Reflow has the name."""
    try:
        resolve(module, name)
    except AttributeError:
        return False
    return True
