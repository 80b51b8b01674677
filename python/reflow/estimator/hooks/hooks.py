"""Hooks for Estimators: evaluation within training, and the end at the step of a checkpoint."""

import time

from reflow.estimator import estimator as estimator_lib
from reflow.framework import ops
from reflow.training import basic_session_run_hooks
from reflow.training import monitored_session
from reflow.training import session_run_hook
from reflow.training import training_util


class InMemoryEvaluatorHook(session_run_hook.SessionRunHook):
    """Evaluates each `every_n_iter` runs, and at the beginning and end, with the variables as they are, not from a checkpoint."""

    def __init__(self, estimator, input_fn, steps=None, hooks=None, name=None, every_n_iter=100):
        if every_n_iter is None or every_n_iter <= 0:
            raise ValueError('invalid every_n_iter=%s.' % every_n_iter)
        if estimator.config.num_ps_replicas > 0 or estimator.config.num_worker_replicas > 1:
            raise ValueError('InMemoryEvaluator supports only single machine (aka Local) setting.')
        self._estimator = estimator
        self._input_fn = input_fn
        self._eval_dir = estimator.eval_dir(name)
        self._hooks = estimator_lib._check_hooks_type(hooks)
        self._hooks.extend(estimator._convert_eval_steps_to_hooks(steps))
        self._timer = basic_session_run_hooks.SecondOrStepTimer(every_steps=every_n_iter)

    def begin(self):
        """Builds the graph of the evaluation."""
        from reflow.ops import array_ops
        self._timer.reset()
        self._iter_count = 0
        self._graph = ops.Graph()
        with self._graph.as_default():
            self._scaffold, self._update_op, self._eval_dict, self._all_hooks = self._estimator._evaluate_build_graph(
                self._input_fn, self._hooks, checkpoint_path=None)
            if self._scaffold.saver is not None:
                raise ValueError('InMemoryEvaluator does not support custom saver')
            if self._scaffold.init_fn is not None:
                raise ValueError('InMemoryEvaluator does not support custom init_fn')
            self._eval_variables = _variables_by_name()
            self._placeholders = {name: array_ops.placeholder(variable.dtype)
                                  for name, variable in self._eval_variables.items()}

    def after_create_session(self, session, coord):
        """Evaluates the model as it begins."""
        from reflow.ops import control_flow_ops
        from reflow.ops import state_ops
        if ops.get_collection(ops.GraphKeys.SAVEABLE_OBJECTS):
            raise ValueError('InMemoryEvaluator does not support saveables other than global variables.')
        trained = _variables_by_name()
        self._train_variables = {name: trained[name] for name in self._placeholders if name in trained}
        with self._graph.as_default():
            self._feed_op = control_flow_ops.group([
                state_ops.assign(self._eval_variables[name], self._placeholders[name]) for name in self._train_variables])
        self._evaluate(session)

    def _evaluate(self, train_session):
        values = train_session.run(self._train_variables)
        feed = {self._placeholders[name]: value for name, value in values.items()}

        def feed_variables(scaffold, session):
            del scaffold
            session.run(self._feed_op, feed_dict=feed)

        scaffold = monitored_session.Scaffold(init_fn=feed_variables, copy_from_scaffold=self._scaffold)
        with self._graph.as_default():
            self._estimator._evaluate_run(
                checkpoint_path=None, scaffold=scaffold, update_op=self._update_op, eval_dict=self._eval_dict,
                all_hooks=self._all_hooks, output_dir=self._eval_dir)
        self._timer.update_last_triggered_step(self._iter_count)

    def after_run(self, run_context, run_values):
        """Evaluates when it is time."""
        self._iter_count += 1
        if self._timer.should_trigger_for_step(self._iter_count):
            self._evaluate(run_context.session)

    def end(self, session):
        """Evaluates the model as it ends."""
        self._evaluate(session)


def _variables_by_name():
    return {variable.name: variable for variable in ops.get_collection(ops.GraphKeys.GLOBAL_VARIABLES)}


class _StopAtCheckpointStepHook(session_run_hook.SessionRunHook):
    """Ends when a checkpoint of step `last_step` is there; waits for it at that step."""

    def __init__(self, model_dir, last_step, wait_after_file_check_secs=30):
        if last_step is None:
            raise ValueError('last_step must be specified.')
        if model_dir is None:
            raise ValueError('model_dir must be specified.')
        self._model_dir = model_dir
        self._last_step = last_step
        self._wait_after_file_check_secs = wait_after_file_check_secs

    def begin(self):
        """Makes the tensor that reads the global step."""
        self._global_step_tensor = training_util._get_or_create_global_step_read()
        if self._global_step_tensor is None:
            raise RuntimeError('Global step should be created to use StopAtCheckpointStepHook.')

    def before_run(self, run_context):
        """Asks for the global step."""
        return session_run_hook.SessionRunArgs(self._global_step_tensor)

    def after_run(self, run_context, run_values):
        """Ends or waits at the last step."""
        if run_values.results + 1 < self._last_step:
            return
        if estimator_lib._load_global_step_from_checkpoint_dir(self._model_dir) >= self._last_step:
            run_context.request_stop()
        else:
            time.sleep(self._wait_after_file_check_secs)


def make_stop_at_checkpoint_step_hook(estimator, last_step, wait_after_file_check_secs=30):
    """A hook that ends a task at a step; those that don't save wait until the checkpoint is there."""
    if estimator.config.is_chief:
        return basic_session_run_hooks.StopAtStepHook(last_step=last_step)
    return _StopAtCheckpointStepHook(
        model_dir=estimator.model_dir, last_step=last_step, wait_after_file_check_secs=wait_after_file_check_secs)
