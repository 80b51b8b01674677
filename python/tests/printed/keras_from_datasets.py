"""Keras models that are trained, validated and evaluated with datasets: steps, ends of data, mistakes."""
import numpy as np
import tensorflow as tf

tf.logging.set_verbosity(tf.logging.ERROR)
D = tf.data.Dataset
x = np.arange(16, dtype=np.float32).reshape(8, 2) / 10
y = x.sum(1, keepdims=True)
model = tf.keras.Sequential([tf.keras.layers.Dense(1, kernel_initializer='zeros', input_shape=(2,))])
model.compile(tf.train.GradientDescentOptimizer(.1), 'mse', metrics=['mae'])


def batches():
    return D.from_tensor_slices((x, y)).batch(2)


def show(name, call):
    try:
        result = call()
        if hasattr(result, 'history'):
            result = {key: ['%.3f' % value for value in values] for key, values in sorted(result.history.items())}
        elif isinstance(result, list):
            result = ['%.3f' % value for value in result]
        print(name, result)
    except Exception as error:
        print(name, type(error).__name__, str(error).split('\n')[0])


def fit(*args, **options):
    return lambda: model.fit(*args, verbose=0, **options)


show('validated in part', fit(batches(), epochs=3, validation_data=batches().repeat(), validation_steps=2))
show('steps', fit(batches().repeat(), epochs=3, steps_per_epoch=3, validation_data=batches().repeat(), validation_steps=3))
show('arrays', fit(x, y, batch_size=4, epochs=3, shuffle=False, validation_data=batches().repeat(), validation_steps=3))
show('first half', fit(batches(), epochs=3, validation_data=batches(), validation_steps=2))
show('too few', fit(batches(), epochs=3, validation_data=batches(), validation_steps=6))
show('shuffled', fit(batches(), epochs=2, validation_data=D.from_tensor_slices((x, y)).shuffle(8, seed=2).batch(2),
                     validation_steps=2))
model.set_weights([np.ones([2, 1], np.float32) * .5, np.zeros(1, np.float32)])
show('evaluate more', lambda: model.evaluate(batches(), steps=6, verbose=0))
show('evaluate less', lambda: model.evaluate(batches(), steps=3, verbose=0))
show('predict more', lambda: model.predict(batches(), steps=6).shape)
show('batch_size', fit(batches(), batch_size=4))
show('evaluate batch_size', lambda: model.evaluate(batches(), batch_size=4, verbose=0))
show('split', fit(batches(), validation_split=.25))
show('weights', fit(batches(), sample_weight=3))
show('frequency', fit(batches(), validation_data=batches(), validation_freq=2, epochs=4))
show('targets', fit(batches(), 3))
show('endless', fit(batches().repeat()))
show('endless validation', fit(batches(), validation_data=batches().repeat()))
show('unknown length', fit(batches().filter(lambda a, b: True), epochs=2))
