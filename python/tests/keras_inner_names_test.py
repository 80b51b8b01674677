"""What programs reach into compiled models for: tensors that are fed, and functions of steps, as TensorFlow 1.15.5 and Keras 2.3.1."""
import subprocess
import sys

import pytest

pytest.importorskip('reflow._core', reason='only a build has the engine')

PROGRAM = '''
import sys
import numpy as np, tensorflow as tf
if sys.argv[1] == 'keras':
    import keras
else:
    keras = tf.keras
K, layers = keras.backend, keras.layers

def make(**kwargs):
    K.clear_session()
    i = layers.Input((2,), name='i')
    h = layers.Dropout(.5)(layers.Dense(3, kernel_initializer='ones')(i))
    outputs = [layers.Dense(1, kernel_initializer='ones', name='a')(h),
               layers.Dense(2, kernel_initializer='ones', activation='softmax', name='b')(h)]
    model = keras.models.Model(i, outputs)
    model.compile('sgd', {'a': 'mse', 'b': 'sparse_categorical_crossentropy'}, **kwargs)
    return model

x, y = np.ones((4, 2)), [np.ones((4, 1)), np.ones((4, 1))]
model = make()
print([t.name for t in model._feed_inputs + model._feed_targets], model._feed_output_names, len(model._feed_loss_fns))
print(model.train_function, model.test_function, model.predict_function)

x_, y_, weights = model._standardize_user_data(x, y)
weights = weights or []
print([a.shape for a in x_ + y_], len(weights) == len(model._feed_sample_weights))
gradients = model.optimizer.get_gradients(model.total_loss, model.trainable_weights)
feeds = model._feed_inputs + model._feed_targets + model._feed_sample_weights
print([g.shape for g in K.function(feeds + [K.learning_phase()], gradients)(x_ + y_ + weights + [0])])

print(model._make_train_function(), model._make_test_function(), model._make_predict_function())
print([np.round(a, 4).tolist() for a in model.predict_function([x[:1], 0])])
print(np.round(model.test_function(x_ + y_ + weights + [0]), 4).tolist(), callable(model.train_function))
model.optimizer.set_weights(model.optimizer.get_weights())

calls = []
def of_program(arrays):
    calls.append(arrays[-1])
    return [1., 2., 3.]
model.train_function = of_program
print(np.array(model.train_on_batch(x, y)).tolist(), [bool(each) for each in calls])
print(sorted(model.fit(x, y, batch_size=2, verbose=0).history), len(calls))
model.compile('sgd', 'mse')
print(model.train_function)
'''

PRINTED = '''\
['i:0', 'a_target:0', 'b_target:0'] ['a', 'b'] 2
None None None
[(4, 2), (4, 1), (4, 1)] True
[(2, 3), (3,), (3, 1), (1,), (3, 2), (2,)]
None None None
[[[6.0]], [[0.5, 0.5]]]
[25.693099975585938, 25.0, 0.6930999755859375] True
[1.0, 2.0, 3.0] [True]
['a_loss', 'b_loss', 'loss'] 3
None
'''


@pytest.mark.parametrize('package', ['tf.keras', 'keras'])
def test_programs_reach_for_feeds_and_functions(package, tmp_path):
    program = tmp_path / 'program.py'
    program.write_text(PROGRAM)
    done = subprocess.run([sys.executable, '-W', 'ignore', '-m', 'reflow', program, package], capture_output=True, text=True)
    assert done.stdout == PRINTED, done.stderr


def test_tensors_of_the_package_say_their_shapes(tmp_path):
    program = tmp_path / 'program.py'
    program.write_text('''
from keras.layers import Conv2D, Dense, Flatten, Input
from keras.models import Sequential
x = Input((4, None, 3))
y = Conv2D(2, 3)(x)
model = Sequential([Dense(5, input_shape=(2, 3)), Flatten()])
print(x._keras_shape, y._keras_shape, model.input._keras_shape, model.output._keras_shape)
''')
    done = subprocess.run([sys.executable, '-W', 'ignore', '-m', 'reflow', program], capture_output=True, text=True)
    assert done.stdout == '(None, 4, None, 3) (None, 2, None, 2) (None, 2, 3) (None, 10)\n', done.stderr


def test_what_compile_got():
    import reflow.tensorflow as tf
    model = tf.keras.Sequential([tf.keras.layers.Dense(1, input_shape=(2,))])
    model.compile('sgd', 'mse', loss_weights=[.5], sample_weight_mode='temporal')
    assert (model.loss, model.loss_weights, model.sample_weight_mode) == ('mse', [.5], 'temporal')
    kernel, bias = model._collected_trainable_weights
    model.trainable = False
    assert model._collected_trainable_weights == [kernel, bias] == model.weights and not model.trainable_weights
    model.compile('sgd', 'mse')
    assert model._collected_trainable_weights == []
    assert model.loss_weights is None and model.sample_weight_mode is None
