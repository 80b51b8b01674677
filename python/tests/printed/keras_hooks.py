"""What callbacks of Keras are called with, what TensorBoard writes, metrics of one's own that return no operation."""
import glob

import numpy as np
import tensorflow as tf

tf.logging.set_verbosity(tf.logging.ERROR)
K = tf.keras
np.random.seed(7)
x = np.random.rand(24, 4).astype(np.float32)
y = (x.sum(1) > 2).astype(np.float32)


def compiled(**options):
    model = K.Sequential([K.layers.Dense(3, activation='tanh', input_shape=(4,), kernel_initializer='ones', name='a'),
                          K.layers.Dense(1, activation='sigmoid', kernel_initializer='ones', name='b')])
    model.compile('sgd', 'binary_crossentropy', **options)
    return model


class Log(K.callbacks.Callback):
    """Prints every call."""

    def __getattribute__(self, name):
        if not name.startswith('on_'):
            return super().__getattribute__(name)
        return lambda *args, **kwargs: print(name, *(sorted(each) if isinstance(each, dict) else each for each in args), kwargs)


model = compiled(metrics=['acc'])
model.fit(x, y, batch_size=12, epochs=1, verbose=0, validation_data=(x, y), callbacks=[Log()])
model.evaluate(x, y, verbose=0, callbacks=[Log()])
model.predict(x, callbacks=[Log()])


def events(folder):
    for name in sorted(glob.glob(folder + '/events*')):
        for event in tf.train.summary_iterator(name):
            tags = sorted(value.tag for value in event.summary.value)
            if tags:
                print(event.step, tags)


board = K.callbacks.TensorBoard('board', histogram_freq=2, write_grads=True, write_graph=False, profile_batch=0)
K.backend.clear_session()
model = compiled()
model.fit(x, y, epochs=3, verbose=0, batch_size=12, validation_data=(x, y), callbacks=[board])
events('board')
K.backend.clear_session()
board = K.callbacks.TensorBoard('other', histogram_freq=1, write_graph=False, update_freq=10, profile_batch=0)
validation = tf.data.Dataset.from_tensor_slices((x, y[:, None])).batch(12)
compiled().fit(x, y, epochs=2, verbose=0, validation_data=validation, callbacks=[board])
events('other')


class Right(K.metrics.Metric):
    """Counts what is right; its update gives nothing, and its reset is an operation that nobody runs."""

    def __init__(self, name='right'):
        super().__init__(name=name)
        self.number = self.add_weight(name='number', initializer='zeros')

    def update_state(self, y_true, y_pred, sample_weight=None):
        right = tf.cast(tf.equal(y_true, tf.round(y_pred)), tf.float32)
        if sample_weight is not None:
            right *= sample_weight[:, None]
        self.number.assign_add(tf.reduce_sum(right))

    def result(self):
        return self.number

    def reset_states(self):
        self.number.assign(0.)


class Distance(K.metrics.Mean):
    def update_state(self, y_true, y_pred, sample_weight=None):
        return super().update_state(tf.abs(y_true - y_pred), sample_weight)


model = compiled(metrics=[Right(), Distance(name='d')], weighted_metrics=[Right('weighted')])
history = model.fit(x, y, epochs=2, verbose=0, shuffle=False, sample_weight=np.full(24, .5))
print({name: np.round(values, 3).tolist() for name, values in sorted(history.history.items())})
