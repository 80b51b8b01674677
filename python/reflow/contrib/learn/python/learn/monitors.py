"""Monitors: what tf.contrib.learn had before hooks."""

import time

import numpy as np

from reflow.framework import ops
from reflow.platform import tf_logging
from reflow.training import basic_session_run_hooks
from reflow.training import checkpoint_management
from reflow.training import session_run_hook
from reflow.training import training_util
from reflow.util import deprecation
from reflow.util.shown_attributes import shown


class BaseMonitor:
    """Is called before and after each step."""

    @deprecation.deprecated('2016-12-05', 'Monitors are deprecated. Please use tf.train.SessionRunHook.')
    def __init__(self):
        self._begun = False
        self._current_step = None
        self._max_steps = None
        self._estimator = None

    @property
    def run_on_all_workers(self):
        """Whether it runs not only on the chief."""
        return False

    def set_estimator(self, estimator):
        """Says which Estimator is being trained."""
        if estimator is None:
            raise ValueError('Missing estimator.')
        self._estimator = estimator

    def begin(self, max_steps=None):
        """The training begins."""
        if self._begun:
            raise ValueError('begin called twice without end.')
        self._max_steps = max_steps
        self._begun = True

    def end(self, session=None):
        """The training has ended."""
        if not self._begun:
            raise ValueError('end called without begin.')
        self._max_steps = None
        self._begun = False

    def step_begin(self, step):
        """What to run beside the step."""
        if step < 0 or (self._max_steps is not None and step > self._max_steps):
            raise ValueError('Invalid step %s.' % step)
        self._current_step = step
        return []

    def step_end(self, step, output):
        """Whether the training ends; `output` has what was run beside."""
        if self._current_step != step:
            raise ValueError('step_end expected %s but got %s.', self._current_step, step)
        self._current_step = None
        return False

    def post_step(self, step, session):
        """The step has ended."""


class EveryN(BaseMonitor):
    """Is called every n steps, and in the first ones."""

    def __init__(self, every_n_steps=100, first_n_steps=1):
        super().__init__()
        self._every_n_steps = every_n_steps
        self._first_n_steps = first_n_steps
        self._last_successful_step = None
        self._last_active_step = 0
        self._every_n_step_begin_called = False

    def every_n_step_begin(self, step):
        """What to run beside the step."""
        return []

    def every_n_step_end(self, step, outputs):
        """Whether the training ends."""
        return False

    def every_n_post_step(self, step, session):
        """The step has ended."""

    def step_begin(self, step):
        """What to run beside the step."""
        super().step_begin(step)
        self._every_n_step_begin_called = (
            step <= self._first_n_steps or step >= self._every_n_steps + self._last_active_step or step == self._max_steps)
        return self.every_n_step_begin(step) if self._every_n_step_begin_called else []

    def step_end(self, step, output):
        """Whether the training ends."""
        super().step_end(step, output)
        return self.every_n_step_end(step, output) if self._every_n_step_begin_called else False

    def post_step(self, step, session):
        """The step has ended."""
        super().post_step(step, session)
        if self._every_n_step_begin_called:
            self.every_n_post_step(step, session)
            self._last_active_step = step
        self._last_successful_step = step

    def end(self, session=None):
        """The training has ended."""
        super().end(session=session)
        if self._last_successful_step != self._last_active_step:
            self.every_n_post_step(self._last_successful_step, session)


class StopAtStep(BaseMonitor):
    """Ends the training after a number of steps, or at a step."""

    run_on_all_workers = True

    def __init__(self, num_steps=None, last_step=None):
        super().__init__()
        if num_steps is None and last_step is None:
            raise ValueError('One of num_steps or last_step must be specified.')
        if num_steps is not None and last_step is not None:
            raise ValueError('Only one of num_steps or last_step can be specified.')
        self._num_steps = num_steps
        self._last_step = last_step

    def step_begin(self, step):
        """Counts from the first step."""
        super().step_begin(step)
        if self._last_step is None:
            self._last_step = step + self._num_steps - 1
        return []

    def step_end(self, step, output):
        """Whether that was the last step."""
        super().step_end(step, output)
        return step >= self._last_step


def _output(outputs, request):
    """What was asked for by a name or a tensor."""
    return outputs[request] if request in outputs else outputs[request.name]


