"""Runs a file, a module or code as __main__: arguments, module search path, names and tracebacks are `python`'s."""

import os
import runpy
import sys
from importlib.machinery import SourceFileLoader

import reflow
from reflow.launcher import legacy
from reflow.names import finder

_FOLDER = os.path.dirname(__file__)


def run_file(path, args):
    """`python PATH ARGS`."""
    try:
        with open(path, 'rb') as file:
            source = file.read()
    except OSError as error:
        sys.stderr.write(f"{sys.orig_argv[0]}: can't open file {os.path.abspath(path)!r}: "
                         f'[Errno {error.errno}] {error.strerror}\n')
        sys.exit(2)
    sys.argv[:] = [path, *args]
    _search_first(os.path.dirname(os.path.realpath(path)))
    full_path = os.path.abspath(path)
    names = _main_module(__file__=full_path, __cached__=None, __loader__=SourceFileLoader('__main__', full_path))
    _prepare()
    exec(compile(source, full_path, 'exec', dont_inherit=True), names)


def run_code(code, args):
    """`python -c CODE ARGS`."""
    sys.argv[:] = ['-c', *args]
    _search_first('')
    names = _main_module(__loader__=None)
    _prepare()
    exec(compile(code + '\n', '<string>', 'exec', dont_inherit=True), names)


def run_module(name, args):
    """`python -m NAME ARGS`."""
    sys.argv[:] = ['-m', *args]
    _search_first(os.getcwd())
    _main_module()
    _prepare()
    runpy._run_module_as_main(finder.implementation_name(name))  # what the interpreter itself calls


def _search_first(folder):
    # sys.path[0] is where `python -m reflow` looked for the package; with -P it looked nowhere.
    if not getattr(sys.flags, 'safe_path', False):
        sys.path[0] = folder


def _main_module(**attributes):
    """Empties the module __main__, which was the launcher until now, and gives its names."""
    names = sys.modules['__main__'].__dict__
    builtins = names['__builtins__']
    names.clear()
    names.update(__name__='__main__', __doc__=None, __package__=None, __spec__=None, __annotations__={},
                 __builtins__=builtins, **attributes)
    return names


def _prepare():
    reflow.install()
    legacy.restore()
    sys.excepthook = _show_without_launcher


def _show_without_launcher(kind, error, traceback):
    """sys.excepthook: what `python program.py` prints, for the frames before the program's first are the launcher's."""
    entry = traceback
    while entry is not None and entry.tb_frame.f_code.co_filename.startswith(_FOLDER) is False:
        entry = entry.tb_next
    while entry is not None and entry.tb_frame.f_code.co_filename.startswith(_FOLDER):
        entry = entry.tb_next
    sys.__excepthook__(kind, error.with_traceback(entry), entry)
