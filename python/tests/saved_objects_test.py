"""tf.saved_model.save and tf.saved_model.load of objects."""
import pathlib

import numpy as np
import pytest

import reflow.tensorflow as tf
from reflow.eager import context

DATA = pathlib.Path(__file__).resolve().parents[2] / 'tests/data/saved_models'


@pytest.fixture(autouse=True)
def eagerly():
    with context.eager_mode():
        yield


def test_objects_of_tensorflow_1_15():
    model = tf.saved_model.load_v2(str(DATA / 'objects_1_15'))
    assert model.w.numpy().tolist() == [[1, 2], [3, 4]] and model.sub.b.numpy().tolist() == [1, 2]
    assert [variable.numpy() for variable in model.many] == [1, 2] and model.w.name == 'w:0'
    assert [variable.trainable for variable in model.many] == [True, False]
    found = model.dense(tf.constant([[1., 1.]]))
    assert found['y'].numpy().tolist() == [[10, 16]] and found['c'].numpy().tolist() == [10, 12]
    assert model.dense([[0., 0.]])['y'].numpy().tolist() == [[1, 2]]  # the condition is a condition
    assert model.bump().numpy() == 2 and model.many[0].numpy() == 2
    assert dict(model.signatures) == {} and model.tensorflow_version == '1.15.5'


def test_a_restored_function_chooses_among_its_traces():
    scale = tf.saved_model.load_v2(str(DATA / 'objects_1_15')).scale
    assert scale(tf.constant([1., 2.])).numpy().tolist() == [2, 4]
    assert scale(tf.constant(3), 5).numpy() == 15 and scale(tf.constant(3), by=7, flag=False).numpy() == 3
    assert scale([1., 2.]).numpy().tolist() == [2, 4]
    with pytest.raises(ValueError, match='Could not find matching function to call loaded from the SavedModel. Got:\n  '
                                         r'Positional arguments \(2 total\):\n') as error:
        scale(tf.constant([[1.]]))
    assert "Option 1:\n  Positional arguments (2 total):\n    * TensorSpec(shape=(2,), dtype=tf.float32, name='x')\n    * 2\n" \
           '  Keyword arguments: {}' in str(error.value)


def test_gradients_and_functions_around_go_through_restored_functions():
    model = tf.saved_model.load_v2(str(DATA / 'objects_1_15'))
    with tf.GradientTape() as tape:
        y = tf.reduce_sum(model.dense(tf.constant([[1., 1.]]))['y'])
    dw, db = tape.gradient(y, [model.w, model.sub.b])
    assert dw.numpy().tolist() == [[2, 2], [2, 2]] and db.numpy().tolist() == [2, 2]
    around = tf.function(lambda x: model.dense(x)['y'] + 1.)
    assert around(tf.constant([[1., 1.]])).numpy().tolist() == [[11, 17]]


def test_tables_and_signatures_of_tensorflow_2():
    model = tf.saved_model.load_v2(str(DATA / 'tf_2_21'))
    assert model.signatures['words'](x=tf.constant(['a', 'none']))['number'].numpy().tolist() == \
        model.words(tf.constant(['a', 'none']))['number'].numpy().tolist()
    assert sorted(model.signatures) == ['serving_default', 'words']
    with pytest.raises(TypeError, match=r"Expected argument names \['x'\] but got values for \['z'\]. Missing: \['x'\]."):
        model.signatures['words'](z=tf.constant(['a']))
    with pytest.raises(TypeError, match='Expected at most 1 positional arguments'):
        model.signatures['words'](tf.constant(['a']), tf.constant(['a']))


def test_models_of_keras_are_called():
    folder = str(DATA / 'keras_1_15')
    model = tf.saved_model.load_v2(folder)
    x = np.ones([1, 3], np.float32)
    expected = tf.keras.models.load_model(folder).predict(x)
    np.testing.assert_allclose(model(x).numpy(), expected, rtol=1e-6)
    np.testing.assert_allclose(model.signatures['serving_default'](tf.constant(x))['out'].numpy(), expected, rtol=1e-6)
    assert [variable.name for variable in model.trainable_variables] == [
        'hidden/kernel:0', 'hidden/bias:0', 'out/kernel:0', 'out/bias:0']


