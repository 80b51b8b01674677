"""Models of Keras as files: those that TensorFlow 1.15.5 wrote, and our own."""
import json
import pathlib
import subprocess
import sys

import numpy as np
import pytest

pytest.importorskip('reflow._core', reason='only a build has the engine')
import reflow.tensorflow as tf  # noqa: E402

DATA = pathlib.Path(__file__).resolve().parents[2] / 'tests/data/hdf5'
X, Y = np.linspace(-1, 1, 100).reshape(4, 5, 5, 1), np.eye(2)[[0, 1, 1, 0]]
L = tf.keras.layers


@pytest.fixture(autouse=True)
def fresh():
    tf.keras.backend.clear_session()


def network():
    model = tf.keras.Sequential([L.Conv2D(2, 3, input_shape=(5, 5, 1)), L.BatchNormalization(), L.Flatten(), L.Dense(2)])
    model.compile('adam', 'mse')
    model.fit(X, Y, verbose=0)
    return model


def test_a_model_of_tensorflow_goes_on_training_as_there():
    model = tf.keras.models.load_model(str(DATA / 'keras.model.h5'))
    np.testing.assert_allclose(model.predict(X)[:, 0], [0.50721, 0.50763, 0.51101, 0.50193], atol=2e-5)
    np.testing.assert_allclose(model.evaluate(X, Y, verbose=0), [0.69801414, 0.5], rtol=1e-5)
    model.fit(X, Y, verbose=0, shuffle=False)
    np.testing.assert_allclose(model.predict(X)[:, 0], [0.51072, 0.51072, 0.54818, 0.61542], atol=2e-5)


@pytest.mark.parametrize('name', ['weights.h5', 'weights'])
def test_weights_are_restored(name, tmp_path):
    model = network()
    model.save_weights(str(tmp_path / name))
    other = tf.keras.models.clone_model(model)
    other.load_weights(str(tmp_path / name))
    np.testing.assert_array_equal(other.predict(X), model.predict(X))


def test_a_model_keeps_its_optimizer(tmp_path):
    model = network()
    model.save(str(tmp_path / 'model.h5'))
    other = tf.keras.models.load_model(str(tmp_path / 'model.h5'))
    for mine, theirs in zip(model.optimizer.get_weights(), other.optimizer.get_weights()):
        np.testing.assert_array_equal(mine, theirs)


def test_by_name_and_of_other_shapes(tmp_path):
    model = network()
    model.save_weights(str(tmp_path / 'w.h5'))
    other = tf.keras.Sequential([L.Flatten(input_shape=(5, 5, 1)), L.Dense(2, name='dense')])
    with pytest.raises(ValueError, match='containing 3 layers into a model with 1 layers'):
        other.load_weights(str(tmp_path / 'w.h5'))
    with pytest.raises(ValueError, match=r'has shape \(25, 2\), but the saved weight has shape \(18, 2\)'):
        other.load_weights(str(tmp_path / 'w.h5'), by_name=True)


def test_configurations():
    model = network()
    again = tf.keras.models.model_from_json(model.to_json())
    assert again.get_config() == model.get_config()
    inputs = L.Input((4,))
    shared = L.Dense(4, name='shared')
    outputs = L.concatenate([shared(inputs), shared(shared(inputs)), inputs])
    functional = tf.keras.Model(inputs, [outputs, tf.nn.relu(outputs)])
    again = tf.keras.Model.from_config(functional.get_config())
    again.set_weights(functional.get_weights())
    for mine, theirs in zip(functional.predict(np.ones((2, 4))), again.predict(np.ones((2, 4)))):
        np.testing.assert_array_equal(mine, theirs)


class Scaled(L.Layer):
    def __init__(self, factor=2., **kwargs):
        super().__init__(**kwargs)
        self.factor = factor

    def call(self, inputs):
        return inputs * self.factor

    def get_config(self):
        return dict(super().get_config(), factor=self.factor)


