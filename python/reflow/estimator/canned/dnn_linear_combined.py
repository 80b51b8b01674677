"""Estimators that add the logits of a network and of a linear model, each with an optimizer of its own."""

import math

from reflow.estimator import estimator
from reflow.estimator.canned import dnn
from reflow.estimator.canned import head as head_lib
from reflow.estimator.canned import linear
from reflow.estimator.canned import optimizers
from reflow.estimator.canned.dnn_model import add_hidden_layer_summary
from reflow.framework import ops
from reflow.ops import nn
from reflow.ops.losses import losses
from reflow.training import training_util

_DNN_LEARNING_RATE = 0.001
_LINEAR_LEARNING_RATE = 0.005


def _checked_optimizer(optimizer, learning_rate):
    from reflow.training import sync_replicas_optimizer
    optimizer = optimizers.get_optimizer_instance(optimizer, learning_rate=learning_rate)
    if isinstance(optimizer, sync_replicas_optimizer.SyncReplicasOptimizer):
        raise ValueError('SyncReplicasOptimizer does not support multi optimizers case. Therefore, it is not supported in '
                         'DNNLinearCombined model. If you want to use this optimizer, please use either DNN or Linear model.')
    return optimizer


def _linear_learning_rate(num_linear_feature_columns):
    return min(_LINEAR_LEARNING_RATE, 1. / math.sqrt(num_linear_feature_columns))


class _Side:
    """The logits of one of the two models, its variables' scope and its optimizer."""

    def __init__(self, logits, scope, optimizer):
        self.logits = logits
        self._scope = scope
        self._optimizer = optimizer

    def minimize(self, loss):
        """The operation that trains this side."""
        return self._optimizer.minimize(
            loss, var_list=ops.get_collection(ops.GraphKeys.TRAINABLE_VARIABLES, scope=self._scope))


def _dnn_side(features, mode, units, columns, hidden_units, optimizer, activation_fn, dropout, batch_norm,
              num_ps_replicas, input_layer_partitioner):
    from reflow.ops import partitioned_variables
    from reflow.ops import variable_scope
    optimizer = _checked_optimizer(optimizer, _DNN_LEARNING_RATE)
    if not hidden_units:
        raise ValueError('dnn_hidden_units must be defined when dnn_feature_columns is specified.')
    partitioner = partitioned_variables.min_max_variable_partitioner(max_partitions=num_ps_replicas)
    with variable_scope.variable_scope('dnn', values=tuple(features.values()), partitioner=partitioner) as scope:
        logit_fn = dnn.dnn_logit_fn_builder(
            units=units, hidden_units=hidden_units, feature_columns=columns, activation_fn=activation_fn, dropout=dropout,
            batch_norm=batch_norm, input_layer_partitioner=input_layer_partitioner)
        return _Side(logit_fn(features=features, mode=mode), scope.name, optimizer)


def _linear_side(features, units, columns, optimizer, sparse_combiner, partitioner):
    from reflow.ops import variable_scope
    optimizer = _checked_optimizer(optimizer, _linear_learning_rate(len(columns)))
    with variable_scope.variable_scope('linear', values=tuple(features.values()), partitioner=partitioner) as scope:
        logit_fn = linear.linear_logit_fn_builder(units=units, feature_columns=columns, sparse_combiner=sparse_combiner)
        logits = logit_fn(features=features)
        add_hidden_layer_summary(logits, scope.name)
        return _Side(logits, scope.name, optimizer)


def _dnn_linear_combined_model_fn(features, labels, mode, head, linear_feature_columns=None, linear_optimizer='Ftrl',
                                  dnn_feature_columns=None, dnn_optimizer='Adagrad', dnn_hidden_units=None,
                                  dnn_activation_fn=nn.relu, dnn_dropout=None, input_layer_partitioner=None, config=None,
                                  batch_norm=False, linear_sparse_combiner='sum'):
    """The EstimatorSpec of both models, or of the one that has columns."""
    from reflow.ops import control_flow_ops
    from reflow.ops import partitioned_variables
    from reflow.ops import state_ops
    dnn.check_features(features)
    _validate_feature_columns(linear_feature_columns, dnn_feature_columns)
    num_ps_replicas = config.num_ps_replicas if config else 0
    input_layer_partitioner = input_layer_partitioner or partitioned_variables.min_max_variable_partitioner(
        max_partitions=num_ps_replicas, min_slice_size=64 << 20)
    sides = []
    if dnn_feature_columns:
        sides.append(_dnn_side(
            features, mode, head.logits_dimension, dnn_feature_columns, dnn_hidden_units, dnn_optimizer, dnn_activation_fn,
            dnn_dropout, batch_norm, num_ps_replicas, input_layer_partitioner))
    if linear_feature_columns:
        sides.append(_linear_side(features, head.logits_dimension, linear_feature_columns, linear_optimizer,
                                  linear_sparse_combiner, input_layer_partitioner))
    logits = sides[0].logits + sides[1].logits if len(sides) > 1 else sides[0].logits

    def _train_op_fn(loss):
        global_step = training_util.get_global_step()
        train_op = control_flow_ops.group(*[side.minimize(loss) for side in sides])
        with ops.control_dependencies([train_op]):
            return state_ops.assign_add(global_step, 1).op

    return head.create_estimator_spec(
        features=features, mode=mode, labels=labels, train_op_fn=_train_op_fn, logits=logits)


