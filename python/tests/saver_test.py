"""Savers and checkpoints from Python."""
import os
import threading
import time

import numpy as np
import pytest

import reflow.tensorflow as tf
from reflow import pywrap_tensorflow
from reflow.training.saver import BaseSaverBuilder

CHECKPOINTS = os.path.join(os.path.dirname(__file__), '../../tests/data/checkpoints')


@pytest.fixture
def session():
    with tf.Graph().as_default(), tf.Session() as sess:
        yield sess


def _init(sess):
    sess.run(tf.global_variables_initializer())


def test_variables_come_back(session, tmp_path):
    v = tf.Variable([1.0, 2.0], name='v')
    r = tf.get_variable('r', initializer=3, use_resource=True)
    saver = tf.train.Saver()
    _init(session)
    path = saver.save(session, str(tmp_path / 'model.ckpt'), global_step=7)
    assert path == str(tmp_path / 'model.ckpt-7')
    assert sorted(os.listdir(tmp_path)) == [
        'checkpoint', 'model.ckpt-7.data-00000-of-00001', 'model.ckpt-7.index', 'model.ckpt-7.meta']
    session.run([v.assign([0.0, 0.0]), r.assign(0)])
    saver.restore(session, tf.train.latest_checkpoint(str(tmp_path)))
    assert session.run(v).tolist() == [1.0, 2.0] and session.run(r) == 3


def test_names_and_averages(session, tmp_path):
    v = tf.Variable(1.0, name='v')
    average = tf.train.ExponentialMovingAverage(0.5)
    step = average.apply([v])
    _init(session)
    session.run(v.assign(3.0))
    session.run(step)
    path = tf.train.Saver().save(session, str(tmp_path / 'm'))
    assert tf.train.list_variables(path) == [('v', []), ('v/ExponentialMovingAverage', [])]
    tf.train.Saver(average.variables_to_restore()).restore(session, path)
    assert session.run(v) == 2.0
    tf.train.Saver({'v': v}).restore(session, path)
    assert session.run(v) == 3.0
    assert tf.train.load_variable(path, 'v') == 3.0


def test_old_checkpoints_go(session, tmp_path):
    tf.Variable(1.0, name='v')
    saver = tf.train.Saver(max_to_keep=2, save_relative_paths=True)
    _init(session)
    for step in range(4):
        saver.save(session, str(tmp_path / 'm'), global_step=step, write_meta_graph=False)
    assert [os.path.basename(path) for path in saver.last_checkpoints] == ['m-2', 'm-3']
    assert (tmp_path / 'checkpoint').read_text() == (
        'model_checkpoint_path: "m-3"\nall_model_checkpoint_paths: "m-2"\nall_model_checkpoint_paths: "m-3"\n')
    assert not (tmp_path / 'm-1.index').exists()
    state = tf.train.get_checkpoint_state(str(tmp_path))
    assert state.model_checkpoint_path == str(tmp_path / 'm-3')
    handed_on = tf.train.Saver(max_to_keep=2)
    handed_on.set_last_checkpoints_with_time(saver._last_checkpoints)
    assert handed_on.last_checkpoints == saver.last_checkpoints
    again = tf.train.Saver(max_to_keep=1)
    again.recover_last_checkpoints(state.all_model_checkpoint_paths)
    again.save(session, str(tmp_path / 'm'), global_step=5)
    assert not (tmp_path / 'm-2.index').exists()


def test_sharded_and_v1(session, tmp_path):
    v = tf.Variable([1.0, 2.0], name='v')
    _init(session)
    for name, kwargs in (('s', dict(sharded=True)), ('old', dict(write_version=tf.train.SaverDef.V1)),
                         ('both', dict(sharded=True, write_version=tf.train.SaverDef.V1))):
        saver = tf.train.Saver(**kwargs)
        path = saver.save(session, str(tmp_path / name))
        session.run(v.assign([0.0, 0.0]))
        saver.restore(session, path)
        assert session.run(v).tolist() == [1.0, 2.0], name
    assert not [name for name in os.listdir(tmp_path) if 'temp' in name]


