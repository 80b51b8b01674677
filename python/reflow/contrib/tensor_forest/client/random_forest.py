"""Estimators of forests, of tf.contrib.learn and of tf.estimator."""
from reflow.contrib import layers
from reflow.contrib.estimator.python.estimator import head as core_head_lib
from reflow.contrib.learn.python.learn.estimators import constants
from reflow.contrib.learn.python.learn.estimators import estimator
from reflow.contrib.learn.python.learn.estimators import head as head_lib
from reflow.contrib.learn.python.learn.estimators import model_fn as model_fn_lib
from reflow.contrib.tensor_forest.client import eval_metrics
from reflow.contrib.tensor_forest.python import tensor_forest
from reflow.estimator import estimator as core_estimator
from reflow.feature_column import feature_column as fc_core
from reflow.framework import ops
from reflow.framework import sparse_tensor
from reflow.ops import array_ops
from reflow.ops import control_flow_ops
from reflow.ops import gen_resource_variable_ops
from reflow.ops import math_ops
from reflow.ops import state_ops
from reflow.ops import variable_scope
from reflow.ops.losses import losses
from reflow.platform import tf_logging as logging
from reflow.saved_model.model_utils import export_output
from reflow.summary import summary
from reflow.training import session_run_hook
from reflow.training import training_util

KEYS_NAME = 'keys'
LOSS_NAME = 'rf_training_loss'
TREE_PATHS_PREDICTION_KEY = 'tree_paths'
VARIANCE_PREDICTION_KEY = 'prediction_variance'
ALL_SERVING_KEY = 'tensorforest_all'
EPSILON = 0.000001


class ModelBuilderOutputType:
    """What a model_fn returns: ModelFnOps of tf.contrib.learn or an EstimatorSpec."""

    MODEL_FN_OPS = 0
    ESTIMATOR_SPEC = 1


class TensorForestRunOpAtEndHook(session_run_hook.SessionRunHook):
    """Runs operations, {name: operation}, in the order of their names before the session ends."""

    def __init__(self, op_dict):
        self._ops = op_dict

    def end(self, session):
        """Runs them, and logs what they give."""
        for name in sorted(self._ops):
            logging.info('{0}: {1}'.format(name, session.run(self._ops[name])))


class TensorForestLossHook(session_run_hook.SessionRunHook):
    """Stops when in so many steps the loss hasn't become less by this part."""

    def __init__(self, early_stopping_rounds, early_stopping_loss_threshold=None, loss_op=None):
        self.early_stopping_rounds = early_stopping_rounds
        self.early_stopping_loss_threshold = early_stopping_loss_threshold
        self.loss_op = loss_op
        self.min_loss = None
        self.last_step = -1
        self.steps = 0  # since the loss was least

    def before_run(self, run_context):
        """Asks for step and loss."""
        loss = self.loss_op
        if loss is None:
            loss = run_context.session.graph.get_operation_by_name(LOSS_NAME).outputs[0]
        return session_run_hook.SessionRunArgs({'global_step': training_util.get_global_step(), 'current_loss': loss})

    def after_run(self, run_context, run_values):
        """Compares the loss. A step that is less than the one before begins anew."""
        loss, step = run_values.results['current_loss'], run_values.results['global_step']
        self.steps += 1
        if self.last_step == -1 or self.last_step > step:
            logging.info('TensorForestLossHook resetting last_step.')
            self.last_step, self.steps, self.min_loss = step, 0, None
            return
        self.last_step = step
        if self.min_loss is None or loss < self.min_loss - self.min_loss * self.early_stopping_loss_threshold:
            self.min_loss, self.steps = loss, 0
        if self.steps > self.early_stopping_rounds:
            logging.info('TensorForestLossHook requesting stop.')
            run_context.request_stop()


def _get_default_head(params, weights_name, output_type, name=None):
    """The head for classes or numbers."""
    if output_type == ModelBuilderOutputType.MODEL_FN_OPS:
        settings = dict(weight_column_name=weights_name, enable_centered_bias=False, head_name=name)
        if params.regression:
            return head_lib.regression_head(label_dimension=params.num_outputs, **settings)
        return head_lib.multi_class_head(params.num_classes, **settings)
    settings = dict(weight_column=weights_name, name=name, loss_reduction=losses.Reduction.SUM_OVER_BATCH_SIZE)
    if params.regression:
        return core_head_lib.regression_head(label_dimension=params.num_outputs, **settings)
    if params.num_classes == 2:
        return core_head_lib.binary_classification_head(**settings)
    return core_head_lib.multi_class_head(n_classes=params.num_classes, **settings)


def _with_columns(features, feature_columns, output_type):
    """The features by name, and what the columns make of them."""
    if isinstance(features, (ops.Tensor, sparse_tensor.SparseTensor)):
        features = {'features': features}
    if not feature_columns:
        return features
    features = features.copy()
    if output_type == ModelBuilderOutputType.MODEL_FN_OPS:
        features.update(layers.transform_features(features, feature_columns))
    else:
        for column in feature_columns:
            features[column.name] = fc_core._transform_features(features, [column])[column]
    return features


