"""Casts of NumPy's bfloat16 that TensorFlow's own type lacks; printed/bfloat16.py has the rest."""
import numpy as np
import pytest

core = pytest.importorskip('reflow._core', reason='only a build has the engine')


@pytest.mark.parametrize('name', ['bool', 'int8', 'uint8', 'int16', 'uint16', 'uint32', 'uint64'])
def test_casts_of_integers(name):
    values = np.array([0, 1, 100]).astype(name)
    there = values.astype(core.bfloat16)
    assert [float(value) for value in there] == [float(value) for value in values]
    back = there.astype(name)
    assert back.dtype == values.dtype and np.array_equal(back, values)


def test_fraction_is_cut_off():
    assert np.array([1.75, -1.75], core.bfloat16).astype(np.int8).tolist() == [1, -1]


def test_out_of_range_is_defined():
    assert np.array([np.inf, np.nan, 1e30], core.bfloat16).astype(np.int64).tolist() == [-2**63] * 3


def test_sums_are_float16():
    assert np.array([1.5, 2], core.bfloat16).sum().dtype == np.float16


def test_objects_become_bfloat16():
    assert float(np.array([1.5, 2], object).astype(core.bfloat16)[1]) == 2
    with pytest.raises(TypeError, match='expected number, got str'):
        np.array(['a'], object).astype(core.bfloat16)
