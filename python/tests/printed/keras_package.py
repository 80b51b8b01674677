"""The package keras beside TensorFlow: names, numbers, files."""
import contextlib
import io
import json

import numpy as np
import tensorflow as tf

np.random.seed(1)
tf.set_random_seed(1)

import keras  # noqa: E402
from keras import backend as K  # noqa: E402
from keras import callbacks, optimizers, regularizers  # noqa: E402
from keras.layers import *  # noqa: E402,F401,F403
from keras.models import Model, Sequential, load_model, model_from_json  # noqa: E402
from keras.preprocessing.image import ImageDataGenerator  # noqa: E402
from keras.utils import to_categorical  # noqa: E402

images = np.random.rand(30, 8, 8, 1)
classes = to_categorical(np.arange(30) % 3, 3)


def shown(history):
    return {name: ['%.4f' % value for value in values] for name, values in sorted(history.history.items())}


# Rows of layers.
model = Sequential()
model.add(Conv2D(4, (3, 3), input_shape=(8, 8, 1), activation='relu'))
model.add(MaxPooling2D(2))
model.add(Dropout(.25))
model.add(Flatten())
model.add(Dense(6, kernel_regularizer=regularizers.l2(.01)))
model.add(Activation('relu'))
model.add(BatchNormalization())
model.add(Dense(3, activation='softmax'))
model.summary()
model.compile(loss=keras.losses.categorical_crossentropy, optimizer=optimizers.Adadelta(), metrics=['accuracy'])
print(shown(model.fit(images, classes, batch_size=10, epochs=2, verbose=0, validation_data=(images[:6], classes[:6]))))
print(['%.4f' % value for value in model.evaluate(images, classes, verbose=0)], model.metrics_names)
print([weight.name for weight in model.weights])
print(model.predict_classes(images[:3]).shape, model.predict_proba(images[:3]).shape)
print(json.dumps(model.get_config()['layers'][0], sort_keys=True))
function = K.function([model.layers[0].input, K.learning_phase()], [model.layers[3].output])
print(function([images[:2], 0])[0].shape, K.eval(K.sum(K.variable(np.ones((2, 2))))))

# Several outputs; recurrent layers, whose initial values depend on NumPy's generator.
inputs = Input(shape=(10,), name='words')
values = Embedding(50, 4, input_length=10)(inputs)
values = Bidirectional(LSTM(3, return_sequences=True, recurrent_initializer='glorot_uniform'))(values)
values = GRU(4, recurrent_initializer='glorot_uniform')(values)
first = Dense(1, activation='sigmoid', name='first')(values)
second = Dense(2, name='second')(concatenate([values, first]))
model = Model(inputs=inputs, outputs=[first, second])
model.summary()
model.compile(optimizer=optimizers.RMSprop(lr=.01), loss={'first': 'binary_crossentropy', 'second': 'mse'},
              loss_weights={'first': 1., 'second': .5}, metrics={'first': 'acc'})
words = np.random.randint(50, size=(20, 10))
print(shown(model.fit(words, {'first': np.ones((20, 1)), 'second': np.zeros((20, 2))}, epochs=2, batch_size=5, verbose=0)))
print(model.metrics_names)
model.save('model.h5')
again = load_model('model.h5')
print(np.allclose(again.predict(words)[0], model.predict(words)[0]), type(again.optimizer).__name__)
copy = model_from_json(model.to_json())
copy.set_weights(model.get_weights())
print(np.allclose(copy.predict(words)[1], model.predict(words)[1]))
config = json.loads(model.to_json())
print(config['keras_version'], config['backend'], json.dumps(config['config']['layers'][3]['config'], sort_keys=True))


class Linear(Layer):

    def __init__(self, width, **kwargs):
        self.width = width
        super(Linear, self).__init__(**kwargs)

    def build(self, input_shape):
        self.kernel = self.add_weight(name='kernel', shape=(input_shape[1], self.width), initializer='uniform', trainable=True)
        super(Linear, self).build(input_shape)

    def call(self, inputs):
        return K.dot(inputs, self.kernel)

    def compute_output_shape(self, input_shape):
        return (input_shape[0], self.width)


np.random.seed(2)
model = Sequential([Linear(4, input_shape=(5,)), Lambda(lambda x: x ** 2), Reshape((2, 2)), Permute((2, 1)), Flatten()])
model.compile('sgd', 'mse')
print(model.output_shape, [weight.name for weight in model.weights], model.get_config()['layers'][0]['config'])
print('%.5f' % model.train_on_batch(np.ones((3, 5)), np.ones((3, 4))))
history = model.fit(np.ones((6, 5)), np.zeros((6, 4)), epochs=3, verbose=0, callbacks=[
    callbacks.EarlyStopping(monitor='loss', patience=0, min_delta=10, verbose=1),
    callbacks.ModelCheckpoint('at_{epoch}.h5', monitor='loss', verbose=1, save_weights_only=True),
    callbacks.LearningRateScheduler(lambda epoch: .01),
    callbacks.LambdaCallback(on_epoch_end=lambda epoch, logs: print(epoch, sorted(logs)))])
print(sorted(history.history), len(history.epoch))
for loss in 'cosine_proximity', keras.losses.cosine_proximity:
    model.compile('sgd', loss)
    print('%.4f' % model.evaluate(np.ones((2, 5)), np.ones((2, 4)), verbose=0))
model.layers[0].trainable = False
print(len(model.trainable_weights), K.image_data_format(), keras.__version__)
model.pop()
print(len(model.layers), model.output_shape)

batches = ImageDataGenerator(horizontal_flip=True).flow(np.random.rand(30, 5, 1, 1), np.ones((30, 2, 2)), batch_size=10, seed=1)
model = Sequential([Flatten(input_shape=(5, 1, 1)), Dense(4), Reshape((2, 2))])
model.compile('sgd', 'mse', metrics=['mae'])
bars = io.StringIO()
with contextlib.redirect_stdout(bars):
    model.evaluate(np.ones((30, 5, 1, 1)), np.ones((30, 2, 2)))
print(['-' in line.split(']')[-1].split('step')[-1] for line in bars.getvalue().strip().split('\n')])
print(sorted(model.fit_generator(batches, steps_per_epoch=3, epochs=2, verbose=0).history))


def mistake(function):
    try:
        function()
    except Exception as error:
        print(type(error).__name__, error)


row = Sequential([Dense(2, input_shape=(3,), name='row')])
mistake(lambda: row.fit(np.ones((2, 3)), np.ones((2, 2))))
row.compile('sgd', 'mse')
for function in (
        lambda: row.fit(np.ones((2, 4)), np.ones((2, 2))), lambda: row.fit(np.ones((2, 3)), np.ones((2, 3))),
        lambda: row.fit(np.ones((2, 3)), np.ones((3, 2))), lambda: row.predict(np.ones((3,))),
        lambda: row.compile('other', 'mse'), lambda: row.compile('sgd', 'other'), lambda: row.add(3),
        lambda: Sequential([Dense(2)]).summary(), lambda: Dense(2, other=1), lambda: Conv2D(2, 3, name='c')(Input((3,))),
        lambda: LSTM(3, name='l')(Input((3,))), lambda: add([Input((2,)), Input((3,))]), lambda: row.get_layer('other'),
        lambda: Dense(2, name='d').get_output_at(0)):
    mistake(function)