def test_builders_and_saveable_objects(session, tmp_path):
    v = tf.Variable(1.0, name='v')
    w = tf.Variable(5.0, name='w')

    class Halved(BaseSaverBuilder.SaveableObject):
        """Saved as half of its value."""

        def __init__(self):
            super().__init__(w, [BaseSaverBuilder.SaveSpec(w / 2.0, '', 'half')], 'half')

        def restore(self, restored_tensors, restored_shapes):
            return w.assign(restored_tensors[0] * 2.0)

    saver = tf.train.Saver([v, Halved()], builder=BaseSaverBuilder())
    _init(session)
    path = saver.save(session, str(tmp_path / 'm'))
    assert tf.train.load_variable(path, 'half') == 2.5
    session.run([v.assign(0.0), w.assign(0.0)])
    saver.restore(session, path)
    assert session.run([v, w]) == [1.0, 5.0]


def test_reader():
    reader = pywrap_tensorflow.NewCheckpointReader(os.path.join(CHECKPOINTS, 'dtypes/model.ckpt-3'))
    assert reader.has_tensor('float32') and not reader.has_tensor('none')
    assert reader.get_variable_to_shape_map()['rank5'] == [2, 3, 1, 4, 2]
    assert reader.get_variable_to_dtype_map()['string/scalar'] == tf.string
    assert reader.get_tensor('string/scalar') == b'hello'
    assert reader.get_tensor('int8').tolist() == [-128, -1, 0, 127]
    assert b'rank5 (DT_FLOAT) [2,3,1,4,2]\n' in reader.debug_string()
    partitioned = tf.train.load_checkpoint(os.path.join(CHECKPOINTS, 'sharded'))
    assert partitioned.get_tensor('rows/w').shape == (7, 4)


def test_init_from_checkpoint(session, tmp_path):
    tf.Variable([1.0, 2.0], name='old/v')
    _init(session)
    path = tf.train.Saver().save(session, str(tmp_path / 'm'))
    with tf.Graph().as_default(), tf.Session() as sess:
        a = tf.get_variable('a', [2])
        b = tf.get_variable('new/v', [2])
        tf.train.init_from_checkpoint(path, {'old/v': a})
        tf.train.init_from_checkpoint(str(tmp_path), {'old/': 'new/'})
        c = tf.get_variable('c', [2])
        assign, feeds = tf.contrib.framework.assign_from_checkpoint(path, {'old/v': c})
        _init(sess)
        sess.run(assign, feeds)
        assert np.concatenate(sess.run([a, b, c])).tolist() == [1.0, 2.0] * 3
        tf.contrib.framework.assign_from_checkpoint_fn(path, {'old/v': c, 'gone': a}, ignore_missing_vars=True)(sess)


def test_warm_start(session, tmp_path):
    tf.get_variable('v', initializer=[1.0, 2.0])
    _init(session)
    path = tf.train.Saver().save(session, str(tmp_path / 'm'))
    with tf.Graph().as_default(), tf.Session() as sess:
        w = tf.get_variable('w', [2])
        tf.train.warm_start(path, var_name_to_prev_var_name={'w': 'v'})
        _init(sess)
        assert sess.run(w).tolist() == [1.0, 2.0]


def test_warm_start_with_another_vocabulary(session, tmp_path):
    (tmp_path / 'old').write_text('a\nb\nc\n')
    (tmp_path / 'new').write_text('c\nd\na\n')
    tf.get_variable('embedding', initializer=[[1.0, 2.0], [3.0, 4.0], [5.0, 6.0]])
    _init(session)
    path = tf.train.Saver().save(session, str(tmp_path / 'm'))
    with tf.Graph().as_default(), tf.Session() as sess:
        embedding = tf.get_variable('embedding', [4, 2])
        info = tf.train.VocabInfo(str(tmp_path / 'new'), 3, 1, str(tmp_path / 'old'))
        tf.train.warm_start(path, var_name_to_vocab_info={'embedding': info})
        _init(sess)
        assert sess.run(embedding).tolist() == [[5.0, 6.0], [0.0, 0.0], [1.0, 2.0], [0.0, 0.0]]


