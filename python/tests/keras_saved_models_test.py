"""Models of Keras as SavedModels with functions: own classes, models of TensorFlow 1.15.5."""
import json
import pathlib

import numpy as np
import pytest

import reflow.tensorflow as tf
from reflow.eager import context
from reflow.framework import protos

DATA = pathlib.Path(__file__).resolve().parents[2] / 'tests/data/saved_models'
L = tf.keras.layers
X = np.linspace(-1, 1, 24).reshape(6, 4).astype(np.float32)


@pytest.fixture(autouse=True, params=['graph', 'eager'])
def mode(request):
    with tf.Graph().as_default() if request.param == 'graph' else context.eager_mode():
        yield


class Own(tf.keras.Model):
    """A model without a configuration: L2 losses, dropout, a layer of its own."""

    def __init__(self):
        super().__init__()
        self.first = L.Dense(3, kernel_regularizer='l2')
        self.dropout = L.Dropout(0.5)
        self.own = Scaled()

    def call(self, inputs):
        return self.own(self.dropout(self.first(inputs)))


class Scaled(L.Layer):
    def build(self, input_shape):
        self.factor = self.add_weight('factor', (int(input_shape[-1]),), initializer='ones')
        super().build(input_shape)

    def call(self, inputs):
        self.add_loss(tf.reduce_sum(inputs), inputs=inputs)
        return inputs * self.factor


def trained(model, size=3):
    model.compile(tf.keras.optimizers.SGD(0.01), 'mse', metrics=['mae'])
    model.fit(X, np.ones((6, size), np.float32), verbose=0)
    return model


def sequential():
    return tf.keras.Sequential([L.Dense(3, input_shape=(4,)), Scaled(), L.Dropout(0.5)])


def functional():
    inputs = tf.keras.Input((4,))
    return tf.keras.Model(inputs, L.Dropout(0.5)(Scaled()(L.Dense(3)(inputs))))


@pytest.mark.parametrize('make, base', [(Own, tf.keras.Model), (sequential, tf.keras.Sequential), (functional, tf.keras.Model)])
def test_models_are_loaded_without_their_classes(make, base, tmp_path):
    model = trained(make())
    model.save(str(tmp_path / 'model'), save_format='tf')
    loaded = tf.keras.models.load_model(str(tmp_path / 'model'))
    assert isinstance(loaded, base) and type(loaded).__name__ == type(model).__name__ and type(loaded) is not type(model)
    assert [each.shape for each in loaded.get_weights()] == [each.shape for each in model.get_weights()]
    np.testing.assert_allclose(loaded.predict(X), model.predict(X), rtol=1e-6)
    y = np.zeros((6, 3), np.float32)
    np.testing.assert_allclose(loaded.evaluate(X, y, verbose=0), model.evaluate(X, y, verbose=0), rtol=1e-5)
    assert loaded.metrics_names == model.metrics_names
    before = loaded.get_weights()[0]
    loaded.fit(X, y, verbose=0)
    assert np.abs(loaded.get_weights()[0] - before).max() > 0
    loaded.save(str(tmp_path / 'again'), save_format='tf')
    again = tf.keras.models.load_model(str(tmp_path / 'again'))
    np.testing.assert_allclose(again.predict(X), loaded.predict(X), rtol=1e-6)


def test_saving_leaves_the_model_as_it_was(tmp_path):
    model = trained(sequential())
    losses, updates = len(model.losses), len(model.updates)
    model.save(str(tmp_path / 'model'), save_format='tf')
    assert (len(model.losses), len(model.updates)) == (losses, updates)
    trained(model)
    model.save(str(tmp_path / 'none'), save_format='tf', include_optimizer=False)
    assert model.optimizer is not None
    assert tf.keras.models.load_model(str(tmp_path / 'none')).optimizer is None


def test_the_saved_model_is_written_as_tensorflow_writes_it(tmp_path):
    model = trained(tf.keras.Sequential([L.Dense(3, input_shape=(4,), name='a'), L.Dropout(0.5, name='b')]))
    model.save(str(tmp_path / 'model'), save_format='tf')
    message = protos.message('tensorflow.SavedModel')()
    message.ParseFromString((tmp_path / 'model' / 'saved_model.pb').read_bytes())
    meta_graph, = message.meta_graphs
    assert sorted(meta_graph.signature_def) == ['__saved_model_init_op', 'serving_default']
    nodes = meta_graph.object_graph_def.nodes
    of_layer = ['variables', 'trainable_variables', 'regularization_losses', 'keras_api', '__call__',
                'call_and_return_all_conditional_losses']
    named = {nodes[child.node_id].user_object.identifier: [] for child in nodes[0].children if child.local_name[:5] == 'layer'}
    assert list(named) == ['_tf_keras_layer'] and nodes[0].user_object.identifier == '_tf_keras_sequential'
    names = [child.local_name for child in nodes[0].children]
    assert names[:4] == ['layer-0', 'layer_with_weights-0', 'layer-1', 'layer-2']
    assert set(names[4:]) == {'optimizer', 'signatures', '_default_save_signature', *of_layer}
    dense = nodes[next(child.node_id for child in nodes[0].children if child.local_name == 'layer-1')]
    assert [child.local_name for child in dense.children] == [
        'kernel', 'bias', *of_layer]
    metadata = json.loads(nodes[0].user_object.metadata)
    assert set(metadata) == {
        'class_name', 'name', 'trainable', 'expects_training_arg', 'dtype', 'batch_input_shape', 'config', 'input_spec',
        'activity_regularizer', 'keras_version', 'backend', 'model_config', 'training_config'}
    assert metadata['training_config']['optimizer_config']['class_name'] == 'SGD'


def test_a_model_of_an_own_class_that_tensorflow_has_written():
    model = tf.keras.models.load_model(str(DATA / 'keras_own_class_1_15'))
    x = np.arange(8, dtype=np.float32).reshape(2, 4) / 8
    np.testing.assert_allclose(model.predict(x), [[-.0387, -.0598], [-.0922, -.1059]], atol=5e-5)
    assert type(model).__name__ == 'Sub' and [type(layer).__name__ for layer in model.layers] == ['Dense']
    assert model.layers[0].get_config()['units'] == 2 and len(model.trainable_weights) == 2
    model.fit(x, np.zeros((2, 2), np.float32), verbose=0)
    assert np.abs(model.predict(x)).max() < .1059


def test_weights_of_a_checkpoint_wait_for_variables(tmp_path):
    model = trained(Own())
    model.save_weights(str(tmp_path / 'weights'), save_format='tf')
    other = Own()
    other.load_weights(str(tmp_path / 'weights')).expect_partial()
    np.testing.assert_array_equal(other.predict(X), model.predict(X))


def test_compiled_models_are_exported(tmp_path):
    model = tf.keras.Sequential([L.Dense(3, input_shape=(4,)), L.Dropout(0.5), L.BatchNormalization()])
    model.compile('adam', 'mse')  # an optimizer whose settings are variables
    model.fit(X, np.ones((6, 3), np.float32), verbose=0)
    tf.keras.experimental.export_saved_model(model, str(tmp_path / 'model'))
    loaded = tf.keras.experimental.load_from_saved_model(str(tmp_path / 'model'))
    np.testing.assert_allclose(loaded.predict(X), model.predict(X), rtol=1e-6)
