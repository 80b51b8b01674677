"""Keras models that train eagerly with iterators, generators, datasets: headings, parameters of callbacks, mistakes."""
import contextlib
import io

import numpy as np
import tensorflow as tf

tf.logging.set_verbosity(tf.logging.ERROR)
K = tf.keras
tf.enable_eager_execution()
x = np.arange(24, dtype=np.float32).reshape(8, 3) / 24
y = x.sum(1, keepdims=True) * 2


def batches(times=None):
    return tf.data.Dataset.from_tensor_slices((x, y)).batch(2).repeat(times)


def iterator():
    return iter(batches())


def generator():
    while True:
        for i in range(0, 8, 2):
            yield x[i:i + 2], y[i:i + 2]


model = K.Sequential([K.layers.Dense(1, input_shape=(3,), kernel_initializer='ones')])
model.compile('sgd', 'mse')
fixed = K.Sequential([K.layers.Dense(1, batch_input_shape=(4, 3), kernel_initializer='ones')])
fixed.compile('sgd', 'mse')


def show(name, call):
    printed = io.StringIO()
    try:
        with contextlib.redirect_stdout(printed):
            result = call()
        lines = [line for line in printed.getvalue().splitlines() if line.startswith('Train ')]
        if hasattr(result, 'history'):
            result = sorted(result.history), sorted(result.params.items())
        print(name, lines, result)
    except Exception as error:
        print(name, type(error).__name__, str(error).split('<')[0])


def fit(*args, **options):
    return lambda: model.fit(*args, verbose=2, **options)


show('iterator', fit(iterator(), steps_per_epoch=2))
show('evaluate', lambda: model.evaluate(iterator(), steps=2))
show('predict', lambda: model.predict(iterator(), steps=2))
show('validated by a dataset', fit(x, y, validation_data=batches(1)))
show('datasets', fit(batches(1), validation_data=batches(1)))
show('of unknown size', fit(batches(1).filter(lambda a, b: True), epochs=2))
show('arrays with steps', fit(x, y, steps_per_epoch=2))
show('arrays validated by arrays', fit(x, y, batch_size=4, validation_data=(x[:4], y[:4])))
show('part', fit(x, y, validation_split=.25))
show('generator with targets', fit(generator(), y, steps_per_epoch=2))
show('generator with weights', fit(generator(), sample_weight=y, steps_per_epoch=2))
show('generator with a part', fit(generator(), validation_split=.25, steps_per_epoch=2))
show('generator with a size', fit(generator(), batch_size=2, steps_per_epoch=2))
show('targets', lambda: model.evaluate(batches(1), y))
show('size of inputs', lambda: fixed.fit(x, y, verbose=2))
show('another size', lambda: fixed.fit(x, y, batch_size=2))
show('size of evaluate', lambda: fixed.evaluate(x, y, batch_size=2))
show('predictions', lambda: fixed.predict(x).shape)
show('a part of a dataset', fit(batches(1), validation_split=.25))
show('generator', fit(generator(), steps_per_epoch=2))
show('generator with a dataset', fit(generator(), steps_per_epoch=2, validation_data=batches(1)))
show('batch of a dataset', lambda: model.predict_on_batch(batches()).shape)
show('steps that leave something', fit(x, y, steps_per_epoch=3))
show('too many steps', fit(x, y, batch_size=4, steps_per_epoch=3))
show('fit_generator', lambda: model.fit_generator(batches(1), verbose=2))
