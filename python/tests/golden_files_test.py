"""Every file that real TensorFlow versions wrote can be read: of the collection that REFLOW_GOLDEN names, and of tests/data.

golden_models_test.py runs the models among them; here each file of each format is read whole.
"""
import base64
import json
import os
from pathlib import Path

import numpy as np
import pytest
from google.protobuf import json_format, text_format

import reflow.tensorflow as tf
from reflow.framework import meta_graph, op_def_registry, protos
from reflow.lib.io import hdf5_file

ROOT = Path(__file__).resolve().parents[2]
GOLDEN = Path(os.environ.get('REFLOW_GOLDEN', ROOT.parent / 'shared/data/tf-golden'))
HERE = ROOT / 'tests/data/checkpoints'
needs_golden = pytest.mark.skipif(not GOLDEN.exists(), reason='REFLOW_GOLDEN names no collection of TensorFlow\'s files')


def _files(pattern):
    return sorted(GOLDEN.rglob(pattern)) if GOLDEN.exists() else []


def _name(path):
    return str(path.relative_to(GOLDEN)) if GOLDEN in path.parents else path.name


def _array(entry):
    """The array of an entry of values.json."""
    def value(v):
        if isinstance(v, list):
            return complex(*map(value, v)) if entry['dtype'].startswith('complex') and not isinstance(v[0], list) else [
                value(each) for each in v]
        if entry['dtype'] == 'string':
            return base64.b64decode(v)
        return float(v) if isinstance(v, str) else v
    if 0 in entry['shape']:
        return np.zeros(entry['shape'], tf.as_dtype(entry['dtype']).as_numpy_dtype)
    found = np.array(value(entry['values']), tf.as_dtype(entry['dtype']).as_numpy_dtype)
    return found.reshape(entry['shape'])


INDEXES = [path.with_suffix('') for folder in (GOLDEN, HERE) for path in sorted(folder.rglob('*.index'))]


@pytest.mark.parametrize('prefix', INDEXES, ids=_name)
def test_checkpoints(prefix):
    reader = tf.train.NewCheckpointReader(str(prefix))
    shapes = reader.get_variable_to_shape_map()
    assert shapes
    if not list(prefix.parent.glob(prefix.name + '.data-*')):
        pytest.skip('there is only the index')
    for name, shape in shapes.items():
        assert list(np.shape(reader.get_tensor(name))) == shape, name
    values = prefix.parent / 'values.json'
    if values.exists() and prefix.name in ('model.ckpt', 'model.ckpt-3', 'ckpt-1') and prefix.parent.name != 'events':
        for name, entry in json.loads(values.read_text()).items():
            found, wanted = reader.get_tensor(name), _array(entry)
            np.testing.assert_array_equal(np.array(found, wanted.dtype), wanted, err_msg=name)


@needs_golden
@pytest.mark.parametrize('path,wanted', [
    ('tf-1.15/ckpt-v1/model.ckpt', None),
    ('v1.15/tensorflow/contrib/session_bundle/testdata/half_plus_two/00000123/export-?????-of-?????', {'a': 0.5, 'b': 2.0})])
def test_old_checkpoints(path, wanted):
    found = {name: tf.train.load_variable(str(GOLDEN / path), name) for name, _ in tf.train.list_variables(str(GOLDEN / path))}
    if wanted is None:
        wanted = {name: _array(entry) for name, entry in json.loads((GOLDEN / path).with_name('values.json').read_text()).items()}
    assert found.keys() == wanted.keys()
    for name in wanted:
        np.testing.assert_array_equal(found[name], wanted[name])


def _missing_ops(graph_def):
    nodes = [*graph_def.node, *(node for function in graph_def.library.function for node in function.node_def)]
    functions = {function.signature.name for function in graph_def.library.function}
    return sorted({node.op for node in nodes if node.op not in functions and op_def_registry.op_def(node.op) is None})


META_GRAPHS = _files('*.meta') + _files('metrics_export_meta_graph.pb')


