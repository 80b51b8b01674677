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
    'from tensorflow.python.ops import bitwise_ops; bitwise_ops.bitwise_and(1, 2)',
    'from tensorflow.python.ops.linalg import linalg; linalg.LinearOperatorDiag',
    'from tensorflow.python.ops.linalg_ops_impl import eye; eye(2)',
    'from tensorflow.python.ops.initializers_ns import constant, zeros',
    'from tensorflow.python.framework import framework_lib; framework_lib.Tensor',
    'from tensorflow.python.client.client_lib import Session',
    'from tensorflow.python.keras.engine import saving; saving.load_model',
    'from tensorflow.python.training.distribution_strategy_context import get_replica_context',
    'from tensorflow.python.framework import func_graph; assert not isinstance(1, func_graph.FuncGraph)',
    'from tensorflow.python.ops import array_grad, math_grad, nn_grad',
    'from tensorflow.python.eager import core, execute; from tensorflow.python.util import tf_stack',
    'from tensorflow.python.grappler import tf_optimizer; from tensorflow.python.keras.utils import mode_keys',
    'from tensorflow.python.platform import build_info; assert not build_info.is_cuda_build',
    'from tensorflow.python.keras.engine.base_layer import TensorFlowOpLayer; TensorFlowOpLayer.get_config',
])
def test_modules_have_the_names_that_programs_import(statement):
    run(statement)


def test_what_optimizers_layers_and_summaries_of_libraries_call():
    assert run('''
import tensorflow as tf
from tensorflow.python.framework import constant_op, tensor_shape
from tensorflow.python.ops import resource_variable_ops, summary_op_util, variable_scope
for arguments in (), (tf.int64, 'q'):
    print(constant_op._tensor_shape_tensor_conversion_function(tensor_shape.TensorShape([2, 3]), *arguments))
try:
    constant_op._tensor_shape_tensor_conversion_function(tensor_shape.TensorShape([2, None]))
except ValueError as error:
    print(error)
parts = tf.split(tf.constant([1., 2.]), 2)[0].op
print(parts._output_types, tf.Variable(1.).op._output_types, (tf.constant(1) + 1).op._output_types)
summary = tf.constant('s')
summary_op_util.collect(summary, None, ['a'])
summary_op_util.collect(summary, ['b'], ['a'])
print(len(tf.get_collection('a')), tf.get_collection('b') == [summary])
v = tf.get_variable('v', [3], use_resource=True)
print(resource_variable_ops.resource_scatter_add(v.handle, [1], tf.constant([5.])).type)
with tf.name_scope('n'):
    with variable_scope._pure_variable_scope('p') as p:
        w = tf.get_variable('w', [1])
        print(w.name, tf.constant(1., name='c').name, p.name, p.dtype)
    with variable_scope._pure_variable_scope(p, reuse=True) as q:
        print(tf.get_variable('w', [1]) is w, q.name, q.reuse, tf.constant(1.).name)
print(variable_scope.EagerVariableStore.__name__)
from keras.layers import core
core.K.set_learning_phase(1)
print(core.K.learning_phase())
''') == ['Tensor("shape_as_tensor:0", shape=(2,), dtype=int32)', 'Tensor("q:0", shape=(2,), dtype=int64)',
         'Cannot convert a partially known TensorShape to a Tensor: (2, ?)', '[1, 1] [101] [3]', '1 True', 'ResourceScatterAdd',
         "p/w:0 n/c:0 p <dtype: 'float32'>", 'True p True n/Const:0', 'EagerVariableStore', '1']