def test_debug_info_says_where_operations_were_made(session, tmp_path):
    from reflow.framework import protos
    x = tf.constant(1.0, name='x')
    line = test_debug_info_says_where_operations_were_made.__code__.co_firstlineno + 2
    with tf.name_scope('inner'):
        tf.square(x, name='y')
    tf.train.export_meta_graph(str(tmp_path / 'model.meta'), save_debug_info=True)
    info = protos.message('tensorflow.GraphDebugInfo').FromString((tmp_path / 'model.debug').read_bytes())
    assert sorted(info.traces) == ['inner/y', 'x']
    own = [call.line for call in info.traces['x'].file_line_cols if info.files[call.file_index] == __file__]
    assert own == [line] and len(info.traces['x'].file_line_cols) <= 10


def test_mistakes(session, tmp_path):
    v = tf.Variable(1.0, name='v')
    saver = tf.train.Saver()
    with pytest.raises(tf.errors.FailedPreconditionError, match='Attempting to use uninitialized value v'):
        saver.save(session, str(tmp_path / 'm'))
    _init(session)
    path = saver.save(session, str(tmp_path / 'm'))
    with pytest.raises(ValueError, match="Parent directory of .* doesn't exist, can't save."):
        saver.save(session, str(tmp_path / 'a/b/m'))
    with pytest.raises(ValueError, match="Can't load save_path when it is None."):
        saver.restore(session, None)
    with pytest.raises(ValueError, match='The passed save_path is not a valid checkpoint: none'):
        saver.restore(session, 'none')
    with pytest.raises(ValueError, match="'latest_filename' collides with 'save_path'"):
        saver.save(session, str(tmp_path / 'checkpoint'))
    w = tf.Variable(1.0, name='w')
    with pytest.raises(tf.errors.NotFoundError, match='^Restoring from checkpoint failed(.|\n)*Key w not found in checkpoint'):
        tf.train.Saver([v, w]).restore(session, path)
    with pytest.raises(TypeError, match='names_to_saveables must be a dict mapping string names to Tensors/Variables. Not'):
        tf.train.Saver({'a': tf.constant(1.0)})
    with pytest.raises(TypeError, match="'sess' must be a Session"):
        saver.save('session', str(tmp_path / 'm'))


def test_meta_graphs_have_the_operations_of_partitioned_variables_in_collections():
    with tf.Graph().as_default() as graph:
        with tf.variable_scope('s', partitioner=tf.fixed_size_partitioner(2)):
            two = tf.get_variable('two', [4, 2])
        with tf.variable_scope('s', partitioner=tf.fixed_size_partitioner(1)):
            one = tf.get_variable('one', [4, 2])
        for variable in one, two:
            tf.add_to_collection('shared', variable)
        before = set(graph.get_operations())
        with tf.name_scope('outer'):
            saver = tf.train.Saver()
        made = [(op.name, op.type) for op in graph.get_operations() if op not in before and 'save' not in op.name]
        assert made == [('s/one', 'Identity'), ('s/two/ConcatPartitions/concat/axis', 'Const'),
                        ('s/two/ConcatPartitions/concat', 'ConcatV2'), ('s/two', 'Identity')]
        before = set(graph.get_operations())
        tf.train.Saver()  # finds them
        assert all('save' in op.name for op in set(graph.get_operations()) - before)
        meta_graph = tf.train.export_meta_graph(saver_def=saver.saver_def)
    with tf.Graph().as_default():
        tf.train.import_meta_graph(meta_graph)
        assert [op.name for op in tf.get_collection('shared')] == ['s/one', 's/two']


def test_threads_save_one_after_the_other(tmp_path, monkeypatch):
    with tf.Graph().as_default(), tf.Session() as session:
        tf.get_variable('v', initializer=1.)
        session.run(tf.global_variables_initializer())
        saver, prefix = tf.train.Saver(), str(tmp_path / 'model')
        begun, save_variables = threading.Event(), saver._save_variables

        def late(*args):
            if not begun.is_set():
                begun.set()
                time.sleep(.2)
            return save_variables(*args)
        monkeypatch.setattr(saver, '_save_variables', late)
        thread = threading.Thread(target=saver.save, args=(session, prefix, 1))
        thread.start()
        begun.wait()
        saver.save(session, prefix, 2)
        thread.join()
    assert tf.train.latest_checkpoint(str(tmp_path)) == prefix + '-2'
