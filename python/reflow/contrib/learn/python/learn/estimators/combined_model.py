"""The model of tf.contrib.learn that adds a linear model and a network, and its Estimators."""

import math

from reflow.contrib.learn.python.learn.estimators import column_estimators
from reflow.contrib.learn.python.learn.estimators import column_models
from reflow.contrib.learn.python.learn.estimators import estimator
from reflow.contrib.learn.python.learn.estimators import head as head_lib
from reflow.contrib.layers.python.layers import optimizers
from reflow.framework import ops
from reflow.ops import control_flow_ops
from reflow.ops import nn
from reflow.ops import state_ops
from reflow.training import sync_replicas_optimizer
from reflow.training import training_util
from reflow.util import deprecation

_FIX_DATE = '2017-04-15'
_FIX_INSTRUCTIONS = ('Please set fix_global_step_increment_bug=True and update training steps in your pipeline. See pydoc for '
                     'details.')


def _made(optimizer):
    optimizer = optimizer() if callable(optimizer) else optimizer
    if isinstance(optimizer, sync_replicas_optimizer.SyncReplicasOptimizer):
        raise ValueError('SyncReplicasOptimizer is not supported in DNNLinearCombined model. If you want to use this '
                         'optimizer, please use either DNN or Linear model.')
    return optimizer


def _combined_model_fn(features, labels, mode, params, config=None):
    head, linear_columns, dnn_columns = (params[name] for name in ('head', 'linear_feature_columns', 'dnn_feature_columns'))
    if not linear_columns and not dnn_columns:
        raise ValueError('Either linear_feature_columns or dnn_feature_columns must be defined.')
    features = column_models.feature_dict(features)
    linear_optimizer = _made(params['linear_optimizer'] or 'Ftrl')
    dnn_optimizer = _made(params['dnn_optimizer'] or 'Adagrad')
    parts = []
    if dnn_columns:
        if not params['dnn_hidden_units']:
            raise ValueError('dnn_hidden_units must be defined when dnn_feature_columns is specified.')
        with column_models.dnn_scope(features, config):
            parts.append(column_models.dnn_logits(
                features, dnn_columns, params['dnn_hidden_units'], head.logits_dimension, mode, config,
                params['dnn_activation_fn'] or nn.relu, params['dnn_dropout'], summary_separator='/',
                partitioner=params['input_layer_partitioner']))
    if linear_columns:
        with column_models.linear_scope(features, config) as scope:
            logits = column_models.linear_logits(features, linear_columns, head.logits_dimension, scope)
            column_models._add_layer_summary(logits, scope.name, '/')
            parts.append(logits)

    def train(loss):
        trained = []
        if dnn_columns:
            trained.append(_train(loss, 'dnn', column_models.DNN_LEARNING_RATE, dnn_optimizer, params))
        if linear_columns:
            rate = min(column_models.LINEAR_LEARNING_RATE, 1. / math.sqrt(len(linear_columns)))
            trained.append(_train(loss, 'linear', rate, linear_optimizer, params))
        train_op = control_flow_ops.group(*trained)
        if not params['fix_global_step_increment_bug']:
            return train_op
        global_step = training_util.get_global_step()
        with ops.control_dependencies([train_op]), ops.colocate_with(global_step):
            return state_ops.assign_add(global_step, 1).op

    return head.create_model_fn_ops(features=features, mode=mode, labels=labels, train_op_fn=train,
                                    logits=parts[0] + parts[1] if len(parts) == 2 else parts[0])


def _train(loss, part, learning_rate, optimizer, params):
    return optimizers.optimize_loss(
        loss=loss, global_step=training_util.get_global_step(), learning_rate=learning_rate, optimizer=optimizer,
        clip_gradients=params['gradient_clip_norm'], variables=ops.get_collection(part), name=part, summaries=[],
        increment_global_step=not params['fix_global_step_increment_bug'])


def _params(head, linear_feature_columns, linear_optimizer, joint_linear_weights, dnn_feature_columns, dnn_optimizer,
            dnn_hidden_units, dnn_activation_fn, dnn_dropout, gradient_clip_norm, embedding_lr_multipliers,
            fix_global_step_increment_bug, input_layer_partitioner=None):
    if not linear_feature_columns and not dnn_feature_columns:
        raise ValueError('Either linear_feature_columns or dnn_feature_columns must be defined.')
    if joint_linear_weights or embedding_lr_multipliers:
        raise NotImplementedError('Combined models of tf.contrib.learn take neither _joint_linear_weights nor '
                                  'embedding_lr_multipliers yet')
    return {'head': head, 'linear_feature_columns': tuple(linear_feature_columns or ()),
            'linear_optimizer': linear_optimizer, 'dnn_feature_columns': tuple(dnn_feature_columns or ()),
            'dnn_optimizer': dnn_optimizer, 'dnn_hidden_units': dnn_hidden_units, 'dnn_activation_fn': dnn_activation_fn,
            'dnn_dropout': dnn_dropout, 'gradient_clip_norm': gradient_clip_norm,
            'input_layer_partitioner': input_layer_partitioner,
            'fix_global_step_increment_bug': fix_global_step_increment_bug}


