"""The models of tf.contrib.learn over feature columns: linear ones, networks, and both."""

import math

from reflow.contrib.layers.python.layers import feature_column as contrib_columns
from reflow.contrib.layers.python.layers import feature_column_ops
from reflow.contrib.layers.python.layers import layers
from reflow.contrib.layers.python.layers import optimizers
from reflow.contrib.learn.python.learn.estimators import model_fn as model_fn_lib
from reflow.feature_column import feature_column as fc_core
from reflow.framework import ops
from reflow.ops import nn
from reflow.training import training_util

DNN_LEARNING_RATE = 0.05
LINEAR_LEARNING_RATE = 0.2
_ACTIVATIONS = {'relu': nn.relu, 'tanh': nn.tanh, 'sigmoid': nn.sigmoid}


def feature_dict(features):
    """The features by name; the only one has the empty name."""
    return features if isinstance(features, dict) else {'': features}


def _are_contrib(columns):
    return all(isinstance(column, contrib_columns._FeatureColumn) for column in columns)


def _activation(activation_fn):
    if not isinstance(activation_fn, str):
        return activation_fn
    if activation_fn not in _ACTIVATIONS:
        raise ValueError('Activation name should be one of [%s], you provided %s.' % (', '.join(_ACTIVATIONS), activation_fn))
    return _ACTIVATIONS[activation_fn]


def _add_layer_summary(value, tag, separator):
    from reflow.summary import summary
    summary.scalar('%s%sfraction_of_zero_values' % (tag, separator), nn.zero_fraction(value))
    summary.histogram('%s%sactivation' % (tag, separator), value)


def _partitioner(num_ps_replicas, min_slice_size):
    from reflow.ops import partitioned_variables
    return partitioned_variables.min_max_variable_partitioner(
        max_partitions=num_ps_replicas, min_slice_size=min_slice_size)


def dnn_scope(features, config):
    """The scope dnn, with its partitioner."""
    from reflow.ops import variable_scope
    return variable_scope.variable_scope('dnn', values=tuple(features.values()), partitioner=_partitioner(
        config.num_ps_replicas if config else 0, 256 << 10))


def dnn_logits(features, columns, hidden_units, units, mode, config, activation_fn=nn.relu, dropout=None,
               min_slice_size=None, summary_separator='_', partitioner=None):
    """[batch_size, units] of a network, with variables in the collection dnn; in dnn_scope."""
    from reflow.ops import variable_scope
    with variable_scope.variable_scope('input_from_feature_columns', values=tuple(features.values()),
                                       partitioner=partitioner or _partitioner(config.num_ps_replicas if config else 0,
                                                                               min_slice_size or 64 << 20)) as scope:
        if _are_contrib(columns):
            net = feature_column_ops.input_from_feature_columns(
                features, columns, weight_collections=['dnn'], scope=scope)
        else:
            net = fc_core.input_layer(features=features, feature_columns=columns, weight_collections=['dnn'])
    for i, size in enumerate(hidden_units):
        with variable_scope.variable_scope('hiddenlayer_%d' % i, values=(net,)) as scope:
            net = layers.fully_connected(net, size, activation_fn=_activation(activation_fn),
                                         variables_collections=['dnn'], scope=scope)
            if dropout is not None and mode == model_fn_lib.ModeKeys.TRAIN:
                net = layers.dropout(net, keep_prob=1.0 - dropout)
        _add_layer_summary(net, scope.name, summary_separator)
    with variable_scope.variable_scope('logits', values=(net,)) as scope:
        logits = layers.fully_connected(net, units, activation_fn=None, variables_collections=['dnn'], scope=scope)
    _add_layer_summary(logits, scope.name, summary_separator)
    return logits


def linear_scope(features, config):
    """The scope linear, with its partitioner."""
    from reflow.ops import variable_scope
    return variable_scope.variable_scope('linear', values=tuple(features.values()), partitioner=_partitioner(
        config.num_ps_replicas if config else 0, 64 << 20))


def linear_logits(features, columns, units, scope):
    """[batch_size, units] of a linear model, with variables in the collection linear; in linear_scope."""
    if _are_contrib(columns):
        return feature_column_ops.weighted_sum_from_feature_columns(
            features, columns, num_outputs=units, weight_collections=['linear'], scope=scope)[0]
    return fc_core.linear_model(features=features, feature_columns=columns, units=units, weight_collections=['linear'])


def _made(optimizer):
    return optimizer() if callable(optimizer) else optimizer


def train_dnn(loss, optimizer, gradient_clip_norm):
    """The operation that trains the network."""
    return optimizers.optimize_loss(
        loss=loss, global_step=training_util.get_global_step(), learning_rate=DNN_LEARNING_RATE,
        optimizer=_made(optimizer) or 'Adagrad', clip_gradients=gradient_clip_norm, name='dnn', summaries=[])


def train_linear(loss, optimizer, columns, gradient_clip_norm, global_step):
    """The operation that trains the linear model."""
    from reflow.ops import clip_ops
    from reflow.ops import gradients_impl
    from reflow.training import ftrl
    variables = ops.get_collection('linear')
    gradients = gradients_impl.gradients(loss, variables)
    if gradient_clip_norm:
        gradients, _ = clip_ops.clip_by_global_norm(gradients, gradient_clip_norm)
    optimizer = _made(optimizer)
    if optimizer is None:
        optimizer = ftrl.FtrlOptimizer(learning_rate=min(LINEAR_LEARNING_RATE, 1.0 / math.sqrt(len(columns))))
    elif isinstance(optimizer, str):
        optimizer = optimizers.OPTIMIZER_CLS_NAMES[optimizer](learning_rate=LINEAR_LEARNING_RATE)
    return optimizer.apply_gradients(zip(gradients, variables), global_step=global_step)


def _dnn_model_fn(features, labels, mode, params, config=None):
    features = feature_dict(features)
    head = params['head']
    with dnn_scope(features, config):
        logits = dnn_logits(features, params['feature_columns'], params['hidden_units'], head.logits_dimension, mode,
                            config, params['activation_fn'], params['dropout'], params['input_layer_min_slice_size'])
        return head.create_model_fn_ops(
            features=features, mode=mode, labels=labels, logits=logits,
            train_op_fn=lambda loss: train_dnn(loss, params['optimizer'], params['gradient_clip_norm']))


def _linear_model_fn(features, labels, mode, params, config=None):
    features = feature_dict(features)
    head, columns = params['head'], params['feature_columns']
    with linear_scope(features, config) as scope:
        logits = linear_logits(features, columns, head.logits_dimension, scope)
        return head.create_model_fn_ops(
            features=features, mode=mode, labels=labels, logits=logits, train_op_fn=lambda loss: train_linear(
                loss, params['optimizer'], columns, params['gradient_clip_norm'], training_util.get_global_step()))
