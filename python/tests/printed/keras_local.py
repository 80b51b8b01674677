"""Locally connected layers of Keras, in the three ways in which they are computed; configurations and constraints."""
import numpy as np
import tensorflow as tf

keras = tf.keras
layers = keras.layers
line = np.random.RandomState(0).rand(2, 7, 3).astype(np.float32)
image = np.random.RandomState(1).rand(2, 6, 5, 2).astype(np.float32)

for implementation in 1, 2, 3:
    for cls, inputs, size in (layers.LocallyConnected1D, line, 3), (layers.LocallyConnected2D, image, (3, 2)):
        for padding in ['valid', 'same'] if implementation > 1 else ['valid']:
            layer = cls(2, size, strides=2 if padding == 'valid' else 1, padding=padding, implementation=implementation,
                        bias_initializer='ones', name='local', input_shape=inputs.shape[1:])
            model = keras.Sequential([layer, layers.Flatten(), layers.Dense(1, kernel_initializer='ones')])
            model.compile('sgd', 'mse')
            kernel = layer.kernel.shape.as_list()
            layer.set_weights([np.arange(np.prod(kernel)).reshape(kernel) / np.prod(kernel), layer.get_weights()[1]])
            outputs = keras.backend.function(model.inputs, [layer.output])([inputs])[0]
            print(implementation, padding, kernel, layer.output.shape.as_list(), layer.output.op.name,
                  ['%.4f' % value for value in outputs.ravel()[:6]], '%.3f' % outputs.sum())
            print('%.4g' % model.train_on_batch(inputs, [0., 1.]), '%.4g' % layer.get_weights()[0].sum())
            keras.backend.clear_session()
for arguments in {'padding': 'same'}, {'padding': 'same', 'implementation': 2}, {'implementation': 4}:
    try:
        layer = layers.LocallyConnected1D(2, 3, **arguments)
        print(layer(tf.constant(line)).shape.as_list(), layer.get_config()['implementation'])
    except ValueError as error:
        print(error)

for layer in [layers.UpSampling2D(2, interpolation='bilinear'), layers.Lambda(len, output_shape=(2,), name='own'),
              layers.Lambda(len)]:
    print(list(layer.get_config().items())[2:])
for size in 3, 4, 5:
    kernel = keras.backend.constant(np.arange(size * size).reshape(size, size, 1, 1))
    print(keras.backend.eval(keras.constraints.RadialConstraint()(kernel)).ravel().tolist())
