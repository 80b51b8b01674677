"""Estimators of linear models."""

import math

from reflow.estimator import estimator
from reflow.estimator.canned import head as head_lib
from reflow.estimator.canned import optimizers
from reflow.estimator.canned import sdca
from reflow.estimator.canned.dnn import check_features
from reflow.estimator.head import binary_class_head
from reflow.estimator.head import regression_head
from reflow.estimator.mode_keys import ModeKeys
from reflow.feature_column import base_columns
from reflow.feature_column import feature_layers
from reflow.feature_column import linear_models
from reflow.framework import dtypes
from reflow.framework import ops
from reflow.ops import variables as variables_lib
from reflow.ops.losses import losses
from reflow.training import training_util

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


class LinearSDCA:
    """An optimizer for linear models: stochastic dual coordinate ascent over examples that a column names."""

    def __init__(self, example_id_column, num_loss_partitions=1, num_table_shards=None, symmetric_l1_regularization=0.0,
                 symmetric_l2_regularization=1.0, adaptive=False):
        self._example_id_column = example_id_column
        self._num_loss_partitions = num_loss_partitions
        self._num_table_shards = num_table_shards
        self._symmetric_l1_regularization = symmetric_l1_regularization
        self._symmetric_l2_regularization = symmetric_l2_regularization
        self._adaptive = adaptive

    def get_train_step(self, state_manager, weight_column_name, loss_type, feature_columns, features, targets, bias_var,
                       global_step):
        """(the SdcaModel, the operation that trains with a batch)"""
        from reflow.ops import array_ops
        from reflow.ops import math_ops
        batch_size = array_ops.shape(targets)[0]
        cache = base_columns.FeatureTransformationCache(features)
        sparse, dense, sparse_weights, dense_weights = [], [], [], []
        for column in sorted(feature_columns, key=lambda column: column.name):
            if isinstance(column, base_columns.CategoricalColumn):
                sparse.append(_unique_ids(column.get_sparse_tensors(cache, state_manager)))
                sparse_weights.append(_parts([state_manager.get_variable(column, 'weights')]))
            elif isinstance(column, base_columns.DenseColumn):
                if column.variable_shape.ndims != 1:
                    raise ValueError('Column %s has rank %d, larger than 1.' % (
                        type(column).__name__, column.variable_shape.ndims))
                dense.append(column.get_dense_tensor(cache, state_manager))
                dense_weights.append(_parts([state_manager.get_variable(column, 'weights')]))
            else:
                raise ValueError('LinearSDCA does not support column type %s.' % type(column).__name__)
        dense.append(array_ops.ones([batch_size, 1]))
        dense_weights.append(_parts([bias_var]))
        weights = (array_ops.reshape(features[weight_column_name], shape=[-1]) if weight_column_name
                   else array_ops.ones([batch_size]))
        labels = math_ops.to_float(array_ops.reshape(targets, shape=[-1]))
        model = sdca.SdcaModel(
            sdca.Examples(sparse, dense, labels, weights, features[self._example_id_column]), sparse_weights, dense_weights,
            loss_type, self._symmetric_l1_regularization, self._symmetric_l2_regularization, self._num_loss_partitions,
            self._adaptive, self._num_table_shards or 1)
        return model, model.minimize(global_step=global_step)


def _unique_ids(id_weight_pair):
    """SparseFeatures in which an example has each id once, with the sum of its weights."""
    from reflow.ops import array_ops
    from reflow.ops import math_ops
    ids = id_weight_pair.id_tensor
    if id_weight_pair.weight_tensor is not None:
        weights = id_weight_pair.weight_tensor.values
    else:
        weights = array_ops.ones([array_ops.shape(ids.indices)[0]], dtypes.float32)
    examples = array_ops.reshape(ids.indices[:, 0], [-1])
    flat = math_ops.to_int64(array_ops.reshape(ids.values, [-1]))
    is_valid = math_ops.greater_equal(flat, 0)
    flat, examples, weights = [array_ops.boolean_mask(each, is_valid) for each in (flat, examples, weights)]
    number = math_ops.reduce_max(flat) + 1
    together, places = array_ops.unique(number * examples + flat)
    count = array_ops.shape(together)[0]
    of_examples = math_ops.unsorted_segment_min(examples, places, count)
    return sdca.SparseFeatures(of_examples, together - number * of_examples, array_ops.reshape(
        math_ops.unsorted_segment_sum(weights, places, count), [-1]))


def _check_sdca(optimizer, feature_columns, sparse_combiner, is_simple, otherwise):
    """Raises ValueError where LinearSDCA can't train the model."""
    if isinstance(optimizer, LinearSDCA):
        if sparse_combiner != 'sum':
            raise ValueError('sparse_combiner must be "sum" when optimizer is a LinearSDCA object.')
        if not base_columns.is_feature_column_v2(feature_columns):
            raise ValueError('V2 feature columns required when optimizer is a LinearSDCA object.')
        if not is_simple:
            raise ValueError(otherwise)


def _sdca_model_fn(features, labels, mode, head, feature_columns, optimizer):
    """The EstimatorSpec of a linear model that LinearSDCA trains."""
    if isinstance(head, (binary_class_head.BinaryClassHead, head_lib._BinaryLogisticHeadWithSigmoidCrossEntropyLoss)):
        loss_type = 'logistic_loss'
    elif isinstance(head, (regression_head.RegressionHead, head_lib._RegressionHeadWithMeanSquaredErrorLoss)):
        loss_type = 'squared_loss'
    else:
        raise ValueError('Unsupported head type: {}'.format(head))
    model = feature_layers.LinearModel(feature_columns=feature_columns, units=1, sparse_combiner='sum', name='linear_model')
    logits = model(features)
    bias = _parts([model.bias])
    write_weights(1, bias, [each for each in _parts(model.variables) if all(each is not part for part in bias)])
    if mode != ModeKeys.TRAIN:
        return head.create_estimator_spec(features=features, mode=mode, labels=labels, logits=logits)
    sdca_model, train_op = optimizer.get_train_step(
        model.layer._state_manager, head._weight_column, loss_type, feature_columns, features, labels, model.bias,
        training_util.get_global_step())
    spec = head.create_estimator_spec(features=features, mode=mode, labels=labels, train_op_fn=lambda loss: train_op,
                                      logits=logits)
    return spec._replace(training_chief_hooks=spec.training_chief_hooks + (sdca.UpdateWeightsHook(sdca_model, train_op),))


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
        if isinstance(optimizer, LinearSDCA):
            return _sdca_model_fn(features, labels, mode, head, feature_columns, optimizer)
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
        _check_sdca(optimizer, feature_columns, sparse_combiner, n_classes == 2,
                    'LinearSDCA cannot be used in a multi-class setting.')
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
        _check_sdca(optimizer, feature_columns, sparse_combiner, label_dimension == 1,
                    'LinearSDCA can only be used with one-dimensional label.')
        head = head_lib._regression_head(
            label_dimension=label_dimension, weight_column=weight_column, loss_reduction=loss_reduction)
        super().__init__(_make_model_fn(head, feature_columns, optimizer, partitioner, sparse_combiner), model_dir=model_dir,
                         config=config, warm_start_from=warm_start_from)
