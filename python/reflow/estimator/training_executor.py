"""What train_and_evaluate does, alone or as a task of a cluster."""

import collections
import json
import os
import time

from reflow.estimator import estimator as estimator_lib
from reflow.estimator import training
from reflow.estimator.cluster_tasks import TaskType
from reflow.framework import ops
from reflow.framework import protos
from reflow.platform import tf_logging
from reflow.training import basic_session_run_hooks
from reflow.training import server_lib
from reflow.util import compat

_MAX_DELAY_SECS = 60
_DELAY_SECS_PER_WORKER = 5


class _EvalStatus:
    """What has become of an evaluation."""

    EVALUATED = 'evaluated'
    MISSING_CHECKPOINT = 'missing checkpoint'
    NO_NEW_CHECKPOINT = 'no new checkpoint'


class _EvalResult(collections.namedtuple('EvalResult', ['status', 'metrics', 'checkpoint_path'])):
    """What an evaluation gave."""

    def __new__(cls, status, metrics=None, checkpoint_path=None):
        return super().__new__(cls, status, metrics, checkpoint_path)


class _ContinuousEvalListener:
    """Is asked before and after each evaluation whether to go on."""

    def before_eval(self):
        """Whether to evaluate."""
        return True

    def after_eval(self, eval_result):
        """Whether to go on."""
        del eval_result
        return True


class _Evaluator:
    """Evaluates each checkpoint once, and lets the exporters export it."""

    def __init__(self, estimator, eval_spec, max_training_steps):
        training.assert_eval_spec(eval_spec)
        self._estimator = estimator
        self._eval_spec = eval_spec
        self._is_final_export_triggered = False
        self._previous_ckpt_path = None
        self._last_warning_time = 0
        self._max_training_steps = max_training_steps

    @property
    def is_final_export_triggered(self):
        """Whether the last export was made."""
        return self._is_final_export_triggered

    def evaluate_and_export(self):
        """(_EvalResult, results of the exporters) of the latest checkpoint, if it is new."""
        path = self._estimator.latest_checkpoint()
        if not path:
            self._warn('Estimator is not trained yet. Will start an evaluation when a checkpoint is ready.')
            return _EvalResult(status=_EvalStatus.MISSING_CHECKPOINT), []
        if path == self._previous_ckpt_path:
            self._warn('No new checkpoint ready for evaluation. Skip the current evaluation pass as evaluation results are '
                       'expected to be same for the same checkpoint.')
            return _EvalResult(status=_EvalStatus.NO_NEW_CHECKPOINT), []
        spec = self._eval_spec
        metrics = self._estimator.evaluate(
            input_fn=spec.input_fn, steps=spec.steps, name=spec.name, checkpoint_path=path, hooks=spec.hooks)
        if not metrics:
            raise ValueError('Internal error: `Estimator.evaluate` should never return empty metrics.')
        result = _EvalResult(status=_EvalStatus.EVALUATED, metrics=metrics, checkpoint_path=path)
        is_final = bool(self._max_training_steps) and metrics[ops.GraphKeys.GLOBAL_STEP] >= self._max_training_steps
        exports = self._export(result, is_final)
        self._is_final_export_triggered = self._is_final_export_triggered or is_final
        self._last_warning_time = 0
        self._previous_ckpt_path = path
        return result, exports

    def _warn(self, text):
        """Warns, but not again within ten minutes."""
        now = time.time()
        if now - self._last_warning_time > 600:
            tf_logging.warning(text)
            self._last_warning_time = now

    def _export(self, result, is_final):
        base = os.path.join(compat.as_str_any(self._estimator.model_dir), 'export')
        return [exporter.export(
            estimator=self._estimator, export_path=os.path.join(base, compat.as_str_any(exporter.name)),
            checkpoint_path=result.checkpoint_path, eval_result=result.metrics, is_the_final_export=is_final)
                for exporter in self._eval_spec.exporters]


