"""tf.train.Checkpoint: graphs of objects, saved and restored, in files that TensorFlow 1.15.5 wrote too."""
import os

import numpy as np
import pytest

import reflow.tensorflow as tf
from reflow import pywrap_tensorflow
from reflow.eager import context

CHECKPOINTS = os.path.join(os.path.dirname(__file__), '../../tests/data/checkpoints')
KEY = '_CHECKPOINTABLE_OBJECT_GRAPH'


@pytest.fixture
def eager():
    with context.eager_mode():
        yield


@pytest.fixture
def session():
    with tf.Graph().as_default(), tf.Session() as sess:
        yield sess


class Net(tf.contrib.checkpoint.Checkpointable):
    """The program that wrote object_training: attributes, a list and a dictionary as dependencies."""

    def __init__(self, start):
        self.w = tf.Variable(np.full([2, 3], start, np.float32), name='w')
        self.layers_ = [tf.layers.Dense(3, name='dense'), tf.layers.Dense(2, name='dense_1')]
        self.d = {'k': tf.Variable(start * 2.), 'n': 3}

    def train(self, optimizer, step):
        with tf.GradientTape() as tape:
            x = tf.matmul(tf.ones([1, 2]), self.w)
            loss = tf.reduce_sum(self.layers_[1](self.layers_[0](x)) ** 2) + self.d['k'] ** 2
        variables = tape.watched_variables()
        optimizer.apply_gradients(zip(tape.gradient(loss, variables), variables), global_step=step)


def _graph(path):
    reader = pywrap_tensorflow.NewCheckpointReader(path)
    return tf.contrib.checkpoint.CheckpointableObjectGraph.FromString(reader.get_tensor(KEY)), reader


def _files(folder, name='ckpt-1'):
    return {file: open(os.path.join(folder, file), 'rb').read() for file in os.listdir(folder) if file.startswith(name)}


def test_bytes_in_a_graph_are_tensorflows(session, tmp_path):
    child = tf.train.Checkpoint(v=tf.get_variable('v', initializer=[1.0, 2.0], use_resource=True))
    root = tf.train.Checkpoint(step=tf.get_variable('s', initializer=7, use_resource=True), child=child)
    session.run(tf.global_variables_initializer())
    path = root.save(str(tmp_path / 'ckpt'), session=session)
    assert path == str(tmp_path / 'ckpt-1')
    # The order of two dependencies follows the order of keyword arguments, which newer Pythons keep.
    ours, theirs = _graph(path)[0], _graph(os.path.join(CHECKPOINTS, 'object/ckpt-1'))[0]
    assert ours == theirs
    assert _files(tmp_path) == _files(os.path.join(CHECKPOINTS, 'object'))
    assert open(tmp_path / 'checkpoint').read() == open(os.path.join(CHECKPOINTS, 'object/checkpoint')).read()


def test_a_graph_restores_what_tensorflow_saved(session):
    child = tf.train.Checkpoint(v=tf.get_variable('v', initializer=[0.0, 0.0], use_resource=True))
    root = tf.train.Checkpoint(step=tf.get_variable('s', initializer=0, use_resource=True), child=child)
    status = root.restore(os.path.join(CHECKPOINTS, 'object/ckpt-1'))
    status.assert_consumed().run_restore_ops(session)
    assert session.run([child.v, root.step, root.save_counter])[1:] == [7, 1]
    assert session.run(child.v).tolist() == [1.0, 2.0]


def test_training_goes_on_from_tensorflows_checkpoint(eager):
    net, optimizer, step = Net(7.), tf.train.AdamOptimizer(0.1), tf.Variable(0, dtype=tf.int64)
    root = tf.train.Checkpoint(net=net, opt=optimizer, step=step)
    status = root.restore(os.path.join(CHECKPOINTS, 'object_training/ckpt-3'))
    assert step.numpy() == 2 and root.save_counter.numpy() == 3
    net.train(optimizer, step)  # makes the layers' variables, which are restored with their slots
    status.assert_consumed()
    np.testing.assert_allclose(net.w.numpy()[0], [1.0158068, 0.96771586, 0.97127306], atol=1e-6)


