"""Inputs, layers of units that are all connected, shapes."""

import numpy as np

import reflow.tensorflow as tf
from reflow.tflearn import activations
from reflow.tflearn import config
from reflow.tflearn import keys
from reflow.tflearn import utils
from reflow.tflearn.layers import weights


def input_data(shape=None, placeholder=None, dtype=tf.float32, data_preprocessing=None, data_augmentation=None,
               name='InputData'):
    """The placeholder of the inputs."""
    if placeholder is None:
        if shape is None:
            raise Exception('Either a `shape` or `placeholder` argument is required to consruct an input layer.')
        if len(shape) > 1 and shape[0] is not None:
            shape = [None] + list(shape)
        with tf.name_scope(name):
            placeholder = tf.placeholder(shape=shape, dtype=dtype, name='X')
    tf.add_to_collection(keys.INPUTS, placeholder)
    tf.add_to_collection(keys.LAYER_TENSOR + '/' + name, placeholder)
    tf.add_to_collection(keys.DATA_PREP, data_preprocessing)
    tf.add_to_collection(keys.DATA_AUG, data_augmentation)
    return placeholder


def fully_connected(incoming, n_units, activation='linear', bias=True, weights_init='truncated_normal', bias_init='zeros',
                    regularizer=None, weight_decay=0.001, trainable=True, restore=True, reuse=False, scope=None,
                    name='FullyConnected'):
    """activation(incoming * W + b)."""
    input_shape = utils.get_incoming_shape(incoming)
    assert len(input_shape) > 1, 'Incoming Tensor shape must be at least 2-D'
    n_inputs = int(np.prod(input_shape[1:]))
    with tf.variable_scope(scope, default_name=name, values=[incoming], reuse=reuse) as scope:
        w = weights.weight('W', [n_inputs, n_units], weights_init, regularizer, weight_decay, trainable, restore)
        b = weights.weight('b', [n_units], bias_init, trainable=trainable, restore=restore) if bias else None
        inference = tf.reshape(incoming, [-1, n_inputs]) if len(input_shape) > 2 else incoming
        inference = tf.matmul(inference, w)
        if b is not None:
            inference = tf.nn.bias_add(inference, b)
        inference = weights.activated(inference, activation)
    return weights.finished(inference, scope, w, b)


def dropout(incoming, keep_prob, noise_shape=None, name='Dropout'):
    """Drops values at random while training."""
    with tf.name_scope(name):
        inference = tf.cond(config.get_training_mode(), lambda: tf.nn.dropout(incoming, keep_prob, noise_shape),
                            lambda: incoming)
    return keys.add_layer(name, inference)


def custom_layer(incoming, custom_fn, **kwargs):
    """A function as a layer."""
    with tf.name_scope(kwargs.get('name', 'CustomLayer')):
        return custom_fn(incoming, **kwargs)


def reshape(incoming, new_shape, name='Reshape'):
    """The elements in another shape."""
    with tf.name_scope(name) as scope:
        inference = incoming
        if isinstance(inference, list):
            inference = tf.cast(tf.concat(inference, 0), tf.float32)
        inference = tf.reshape(inference, shape=new_shape)
    inference.scope = scope
    return keys.add_layer(name, inference)


def flatten(incoming, name='Flatten'):
    """All dimensions but the batch as one."""
    input_shape = utils.get_incoming_shape(incoming)
    assert len(input_shape) > 1, 'Incoming Tensor shape must be at least 2-D'
    return reshape(incoming, [-1, int(np.prod(input_shape[1:]))], name)


def activation(incoming, activation='linear', name='activation'):
    """An activation function as a layer; unlike those of other layers it isn't kept in the collection of activations."""
    if isinstance(activation, str):
        activation = activations.get(activation)
    elif not callable(activation):
        raise ValueError('Unknown activation type.')
    return keys.add_layer(name, activation(incoming))


