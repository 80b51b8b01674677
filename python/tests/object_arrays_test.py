"""Arrays of objects and of text where a type of numbers is wanted: what TensorFlow 1.15 makes of them."""

import numpy as np
import pytest

import reflow.tensorflow as tf

INTS = np.array([1, 2], dtype=object)
FLOATS = np.array([[1.5, 2], [3, 4]], dtype=object)


def value(tensor):
    with tf.Session() as session:
        return session.run(tensor).tolist()


@pytest.mark.parametrize('convert', [lambda x, dtype: tf.convert_to_tensor(x, dtype=dtype), lambda x, dtype: tf.constant(x, dtype)])
@pytest.mark.parametrize('array, dtype, wanted', [
    (INTS, tf.int32, [1, 2]), (INTS, tf.float32, [1, 2]), (INTS, 'int64', [1, 2]), (INTS, tf.bool, [True, True]),
    (FLOATS, tf.float32, [[1.5, 2], [3, 4]]), (FLOATS, tf.int32, [[1, 2], [3, 4]]),
    (np.array([True, False], dtype=object), tf.float32, [1, 0]), (np.array(['1', '2']), tf.int32, [1, 2]),
    (np.array(['a', b'b'], dtype=object), tf.string, [b'a', b'b']), (np.array(['a', b'b'], dtype=object), None, [b'a', b'b']),
])
def test_values(convert, array, dtype, wanted):
    with tf.Graph().as_default():
        tensor = convert(array, dtype)
        assert dtype is None or tensor.dtype == dtype
        assert value(tensor) == wanted


def test_variables():
    with tf.Graph().as_default():
        v = tf.Variable(INTS, dtype=tf.float32)
        assert v.dtype.base_dtype == tf.float32 and value(v.initial_value) == [1, 2]
        for initial in (np.array(['a'], dtype=object), tf.constant(['a'])):
            assert value(tf.Variable(initial, dtype=tf.string).initial_value) == [b'a']


@pytest.mark.parametrize('convert', [tf.convert_to_tensor, tf.constant])
def test_mistakes(convert):
    with tf.Graph().as_default():
        with pytest.raises(TypeError, match='Expected binary or unicode string, got 1'):
            convert(INTS)
        with pytest.raises(TypeError, match='Expected binary or unicode string, got 1'):
            convert(INTS, tf.string)
        with pytest.raises(ValueError, match="invalid literal for int"):
            convert(np.array(['a'], dtype=object), tf.int32)
        with pytest.raises(TypeError):
            convert(np.array([None, 1.], dtype=object), tf.int32)
        with pytest.raises(TypeError):
            convert([1, 'a'], tf.int32)
