"""SavedModels of TensorFlow 1, graphs, as objects (tf.saved_model.load_v2). What is expected is TensorFlow 1.15.5's."""

import numpy as np
import pytest
import reflow.tensorflow as tf
from reflow.eager import context

ROWS = np.float32([[1, 2], [3, 4]])


def saved(path, use_resource=True, trained=False):
    """A linear model with two signatures."""
    with tf.Graph().as_default(), tf.Session() as session:
        x, k = tf.placeholder(tf.float32, [None, 2], name='x'), tf.placeholder(tf.float32, [], name='k')
        w = tf.get_variable('w', initializer=tf.constant([[1.], [2.]]), use_resource=use_resource)
        b = tf.get_variable('b', initializer=tf.constant([0.]), use_resource=use_resource, trainable=False)
        y = tf.matmul(x, w) + b
        if trained:
            tf.train.MomentumOptimizer(0.1, 0.9).minimize(tf.reduce_sum(y))
        session.run(tf.global_variables_initializer())
        session.run(b.assign([.5]))
        signatures = {'serving_default': tf.saved_model.predict_signature_def({'x': x}, {'y': y}),
                      'other': tf.saved_model.predict_signature_def({'x': x, 'k': k}, {'z': y * k})}
        builder = tf.saved_model.Builder(path)
        builder.add_meta_graph_and_variables(session, ['serve'], signature_def_map=signatures)
        builder.save()
    return path


@pytest.mark.parametrize('use_resource, trained', [(True, False), (False, False), (True, True), (False, True)])
def test_signatures_are_functions_of_the_restored_variables(tmp_path, use_resource, trained):
    path = saved(str(tmp_path / 'model'), use_resource, trained)
    with context.eager_mode():
        model = tf.saved_model.load_v2(path)
        f = model.signatures['serving_default']
        assert f(tf.constant(ROWS))['y'].numpy().tolist() == f(x=tf.constant(ROWS))['y'].numpy().tolist() == [[5.5], [11.5]]
        other = model.signatures['other']
        assert other(x=tf.constant(ROWS), k=tf.constant(2.))['z'].numpy().tolist() == [[11], [23]]
        with pytest.raises(TypeError, match='Expected at most 0 positional arguments'):
            other(tf.constant(ROWS))
        assert model.prune('x:0', 'add:0')(tf.constant(ROWS)).numpy().tolist() == [[5.5], [11.5]]
        assert model.tensorflow_version and sorted(model.signatures) == ['other', 'serving_default']


def test_variables_are_those_of_the_functions(tmp_path):
    path = saved(str(tmp_path / 'model'))
    with context.eager_mode():
        model = tf.saved_model.load_v2(path, tags='serve')
        w, b = model.variables
        assert [(v.name, v.trainable) for v in (w, b)] == [('w:0', True), ('b:0', False)]
        f = model.signatures['serving_default']
        with tf.GradientTape() as tape:
            y = f(tf.constant(ROWS))['y']
        assert tape.gradient(y, w).numpy().tolist() == [[4], [6]]
        w.assign(w * 2.)
        assert f(tf.constant(ROWS))['y'].numpy().tolist() == [[10.5], [22.5]]


def test_tables_are_filled_from_assets(tmp_path):
    vocabulary = tmp_path / 'words'
    vocabulary.write_text('a\nb\nc\n')
    with tf.Graph().as_default(), tf.Session() as session:
        table = tf.lookup.StaticVocabularyTable(
            tf.lookup.TextFileInitializer(str(vocabulary), tf.string, tf.lookup.TextFileIndex.WHOLE_LINE, tf.int64,
                                          tf.lookup.TextFileIndex.LINE_NUMBER), 1)
        key = tf.placeholder(tf.string, [None])
        signature = tf.saved_model.predict_signature_def({'key': key}, {'id': table.lookup(key)})
        builder = tf.saved_model.Builder(str(tmp_path / 'model'))
        builder.add_meta_graph_and_variables(
            session, ['serve'], signature_def_map={'lookup': signature}, main_op=tf.tables_initializer(),
            assets_collection=tf.get_collection(tf.GraphKeys.ASSET_FILEPATHS))
        builder.save()
    vocabulary.unlink()
    with context.eager_mode():
        model = tf.saved_model.load_v2(str(tmp_path / 'model'))
        assert model.signatures['lookup'](tf.constant(['c', 'q', 'a']))['id'].numpy().tolist() == [2, 3, 0]
        assert [path.asset_path.numpy().decode().rpartition('/')[2] for path in model.asset_paths] == ['words']


def test_several_graphs_ask_for_tags(tmp_path):
    with tf.Graph().as_default(), tf.Session() as session:
        tf.get_variable('v', [])
        session.run(tf.global_variables_initializer())
        builder = tf.saved_model.Builder(str(tmp_path / 'model'))
        builder.add_meta_graph_and_variables(session, ['one'])
        builder.add_meta_graph(['two'])
        builder.save()
    with context.eager_mode():
        with pytest.raises(ValueError, match="requires a 'tags=' argument if there is more than one MetaGraph"):
            tf.saved_model.load_v2(str(tmp_path / 'model'))
        with pytest.raises(RuntimeError, match='could not be found in SavedModel'):
            tf.saved_model.load_v2(str(tmp_path / 'model'), tags='three')
        assert not tf.saved_model.load_v2(str(tmp_path / 'model'), tags=['two']).signatures
