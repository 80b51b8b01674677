"""Estimator: trains, evaluates, asks and exports the model that a model_fn builds."""

import copy
import os
import tempfile

from reflow.estimator import evaluation_results
from reflow.estimator import model_export
from reflow.estimator import model_fn as model_fn_lib
from reflow.estimator import run_config
from reflow.estimator import training_session
from reflow.estimator import util as estimator_util
from reflow.estimator import warm_starting
from reflow.estimator.mode_keys import ModeKeys
from reflow.estimator.warm_starting import VocabInfo, WarmStartSettings  # noqa: F401 - the names they have in TensorFlow
from reflow.framework import ops
from reflow.framework import random_seed
from reflow.platform import tf_logging
from reflow.training import basic_session_run_hooks
from reflow.training import checkpoint_management
from reflow.training import checkpoint_utils
from reflow.training import device_setter
from reflow.training import evaluation
from reflow.training import monitored_session
from reflow.training import session_run_hook
from reflow.training import training_util
from reflow.util import compat
from reflow.util import deprecation
from reflow.util import function_utils
from reflow.util import nest


def _graph_mode():
    """A context in which operations make a graph, also where they are run at once outside."""
    from reflow.eager import context
    return context.graph_mode()


def labels_and_mode(args, labels, mode):
    """What of both a model_fn with these arguments takes. ValueError: there are labels, which it doesn't take."""
    if labels is not None and 'labels' not in args:
        raise ValueError('model_fn does not take labels, but input_fn returns labels.')
    return {name: value for name, value in (('labels', labels), ('mode', mode)) if name in args}


