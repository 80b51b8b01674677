"""HDF5 files through the part of h5py's interface that Keras uses. tests/interop compares with h5py itself."""
import pathlib

import numpy as np
import pytest

from reflow.lib.io import hdf5_file

DATA = pathlib.Path(__file__).resolve().parents[2] / 'tests/data/hdf5'


def test_weights_of_keras():
    with hdf5_file.File(DATA / 'keras.weights.h5') as file:
        assert [name.decode() for name in file.attrs['layer_names']] == ['conv', 'pool', 'flat', 'hidden', 'drop', 'out']
        assert file.attrs['backend'] == b'tensorflow'
        names = [name.decode() for name in file['conv'].attrs['weight_names']]
        assert [file['conv'][name].shape for name in names] == [(3, 3, 1, 2), (2,)]
        assert file['out/out/bias:0'].dtype == np.float32
        np.testing.assert_allclose(np.asarray(file['conv/conv/bias:0']), [-0.10472685, -0.04306747], rtol=1e-6)


def test_values_have_h5pys_types():
    with hdf5_file.File(DATA / 'types.h5') as file:
        assert file.attrs['text'] == 'grüß' and file.attrs['bytes'] == b'bytes'
        assert file.attrs['names'].dtype == 'S3' and file.attrs['names'].tolist() == [b'ab', b'cde']
        assert file.attrs['texts'].tolist() == ['x', '', 'zz']
        assert file.attrs['flag'] and isinstance(file.attrs['number'], np.int64)
        assert file['string'][()] == 'hello' and file['strings'][()].tolist() == [b'ab', b'c']
        assert file['matrix'].attrs['unit'] == b'm' and file['matrix'][1, 2] == 5
        with pytest.raises(OSError, match="datasets in chunks can't be read"):
            file['chunks'][()]


def test_what_is_written_is_read(tmp_path):
    with hdf5_file.File(tmp_path / 'a.h5', 'w') as file:
        file.attrs['layer_names'] = [b'dense', b'out']
        file.attrs['keras_version'] = b'2.2.4-tf'
        group = file.create_group('dense')
        group.attrs['weight_names'] = np.array([])
        dataset = group.create_dataset('dense/kernel:0', (2, 3), dtype=np.float64)
        dataset[:] = np.arange(6).reshape(2, 3)
        file['text'] = 'grüß'
    with hdf5_file.File(tmp_path / 'a.h5', 'r+') as file:
        file['more/number'] = np.int32(7)
    with hdf5_file.File(tmp_path / 'a.h5', 'r') as file:
        assert file.keys() == ['dense', 'more', 'text'] and 'dense/dense/kernel:0' in file
        assert file.attrs['layer_names'].tolist() == [b'dense', b'out']
        assert file['dense'].attrs['weight_names'].shape == (0,)
        assert file['dense']['dense/kernel:0'][()].tolist() == [[0, 1, 2], [3, 4, 5]]
        assert file['text'][()] == 'grüß' and file['more/number'][()] == 7
        paths = []
        file.visititems(lambda path, found: paths.append(path))
        assert paths == ['dense', 'dense/dense', 'dense/dense/kernel:0', 'more', 'more/number', 'text']


def test_errors_are_h5pys(tmp_path):
    with pytest.raises(OSError, match='unable to open file: name = .*errno = 2'):
        hdf5_file.File(tmp_path / 'absent.h5', 'r')
    (tmp_path / 'text.h5').write_bytes(b'text' * 1000)
    with pytest.raises(OSError, match='file signature not found'):
        hdf5_file.File(tmp_path / 'text.h5', 'r')
    with hdf5_file.File(DATA / 'types.h5') as file:
        with pytest.raises(KeyError, match="object 'absent' doesn't exist"):
            file['numbers/absent']
        with pytest.raises(KeyError, match="can't locate attribute: 'absent'"):
            file.attrs['absent']
        with pytest.raises(ValueError):
            file.create_group('new')
    with hdf5_file.File(tmp_path / 'b.h5', 'w') as file:
        file.create_group('a')
        with pytest.raises(ValueError, match='name already exists'):
            file.create_group('a')
        with pytest.raises(RuntimeError, match='name already exists'):
            file.create_dataset('a', data=1)
        with pytest.raises(TypeError, match='No conversion path for dtype'):
            file.attrs['x'] = np.array(['a'])


def test_names_that_are_no_text(tmp_path):
    data = (DATA / 'types.h5').read_bytes()
    assert data.count(b'matrix\0') == 1
    (tmp_path / 'a.h5').write_bytes(data.replace(b'matrix\0', b'matri\xff\0'))
    with hdf5_file.File(tmp_path / 'a.h5') as file:
        name, = (name for name in file if name.startswith('matri'))
        assert name == 'matri\udcff' and file[name].shape == (2, 3)


def test_large_attributes_are_refused_as_in_h5py(tmp_path):
    file = hdf5_file.File(tmp_path / 'a.h5', 'w')
    file.attrs['names'] = np.array([b'x' * 70000])
    with pytest.raises(RuntimeError, match='object header message is too large'):
        file.close()
    assert not (tmp_path / 'a.h5').exists()
