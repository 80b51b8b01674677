"""Layers that programs derive from those of Keras and tf.layers."""
import subprocess
import sys

import pytest

pytest.importorskip('reflow._core', reason='only a build has the engine')


def run(code):
    done = subprocess.run([sys.executable, '-m', 'reflow', '-c', code], capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    return done.stdout.split('\n')[:-1]


def test_keras_layers_add_their_arguments_to_the_config_of_the_base_class():
    assert run('''
import tensorflow as tf
class Scaled(tf.keras.layers.Layer):
    def __init__(self, factor, **kwargs):
        super().__init__(**kwargs)
        self.factor = factor
    def call(self, inputs):
        return inputs * self.factor
class Described(Scaled):
    def get_config(self):
        return dict(super().get_config(), factor=self.factor)
print(sorted((name, value) for name, value in Described(3, name='x').get_config().items() if name != 'dtype'))
print(Described.from_config(Described(3).get_config()).factor)
try:
    Scaled(2).get_config()
except NotImplementedError as error:
    print(error)
''') == ["[('factor', 3), ('name', 'x'), ('trainable', True)]", '3',
         'Layers with arguments in `__init__` must override `get_config`.']


def test_derived_layers_add_to_the_lists_of_weights():
    assert run('''
import tensorflow as tf
for base in tf.keras.layers.Layer, tf.layers.Layer:
    class Two(base):
        def __init__(self):
            super().__init__()
            self._trainable_weights.append(tf.Variable(1.))
            self._non_trainable_weights.append(tf.Variable(2., trainable=False))
    print(len(Two().trainable_weights), len(Two().non_trainable_weights))
''') == ['1 1', '1 1']


def test_cells_in_a_keras_layer_make_variables_that_optimizers_of_keras_train():
    assert run('''
import tensorflow as tf
class Recurrent(tf.keras.layers.Layer):
    def __init__(self):
        super().__init__()
        self.cell = tf.nn.rnn_cell.GRUCell(3)
    def call(self, inputs):
        return tf.nn.dynamic_rnn(self.cell, inputs, dtype=tf.float32)[0]
layer = Recurrent()
loss = tf.reduce_sum(layer(tf.ones([2, 3, 4])))
print([variable.op.type for variable in layer.trainable_weights])
update = tf.keras.optimizers.Adam().get_updates(loss, layer.trainable_weights)
wrapped = tf.nn.rnn_cell.DropoutWrapper(tf.nn.rnn_cell.GRUCell(3))
with tf.variable_scope('wrapped'):
    tf.nn.dynamic_rnn(wrapped, tf.ones([2, 3, 4]), dtype=tf.float32)
print({variable.op.type for variable in tf.trainable_variables('wrapped')})
''') == ["['VarHandleOp', 'VarHandleOp', 'VarHandleOp', 'VarHandleOp']", "{'VariableV2'}"]


@pytest.mark.parametrize('of', ['x', "{'a': x}", '[x, x]'])
def test_numbers_are_columns_to_models_of_programs(of):
    assert run('''
import numpy as np
import tensorflow as tf
class Model(tf.keras.Model):
    def __init__(self):
        super().__init__()
        self.dense = tf.keras.layers.Dense(2, kernel_initializer='ones')
    def call(self, x):
        x = x['a'] if isinstance(x, dict) else x[0] if isinstance(x, list) else x
        print(x.shape.as_list())
        return self.dense(tf.cast(x, tf.float32))
x = np.arange(8)
x = %s
model = Model()
model.compile('sgd', 'mse')
history = model.fit(x, np.ones((8, 2)), batch_size=4, verbose=0, shuffle=False).history
print('%%.4f' %% history['loss'][0], model.predict(x).shape)
''' % of) == ['[None, 1]', '10.9644 (8, 2)']


def test_models_of_programs_take_the_type_of_their_first_input():
    assert run('''
import tensorflow as tf
class Model(tf.keras.Model):
    def __init__(self):
        super().__init__()
        self.dense = tf.keras.layers.Dense(2)
    def call(self, x):
        print(self.dtype)
        return self.dense(x)
for dtype in ('float32', 'float64'):
    model = Model()
    model(tf.ones([1, 2], dtype))
    print(model.dtype)
model = Model()
model.build((None, 3))
sequential = tf.keras.Sequential([tf.keras.layers.Dense(2)])
sequential(tf.ones([1, 2]))
x = tf.keras.Input([3])
print(sequential.dtype, tf.keras.Model(x, tf.keras.layers.Dense(2)(x)).dtype)
''') == ['float32', 'float32', 'float64', 'float64', 'None', 'float32 None']


def test_functions_take_the_place_of_call():
    assert run('''
import inspect
import tensorflow as tf
import tensorflow.contrib.eager as tfe
tf.enable_eager_execution()
class Model(tf.keras.Model):
    def __init__(self):
        super().__init__()
        self.dense = tf.keras.layers.Dense(2, kernel_initializer='ones')
        self.norm = tf.keras.layers.BatchNormalization()
    def call(self, x, training=True):
        return self.norm(self.dense(x), training=training)
model = Model()
model.call = tfe.defun(model.call)
print(inspect.getfullargspec(model.call).args)
print(model(tf.ones([2, 3]), training=True).numpy().tolist(), round(float(model(tf.ones([1, 3]), training=False)[0, 0]), 2))
''') == ["['x', 'training']", '[[0.0, 0.0], [0.0, 0.0]] 2.98']


def test_the_shape_of_an_input_layer_is_kept():
    assert run('''
import tensorflow as tf
from tensorflow.keras.layers import Dense, Flatten, InputLayer, Reshape
model = tf.keras.Sequential([InputLayer(input_shape=(4,)), Reshape((2, 2)), Flatten(), Dense(3)])
config = model.get_config()
print([layer['config'].get('batch_input_shape') for layer in config['layers']])
copy = tf.keras.Sequential.from_config(config)
print(copy.built, [layer.name for layer in copy.layers], copy.inputs[0].shape, len(copy.weights))
''') == ['[(None, 4), None, None]', "True ['reshape', 'flatten', 'dense'] (?, 4) 2"]


@pytest.mark.parametrize('package, accuracy, mae', [
    ('keras', 'accuracy', 'mae'), ('tensorflow.keras', 'acc', 'mean_absolute_error')])
def test_metrics_of_a_model_within_are_its_own(package, accuracy, mae):
    assert run('''
import numpy as np
from %s.layers import Dense, Input
from %s.models import Model, Sequential
random = np.random.RandomState(0)
discriminator = Sequential([Dense(8, input_shape=(6,)), Dense(1, activation='sigmoid')])
discriminator.compile('adam', 'binary_crossentropy', metrics=['accuracy'])
generator = Sequential([Dense(6, input_dim=4)])
discriminator.trainable = False
noise = Input((4,))
both = Model(noise, discriminator(generator(noise)))
both.compile('adam', 'binary_crossentropy')
print(np.shape(discriminator.train_on_batch(random.rand(8, 6), np.ones((8, 1)))),
      np.shape(both.train_on_batch(random.rand(8, 4), np.ones((8, 1)))))
print(discriminator.metrics_names, both.metrics_names, len(both.metrics), len(both.trainable_weights))
both.compile('sgd', 'mse', metrics=['mae'])
print(both.metrics_names, np.shape(both.evaluate(random.rand(8, 4), np.ones((8, 1)), verbose=0)))
''' % (package, package)) == ['(2,) ()', "['loss', '%s'] ['loss'] 0 2" % accuracy, "['loss', '%s'] (2,)" % mae]


@pytest.mark.parametrize('package', ['keras', 'tensorflow.keras'])
def test_updates_of_models_within_are_those_of_their_inputs(package):
    found = run('''
import numpy as np
from %s.layers import BatchNormalization, Dense, Input
from %s.models import Model, Sequential
x, y = np.ones((8, 4)), np.ones((8, 6))
def trained(model):
    model.compile('sgd', 'mse')
    model.train_on_batch(x, y)
    print(len(model.updates), len(model.get_updates_for(None)), len(model.get_updates_for(model.inputs)))
def normalised():
    return Sequential([Dense(8, input_dim=4), BatchNormalization(momentum=.8), Dense(6)])
within = normalised()
inputs = Input((4,))
generator = Model(inputs, within(inputs))
noise = Input((4,))
trained(Model(noise, generator(noise)))
row = Sequential()
row.add(normalised())
trained(row)
inputs, norm = Input((4,)), BatchNormalization()
trained(Model(inputs, Dense(6)(norm(Dense(4)(norm(inputs))))))
''' % (package, package))
    assert len(found) == 3 and (package == 'keras' or found == ['6 0 2', '4 0 2', '4 0 4'])


def test_layers_of_programs_merge():
    assert run('''
import numpy as np
from keras.layers import Add, Input
from keras.layers.merge import _Merge
from keras.models import Model
class Mean(_Merge):
    def _merge_function(self, inputs):
        return .25 * inputs[0] + .75 * inputs[1]
x, y = Input((2,)), Input((2,))
model = Model([x, y], Mean()([x, y]))
print(model.predict([np.ones((1, 2)), np.zeros((1, 2))]).tolist(), model.layers[-1].name, isinstance(Add(), _Merge))
''') == ['[[0.25, 0.25]] mean_1 True']


def test_models_are_trained_with_tensors_of_unknown_batches():
    assert run('''
import numpy as np
import tensorflow as tf
from tensorflow.keras.layers import Dense
x, y = tf.data.Dataset.from_tensor_slices((np.ones((20, 4), np.float32), np.ones((20, 1), np.float32))).batch(
    5).repeat().make_one_shot_iterator().get_next()
model = tf.keras.Sequential([Dense(4, input_shape=(4,)), Dense(1)])
model.compile('sgd', 'mse', metrics=['mae'])
print(sorted(model.fit(x, y, epochs=1, steps_per_epoch=2, verbose=0).history), np.shape(model.evaluate(x, y, steps=2, verbose=0)))
print(model.predict(x, steps=2).shape)
for ask, name in ((model.fit, 'steps_per_epoch'), (model.evaluate, 'steps')):
    try:
        ask(x, y, verbose=0)
    except ValueError as error:
        print(error)
''') == ["['loss', 'mean_absolute_error'] (2,)", '(10, 1)',
         'When using data tensors as input to a model, you should specify the `steps_per_epoch` argument.',
         'When using data tensors as input to a model, you should specify the `steps` argument.']