class Estimator:
    """Trains, evaluates, asks and exports a model, of which all is kept in the checkpoints of a folder.

    Each call builds a graph of its own: `input_fn` makes the inputs, `model_fn` an EstimatorSpec of them.
    """

    def __init__(self, model_fn, model_dir=None, config=None, params=None, warm_start_from=None):
        type(self)._assert_members_are_not_overridden(self)
        self._config = maybe_overwrite_model_dir_and_session_config(config, model_dir)
        self._train_distribution = self._config.train_distribute
        self._eval_distribution = self._config.eval_distribute
        self._model_dir = self._config.model_dir
        self._session_config = self._config.session_config
        if self._train_distribution is not None:
            self._train_distribution.configure(self._session_config)
        tf_logging.info('Using config: %s', str(vars(self._config)))
        self._device_fn = self._config.device_fn or _get_replica_device_setter(self._config)
        if model_fn is None:
            raise ValueError('model_fn must be provided to Estimator.')
        model_fn_lib.verify_model_fn_args(model_fn, params)
        self._model_fn = model_fn
        self._params = copy.deepcopy(params or {})
        self._warm_start_settings = warm_starting.settings_of(warm_start_from)

    @property
    def model_dir(self):
        """The folder of checkpoints and events."""
        return self._model_dir

    @property
    def config(self):
        """A copy of the RunConfig."""
        return copy.deepcopy(self._config)

    @property
    def params(self):
        """A copy of what model_fn gets as params."""
        return copy.deepcopy(self._params)

    @property
    def model_fn(self):
        """model_fn as a function of features, labels, mode and config."""
        def public_model_fn(features, labels, mode, config):
            return self._call_model_fn(features, labels, mode, config)
        return public_model_fn

    def get_variable_value(self, name):
        """The value of a variable in the latest checkpoint."""
        self._check_checkpoint_available()
        return checkpoint_utils.load_variable(self.model_dir, name)

    def get_variable_names(self):
        """The names of all variables in the latest checkpoint."""
        self._check_checkpoint_available()
        return [name for name, _ in checkpoint_utils.list_variables(self.model_dir)]

    def _check_checkpoint_available(self):
        if not self.latest_checkpoint():
            raise ValueError('Could not find trained model in model_dir: {}.'.format(self.model_dir))

    def latest_checkpoint(self):
        """The path of the latest checkpoint, or None."""
        return checkpoint_management.latest_checkpoint(self.model_dir)

    def train(self, input_fn, hooks=None, steps=None, max_steps=None, saving_listeners=None):
        """Trains for `steps` steps, up to step `max_steps`, or until the input ends; gives the Estimator."""
        if self.config.task_type in (run_config.TaskType.EVALUATOR, run_config.TaskType.PS):
            raise ValueError('Train has been called wrong configuration. Please use tf.estimator.train_and_evaluate which '
                             'calls proper API according to given configuration. Current configuration: {}.'.format(
                                 self.config))
        with _graph_mode():
            if steps is not None and max_steps is not None:
                raise ValueError('Can not provide both steps and max_steps.')
            if steps is not None and steps <= 0:
                raise ValueError('Must specify steps > 0, given: {}'.format(steps))
            if max_steps is not None and max_steps <= 0:
                raise ValueError('Must specify max_steps > 0, given: {}'.format(max_steps))
            if max_steps is not None and max_steps <= _load_global_step_from_checkpoint_dir(self._model_dir):
                tf_logging.info('Skipping training since max_steps has already saved.')
                return self
            hooks = _check_hooks_type(hooks)
            hooks.extend(self._convert_train_steps_to_hooks(steps, max_steps))
            loss = self._train_model(input_fn, hooks, _check_listeners_type(saving_listeners))
            tf_logging.info('Loss for final step: %s.', loss)
            return self

    def _convert_train_steps_to_hooks(self, steps, max_steps):
        if steps is None and max_steps is None:
            return []
        return [basic_session_run_hooks.StopAtStepHook(steps, max_steps)]

    def eval_dir(self, name=None):
        """The folder of an evaluation's events."""
        return os.path.join(self._model_dir, 'eval_' + name if name else 'eval')

    def evaluate(self, input_fn, steps=None, hooks=None, checkpoint_path=None, name=None):
        """{metric: value} after `steps` steps, or all of the input, with the latest checkpoint or the one given."""
        with _graph_mode():
            hooks = _check_hooks_type(hooks)
            hooks.extend(self._convert_eval_steps_to_hooks(steps))
            if not checkpoint_path:
                checkpoint_path = checkpoint_management.latest_checkpoint(self._model_dir)
                if not checkpoint_path:
                    tf_logging.info('Could not find trained model in model_dir: {}, running initialization to '
                                    'evaluate.'.format(self._model_dir))
            with ops.Graph().as_default():
                scaffold, update_op, eval_dict, all_hooks = self._evaluate_build_graph(input_fn, hooks, checkpoint_path)
                return self._evaluate_run(checkpoint_path=checkpoint_path, scaffold=scaffold, update_op=update_op,
                                          eval_dict=eval_dict, all_hooks=all_hooks, output_dir=self.eval_dir(name))

    def _convert_eval_steps_to_hooks(self, steps):
        if steps is None:
            return []
        if steps <= 0:
            raise ValueError('Must specify steps > 0, given: {}'.format(steps))
        return [evaluation._StopAfterNEvalsHook(num_evals=steps)]

    def predict(self, input_fn, predict_keys=None, hooks=None, checkpoint_path=None, yield_single_examples=True):
        """Generates the predictions, one by one or in batches."""
        with _graph_mode():
            hooks = _check_hooks_type(hooks)
            if not checkpoint_path:
                checkpoint_path = checkpoint_management.latest_checkpoint(self._model_dir)
            if not checkpoint_path:
                tf_logging.info('Could not find trained model in model_dir: {}, running initialization to predict.'.format(
                    self._model_dir))
            with ops.Graph().as_default() as graph:
                random_seed.set_random_seed(self._config.tf_random_seed)
                self._create_and_assert_global_step(graph)
                features, input_hooks = self._get_features_from_input_fn(input_fn, ModeKeys.PREDICT)
                spec = self._call_model_fn(features, None, ModeKeys.PREDICT, self.config)
                self._maybe_warm_start(checkpoint_path)
                predictions = self._extract_keys(spec.predictions, predict_keys)
                session_creator = monitored_session.ChiefSessionCreator(
                    checkpoint_filename_with_path=checkpoint_path, master=self._config.master, scaffold=spec.scaffold,
                    config=self._session_config)
                all_hooks = list(input_hooks) + hooks + list(spec.prediction_hooks or [])
                with monitored_session.MonitoredSession(session_creator=session_creator, hooks=all_hooks) as session:
                    while not session.should_stop():
                        batch = session.run(predictions)
                        if not yield_single_examples:
                            yield batch
                        elif not isinstance(predictions, dict):
                            yield from batch
                        else:
                            for i in range(self._extract_batch_length(batch)):
                                yield {key: value[i] for key, value in batch.items()}

    def _assert_members_are_not_overridden(self):
        _assert_members_are_not_overridden(Estimator, self)

    def export_saved_model(self, export_dir_base, serving_input_receiver_fn, assets_extra=None, as_text=False,
                           checkpoint_path=None, experimental_mode=ModeKeys.PREDICT):
        """Writes a SavedModel into a new folder below `export_dir_base`; gives the folder, as bytes."""
        if not serving_input_receiver_fn:
            raise ValueError('An input_receiver_fn must be defined.')
        return self._export_all_saved_models(
            export_dir_base, {experimental_mode: serving_input_receiver_fn}, assets_extra=assets_extra, as_text=as_text,
            checkpoint_path=checkpoint_path, strip_default_attrs=True)

    def experimental_export_all_saved_models(self, export_dir_base, input_receiver_fn_map, assets_extra=None,
                                             as_text=False, checkpoint_path=None):
        """Writes a SavedModel with a MetaGraph for each mode."""
        return self._export_all_saved_models(
            export_dir_base, input_receiver_fn_map, assets_extra=assets_extra, as_text=as_text,
            checkpoint_path=checkpoint_path, strip_default_attrs=True)

    @deprecation.deprecated(None, 'This function has been renamed, use `export_saved_model` instead.')
    def export_savedmodel(self, export_dir_base, serving_input_receiver_fn, assets_extra=None, as_text=False,
                          checkpoint_path=None, strip_default_attrs=False):
        """Deprecated: export_saved_model."""
        if not serving_input_receiver_fn:
            raise ValueError('An input_receiver_fn must be defined.')
        return self._export_all_saved_models(
            export_dir_base, {ModeKeys.PREDICT: serving_input_receiver_fn}, assets_extra=assets_extra, as_text=as_text,
            checkpoint_path=checkpoint_path, strip_default_attrs=strip_default_attrs)

    def _export_all_saved_models(self, export_dir_base, input_receiver_fn_map, assets_extra=None, as_text=False,
                                 checkpoint_path=None, strip_default_attrs=True):
        with _graph_mode():
            return model_export.export_all_saved_models(
                self, export_dir_base, input_receiver_fn_map, assets_extra, as_text, checkpoint_path, strip_default_attrs)

    def _add_meta_graph_for_mode(self, builder, input_receiver_fn_map, checkpoint_path, save_variables=True,
                                 mode=ModeKeys.PREDICT, export_tags=None, check_variables=True,
                                 strip_default_attrs=True):
        model_export.add_meta_graph_for_mode(
            self, builder, input_receiver_fn_map, checkpoint_path, save_variables, mode, export_tags, check_variables,
            strip_default_attrs)

    def _get_features_from_input_fn(self, input_fn, mode):
        result, _, hooks = estimator_util.parse_input_fn_result(self._call_input_fn(input_fn, mode))
        self._validate_features_in_predict_input(result)
        return result, hooks

    def _validate_features_in_predict_input(self, result):
        if not _has_dataset_or_queue_runner(result):
            tf_logging.warning('Input graph does not use tf.data.Dataset or contain a QueueRunner. That means predict yields '
                               'forever. This is probably a mistake.')

    def _get_features_and_labels_from_input_fn(self, input_fn, mode):
        return estimator_util.parse_input_fn_result(self._call_input_fn(input_fn, mode))

    def _extract_batch_length(self, preds_evaluated):
        batch_length = None
        for key, value in preds_evaluated.items():
            batch_length = batch_length or value.shape[0]
            if value.shape[0] != batch_length:
                raise ValueError('Batch length of predictions should be same. %s has different batch length than others.' % key)
        return batch_length

    def _extract_keys(self, predictions, predict_keys):
        if not predict_keys:
            return predictions
        if not isinstance(predictions, dict):
            raise ValueError('predict_keys argument is not valid in case of non-dict predictions.')
        wanted = {key: value for key, value in predictions.items() if key in predict_keys}
        if not wanted:
            raise ValueError('Expected to run at least one output from %s, provided %s.' % (
                predictions.keys(), predict_keys))
        return wanted

    def _create_global_step(self, graph):
        return training_util.create_global_step(graph)

    def _create_and_assert_global_step(self, graph):
        step = self._create_global_step(graph)
        assert step is training_util.get_global_step()
        assert step.dtype.is_integer
        return step

    def _call_input_fn(self, input_fn, mode, input_context=None):
        args = function_utils.fn_args(input_fn)
        kwargs = {}
        if 'mode' in args:
            kwargs['mode'] = mode
        if 'params' in args:
            kwargs['params'] = self.params
        if 'config' in args:
            kwargs['config'] = self.config
        if input_context and 'input_context' in args:
            kwargs['input_context'] = input_context
        with ops.device('/cpu:0'):
            return input_fn(**kwargs)

    def _call_model_fn(self, features, labels, mode, config):
        args = function_utils.fn_args(self._model_fn)
        kwargs = labels_and_mode(args, labels, mode)
        if 'params' in args:
            kwargs['params'] = self.params
        if 'config' in args:
            kwargs['config'] = config
        tf_logging.info('Calling model_fn.')
        spec = self._model_fn(features=features, **kwargs)
        tf_logging.info('Done calling model_fn.')
        if not isinstance(spec, model_fn_lib.EstimatorSpec):
            raise ValueError('model_fn should return an EstimatorSpec.')
        return spec

    def _train_model(self, input_fn, hooks, saving_listeners):
        with ops.Graph().as_default() as graph, graph.device(self._device_fn):
            random_seed.set_random_seed(self._config.tf_random_seed)
            self._create_and_assert_global_step(graph)
            training_util._get_or_create_global_step_read(graph)
            spec, input_hooks = self._build_model(input_fn, ModeKeys.TRAIN, self._train_distribution, self.config)
            return self._train_with_estimator_spec(
                spec, input_hooks, hooks, training_util.get_global_step(graph), saving_listeners)

    def _build_model(self, input_fn, mode, strategy, config):
        """(EstimatorSpec, hooks of the input)."""
        if strategy is not None:
            from reflow.estimator import distribution
            return distribution.model_of(self, strategy, input_fn, mode, config)
        features, labels, hooks = self._get_features_and_labels_from_input_fn(input_fn, mode)
        return self._call_model_fn(features, labels, mode, config), hooks

    def _train_with_estimator_spec(self, estimator_spec, worker_hooks, hooks, global_step_tensor, saving_listeners):
        return training_session.train(self, estimator_spec, worker_hooks, hooks, global_step_tensor, saving_listeners)

    def _evaluate_build_graph(self, input_fn, hooks=None, checkpoint_path=None):
        random_seed.set_random_seed(self._config.tf_random_seed)
        self._create_and_assert_global_step(ops.get_default_graph())
        scaffold, evaluation_hooks, input_hooks, update_op, eval_dict = self._call_model_fn_eval(input_fn, self.config)
        global_step = training_util.get_global_step(ops.get_default_graph())
        self._maybe_warm_start(checkpoint_path)
        if ops.GraphKeys.GLOBAL_STEP in eval_dict:
            raise ValueError('Metric with name `global_step` is not allowed, because Estimator already defines a default '
                             'metric with the same name.')
        eval_dict[ops.GraphKeys.GLOBAL_STEP] = global_step
        all_hooks = list(input_hooks) + list(hooks or []) + list(evaluation_hooks or [])
        if scaffold and scaffold.local_init_op:
            scaffold = _with_default_local_init(scaffold)
        return scaffold, update_op, eval_dict, all_hooks

    def _call_model_fn_eval(self, input_fn, config):
        spec, input_hooks = self._build_model(input_fn, ModeKeys.EVAL, self._eval_distribution, config)
        metrics = evaluation_results.with_loss_metric(spec.eval_metric_ops, spec.loss)
        update_op, eval_dict = evaluation_results.updates_and_values(metrics)
        return spec.scaffold, spec.evaluation_hooks, input_hooks, update_op, eval_dict

    def _evaluate_run(self, checkpoint_path, scaffold, update_op, eval_dict, all_hooks, output_dir):
        results = evaluation._evaluate_once(
            checkpoint_path=checkpoint_path, master=self._config.evaluation_master, scaffold=scaffold, eval_ops=update_op,
            final_ops=eval_dict, hooks=all_hooks, config=self._session_config)
        step = results[ops.GraphKeys.GLOBAL_STEP]
        evaluation_results.write_results(output_dir, results, step)
        if checkpoint_path:
            evaluation_results.write_checkpoint_path(output_dir, checkpoint_path, step)
        return results

    def _maybe_warm_start(self, checkpoint_path):
        if not checkpoint_path:
            warm_starting.warm_start(self._warm_start_settings)


