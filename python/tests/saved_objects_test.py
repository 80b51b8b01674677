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
    with pytest.raises(NotImplementedError, match='has graphs and no objects, as those of TensorFlow 1'):
        tf.saved_model.load_v2(str(DATA / 'tf_1_15'))
    with pytest.raises(IOError, match='SavedModel file does not exist at: '):
        tf.saved_model.load_v2('/nowhere')
