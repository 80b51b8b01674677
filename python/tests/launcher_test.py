"""`python -m reflow PROGRAM` against `python PROGRAM`: what the program sees and what it prints are the same."""
import re
import subprocess
import sys

import pytest

PROGRAM = '''\
"""A program."""
import sys

if len(sys.argv) > 1 and sys.argv[1] == 'names':
    print(sys.argv, __name__, __doc__, __file__, __package__, __spec__, sys.path[0])
    print(sorted(globals()))


def fail():
    raise ValueError('first')


if sys.argv[-1] == 'fail':
    try:
        fail()
    except ValueError as error:
        raise KeyError('second') from error
if sys.argv[-1] == 'exit':
    sys.exit('bye')
'''


def run(folder, *args):
    done = subprocess.run([sys.executable, *args], cwd=folder, capture_output=True, text=True)
    return done.returncode, re.sub(r'0x[0-9a-f]+', '0x', done.stdout), done.stderr


@pytest.fixture
def folder(tmp_path):
    (tmp_path / 'program.py').write_text(PROGRAM)
    (tmp_path / 'broken.py').write_text('x = (\n')
    return tmp_path


@pytest.mark.parametrize('args', [
    ['program.py', 'names', '--flag=1', '-x'], ['program.py', 'fail'], ['program.py', 'exit'], ['broken.py'],
    ['missing.py'], ['-m', 'program', 'names'], ['-m', 'program', 'fail'],
    ['-c', 'import sys; print(sys.argv, sys.path[0], sorted(globals()))', 'names'], ['-c', '1 / 0'],
], ids=' '.join)
def test_runs_as_python_does(folder, args):
    assert run(folder, '-m', 'reflow', *args) == run(folder, *args)


def test_the_program_imports_what_lies_beside_it(folder):
    (folder / 'inner').mkdir()
    (folder / 'inner' / 'beside.py').write_text('name = "beside"')
    (folder / 'inner' / 'main.py').write_text('import beside\nprint(beside.name)')
    assert run(folder, '-m', 'reflow', 'inner/main.py') == (0, 'beside\n', '')


def test_tensorflow_is_reflow(folder):
    code = 'import tensorflow as tf, reflow.tensorflow; print(tf is reflow.tensorflow)'
    assert run(folder, '-m', 'reflow', '-c', code) == (0, 'True\n', '')


def test_classes_say_that_they_are_tensorflows(folder):
    code = 'import tensorflow as tf; print(tf.DType, tf.as_dtype.__module__)'
    status, out, err = run(folder, '-m', 'reflow', '-c', code)
    assert (status, out) == (0, "<class 'tensorflow.python.framework.dtypes.DType'> tensorflow.python.framework.dtypes\n"), err


def test_usage_and_unknown_options(folder):
    assert run(folder, '-m', 'reflow')[1].startswith('usage: python -m reflow PROGRAM.py')
    assert run(folder, '-m', 'reflow', '--help')[0] == 0
    status, _, err = run(folder, '-m', 'reflow', '--no-such-option')
    assert (status, err.splitlines()[0]) == (2, 'reflow: unknown option --no-such-option')


def test_modules_of_tensorflow_run_as_programs(folder):
    code, out, _ = run(folder, '-m', 'reflow', '-m', 'tensorflow.python.tools.optimize_for_inference', '--input=none')
    assert (code, out) == (255, "Input graph file 'none' does not exist!\n")


def test_programs_import_what_tensorflow_brought_along(folder):
    code = ('import six\nfrom six.moves import urllib, xrange\nfrom absl import app, flags, logging\nimport tensorflow as tf\n'
            'print(list(xrange(2)), list(six.iteritems({1: 2})), urllib.parse.quote("a b"), isinstance("", six.string_types))')
    assert run(folder, '-m', 'reflow', '-c', code) == (0, '[0, 1] [(1, 2)] a%20b True\n', '')
