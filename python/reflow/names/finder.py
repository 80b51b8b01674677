"""Answers imports of `reflow.tensorflow...`, of the generated op modules and, after install(), of `tensorflow...`."""

import sys
from importlib.machinery import ModuleSpec, PathFinder

from reflow.names import loaders, public, standins, table

_TENSORFLOW = 'reflow.tensorflow'
# What stands below tensorflow under the name that it has below reflow; all else there is public or tensorflow.python.
_PACKAGES = ('contrib', 'core', 'examples', 'tools', 'compiler')
# The package that TensorFlow 1.15 keeps Estimators in, as tensorflow_estimator.python.estimator.
_ESTIMATORS = 'tensorflow_estimator'
# Below which tf.contrib has the modules of tf.keras.
_CONTRIB_KERAS = 'contrib.keras.api.keras.'
# A package that TensorFlow 1.15 and Keras bring along.
_PREPROCESSING = 'keras_preprocessing'
# What has no counterpart in TensorFlow.
_OWN_PACKAGES = ('_core', 'launcher', 'names', 'tensorflow')


class NameFinder:
    """The finder of sys.meta_path. One for each process; it leaves every other name to the finders behind it."""

    def __init__(self):
        self.installed = False

    def find_spec(self, fullname, path=None, target=None):
        del target
        root, _, rest = fullname.partition('.')
        if root == 'reflow':
            if rest.startswith('tensorflow.'):
                return _tensorflow_spec(fullname, rest.partition('.')[2])
            if '.gen_' in rest and table.is_op_module(rest):
                return ModuleSpec(fullname, loaders.OpModuleLoader(rest))
            if rest.startswith('core.') or (rest.startswith('contrib.') and rest.endswith('_pb2')):
                return _message_spec(fullname, rest)
            if rest == '_core':
                return _engine_spec(fullname, path)
            if standins.is_standin(rest) and PathFinder.find_spec(fullname, path) is None:
                return ModuleSpec(fullname, standins.StandinLoader(rest), is_package=True)
            if self.installed:
                return _implementation_spec(fullname, rest)
        elif self.installed and root in ('tensorflow', 'tensorflow_core'):
            return _alias(fullname, f'{_TENSORFLOW}.{rest}' if rest else _TENSORFLOW)
        elif self.installed and root == _ESTIMATORS:
            return _estimator_spec(fullname, rest)
        elif self.installed and root in ('keras', 'tflearn'):
            return _beside_tensorflow_spec(fullname, root, rest)
        elif self.installed and root == _PREPROCESSING and PathFinder.find_spec(root) is None:
            return _alias(fullname, f'reflow.keras.preprocessing.{rest}' if rest else 'reflow.keras.preprocessing')
        return None


FINDER = NameFinder()


def add():
    """Puts the finder before all others, once."""
    if FINDER not in sys.meta_path:
        sys.meta_path.insert(0, FINDER)


def install():
    """Lets `import tensorflow` give Reflow in this process. RuntimeError: another TensorFlow is imported already."""
    existing = sys.modules.get('tensorflow')
    if existing is not None and existing is not sys.modules.get(_TENSORFLOW):
        raise RuntimeError('reflow.install() comes too late: another module `tensorflow` is imported already')
    add()
    FINDER.installed = True


def implementation_name(name):
    """The module of Reflow that stands for a module of TensorFlow, to be run as a program; other names as they are."""
    root, _, rest = name.partition('.')
    package, _, module = rest.partition('.')
    if root not in ('tensorflow', 'tensorflow_core') or not module:
        return name
    if package == 'python':
        return 'reflow.' + module
    return 'reflow.' + rest if package in _PACKAGES else name


def _tensorflow_spec(fullname, name):
    """The spec of tensorflow.NAME. ImportError: TensorFlow has that and Reflow has not; None: nobody has."""
    if name == 'compat.v1':
        return ModuleSpec(fullname, loaders.PublicLoader(''), is_package=True)
    if name.startswith(('compat.v1.', 'compat.v2.compat.v')):
        return _alias(fullname, f'{_TENSORFLOW}.{name[len("compat.v1."):]}')
    if table.is_public_module(name):
        return ModuleSpec(fullname, loaders.PublicLoader(name), is_package=True)
    module, _, symbol = name.rpartition('.')
    if symbol in table.symbols(module):
        _raise_if_missing(module, symbol)
    if name == 'python':
        return ModuleSpec(fullname, loaders.PythonLoader(), is_package=True)
    package, _, rest = name.partition('.')
    if package == 'python':
        return _alias(fullname, 'reflow.' + rest)
    if name.startswith(_CONTRIB_KERAS):
        return _alias(fullname, f'{_TENSORFLOW}.keras.{name[len(_CONTRIB_KERAS):]}')
    if package in _PACKAGES:
        return _alias(fullname, 'reflow.' + name)
    return None


def _beside_tensorflow_spec(fullname, root, rest):
    """The spec of a module of the packages keras and tflearn: what keras has not itself is that of tf.keras."""
    package = 'reflow.keras_package' if root == 'keras' else 'reflow.tflearn'
    target = f'{package}.{rest}' if rest else package
    if root == 'keras' and rest and not _is_there(target):
        target = 'reflow.keras.' + rest
    return _alias(fullname, target)


def _is_there(name):
    """Whether Reflow has a file for the module."""
    from importlib.util import find_spec
    try:
        return find_spec(name) is not None
    except ModuleNotFoundError:
        return False


def _alias(fullname, target):
    return ModuleSpec(fullname, loaders.AliasLoader(target), is_package=True)


def _estimator_spec(fullname, name):
    """The spec of tensorflow_estimator...; None: nobody has that."""
    if name in ('', 'python', 'contrib'):
        return ModuleSpec(fullname, loaders.PackageLoader(), is_package=True)
    package, _, rest = name.partition('.')
    if package == 'contrib':
        return _alias(fullname, 'reflow.' + name)
    return _alias(fullname, 'reflow.' + rest) if package == 'python' else None


def _raise_if_missing(module, symbol):
    """`from tensorflow import NAME` asks for a module NAME where the attribute is not there: say why it is not."""
    try:
        public.resolve(module, symbol)
    except public.MissingSymbolError as error:
        raise ImportError(str(error), name=public.public_name(module)) from None


def _message_spec(fullname, name):
    """The spec of a module of messages, or of a package of tensorflow.core, which consists of these."""
    from reflow.framework import protos
    public_name = 'tensorflow.' + name
    if protos.is_module_name(public_name):
        return ModuleSpec(fullname, loaders.MessageLoader(public_name))
    if any(module.startswith(public_name + '.') for module in protos.module_names()):
        return ModuleSpec(fullname, loaders.PackageLoader(), is_package=True)
    return None


def _engine_spec(fullname, path):
    spec = PathFinder.find_spec(fullname, path)
    if spec is not None:
        spec.loader = loaders.EngineLoader(fullname, spec.origin)
    return spec


def _implementation_spec(fullname, name):
    """The spec of reflow.NAME whose classes and functions say that they are tensorflow.python.NAME's."""
    parent = sys.modules.get(fullname.rpartition('.')[0])
    spec = PathFinder.find_spec(fullname, parent.__path__ if parent else None)
    package = name.partition('.')[0]
    if spec is not None and hasattr(spec.loader, 'get_code') and package not in _OWN_PACKAGES:
        above = 'tensorflow.python'
        if package in _PACKAGES:
            above = 'tensorflow'
        elif package == 'estimator':
            above = _ESTIMATORS + '.python'
        public_name = f'{above}.{name}'
        spec.loader = loaders.ImplementationLoader(spec.loader, public_name)
    return spec
