"""The loaders of finder.py: each makes, or finds elsewhere, one kind of module."""

import importlib
import os
import sys
from importlib.machinery import ExtensionFileLoader

from reflow.names import public, table
from reflow.names.packages import lazy_modules


class PublicLoader:
    """Makes a public module, which looks its names up in the table."""

    def __init__(self, name):
        self._name = name

    def create_module(self, spec):
        return None

    def exec_module(self, module):
        public.furnish(module, self._name)


class PythonLoader:
    """Makes tensorflow.python: Reflow's packages, and the names of tensorflow."""

    def create_module(self, spec):
        return None

    def exec_module(self, module):
        public.furnish(module, '')
        symbol = module.__getattr__
        package = lazy_modules(module.__name__)

        def getattribute(name):
            try:
                return package(name)
            except AttributeError:
                return symbol(name)

        module.__getattr__ = getattribute


class PackageLoader:
    """Makes a package that only holds modules."""

    def create_module(self, spec):
        return None

    def exec_module(self, module):
        module.__getattr__ = lazy_modules(module.__name__)


class AliasLoader:
    """Gives the module that another name has: both names are one module, as both of TensorFlow's are."""

    def __init__(self, target):
        self._target = target
        self._spec = None

    def create_module(self, spec):
        try:
            module = importlib.import_module(self._target)
        except ModuleNotFoundError as error:
            if error.name == self._target or self._target.startswith(f'{error.name}.'):
                raise ModuleNotFoundError(f'No module named {spec.name!r}: Reflow has no {self._target}',
                                          name=spec.name) from None
            raise
        self._spec = module.__spec__
        return module

    def exec_module(self, module):
        module.__spec__ = self._spec  # the import system has put the alias's there


class MessageLoader:
    """Gives a module of messages, tensorflow..._pb2."""

    def __init__(self, public_name):
        self._public_name = public_name

    def create_module(self, spec):
        from reflow.framework import protos
        return protos.module(self._public_name)

    def exec_module(self, module):
        pass


class OpModuleLoader:
    """Makes tensorflow.python.ops.gen_*_ops: functions over the op registry, each made when it is first asked for."""

    def __init__(self, name):
        self._name = name

    def create_module(self, spec):
        return None

    def exec_module(self, module):
        functions = table.op_functions(self._name)

        def getattribute(name):
            value = self._function(functions, name)
            if value is None:
                raise AttributeError(f"module '{module.__name__}' has no attribute '{name}'")
            setattr(module, name, value)
            return value

        module.__getattr__ = getattribute
        module.__dir__ = lambda: sorted({*functions, *functions.values(), *vars(module)})

    def _function(self, functions, name):
        from reflow.framework import op_wrappers
        if name in functions:
            return op_wrappers.op_function(functions[name], name, 'tensorflow.python.' + self._name)
        if name in functions.values():
            return op_wrappers.raw_op_function(name, 'tensorflow.python.' + self._name)
        return None


class ImplementationLoader:
    """Runs a module under TensorFlow's name for it, which is what `type(x)` and tracebacks of programs then show."""

    def __init__(self, loader, public_name):
        self._loader = loader
        self._public_name = public_name

    def __getattr__(self, name):
        return getattr(self._loader, name)

    def create_module(self, spec):
        return self._loader.create_module(spec)

    def exec_module(self, module):
        own_name = module.__name__
        code = self._loader.get_code(own_name)
        module.__name__ = self._public_name
        try:
            exec(code, vars(module))
        finally:
            module.__name__ = own_name


class EngineLoader(ExtensionFileLoader):
    """Loads the extension so that it and its libraries take each other's functions before those of the process.

    TensorFlow and others give their libraries to the whole process; their protobuf, of another version, would be called
    instead of the engine's.
    """

    def create_module(self, spec):
        flags = sys.getdlopenflags()
        sys.setdlopenflags(flags & ~os.RTLD_GLOBAL | getattr(os, 'RTLD_DEEPBIND', 0))
        try:
            return super().create_module(spec)
        finally:
            sys.setdlopenflags(flags)
