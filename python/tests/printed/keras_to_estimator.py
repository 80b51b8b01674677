"""Estimators of Keras models."""
import os

import numpy as np
import tensorflow as tf

tf.logging.set_verbosity(tf.logging.ERROR)
keras = tf.keras
features = np.random.RandomState(0).rand(90, 4).astype(np.float32)
classes = np.eye(3, dtype=np.float32)[(features.sum(axis=1) * 1.4 % 3).astype(int)]


def shown(results):
    return {key: '%.4f' % value for key, value in sorted(results.items())}


def classifier():
    model = keras.Sequential([keras.layers.Dense(8, activation='relu', input_shape=(4,)), keras.layers.Dropout(0.1),
                              keras.layers.Dense(3, activation='softmax')])
    model.compile(loss='categorical_crossentropy', optimizer='adam', metrics=['accuracy'])
    return model


def batches():
    return tf.data.Dataset.from_tensor_slices((features, classes)).batch(30).repeat()


def one_epoch():
    return tf.data.Dataset.from_tensor_slices((features, classes)).batch(30)


config = tf.estimator.RunConfig(tf_random_seed=1, save_checkpoints_steps=20)
estimator = keras.estimator.model_to_estimator(classifier(), model_dir='model', config=config)
estimator.train(batches, steps=40)
print(shown(estimator.evaluate(one_epoch)))
predict = tf.estimator.inputs.numpy_input_fn({'dense_input': features[:3]}, shuffle=False)
print([sorted((key, value.shape) for key, value in each.items()) for each in estimator.predict(predict)])
print(sorted(name for name in os.listdir('model') if not name.startswith('events')))
print(sorted(estimator.get_variable_names()))


def receiver():
    inputs = tf.placeholder(tf.float32, [None, 4])
    return tf.estimator.export.ServingInputReceiver({'dense_input': inputs}, inputs)


print(sorted(os.listdir(estimator.export_saved_model('exported', receiver))))

# The Estimator begins with the weights that a model has.
keras.backend.clear_session()
trained = classifier()
trained.fit(features, classes, epochs=3, verbose=0)
expected = trained.evaluate(features, classes, verbose=0)[0]
for checkpoint_format in 'saver', 'checkpoint':
    estimator = keras.estimator.model_to_estimator(trained, model_dir='from_' + checkpoint_format,
                                                   checkpoint_format=checkpoint_format)
    estimator.train(one_epoch, steps=1)
    print(checkpoint_format, abs(estimator.evaluate(one_epoch)['loss'] - expected) < .05,
          sorted(estimator.get_variable_names())[:3])
trained.save('trained.h5')
estimator = keras.estimator.model_to_estimator(keras_model_path='trained.h5', model_dir='from_file')
estimator.train(one_epoch, steps=2)
print(estimator.evaluate(one_epoch)['global_step'])

# Two outputs, an optimizer of tf.train, weights of samples.
keras.backend.clear_session()
inputs = keras.Input((4,), name='numbers')
model = keras.Model(inputs, [keras.layers.Dense(2, name='a', kernel_initializer='ones')(inputs),
                             keras.layers.Dense(1, name='b', kernel_initializer='ones')(inputs)])
model.compile(tf.train.GradientDescentOptimizer(.1), loss={'a': 'mse', 'b': 'mae'}, loss_weights=[1., .5])
estimator = keras.estimator.model_to_estimator(model, model_dir='two')


def two_targets(other=False):
    targets = {'a': features[:, :2], 'c' if other else 'b': features[:, :1]}
    return tf.data.Dataset.from_tensor_slices(({'numbers': features}, targets)).batch(30).repeat()


estimator.train(two_targets, steps=5)
print(shown(estimator.evaluate(two_targets, steps=3)), sorted(next(estimator.predict(two_targets))))


class Subclassed(keras.Model):

    def __init__(self):
        super(Subclassed, self).__init__()
        self.hidden = keras.layers.Dense(3, kernel_initializer='ones')
        self.out = keras.layers.Dense(1, kernel_initializer='ones')

    def call(self, inputs):
        return self.out(self.hidden(inputs))


model = Subclassed()
model.compile('sgd', 'mse')
estimator = keras.estimator.model_to_estimator(model, model_dir='subclassed')
estimator.train(lambda: tf.data.Dataset.from_tensors((features, features[:, :1])), steps=1)
print(shown(estimator.evaluate(lambda: tf.data.Dataset.from_tensors((features, features[:, :1])))))


def mistake(function):
    try:
        function()
    except Exception as error:
        print(type(error).__name__, error)


for function in (
        keras.estimator.model_to_estimator, lambda: keras.estimator.model_to_estimator(model, 'path'),
        lambda: keras.estimator.model_to_estimator(keras.Sequential([keras.layers.Dense(2, input_shape=(2,))])),
        lambda: keras.estimator.model_to_estimator(classifier(), checkpoint_format='other'),
        lambda: keras.estimator.model_to_estimator(model, checkpoint_format='checkpoint')):
    mistake(function)
