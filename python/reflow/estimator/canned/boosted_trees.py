"""Estimators of gradient boosted trees, whose features are the buckets of numbers, and categories."""

import collections

from reflow.estimator import estimator
from reflow.estimator.canned import boosted_trees_features as bt_features
from reflow.estimator.canned import boosted_trees_training as bt_training
from reflow.estimator.canned import boosted_trees_utils
from reflow.estimator.canned import head as head_lib
from reflow.estimator.canned import head_checks
from reflow.estimator.mode_keys import ModeKeys
from reflow.framework import dtypes
from reflow.framework import ops
from reflow.ops import array_ops
from reflow.ops import boosted_trees_ops
from reflow.ops import control_flow_ops
from reflow.ops import math_ops
from reflow.ops import variable_scope
from reflow.ops.losses import losses
from reflow.training import checkpoint_utils
from reflow.training import training_util

_TreeHParams = collections.namedtuple('TreeHParams', [
    'n_trees', 'max_depth', 'learning_rate', 'l1', 'l2', 'tree_complexity', 'min_node_weight', 'center_bias', 'pruning_mode',
    'quantile_sketch_epsilon'])

_ONE = object()  # classes or dimensions that weren't asked for


def _ensemble_and_inputs(sorted_columns, epsilon, name):
    """(the ensemble, the streams of quantiles or None, {column's name: boundaries of its buckets})"""
    tree_ensemble = boosted_trees_ops.TreeEnsemble(name=name)
    float_columns = bt_features.float_columns(sorted_columns)
    if not float_columns:
        return tree_ensemble, None, {}
    accumulator = boosted_trees_ops.QuantileAccumulator(
        epsilon=epsilon, num_streams=bt_features.num_features(float_columns), num_quantiles=int(1. / epsilon),
        name='QuantileAccumulator')
    return tree_ensemble, accumulator, bt_features.boundaries_of_columns(float_columns, accumulator.get_bucket_boundaries())


def _predict(features, labels, mode, head, sorted_columns, tree_ensemble, boundaries):
    """(the EstimatorSpec that doesn't train, the features' buckets)"""
    inputs = bt_features.transformed(features, sorted_columns, boundaries)
    logits = boosted_trees_ops.predict(tree_ensemble_handle=tree_ensemble.resource_handle, bucketized_features=inputs,
                                       logits_dimension=head.logits_dimension)
    return head.create_estimator_spec(features=features, mode=mode, labels=labels, train_op_fn=control_flow_ops.no_op,
                                      logits=logits), inputs


def _bt_model_fn(features, labels, mode, head, feature_columns, tree_hparams, n_batches_per_layer, config,
                 closed_form_grad_and_hess_fn=None, example_id_column_name=None, weight_column=None, train_in_memory=False,
                 name='boosted_trees'):
    """The EstimatorSpec of boosted trees.

    closed_form_grad_and_hess_fn: gives gradients and hessians of logits and labels; else they are those of the loss.
    example_id_column_name: by these ids states of examples are remembered. train_in_memory: each batch has all examples.
    """
    sorted_columns = sorted(feature_columns, key=lambda column: column.name)
    with ops.name_scope(name) as name:
        training_util.get_or_create_global_step()
        tree_ensemble, accumulator, boundaries = _ensemble_and_inputs(
            sorted_columns, tree_hparams.quantile_sketch_epsilon, name)
        if mode != ModeKeys.TRAIN:
            return _predict(features, labels, mode, head, sorted_columns, tree_ensemble, boundaries)[0]
        return bt_training.training_spec(
            features, labels, head, sorted_columns, tree_ensemble, accumulator, boundaries, tree_hparams, n_batches_per_layer,
            config, name, closed_form_grad_and_hess_fn, example_id_column_name, weight_column, train_in_memory)


def _explanations_model_fn(features, head, sorted_columns, epsilon, name='boosted_trees'):
    """The EstimatorSpec that predicts and says how predictions come about."""
    with ops.name_scope(name) as name:
        tree_ensemble, _, boundaries = _ensemble_and_inputs(sorted_columns, epsilon, name)
        spec, inputs = _predict(features, None, ModeKeys.PREDICT, head, sorted_columns, tree_ensemble, boundaries)
        spec.predictions[boosted_trees_utils._DEBUG_PROTO_KEY] = boosted_trees_ops.example_debug_outputs(
            tree_ensemble.resource_handle, bucketized_features=inputs, logits_dimension=head.logits_dimension)
        return spec


