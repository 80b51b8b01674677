"""Weights of the package keras from files of other models, and shapes that programs' layers tell: Keras 2.3.1's."""
import warnings

import numpy as np
import pytest

pytest.importorskip('reflow._core', reason='only a build has the engine')
import reflow  # noqa: E402

reflow.install()
import keras  # noqa: E402
import tensorflow as tf  # noqa: E402
from keras.engine import saving  # noqa: E402


@pytest.fixture(autouse=True)
def fresh():
    keras.backend.clear_session()


def network(units, filters):
    x = keras.layers.Input((4, 4, 2))
    y = keras.layers.Flatten()(keras.layers.Conv2D(filters, 3, name='conv')(x))
    return keras.models.Model(x, [keras.layers.Dense(units, name='dense')(y),
                                  keras.layers.Dense(3, use_bias=units == 2, name='other')(y)])


def skipped(function):
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter('always')
        function()
    return [str(each.message).replace('Skipping loading of weights for layer ', '') for each in caught
            if str(each.message).startswith('Skipping')]


def test_weights_that_do_not_fit_are_left_out(tmp_path):
    path, first = str(tmp_path / 'w.h5'), network(2, 4)
    first.save_weights(path)
    other = network(5, 4)
    assert skipped(lambda: other.load_weights(path, by_name=True, skip_mismatch=True)) == [
        'dense due to mismatch in shape ((16, 5) vs (16, 2)).', 'dense due to mismatch in shape ((5,) vs (2,)).',
        'other due to mismatch in number of weights (1 vs 2).']
    np.testing.assert_array_equal(*(model.get_layer('conv').get_weights()[0] for model in (first, other)))
    # Kernels that don't fit are taken for those of Theano.
    assert skipped(lambda: network(2, 6).load_weights(path, by_name=True, skip_mismatch=True))[:2] == [
        'conv due to mismatch in shape ((3, 3, 2, 6) vs (4, 2, 3, 3)).', 'conv due to mismatch in shape ((6,) vs (4,)).']


def test_kernels_of_another_size_are_errors(tmp_path):
    path = str(tmp_path / 'w.h5')
    network(2, 4).save_weights(path)
    with pytest.raises(ValueError, match=r'has shape \(3, 3, 2, 6\), but the saved weight has shape \(4, 2, 3, 3\)'):
        network(2, 6).load_weights(path, by_name=True)
    with pytest.raises(ValueError, match=r"operation. Layer conv's weights have shape \(3, 3, 2, 6\) and size 108. The weights "
                                         r'for loading have shape \(3, 3, 2, 4\) and size 72. '):
        network(2, 6).load_weights(path, reshape=True)


@pytest.mark.parametrize('load', [saving.load_weights_from_hdf5_group, saving.load_weights_from_hdf5_group_by_name])
def test_weights_of_a_group(load, tmp_path):
    from reflow.lib.io import hdf5_file
    path, first, second = str(tmp_path / 'w.h5'), network(2, 4), network(2, 4)
    first.save_weights(path)
    with hdf5_file.File(path, 'r') as file:
        load(file, second.layers)
    for a, b in zip(first.get_weights(), second.get_weights()):
        np.testing.assert_array_equal(a, b)


class Rows(keras.layers.Layer):
    """As many rows as it says, which the graph doesn't know."""

    def call(self, x):
        return tf.compat.v1.py_func(lambda x: np.repeat(x[:, None], 7, 1), [x], tf.float32)

    def compute_output_shape(self, input_shape):
        return input_shape[0], 7, input_shape[1]


def test_shapes_that_only_the_layer_knows():
    rows = Rows()(keras.layers.Input((3,)))
    assert keras.backend.int_shape(rows) == (None, 7, 3)
    assert keras.backend.int_shape(keras.layers.Dense(2)(rows)) == (None, 7, 2)


def test_sizes_of_1_are_not_believed():
    class Ids(Rows):
        def compute_output_shape(self, input_shape):
            return None, 1, input_shape[1]

    assert keras.backend.int_shape(Ids()(keras.layers.Input((3,)))) == (None, None, 3)