class _NewCheckpointListenerForEvaluate(basic_session_run_hooks.CheckpointSaverListener):
    """Evaluates checkpoints as they are saved, but the first one, and not more often than `eval_throttle_secs`."""

    def __init__(self, evaluator, eval_throttle_secs, continuous_eval_listener):
        self._evaluator = evaluator
        self._eval_throttle_secs = eval_throttle_secs
        self._continuous_eval_listener = continuous_eval_listener
        self.eval_result, self.export_results = None, None

    def begin(self):
        """Forgets when an evaluation was."""
        self._timer = basic_session_run_hooks.SecondOrStepTimer(every_secs=self._eval_throttle_secs)
        self._is_first_run = True

    def after_save(self, session, global_step_value):
        """Evaluates; true ends the training."""
        del session
        if self._is_first_run:  # the model as it was initialized
            self._is_first_run = False
            return None
        if not self._continuous_eval_listener.before_eval():
            tf_logging.info('Exiting training and evaluation loop, as requested by _ContinuousEvalListener.before_eval.')
            return True
        if not self._timer.should_trigger_for_step(global_step_value):
            tf_logging.info('Skip the current checkpoint eval due to throttle secs ({} secs).'.format(self._eval_throttle_secs))
            return None
        self._evaluate(global_step_value)
        if not self._continuous_eval_listener.after_eval(self.eval_result):
            tf_logging.info('Exiting evaluation, as requested by _ContinuousEvalListener.after_eval.')
            return True
        return None

    def end(self, session, global_step_value):
        """Evaluates the last checkpoint, if that has not been done."""
        del session
        if global_step_value != self._timer.last_triggered_step() and self._continuous_eval_listener.before_eval():
            self._evaluate(global_step_value)
            self._continuous_eval_listener.after_eval(self.eval_result)

    def _evaluate(self, global_step_value):
        self._timer.update_last_triggered_step(global_step_value)
        self.eval_result, self.export_results = self._evaluator.evaluate_and_export()
        if self.eval_result.status != _EvalStatus.EVALUATED:
            raise RuntimeError('There was no new checkpoint after the training. Eval status: {}'.format(
                self.eval_result.status))


