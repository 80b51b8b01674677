"""Keras models within models, tensors as their data, and arguments of layers: what TensorFlow 1.15 does."""

import subprocess
import sys

import numpy as np
import pytest

import reflow.tensorflow as tf


def linear(name):
    inputs = tf.keras.Input((2,), name='feature')
    return tf.keras.Model(inputs, tf.keras.layers.Dense(1, kernel_initializer='ones', name=name)(inputs))


class Around(tf.keras.Model):
    """A model that computes the loss of another one, which is compiled for itself."""

    def __init__(self, inner):
        super().__init__(name='around')
        self.inner = inner

    def call(self, inputs):
        outputs = self.inner(inputs['feature'])
        loss = tf.reduce_mean(tf.square(inputs['label'] - outputs))
        self.add_loss(loss)
        self.add_metric(loss, aggregation='mean', name='mine')
        return outputs


@pytest.fixture(autouse=True)
def graph():
    tf.keras.backend.clear_session()
    with tf.Graph().as_default(), tf.Session() as session:
        tf.keras.backend.set_session(session)
        yield
    tf.keras.backend.clear_session()


def test_metrics_of_an_inner_models_compile_are_not_the_outer_models():
    inner = linear('dense')
    inner.compile('sgd', 'mse', metrics=['mae', tf.keras.metrics.MeanSquaredError(name='squares')])
    model = Around(inner)
    model.compile('sgd')
    data = {'feature': np.ones([4, 2]), 'label': np.zeros([4, 1])}
    history = model.fit(data, batch_size=2, epochs=1, verbose=0, shuffle=False).history
    assert sorted(history) == ['loss', 'mine'] and [metric.name for metric in model.metrics] == ['mine']
    assert model.metrics_names == ['loss', 'mine'] and inner.metrics_names == ['loss', 'mean_absolute_error', 'squares']


class Squares(tf.keras.Model):
    """The squares of what it is given, and the loss of these."""

    def call(self, inputs):
        self.add_loss(tf.reduce_mean(inputs))
        return inputs * inputs


def test_tensors_of_doubles_are_cast():
    model = Squares()
    model.compile('sgd')
    assert model.evaluate(tf.constant(np.full([1, 2], 3.)), steps=1, verbose=0) == 3
    assert [(each.dtype, each.op.type) for each in model.inputs] == [(tf.float32, 'Cast')]


def test_layers_take_autocast():
    class Twice(tf.keras.layers.Layer):
        def __init__(self, **kwargs):
            super().__init__(autocast=False, **kwargs)

        def call(self, inputs):
            return inputs * 2

    layer = Twice(name='twice')
    assert layer._autocast is False and layer(tf.ones([2])).shape == (2,) and tf.keras.layers.Dense(2)._autocast is False
    with pytest.raises(TypeError, match='Keyword argument not understood'):
        tf.keras.layers.Dense(2, auto=False)


def test_batch_sizes_may_be_dimensions():
    first = tf.keras.Input(batch_shape=(tf.Dimension(4), 2))
    second = tf.keras.Input(batch_shape=(4, 2))
    tf.keras.Model([first, second], tf.keras.layers.add([first, second]))
    other = tf.keras.Input(batch_shape=(tf.Dimension(3), 2))
    with pytest.raises(ValueError, match='batch sizes of the Input Layers are incompatible'):
        tf.keras.Model([first, other], [first, other])


EAGERLY = '''
import numpy as np
import reflow.tensorflow as tf
tf.enable_eager_execution()

class Model(tf.keras.Model):
    def __init__(self):
        super().__init__()
        self.dense = tf.keras.layers.Dense(1, kernel_initializer='ones')

    def call(self, inputs):
        return self.dense(inputs['a'])

model = Model()
model.compile('sgd', 'mse')
for x in {'a': tf.constant([[5., 3.]])}, {'a': np.ones([2, 2])}:
    print(model.predict(x, steps=1).tolist())
print(model.evaluate({'a': tf.ones([1, 2])}, tf.zeros([1, 1]), steps=2, verbose=0))
'''


def test_dicts_stay_dicts_with_steps_and_eager_execution():
    done = subprocess.run([sys.executable, '-c', EAGERLY], capture_output=True, text=True)
    assert done.stdout.splitlines() == ['[[8.0]]', '[[2.0], [2.0]]', '4.0'], done.stderr
