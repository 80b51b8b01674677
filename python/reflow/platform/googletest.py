"""What programs use of googletest: running tests, a temporary folder, stubs."""
import atexit
import inspect
import os
import shutil
import sys
import tempfile
from unittest import mock  # noqa: F401

from absl.testing.absltest import *  # noqa: F401,F403
from absl.testing import absltest as _absltest

_temporary_folder = None


def main(argv=None):
    """Runs the tests of __main__ or, with --benchmarks=REGEXP, its benchmarks, and exits."""
    from reflow.platform import benchmark
    argv = sys.argv if argv is None else argv
    pattern = benchmark.wanted(argv)
    if pattern is not None:
        benchmark.run(pattern)
    else:
        _absltest.main(argv=argv)


def GetTempDir():
    """A temporary folder of this process, which is deleted at its end."""
    global _temporary_folder
    if _temporary_folder is None:
        name = os.path.splitext(os.path.basename(sys.argv[0]))[0]
        _temporary_folder = tempfile.mkdtemp(prefix=name)
        atexit.register(shutil.rmtree, _temporary_folder, ignore_errors=True)
    return _temporary_folder + '/'


def test_src_dir_path(relative_path):
    """`relative_path`, which begins with `tensorflow/`, in the folder of the package."""
    package = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))
    root, _, rest = relative_path.partition('/')
    return os.path.join(package, rest if root == 'tensorflow' else relative_path)


class StubOutForTesting:
    """Replaces attributes of modules and objects and puts them back."""

    def __init__(self):
        self._set = []
        self._smart = []

    def __del__(self):
        self.CleanUp()

    def CleanUp(self):
        """Puts everything back."""
        self.SmartUnsetAll()
        self.UnsetAll()

    def SmartSet(self, obj, attr_name, new_attr):
        """Replaces an attribute where it is defined. AttributeError: there is none."""
        owner = obj
        if inspect.isclass(obj):
            owner = next((cls for cls in inspect.getmro(obj) if attr_name in cls.__dict__), None)
        elif not inspect.ismodule(obj) and attr_name not in vars(obj):
            owner = next((cls for cls in inspect.getmro(type(obj)) if attr_name in cls.__dict__), None)
        if owner is None:
            raise AttributeError('Attribute not found.')
        # The attribute itself, not what a descriptor makes of it.
        self._smart.append((owner, attr_name, vars(owner).get(attr_name, getattr(owner, attr_name))))
        setattr(owner, attr_name, new_attr)

    def SmartUnsetAll(self):
        """Puts back what SmartSet has replaced."""
        while self._smart:
            setattr(*self._smart.pop())

    def Set(self, parent, child_name, new_child):
        """Replaces an attribute. AttributeError: there is none."""
        old = getattr(parent, child_name)
        in_class = vars(parent).get(child_name) if inspect.isclass(parent) else None
        self._set.append((parent, child_name, in_class if isinstance(in_class, (staticmethod, classmethod)) else old))
        setattr(parent, child_name, new_child)

    def UnsetAll(self):
        """Puts back what Set has replaced."""
        while self._set:
            setattr(*self._set.pop())
