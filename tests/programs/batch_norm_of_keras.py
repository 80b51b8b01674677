"""Which operations batch normalisation of vectors adds to a model of Keras: random values of layers after it hang on their number; and regularizers."""
import numpy as np
import tensorflow as tf

tf.set_random_seed(1)
layers = tf.keras.layers
rng = np.random.RandomState(0)
x = rng.rand(16, 3).astype('f')
y = (x.sum(1) > 1.5).astype('f')
model = tf.keras.Sequential([
    layers.Dense(4, input_shape=(3,), kernel_regularizer=tf.keras.regularizers.l1_l2(0.1, 0.2)), layers.BatchNormalization(), layers.Activation('relu'), layers.Dense(3),
    layers.BatchNormalization(momentum=0.5, scale=False), layers.Dropout(0.5), layers.Dense(1, activation='sigmoid')])
graph = tf.keras.backend.get_session().graph
for op in graph.get_operations():
    if 'batch_normalization/cond' in op.name or 'Regularizer' in op.name or op.type == 'RandomUniform':
        print(op.name, op.type, [tensor.name for tensor in op.inputs], [each.name for each in op.control_inputs])
model.compile('sgd', 'binary_crossentropy')
print(np.round(model.predict(x)[:4].ravel(), 5))
history = model.fit(x, y, batch_size=8, epochs=2, shuffle=False, verbose=0)
print(np.round(history.history['loss'], 5))
for weights in model.get_weights():
    print(np.round(weights.ravel()[:4], 5) + 0)
