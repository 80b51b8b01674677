"""Estimators of networks of fully connected layers."""

from reflow.estimator import estimator
from reflow.estimator.canned import head as head_lib
from reflow.estimator.canned import optimizers
from reflow.estimator.canned.dnn_model import _DNNModel, add_hidden_layer_summary  # noqa: F401
from reflow.ops import nn
from reflow.ops.losses import losses

_LEARNING_RATE = 0.05


def dnn_logit_fn_builder(units, hidden_units, feature_columns, activation_fn, dropout, input_layer_partitioner,
                         batch_norm):
    """A function of features and mode that gives logits [batch_size, units]."""
    if not isinstance(units, int):
        raise ValueError('units must be an int.  Given type: {}'.format(type(units)))

    def dnn_logit_fn(features, mode):
        model = _DNNModel(units, hidden_units, feature_columns, activation_fn, dropout, input_layer_partitioner, batch_norm,
                          name='dnn')
        return model(features, mode)

    return dnn_logit_fn


def _dnn_model_fn(features, labels, mode, head, hidden_units, feature_columns, optimizer='Adagrad', activation_fn=nn.relu,
                  dropout=None, input_layer_partitioner=None, config=None, batch_norm=False):
    """The EstimatorSpec of a network."""
    from reflow.ops import partitioned_variables
    from reflow.ops import variable_scope
    optimizer = optimizers.get_optimizer_instance(optimizer, learning_rate=_LEARNING_RATE)
    check_features(features)
    num_ps_replicas = config.num_ps_replicas if config else 0
    partitioner = partitioned_variables.min_max_variable_partitioner(max_partitions=num_ps_replicas)
    with variable_scope.variable_scope('dnn', values=tuple(features.values()), partitioner=partitioner):
        input_layer_partitioner = input_layer_partitioner or partitioned_variables.min_max_variable_partitioner(
            max_partitions=num_ps_replicas, min_slice_size=64 << 20)
        logit_fn = dnn_logit_fn_builder(
            units=head.logits_dimension, hidden_units=hidden_units, feature_columns=feature_columns,
            activation_fn=activation_fn, dropout=dropout, input_layer_partitioner=input_layer_partitioner,
            batch_norm=batch_norm)
        logits = logit_fn(features=features, mode=mode)
        return head.create_estimator_spec(features=features, mode=mode, labels=labels, optimizer=optimizer, logits=logits)


def check_features(features):
    """Raises ValueError unless features are a dictionary."""
    if not isinstance(features, dict):
        raise ValueError('features should be a dictionary of `Tensor`s. Given type: {}'.format(type(features)))


class DNNEstimator(estimator.Estimator):
    """A network for any head."""

    def __init__(self, head, hidden_units, feature_columns, model_dir=None, optimizer='Adagrad', activation_fn=nn.relu,
                 dropout=None, input_layer_partitioner=None, config=None, warm_start_from=None, batch_norm=False):
        def _model_fn(features, labels, mode, config):
            return _dnn_model_fn(
                features=features, labels=labels, mode=mode, head=head, hidden_units=hidden_units,
                feature_columns=tuple(feature_columns or []), optimizer=optimizer, activation_fn=activation_fn,
                dropout=dropout, input_layer_partitioner=input_layer_partitioner, config=config, batch_norm=batch_norm)

        super().__init__(model_fn=_model_fn, model_dir=model_dir, config=config, warm_start_from=warm_start_from)


class DNNClassifier(DNNEstimator):
    """A network that classifies."""

    def __init__(self, hidden_units, feature_columns, model_dir=None, n_classes=2, weight_column=None,
                 label_vocabulary=None, optimizer='Adagrad', activation_fn=nn.relu, dropout=None,
                 input_layer_partitioner=None, config=None, warm_start_from=None, loss_reduction=losses.Reduction.SUM,
                 batch_norm=False):
        super().__init__(
            head_lib._binary_logistic_or_multi_class_head(n_classes, weight_column, label_vocabulary, loss_reduction),
            hidden_units, feature_columns, model_dir, optimizer, activation_fn, dropout, input_layer_partitioner, config,
            warm_start_from, batch_norm)


class DNNRegressor(DNNEstimator):
    """A network that gives numbers."""

    def __init__(self, hidden_units, feature_columns, model_dir=None, label_dimension=1, weight_column=None,
                 optimizer='Adagrad', activation_fn=nn.relu, dropout=None, input_layer_partitioner=None, config=None,
                 warm_start_from=None, loss_reduction=losses.Reduction.SUM, batch_norm=False):
        super().__init__(
            head_lib._regression_head(
                label_dimension=label_dimension, weight_column=weight_column, loss_reduction=loss_reduction),
            hidden_units, feature_columns, model_dir, optimizer, activation_fn, dropout, input_layer_partitioner, config,
            warm_start_from, batch_norm)
