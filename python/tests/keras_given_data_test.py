"""What models are given by names and in lists: the same in graphs, which TensorFlow 1.15.5 agrees with, and eagerly."""
import numpy as np
import pytest

import reflow.tensorflow as tf
from reflow.eager import context

X = np.linspace(-1, 1, 24).reshape(6, 4).astype(np.float32)
Y = [X.sum(1, keepdims=True), np.array([0, 1, 2, 2, 1, 0])]
WEIGHTS = {'sample_weight': {'a': np.linspace(0, 1, 6)}, 'class_weight': {'b': {0: 1., 1: 2., 2: 3.}}}


def history():
    inputs = tf.keras.Input((4,))
    outputs = [tf.keras.layers.Dense(1, kernel_initializer='ones', name='a')(inputs),
               tf.keras.layers.Dense(3, activation='softmax', kernel_initializer='zeros', name='b')(inputs)]
    model = tf.keras.Model(inputs, outputs)
    model.compile('sgd', {'a': 'mae', 'b': 'sparse_categorical_crossentropy'})
    return model.fit(X, {'a': Y[0] + 1, 'b': Y[1]}, epochs=2, verbose=0, shuffle=False, **WEIGHTS).history


def test_models_that_train_eagerly_weigh_outputs_by_their_names():
    with tf.Graph().as_default():
        expected = history()
    with context.eager_mode():
        found = history()
    np.testing.assert_allclose(expected['b_loss'][0], 2 * np.log(3), rtol=1e-6)  # weights are 2 on average
    np.testing.assert_allclose(expected['a_loss'][0], .5, rtol=1e-6)
    for name in expected:
        np.testing.assert_allclose(found[name], expected[name], rtol=1e-6, err_msg=name)


@pytest.mark.parametrize('mode', ['graph', 'eager'])
def test_arrays_that_no_input_takes_are_left_out(mode):
    with tf.Graph().as_default() if mode == 'graph' else context.eager_mode():
        model = tf.keras.Sequential([tf.keras.layers.Dense(1, kernel_initializer='ones', input_shape=(4,))])
        np.testing.assert_array_equal(model.predict([X, 2 * X]), model.predict(X))
        with pytest.raises(ValueError, match='^Unknown loss function:nope$'):
            model.compile('sgd', 'nope')