def _logistic_gradients(logits, labels):
    """Gradients and hessians of the mean logistic loss."""
    predictions = math_ops.reciprocal(math_ops.exp(-logits) + 1.0)
    share = math_ops.reciprocal(math_ops.cast(array_ops.size(predictions), dtypes.float32))
    labels = math_ops.cast(labels, dtypes.float32)
    labels = head_checks.dense_labels(labels, logits, 1)
    gradients = (predictions - labels) * share
    return gradients, predictions * (1.0 - predictions) * share


class _BoostedTreesBase(estimator.Estimator):
    """What the Estimators of boosted trees share."""

    def __init__(self, feature_columns, head, hparams, n_batches_per_layer, model_dir, config, is_classification,
                 **options):
        variable_scope.enable_resource_variables()

        def model_fn(features, labels, mode, config):
            return _bt_model_fn(features, labels, mode, head, feature_columns, hparams, n_batches_per_layer, config, **options)

        super().__init__(model_fn=model_fn, model_dir=model_dir, config=config)
        self._sorted_feature_columns = sorted(feature_columns, key=lambda column: column.name)
        self._head = head
        self._feature_names = bt_features.names_of_features(self._sorted_feature_columns)
        self._hparams = hparams
        self._is_classification = is_classification

    def experimental_feature_importances(self, normalize=False):
        """{column's name: what splits by it have gained}, the largest first; normalize: in all 1.

        ValueError: the model isn't trained. AssertionError: gains can't be normalized.
        """
        serialized = checkpoint_utils.load_checkpoint(self._model_dir).get_tensor('boosted_trees:0_serialized')
        if not serialized:
            raise ValueError('Found empty serialized string for TreeEnsemble.'
                             'You should only call this method after training.')
        return boosted_trees_utils.sum_by_name(self._feature_names, boosted_trees_utils.feature_importances(
            serialized, len(self._feature_names), normalize))

    def experimental_predict_with_explanations(self, input_fn, predict_keys=None, hooks=None, checkpoint_path=None):
        """Yields predictions with 'bias', what is predicted of all examples, and 'dfc', {column's name: what it has changed}.

        Palczewska and others, arXiv 1312.1121. ValueError: the model doesn't begin with a bias, or its head changes logits.
        """
        if not self._hparams.center_bias:
            raise ValueError('center_bias must be enabled during estimator instantiation when using '
                             'experimental_predict_with_explanations.')
        if not self._is_classification and self._head._inverse_link_fn not in (None, array_ops.identity):
            raise ValueError('For now only identity inverse_link_fn in regression_head is supported for '
                             'experimental_predict_with_explanations.')

        def model_fn(features, labels, mode):
            del labels, mode
            return _explanations_model_fn(features, self._head, self._sorted_feature_columns, self._hparams.quantile_sketch_epsilon)

        key = boosted_trees_utils._DEBUG_PROTO_KEY
        explained = estimator.Estimator(
            model_fn=model_fn, model_dir=self.model_dir, config=self.config, warm_start_from=self._warm_start_settings)
        for prediction in explained.predict(
                input_fn, predict_keys=None if predict_keys is None else {*predict_keys, key}, hooks=hooks,
                checkpoint_path=checkpoint_path, yield_single_examples=True):
            prediction['bias'], prediction['dfc'] = boosted_trees_utils.explanation(
                prediction.pop(key), self._feature_names, self._is_classification)
            yield prediction