def _slices(config, min_slice_size):
    """The partitioner of the input layer; None: it is the usual one."""
    if not min_slice_size:
        return None
    return column_models._partitioner(config.num_ps_replicas if config else 0, min_slice_size)


class DNNLinearCombinedEstimator(estimator.Estimator):
    """A linear model and a network together, with a given head."""

    @deprecation.deprecated_arg_values(_FIX_DATE, _FIX_INSTRUCTIONS, fix_global_step_increment_bug=False)
    def __init__(self, head, model_dir=None, linear_feature_columns=None, linear_optimizer=None, _joint_linear_weights=False,
                 dnn_feature_columns=None, dnn_optimizer=None, dnn_hidden_units=None, dnn_activation_fn=None,
                 dnn_dropout=None, gradient_clip_norm=None, config=None, feature_engineering_fn=None,
                 embedding_lr_multipliers=None, fix_global_step_increment_bug=False, input_layer_partitioner=None):
        super().__init__(_combined_model_fn, model_dir, config, _params(
            head, linear_feature_columns, linear_optimizer, _joint_linear_weights, dnn_feature_columns, dnn_optimizer,
            dnn_hidden_units, dnn_activation_fn, dnn_dropout, gradient_clip_norm, embedding_lr_multipliers,
            fix_global_step_increment_bug, input_layer_partitioner), feature_engineering_fn)


class DNNLinearCombinedClassifier(column_estimators._Classifier):
    """A linear model and a network that classify together."""

    @deprecation.deprecated_arg_values(_FIX_DATE, _FIX_INSTRUCTIONS, fix_global_step_increment_bug=False)
    def __init__(self, model_dir=None, n_classes=2, weight_column_name=None, linear_feature_columns=None,
                 linear_optimizer=None, _joint_linear_weights=False, dnn_feature_columns=None, dnn_optimizer=None,
                 dnn_hidden_units=None, dnn_activation_fn=nn.relu, dnn_dropout=None, gradient_clip_norm=None,
                 enable_centered_bias=False, config=None, feature_engineering_fn=None, embedding_lr_multipliers=None,
                 input_layer_min_slice_size=None, label_keys=None, fix_global_step_increment_bug=False):
        head = head_lib.multi_class_head(n_classes, weight_column_name=weight_column_name,
                                         enable_centered_bias=enable_centered_bias, label_keys=label_keys)
        super().__init__(_combined_model_fn, model_dir, config, _params(
            head, linear_feature_columns, linear_optimizer, _joint_linear_weights, dnn_feature_columns, dnn_optimizer,
            dnn_hidden_units, dnn_activation_fn, dnn_dropout, gradient_clip_norm, embedding_lr_multipliers,
            fix_global_step_increment_bug, _slices(config, input_layer_min_slice_size)), feature_engineering_fn)


class DNNLinearCombinedRegressor(column_estimators._Regressor):
    """A linear model and a network that give numbers together."""

    @deprecation.deprecated_arg_values(_FIX_DATE, _FIX_INSTRUCTIONS, fix_global_step_increment_bug=False)
    def __init__(self, model_dir=None, weight_column_name=None, linear_feature_columns=None, linear_optimizer=None,
                 _joint_linear_weights=False, dnn_feature_columns=None, dnn_optimizer=None, dnn_hidden_units=None,
                 dnn_activation_fn=nn.relu, dnn_dropout=None, gradient_clip_norm=None, enable_centered_bias=False,
                 label_dimension=1, config=None, feature_engineering_fn=None, embedding_lr_multipliers=None,
                 input_layer_min_slice_size=None, fix_global_step_increment_bug=False):
        head = head_lib.regression_head(label_dimension=label_dimension, weight_column_name=weight_column_name,
                                        enable_centered_bias=enable_centered_bias)
        super().__init__(_combined_model_fn, model_dir, config, _params(
            head, linear_feature_columns, linear_optimizer, _joint_linear_weights, dnn_feature_columns, dnn_optimizer,
            dnn_hidden_units, dnn_activation_fn, dnn_dropout, gradient_clip_norm, embedding_lr_multipliers,
            fix_global_step_increment_bug, _slices(config, input_layer_min_slice_size)), feature_engineering_fn)
