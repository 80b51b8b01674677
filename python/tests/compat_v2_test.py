"""tensorflow.compat.v2: the names of TensorFlow 2 that TensorFlow 1.15 has, with graphs. Numbers are TensorFlow 1.15.5's."""
import pathlib

import numpy as np
import pytest
from api_test import argspec

import reflow.tensorflow as tf
import reflow.tensorflow.compat.v2 as tf2
from reflow.names import table

RECORDED = pathlib.Path(__file__).resolve().parents[2] / 'tests/data/tf-1.15/compat_v2.txt'
IMAGE = np.arange(32, dtype=np.float32).reshape(1, 4, 4, 2)
KERNEL = np.linspace(-1, 1, 16, dtype=np.float32).reshape(2, 2, 2, 2)


def evaluate(tensor):
    with tf.Session() as sess:
        return sess.run(tensor)


def test_the_module_is_one_under_all_of_its_names():
    import reflow.tensorflow.compat.v1 as tf1
    import reflow.tensorflow.compat.v2.keras.layers as layers
    assert tf.compat.v2 is tf2 and tf1.compat.v2 is tf2 and tf2.compat.v2 is tf2
    assert tf2.compat.v1 is tf1 and tf2.__version__ == tf.__version__
    assert layers.Dense is tf.keras.layers.Dense


def test_what_tensorflow_2_has_dropped_is_not_there():
    for name in ('Session', 'placeholder', 'get_variable', 'contrib'):
        assert hasattr(tf, name) and not hasattr(tf2, name)


def test_all_lines_of_the_table_can_be_read():
    for module in table.v2_modules():
        assert table.symbols(module), module


def recorded():
    return [line.partition(' ')[::2] for line in RECORDED.read_text(encoding='utf-8').splitlines() if not line.startswith('#')]


@pytest.mark.parametrize('name, expected', recorded(), ids=lambda value: value.partition(' ')[0])
def test_arguments_are_tensorflow_2s(name, expected):
    function = tf2
    for part in name.split('.'):
        function = getattr(function, part)
    assert argspec(function) == expected


@pytest.mark.parametrize('method, antialias, expected', [
    ('bilinear', False, [1.3333, 2.3333, 2.7333, 3.7333]), ('bilinear', True, [2.4, 3.4, 3.8, 4.8]),
    ('nearest', False, [0, 1, 2, 3]), ('area', True, [2, 3, 3.5, 4.5]), ('bicubic', False, [0.7384, 1.7384, 2.1213, 3.1213]),
    ('bicubic', True, [1.4329, 2.4329, 2.8156, 3.8156]), ('gaussian', False, [1.8352, 2.8352, 3.1205, 4.1205]),
    ('lanczos3', True, [1.1966, 2.1966, 2.4969, 3.4969]), ('mitchellcubic', True, [2.1466, 3.1466, 3.451, 4.451])])
def test_resize(method, antialias, expected):
    resized = evaluate(tf2.image.resize(tf.constant(IMAGE), [3, 5], method, antialias=antialias))
    np.testing.assert_allclose(resized.ravel()[:4], expected, atol=1e-4)


def test_resize_keeps_an_image_of_that_size_in_the_graph():
    assert tf2.image.resize(tf.constant(IMAGE), [4, 4]).op.type == 'ResizeBilinear'
    with pytest.raises(ValueError, match='Resize method is not implemented'):
        tf2.image.resize(IMAGE, [3, 5], 'no such method')


@pytest.mark.parametrize('name, arguments, expected', [
    ('RandomUniform', {'seed': 3}, [-0.0304, 0.0439, 0.0032]), ('RandomNormal', {'seed': 3}, [-0.0336, 0.0838, -0.0472]),
    ('TruncatedNormal', {'seed': 3}, [-0.0336, 0.0838, -0.0472]), ('VarianceScaling', {'seed': 3}, [-0.5399, 1.3473, -0.7591]),
    ('VarianceScaling', {'scale': 2., 'mode': 'fan_out', 'distribution': 'untruncated_normal', 'seed': 3},
     [-0.5483, 1.3685, -0.771]),
    ('GlorotUniform', {'seed': 3}, [-0.6662, 0.9626, 0.0707]), ('GlorotNormal', {'seed': 3}, [-0.4829, 1.2051, -0.6789]),
    ('Orthogonal', {'seed': 3}, [-0.3935, -0.5533, 0.7341]), ('Identity', {'gain': 2.}, [2, 0, 0]),
    ('he_normal', {'seed': 3}, [-0.7635, 1.9054, -1.0735]), ('lecun_uniform', {'seed': 3}, [-0.7449, 1.0762, 0.0791])])
