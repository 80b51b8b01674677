"""Modules of tensorflow.python, beside the public names, that programs import."""
import subprocess
import sys

import pytest

pytest.importorskip('reflow._core', reason='only a build has the engine')


def run(code):
    done = subprocess.run([sys.executable, '-m', 'reflow', '-c', code], capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    return done.stdout.split('\n')[:-1]


@pytest.mark.parametrize('statement', [
    'from tensorflow.python.keras.layers import Dense, Embedding, Input, Lambda, Layer, dot',
    'from tensorflow.python.keras.engine import Input, InputSpec, Layer',
    'from tensorflow.python.keras.utils import multi_gpu_model, to_categorical',
    'from tensorflow.python.keras.saving import load_model, save_model',
    'from tensorflow.python.keras.models import Input, Layer, clone_model, load_model, save_model',
    'from tensorflow.python.keras import Input, Model, Sequential, backend',
    'from tensorflow.python.keras.optimizers import Adam, RMSprop, SGD',
    'from tensorflow.python.keras.callbacks import ModelCheckpoint, TensorBoard',
    'from tensorflow.contrib.saved_model import load_keras_model, save_keras_model',
    'from tensorflow.contrib.saved_model.python.saved_model import reader; reader.read_saved_model',
    'from tensorflow.python.tools.saved_model_cli import create_parser, get_signature_def_map, scan_meta_graph_def',
    'from tensorflow.contrib.cudnn_rnn.python.layers import cudnn_rnn; cudnn_rnn.CudnnLSTM(1, 2)',
    'from tensorflow.python.ops.gradients import AggregationMethod, GradientTape, UnconnectedGradients, gradients, hessians',
    'from tensorflow.python.ops.standard_ops import constant, matmul, tensordot',
    'from tensorflow.python.ops.control_flow_ops import exit, loop_cond, merge, ref_switch, switch',
    'from tensorflow.python.layers.utils import constant_value, normalize_tuple, smart_cond',
    'from tensorflow.python.ops.array_ops import concat, constant, newaxis',
    'from tensorflow.python.training.training import AdamOptimizer, Coordinator, Saver',
    'from tensorflow.contrib.framework.python.ops import add_arg_scope, arg_scope, variables; arg_scope([])',
    'from tensorflow.contrib.image.python.ops.image_ops import rotate, transform',
    'from tensorflow.python import tf2; assert not tf2.enabled()',
])
def test_modules_have_the_names_that_programs_import(statement):
    run(statement)


def test_names_of_no_module_are_told_as_elsewhere():
    assert run('''
from tensorflow.python.keras import layers
from tensorflow.python.ops import control_flow_ops
for module in layers, control_flow_ops:
    try:
        module.nothing
    except AttributeError as error:
        print(error)
''') == ["module 'reflow.keras.layers' has no attribute 'nothing'",
         "module 'reflow.ops.control_flow_ops' has no attribute 'nothing'"]


def test_sizes_and_conditions_of_layers():
    assert run('''
import tensorflow as tf
from tensorflow.python.layers import utils
print([utils.conv_input_length(5, 3, padding, 2) for padding in ('same', 'valid', 'full')], utils.conv_input_length(None, 3, 'same', 2))
print([utils.deconv_output_length(5, 3, padding, 2) for padding in ('same', 'valid', 'full')])
print(utils.constant_value(1), utils.constant_value(tf.constant(False)), utils.constant_value(tf.placeholder(tf.bool)),
      utils.constant_value(tf.Variable(True)))
print(utils.smart_cond(True, lambda: 'yes', lambda: 'no'), utils.smart_cond(tf.Variable(True), lambda: 1., lambda: 2.).op.type)
print(utils.static_shape(None), utils.static_shape(tf.zeros([2, 3])), utils.static_shape(tf.placeholder(tf.int32)))
''') == ['[9, 11, 7] None', '[10, 11, 7]', 'True False None None', 'yes Merge', 'None (2, 3) None']


def test_event_files_of_a_prefix(tmp_path):
    lines = run('''
import os
import tensorflow as tf
from tensorflow.python import pywrap_tensorflow
os.chdir(%r)
writer = pywrap_tensorflow.EventsWriter(b'events')
print(os.listdir('.'))
event = tf.Event(wall_time=1.5, step=3, summary=tf.Summary(value=[tf.Summary.Value(tag='a', simple_value=2.)]))
writer.WriteEvent(event)
writer.Flush()
[name] = os.listdir('.')
print(name.startswith('events.out.tfevents.'), writer.FileName() == name.encode())
print([(e.file_version, e.step, len(e.summary.value)) for e in tf.train.summary_iterator(name)])
try:
    writer.WriteEvent(tf.Summary())
except TypeError as error:
    print(error)
writer.Close()
writer = pywrap_tensorflow.EventsWriter(b'other')
writer.InitWithSuffix(b'.suffix')
print(writer.FileName()[-7:])
''' % str(tmp_path))
    assert lines == ['[]', 'True True', "[('brain.Event:2', 0, 0), ('', 3, 1)]",
                     "Expected an event_pb2.Event proto,  but got <class 'tensorflow.core.framework.summary_pb2.Summary'>",
                     "b'.suffix'"]
