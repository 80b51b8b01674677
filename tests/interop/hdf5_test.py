"""HDF5 files of Reflow and of h5py, and weights of a Keras network of a real TensorFlow, in both directions."""
from peer import needs_build, needs_peer, run_peer, run_reflow

pytestmark = [needs_peer, needs_build]

# Weights as Keras keeps them, of a network of two layers, with either library.
WRITE = '''
if 'reflow' in tf.__file__:
    from reflow.lib.io.hdf5_file import File
else:
    from h5py import File
with File(sys.argv[1], 'w') as file:
    file.attrs['layer_names'] = [b'hidden', b'out']
    file.attrs['backend'] = b'tensorflow'
    file.attrs['keras_version'] = b'2.2.4-tf'
    file.attrs['text'] = 'gr\\u00fc\\u00df' * 100
    file.attrs['texts'] = ['a', '', 'ccc' * 2000]
    file.attrs['flag'] = True
    for layer, shape in (('hidden', (3, 4)), ('out', (4, 2))):
        group = file.create_group(layer)
        names = [layer + '/kernel:0', layer + '/bias:0']
        group.attrs['weight_names'] = [name.encode() for name in names]
        for name, size in zip(names, (shape, shape[1:])):
            dataset = group.create_dataset(name, size, dtype=np.float32)
            dataset[:] = np.arange(np.prod(size)).reshape(size) / 8
    for i in range(700):
        file['many/number%d' % i] = i
    for kind in 'bool int8 uint8 int16 uint16 int32 uint32 int64 uint64 float16 float32 float64'.split():
        file['kinds/' + kind] = np.array([[0, 1], [2, 3]]).astype(kind)
    file['strings'] = np.array([b'ab', b'c'])
    file['string'] = 'text'
    file.create_dataset('empty', (0, 3), dtype=np.int32)
'''
READ = '''
if 'reflow' in tf.__file__:
    from reflow.lib.io.hdf5_file import File
else:
    from h5py import File
def text(value):
    value = np.asarray(value)
    values = [v.decode() if isinstance(v, bytes) else str(v) for v in value.ravel().tolist()]
    return '%s %s' % (value.shape, values)
def visit(path, found):
    print(path, {name: text(value) for name, value in sorted(found.attrs.items())})
    if hasattr(found, 'dtype'):
        print(found.dtype, found.shape, text(found[()]))
with File(sys.argv[1], 'r') as file:
    visit('', file)
    file.visititems(visit)
'''
KERAS = '''
tf.enable_v2_behavior()
model = tf.keras.Sequential([tf.keras.layers.Dense(4, name='hidden', input_shape=(3,)), tf.keras.layers.Dense(2, name='out')])
model.load_weights(sys.argv[1])
print([weights.ravel().tolist() for weights in model.get_weights()])
'''


def test_h5py_and_keras_read_what_reflow_writes(tmp_path):
    run_reflow(tmp_path, WRITE, tmp_path / 'ours.h5')
    assert run_peer(tmp_path, READ, tmp_path / 'ours.h5') == run_reflow(tmp_path, READ, tmp_path / 'ours.h5')
    assert '[0.0, 0.125, 0.25, 0.375]' in run_peer(tmp_path, KERAS, tmp_path / 'ours.h5')


def test_reflow_reads_what_h5py_writes(tmp_path):
    run_peer(tmp_path, WRITE, tmp_path / 'theirs.h5')
    assert run_reflow(tmp_path, READ, tmp_path / 'theirs.h5') == run_peer(tmp_path, READ, tmp_path / 'theirs.h5')
