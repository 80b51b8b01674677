"""Models of Keras: what they are made of, how they train under seeds, and what they refuse."""
import numpy as np
import tensorflow as tf

K, layers = tf.keras.backend, tf.keras.layers
tf.logging.set_verbosity(tf.logging.ERROR)


def begin(seed=1):
    K.clear_session()
    tf.set_random_seed(seed)
    np.random.seed(seed)
    random = np.random.RandomState(0)
    return random.randn(60, 6).astype('f'), np.eye(3)[random.randint(0, 3, 60)]


def show(*values):
    print('  =', *[np.round(np.asarray(value, dtype=np.float64), 4).tolist() for value in values])


def trained(model, x, y, loss='categorical_crossentropy', optimizer='sgd', **kwargs):
    model.compile(optimizer, loss, **{key: kwargs.pop(key) for key in ('metrics', 'loss_weights', 'weighted_metrics')
                                      if key in kwargs})
    history = model.fit(x, y, epochs=2, batch_size=16, verbose=0, **kwargs)
    for name, values in history.history.items():
        print('  ', name, np.round(values, 4).tolist())
    return model


def refused(function):
    try:
        print('  no error:', function())
    except Exception as error:  # whatever it is, it is what the expression gives
        print('  !', type(error).__name__, str(error).split('\n')[0])


print('Sequential')
x, y = begin()
model = tf.keras.Sequential([layers.Dense(8, activation='relu', input_shape=(6,)), layers.Dropout(0.3), layers.Dense(3, activation='softmax')])
trained(model, x, y, metrics=['accuracy', 'mse'], validation_split=0.2)
show(*model.evaluate(x, y, verbose=0))
show(model.predict(x[:2]))
show(model.train_on_batch(x[:8], y[:8]), model.test_on_batch(x[:8], y[:8]), model.predict_on_batch(x[:1]))
show(model.predict_classes(x[:5]))
print(model.metrics_names, [w.name for w in model.weights])
model.summary()

print('Optimizers')
for optimizer in (tf.keras.optimizers.SGD(0.1, momentum=0.9, nesterov=True, decay=0.01), tf.keras.optimizers.Adam(0.01, amsgrad=True), tf.keras.optimizers.RMSprop(0.01, momentum=0.5, centered=True), tf.keras.optimizers.RMSprop(0.01), tf.keras.optimizers.Adagrad(0.1), tf.keras.optimizers.Adadelta(1.), tf.keras.optimizers.Adamax(0.01), tf.keras.optimizers.Nadam(0.01), tf.keras.optimizers.Ftrl(0.1), tf.keras.optimizers.SGD(0.1, clipnorm=0.1), tf.train.AdamOptimizer(0.01), tf.keras.optimizers.Adam(tf.keras.optimizers.schedules.ExponentialDecay(0.1, 2, 0.5))):
    x, y = begin()
    model = tf.keras.Sequential([layers.Dense(4, activation='tanh', input_shape=(6,)), layers.Dense(3, activation='softmax')])
    print(type(optimizer).__name__)
    trained(model, x, y, optimizer=optimizer, shuffle=False)

print('Two inputs and outputs')
x, y = begin()
a, b = layers.Input((6,), name='a'), layers.Input((6,), name='b')
shared = layers.Dense(5, activation='relu', name='shared', kernel_regularizer=tf.keras.regularizers.l2(0.01), kernel_constraint=tf.keras.constraints.max_norm(0.5))
joined = layers.concatenate([shared(a), shared(b)])
model = tf.keras.Model([a, b], [layers.Dense(3, activation='softmax', name='out1')(joined), layers.Dense(1, name='out2')(joined)])
trained(model, [x, x + 1], [y, x[:, :1]], {'out1': 'categorical_crossentropy', 'out2': 'mse'}, 'adam', metrics={'out1': ['acc'], 'out2': ['mae']}, loss_weights=[1., 0.5], class_weight={'out1': {0: 1., 1: 2., 2: 0.5}})
model.summary()
print(model.metrics_names)

print('Sample weights, masks and sparse labels')
x, y = begin()
words = np.random.RandomState(3).randint(0, 9, (60, 7))
model = tf.keras.Sequential([layers.Embedding(9, 4, mask_zero=True, input_length=7), layers.LSTM(5, dropout=0.2, recurrent_dropout=0.1), layers.Dense(3, activation='softmax')])
trained(model, words, y.argmax(1), 'sparse_categorical_crossentropy', 'rmsprop', metrics=['accuracy'], weighted_metrics=['accuracy'], sample_weight=np.arange(60) / 30.)
show(model.predict(words[:2]))

print('Mistakes')
a, b = layers.Input((6,), name='a'), layers.Input((6,), name='b')
refused(lambda: model.fit(words, y, verbose=0))
refused(lambda: model.fit(words[:, :3], y.argmax(1), verbose=0))
refused(lambda: model.predict(words[None]))
refused(lambda: tf.keras.Sequential([layers.Dense(2)]).fit(x, x))
refused(lambda: tf.keras.Model(a, layers.Dense(3)(b)))
refused(lambda: tf.keras.Model([a, a], layers.Dense(3)(a)))
refused(lambda: tf.keras.Sequential([layers.Dense(2, input_shape=(6,))]).compile('sgd', 'no_such_loss'))
refused(lambda: tf.keras.Sequential([layers.Dense(2, input_shape=(6,))]).compile('no_such_optimizer', 'mse'))
refused(lambda: layers.Dense(2)(tf.zeros([3])))
refused(lambda: layers.Concatenate()([tf.zeros([2, 3]), tf.zeros([2, 4, 5])]))
refused(lambda: tf.keras.Sequential([3]))
refused(lambda: layers.Input())
refused(lambda: model.get_layer('none'))
refused(lambda: layers.Dense(3).output)
refused(lambda: model.set_weights([1]))
