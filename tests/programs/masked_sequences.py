"""What recurrent layers of Keras give for steps that a mask leaves out, alone and in both directions."""
import numpy as np
import tensorflow as tf

layers = tf.keras.layers
words = np.array([[1, 2, 0, 0], [3, 0, 4, 1], [2, 2, 2, 2]])
for wrap in (False, True):
    for sequences in (True, False):
        for unroll in (False, True):
            tf.keras.backend.clear_session()
            tf.set_random_seed(1)
            inputs = layers.Input((4,), dtype='int32')
            x = layers.Embedding(5, 3, mask_zero=True)(inputs)
            recurrent = layers.LSTM(2, return_sequences=sequences, unroll=unroll)
            outputs = (layers.Bidirectional(recurrent) if wrap else recurrent)(x)
            model = tf.keras.Model(inputs, layers.Dense(1)(outputs) if not sequences else layers.TimeDistributed(layers.Dense(1))(outputs))
            values = tf.keras.Model(inputs, outputs).predict(words)
            print(wrap, sequences, unroll)
            print(np.round(values, 5).tolist())
            print(np.round(model.predict(words), 5).ravel().tolist())
            if wrap:
                print({key: value for key, value in model.layers[2].layer.get_config().items() if 'mask' in key})
