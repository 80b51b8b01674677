"""tf.summary and event files. What is expected here is what TensorFlow 1.15.5 answered."""
import json
import pathlib

import numpy as np
import pytest

import reflow.tensorflow as tf
from reflow.framework import protos
from reflow.summary import plugin_asset

GOLDEN = pathlib.Path(__file__).resolve().parents[2] / 'tests/data/tf-1.15/events'


@pytest.fixture(autouse=True)
def graph():
    with tf.Graph().as_default() as graph:
        yield graph


def events(folder):
    (file,) = folder.glob('*tfevents*')
    return list(tf.train.summary_iterator(str(file)))


def values(events_):
    return [(event.step, value.tag, value.simple_value) for event in events_ for value in event.summary.value]


def test_events_of_tensorflow():
    from google.protobuf import json_format
    expected = json.loads((GOLDEN / 'values.json').read_text())
    found = events(GOLDEN)
    assert len(found) == len(expected)
    for event, want in zip(found, expected):
        assert (event.WhichOneof('what'), event.step, event.wall_time) == (want['what'], want['step'], want['wall_time'])
        if want['what'] == 'graph_def':
            assert len(tf.GraphDef.FromString(event.graph_def).node) == want['nodes']
        elif want['what'] == 'session_log':
            assert json_format.MessageToDict(event.session_log) == want['session_log']
        elif want['what'] == 'tagged_run_metadata':
            assert event.tagged_run_metadata.tag == want['tag']
        elif want['what'] == 'summary':
            for value, wanted in zip(event.summary.value, want['summary']['value']):
                assert value.tag == wanted.get('tag', '')
                if 'simpleValue' in wanted:
                    assert value.simple_value == np.float32(wanted['simpleValue'])
                if 'histo' in wanted:
                    assert list(value.histo.bucket_limit) == wanted['histo']['bucketLimit']


def test_names_and_tags(caplog):
    tf.logging.set_verbosity(tf.logging.INFO)
    with tf.name_scope('layer'):
        tf.summary.scalar('loss', tf.constant(1.0))
        summary = tf.summary.scalar('a b', tf.constant(2.0), family='fam')
    tf.logging.set_verbosity(tf.logging.WARN)
    assert "Summary name a b is illegal; using a_b instead." in caplog.messages
    assert summary.op.name == 'layer/fam/a_b'
    with tf.Session() as session:
        merged = tf.Summary.FromString(session.run(tf.summary.merge_all()))
    assert [value.tag for value in merged.value] == ['layer/loss', 'fam/layer/fam/a_b']


def test_merge_all_of_nothing_and_of_a_scope():
    assert tf.summary.merge_all() is None
    for scope in ('a', 'b'):
        with tf.name_scope(scope):
            tf.summary.scalar('x', tf.constant(1.0), collections=['mine'])
    assert tf.summary.merge_all() is None
    with tf.Session() as session:
        merged = tf.Summary.FromString(session.run(tf.summary.merge_all('mine', scope='b')))
    assert [value.tag for value in merged.value] == ['b/x']


def test_text_has_to_be_text():
    with pytest.raises(ValueError, match='^Expected tensor x:0 to have dtype string, got <dtype: \'float32\'>$'):
        tf.summary.text('t', tf.placeholder(tf.float32, name='x'))


def test_nan_is_an_error():
    with tf.Session() as session:
        with pytest.raises(tf.errors.InvalidArgumentError, match='Nan in summary histogram for: h'):
            session.run(tf.summary.histogram('h', [1.0, float('nan')]))


def test_writer(graph, tmp_path):
    summary = tf.summary.text('note', tf.constant('hello'))
    folder = tmp_path / 'made' / 'too'
    with tf.Session() as session, tf.summary.FileWriter(str(folder), graph) as writer:
        assert writer.get_logdir() == str(folder)
        for step in (1, 2):
            writer.add_summary(session.run(summary), step)
        writer.add_summary(tf.Summary(value=[tf.Summary.Value(tag='x', simple_value=1.5)]), np.int64(3))
        metadata = tf.RunMetadata()
        session.run(summary, options=tf.RunOptions(trace_level=tf.RunOptions.FULL_TRACE), run_metadata=metadata)
        writer.add_run_metadata(metadata, 'trace', 4)
        with pytest.raises(ValueError, match='^The provided tag was already used for this event type$'):
            writer.add_run_metadata(metadata, 'trace', 5)
        writer.add_session_log(tf.SessionLog(status=tf.SessionLog.START))
        with pytest.raises(TypeError, match='^The passed graph must be an instance of `Graph`'):
            writer.add_graph(None)
        with pytest.raises(TypeError, match='^meta_graph_def must be type MetaGraphDef'):
            writer.add_meta_graph(graph)
    found = events(folder)
    assert [event.WhichOneof('what') for event in found] == [
        'file_version', 'graph_def', 'meta_graph_def', 'summary', 'summary', 'summary', 'tagged_run_metadata', 'session_log']
    assert [event.step for event in found] == [0, 0, 0, 1, 2, 3, 4, 0]
    assert [value.HasField('metadata') for event in found for value in event.summary.value] == [True, False, False]
    assert tf.GraphDef.FromString(found[1].graph_def) == graph.as_graph_def(add_shapes=True)


