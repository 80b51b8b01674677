"""Optimizers that programs write for Keras 2.3.1 and tf.keras, against what both gave (values, names and texts)."""

import numpy as np
import pytest

import reflow

reflow.install()

import keras  # noqa: E402
from keras import backend as K  # noqa: E402
from keras.legacy import interfaces  # noqa: E402
import reflow.tensorflow as tf  # noqa: E402
from reflow.keras.optimizers import Optimizer as OptimizerOfTensorFlow  # noqa: E402


@pytest.fixture(autouse=True)
def session():
    K.clear_session()
    yield
    K.clear_session()


class Slow(keras.optimizers.Optimizer):
    """Descent with momentum, which keeps its state in `weights`."""

    def __init__(self, lr=0.1, momentum=0.5, **kwargs):
        super().__init__(**kwargs)
        with K.name_scope(self.__class__.__name__):
            self.iterations = K.variable(0, dtype='int64', name='iterations')
            self.learning_rate = K.variable(lr, name='learning_rate')
            self.momentum = K.variable(momentum, name='momentum')

    @interfaces.legacy_get_updates_support
    @K.symbolic
    def get_updates(self, loss, params):
        moments = [K.zeros(K.int_shape(p), name='m_%d' % i) for i, p in enumerate(params)]
        self.updates = [K.update_add(self.iterations, 1)]
        self.weights = [self.iterations] + moments
        for p, g, m in zip(params, self.get_gradients(loss, params), moments):
            v = self.momentum * m - self.lr * g
            new = p + v
            if getattr(p, 'constraint', None) is not None:
                new = p.constraint(new)
            self.updates += [K.update(m, v), K.update(p, new)]
        return self.updates

    def get_config(self):
        return dict(super().get_config(), lr=float(K.get_value(self.lr)), momentum=float(K.get_value(self.momentum)))


def data(factor=1.):
    x = np.arange(18).reshape(6, 3) / 10.
    return x, x.sum(1) * factor


def losses(model, epochs, factor=1.):
    return model.fit(*data(factor), epochs=epochs, batch_size=3, shuffle=False, verbose=0).history['loss']


def compiled(optimizer):
    model = keras.models.Sequential([
        keras.layers.Dense(4, input_shape=(3,), activation='tanh', kernel_initializer=keras.initializers.Constant(.3),
                           kernel_constraint=keras.constraints.max_norm(.5)),
        keras.layers.Dense(1, kernel_initializer='ones')])
    model.compile(optimizer, 'mse')
    return model


def test_a_model_trains_by_the_updates_of_the_program():
    optimizer = Slow(lr=.2, clipnorm=1.)
    model = compiled(optimizer)
    np.testing.assert_allclose(losses(model, 3), [0.51877, 0.23174, 0.18992], atol=2e-5)
    assert [w.name for w in optimizer.weights] == ['Slow/iterations:0'] + [
        'training/Slow/m_%d_1:0' % i for i in range(4)]
    assert len(optimizer.updates) == 9
    np.testing.assert_allclose([w.sum() for w in optimizer.get_weights()], [6, 0.3841, -0.01582, 0.26765, 0.0589], atol=2e-5)


def test_files_keep_its_configuration_and_weights(tmp_path):
    model = compiled(Slow(lr=.2, clipnorm=1.))
    losses(model, 3)
    K.set_value(model.optimizer.lr, .05)
    model.save(str(tmp_path / 'model.h5'))
    again = keras.models.load_model(str(tmp_path / 'model.h5'), custom_objects={'Slow': Slow})
    assert again.optimizer.get_config() == {'clipnorm': 1., 'lr': pytest.approx(.05), 'momentum': .5}
    for one, other in zip(model.optimizer.get_weights(), again.optimizer.get_weights()):
        np.testing.assert_array_equal(one, other)
    np.testing.assert_allclose(losses(again, 2), [0.09891, 0.07951], atol=2e-5)


def test_the_packages_own_are_optimizers_too():
    assert isinstance(keras.optimizers.Adam(), keras.optimizers.Optimizer)
    optimizer = Slow()
    assert keras.optimizers.get(optimizer) is optimizer
    with pytest.raises(TypeError, match='Unexpected keyword argument passed to optimizer: bad'):
        Slow(bad=1)
    with pytest.raises(ValueError, match=r'specified weight list \(1\) does not match .* of the optimizer \(0\)'):
        optimizer.set_weights([np.array(1)])


def test_keras_1_gave_the_loss_last():
    w = K.variable([1., 2.])
    optimizer = Slow(lr=.5)
    updates = optimizer.get_updates([w], {}, K.sum(K.square(w)))
    K.get_session().run(updates)  # get_session initializes
    np.testing.assert_allclose(K.get_value(w), [0., 0.], atol=1e-6)


class DecayingAdam(keras.optimizers.Adam):
    """Adam whose variables decay."""

    def get_updates(self, loss, params):
        grads = self.get_gradients(loss, params)
        self.updates = [K.update_add(self.iterations, 1)]
        t = K.cast(self.iterations, K.floatx()) + 1
        rate = self.learning_rate * (K.sqrt(1. - K.pow(self.beta_2, t)) / (1. - K.pow(self.beta_1, t)))
        ms, vs = ([K.zeros(K.int_shape(p)) for p in params] for _ in range(2))
        self.weights = [self.iterations] + ms + vs
        for p, g, m, v in zip(params, grads, ms, vs):
            m_t = self.beta_1 * m + (1. - self.beta_1) * g
            v_t = self.beta_2 * v + (1. - self.beta_2) * K.square(g)
            self.updates += [K.update(m, m_t), K.update(v, v_t),
                             K.update(p, p - rate * m_t / (K.sqrt(v_t) + self.epsilon) - .01 * p)]
        return self.updates


def test_updates_of_a_class_over_one_of_the_packages():
    model = keras.models.Sequential([keras.layers.Dense(1, input_shape=(3,), kernel_initializer='ones')])
    model.compile(DecayingAdam(lr=.05, clipnorm=1.), 'mse')
    np.testing.assert_allclose(losses(model, 3, .5), [1.79704, 0.91404, 0.31433], atol=2e-5)
    np.testing.assert_allclose([w.sum() for w in model.optimizer.get_weights()], [6, 0.61976, 0.22376, 0.00371, 0.00161],
                               atol=2e-5)


class Clipped(OptimizerOfTensorFlow):

    def get_updates(self, loss, params):
        update = tf.keras.backend.update
        self.updates = [update(p, p - .1 * g) for p, g in zip(params, self.get_gradients(loss, params))]
        return self.updates


def test_models_of_tf_keras_take_such_optimizers():
    model = tf.keras.models.Sequential([tf.keras.layers.Dense(1, input_shape=(3,), kernel_initializer='ones')])
    model.compile(Clipped(clipvalue=.5), 'mse')
    x = np.array([[1., 2., 4.]])
    model.fit(x, np.array([0.]), verbose=0)
    np.testing.assert_allclose(model.get_weights()[0].ravel(), [.95, .95, .95], rtol=1e-6)
    assert model.optimizer.get_config() == {'clipvalue': .5}
    with pytest.raises(ValueError, match='Expected clipnorm >= 0, received: -1'):
        Clipped(clipnorm=-1)
