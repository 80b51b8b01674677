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
    tf.Variable(tf.cast(tf.constant([1.5, -2.0]), tf.bfloat16), name='types/bfloat16')
    tf.Variable(['', 'a', 'x' * 300], name='strings')
    tf.Variable(np.zeros([2, 0, 3], np.float32), name='empty')
    tf.Variable(3.25, name='scalar')
    tf.get_variable('resource', initializer=np.arange(6.0), use_resource=True)
    tf.Variable(rng.uniform(size=[700, 1000]).astype(np.float32), name='large')
    for i in range(100):
        tf.Variable(float(i), name='many/v%d' % i)
    return sorted(tf.global_variables(), key=lambda v: v.name)

# What a saver is told, by the name of what it saves.
SAVERS = {'plain': {}, 'sharded': {'sharded': True}, 'v1': {'write_version': 1}}
def saver(kind, variables):
    if kind == 'v1':  # which has no bfloat16
        variables = [v for v in variables if v.dtype.base_dtype != tf.bfloat16]
    return tf.train.Saver(variables, **SAVERS[kind])
'''
SAVE = GRAPH + '''
variables = build()
with tf.Session() as sess:
    sess.run(tf.global_variables_initializer())
    for kind in SAVERS:
        os.mkdir(kind)
        print(saver(kind, variables).save(sess, kind + '/model.ckpt', write_meta_graph=False))
'''
RESTORE = GRAPH + '''
variables = build()
expected = tf.Session()
expected.run(tf.global_variables_initializer())
wanted = {v.name: value for v, value in zip(variables, expected.run(variables))}
for kind in SAVERS:
    path = tf.train.latest_checkpoint(os.path.join(sys.argv[1], kind))
    with tf.Session() as sess:
        sess.run(tf.global_variables_initializer())
        sess.run([v.assign(tf.zeros_like(v)) for v in variables if v.dtype.base_dtype not in (tf.string, tf.bool)])
        saver(kind, variables).restore(sess, path)
        for variable, got in zip(variables, sess.run(variables)):
            want = wanted[variable.name]
            if kind == 'v1' and variable.dtype.base_dtype == tf.bfloat16:
                continue
            assert got.dtype == want.dtype and np.array_equal(got, want), (kind, variable.name)
    print(kind, sorted(tf.train.NewCheckpointReader(path).get_variable_to_shape_map().items()))
'''


@pytest.fixture(scope='module')
def saved(tmp_path_factory):
    """The folders of what Reflow and TensorFlow have saved."""
    folders = {}
    for name, run in (('ours', run_reflow), ('theirs', run_peer)):
        folders[name] = tmp_path_factory.mktemp(name)
        run(folders[name], SAVE)
    return folders


@pytest.mark.parametrize('kind', ['plain', 'sharded'])
def test_bytes_are_equal(saved, kind):
    ours, theirs = ({path.name: path.read_bytes() for path in (folder / kind).iterdir()} for folder in saved.values())
    assert ours.keys() == theirs.keys() and 'model.ckpt.index' in ours and 'checkpoint' in ours
    assert [name for name in ours if ours[name] != theirs[name]] == []


@pytest.mark.parametrize('by,restores', [('ours', run_peer), ('theirs', run_reflow)], ids=['ours', 'theirs'])
def test_values_come_back(saved, by, restores):
    listed = restores(saved[by], RESTORE, saved[by]).splitlines()
    assert [line.split(' ')[0] for line in listed] == ['plain', 'sharded', 'v1']
    assert all("('resource', [6])" in line for line in listed)