def _validate_feature_columns(linear_feature_columns, dnn_feature_columns):
    columns = list(linear_feature_columns or []) + list(dnn_feature_columns or [])
    if not columns:
        raise ValueError('Either linear_feature_columns or dnn_feature_columns must be defined.')
    return columns


def _make_model_fn(head, linear_feature_columns, linear_optimizer, dnn_feature_columns, dnn_optimizer, dnn_hidden_units,
                   dnn_activation_fn, dnn_dropout, input_layer_partitioner, batch_norm, linear_sparse_combiner):
    def _model_fn(features, labels, mode, config):
        return _dnn_linear_combined_model_fn(
            features=features, labels=labels, mode=mode, head=head, linear_feature_columns=linear_feature_columns,
            linear_optimizer=linear_optimizer, dnn_feature_columns=dnn_feature_columns, dnn_optimizer=dnn_optimizer,
            dnn_hidden_units=dnn_hidden_units, dnn_activation_fn=dnn_activation_fn, dnn_dropout=dnn_dropout,
            input_layer_partitioner=input_layer_partitioner, config=config, batch_norm=batch_norm,
            linear_sparse_combiner=linear_sparse_combiner)
    return _model_fn


class DNNLinearCombinedClassifier(estimator.Estimator):
    """A network and a linear model that classify."""

    def __init__(self, model_dir=None, linear_feature_columns=None, linear_optimizer='Ftrl', dnn_feature_columns=None,
                 dnn_optimizer='Adagrad', dnn_hidden_units=None, dnn_activation_fn=nn.relu, dnn_dropout=None, n_classes=2,
                 weight_column=None, label_vocabulary=None, input_layer_partitioner=None, config=None,
                 warm_start_from=None, loss_reduction=losses.Reduction.SUM, batch_norm=False,
                 linear_sparse_combiner='sum'):
        self._feature_columns = _validate_feature_columns(linear_feature_columns, dnn_feature_columns)
        head = head_lib._binary_logistic_or_multi_class_head(n_classes, weight_column, label_vocabulary, loss_reduction)
        super().__init__(
            _make_model_fn(head, linear_feature_columns, linear_optimizer, dnn_feature_columns, dnn_optimizer, dnn_hidden_units,
                           dnn_activation_fn, dnn_dropout, input_layer_partitioner, batch_norm, linear_sparse_combiner),
            model_dir=model_dir, config=config, warm_start_from=warm_start_from)


class DNNLinearCombinedEstimator(estimator.Estimator):
    """A network and a linear model for any head."""

    def __init__(self, head, model_dir=None, linear_feature_columns=None, linear_optimizer='Ftrl', dnn_feature_columns=None,
                 dnn_optimizer='Adagrad', dnn_hidden_units=None, dnn_activation_fn=nn.relu, dnn_dropout=None,
                 input_layer_partitioner=None, config=None, linear_sparse_combiner='sum'):
        self._feature_columns = _validate_feature_columns(linear_feature_columns, dnn_feature_columns)
        super().__init__(
            _make_model_fn(head, linear_feature_columns, linear_optimizer, dnn_feature_columns, dnn_optimizer, dnn_hidden_units,
                           dnn_activation_fn, dnn_dropout, input_layer_partitioner, False, linear_sparse_combiner),
            model_dir=model_dir, config=config)


class DNNLinearCombinedRegressor(estimator.Estimator):
    """A network and a linear model that give numbers."""

    def __init__(self, model_dir=None, linear_feature_columns=None, linear_optimizer='Ftrl', dnn_feature_columns=None,
                 dnn_optimizer='Adagrad', dnn_hidden_units=None, dnn_activation_fn=nn.relu, dnn_dropout=None,
                 label_dimension=1, weight_column=None, input_layer_partitioner=None, config=None, warm_start_from=None,
                 loss_reduction=losses.Reduction.SUM, batch_norm=False, linear_sparse_combiner='sum'):
        self._feature_columns = _validate_feature_columns(linear_feature_columns, dnn_feature_columns)
        head = head_lib._regression_head(
            label_dimension=label_dimension, weight_column=weight_column, loss_reduction=loss_reduction)
        super().__init__(
            _make_model_fn(head, linear_feature_columns, linear_optimizer, dnn_feature_columns, dnn_optimizer, dnn_hidden_units,
                           dnn_activation_fn, dnn_dropout, input_layer_partitioner, batch_norm, linear_sparse_combiner),
            model_dir=model_dir, config=config, warm_start_from=warm_start_from)
