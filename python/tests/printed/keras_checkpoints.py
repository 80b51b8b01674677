"""When and what ModelCheckpoint saves, and from where training goes on."""
import glob

import numpy as np
import tensorflow as tf
from tensorflow import keras

callbacks = keras.callbacks
x = np.random.RandomState(0).rand(32, 4).astype('f')
y = (x.sum(1) > 2).astype('f')


def model():
    tf.set_random_seed(1)
    made = keras.Sequential([keras.layers.Dense(1, activation='sigmoid', input_shape=(4,), kernel_initializer='ones')])
    made.compile('sgd', 'mse', metrics=['accuracy'])
    return made


first = model()
first.fit(x, y, epochs=3, verbose=0, validation_data=(x, y), callbacks=[
    callbacks.ModelCheckpoint('best{epoch:02d}.h5', verbose=1, save_best_only=True),
    callbacks.ModelCheckpoint('weights{epoch}', save_weights_only=True, period=2, verbose=1),
    callbacks.ModelCheckpoint('samples{epoch}.h5', save_freq=20, verbose=1),
    callbacks.EarlyStopping(patience=0, verbose=1, min_delta=10, restore_best_weights=True)])
print(sorted(glob.glob('*')))

second = model()
before = second.get_weights()[0]
second.fit(x, y, epochs=1, verbose=0, callbacks=[callbacks.ModelCheckpoint(
    'weights{epoch}', save_weights_only=True, load_weights_on_restart=True, monitor='acc', mode='strange',
    save_best_only=True)])
print('moved by', np.abs(second.get_weights()[0] - before).max().round(4))

try:
    callbacks.ModelCheckpoint('x', save_freq='often')
except ValueError as error:
    print(error)


class Own(keras.Model):
    def __init__(self):
        super().__init__()
        self.dense = keras.layers.Dense(1)

    def call(self, inputs):
        return self.dense(inputs)


own = Own()
own.compile('sgd', 'mse')
own.fit(x, y[:, None], epochs=1, verbose=0, callbacks=[callbacks.ModelCheckpoint('own{epoch}')])
print(sorted(glob.glob('own*')))

plateau = callbacks.ReduceLROnPlateau(patience=1, min_delta=10, verbose=1)
first.fit(x, y, epochs=4, verbose=0, validation_data=(x, y), callbacks=[plateau])