@pytest.mark.parametrize('path', META_GRAPHS, ids=_name)
def test_meta_graphs(path):
    message = meta_graph.read_meta_graph_file(str(path))
    missing = _missing_ops(message.graph_def)
    if missing:
        pytest.skip('its ops %s are not there' % missing)
    with tf.Graph().as_default() as graph:
        tf.train.import_meta_graph(message)
        assert len(graph.get_operations()) == len(message.graph_def.node)
        assert tf.MetaGraphDef.FromString(tf.train.export_meta_graph().SerializeToString()).graph_def.node


GRAPHS = [path for path in _files('*.pbtxt') if path.name not in ('saved_model.pbtxt', 'projector_config.pbtxt') and
          path.parent.name != 'protos'] + _files('frozen/model.pb') + _files('protos/constants.pb*')
# Real TensorFlow 1.15.5 refuses these too, with the same texts (and counts the result of the function as a third node).
REFUSED = {'function_error.pbtxt': 'nodes in a cycle',
           'parse_example_graph_def.pbtxt': 'Shape must be rank 1 but is rank 0',
           'while_loop_var_handle_op.pbtxt': 'incompatible with expected int32'}


@pytest.mark.parametrize('path', GRAPHS, ids=_name)
def test_graphs(path):
    graph_def = tf.GraphDef()
    if path.suffix == '.pb':
        graph_def.ParseFromString(path.read_bytes())
    else:
        text_format.Parse(path.read_text(), graph_def)
    missing = _missing_ops(graph_def)
    if missing:
        pytest.skip('its ops %s are not there' % missing)
    with tf.Graph().as_default() as graph:
        if path.name in REFUSED:
            with pytest.raises(ValueError, match=REFUSED[path.name]):
                tf.import_graph_def(graph_def, name='')
            return
        tf.import_graph_def(graph_def, name='')
        assert [op.name for op in graph.get_operations()] == [node.name for node in graph_def.node] or len(
            graph.get_operations()) == len(graph_def.node)


@needs_golden
def test_constants_have_their_values():
    graph_def = tf.GraphDef.FromString((GOLDEN / 'tf-1.15/protos/constants.pb').read_bytes())
    with tf.Graph().as_default(), tf.Session() as session:
        tf.import_graph_def(graph_def, name='')
        for name, entry in json.loads((GOLDEN / 'tf-1.15/protos/constants.values.json').read_text()).items():
            wanted = _array(entry)
            np.testing.assert_array_equal(np.array(session.run(name + ':0'), wanted.dtype), wanted)


@needs_golden
@pytest.mark.parametrize('path,number,last_step', [
    ('events/events.out.tfevents.1585769947.cvp', 105, 16),
    ('events/events.out.tfevents.1585499054.Jaakkos-Mac-mini.local.11684.5.v2', 101, 99),
    ('tf-1.15/events/events.out.tfevents.1600000000.host', None, None),
    ('tf-1.15/estimator/events.out.tfevents.1600000000.host', None, 60),
    ('tf-1.15/estimator/eval/events.out.tfevents.1600000000.host', None, 60)])
def test_events(path, number, last_step):
    events = list(tf.train.summary_iterator(str(GOLDEN / path)))
    values = (GOLDEN / path).with_name('values.json')
    assert len(events) == (number or (len(json.loads(values.read_text())) if values.exists() else len(events)))
    assert events[0].file_version == 'brain.Event:2'
    assert last_step is None or max(event.step for event in events) == last_step
    if path.endswith('.v2'):
        found = [float(tf.make_ndarray(value.tensor)) for event in events for value in event.summary.value]
        np.testing.assert_allclose(found, 0.5 * np.arange(100))


@needs_golden
def test_a_summary():
    summary = tf.Summary.FromString((GOLDEN / 'events/wandb_tensorflow_summary.pb').read_bytes())
    kinds = [value.WhichOneof('value') for value in summary.value]
    assert kinds.count('image') == 10 and kinds.count('histo') == 8
    with tf.Graph().as_default(), tf.Session() as session:
        for value in summary.value:
            if value.HasField('image'):
                assert session.run(tf.image.decode_png(value.image.encoded_image_string)).shape[:2] == (28, 28)