def test_names_of_no_module_are_told_as_elsewhere():
    assert run('''
from tensorflow.python.keras import layers
from tensorflow.python.ops import control_flow_ops
for module in layers, control_flow_ops:
    try:
        module.nothing
    except AttributeError as error:
        print(error)
''') == ["module 'tensorflow.python.keras.layers' has no attribute 'nothing'",
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


def test_metrics_of_the_process():
    assert run('''
from tensorflow.python.eager import monitoring
counter = monitoring.Counter('/calls', 'how often', 'method')
counter.get_cell('fit').increase_by(2)
counter.get_cell('fit').increase_by(3)
print(counter.get_cell('fit').value(), counter.get_cell('predict').value())
for gauge, value in (monitoring.IntGauge, 5), (monitoring.StringGauge, 'q'), (monitoring.BoolGauge, True):
    cell = gauge('/gauge', '', 'a', 'b').get_cell('x', 'y')
    print(repr(cell.value()), end=' ')
    cell.set(value)
    print(repr(cell.value()))
sampler = monitoring.Sampler('/sizes', monitoring.ExponentialBuckets(1., 2., 2), 'how large')
sampler.get_cell().add(1.5)
sampler.get_cell().add(5.)
value = sampler.get_cell().value()
print(value.min, value.max, value.num, value.sum, value.sum_squares, list(value.bucket_limit), list(value.bucket))
for wrong in lambda: monitoring.Counter('/c', '', 'a', 'b', 'c'), lambda: counter.get_cell():
    try:
        wrong()
    except ValueError as error:
        print(error)
''') == ["5 0", "0 5", "'' 'q'", "False True",
         "1.5 5.0 2.0 6.5 27.25 [1.0, 2.0, 1.7976931348623157e+308] [0.0, 1.0, 1.0]",
         "Cannot create Counter metric with label >= 3", "The Counter expects taking 1 labels"]


def test_structures_as_messages():
    assert run('''
import collections
import tensorflow as tf
from tensorflow.python.saved_model import nested_structure_coder
coder = nested_structure_coder.StructureCoder()
Pair = collections.namedtuple('Pair', 'left right')
message = coder.encode_structure(Pair([1, 'a', None], {'k': (tf.TensorSpec([2, None], tf.int32, 's'), True)}))
print(message.named_tuple_value.name, coder.decode_proto(message))
print(coder.can_encode(1.5), coder.can_encode(object))
try:
    coder.encode_structure(object)
except nested_structure_coder.NotEncodableError as error:
    print(error)
''') == ["Pair Pair(left=[1, 'a', None], right={'k': (TensorSpec(shape=(2, ?), dtype=tf.int32, name='s'), True)})",
         "True False", "No encoder for object [<class 'object'>] of type [<class 'type'>]."]


def test_columns_of_both_protocols():
    assert run('''
import collections
import tensorflow as tf
from tensorflow.python.feature_column import feature_column, feature_column_v2


class Doubled(feature_column._DenseColumn, feature_column_v2.DenseColumn, collections.namedtuple('Doubled', 'key')):
    name = property(lambda self: self.key + '_doubled')
    _is_v2_column = True
    parents = property(lambda self: [self.key])
    parse_example_spec = _parse_example_spec = property(lambda self: {self.key: tf.io.FixedLenFeature([1], tf.float32)})
    variable_shape = _variable_shape = tf.TensorShape([1])

    def _transform_feature(self, inputs):
        return 2 * inputs.get(self.key)

    def transform_feature(self, cache, state_manager):
        return 2 * cache.get(self.key, state_manager)

    def _get_dense_tensor(self, inputs, weight_collections=None, trainable=None):
        return inputs.get(self)

    def get_dense_tensor(self, cache, state_manager):
        return cache.get(self, state_manager)

    def _get_config(self):
        return {}


features, columns = {'x': tf.constant([[1.], [3.]])}, [Doubled('x')]
with tf.Session() as sess:
    print(sess.run([tf.feature_column.input_layer(features, columns), tf.keras.layers.DenseFeatures(columns)(features)]))
print(isinstance(tf.feature_column.numeric_column('x'), feature_column._DenseColumn),
      issubclass(feature_column_v2.CategoricalColumn, feature_column._DenseColumn))
''') == ['[array([[2.],', '       [6.]], dtype=float32), array([[2.],', '       [6.]], dtype=float32)]', 'True False']


def test_a_file_comes_before_what_stands_in_for_it(monkeypatch):
    import reflow.ops
    from reflow.names import standins
    monkeypatch.setitem(standins._PACKAGES, 'ops.math_ops', None)
    monkeypatch.delitem(sys.modules, 'reflow.ops.math_ops', raising=False)
    monkeypatch.delattr(reflow.ops, 'math_ops', raising=False)
    from reflow.ops import math_ops
    assert math_ops.__file__


def test_no_shards_of_tpus():
    assert run('''
from tensorflow.contrib.tpu.python.tpu import tpu_function
from tensorflow.python.tpu.tpu_function import get_tpu_context
print(tpu_function.get_tpu_context().number_of_shards, tpu_function.get_tpu_context() is get_tpu_context())
with tpu_function.tpu_shard_context(8):
    print(get_tpu_context().number_of_shards)
    try:
        with tpu_function.tpu_shard_context(2):
            pass
    except NotImplementedError as error:
        print(error)
print(get_tpu_context().number_of_shards)
''') == ['None True', '8', 'tpu_shard_context cannot be nested.', 'None']


def test_values_that_follow_from_constants():
    assert run('''
import tensorflow as tf
from tensorflow.python import pywrap_tensorflow as c_api
for x in tf.reduce_all(tf.equal(tf.constant([1, 2]), [1, 2])), tf.constant(3) + 4, tf.placeholder(tf.bool, []):
    print(c_api.TF_TryEvaluateConstant_wrapper(x.graph._c_graph, x._as_tf_output()))
''') == ['True', '7', 'None']
