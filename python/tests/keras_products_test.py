"""Products of batches and the Dot layer, of tf.keras and of the package keras. Values and texts are TensorFlow 1.15.5's and
Keras 2.3.1's."""
import numpy as np
import pytest

pytest.importorskip('reflow._core', reason='only a build has the engine')
import reflow.tensorflow as tf  # noqa: E402
from reflow import keras_package  # noqa: E402


@pytest.fixture(autouse=True)
def fresh():
    tf.reset_default_graph()


def numbers(shape, first):
    return np.arange(np.prod(shape), dtype=np.float32).reshape(shape) + first


CASES = [  # shapes, axes, name of the result in tf.keras
    ((2, 3), (2, 3), 1, 'ExpandDims:0'), ((2, 3), (2, 3, 4), (1, 1), 'Squeeze:0'), ((2, 3, 4), (2, 3), 1, 'Squeeze:0'),
    ((2, 3, 4), (2, 4, 5), (2, 1), 'MatMul:0'), ((2, 3, 4), (2, 5, 4), (2, 2), 'MatMul:0'),
    ((2, 3, 4), (2, 3, 4), (1, 1), 'MatMul:0')]


@pytest.mark.parametrize('keras', [tf.keras, keras_package], ids=['tf.keras', 'keras'])
@pytest.mark.parametrize('left,right,axes,name', CASES)
def test_products_of_one_dimension(keras, left, right, axes, name):
    x, y = numbers(left, 0), numbers(right, 1)
    product = keras.backend.batch_dot(tf.constant(x), tf.constant(y), axes)
    if keras is tf.keras:
        assert product.name == name
    a, b = axes if isinstance(axes, tuple) else (axes, axes)
    expected = np.stack([np.tensordot(i, j, (a - 1, b - 1)) for i, j in zip(x, y)])
    with tf.Session() as session:
        np.testing.assert_array_equal(session.run(product), expected.reshape(product.shape.as_list()))


def test_the_last_two_dimensions_are_matrices():
    x, y = numbers((2, 3, 4, 5), 0), numbers((2, 3, 5, 4), 1)
    product = tf.keras.backend.batch_dot(tf.constant(x), tf.constant(y), (3, 2))
    with tf.Session() as session:
        np.testing.assert_array_equal(session.run(product), x @ y)
    assert keras_package.backend.batch_dot(tf.constant(x), tf.constant(y), (3, 2)).shape.as_list() == [2, 3, 4, 3, 4]


def dot(keras, axes, *shapes):
    return keras.layers.Dot(axes)([keras.layers.Input(shape) for shape in shapes])


@pytest.mark.parametrize('keras', [tf.keras, keras_package], ids=['tf.keras', 'keras'])
def test_mistakes_of_axes(keras):
    with pytest.raises(IndexError, match='tuple index out of range'):
        dot(keras, 3, (3, 4), (3, 4))
    with pytest.raises(ValueError) as error:
        dot(keras, (1, 2), (3, 4), (3, 4))
    assert str(error.value) == 'Dimension incompatibility 3 != 4. Layer shapes: (None, 3, 4), (None, 3, 4)'


def test_the_dimension_of_samples():
    assert dot(tf.keras, 0, (3, 4), (3, 4)).shape.as_list() == [None, 4, 4]
    with pytest.raises(ValueError, match=r'^Can not perform batch_dot over axis 0\.If your inputs are not batched, add a '):
        dot(keras_package, 0, (3, 4), (3, 4))