def test_object_graph_is_tensorflows(eager, tmp_path):
    net, optimizer, step = Net(1.), tf.train.AdamOptimizer(0.1), tf.Variable(0, dtype=tf.int64, name='global_step')
    net.train(optimizer, step)
    root = tf.train.Checkpoint(net=net, opt=optimizer, step=step)
    ours, reader = _graph(root.save(str(tmp_path / 'ckpt')))
    theirs, other = _graph(os.path.join(CHECKPOINTS, 'object_training/ckpt-3'))
    for node in [*ours.nodes, *theirs.nodes]:
        for attribute in node.attributes:
            attribute.full_name = ''  # names of layers are counted through all tests
    assert ours == theirs
    assert reader.get_variable_to_shape_map() == other.get_variable_to_shape_map()


def test_slots_wait_for_variables_and_optimizers(eager, tmp_path):
    def made():
        v, optimizer = tf.Variable(3.0, name='v'), tf.train.MomentumOptimizer(0.1, 0.9)
        optimizer.apply_gradients([(tf.constant(2.0), v)])
        return v, optimizer
    v, optimizer = made()
    path = tf.train.Checkpoint(v=v, opt=optimizer).save(str(tmp_path / 'c'))
    root = tf.train.Checkpoint()
    status = root.restore(path)
    root.opt = tf.train.MomentumOptimizer(0.1, 0.9)
    with pytest.raises(AssertionError, match='Unresolved object in checkpoint'):
        status.assert_consumed()
    root.v = tf.Variable(0.0)
    status.assert_consumed()
    assert root.v.numpy() == v.numpy()
    assert root.opt.get_slot(root.v, 'momentum').numpy() == 2.0


def test_slots_in_graphs_are_restored_when_they_are_made(session, tmp_path):
    def build():
        v = tf.get_variable('v', initializer=3.0, use_resource=True)
        optimizer = tf.train.AdamOptimizer(0.1)
        return v, optimizer
    v, optimizer = build()
    root = tf.train.Checkpoint(v=v, opt=optimizer)
    train = optimizer.minimize(v * v)
    session.run(tf.global_variables_initializer())
    session.run(train)
    path = root.save(str(tmp_path / 'c'))
    value, power = session.run([v, optimizer._get_beta_accumulators()[0]])
    with tf.Graph().as_default(), tf.Session() as sess:
        v, optimizer = build()
        root = tf.train.Checkpoint(v=v, opt=optimizer)
        status = root.restore(path)
        optimizer.minimize(v * v)
        status.assert_consumed().run_restore_ops(sess)
        assert sess.run([v, optimizer._get_beta_accumulators()[0]]) == [value, power]
        assert sess.run(optimizer.get_slot(v, 'm')) == pytest.approx(0.6)


def test_initialize_or_restore(session, tmp_path):
    v = tf.get_variable('v', initializer=3.0, use_resource=True)
    root = tf.train.Checkpoint(v=v)
    root.restore(None).initialize_or_restore(session)
    path = root.save(str(tmp_path / 'c'))
    session.run(v.assign(5.0))
    root.w = tf.get_variable('w', initializer=4.0, use_resource=True)
    status = root.restore(path)
    status.initialize_or_restore(session)
    assert session.run([v, root.w]) == [3.0, 4.0]
    with pytest.raises(AssertionError, match='Some Python objects were not bound to checkpointed values'):
        status.assert_existing_objects_matched()
    with pytest.raises(AssertionError, match='No checkpoint specified'):
        root.restore(None).assert_consumed()


