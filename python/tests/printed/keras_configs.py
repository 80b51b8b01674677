"""What get_config gives, in the order in which to_json writes it."""
import json

import tensorflow as tf

layers = tf.keras.layers
for layer in (layers.Dense(2), layers.Conv1D(2, 3), layers.Conv2DTranspose(2, 3), layers.Conv3DTranspose(2, 3),
              layers.SeparableConv2D(2, 3), layers.DepthwiseConv2D(3), layers.LocallyConnected1D(2, 3),
              layers.BatchNormalization(), layers.LayerNormalization(),
              layers.PReLU(), layers.Embedding(3, 4), layers.SimpleRNN(3), layers.GRU(3), layers.LSTMCell(3),
              layers.ConvLSTM2D(2, 3), layers.CuDNNLSTM(3), tf.keras.experimental.LinearModel()):
    print(type(layer).__name__, json.dumps(layer.get_config()))
