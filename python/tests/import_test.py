"""What importing and first using the package costs, by what it loads; and that the versions agree."""
import pathlib
import re
import subprocess
import sys

import reflow

ROOT = pathlib.Path(__file__).resolve().parents[2]


def loaded_by(code, before=''):
    program = f'import sys\n{before}\nbefore = set(sys.modules)\n{code}\nprint(*sorted(set(sys.modules) - before))'
    done = subprocess.run([sys.executable, '-c', program], capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    return {name for name in done.stdout.split() if not name.startswith(('reflow', 'tensorflow'))}


def test_the_first_ops_load_little_besides_numpy():
    loaded = loaded_by('import reflow; reflow.install(); import tensorflow as tf; tf.constant(1); tf.Session',
                       before='import numpy')
    assert {name.partition('.')[0] for name in loaded} <= {'atexit', 'importlib', 'threading'}


def test_messages_load_protobuf_and_only_they():
    assert not any(name.startswith('google') for name in loaded_by('import reflow.tensorflow as tf; tf.constant(1)'))
    assert 'google.protobuf' in loaded_by('import reflow.tensorflow as tf; tf.GraphDef')


def test_the_version_is_that_of_the_build():
    assert reflow.__version__ == re.search(r'project\(reflow VERSION ([0-9.]+)', (ROOT / 'CMakeLists.txt').read_text())[1]


def test_the_package_needs_what_it_says():
    needed = re.search(r'dependencies = \[(.*)\]', (ROOT / 'pyproject.toml').read_text())[1]
    assert re.findall(r'"([a-z-]+)', needed) == ['numpy', 'protobuf', 'absl-py', 'six']
