"""What fit, evaluate and predict are given besides arrays, and what they say of it: for keras_fit_data.py and its eager sister."""
import contextlib
import io

import numpy as np
import tensorflow as tf

K = tf.keras
x = np.arange(24, dtype=np.float32).reshape(8, 3) / 24
y = x.sum(1, keepdims=True) * 2


def batches(times=None):
    return tf.data.Dataset.from_tensor_slices((x, y)).batch(2).repeat(times)


def iterator():
    return iter(batches()) if tf.executing_eagerly() else batches().make_one_shot_iterator()


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


def show_all():
    """Those of both ways of execution."""
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
