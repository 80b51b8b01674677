"""The removed names of Python and NumPy come back under `python -m reflow`, and only there."""
import subprocess
import sys

import pytest

from reflow.launcher import legacy


def run(*args):
    done = subprocess.run([sys.executable, *args], capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    return done.stdout


def test_every_name_comes_back():
    program = '''
import importlib
from reflow.launcher import legacy
for module, names in legacy._NAMES.items():
    try:
        module = importlib.import_module(module)
    except ImportError:
        print('no', module)
        continue
    for name in names:
        getattr(module, name)
        exec('from %s import %s' % (module.__name__, name))
'''
    # Python 3.13 has no cgi; Pillow and NumPy are what the tests install.
    assert set(run('-m', 'reflow', '-c', program).splitlines()) <= {'no cgi'}


@pytest.mark.parametrize('code, expected', [
    ('import numpy as np; print([np.float32(0.1), np.float64(10)], np.array([1.5]))', '[0.1, 10.0] [1.5]'),
    ('import numpy as np; print(np.zeros(2, np.int).dtype, np.float is float, np.product([2, 3]))', 'int64 True 6'),
    ('import numpy as np; print(np.asscalar(np.ones(1)), np.asfarray([1]).dtype, np.Inf)', '1.0 float64 inf'),
    ('import numpy as np; x = np.ones(2); print(np.array(x, copy=False) is x, np.array(x, copy=True) is x, '
     'np.array(x, copy=np._CopyMode.IF_NEEDED) is x, '
     'np.array([1, 2], copy=False, dtype="f"), np.array.__name__)', 'True False True [1. 2.] array'),
    ('from collections import Mapping; print(isinstance({}, Mapping))', 'True'),
    ('import time; print(time.clock() <= time.clock())', 'True'),
    ('import inspect; print(inspect.getargspec(lambda a, b=1, *c: 0).defaults)', '(1,)'),
    ('import fractions; print(fractions.gcd(4, 6))', '2'),
    ('import sys; sys.setcheckinterval(5); print(sys.getcheckinterval())', '5'),
    ('import threading; print(threading.current_thread().isAlive())', 'True'),
    ('import unittest; unittest.TestCase().assertItemsEqual([1, 2], [2, 1]); print()', ''),
    ('import xml.etree.cElementTree as tree; print(tree.Element("a").tag)', 'a'),
    ('import imp; print(imp.new_module("m").__name__)', 'm'),
])
def test_names_do_what_they_did(code, expected):
    assert run('-W', 'ignore', '-m', 'reflow', '-c', code).strip() == expected


def test_unknown_names_are_errors_as_before():
    code = 'import {0}\ntry:\n    {0}.no_such_name\nexcept AttributeError as error:\n    print(error)'
    for module in ('collections', 'numpy'):
        assert run('-m', 'reflow', '-c', code.format(module)) == run('-c', code.format(module))


def test_nothing_changes_without_the_launcher():
    code = 'import collections, numpy, reflow.tensorflow; print(hasattr(collections, "Mapping"), hasattr(numpy, "float"))'
    assert run('-c', code) == 'False False\n'


def test_nothing_is_imported_for_it():
    code = 'import sys; print(sorted({"numpy", "inspect", "typing", "fractions", "unittest"} & set(sys.modules)))'
    assert run('-m', 'reflow', '-c', code) == '[]\n'
    assert legacy._NAMES