def test_saved_models_keep_how_the_model_is_trained(tmp_path):
    model = tf.keras.Sequential([L.Flatten(input_shape=(5, 5, 1)), Scaled(0.5), L.Dense(2)])
    model.compile(tf.keras.optimizers.Adam(0.01), 'mse', metrics=['mae'])
    model.fit(X, Y, verbose=0)
    model.save(str(tmp_path / 'model'), save_format='tf')
    model.save(str(tmp_path / 'model'), save_format='tf')  # in its place
    other = tf.keras.models.load_model(str(tmp_path / 'model'), custom_objects={'Scaled': Scaled})
    np.testing.assert_array_equal(other.predict(X), model.predict(X))
    np.testing.assert_allclose(other.evaluate(X, Y, verbose=0), model.evaluate(X, Y, verbose=0), rtol=1e-6)
    assert other.optimizer.get_config() == model.optimizer.get_config()
    assert tf.keras.models.load_model(str(tmp_path / 'model'), {'Scaled': Scaled}, compile=False).optimizer is None


def test_exported_models_are_graphs_for_training_evaluation_and_serving(tmp_path):
    model = network()
    tf.keras.experimental.export_saved_model(model, str(tmp_path / 'model'))
    loss = {}
    for tag, method in (('train', 'training'), ('eval', 'eval')):
        with tf.Graph().as_default(), tf.Session() as sess:
            meta_graph = tf.saved_model.loader.load(sess, [tag], str(tmp_path / 'model'))
            signature = meta_graph.signature_def[tag]
            assert signature.method_name == 'tensorflow/supervised/' + method
            feeds = {signature.inputs['conv2d_input'].name: X, signature.inputs['dense_target'].name: Y}
            loss[tag] = sess.run(signature.outputs['loss'].name, feeds)
            assert sess.run(tf.train.get_global_step()) == 1
    np.testing.assert_allclose(loss['eval'], model.evaluate(X, Y, verbose=0), rtol=1e-6)
    other = tf.keras.experimental.load_from_saved_model(str(tmp_path / 'model'))
    np.testing.assert_array_equal(other.predict(X), model.predict(X))
    with pytest.raises(AssertionError, match="Export directory already exists, and isn't empty"):
        tf.keras.experimental.export_saved_model(model, str(tmp_path / 'model'))


def test_subclassed_models_are_not_exported_for_training(tmp_path):
    class Net(tf.keras.Model):
        def call(self, inputs):
            return inputs

    with pytest.raises(NotImplementedError, match='Subclassed models can only be exported for serving.'):
        tf.keras.experimental.export_saved_model(Net(), str(tmp_path / 'model'))


def test_a_model_that_tensorflow_saved_as_objects():
    model = tf.keras.models.load_model(str(DATA.parent / 'saved_models/keras_1_15'))
    x = np.linspace(-1, 1, 12).reshape(4, 3)
    np.testing.assert_allclose(model.predict(x)[2:], [[-0.6408112645149231, -0.43388688564300537],
                                                      [-1.6593577861785889, -1.0344500541687012]], rtol=1e-6)
    assert model.optimizer.get_config()['learning_rate'] == pytest.approx(0.001)


def test_a_model_of_the_package_keras_keeps_what_its_optimizer_knows():
    code = """
import sys
import keras
model = keras.models.load_model(sys.argv[1])
weights = model.optimizer.get_weights()
print(int(weights[0]), len(weights), [bool(abs(m).max() > 0) for m in weights[1:]].count(True))
"""
    assert _run(code, DATA / 'keras_2_3_1.adam.h5').split() == ['3', '13', '8']  # the others are for amsgrad


