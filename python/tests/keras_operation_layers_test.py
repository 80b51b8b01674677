"""Layers that models make of operations, as in TensorFlow 1.15.5, and the package keras (2.3.1), which makes none."""
import numpy as np
import pytest

pytest.importorskip('reflow._core', reason='only a build has the engine')
import reflow.tensorflow as tf  # noqa: E402
from reflow import keras_package  # noqa: E402


@pytest.fixture(autouse=True)
def fresh():
    tf.keras.backend.clear_session()


def test_their_shapes_are_lists():
    x = tf.keras.Input((3,))
    first, _ = tf.split(x, [1, 2], 1)
    model = tf.keras.Model(x, [tf.add(x, 1), first])
    add, split = model.layers[1:]
    assert (add.name, add.output_shape, add.input_shape) == ('tf_op_layer_Add', [(None, 3)], [(None, 3)])
    assert add.output.name == 'Add:0' and add.get_output_shape_at(0) == add.get_input_shape_at(0) == (None, 3)
    assert split.output_shape == [(None, 1), (None, 2)]
    lines = []
    model.summary(print_fn=lines.append)
    assert 'tf_op_layer_Add (TensorFlowOpLa [(None, 3)]          0           input_1[0][0]' in '\n'.join(lines)
    np.testing.assert_array_equal(model.predict(np.ones((2, 3)))[0], np.full((2, 3), 2))


def test_loops_are_refused():
    x = tf.keras.Input((4,))
    _, y = tf.while_loop(lambda i, x: i < 3, lambda i, x: (i + 1, x * 2.), [0, x])
    with pytest.raises(TypeError, match='is part of a loop'):
        tf.keras.Model(x, y)


def test_added_losses_and_metrics_of_the_package():
    keras, K = keras_package, keras_package.backend
    x = keras.layers.Input((3,))
    h = keras.layers.Dense(2, kernel_initializer='ones')(x)
    model = keras.models.Model(x, keras.layers.Dense(1, kernel_initializer='ones')(h))
    model.add_loss(K.mean(h))
    model.add_metric(K.sum(h), name='s')
    model.compile('sgd', 'mse')
    assert model.metrics_names == ['loss', 's'] and [type(layer).__name__ for layer in model.layers] == [
        'InputLayer', 'Dense', 'Dense']
    history = model.fit(np.ones((4, 3)), np.ones((4, 1)), epochs=2, verbose=0, batch_size=2).history
    np.testing.assert_allclose(history['loss'], [18.445073127746582, 4.282499074935913], rtol=1e-6)
    np.testing.assert_allclose(history['s'], [11.16, 9.490415], rtol=1e-6)


def test_other_inputs_are_evaluated_at_once():
    tf.reset_default_graph()
    x = tf.keras.Input((3,))
    model = tf.keras.Model(x, tf.add(x, 1) * 2)
    assert [type(layer.get_config()['constants'][1]).__name__ for layer in model.layers[1:]] == ['float32', 'float32']
    assert [op.name for op in x.graph.get_operations()] == ['input_1', 'Add/y', 'Add', 'mul/y', 'mul', 'group_deps',
                                                            'group_deps_1']
    model(tf.ones([2, 3]))
    assert [op.name for op in x.graph.get_operations()][8:] == ['model/tf_op_layer_Add/Add/y', 'model/tf_op_layer_Add/Add',
                                                                'model/tf_op_layer_mul/mul/y', 'model/tf_op_layer_mul/mul']
