"""Estimators that know nothing of their features: they learn how often labels are."""

from reflow.estimator import estimator
from reflow.estimator.canned import head as head_lib
from reflow.estimator.canned import optimizers
from reflow.feature_column import feature_column_v2
from reflow.framework import ops
from reflow.ops.losses import losses
from reflow.training import training_util

_LEARNING_RATE = 0.3


def _get_weight_column_key(weight_column):
    if weight_column is None or isinstance(weight_column, str):
        return weight_column
    if not isinstance(weight_column, feature_column_v2.NumericColumn):
        raise TypeError('Weight column must be either a string or _NumericColumn. Given type: {}.'.format(type(weight_column)))
    return weight_column.key


def _get_batch_size_and_size_checks(features, weight_column_key):
    """(operations that check that all features have as many rows, the number of rows)"""
    from reflow.ops import array_ops
    from reflow.ops import check_ops
    checks = []
    batch_size = None
    for key, feature in features.items():
        if key == weight_column_key:
            continue
        rows = array_ops.shape(feature)[0]
        if batch_size is None:
            batch_size = rows
        else:
            checks.append(check_ops.assert_equal(batch_size, rows))
    return checks, batch_size


def _baseline_logit_fn_builder(num_outputs, weight_column=None):
    """A function of features that gives logits, a bias for all rows."""

    def baseline_logit_fn(features):
        from reflow.ops import array_ops
        from reflow.ops import init_ops
        from reflow.ops import math_ops
        from reflow.ops import variable_scope
        checks, batch_size = _get_batch_size_and_size_checks(features, _get_weight_column_key(weight_column))
        with ops.control_dependencies(checks):
            with variable_scope.variable_scope('baseline'):
                bias = variable_scope.get_variable('bias', shape=[num_outputs], initializer=init_ops.Zeros)
                return math_ops.multiply(bias, array_ops.ones([batch_size, num_outputs]))

    return baseline_logit_fn


def _baseline_model_fn(features, labels, mode, head, optimizer, weight_column=None, config=None):
    """The EstimatorSpec of a bias."""
    del config
    logits = _baseline_logit_fn_builder(head.logits_dimension, weight_column)(features)

    def train_op_fn(loss):
        opt = optimizers.get_optimizer_instance(optimizer, learning_rate=_LEARNING_RATE)
        return opt.minimize(loss, global_step=training_util.get_global_step())

    return head.create_estimator_spec(features=features, mode=mode, logits=logits, labels=labels, train_op_fn=train_op_fn)


def _make_model_fn(head, optimizer, weight_column=None):
    def _model_fn(features, labels, mode, config):
        return _baseline_model_fn(features=features, labels=labels, mode=mode, head=head, optimizer=optimizer,
                                  weight_column=weight_column, config=config)
    return _model_fn


class BaselineClassifier(estimator.Estimator):
    """Says for each example how often the classes are."""

    def __init__(self, model_dir=None, n_classes=2, weight_column=None, label_vocabulary=None, optimizer='Ftrl',
                 config=None, loss_reduction=losses.Reduction.SUM):
        head = head_lib._binary_logistic_or_multi_class_head(n_classes, weight_column, label_vocabulary, loss_reduction)
        super().__init__(_make_model_fn(head, optimizer, weight_column), model_dir=model_dir, config=config)


class BaselineEstimator(estimator.Estimator):
    """A bias for any head."""

    def __init__(self, head, model_dir=None, optimizer='Ftrl', config=None):
        super().__init__(_make_model_fn(head, optimizer), model_dir=model_dir, config=config)


class BaselineRegressor(estimator.Estimator):
    """Says the mean of the labels for each example."""

    def __init__(self, model_dir=None, label_dimension=1, weight_column=None, optimizer='Ftrl', config=None,
                 loss_reduction=losses.Reduction.SUM):
        head = head_lib._regression_head(
            label_dimension=label_dimension, weight_column=weight_column, loss_reduction=loss_reduction)
        super().__init__(_make_model_fn(head, optimizer), model_dir=model_dir, config=config)
