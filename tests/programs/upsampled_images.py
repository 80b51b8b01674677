"""Images made larger by layers of Keras: the operations that do it, and the random values of layers after them."""
import numpy as np
import tensorflow as tf

layers = tf.keras.layers
x = np.arange(12).reshape(1, 2, 3, 2).astype('f')
for shape in ((2, 3, 2), (None, 3, 2)):
    for interpolation in ('nearest', 'bilinear'):
        tf.keras.backend.clear_session()
        tf.set_random_seed(1)
        model = tf.keras.Sequential([
            layers.UpSampling2D((2, 3), interpolation=interpolation, input_shape=shape), layers.Conv2D(2, 1, name='after')])
        graph = tf.keras.backend.get_session().graph
        for op in graph.get_operations():
            if 'up_sampling2d' in op.name:
                print(op.name, op.type, [tensor.name for tensor in op.inputs])
        print(model.layers[0].output.shape, np.round(model.get_weights()[0].ravel(), 4).tolist())
        print(np.round(tf.keras.backend.function([model.input], [model.layers[0].output])([x])[0][0, :, :, 0], 4).tolist())
