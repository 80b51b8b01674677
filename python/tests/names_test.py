"""The tree of names: what is where, lazily, and what a name that is not there says."""
import subprocess
import sys

import pytest

import reflow
import reflow.tensorflow as tf
from reflow.names import table


def run(program):
    done = subprocess.run([sys.executable, '-c', program], capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    return done.stdout.strip()


def test_public_modules_are_attributes_and_importable():
    import reflow.tensorflow.nn.rnn_cell as rnn_cell
    assert tf.nn.rnn_cell is rnn_cell
    assert tf.keras.layers is not None


def test_compat_v1_is_the_same_api():
    import reflow.tensorflow.compat.v1 as tf1
    assert tf1.nn is tf.nn
    assert 'placeholder' in dir(tf1)


def test_unknown_name_has_tensorflows_text():
    with pytest.raises(AttributeError, match="^module 'tensorflow' has no attribute 'no_such_name'$"):
        tf.no_such_name


def test_missing_symbol_says_so():
    with pytest.raises(reflow.MissingSymbolError, match='tensorflow.contrib.tensorrt is part of TensorFlow 1.15, but'):
        tf.contrib.tensorrt
    assert not hasattr(tf.contrib, 'tensorrt')


def test_missing_symbol_says_so_when_imported():
    with pytest.raises(ImportError, match='tensorflow.contrib.tensorrt is part of TensorFlow 1.15, but'):
        from reflow.tensorflow.contrib import tensorrt  # noqa: F401


def test_both_names_of_a_module_are_one_module():
    assert run('''
import reflow
reflow.install()
import tensorflow as tf
import tensorflow.python.framework
import reflow.framework, reflow.tensorflow
print(tensorflow.python.framework is reflow.framework, tf is reflow.tensorflow)
''') == 'True True'


def test_without_install_there_is_no_tensorflow():
    assert run('''
import reflow.tensorflow, importlib.util
print(importlib.util.find_spec('tensorflow'))
''') == 'None'


def test_install_refuses_to_replace_another_tensorflow():
    assert run('''
import sys, types, reflow
sys.modules['tensorflow'] = types.ModuleType('tensorflow')
try:
    reflow.install()
except RuntimeError as error:
    print(error)
''') == 'reflow.install() comes too late: another module `tensorflow` is imported already'


def test_import_loads_nothing_heavy():
    loaded = run('''
import sys
before = set(sys.modules)
import reflow.tensorflow
print(*sorted(set(sys.modules) - before))
''').split()
    light = ('reflow', 'importlib', 'warnings')
    assert [name for name in loaded if name.partition('.')[0] not in light] == []
    assert 'reflow._core' not in loaded


def test_function_names_of_ops():
    assert table.function_name('Conv2DBackpropInput') == 'conv2d_backprop_input'
    assert table.function_name('BatchMatMulV2') == 'batch_mat_mul_v2'
    assert table.function_name('Relu6Grad') == 'relu6_grad'
    assert table.function_name('_Slice') == '_slice'