def test_mistakes_in_loading():
    with pytest.raises(ValueError, match=r"has one MetaGraph with tags \['serve'\], but got an incompatible argument"):
        tf.saved_model.load_v2(str(DATA / 'tf_2_21'), 'train')
    with pytest.raises(ValueError, match="requires a 'tags=' argument if there is more than one MetaGraph"):
        tf.saved_model.load_v2(str(DATA / 'tf_1_15'))
    with pytest.raises(IOError, match='SavedModel file does not exist at: '):
        tf.saved_model.load_v2('/nowhere')


class Inner(tf.Module):
    def __init__(self):
        super().__init__()
        self.b = tf.Variable([1., 2.], name='b')


class Model(tf.Module):
    def __init__(self, vocabulary=None):
        super().__init__()
        self.w = tf.Variable([[1., 2.], [3., 4.]], name='w')
        self.inner, self.many = Inner(), [tf.Variable(1.), tf.Variable(2, dtype=tf.int64, trainable=False)]
        self.table = tf.lookup.StaticHashTable(
            tf.lookup.KeyValueTensorInitializer(['a', 'b'], tf.constant([1, 2], tf.int64)), -1)
        if vocabulary:
            self.words = tf.lookup.StaticHashTable(
                tf.lookup.TextFileInitializer(vocabulary, tf.string, -2, tf.int64, -1), -1)

    @tf.function(input_signature=[tf.TensorSpec([None, 2]), tf.TensorSpec([], name='factor')])
    def dense(self, x, by):
        return {'y': (tf.matmul(x, self.w) + self.inner.b) * by, 'sum': tf.reduce_sum(x)}

    @tf.function
    def scale(self, x, by=2, *, flag=True):
        return x * by if flag else x

    @tf.function(input_signature=[tf.TensorSpec([None], tf.string)])
    def look(self, x):
        return self.table.lookup(x), self.words.lookup(x)

    @tf.function(input_signature=[])
    def bump(self):
        return self.many[0].assign_add(1.)


def test_what_is_saved_is_loaded(tmp_path):
    vocabulary = tmp_path / 'vocabulary.txt'
    vocabulary.write_text('a\nb\nc\n')
    model, folder = Model(str(vocabulary)), str(tmp_path / 'model')
    model.scale(tf.constant([1., 2.]))
    model.scale(tf.constant(3), 5)
    model.w.assign([[5., 6.], [7., 8.]])
    tf.saved_model.save(model, folder, signatures={'dense': model.dense, 'look': model.look})
    vocabulary.unlink()  # it is among the assets
    loaded = tf.compat.v2.saved_model.load(folder)
    assert loaded.w.numpy().tolist() == [[5, 6], [7, 8]] and loaded.inner.b.name == 'b:0'
    assert [variable.trainable for variable in loaded.many] == [True, False]
    found = loaded.dense(tf.constant([[1., 1.]]), tf.constant(2.))
    assert found['y'].numpy().tolist() == [[26, 32]] and found['sum'].numpy() == 2
    assert loaded.scale(tf.constant(3), 5).numpy() == 15 and loaded.scale(tf.constant([1., 2.]), flag=True).numpy()[1] == 4
    assert [each.numpy().tolist() for each in loaded.look(tf.constant(['a', 'c', 'z']))] == [[1, -1, -1], [0, 2, -1]]
    assert loaded.bump().numpy() == 2 and loaded.many[0].numpy() == 2 and model.many[0].numpy() == 1
    signature = loaded.signatures['dense']
    assert signature(x=tf.constant([[1., 1.]]), factor=tf.constant(1.))['y'].numpy().tolist() == [[13, 16]]
    assert loaded.signatures['look'](tf.constant(['b']))['output_1'].numpy() == [1]
    again = str(tmp_path / 'again')
    tf.saved_model.save(loaded, again)  # without signatures, as it has several functions that could be one
    assert tf.saved_model.load_v2(again).dense(tf.constant([[1., 1.]]), tf.constant(1.))['y'].numpy().tolist() == [[13, 16]]


