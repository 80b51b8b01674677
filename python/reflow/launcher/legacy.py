"""Names that Python and NumPy have removed since the days of TensorFlow 1, for programs under `python -m reflow` only.

A name comes back as the attribute of its module when it is asked for, and only where it is missing. docs/python.md
lists them.
"""

import importlib
import sys

from reflow.launcher import old_calls
from reflow.launcher.after_import import after_import
from reflow.launcher.old_protos import OldProtos


def restore():
    """Makes the names come back, now and in the modules that the program imports."""
    for module in _NAMES:
        after_import(module, _restore_names)
    for module, function in old_calls.CHANGES.items():
        after_import(module, function)
    sys.meta_path.append(_RemovedModules())
    sys.meta_path.insert(0, OldProtos())


def _restore_names(module):
    names = _NAMES.get(module.__name__)
    if names is None:  # a module that is gone: what stands in its place has them
        return
    before = vars(module).get('__getattr__')

    def getattribute(name):
        if name in names:
            value = _value(names[name])
            setattr(module, name, value)
            return value
        if before is not None:
            return before(name)
        raise AttributeError(f'module {module.__name__!r} has no attribute {name!r}')

    module.__getattr__ = getattribute
    if module.__name__ == 'numpy':
        old_calls.change_numpy(module)
        if int(module.__version__.partition('.')[0]) >= 2:
            module.set_printoptions(legacy='1.25')


def _value(where):
    """`module:attribute`, or a module."""
    module, _, attribute = where.partition(':')
    module = importlib.import_module(module)
    return getattr(module, attribute) if attribute else module


def _each(module, names):
    """{name: module:name} of names in one string."""
    return {name: f'{module}:{name}' for name in names.split()}


# Where the modules' names that are gone are found today.
_NAMES = {
    'collections': _each('collections.abc', '''
        Awaitable AsyncGenerator AsyncIterable AsyncIterator Callable Collection Container Coroutine Generator Hashable
        ItemsView Iterable Iterator KeysView Mapping MappingView MutableMapping MutableSequence MutableSet Reversible
        Sequence Set Sized ValuesView'''),
    'base64': {'encodestring': 'base64:encodebytes', 'decodestring': 'base64:decodebytes'},
    'cgi': {'escape': 'html:escape'},
    'configparser': {'SafeConfigParser': 'configparser:ConfigParser'},
    'fractions': {'gcd': 'math:gcd'},
    'inspect': _each('reflow.launcher.removed', 'ArgSpec getargspec'),
    'numpy': {
        'bool': 'builtins:bool', 'complex': 'builtins:complex', 'float': 'builtins:float', 'int': 'builtins:int',
        'long': 'builtins:int', 'object': 'builtins:object', 'str': 'builtins:str', 'unicode': 'builtins:str',
        'Inf': 'numpy:inf', 'Infinity': 'numpy:inf', 'infty': 'numpy:inf', 'PINF': 'numpy:inf',
        'NaN': 'numpy:nan', 'NAN': 'numpy:nan',
        'bool8': 'numpy:bool_', 'complex_': 'numpy:complex128', 'cfloat': 'numpy:complex128',
        'float_': 'numpy:float64', 'int0': 'numpy:intp', 'uint0': 'numpy:uintp', 'longfloat': 'numpy:longdouble',
        'singlecomplex': 'numpy:complex64', 'string_': 'numpy:bytes_', 'unicode_': 'numpy:str_',
        'alltrue': 'numpy:all', 'cumproduct': 'numpy:cumprod', 'product': 'numpy:prod', 'sometrue': 'numpy:any',
        'round_': 'numpy:round', 'row_stack': 'numpy:vstack', 'in1d': 'numpy:isin', 'trapz': 'numpy:trapezoid',
        'mat': 'numpy:asmatrix', 'clongfloat': 'numpy:clongdouble', 'longcomplex': 'numpy:clongdouble',
        'safe_eval': 'ast:literal_eval', 'DataSource': 'numpy.lib.npyio:DataSource',
        **_each('reflow.launcher.removed', 'NINF NZERO PZERO asfarray asscalar cast disp msort rank sctypes'),
    },
    'PIL.Image': {'ANTIALIAS': 'PIL.Image:LANCZOS'},
    'os': {'errno': 'errno'},
    'platform': _each('reflow.launcher.removed', 'dist linux_distribution'),
    'scipy.misc': _each('reflow.launcher.scipy_misc', '''
        bytescale comb factorial factorial2 factorialk fromimage imread imresize imrotate imsave logsumexp toimage'''),
    'sys': _each('reflow.launcher.removed', 'getcheckinterval setcheckinterval'),
    'time': {'clock': 'time:process_time'},
    # Modules that programs use without importing them, since TensorFlow has.
    'distutils': {'version': 'distutils.version'},
    'http': {'client': 'http.client'},
    'multiprocessing': {'pool': 'multiprocessing.pool'},
    'urllib': {name: 'urllib.' + name for name in ('error', 'parse', 'request', 'response')},
    'xml': {'dom': 'xml.dom', 'sax': 'xml.sax'},
    'xml.dom': {'minidom': 'xml.dom.minidom'},
}


class _RemovedModules:
    """The last finder: modules that are gone and have another of today's in their place."""

    _TODAY = {'xml.etree.cElementTree': 'xml.etree.ElementTree', 'imp': 'reflow.launcher.imp',
              'scipy.misc': 'reflow.launcher.scipy_misc'}

    def find_spec(self, fullname, path=None, target=None):
        if fullname not in self._TODAY:
            return None
        from importlib.machinery import ModuleSpec
        from reflow.names.loaders import AliasLoader
        return ModuleSpec(fullname, AliasLoader(self._TODAY[fullname]))