def single_unit(incoming, activation='linear', bias=True, trainable=True, restore=True, reuse=False, scope=None,
                name='Linear'):
    """activation(incoming * W + b) of vectors, with one W."""
    input_shape = utils.get_incoming_shape(incoming)
    n_inputs = int(np.prod(input_shape[1:])) if len(input_shape) > 1 else 1
    with tf.variable_scope(scope, default_name=name, values=[incoming], reuse=reuse) as scope:
        w = weights.weight('W', [n_inputs], tf.constant_initializer(np.random.randn()), trainable=trainable,
                           restore=restore)
        b = weights.weight('b', [n_inputs], tf.constant_initializer(np.random.randn()), trainable=trainable,
                           restore=restore) if bias else None
        inference = tf.multiply(incoming, w)
        if b is not None:
            inference = tf.add(inference, b)
        inference = weights.activated(inference, activation)
    return weights.finished(inference, scope, w, b)


def highway(incoming, n_units, activation='linear', transform_dropout=None, weights_init='truncated_normal',
            bias_init='zeros', regularizer=None, weight_decay=0.001, trainable=True, restore=True, reuse=False, scope=None,
            name='FullyConnectedHighway'):
    """A layer whose gate lets inputs through (Srivastava et al., arXiv 1505.00387)."""
    input_shape = utils.get_incoming_shape(incoming)
    assert len(input_shape) > 1, 'Incoming Tensor shape must be at least 2-D'
    n_inputs = int(np.prod(input_shape[1:]))
    with tf.variable_scope(scope, default_name=name, values=[incoming], reuse=reuse) as scope:
        w = weights.weight('W', [n_inputs, n_units], weights_init, regularizer, weight_decay, trainable, restore)
        b = weights.weight('b', [n_units], bias_init, trainable=trainable, restore=restore)
        w_t = weights.weight('W_T', [n_inputs, n_units], weights_init, None, weight_decay, trainable, restore)
        b_t = weights.weight('b_T', [n_units], tf.constant_initializer(-1), trainable=trainable, restore=restore)
        x = tf.reshape(incoming, [-1, n_inputs]) if len(input_shape) > 2 else incoming
        h = weights.activated(tf.matmul(x, w) + b, activation)
        t = tf.sigmoid(tf.matmul(x, w_t) + b_t)
        if transform_dropout:
            t = dropout(t, transform_dropout)
        inference = tf.add(tf.multiply(h, t), tf.multiply(x, tf.subtract(1.0, t)))
        tf.add_to_collection(keys.ACTIVATIONS, inference)
    inference.W_t, inference.b_t = w_t, b_t
    return weights.finished(inference, scope, w, b)


def one_hot_encoding(target, n_classes, on_value=1.0, off_value=0.0, name='OneHotEncoding'):
    """Numbers of classes as vectors."""
    with tf.name_scope(name):
        if target.dtype not in (tf.int32, tf.int64):
            target = tf.cast(target, tf.int32)
        return tf.one_hot(target, n_classes, on_value=on_value, off_value=off_value)


def time_distributed(incoming, fn, args=None, scope=None):
    """A layer at each time step."""
    if not args:
        args = []
    assert isinstance(args, list), "'args' must be a list."
    if not isinstance(incoming, tf.Tensor):
        incoming = tf.transpose(tf.stack(incoming), [1, 0, 2])
    steps = tf.unstack(incoming, axis=1)
    outputs = [fn(step, scope=scope + '-' + str(i), *args) if scope else fn(step, *args) for i, step in enumerate(steps)]
    outputs = [tf.reshape(each, [-1, 1] + utils.get_incoming_shape(each)[1:]) for each in outputs]
    return tf.concat(outputs, 1)


def multi_target_data(name_list, shape, dtype=tf.float32):
    """Placeholders of targets, one after the other."""
    placeholders = []
    for name in name_list:
        with tf.name_scope(name):
            p = tf.placeholder(shape=shape, dtype=dtype, name='Y')
        if p not in tf.get_collection(keys.TARGETS):
            tf.add_to_collection(keys.TARGETS, p)
        placeholders.append(p)
    return tf.concat(placeholders, axis=0)