class EstimatorV2(Estimator):
    """The Estimator of TensorFlow 2: without export_savedmodel."""

    @property
    def export_savedmodel(self):
        """Gone."""
        raise AttributeError('`Estimator.export_savedmodel` has been deprecated. Please use `export_saved_model` instead.')

    def _assert_members_are_not_overridden(self):
        _assert_members_are_not_overridden(EstimatorV2, self)


_ALLOWED_OVERRIDES = {'model_fn', '_create_and_assert_global_step', '_export_all_saved_models'}


def _assert_members_are_not_overridden(cls, estimator):
    """Raises ValueError where a subclass has members of the same names; what it is for is model_fn."""
    if type(estimator).__name__ == 'TPUEstimator':
        return
    members = {name for name in dir(cls) if not name.startswith('__')} - _ALLOWED_OVERRIDES
    overridden = [name for name in members & set(type(estimator).__dict__)
                  if getattr(cls, name) != getattr(type(estimator), name)]
    if overridden:
        raise ValueError('Subclasses of Estimator cannot override members of Estimator. {} does override {}'.format(
            type(estimator), overridden))


def maybe_overwrite_model_dir_and_session_config(config, model_dir):
    """The RunConfig with a folder, a temporary one if neither argument has one, and a ConfigProto."""
    if config is None:
        config = run_config.RunConfig()
        tf_logging.info('Using default config.')
    if not isinstance(config, run_config.RunConfig):
        raise ValueError('config must be an instance of `RunConfig`, but provided %s.' % config)
    if config.session_config is None:
        config = run_config.RunConfig.replace(config, session_config=run_config.get_default_session_config())
    model_dir = compat.path_to_str(model_dir)
    in_config = getattr(config, 'model_dir', None)
    if model_dir is not None and in_config is not None and in_config != model_dir:
        raise ValueError("`model_dir` are set both in constructor and `RunConfig`, but with different values. In constructor: "
                         "'{}', in `RunConfig`: '{}' ".format(model_dir, in_config))
    if not model_dir and in_config is None:
        model_dir = tempfile.mkdtemp()
        tf_logging.warning('Using temporary folder as model directory: %s', model_dir)
    return run_config.RunConfig.replace(config, model_dir=model_dir) if model_dir else config


