"""Initial values by name."""

import reflow.tensorflow as tf


def zeros(shape=None, dtype=tf.float32, seed=None):
    """Zeros."""
    return tf.zeros(shape, dtype=dtype) if shape else tf.constant_initializer(0.)


def uniform(shape=None, minval=0, maxval=None, dtype=tf.float32, seed=None):
    """Uniform."""
    if shape:
        return tf.random_uniform(shape, minval=minval, maxval=maxval, seed=seed, dtype=dtype)
    return tf.random_uniform_initializer(minval=minval, maxval=maxval, seed=seed, dtype=dtype)


def uniform_scaling(shape=None, factor=1.0, dtype=tf.float32, seed=None):
    """Uniform, by the number of inputs."""
    if not shape:
        return tf.uniform_unit_scaling_initializer(seed=seed, dtype=dtype)
    return tf.uniform_unit_scaling_initializer(factor=factor, seed=seed, dtype=dtype)(shape)


def normal(shape=None, mean=0.0, stddev=0.02, dtype=tf.float32, seed=None):
    """Normal."""
    if shape:
        return tf.random_normal(shape, mean=mean, stddev=stddev, seed=seed, dtype=dtype)
    return tf.random_normal_initializer(mean=mean, stddev=stddev, seed=seed, dtype=dtype)


def truncated_normal(shape=None, mean=0.0, stddev=0.02, dtype=tf.float32, seed=None):
    """Normal within two standard deviations."""
    if shape:
        return tf.truncated_normal(shape=shape, mean=mean, stddev=stddev, seed=seed, dtype=dtype)
    return tf.truncated_normal_initializer(mean=mean, stddev=stddev, seed=seed, dtype=dtype)


def xavier(uniform=True, seed=None, dtype=tf.float32):
    """By the numbers of inputs and outputs (Glorot and Bengio)."""
    return variance_scaling(factor=1., mode='FAN_AVG', uniform=uniform, seed=seed, dtype=dtype)


def variance_scaling(factor=2.0, mode='FAN_IN', uniform=False, seed=None, dtype=tf.float32):
    """By the number of inputs."""
    from reflow.contrib.layers.python.layers import initializers
    return initializers.variance_scaling_initializer(factor=factor, mode=mode, uniform=uniform, seed=seed, dtype=dtype)


def get(identifier):
    """The function of this name."""
    function = globals().get(identifier) if isinstance(identifier, str) else identifier
    if not callable(function):
        raise Exception('Invalid Initializations: ' + str(identifier))
    return function