class BoostedTreesClassifier(_BoostedTreesBase):
    """Boosted trees for two classes.

    Training first takes `n_batches_per_layer` batches for the buckets of numbers, `quantile_sketch_epsilon` being the part of
    the examples in each, then so many for each layer of `n_trees` trees of `max_depth` layers, whose leaves add `learning_rate`
    times what would be best. Splits gain less by `tree_complexity`; pruning_mode 'pre' and 'post' doesn't make, or takes back,
    those that lose. Nodes with less than `min_node_weight` of hessians aren't split. center_bias: the first root predicts what
    is best for all examples. train_in_memory: each batch has all examples. ValueError: arguments that aren't supported.
    """

    def __init__(self, feature_columns, n_batches_per_layer, model_dir=None, n_classes=_ONE, weight_column=None,
                 label_vocabulary=None, n_trees=100, max_depth=6, learning_rate=0.1, l1_regularization=0., l2_regularization=0.,
                 tree_complexity=0., min_node_weight=0., config=None, center_bias=False, pruning_mode='none',
                 quantile_sketch_epsilon=0.01, train_in_memory=False):
        if n_classes is _ONE:
            n_classes = 2
        elif n_classes > 2 and pruning_mode is not None:
            raise ValueError('For now pruning is not supported with multi class.')
        if n_classes != 2:
            raise ValueError('For now only binary classification is supported.n_classes given as {}'.format(n_classes))
        head = head_lib._binary_logistic_head_with_sigmoid_cross_entropy_loss(
            weight_column=weight_column, label_vocabulary=label_vocabulary, loss_reduction=losses.Reduction.SUM_OVER_BATCH_SIZE)
        hparams = _TreeHParams(n_trees, max_depth, learning_rate, l1_regularization, l2_regularization, tree_complexity,
                               min_node_weight, center_bias, pruning_mode, quantile_sketch_epsilon)
        super().__init__(
            feature_columns, head, hparams, n_batches_per_layer, model_dir, config, is_classification=True,
            closed_form_grad_and_hess_fn=_logistic_gradients if weight_column is None and label_vocabulary is None else None,
            weight_column=weight_column, train_in_memory=train_in_memory)


class BoostedTreesRegressor(_BoostedTreesBase):
    """Boosted trees for a number; the arguments are those of BoostedTreesClassifier."""

    def __init__(self, feature_columns, n_batches_per_layer, model_dir=None, label_dimension=_ONE, weight_column=None,
                 n_trees=100, max_depth=6, learning_rate=0.1, l1_regularization=0., l2_regularization=0., tree_complexity=0.,
                 min_node_weight=0., config=None, center_bias=False, pruning_mode='none', quantile_sketch_epsilon=0.01,
                 train_in_memory=False):
        if label_dimension is _ONE:
            label_dimension = 1
        elif label_dimension > 1 and pruning_mode is not None:
            raise ValueError('For now pruning is not supported with multi-dimensionregression.')
        if label_dimension != 1:
            raise ValueError('For now only 1 dimension regression is supported.label_dimension given as {}'.format(label_dimension))
        head = head_lib._regression_head(label_dimension=1, weight_column=weight_column,
                                         loss_reduction=losses.Reduction.SUM_OVER_BATCH_SIZE)
        hparams = _TreeHParams(n_trees, max_depth, learning_rate, l1_regularization, l2_regularization, tree_complexity,
                               min_node_weight, center_bias, pruning_mode, quantile_sketch_epsilon)
        super().__init__(feature_columns, head, hparams, n_batches_per_layer, model_dir, config, is_classification=False,
                         weight_column=weight_column, train_in_memory=train_in_memory)


class BoostedTreesEstimator(_BoostedTreesBase):
    """Boosted trees for a head of the program's; the arguments are those of BoostedTreesClassifier."""

    def __init__(self, feature_columns, n_batches_per_layer, head, model_dir=None, weight_column=None, n_trees=100, max_depth=6,
                 learning_rate=0.1, l1_regularization=0., l2_regularization=0., tree_complexity=0., min_node_weight=0.,
                 config=None, center_bias=False, pruning_mode='none', quantile_sketch_epsilon=0.01):
        del weight_column  # the head's counts
        hparams = _TreeHParams(n_trees, max_depth, learning_rate, l1_regularization, l2_regularization, tree_complexity,
                               min_node_weight, center_bias, pruning_mode, quantile_sketch_epsilon)
        is_classification = isinstance(head, (head_lib._BinaryLogisticHeadWithSigmoidCrossEntropyLoss,
                                              head_lib._MultiClassHeadWithSoftmaxCrossEntropyLoss))
        super().__init__(feature_columns, head, hparams, n_batches_per_layer, model_dir, config,
                         is_classification=is_classification)