class PrintTensor(EveryN):
    """Logs tensors: a list of names, or a dict from what to call them."""

    def __init__(self, tensor_names, every_n=100, first_n=1):
        super().__init__(every_n, first_n)
        self._tensor_names = tensor_names if isinstance(tensor_names, dict) else {name: name for name in tensor_names}

    def every_n_step_begin(self, step):
        """The tensors."""
        super().every_n_step_begin(step)
        return list(self._tensor_names.values())

    def _stats(self, outputs, names):
        return ', '.join('%s = %s' % (tag, _output(outputs, name)) for tag, name in names.items() if name in outputs)

    def every_n_step_end(self, step, outputs):
        """Logs them."""
        super().every_n_step_end(step, outputs)
        tf_logging.info('Step %d: %s', step, self._stats(outputs, self._tensor_names))


class LoggingTrainable(PrintTensor):
    """Logs the variables that are trained, those of a scope or all."""

    def __init__(self, scope=None, every_n=100, first_n=1):
        super().__init__({}, every_n, first_n)
        self._scope = scope

    def every_n_step_begin(self, step):
        """The values of the variables."""
        self._tensor_names = {variable.name: variable.value().name for variable in ops.get_collection(
            ops.GraphKeys.TRAINABLE_VARIABLES, scope=self._scope)}
        return super().every_n_step_begin(step)

    def every_n_step_end(self, step, outputs):
        """Logs them."""
        EveryN.every_n_step_end(self, step, outputs)
        tf_logging.info('Logging Trainable: Step %d: %s', step, self._stats(outputs, self._tensor_names))


class CaptureVariable(EveryN):
    """Keeps the values of a variable: `values` is {step: array}."""

    def __init__(self, var_name, every_n=100, first_n=1):
        super().__init__(every_n, first_n)
        self._var_name = var_name
        self._var_values = {}

    values = shown('_var_values', '{step: array}')

    def every_n_step_begin(self, step):
        """The variable."""
        super().every_n_step_begin(step)
        return [self._var_name]

    def every_n_step_end(self, step, outputs):
        """Keeps its value."""
        super().every_n_step_end(step, outputs)
        self._var_values[step] = _output(outputs, self._var_name)


class NanLoss(EveryN):
    """Ends the training where the loss is NaN, by an error or without."""

    def __init__(self, loss_tensor, every_n_steps=100, fail_on_nan_loss=True):
        super().__init__(every_n_steps=every_n_steps)
        self._loss_tensor = loss_tensor
        self._fail_on_nan_loss = fail_on_nan_loss

    def every_n_step_begin(self, step):
        """The loss."""
        super().every_n_step_begin(step)
        return [self._loss_tensor]

    def every_n_step_end(self, step, outputs):
        """Whether the training ends. NanLossDuringTrainingError: by an error."""
        super().every_n_step_end(step, outputs)
        if not np.isnan(_output(outputs, self._loss_tensor)):
            return False
        message = 'Model diverged with loss = NaN.'
        if self._fail_on_nan_loss:
            tf_logging.error(message)
            raise basic_session_run_hooks.NanLossDuringTrainingError
        tf_logging.warning(message)
        return True