def test_saving_twice_adds_no_operations(session, tmp_path):
    root = tf.train.Checkpoint(v=tf.get_variable('v', initializer=3.0, use_resource=True))
    session.run(tf.global_variables_initializer())
    root.save(str(tmp_path / 'c'))
    number = len(session.graph.get_operations())
    assert root.save(str(tmp_path / 'c')).endswith('c-2')
    assert len(session.graph.get_operations()) == number
    assert tf.train.latest_checkpoint(str(tmp_path)) == str(tmp_path / 'c-2')


def test_manager_keeps_the_newest(eager, tmp_path):
    root = tf.train.Checkpoint(v=tf.Variable(1.0))
    manager = tf.train.CheckpointManager(root, str(tmp_path), max_to_keep=2)
    paths = [manager.save() for _ in range(4)]
    assert manager.checkpoints == paths[2:] and manager.latest_checkpoint == paths[3]
    assert not os.path.exists(paths[0] + '.index')
    again = tf.train.CheckpointManager(root, str(tmp_path), max_to_keep=2)
    assert again.checkpoints == paths[2:] and again.latest_checkpoint == paths[3]
    with pytest.raises(ValueError, match='Expected a positive integer or `None`'):
        tf.train.CheckpointManager(root, str(tmp_path), max_to_keep=0)


def test_names_of_variables_restore_objects(eager, tmp_path):
    with tf.Graph().as_default(), tf.Session() as sess:
        tf.get_variable('v', initializer=3.0)
        sess.run(tf.global_variables_initializer())
        path = tf.train.Saver().save(sess, str(tmp_path / 'names'))
    root = tf.train.Checkpoint(v=tf.Variable(0.0, name='v'))
    root.restore(path)
    assert root.v.numpy() == 3.0


def test_lists_can_only_grow(eager, tmp_path):
    root = tf.train.Checkpoint()
    root.l = [tf.Variable(1.0)]
    root.l.append(tf.Variable(2.0))
    root.save(str(tmp_path / 'c'))
    root.l[0] = tf.Variable(3.0)
    with pytest.raises(ValueError, match=r'Unable to save the object ListWrapper\(\[.*A list element was replaced'):
        root.save(str(tmp_path / 'c'))
    root.l = tf.contrib.checkpoint.NoDependency(root.l)
    root.d = {1: tf.Variable(1.0)}
    with pytest.raises(ValueError, match='contains a non-string key'):
        tf.train.Checkpoint(d=root.d).save(str(tmp_path / 'd'))


def test_python_state_and_arrays(eager, tmp_path):
    class Counter(tf.train.experimental.PythonState):
        value = 1

        def serialize(self):
            return str(self.value)

        def deserialize(self, string_value):
            self.value = int(string_value)

    arrays = tf.contrib.checkpoint.NumpyState()
    arrays.x = np.arange(3)
    counter = Counter()
    root = tf.train.Checkpoint(counter=counter, arrays=arrays)
    counter.value = 5
    path = root.save(str(tmp_path / 'c'))
    fresh = tf.train.Checkpoint(counter=Counter(), arrays=tf.contrib.checkpoint.NumpyState())
    fresh.restore(path).assert_consumed()
    assert fresh.counter.value == 5 and fresh.arrays.x.tolist() == [0, 1, 2]


def test_errors(eager):
    with pytest.raises(ValueError, match=r'`Checkpoint` was expecting a trackable object .* got 3\.'):
        tf.train.Checkpoint(v=3)
    with pytest.raises(ValueError, match='does not appear to be object-based'):
        tf.contrib.checkpoint.object_metadata(os.path.join(CHECKPOINTS, 'embedding/embedding.ckpt'))
    with pytest.raises(TypeError, match='not a Trackable'):
        tf.train.Checkpoint()._track_trackable(3, 'three')