class _TrainingExecutor:
    """Runs as the task that the Estimator's RunConfig names."""

    _Evaluator = _Evaluator

    def __init__(self, estimator, train_spec, eval_spec, train_hooks=None, continuous_eval_listener=None):
        if not isinstance(estimator, estimator_lib.Estimator):
            raise TypeError('`estimator` must have type `tf.estimator.Estimator`. Got: {}'.format(type(estimator)))
        if not isinstance(train_spec, training.TrainSpec):
            raise TypeError('`train_spec` must have type `tf.estimator.TrainSpec`. Got: {}'.format(type(train_spec)))
        if eval_spec and not isinstance(eval_spec, training.EvalSpec):
            raise TypeError('`eval_spec` must be either `None` or have type `tf.estimator.EvalSpec`. Got: {}'.format(
                type(eval_spec)))
        if continuous_eval_listener and not isinstance(continuous_eval_listener, _ContinuousEvalListener):
            raise TypeError('`continuous_eval_listener` must have type `_ContinuousEvalListener`.')
        self._estimator = estimator
        self._train_spec = train_spec
        self._eval_spec = eval_spec
        self._train_hooks = training._validate_hooks(train_hooks)
        self._continuous_eval_listener = continuous_eval_listener or _ContinuousEvalListener()

    @property
    def estimator(self):
        """The Estimator."""
        return self._estimator

    def run(self):
        """Does what the task is for."""
        config = self._estimator.config
        if not config.cluster_spec and config.task_type != TaskType.EVALUATOR:
            tf_logging.info('Running training and evaluation locally (non-distributed).')
            return self.run_local()
        if not config.task_type:
            raise ValueError('`estimator.config` must have task_type set. This usually means TF_CONFIG environment is not set '
                             'correctly.')
        if config.task_type == 'local':
            raise ValueError('`task.type` in TF_CONFIG cannot be `local`. Leaving `cluster` and `task` properties in TF_CONFIG '
                             'absent triggers train and evaluate `Estimator` locally (non-distributed).')
        tasks = {name[len('run_'):]: getattr(self, name) for name in dir(self)
                 if name.startswith('run_') and name != 'run_local'}
        if config.task_type not in tasks:
            raise ValueError('Task type {} is not supported. Supported task types are {}'.format(
                config.task_type, list(tasks)))
        tasks[config.task_type]()
        return None

    def run_chief(self):
        """Trains and saves."""
        self._start_distributed_training()

    def run_worker(self):
        """Trains."""
        self._start_distributed_training()

    def run_master(self):
        """Trains, saves and evaluates."""
        training.assert_eval_spec(self._eval_spec)
        listener = _NewCheckpointListenerForEvaluate(
            self._make_evaluator(), self._eval_spec.throttle_secs, _ContinuousEvalListener())
        self._start_distributed_training(saving_listeners=[listener])

    def run_evaluator(self):
        """Evaluates checkpoints as they come, until that of the last step."""
        training.assert_eval_spec(self._eval_spec)
        delay = self._eval_spec.start_delay_secs
        if delay:
            tf_logging.info('Waiting %f secs before starting eval.', delay)
            time.sleep(delay)
        evaluator = self._make_evaluator()
        max_steps = self._train_spec.max_steps
        while True:
            result = self._evaluate_once(evaluator, self._eval_spec.throttle_secs)
            if result is None:
                return
            step = result.metrics.get(ops.GraphKeys.GLOBAL_STEP) if result.status == _EvalStatus.EVALUATED else None
            if step and max_steps and step >= max_steps:
                tf_logging.info('Exiting evaluation, global_step=%s >= train max_steps=%s', step, max_steps)
                return

    def run_ps(self):
        """Serves variables."""
        self._start_std_server(self._estimator.config).join()

    def run_local(self):
        """Trains, and evaluates after each checkpoint."""
        training.assert_eval_spec(self._eval_spec)
        config = self._estimator.config
        tf_logging.info('Start train and evaluate loop. The evaluate will happen after every checkpoint. Checkpoint frequency is '
                        'determined based on RunConfig arguments: save_checkpoints_steps {} or save_checkpoints_secs {}.'.format(
                            config.save_checkpoints_steps, config.save_checkpoints_secs))
        listener = _NewCheckpointListenerForEvaluate(
            self._make_evaluator(), self._eval_spec.throttle_secs, self._continuous_eval_listener)
        self._train([listener])
        result = listener.eval_result or _EvalResult(status=_EvalStatus.MISSING_CHECKPOINT)
        return result.metrics, listener.export_results

    def _make_evaluator(self):
        return _Evaluator(self._estimator, self._eval_spec, self._train_spec.max_steps)

    def _train(self, saving_listeners=None):
        self._estimator.train(
            input_fn=self._train_spec.input_fn, max_steps=self._train_spec.max_steps,
            hooks=list(self._train_spec.hooks) + list(self._train_hooks), saving_listeners=saving_listeners)

    def _start_std_server(self, config):
        """The server of this task; None where it is the only one."""
        if not config.cluster_spec or not config.task_type or config.task_id is None:
            raise RuntimeError('Could not start server; be sure to specify cluster_spec, task_type, and task in RunConfig or set '
                               'the TF_CONFIG environment variable.')
        if not config.master:
            jobs = config.cluster_spec.jobs
            alone = len(jobs) == 1 and len(config.cluster_spec.job_tasks(jobs[0])) == 1
            if alone and config.task_type in (TaskType.CHIEF, TaskType.MASTER, TaskType.WORKER):
                tf_logging.info('Skip starting Tensorflow server as there is only one node in the cluster.')
                return None
            raise RuntimeError('Could not start server; be sure to specify master in RunConfig or set the TF_CONFIG environment '
                               'variable.')
        tf_logging.info('Start Tensorflow server.')
        session_config = protos.message('tensorflow.ConfigProto')(log_device_placement=False)
        if config.session_config is not None:
            session_config.gpu_options.CopyFrom(config.session_config.gpu_options)
        server = server_lib.Server(config.cluster_spec, job_name=config.task_type, task_index=config.task_id,
                                   config=session_config, start=False, protocol=config.protocol)
        server.start()
        return server

    def _start_distributed_training(self, saving_listeners=None):
        config = self._estimator.config
        if json.loads(os.environ.get('TF_CONFIG') or '{}').get('environment') != 'google':
            self._start_std_server(config)
        if config.task_type == TaskType.WORKER:
            limit = config.experimental_max_worker_delay_secs
            delay = min(_MAX_DELAY_SECS if limit is None else int(limit), (config.task_id + 1) * _DELAY_SECS_PER_WORKER)
            if delay > 0:
                tf_logging.info('Waiting %d secs before starting training.', delay)
                time.sleep(delay)
        self._train(saving_listeners)

    def _evaluate_once(self, evaluator, throttle_secs):
        """The _EvalResult, after `throttle_secs` at the earliest; None where the listener ends it."""
        start = time.time()
        if not self._continuous_eval_listener.before_eval():
            tf_logging.info('Exiting evaluation, as requested by _ContinuousEvalListener.before_eval.')
            return None
        result, _ = evaluator.evaluate_and_export()
        if not self._continuous_eval_listener.after_eval(result):
            tf_logging.info('Exiting evaluation, as requested by _ContinuousEvalListener.after_eval.')
            return None
        left = throttle_secs - (time.time() - start)
        if left > 0:
            tf_logging.info('Waiting %f secs before starting next eval run.', left)
            time.sleep(left)
        elif throttle_secs == 0 and result.status != _EvalStatus.EVALUATED:
            tf_logging.warning('EvalSpec.throttle_secs is set as 0. This might overload the job before finding (next) new '
                               'checkpoint. Please consider to increase it.')
        return result
