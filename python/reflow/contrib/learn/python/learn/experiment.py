"""An Estimator with what it is trained and evaluated with, and the ways to do both."""

import functools
import math
import os
import time

from reflow.contrib.learn.python.learn import export_strategy
from reflow.contrib.learn.python.learn import monitors as monitor_lib
from reflow.contrib.learn.python.learn.estimators import estimator as contrib_estimator
from reflow.contrib.learn.python.learn.estimators import run_config
from reflow.estimator import estimator as core_estimator
from reflow.framework import ops
from reflow.platform import tf_logging
from reflow.training import basic_session_run_hooks
from reflow.training import checkpoint_management
from reflow.training import server_lib
from reflow.util import compat
from reflow.util import deprecation
from reflow.util import function_utils
from reflow.util.shown_attributes import shown

_SECONDS_BETWEEN_WARNINGS = 600


def _predicate(function):
    """The function of results and a checkpoint; None: there is none."""
    if function is None:
        return None
    if not callable(function):
        raise ValueError('`continuous_eval_predicate_fn` must be a callable, or None.')
    if 'checkpoint_path' in function_utils.fn_args(function):
        return function
    return lambda eval_results, checkpoint_path: function(eval_results)


class _EvalAndExportListener(basic_session_run_hooks.CheckpointSaverListener):
    """Evaluates and exports each new checkpoint."""

    def __init__(self, eval_fn, export_fn, model_dir):
        self._eval_fn, self._export_fn, self._model_dir = eval_fn, export_fn, model_dir
        self._latest_path = None
        self.eval_result = self.export_results = None

    def after_save(self, session, global_step_value):
        """Does it, where there is one."""
        tf_logging.info('Checking for checkpoint in %s', self._model_dir)
        path = checkpoint_management.latest_checkpoint(self._model_dir)
        if not path:
            tf_logging.warning('Skipping evaluation and export since model has not been saved yet.')
        elif path == self._latest_path:
            tf_logging.warning('Skipping evaluation due to same latest checkpoint %s.', path)
        else:
            self._latest_path = path
            self.eval_result = self._eval_fn(name='intermediate_export', checkpoint_path=path)
            self.export_results = self._export_fn(self.eval_result, checkpoint_path=path)


