"""What layers share: weights, biases, activations."""

import numpy as np

import reflow.tensorflow as tf
from reflow.tflearn import activations
from reflow.tflearn import initializations
from reflow.tflearn import keys
from reflow.tflearn import regularizers
from reflow.tflearn.variables import variable


def weight(name, shape, init, regularizer=None, weight_decay=0.001, trainable=True, restore=True):
    """A variable with an initial value by name, function or array."""
    regularization = None
    if regularizer is not None:
        function = regularizers.get(regularizer)
        regularization = lambda x: function(x, weight_decay)  # noqa: E731: a function with its weight
    if isinstance(init, str):
        init = initializations.get(init)()
    elif isinstance(init, (tf.Tensor, np.ndarray, list)):
        shape = None
    return variable(name, shape=shape, regularizer=regularization, initializer=init, trainable=trainable, restore=restore)


def activated(inference, activation):
    """The activation, by name or function, of a tensor; kept in the collection of activations."""
    if activation:
        if isinstance(activation, str):
            inference = activations.get(activation)(inference)
        elif callable(activation):
            inference = activation(inference)
        else:
            raise ValueError('Invalid Activation.')
        tf.add_to_collection(keys.ACTIVATIONS, inference)
    return inference


def finished(inference, scope, w=None, b=None):
    """The output of a layer with its scope and variables."""
    inference.scope = scope
    inference.W = w
    inference.b = b
    return keys.add_layer(scope.name, inference, w, b)
