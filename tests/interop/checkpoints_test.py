"""Checkpoints in both directions between Reflow and a real TensorFlow, and their bytes."""
import pytest
from peer import needs_build, needs_peer, run_peer, run_reflow

pytestmark = [needs_peer, needs_build]

GRAPH = '''
def build():
    rng = np.random.RandomState(1)
    for name in ('float16', 'float32', 'float64', 'int8', 'int16', 'int32', 'int64', 'uint8', 'uint16'):
        tf.Variable((rng.uniform(0, 100, [5, 3])).astype(name), name='types/' + name)
    tf.Variable(rng.uniform(size=[4]) + 1j, name='types/complex128')
    tf.Variable(np.array([True, False]), name='types/bool')
    if 'write_version=1' not in sys.argv[2]:  # which has no bfloat16
        tf.Variable(tf.cast(tf.constant([1.5, -2.0]), tf.bfloat16), name='types/bfloat16')
    tf.Variable(['', 'a', 'x' * 300], name='strings')
    tf.Variable(np.zeros([2, 0, 3], np.float32), name='empty')
    tf.Variable(3.25, name='scalar')
    tf.get_variable('resource', initializer=np.arange(6.0), use_resource=True)
    tf.Variable(rng.uniform(size=[700, 1000]).astype(np.float32), name='large')
    for i in range(1000):
        tf.Variable(float(i), name='many/v%d' % i)
'''
SAVE = GRAPH + '''
build()
kwargs = eval(sys.argv[2])
with tf.Session() as sess:
    sess.run(tf.global_variables_initializer())
    print(tf.train.Saver(**kwargs).save(sess, sys.argv[1], write_meta_graph=False))
'''
RESTORE = GRAPH + '''
build()
with tf.Session() as sess:
    tf.train.Saver().restore(sess, sys.argv[1])
    variables = sorted(tf.global_variables(), key=lambda v: v.name)
    expected = tf.Session()
    expected.run(tf.global_variables_initializer())
    for variable, got, want in zip(variables, sess.run(variables), expected.run(variables)):
        assert got.dtype == want.dtype and np.array_equal(got, want), variable.name
reader = tf.train.NewCheckpointReader(sys.argv[1])
print(sorted(reader.get_variable_to_shape_map().items()))
'''


def _files(folder, name):
    return {path.name: path.read_bytes() for path in folder.glob(name + '*')}


def test_bytes_are_equal(tmp_path):
    for run, folder in ((run_reflow, tmp_path / 'reflow'), (run_peer, tmp_path / 'peer')):
        folder.mkdir()
        run(folder, SAVE, 'model.ckpt', '{}')
    ours, theirs = (_files(tmp_path / name, 'model.ckpt') for name in ('reflow', 'peer'))
    assert ours.keys() == theirs.keys()
    assert ours == theirs
    assert (tmp_path / 'reflow/checkpoint').read_bytes() == (tmp_path / 'peer/checkpoint').read_bytes()


@pytest.mark.parametrize('kwargs', ['dict()', 'dict(sharded=True)', 'dict(write_version=1)'])
@pytest.mark.parametrize('saves,restores', [(run_reflow, run_peer), (run_peer, run_reflow)], ids=['ours', 'theirs'])
def test_values_come_back(tmp_path, saves, restores, kwargs):
    path = saves(tmp_path, SAVE, tmp_path / 'model.ckpt', kwargs).splitlines()[-1]
    listed = restores(tmp_path, RESTORE, path, kwargs)
    assert "('resource', [6])" in listed