def test_initializers_with_a_seed_give_the_same_values_always(name, arguments, expected):
    initializer = getattr(tf2.initializers, name)(**arguments)
    for _ in range(2):
        np.testing.assert_allclose(evaluate(initializer([2, 3])).ravel()[:3], expected, atol=1e-4)


def test_variables_are_resources():
    with tf.Graph().as_default():
        assert tf2.Variable(1.).op.type == 'VarHandleOp'
        assert tf.Variable(1.).op.type == 'VariableV2'
        assert isinstance(tf.Variable(1.), tf2.Variable)


def test_control_flow_keeps_lists_of_one_tensor():
    assert evaluate(tf2.cond(tf.constant(True), lambda: [tf.constant(1)], lambda: [tf.constant(2)])) == [1]
    assert evaluate(tf2.while_loop(lambda x: x < 5, lambda x: [x + 2], [tf.constant(0)])) == [6]


@pytest.mark.parametrize('make, expected', [
    (lambda: tf2.nn.depthwise_conv2d(IMAGE, KERNEL, [1, 1, 1, 1], 'VALID', dilations=[2, 2]), [11.2, 16.5333, 22.1333]),
    (lambda: tf2.nn.dilation2d(IMAGE, KERNEL[0], [1, 1, 1, 1], 'VALID', 'NHWC', [1, 1, 1, 1]), [9.8, 10.9333, 11.8]),
    (lambda: tf2.nn.erosion2d(IMAGE, KERNEL[0], [1, 1, 1, 1], 'VALID', 'NHWC', [1, 1, 1, 1]), [0.2, 1.0667, 2.2]),
    (lambda: tf2.nn.fractional_max_pool(IMAGE, [1., 1.4, 1.4, 1.], True, seed=7)[0], [10, 11, 14]),
    (lambda: tf2.nn.weighted_cross_entropy_with_logits([1., 0.], [2., 3.], 2.), [0.2539, 3.0486]),
    (lambda: tf2.sparse.segment_mean([1., 2., 3.], [0, 1, 2], [0, 0, 2], num_segments=4), [1.5, 0, 3]),
    (lambda: tf2.batch_to_space(tf2.space_to_batch(IMAGE, [2, 2], [[0, 0], [0, 0]]), 2, [[0, 0], [0, 1]]), [0, 1, 2]),
    (lambda: tf2.reverse_sequence([[1, 2, 3], [4, 5, 6]], [2, 3], 1, 0), [2, 1, 3]),
    (lambda: tf2.image.extract_glimpse(IMAGE, [2, 2], [[1., 1.]], noise='zero'), [30, 31, 0])])
def test_values(make, expected):
    np.testing.assert_allclose(evaluate(make()).ravel()[:3], expected, atol=1e-4)


def test_strings_split_into_ragged_rows():
    assert evaluate(tf2.strings.split('a b  c')).tolist() == [b'a', b'b', b'c']
    assert evaluate(tf2.strings.split(['a b  c', 'd'], maxsplit=1).flat_values).tolist()[:3] == [b'a', b'b  c', b'd']


@pytest.mark.parametrize('name, arguments, expected', [
    ('LSTM', {}, [[-0.12512] * 3, [0.8087] * 3]), ('GRU', {}, [[-0.56047] * 3, [0.38899] * 3]),
    ('GRU', {'activation': 'relu', 'go_backwards': True}, [[0] * 3, [0.46054] * 3])])
def test_recurrent_layers_have_tensorflow_2s_defaults(name, arguments, expected):
    with tf.Graph().as_default():
        layer = getattr(tf2.keras.layers, name)(3, kernel_initializer='ones',
                                                recurrent_initializer=tf.keras.initializers.Constant(0.1), **arguments)
        outputs = layer(tf.constant(np.linspace(-1, 1, 12, dtype=np.float32).reshape(2, 3, 2)))
        assert layer.name == name.lower() and layer.get_config()['implementation'] == 2
        with tf.Session() as sess:
            sess.run(tf.global_variables_initializer())
            np.testing.assert_allclose(sess.run(outputs), expected, atol=1e-5)


def test_time_major_sequences():
    layer = tf2.keras.layers.LSTM(3, time_major=True, return_sequences=True)
    assert layer(tf.zeros([5, 2, 4])).shape.as_list() == [5, 2, 3]
    assert layer.get_config()['time_major']


def test_batch_normalization_that_is_not_trainable_leaves_its_statistics_alone():
    layer = tf2.keras.layers.BatchNormalization()
    layer.trainable = False
    layer(tf.ones([2, 3]), training=True)
    assert not layer.updates
    with pytest.raises(ValueError, match='^Passing fused=True is unsupported when virtual_batch_size is specified.$'):
        tf2.keras.layers.BatchNormalization(virtual_batch_size=2, fused=True)