def test_models_of_the_package_keras_are_in_its_own_words(tmp_path):
    code = """
import sys
from keras.layers import *
from keras import optimizers
from keras.models import Sequential
from reflow.lib.io.hdf5_file import File
model = Sequential([LSTM(2, input_shape=(3, 2)), BatchNormalization(), Dense(1, kernel_initializer='he_normal')])
for optimizer, name in ((optimizers.SGD(), 'sgd'), (optimizers.Adam(), 'adam'), (optimizers.Nadam(), 'nadam')):
    model.compile(optimizer, 'mse')
    model._function('train')
    model.save(sys.argv[1])
    with File(sys.argv[1], 'r') as file:
        print(name, len(file['optimizer_weights'].attrs['weight_names']), sorted(optimizer.get_config()))
print(model.to_json())
"""
    *saved, config = _run(code, tmp_path / 'model.h5').splitlines()
    assert saved == ["sgd 8 ['decay', 'learning_rate', 'momentum', 'nesterov']",
                     "adam 22 ['amsgrad', 'beta_1', 'beta_2', 'decay', 'epsilon', 'learning_rate']",
                     "nadam 16 ['beta_1', 'beta_2', 'epsilon', 'learning_rate', 'schedule_decay']"]
    lstm, norm, dense = (layer['config'] for layer in json.loads(config)['config']['layers'])
    assert norm['axis'] == 1 and 'time_major' not in lstm and norm['beta_initializer']['config'] == {}
    scaling = {'scale': 1.0, 'mode': 'fan_avg', 'distribution': 'uniform', 'seed': None}
    assert lstm['kernel_initializer'] == {'class_name': 'VarianceScaling', 'config': scaling}
    assert dense['kernel_initializer']['config']['distribution'] == 'normal'


def _run(code, path):
    done = subprocess.run([sys.executable, '-m', 'reflow', '-c', code, path], capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    return done.stdout


def test_optimizers_of_the_package_keras_count_the_step_they_take():
    """As TensorFlow runs them: the count is read after it was raised. The numbers are keras 2.3.1's."""
    code = """
import keras
import numpy as np
O = keras.optimizers
for optimizer in O.SGD(.01, decay=.5), O.Adam(.01), O.Adam(.01, decay=.5), O.Adamax(.01), O.Nadam(.01):
    model = keras.models.Sequential([keras.layers.Dense(1, use_bias=False, input_shape=(1,))])
    model.compile(optimizer, 'mse')
    for i in range(3):
        model.set_weights([np.ones((1, 1))])
        model.train_on_batch(np.ones((4, 1)), np.full((4, 1), -1.))
        print(*np.round(model.get_weights()[0].ravel() - 1, 6))
"""
    np.testing.assert_allclose(np.array(_run(code, '').split(), float).reshape(5, 3), [
        [-.026667, -.02, -.016], [-.007441, -.008585, -.009097], [-.004961, -.004292, -.003639],
        [-.005263, -.007011, -.00788], [-.014937, -.009596, -.008452]], atol=2e-6)


def test_the_end_of_a_name_says_hdf5_whatever_the_format(tmp_path):
    model = tf.keras.Sequential([L.Dense(2, input_shape=(3,))])
    for save_format in ('tf', 'keras', 'h5', None):
        for name in ('m.h5', 'm.keras', 'm.hdf5'):
            path = tmp_path / ('%s_%s' % (save_format, name))
            model.save(str(path), save_format=save_format)
            assert path.is_file()
    for save_format in ('tf', 'keras', 'x'):
        model.save(str(tmp_path / save_format), save_format=save_format)
        assert (tmp_path / save_format / 'saved_model.pb').is_file()
    for save_format in ('h5', None):
        model.save(str(tmp_path / ('plain%s' % save_format)), save_format=save_format)
        assert (tmp_path / ('plain%s' % save_format)).is_file()


def test_models_without_known_inputs_are_no_saved_models(tmp_path):
    class Own(tf.keras.Model):
        def call(self, inputs):
            return inputs

    with pytest.raises(ValueError, match='cannot be saved because the input shapes have not been set. Usually, input shapes'):
        Own().save(str(tmp_path / 'm'), save_format='tf')


def test_moving_averages_of_the_backend_start_unbiased():
    v = tf.Variable([1., 2.], name='v')
    average = tf.keras.backend.moving_average_update(v, tf.constant([2., 4.]), .9)
    assert average.name == 'AssignMovingAvg:0'
    session = tf.keras.backend.get_session()
    session.run(tf.global_variables_initializer())
    np.testing.assert_allclose(session.run(average), [2., 4.], rtol=1e-6)