def test_sessions_load_what_is_saved(tmp_path):
    vocabulary, folder = tmp_path / 'vocabulary.txt', str(tmp_path / 'model')
    vocabulary.write_text('a\nb\nc\n')
    model = Model(str(vocabulary))
    tf.saved_model.save(model, folder, signatures={'serving_default': model.dense, 'look': model.look})
    vocabulary.unlink()
    with tf.Graph().as_default(), tf.Session() as sess:
        meta_graph = tf.saved_model.loader.load(sess, [tf.saved_model.SERVING], folder)
        signature = meta_graph.signature_def['serving_default']
        assert {key: info.name for key, info in signature.inputs.items()} == {
            'x': 'serving_default_x:0', 'factor': 'serving_default_factor:0'}
        feeds = {signature.inputs['x'].name: [[1., 1.]], signature.inputs['factor'].name: 1.}
        assert sess.run(signature.outputs['y'].name, feeds).tolist() == [[5, 8]]
        look = meta_graph.signature_def['look']
        assert sess.run(look.outputs['output_1'].name, {look.inputs['x'].name: ['c', 'z']}).tolist() == [2, -1]


def test_one_function_that_can_be_a_signature_is_it(tmp_path):
    model = tf.train.Checkpoint(v=tf.Variable(3.))
    model.f = tf.function(lambda x: model.v * x, input_signature=[tf.TensorSpec(None, tf.float32)])
    tf.saved_model.save(model, str(tmp_path))
    loaded = tf.saved_model.load_v2(str(tmp_path))
    assert loaded.f(x=tf.constant(2.)).numpy() == 6 and list(loaded.signatures) == ['serving_default']
    assert loaded.signatures['serving_default'](tf.constant(4.))['output_0'].numpy() == 12
    restored = tf.train.Checkpoint(v=tf.Variable(0.))
    restored.restore(str(tmp_path / 'variables/variables'))
    assert restored.v.numpy() == 3


def test_mistakes_in_saving(tmp_path):
    with pytest.raises(ValueError, match='Expected a Trackable object for export, got 3.'):
        tf.saved_model.save(3, str(tmp_path))
    model, elsewhere = tf.Module(), tf.Variable(1.)
    model.f = tf.function(lambda x: x * elsewhere, input_signature=[tf.TensorSpec([], tf.float32)])
    with pytest.raises(AssertionError, match='Tried to export a function which references untracked object'):
        tf.saved_model.save(model, str(tmp_path))
    with pytest.raises(ValueError, match='Expected a TensorFlow function to generate a signature for, but got 7'):
        tf.saved_model.save(model, str(tmp_path), signatures=7)
    nested = tf.function(lambda x: {'a': [x, x]}, input_signature=[tf.TensorSpec([], tf.float32)])
    with pytest.raises(ValueError, match='Got a dictionary containing non-Tensor value .* for key a in the output of the function'):
        tf.saved_model.save(tf.Module(), str(tmp_path), signatures=nested)
    named = tf.Module()
    named.signatures = tf.Module()
    with pytest.raises(ValueError, match="which has an attribute named 'signatures'. This is a reserved attribute"):
        tf.saved_model.save(named, str(tmp_path))


