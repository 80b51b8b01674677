"""Losses of weights, added to a graph."""

import reflow.tensorflow as tf
from reflow.tflearn import regularizers


def add_weights_regularizer(variable, loss='L2', weight_decay=0.001, add_to_collection=None):
    """Adds a loss of a variable."""
    collection = add_to_collection or tf.GraphKeys.REGULARIZATION_LOSSES
    tf.add_to_collection(collection, regularizers.get(loss)(variable, weight_decay))