def test_closed_writer_warns_and_reopen_begins_a_file(tmp_path):
    writer = tf.summary.FileWriter(str(tmp_path), filename_suffix='.end')
    writer.add_event(tf.Event(step=1))
    writer.close()
    with pytest.warns(UserWarning, match='Attempting to use a closed FileWriter'):
        writer.add_summary(tf.Summary(), 2)
    writer.reopen()
    writer.add_event(tf.Event(step=3))
    writer.flush()
    files = sorted(tmp_path.iterdir())
    assert len(files) == 2 and all(file.name.endswith('.end') for file in files)
    assert [[event.step for event in tf.train.summary_iterator(str(file))] for file in files] == [[0, 1], [0, 3]]


def test_cache_has_one_writer_a_folder(tmp_path):
    cache = tf.summary.FileWriterCache
    assert cache.get(str(tmp_path)) is cache.get(str(tmp_path))
    cache.clear()
    assert values(events(tmp_path)) == []


def test_classes_that_derive_see_events(tmp_path):
    class Counting(tf.summary.FileWriter):
        seen = 0

        def _add_event(self, event, step):
            Counting.seen += 1
            super()._add_event(event, step)

    with Counting(str(tmp_path)) as writer:
        writer.add_summary(tf.Summary(value=[tf.Summary.Value(tag='x', simple_value=2.0)]).SerializeToString(), 7)
    assert Counting.seen == 1 and values(events(tmp_path)) == [(7, 'x', 2.0)]


def test_plugin_assets_are_written(graph, tmp_path):
    class Asset(plugin_asset.PluginAsset):
        plugin_name = 'mine'

        def assets(self):
            return {'a.txt': 'content'}

    plugin_asset.get_plugin_asset(Asset)
    tf.summary.FileWriter(str(tmp_path), graph).close()
    assert (tmp_path / 'plugins/mine/a.txt').read_text() == 'content'


def test_summary_description(graph):
    from google.protobuf import json_format
    node = tf.raw_ops.TensorSummary(tensor=tf.constant(1.0), description='{"typeHint": "scalar"}').op.node_def
    assert json_format.MessageToDict(tf.summary.get_summary_description(node)) == {'typeHint': 'scalar'}
    with pytest.raises(ValueError, match="^Can't get_summary_description on Const$"):
        tf.summary.get_summary_description(tf.constant(1.0).op.node_def)


def test_projector(tmp_path):
    from reflow.contrib.tensorboard.plugins import projector
    config = projector.ProjectorConfig()
    embedding = config.embeddings.add(tensor_name='embedding:0', metadata_path='metadata.tsv')
    embedding.sprite.image_path = 'sprite.png'
    embedding.sprite.single_image_dim.extend([28, 28])
    projector.visualize_embeddings(tf.summary.FileWriter(str(tmp_path)), config)
    assert (tmp_path / 'projector_config.pbtxt').read_text() == (GOLDEN / 'projector_config.pbtxt').read_text()
    assert protos.module('tensorflow.contrib.tensorboard.plugins.projector.projector_config_pb2').ProjectorConfig is type(config)


def test_summaries_with_tags():
    with tf.Graph().as_default() as graph, tf.Session() as session:
        old = tf.contrib.deprecated
        old.scalar_summary(['a', 'b'], [1., 2.])
        old.histogram_summary('h', tf.ones([3]))
        old.image_summary('i', tf.ones([2, 3, 3, 1]), max_images=1)
        old.audio_summary('s', tf.zeros([1, 10, 1]), 100.)
        merged = old.merge_all_summaries()
        assert [op.name for op in graph.get_operations() if 'Summary' in op.type] == [
            'ScalarSummary', 'HistogramSummary', 'ImageSummary', 'AudioSummary', 'MergeSummary/MergeSummary']
        values = tf.Summary.FromString(session.run(merged)).value
        assert [(value.tag, value.WhichOneof('value')) for value in values] == [
            ('a', 'simple_value'), ('b', 'simple_value'), ('h', 'histo'), ('i/image', 'image'), ('s/audio/0', 'audio')]