def test_models_of_keras_are_saved_with_their_call(tmp_path):
    model = tf.keras.Sequential([tf.keras.layers.Dense(3, activation='relu', kernel_initializer='ones', input_shape=(2,)),
                                 tf.keras.layers.BatchNormalization(),
                                 tf.keras.layers.Dense(1, kernel_initializer='ones', name='out')])
    x = np.ones([4, 2], np.float32)
    expected, folder = model.predict(x), str(tmp_path)
    tf.saved_model.save(model, folder)
    loaded = tf.saved_model.load_v2(folder)
    np.testing.assert_allclose(loaded(x).numpy(), expected, rtol=1e-6)
    np.testing.assert_allclose(loaded.signatures['serving_default'](tf.constant(x))['out'].numpy(), expected, rtol=1e-6)
    assert np.abs(loaded(x, training=True).numpy() - expected).max() > 1e-3  # normalises by the batch
    assert len(loaded.variables) == 8 and len(loaded.trainable_variables) == 6
    np.testing.assert_allclose(tf.keras.models.load_model(folder).predict(x), expected, rtol=1e-6)


class _OwnModel(tf.keras.Model):
    def __init__(self):
        super().__init__()
        self.layer = tf.keras.layers.Dense(2, kernel_initializer='ones')

    def call(self, inputs):
        return self.layer(inputs)


@pytest.mark.parametrize('make', [_OwnModel, lambda: tf.keras.Sequential([tf.keras.layers.Dense(2, kernel_initializer='ones')])])
@pytest.mark.parametrize('use', [lambda model, x: model.fit(x, x, verbose=0), lambda model, x: model.predict(x)])
def test_models_that_learn_of_their_inputs_later_are_saved_with_their_call(make, use, tmp_path):
    model, x = make(), np.ones([3, 2], np.float32)
    model.compile(tf.keras.optimizers.SGD(0.), 'mse')
    use(model, x)
    tf.saved_model.save(model, str(tmp_path))
    loaded = tf.saved_model.load_v2(str(tmp_path))
    assert loaded.signatures['serving_default'](tf.constant([[1., 2.]]))['output_1'].numpy().tolist() == [[3., 3.]]


def test_objects_of_graphs_are_saved_with_their_session(tmp_path):
    with tf.Graph().as_default(), tf.Session() as sess:
        model = tf.Module()
        model.v = tf.Variable(3., use_resource=True)
        model.f = tf.function(lambda x: model.v * x, input_signature=[tf.TensorSpec(None, tf.float32)])
        sess.run(tf.global_variables_initializer())
        sess.run(model.v.assign(5.))
        tf.saved_model.save(model, str(tmp_path))
    with tf.Graph().as_default(), tf.Session() as sess:
        loaded = tf.saved_model.load_v2(str(tmp_path))
        y = loaded.f(tf.constant(2.))
        sess.run(loaded.v.initializer)
        assert sess.run(y) == 10


def test_models_of_keras_in_a_graph_are_saved_with_its_session(tmp_path):
    with tf.Graph().as_default():
        tf.keras.backend.set_session(tf.Session())
        model = tf.keras.Sequential([tf.keras.layers.Dense(1, kernel_initializer='ones', input_shape=(2,), name='out')])
        model.compile('sgd', 'mse')
        assert model.predict(np.ones([1, 2])).tolist() == [[2]]
        tf.saved_model.save(model, str(tmp_path))
        tf.keras.backend.set_session(None)
    loaded = tf.saved_model.load_v2(str(tmp_path))
    assert loaded(np.ones([1, 2], np.float32)).numpy().tolist() == [[2]]


def test_conditions_and_loops_that_are_saved_have_values_and_gradients(tmp_path):
    model = tf.Module()
    model.v = tf.Variable(2.)

    @tf.function(input_signature=[tf.TensorSpec([], tf.float32)])
    def f(x):
        if x > 1.:
            x *= model.v
        while x < 20.:
            x *= model.v
        return x
    model.f = f
    tf.saved_model.save(model, str(tmp_path))
    loaded = tf.saved_model.load_v2(str(tmp_path))
    with tf.GradientTape() as tape:
        y = loaded.f(tf.constant(3.))
    assert y.numpy() == 24 and loaded.f(tf.constant(30.)).numpy() == 60
    assert tape.gradient(y, loaded.v).numpy() == 36
