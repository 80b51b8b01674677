"""How a network is trained: the loss, the metric, the optimizer."""

import reflow.tensorflow as tf
from reflow.tflearn import keys
from reflow.tflearn import metrics
from reflow.tflearn import objectives
from reflow.tflearn import optimizers
from reflow.tflearn import utils
from reflow.tflearn.helpers.trainer import TrainOp
from reflow.tflearn.layers import core


def regression(incoming, placeholder='default', optimizer='adam', loss='categorical_crossentropy', metric='default',
               learning_rate=0.001, dtype=tf.float32, batch_size=64, shuffle_batches=True, to_one_hot=False, n_classes=None,
               trainable_vars=None, restore=True, op_name=None, validation_monitors=None, validation_batch_size=None,
               name=None):
    """Says how a network is trained; gives the network."""
    input_shape = utils.get_incoming_shape(incoming)
    if placeholder == 'default':
        with tf.name_scope(name or 'TargetsData'):
            placeholder = tf.placeholder(shape=[None] if to_one_hot else input_shape, dtype=dtype, name='Y')
    if placeholder is not None and placeholder not in tf.get_collection(keys.TARGETS):
        tf.add_to_collection(keys.TARGETS, placeholder)
    if to_one_hot:
        if n_classes is None:
            raise Exception("'n_classes' is required when using 'to_one_hot'.")
        placeholder = core.one_hot_encoding(placeholder, n_classes)
    optimizer, step_tensor, op_name = _optimizer(optimizer, learning_rate, op_name)
    inputs = tf.get_collection(keys.INPUTS)
    if len(input_shape) == 1 and metric == 'default' or not isinstance(metric, tf.Tensor) and placeholder is None:
        metric = None
    if metric is not None:
        metric = _metric(metric, incoming, placeholder, inputs)
    if isinstance(loss, str):
        loss = objectives.get(loss)(incoming, placeholder)
    elif callable(loss) and not isinstance(loss, tf.Tensor):
        loss = loss(incoming, placeholder)
    elif not isinstance(loss, tf.Tensor):
        raise ValueError('Invalid Loss type.')
    if not restore:
        tf.add_to_collection(keys.EXCL_RESTORE_VARS, 'moving_avg')
        tf.add_to_collection(keys.EXCL_RESTORE_VARS, optimizer._name + '/')
    train_op = TrainOp(loss=loss, optimizer=optimizer, metric=metric,
                       trainable_vars=trainable_vars or tf.trainable_variables(), batch_size=batch_size,
                       shuffle=shuffle_batches, step_tensor=step_tensor, validation_monitors=validation_monitors,
                       validation_batch_size=validation_batch_size, name=op_name)
    tf.add_to_collection(keys.TRAIN_OPS, train_op)
    if not hasattr(incoming, '__len__') or isinstance(incoming, tf.Tensor):
        incoming.placeholder = placeholder
    return incoming


def _optimizer(optimizer, learning_rate, op_name):
    """(optimizer of tf.train, variable of steps, name)"""
    step_tensor = None
    if isinstance(optimizer, str):
        made = optimizers.get(optimizer)(learning_rate)
        made.build()
        return made.get_tensor(), None, op_name or type(made).__name__
    if isinstance(optimizer, optimizers.Optimizer):
        if optimizer.has_decay:
            step_tensor = tf.Variable(0., name='Training_step', trainable=False)
        optimizer.build(step_tensor)
        return optimizer.get_tensor(), step_tensor, op_name or type(optimizer).__name__
    if isinstance(optimizer, tf.train.Optimizer):
        return optimizer, None, op_name
    if callable(optimizer):
        made, step_tensor = optimizer(learning_rate)
        return made, step_tensor, op_name
    raise ValueError('Invalid Optimizer type.')


def _metric(metric, incoming, placeholder, inputs):
    if metric == 'default':
        metric = 'accuracy'
    if isinstance(metric, str):
        metric = metrics.get(metric)()
    if isinstance(metric, metrics.Metric):
        metric.build(incoming, placeholder, inputs)
        return metric.get_tensor()
    if isinstance(metric, tf.Tensor):
        return metric
    if callable(metric):
        return metric(incoming, placeholder, inputs)
    raise ValueError('Invalid Metric type.')
