"""Activations of TFLearn as layers of their own, and as parts of layers."""
import tensorflow as tf
import tflearn

x = tflearn.input_data(shape=[None, 3])
net = tflearn.fully_connected(x, 4, activation='tanh')
net = tflearn.activation(net, activation='relu')
net = tflearn.activation(net, tf.nn.elu, name='own')
for key in ('activations', 'layer_tensor/activation', 'layer_tensor/own'):
    print(key, [tensor.name for tensor in tf.get_collection(key)])
for mistaken in (3, None):
    try:
        tflearn.activation(net, mistaken)
    except ValueError as error:
        print(error)