def _with_default_local_init(scaffold):
    """The scaffold, in whose local_init_op all local variables and tables are initialized too."""
    from reflow.ops import control_flow_ops
    evaluation._get_or_create_eval_step()
    return monitored_session.Scaffold(
        local_init_op=control_flow_ops.group(
            scaffold.local_init_op, monitored_session.Scaffold.default_local_init_op()), copy_from_scaffold=scaffold)


def _check_hooks_type(hooks):
    hooks = list(hooks or [])
    for hook in hooks:
        if not isinstance(hook, session_run_hook.SessionRunHook):
            raise TypeError('Hooks must be a SessionRunHook, given: {}'.format(hook))
    return hooks


def _check_listeners_type(saving_listeners):
    listeners = list(saving_listeners or [])
    for listener in listeners:
        if not isinstance(listener, basic_session_run_hooks.CheckpointSaverListener):
            raise TypeError('saving_listeners must be a list of CheckpointSaverListener, given: {}'.format(listener))
    return listeners


def _get_replica_device_setter(config):
    """The function that places variables on parameter servers, or None where there are none."""
    if config.num_ps_replicas <= 0:
        return None
    worker = '/job:%s/task:%d' % (config.task_type, config.task_id) if config.task_type else '/job:worker'
    return device_setter.replica_device_setter(
        ps_tasks=config.num_ps_replicas, worker_device=worker, merge_devices=True,
        ps_ops=list(device_setter.STANDARD_PS_OPS), cluster=config.cluster_spec)


def _load_global_step_from_checkpoint_dir(checkpoint_dir):
    """The global step of the latest checkpoint, 0 without one."""
    path = checkpoint_management.latest_checkpoint(checkpoint_dir)
    if not path:
        return 0
    reader = checkpoint_utils.load_checkpoint(path)
    name = ops.GraphKeys.GLOBAL_STEP
    return reader.get_tensor(name) if reader.has_tensor(name) else 0


def _has_dataset_or_queue_runner(maybe_tensor):
    tensors = [each for each in nest.flatten(maybe_tensor) if isinstance(each, ops.Tensor)]
    if any(tensor.op.type == 'IteratorGetNext' for tensor in tensors):
        return True
    return bool(ops.get_collection(ops.GraphKeys.QUEUE_RUNNERS))
