"""Losses of weights."""

import reflow.tensorflow as tf


def L2(tensor, wd=0.001):
    """wd * l2_loss(tensor)."""
    return tf.multiply(tf.nn.l2_loss(tensor), wd, name='L2-Loss')


def L1(tensor, wd=0.001):
    """wd * sum(abs(tensor))."""
    return tf.multiply(tf.reduce_sum(tf.abs(tensor)), wd, name='L1-Loss')


l1, l2 = L1, L2


def get(identifier):
    """The function of this name."""
    function = globals().get(identifier) if isinstance(identifier, str) else identifier
    if not callable(function):
        raise Exception('Invalid Regularizer: ' + str(identifier))
    return function