def _logits(outputs, params):
    """Of two classes the logit of the second one, as far as there is one for 0 and 1; else what the forest says."""
    if params.regression or params.num_classes != 2:
        return outputs
    second = array_ops.slice(outputs, [0, 1], [-1, 1])
    return math_ops.log(math_ops.maximum(second / math_ops.maximum(1.0 - second, EPSILON), EPSILON))


def get_model_fn(params, graph_builder_class, device_assigner, feature_columns=None, weights_name=None, model_head=None,
                 keys_name=None, early_stopping_rounds=100, early_stopping_loss_threshold=0.001, num_trainers=1, trainer_id=0,
                 report_feature_importances=False, local_eval=False, head_scope=None, include_all_in_serving=False,
                 output_type=ModelBuilderOutputType.MODEL_FN_OPS):
    """The model_fn of a forest."""
    head = model_head if model_head is not None else _get_default_head(params, weights_name, output_type)

    def end_hook(forest):
        at_end = {'9: clean up resources': control_flow_ops.group(
            *[gen_resource_variable_ops.destroy_resource_op(handle) for handle in forest.get_all_resource_handles()])}
        if report_feature_importances:
            at_end['1: feature_importances'] = forest.feature_importances()
        return TensorForestRunOpAtEndHook(at_end)

    def loss_hooks(loss):
        return [TensorForestLossHook(early_stopping_rounds, early_stopping_loss_threshold=early_stopping_loss_threshold,
                                     loss_op=loss)] if early_stopping_rounds else []

    def _model_fn(features, labels, mode):
        """ModelFnOps or an EstimatorSpec."""
        features = _with_columns(features, feature_columns, output_type)
        weights = features.pop(weights_name) if weights_name and weights_name in features else None
        keys = features.pop(keys_name) if keys_name and keys_name in features else None
        is_local = mode == model_fn_lib.ModeKeys.INFER or (local_eval and mode == model_fn_lib.ModeKeys.EVAL)
        forest = graph_builder_class(params, device_assigner=None if is_local else device_assigner)
        outputs, tree_paths, variance = forest.inference_graph(features)
        summary.scalar('average_tree_size', forest.average_size())
        logits = _logits(outputs, params)
        train_op = None
        if labels is not None and mode == model_fn_lib.ModeKeys.TRAIN:
            with ops.control_dependencies([logits.op]):
                grow = forest.training_graph(
                    features, labels, input_weights=weights, num_trainers=num_trainers, trainer_id=trainer_id)
                train_op = control_flow_ops.group(grow, state_ops.assign_add(training_util.get_global_step(), 1))
        if weights is not None:
            features[weights_name] = weights
        hooks = [end_hook(forest)]
        more = {} if keys is None else {keys_name: keys}
        if params.inference_tree_paths:
            more[TREE_PATHS_PREDICTION_KEY] = tree_paths
        more[VARIANCE_PREDICTION_KEY] = variance
        made = dict(features=features, labels=labels, mode=mode, train_op_fn=lambda unused_loss: train_op, logits=logits)
        if output_type == ModelBuilderOutputType.MODEL_FN_OPS:
            model = head.create_model_fn_ops(scope=head_scope, **made)
            model.training_hooks.extend(hooks + loss_hooks(model.loss))
            model.predictions.update(more)
            if include_all_in_serving:
                if not model.output_alternatives:
                    model.output_alternatives = {}
                model.output_alternatives[ALL_SERVING_KEY] = constants.ProblemType.UNSPECIFIED, model.predictions
            return model
        spec = head.create_estimator_spec(**made)
        spec = spec._replace(training_hooks=hooks + loss_hooks(spec.loss) + list(spec.training_hooks))
        spec.predictions.update(more)
        if include_all_in_serving:
            spec = spec._replace(export_outputs={ALL_SERVING_KEY: export_output.PredictOutput(spec.predictions)})
        return spec

    return _model_fn


def _num_trainers(num_trainers, config):
    """The number of workers, where nothing else is said."""
    return max(1, config.num_worker_replicas) if num_trainers == 1 and config is not None else num_trainers