@needs_golden
def test_records():
    testdata = GOLDEN / 'v2.6/tensorflow/python/feature_column/testdata'
    gzip = tf.python_io.TFRecordOptions(tf.python_io.TFRecordCompressionType.GZIP)
    for name, number in (('unicode', 165), ('warriors', 5), ('wire', 3)):
        records = list(tf.python_io.tf_record_iterator(str(testdata / (name + '_vocabulary.tfrecord.gz')), gzip))
        lines = [path for path in testdata.glob(name + '_vocabulary*') if not path.name.endswith('.gz')]
        assert len(records) == number and lines
        assert records == lines[0].read_bytes().rstrip(b'\n').split(b'\n')
    records = list(tf.python_io.tf_record_iterator(str(GOLDEN / 'v2.6/tensorflow/c/testdata/tf_record')))
    with tf.Graph().as_default(), tf.Session() as session:
        parsed = session.run(tf.parse_example(records, {'image/encoded': tf.FixedLenFeature([], tf.string)}))
        shapes = [session.run(tf.image.decode_jpeg(jpeg)).shape for jpeg in parsed['image/encoded']]
    assert sorted(shapes) == [(356, 472, 3), (375, 500, 3), (375, 500, 3)]


@needs_golden
@pytest.mark.parametrize('kind', ['plain', 'gzip', 'zlib'])
def test_records_of_each_compression(kind):
    wanted = json.loads((GOLDEN / 'tf-1.15/tfrecord/values.json').read_text())
    options = tf.python_io.TFRecordOptions(getattr(tf.python_io.TFRecordCompressionType, dict(plain='NONE').get(kind, kind.upper())))
    records = list(tf.python_io.tf_record_iterator(str(GOLDEN / 'tf-1.15/tfrecord' / (kind + '.tfrecord')), options))
    for record, example in zip(records, wanted['examples']):
        assert tf.train.Example.FromString(record) == json_format.ParseDict(example, tf.train.Example())
    assert records[5] == b'' and len(records) == (7 if kind == 'plain' else 8)


@needs_golden
@pytest.mark.parametrize('library', ['tf.keras', 'keras-2.3.1'])
def test_weights_and_optimizers_of_keras(library):
    folder = GOLDEN / 'tf-1.15/keras'
    wanted = json.loads((folder / (library + '.values.json')).read_text())

    def arrays(group):
        return [group[name.decode()][()] for name in group.attrs['weight_names']]
    for kind in ('weights', 'model'):
        with hdf5_file.File(folder / ('%s.%s.h5' % (library, kind))) as file:
            root = file['model_weights'] if kind == 'model' else file
            found = {name.decode(): layer[name.decode()][()] for layer in map(root.get, (
                name.decode() for name in root.attrs['layer_names'])) for name in layer.attrs['weight_names']}
            assert found.keys() == wanted['weights'].keys()
            for name, value in found.items():
                np.testing.assert_array_equal(value, _array(wanted['weights'][name]))
            if kind == 'model':
                assert json.loads(file.attrs['model_config'])['class_name'] == 'Sequential'
                for value, entry in zip(arrays(file['optimizer_weights']), wanted['optimizer'], strict=True):
                    np.testing.assert_array_equal(value, _array(entry))


@needs_golden
def test_messages():
    for name, kind in (('config', 'tensorflow.ConfigProto'), ('cluster', 'tensorflow.ClusterDef')):
        message = protos.message(kind)
        folder = GOLDEN / 'tf-1.15/protos'
        assert message.FromString((folder / (name + '.pb')).read_bytes()) == text_format.Parse(
            (folder / (name + '.pbtxt')).read_text(), message())
    internal = GOLDEN / 'v2.6/tensorflow/core/profiler/internal/testdata'
    assert len(tf.RunMetadata.FromString((internal / 'run_meta').read_bytes()).step_stats.dev_stats) == 7
    assert protos.message('tensorflow.tfprof.OpLogProto').FromString((internal / 'tfprof_log').read_bytes()).log_entries


@needs_golden
def test_state_files():
    for path in _files('checkpoint'):
        state = tf.train.get_checkpoint_state(str(path.parent))
        assert os.path.basename(state.model_checkpoint_path) in path.read_text()