class Experiment:
    """Trains and evaluates an Estimator, of tf.estimator or of tf.contrib.learn."""

    @deprecation.deprecated(None, 'Please switch to tf.estimator.train_and_evaluate. You will also have to convert to a '
                                  'tf.estimator.Estimator.')
    def __init__(self, estimator, train_input_fn, eval_input_fn, eval_metrics=None, train_steps=None, eval_steps=100,
                 train_monitors=None, eval_hooks=None, local_eval_frequency=None, eval_delay_secs=120,
                 continuous_eval_throttle_secs=60, min_eval_frequency=None, delay_workers_by_global_step=False,
                 export_strategies=None, train_steps_per_iteration=None, checkpoint_and_export=False,
                 saving_listeners=None, check_interval_secs=5):
        self._core_estimator_used = isinstance(estimator, core_estimator.Estimator)
        if self._core_estimator_used:
            if eval_metrics is not None:
                raise ValueError('`eval_metrics` must be `None` with `tf.estimator.Estimator`. Use `eval_metric_ops` in '
                                 '`tf.estimator.EstimatorSpec` instead.')
        elif not isinstance(estimator, contrib_estimator.BaseEstimator):
            raise ValueError('`estimator` must implement `tf.contrib.learn.Evaluable` or `tf.estimator.Estimator`.')
        elif saving_listeners is not None:
            raise ValueError('`saving_listeners` must be `None` with `tf.contrib.learn.Estimator`.')
        if train_steps_per_iteration is not None and not isinstance(train_steps_per_iteration, int):
            raise ValueError('`train_steps_per_iteration` must be an integer.')
        self._estimator = estimator
        self._train_input_fn = train_input_fn
        self._eval_input_fn = eval_input_fn
        self._eval_metrics = eval_metrics
        self._train_steps = train_steps
        self._eval_steps = eval_steps
        self._local_eval_frequency = local_eval_frequency
        self._eval_delay_secs = eval_delay_secs
        self._continuous_eval_throttle_secs = continuous_eval_throttle_secs
        self._checkpoint_and_export = checkpoint_and_export
        self._saving_listeners = saving_listeners
        self._min_eval_frequency = 1 if min_eval_frequency is None else min_eval_frequency
        self._check_interval_secs = check_interval_secs
        self._delay_workers_by_global_step = delay_workers_by_global_step
        self._train_monitors = list(train_monitors or [])
        self._eval_hooks = list(eval_hooks or [])
        self._train_steps_per_iteration = train_steps_per_iteration
        self._set_export_strategies(export_strategies)

    estimator = shown('_estimator', 'The Estimator.')
    eval_metrics = shown('_eval_metrics', 'The MetricSpecs by name.')
    train_steps = shown('_train_steps', 'The step to train up to.')
    eval_steps = shown('_eval_steps', 'The number of batches that are evaluated.')

    def _set_export_strategies(self, values):
        values = (values,) if isinstance(values, export_strategy.ExportStrategy) else tuple(values or ())
        for value in values:
            if not isinstance(value, export_strategy.ExportStrategy):
                raise ValueError('`export_strategies` must be an ExportStrategy, an iterable of ExportStrategy, or `None`, '
                                 'found %s.' % value)
        self._export_strategies = values

    def extend_train_hooks(self, additional_hooks):
        """Adds hooks of the training."""
        self._train_monitors.extend(additional_hooks)

    def reset_export_strategies(self, new_export_strategies=None):
        """Sets the export strategies; gives those before."""
        old = self._export_strategies
        self._set_export_strategies(new_export_strategies)
        return old

    def train(self, delay_secs=None):
        """Trains; each further worker begins later, up to a minute, where `delay_secs` is not given."""
        config = self._estimator.config
        if isinstance(config, run_config.RunConfig):
            if config.cluster_spec and config.master:
                if config.environment == run_config.Environment.LOCAL:
                    tf_logging.warning("ClusterSpec and master are provided, but environment is set to 'local'. Set "
                                       "environment to 'cloud' if you intend to use the distributed runtime.")
                elif config.environment != run_config.Environment.GOOGLE:
                    self._start_server()
        elif config.cluster_spec and config.master:
            raise ValueError('For distributed runtime, Experiment class only works with tf.contrib.learn.RunConfig for now, '
                             'but provided {}'.format(type(config)))
        hooks = []
        if delay_secs is None:
            task_id = config.task_id or 0
            if self._delay_workers_by_global_step:
                hooks.append(basic_session_run_hooks.GlobalStepWaiterHook(int(8000. * math.log(task_id + 1))))
                delay_secs = 0
            else:
                delay_secs = min(60, task_id * 5)
        if delay_secs > 0:
            tf_logging.info('Waiting %d secs before starting training.', delay_secs)
            time.sleep(delay_secs)
        return self._call_train(max_steps=self._train_steps, hooks=self._train_monitors + hooks)

    def evaluate(self, delay_secs=None, name=None):
        """{metric: value} of the newest checkpoint."""
        delay_secs = self._eval_delay_secs if delay_secs is None else delay_secs
        if delay_secs:
            tf_logging.info('Waiting %d secs before starting eval.', delay_secs)
            time.sleep(delay_secs)
        return self._call_evaluate(name=name or 'one_pass')

    @deprecation.deprecated('2016-10-23', 'local_run will be renamed to train_and_evaluate and the new default behavior will '
                                          'be to run evaluation every time there is a new checkpoint.')
    def local_run(self):
        """train_and_evaluate with local_eval_frequency."""
        frequency, self._min_eval_frequency = self._min_eval_frequency, self._local_eval_frequency
        try:
            return self.train_and_evaluate()
        finally:
            self._min_eval_frequency = frequency

    def _continuous_eval(self, input_fn, name, delay_secs, throttle_delay_secs, evaluate_checkpoint_only_once=True,
                         continuous_eval_predicate_fn=None, export=True):
        goes_on = _predicate(continuous_eval_predicate_fn)
        delay_secs = self._eval_delay_secs if delay_secs is None else delay_secs
        if throttle_delay_secs is None:
            throttle_delay_secs = self._continuous_eval_throttle_secs
        if delay_secs:
            tf_logging.info('Waiting %f secs before starting eval.', delay_secs)
            time.sleep(delay_secs)
        previous_path = eval_result = None
        last_warning_time = 0
        while not goes_on or goes_on(eval_result, checkpoint_path=previous_path):
            if self._has_training_stopped(eval_result):
                tf_logging.info('Exiting continuous eval, global_step=%s >= train_step=%s',
                                eval_result[ops.GraphKeys.GLOBAL_STEP], self._train_steps)
                return
            start = time.time()
            path = checkpoint_management.latest_checkpoint(self._estimator.model_dir)
            nothing_new = None
            if not path:
                nothing_new = 'Estimator is not fitted yet. Will start an evaluation when a checkpoint is ready.'
            elif evaluate_checkpoint_only_once and path == previous_path:
                nothing_new = 'No new checkpoint ready for evaluation.'
            if nothing_new:
                eval_result = {}
                if time.time() - last_warning_time > _SECONDS_BETWEEN_WARNINGS:
                    tf_logging.warning(nothing_new)
                    last_warning_time = time.time()
            else:
                eval_result = self._call_evaluate(input_fn=input_fn, name=name, checkpoint_path=path) or {}
                if export:
                    self._maybe_export(eval_result, checkpoint_path=path)
                last_warning_time = 0
                previous_path = path
            rest = throttle_delay_secs - (time.time() - start)
            if rest > 0:
                tf_logging.info('Waiting %f secs before starting next eval run.', rest)
                time.sleep(rest)

    def _has_training_stopped(self, eval_result):
        global_step = (eval_result or {}).get(ops.GraphKeys.GLOBAL_STEP)
        return bool(global_step and self._train_steps and global_step >= self._train_steps)

    def continuous_eval(self, delay_secs=None, throttle_delay_secs=None, evaluate_checkpoint_only_once=True,
                        continuous_eval_predicate_fn=None, name='continuous'):
        """Evaluates each new checkpoint until the training has reached its last step, or the predicate is False."""
        self._continuous_eval(self._eval_input_fn, name, delay_secs, throttle_delay_secs, evaluate_checkpoint_only_once,
                              continuous_eval_predicate_fn)

    def continuous_eval_on_train_data(self, delay_secs=None, throttle_delay_secs=None, continuous_eval_predicate_fn=None,
                                      name='continuous_on_train_data'):
        """continuous_eval with the data of the training, and without exports."""
        self._continuous_eval(self._train_input_fn, name, delay_secs, throttle_delay_secs,
                              continuous_eval_predicate_fn=continuous_eval_predicate_fn, export=False)

    def train_and_evaluate(self):
        """(what the last evaluation gave, what was exported); evaluates new checkpoints in between too."""
        config = self._estimator.config
        outer_monitors, self._train_monitors = self._train_monitors, list(self._train_monitors)
        listener = None
        try:
            if self._checkpoint_and_export and (config.save_checkpoints_secs or config.save_checkpoints_steps):
                listener = _EvalAndExportListener(self._call_evaluate, self._maybe_export, self._estimator.model_dir)
                self._train_monitors.append(basic_session_run_hooks.CheckpointSaverHook(
                    self._estimator.model_dir, save_secs=config.save_checkpoints_secs,
                    save_steps=config.save_checkpoints_steps, listeners=[listener]))
            elif self._min_eval_frequency:
                self._train_monitors.append(monitor_lib.ValidationMonitor(
                    input_fn=self._eval_input_fn, eval_steps=self._eval_steps, metrics=self._eval_metrics,
                    every_n_steps=self._min_eval_frequency, check_interval_secs=self._check_interval_secs,
                    hooks=self._eval_hooks))
            self.train(delay_secs=0)
        finally:
            self._train_monitors = outer_monitors
        if listener:
            return listener.eval_result, listener.export_results
        eval_result = self._call_evaluate(name=None)
        return eval_result, self._maybe_export(eval_result)

    def continuous_train_and_eval(self, continuous_eval_predicate_fn=None):
        """Trains and evaluates by turns until the last step is reached, or the predicate is False."""
        goes_on = _predicate(continuous_eval_predicate_fn)
        steps = 1000
        if self._train_steps_per_iteration is not None:
            steps = self._train_steps_per_iteration
        elif self._train_steps is not None:
            steps = int(self._train_steps / 10)
        eval_result = export_results = path = None
        while not goes_on or goes_on(eval_result, checkpoint_path=path if eval_result else None):
            if self._has_training_stopped(eval_result):
                tf_logging.info('Stop training model as max steps reached')
                break
            tf_logging.info('Training model for %s steps', steps)
            self._call_train(steps=steps, hooks=self._train_monitors)
            tf_logging.info('Evaluating model now.')
            path = checkpoint_management.latest_checkpoint(self._estimator.model_dir)
            eval_result = self._call_evaluate(name='one_pass', checkpoint_path=path)
            export_results = self._maybe_export(eval_result)
        return eval_result, export_results

    def _maybe_export(self, eval_result, checkpoint_path=None):
        folder = os.path.join(compat.as_bytes(self._estimator.model_dir), b'export')
        return [strategy.export(self._estimator, os.path.join(folder, compat.as_bytes(strategy.name)),
                                checkpoint_path=checkpoint_path, eval_result=eval_result)
                for strategy in self._export_strategies]

    def run_std_server(self):
        """Serves the cluster for ever."""
        self._start_server().join()

    def test(self):
        """Trains a step, evaluates a batch and exports; {metric: value}."""
        self._call_train(steps=1, hooks=self._train_monitors)
        eval_result = self._call_evaluate(name='one_pass', steps=1, hooks=None)
        self._maybe_export(eval_result)
        return eval_result

    def _start_server(self):
        config = self._estimator.config
        if not config.cluster_spec or not config.task_type or not config.master or config.task_id is None:
            raise ValueError('Could not start server; be sure to specify cluster_spec, task_type, master, and task in '
                             'RunConfig or set the TF_CONFIG environment variable.')
        server = server_lib.Server(config.cluster_spec, job_name=config.task_type, task_index=config.task_id,
                                   config=config.tf_config, start=False)
        server.start()
        return server

    def _call_train(self, steps=None, max_steps=None, hooks=None):
        hooks = monitor_lib.replace_monitors_with_hooks(hooks, self._estimator)
        if self._core_estimator_used:
            return self._estimator.train(input_fn=self._train_input_fn, steps=steps, max_steps=max_steps, hooks=hooks,
                                         saving_listeners=self._saving_listeners)
        return self._estimator.fit(input_fn=self._train_input_fn, steps=steps, max_steps=max_steps, monitors=hooks)

    def _call_evaluate(self, name, input_fn=None, checkpoint_path=None, **changed):
        evaluate = self._estimator.evaluate
        if not self._core_estimator_used:
            evaluate = functools.partial(evaluate, metrics=self._eval_metrics)
        arguments = {'steps': self._eval_steps, 'hooks': self._eval_hooks, **changed}
        return evaluate(input_fn=input_fn or self._eval_input_fn, name=name, checkpoint_path=checkpoint_path, **arguments)