class TensorForestEstimator(estimator.Estimator):
    """A forest for tf.contrib.learn. `params` are ForestHParams; `early_stopping_rounds` of 0 or None train as long as told."""

    def __init__(self, params, device_assigner=None, model_dir=None, feature_columns=None,
                 graph_builder_class=tensor_forest.RandomForestGraphs, config=None, weight_column=None, keys_column=None,
                 feature_engineering_fn=None, early_stopping_rounds=100, early_stopping_loss_threshold=0.001, num_trainers=1,
                 trainer_id=0, report_feature_importances=False, local_eval=False, version=None, head=None,
                 include_all_in_serving=False):
        del version
        super().__init__(
            model_fn=get_model_fn(
                params.fill(), graph_builder_class, device_assigner, feature_columns=feature_columns, model_head=head,
                weights_name=weight_column, keys_name=keys_column, early_stopping_rounds=early_stopping_rounds,
                early_stopping_loss_threshold=early_stopping_loss_threshold, num_trainers=_num_trainers(num_trainers, config),
                trainer_id=trainer_id, report_feature_importances=report_feature_importances, local_eval=local_eval,
                include_all_in_serving=include_all_in_serving),
            model_dir=model_dir, config=config, feature_engineering_fn=feature_engineering_fn)


def get_combined_model_fn(model_fns):
    """One model_fn of several, the i-th of which is trained with column i of the labels.

    Probabilities of all are side by side, classes one after the other; the loss is the mean.
    """
    modes = model_fn_lib.ModeKeys

    def _model_fn(features, labels, mode):
        models = []
        for i, each_fn in enumerate(model_fns):
            with variable_scope.variable_scope('label_{0}'.format(i)):
                models.append(each_fn(features, array_ops.slice(labels, [0, i], [-1, 1]), mode))
        predictions = {}
        if mode in (modes.EVAL, modes.INFER):
            probabilities, classes = eval_metrics.INFERENCE_PROB_NAME, eval_metrics.INFERENCE_PRED_NAME
            predictions[probabilities] = array_ops.concat([model.predictions[probabilities] for model in models], axis=1)
            predictions[classes] = array_ops.stack([model.predictions[classes] for model in models], axis=1)
        loss = None
        if mode in (modes.EVAL, modes.TRAIN):
            loss = math_ops.reduce_sum(array_ops.stack([model.loss for model in models])) / len(models)
        train_op = control_flow_ops.group(*[model.train_op for model in models]) if mode == modes.TRAIN else None
        return model_fn_lib.ModelFnOps(
            mode=mode, predictions=predictions, loss=loss, train_op=train_op,
            training_hooks=[hook for model in models for hook in model.training_hooks], scaffold=None, output_alternatives=None)

    return _model_fn


class MultiForestMultiHeadEstimator(estimator.Estimator):
    """A forest for each column of the labels, with its own ForestHParams."""

    def __init__(self, params_list, device_assigner=None, model_dir=None, feature_columns=None,
                 graph_builder_class=tensor_forest.RandomForestGraphs, config=None, weight_column=None, keys_column=None,
                 feature_engineering_fn=None, early_stopping_rounds=100, num_trainers=1, trainer_id=0,
                 report_feature_importances=False, local_eval=False):
        del feature_columns
        model_fns = []
        for i, params in enumerate(params_list):
            params = params.fill()
            head = _get_default_head(
                params, weight_column, name='head{0}'.format(i), output_type=ModelBuilderOutputType.MODEL_FN_OPS)
            model_fns.append(get_model_fn(
                params, graph_builder_class, device_assigner, model_head=head, weights_name=weight_column, keys_name=keys_column,
                early_stopping_rounds=early_stopping_rounds, num_trainers=_num_trainers(num_trainers, config),
                trainer_id=trainer_id, report_feature_importances=report_feature_importances, local_eval=local_eval,
                head_scope='output{0}'.format(i)))
        super().__init__(model_fn=get_combined_model_fn(model_fns), model_dir=model_dir, config=config,
                         feature_engineering_fn=feature_engineering_fn)


class CoreTensorForestEstimator(core_estimator.Estimator):
    """A forest for tf.estimator, see TensorForestEstimator."""

    def __init__(self, params, device_assigner=None, model_dir=None, feature_columns=None,
                 graph_builder_class=tensor_forest.RandomForestGraphs, config=None, weight_column=None, keys_column=None,
                 feature_engineering_fn=None, early_stopping_rounds=100, early_stopping_loss_threshold=0.001, num_trainers=1,
                 trainer_id=0, report_feature_importances=False, local_eval=False, version=None, head=None,
                 include_all_in_serving=False):
        del version, feature_engineering_fn
        if trainer_id == 0 and config is not None:
            trainer_id = config.global_id_in_cluster
        super().__init__(
            model_fn=get_model_fn(
                params.fill(), graph_builder_class, device_assigner, feature_columns=feature_columns, model_head=head,
                weights_name=weight_column, keys_name=keys_column, early_stopping_rounds=early_stopping_rounds,
                early_stopping_loss_threshold=early_stopping_loss_threshold, num_trainers=_num_trainers(num_trainers, config),
                trainer_id=trainer_id, report_feature_importances=report_feature_importances, local_eval=local_eval,
                include_all_in_serving=include_all_in_serving, output_type=ModelBuilderOutputType.ESTIMATOR_SPEC),
            model_dir=model_dir, config=config)