def test_picture(eager):
    picture = tf.contrib.checkpoint.dot_graph_from_checkpoint(os.path.join(CHECKPOINTS, 'object_training/ckpt-3'))
    assert picture.startswith('digraph {\nN_0 [shape=point label="" width=.25]\nN_0 -> N_1 [label="net"]\n')
    assert 'N_5 [shape=point label="" color=blue width=.25 tooltip="Variable w shape=[2, 3] float32"]\n' in picture


def test_templates_have_their_variables(session, tmp_path):
    def twice(x):
        return x * tf.get_variable('v', initializer=2.0, use_resource=True)
    template = tf.make_template('t', twice)
    template(1.0)
    session.run(tf.global_variables_initializer())
    path = tf.train.Checkpoint(t=template).save(str(tmp_path / 'c'))
    assert 't/v/.ATTRIBUTES/VARIABLE_VALUE' in dict(tf.train.list_variables(path))


def test_savers_without_sessions(eager, tmp_path):
    v = tf.Variable([1.0, 2.0], name='v')
    path = tf.contrib.eager.Saver([v]).save(str(tmp_path / 'c'), global_step=3)
    assert path.endswith('c-3') and tf.train.list_variables(path) == [('v', [2])]
    v.assign([0.0, 0.0])
    tf.contrib.eager.Saver({'v': v}).restore(path)
    assert v.numpy().tolist() == [1.0, 2.0]
    with tf.contrib.eager.restore_variables_on_create(path):
        assert tf.Variable([0.0, 0.0], name='v').numpy().tolist() == [1.0, 2.0]
        with pytest.raises(tf.errors.NotFoundError, match='w not found in checkpoint'):
            tf.Variable(0.0, name='w')


def test_tables_are_saved(session, tmp_path):
    table = tf.contrib.lookup.MutableHashTable(tf.string, tf.int64, -1, name='words')
    dense = tf.contrib.lookup.MutableDenseHashTable(tf.int64, tf.float32, -1., empty_key=-1, deleted_key=-2, name='dense')
    saver = tf.train.Saver()
    session.run([table.insert(tf.constant(['a', 'b']), tf.constant([1, 2], tf.int64)),
                 dense.insert(tf.constant([5], tf.int64), tf.constant([2.5]))])
    path = saver.save(session, str(tmp_path / 'c'))
    assert [name for name, _ in tf.train.list_variables(path)] == [
        'dense-keys', 'dense-values', 'words-keys', 'words-values']
    session.run([table.remove(tf.constant(['a'])), dense.insert(tf.constant([5], tf.int64), tf.constant([1.5]))])
    saver.restore(session, path)
    found = session.run([table.lookup(tf.constant(['a', 'b', 'c'])), dense.lookup(tf.constant([5], tf.int64))])
    assert found[0].tolist() == [1, 2, -1] and found[1].tolist() == [2.5]


def test_slots_of_parts_are_parts(session, tmp_path):
    rows = tf.get_variable('rows', [7, 4], initializer=tf.ones_initializer(), partitioner=tf.fixed_size_partitioner(3))
    with tf.variable_scope('outer', partitioner=tf.fixed_size_partitioner(2)):
        columns = tf.get_variable('columns', [4, 2], initializer=tf.ones_initializer())
        loss = tf.reduce_sum(tf.matmul(rows, columns))
        inner = tf.train.MomentumOptimizer(0.1, 0.9).minimize(loss)
    train = tf.train.AdamOptimizer(0.1).minimize(loss)
    session.run(tf.global_variables_initializer())
    session.run([train, inner])
    path = tf.train.Saver().save(session, str(tmp_path / 'c'))
    shapes = dict(tf.train.list_variables(path))
    assert shapes['rows/Adam'] == shapes['rows/Adam_1'] == [7, 4] and shapes['outer/columns/Adam'] == [4, 2]
    # In another variable scope TensorFlow cuts the names of slots off in the middle, and so do we.
    assert shapes['rows/art_0/Momentum'] == [7, 4] and shapes['outer/columns/art_1/Momentum'] == [4, 2]
