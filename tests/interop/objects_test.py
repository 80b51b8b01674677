"""Graphs of objects (tf.train.Checkpoint), partitioned variables and tables, in both directions with a real TensorFlow."""
import pytest
from peer import needs_build, needs_peer, run_peer, run_reflow

pytestmark = [needs_peer, needs_build]
directions = pytest.mark.parametrize('saves,restores', [(run_reflow, run_peer), (run_peer, run_reflow)], ids=['ours', 'theirs'])

OBJECTS = '''
class Layer(tf.Module if hasattr(tf, 'Module') and not 'reflow' in tf.__file__ else tf.contrib.checkpoint.Checkpointable):
    def __init__(self, start):
        self.w = tf.get_variable('w%d' % start, initializer=np.full([2, 3], start, np.float32), use_resource=True)
        self.parts = [tf.get_variable('p%d_%d' % (start, i), initializer=float(start + i), use_resource=True) for i in range(3)]
        self.named = {'b': tf.get_variable('b%d' % start, initializer=[start, 1], use_resource=True)}
layer = Layer(int(sys.argv[2]))
optimizer = tf.train.AdamOptimizer(0.1)
train = optimizer.minimize(tf.reduce_sum(layer.w * layer.parts[1]))
root = tf.train.Checkpoint(layer=layer, optimizer=optimizer)
sess = tf.Session()
sess.run(tf.global_variables_initializer())
'''
SAVE_OBJECTS = OBJECTS + '''
sess.run(train)
print(root.save(sys.argv[1], session=sess))
'''
RESTORE_OBJECTS = OBJECTS + '''
status = root.restore(sys.argv[1])
status.assert_consumed().run_restore_ops(sess)
sess.run(train)
print(np.round(sess.run(layer.w), 4).tolist(), np.round(sess.run(optimizer.get_slot(layer.w, 'm')), 4).tolist(),
      sess.run(layer.named['b']).tolist(), np.round(sess.run(list(layer.parts)), 4).tolist(), sess.run(root.save_counter))
'''


@directions
def test_object_graphs(tmp_path, saves, restores):
    path = saves(tmp_path, SAVE_OBJECTS, tmp_path / 'c', 5).splitlines()[-1]
    assert restores(tmp_path, RESTORE_OBJECTS, path, 1) == saves(tmp_path, RESTORE_OBJECTS, path, 1)


PARTS = '''
rows = tf.get_variable('rows', [7, 4], partitioner=tf.fixed_size_partitioner(3),
                       initializer=tf.random_uniform_initializer(seed=2) if sys.argv[2] == 'save' else tf.zeros_initializer())
columns = tf.get_variable('columns', [6, 8], initializer=tf.constant_initializer(3. if sys.argv[2] == 'save' else 0.),
                          partitioner=tf.fixed_size_partitioner(2, axis=1))
table = tf.get_variable('whole', initializer=np.arange(5.) * (sys.argv[2] == 'save'))
step = tf.train.MomentumOptimizer(0.1, 0.9).minimize(tf.reduce_sum(tf.nn.embedding_lookup(rows, [0, 5])))
sess = tf.Session()
sess.run(tf.global_variables_initializer())
if sys.argv[2] == 'save':
    sess.run(step)
for kwargs in ({}, {'sharded': True}, {'write_version': 1}):
    saver = tf.train.Saver(**kwargs)
    folder = os.path.join(sys.argv[1], 'as' + ''.join(kwargs))
    if sys.argv[2] == 'save':
        os.mkdir(folder)
        saver.save(sess, folder + '/c', write_meta_graph=False)
        continue
    path = tf.train.latest_checkpoint(folder)
    sess.run(tf.global_variables_initializer())
    saver.restore(sess, path)
    values = sess.run([tf.convert_to_tensor(rows), tf.convert_to_tensor(columns), table])
    print([np.round(value, 5).tolist() for value in values])
    print(sorted(tf.train.NewCheckpointReader(path).get_variable_to_shape_map().items()))
    if not kwargs.get('write_version'):  # "Sliced checkpoints are not supported", says TensorFlow of the first version
        print(np.round(tf.train.load_variable(path, 'rows/Momentum'), 5).tolist())
'''


@directions
def test_partitioned_variables(tmp_path, saves, restores):
    saves(tmp_path, PARTS, tmp_path, 'save')
    read = [run(tmp_path, PARTS, tmp_path, 'restore').splitlines() for run in (restores, saves)]
    assert read[0] == read[1]
    assert len(read[0]) == 8 and all("('columns', [6, 8])" in read[0][i] for i in (1, 4, 7))
