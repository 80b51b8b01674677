"""Estimators of linear models."""

import math

from reflow.estimator import estimator
from reflow.estimator.canned import head as head_lib
from reflow.estimator.canned import optimizers
from reflow.estimator.canned.dnn import check_features
from reflow.feature_column import base_columns
from reflow.feature_column import feature_layers
from reflow.feature_column import linear_models
from reflow.framework import dtypes
from reflow.framework import ops
from reflow.ops import variables as variables_lib
from reflow.ops.losses import losses

_LEARNING_RATE = 0.2


def _get_default_optimizer(feature_columns):
    from reflow.training import ftrl
    return ftrl.FtrlOptimizer(learning_rate=min(_LEARNING_RATE, 1.0 / math.sqrt(len(feature_columns))))


def _parts(variables):
    """The variables, of those that are partitioned the parts."""
    parts = []
    for variable in variables:
        parts.extend(variable if isinstance(variable, (list, variables_lib.PartitionedVariable)) else [variable])
    return parts


def _compute_fraction_of_zero(variables):
    """How much of the variables is zero, NaN if they have no elements."""
    from reflow.framework import constant_op
    from reflow.ops import array_ops
    from reflow.ops import control_flow_ops
    from reflow.ops import math_ops
    from reflow.ops import nn

    def zero_count(variable, size):
        return control_flow_ops.cond(
            math_ops.equal(size, constant_op.constant(0, dtype=dtypes.int64)),
            true_fn=lambda: constant_op.constant(0, dtype=dtypes.float32),
            false_fn=lambda: nn.zero_fraction(variable) * math_ops.to_float(size), name='zero_count')

    with ops.name_scope('zero_fraction'):
        with ops.name_scope('total_size'):
            sizes = [array_ops.size(variable, out_type=dtypes.int64) for variable in variables]
            total_size = math_ops.add_n(sizes)
        with ops.name_scope('total_zero'):
            total_zero = math_ops.add_n([zero_count(variable, size) for variable, size in zip(variables, sizes)])
        with ops.name_scope('compute'):
            fraction = total_zero / math_ops.cast(total_size, dtype=dtypes.float32, name='float32_size')
        return array_ops.identity(fraction, name='zero_fraction_or_nan')


def linear_logit_fn_builder(units, feature_columns, sparse_combiner='sum'):
    """A function of features that gives logits [batch_size, units]."""

    def linear_logit_fn(features):
        logits, bias, variables = _linear_model(units, feature_columns, sparse_combiner, features)
        write_weights(units, bias, variables)
        return logits

    return linear_logit_fn


def _linear_model(units, feature_columns, sparse_combiner, features):
    """(logits, parts of the bias, parts of all other variables)"""
    arguments = dict(feature_columns=feature_columns, units=units, sparse_combiner=sparse_combiner, name='linear_model')
    if base_columns.is_feature_column_v2(feature_columns):
        model = feature_layers.LinearModel(**arguments)
        logits = model(features)
        bias = _parts([model.bias])
        variables = [variable for variable in _parts(model.variables) if all(variable is not part for part in bias)]
    else:
        model = linear_models._LinearModel(**arguments)
        logits = model(features)
        columns = dict(model.cols_to_vars())
        bias = columns.pop('bias')
        variables = _parts(columns.values())
    return logits, bias, variables


def write_weights(units, bias, variables):
    """Summaries of the bias and of how many weights are zero."""
    from reflow.summary import summary
    if units > 1:
        summary.histogram('bias', bias)
    else:
        summary.scalar('bias', bias[0][0])
    summary.scalar('fraction_of_zero_weights', _compute_fraction_of_zero(variables))


def _linear_model_fn(features, labels, mode, head, feature_columns, optimizer, partitioner, config,
                     sparse_combiner='sum'):
    """The EstimatorSpec of a linear model."""
    from reflow.ops import partitioned_variables
    from reflow.ops import variable_scope
    check_features(features)
    num_ps_replicas = config.num_ps_replicas if config else 0
    partitioner = partitioner or partitioned_variables.min_max_variable_partitioner(
        max_partitions=num_ps_replicas, min_slice_size=64 << 20)
    with variable_scope.variable_scope('linear', values=tuple(features.values()), partitioner=partitioner):
        logit_fn = linear_logit_fn_builder(
            units=head.logits_dimension, feature_columns=feature_columns, sparse_combiner=sparse_combiner)
        logits = logit_fn(features=features)
        optimizer = optimizers.get_optimizer_instance(
            optimizer or _get_default_optimizer(feature_columns), learning_rate=_LEARNING_RATE)
        return head.create_estimator_spec(features=features, mode=mode, labels=labels, optimizer=optimizer, logits=logits)


def _make_model_fn(head, feature_columns, optimizer, partitioner, sparse_combiner):
    def _model_fn(features, labels, mode, config):
        return _linear_model_fn(
            features=features, labels=labels, mode=mode, head=head, feature_columns=tuple(feature_columns or []),
            optimizer=optimizer, partitioner=partitioner, config=config, sparse_combiner=sparse_combiner)
    return _model_fn


class LinearClassifier(estimator.Estimator):
    """A linear model that classifies."""

    def __init__(self, feature_columns, model_dir=None, n_classes=2, weight_column=None, label_vocabulary=None,
                 optimizer='Ftrl', config=None, partitioner=None, warm_start_from=None,
                 loss_reduction=losses.Reduction.SUM, sparse_combiner='sum'):
        head = head_lib._binary_logistic_or_multi_class_head(n_classes, weight_column, label_vocabulary, loss_reduction)
        super().__init__(_make_model_fn(head, feature_columns, optimizer, partitioner, sparse_combiner), model_dir=model_dir,
                         config=config, warm_start_from=warm_start_from)


class LinearEstimator(estimator.Estimator):
    """A linear model for any head."""

    def __init__(self, head, feature_columns, model_dir=None, optimizer='Ftrl', config=None, partitioner=None,
                 sparse_combiner='sum'):
        super().__init__(_make_model_fn(head, feature_columns, optimizer, partitioner, sparse_combiner), model_dir=model_dir,
                         config=config)


class LinearRegressor(estimator.Estimator):
    """A linear model that gives numbers."""

    def __init__(self, feature_columns, model_dir=None, label_dimension=1, weight_column=None, optimizer='Ftrl',
                 config=None, partitioner=None, warm_start_from=None, loss_reduction=losses.Reduction.SUM,
                 sparse_combiner='sum'):
        head = head_lib._regression_head(
            label_dimension=label_dimension, weight_column=weight_column, loss_reduction=loss_reduction)
        super().__init__(_make_model_fn(head, feature_columns, optimizer, partitioner, sparse_combiner), model_dir=model_dir,
                         config=config, warm_start_from=warm_start_from)