class ValidationMonitor(EveryN):
    """Evaluates new checkpoints, and ends the training when a metric has not become better for so many steps."""

    def __init__(self, x=None, y=None, input_fn=None, batch_size=None, eval_steps=None, every_n_steps=100, metrics=None,
                 hooks=None, early_stopping_rounds=None, early_stopping_metric='loss',
                 early_stopping_metric_minimize=True, name=None, check_interval_secs=5):
        super().__init__(every_n_steps=every_n_steps, first_n_steps=-1)
        if x is None and input_fn is None:
            raise ValueError('Either x or input_fn should be provided.')
        self.x, self.y, self.input_fn, self.batch_size = x, y, input_fn, batch_size
        self.eval_steps, self.metrics, self.hooks, self.name = eval_steps, metrics, hooks, name
        self.early_stopping_rounds, self.early_stopping_metric = early_stopping_rounds, early_stopping_metric
        self.early_stopping_metric_minimize = early_stopping_metric_minimize
        self._best_value = self._best_value_step = self._best_metrics = None
        self._early_stopped = False
        self._latest_path = self._last_check_time = None
        self._check_interval_secs = check_interval_secs

    early_stopped = shown('_early_stopped', 'Whether it has ended the training.')
    best_step = shown('_best_value_step', 'The step with the best value.')
    best_value = shown('_best_value', 'The best value of the metric.')
    best_metrics = shown('_best_metrics', 'All metrics of the step with the best value.')

    def _evaluate(self):
        from reflow.estimator import estimator as core_estimator
        given = dict(x=self.x, y=self.y, batch_size=self.batch_size, metrics=self.metrics)
        if isinstance(self._estimator, core_estimator.Estimator):
            if any(value is not None for value in given.values()):
                raise ValueError('tf.estimator.Estimator does not support following arguments: x, y, batch_size, metrics. Should '
                                 'set as `None` in ValidationMonitor')
            given = {}
        return self._estimator.evaluate(
            input_fn=self.input_fn, steps=self.eval_steps, hooks=self.hooks, name=self.name, **given)

    def every_n_step_end(self, step, outputs):
        """Evaluates if there is a new checkpoint; whether the training ends."""
        super().every_n_step_end(step, outputs)
        if self._estimator is None:
            raise ValueError('Missing call to set_estimator.')
        now = time.time()
        if None not in (self._check_interval_secs, self._last_check_time) and (
                now - self._last_check_time <= self._check_interval_secs):
            return False
        self._last_check_time = now
        path = checkpoint_management.latest_checkpoint(self._estimator.model_dir)
        if path is None or path == self._latest_path:
            return False
        self._latest_path = path
        results = self._evaluate()
        tf_logging.info('Validation (step %d): %s', step, ', '.join('%s = %s' % item for item in sorted(results.items())))
        return self._is_over(step, results)

    def _is_over(self, step, results):
        if self.early_stopping_rounds is None:
            return False
        if self.early_stopping_metric not in results:
            raise ValueError('Metric %s missing from outputs %s.' % (self.early_stopping_metric, set(results)))
        value = results[self.early_stopping_metric]
        better = self._best_value is None or (
            value < self._best_value if self.early_stopping_metric_minimize else value > self._best_value)
        if better:
            self._best_value, self._best_value_step, self._best_metrics = value, step, dict(results)
        if step - self._best_value_step < self.early_stopping_rounds:
            return False
        tf_logging.info('Stopping. Best step: {} with {} = {}.'.format(
            self._best_value_step, self.early_stopping_metric, self._best_value))
        self._early_stopped = True
        return True


class RunHookAdapterForMonitors(session_run_hook.SessionRunHook):
    """Calls monitors as a hook."""

    def __init__(self, monitors):
        self._monitors = monitors

    def begin(self):
        """The training begins."""
        self._last_step = None
        self._global_step_tensor = training_util.get_global_step()
        for monitor in self._monitors:
            monitor.begin(max_steps=None)

    def before_run(self, run_context):
        """Asks for the global step and what the monitors want."""
        if self._last_step is None:
            self._last_step = run_context.session.run(self._global_step_tensor) + 1
        graph = ops.get_default_graph()
        request = {'global_step': self._global_step_tensor}
        names = [name for monitor in self._monitors for name in monitor.step_begin(self._last_step) or []]
        fetches = {name: name if not isinstance(name, str) else graph.as_graph_element(name if ':' in name else name + ':0')
                   for name in names}
        if fetches:
            request['monitors'] = list(fetches.values())
        self._names = list(fetches)
        return session_run_hook.SessionRunArgs(request)

    def after_run(self, run_context, run_values):
        """Asks the monitors whether the training ends."""
        outputs = dict(zip(self._names, run_values.results.get('monitors', [])))
        for monitor in self._monitors:
            if monitor.step_end(self._last_step, outputs):
                run_context.request_stop()
            monitor.post_step(self._last_step, run_context.session)
        self._last_step = run_values.results['global_step'] + 1

    def end(self, session):
        """The training has ended."""
        self._last_step = None
        for monitor in self._monitors:
            monitor.end(session=session)


def replace_monitors_with_hooks(monitors_or_hooks, estimator):
    """The hooks, with one for all monitors."""
    hooks = [each for each in monitors_or_hooks or [] if isinstance(each, session_run_hook.SessionRunHook)]
    monitors = [each for each in monitors_or_hooks or [] if not isinstance(each, session_run_hook.SessionRunHook)]
    if not estimator.config.is_chief:
        monitors = [monitor for monitor in monitors if monitor.run_on_all_workers]
    for monitor in monitors:
        monitor.set_estimator(estimator)
    return hooks + ([RunHookAdapterForMonitors(monitors)] if monitors else [])


from reflow.contrib.learn.python.learn.writing_monitors import (  # noqa: E402,F401
    CheckpointSaver, StepCounter, SummarySaver, get_default_monitors)
