"""Hooks that end a training when evaluations don't get better."""

import collections
import operator
import os

from reflow.estimator import estimator as estimator_lib
from reflow.framework import dtypes
from reflow.framework import ops
from reflow.platform import gfile
from reflow.platform import tf_logging
from reflow.training import basic_session_run_hooks
from reflow.training import session_run_hook
from reflow.training import training_util

_EVENT_FILE_GLOB_PATTERN = 'events.out.tfevents.*'


def make_early_stopping_hook(estimator, should_stop_fn, run_every_secs=60, run_every_steps=None):
    """A hook that ends the training of all tasks when `should_stop_fn()` says so, which the chief asks now and then."""
    if not isinstance(estimator, estimator_lib.Estimator):
        raise TypeError('`estimator` must have type `tf.estimator.Estimator`. Got: {}'.format(type(estimator)))
    if run_every_secs is not None and run_every_steps is not None:
        raise ValueError('Only one of `run_every_secs` and `run_every_steps` must be set.')
    if estimator.config.is_chief:
        return _StopOnPredicateHook(should_stop_fn, run_every_secs, run_every_steps)
    return _CheckForStoppingHook()


def stop_if_higher_hook(estimator, metric_name, threshold, eval_dir=None, min_steps=0, run_every_secs=60,
                        run_every_steps=None):
    """Ends the training when a metric is above a threshold."""
    return _stop_if_threshold_crossed_hook(
        estimator, metric_name, threshold, True, eval_dir, min_steps, run_every_secs, run_every_steps)


def stop_if_lower_hook(estimator, metric_name, threshold, eval_dir=None, min_steps=0, run_every_secs=60,
                       run_every_steps=None):
    """Ends the training when a metric is below a threshold."""
    return _stop_if_threshold_crossed_hook(
        estimator, metric_name, threshold, False, eval_dir, min_steps, run_every_secs, run_every_steps)


def stop_if_no_increase_hook(estimator, metric_name, max_steps_without_increase, eval_dir=None, min_steps=0,
                             run_every_secs=60, run_every_steps=None):
    """Ends the training when a metric has not risen for so many steps."""
    return _stop_if_no_metric_improvement_hook(
        estimator, metric_name, max_steps_without_increase, True, eval_dir, min_steps, run_every_secs, run_every_steps)


def stop_if_no_decrease_hook(estimator, metric_name, max_steps_without_decrease, eval_dir=None, min_steps=0,
                             run_every_secs=60, run_every_steps=None):
    """Ends the training when a metric has not fallen for so many steps."""
    return _stop_if_no_metric_improvement_hook(
        estimator, metric_name, max_steps_without_decrease, False, eval_dir, min_steps, run_every_secs, run_every_steps)


def read_eval_metrics(eval_dir):
    """{step: {metric: value}} of the event files of an evaluation, by step."""
    metrics = collections.defaultdict(dict)
    for event in _summaries(eval_dir):
        if event.HasField('summary'):
            values = {value.tag: value.simple_value for value in event.summary.value if value.HasField('simple_value')}
            if values:
                metrics[event.step].update(values)
    return collections.OrderedDict(sorted(metrics.items()))


def _summaries(eval_dir):
    from reflow.summary import summary_iterator
    if gfile.Exists(eval_dir):
        for path in gfile.Glob(os.path.join(eval_dir, _EVENT_FILE_GLOB_PATTERN)):
            yield from summary_iterator.summary_iterator(path)


def _stop_if_threshold_crossed_hook(estimator, metric_name, threshold, higher_is_better, eval_dir, min_steps,
                                    run_every_secs, run_every_steps):
    eval_dir = eval_dir or estimator.eval_dir()
    is_better = operator.gt if higher_is_better else operator.lt

    def stop_if_threshold_crossed_fn():
        for step, metrics in read_eval_metrics(eval_dir).items():
            if step >= min_steps and is_better(metrics[metric_name], threshold):
                tf_logging.info('At step %s, metric "%s" has value %s which is %s the configured threshold (%s) for early '
                                'stopping.', step, metric_name, metrics[metric_name],
                                'greater than' if higher_is_better else 'less than', threshold)
                return True
        return False

    return make_early_stopping_hook(estimator, stop_if_threshold_crossed_fn, run_every_secs, run_every_steps)


def _stop_if_no_metric_improvement_hook(estimator, metric_name, max_steps_without_improvement, higher_is_better, eval_dir,
                                        min_steps, run_every_secs, run_every_steps):
    eval_dir = eval_dir or estimator.eval_dir()
    is_better = operator.gt if higher_is_better else operator.lt

    def stop_if_no_metric_improvement_fn():
        best = None
        best_step = None
        for step, metrics in read_eval_metrics(eval_dir).items():
            if step < min_steps:
                continue
            value = metrics[metric_name]
            if best is None or is_better(value, best):
                best, best_step = value, step
            if step - best_step >= max_steps_without_improvement:
                tf_logging.info('No %s in metric "%s" for %s steps, which is greater than or equal to max steps (%s) configured '
                                'for early stopping.', 'increase' if higher_is_better else 'decrease', metric_name,
                                step - best_step, max_steps_without_improvement)
                return True
        return False

    return make_early_stopping_hook(estimator, stop_if_no_metric_improvement_fn, run_every_secs, run_every_steps)


def _get_or_create_stop_var():
    """The variable by which the chief tells the other tasks."""
    from reflow.ops import init_ops
    from reflow.ops import variable_scope
    with variable_scope.variable_scope('signal_early_stopping', values=[], reuse=variable_scope.AUTO_REUSE):
        return variable_scope.get_variable(
            name='STOP', shape=[], dtype=dtypes.bool, initializer=init_ops.constant_initializer(False),
            collections=[ops.GraphKeys.GLOBAL_VARIABLES], trainable=False)


class _StopOnPredicateHook(session_run_hook.SessionRunHook):
    """Asks a function now and then whether the training ends, and tells all tasks."""

    def __init__(self, should_stop_fn, run_every_secs=60, run_every_steps=None):
        if not callable(should_stop_fn):
            raise TypeError('`should_stop_fn` must be callable.')
        self._should_stop_fn = should_stop_fn
        self._timer = basic_session_run_hooks.SecondOrStepTimer(every_secs=run_every_secs, every_steps=run_every_steps)

    def begin(self):
        """Makes the variable."""
        from reflow.ops import state_ops
        self._global_step_tensor = training_util.get_global_step()
        self._stop_var = _get_or_create_stop_var()
        self._stop_op = state_ops.assign(self._stop_var, True)

    def before_run(self, run_context):
        """Asks for the global step."""
        return session_run_hook.SessionRunArgs(self._global_step_tensor)

    def after_run(self, run_context, run_values):
        """Asks the function."""
        step = run_values.results
        if self._timer.should_trigger_for_step(step):
            self._timer.update_last_triggered_step(step)
            if self._should_stop_fn():
                tf_logging.info('Requesting early stopping at global step %d', step)
                run_context.session.run(self._stop_op)
                run_context.request_stop()


class _CheckForStoppingHook(session_run_hook.SessionRunHook):
    """Ends the training when the chief has said so."""

    def begin(self):
        """Makes the variable."""
        self._stop_var = _get_or_create_stop_var()

    def before_run(self, run_context):
        """Asks for the variable."""
        return session_run_hook.SessionRunArgs(self._stop_var)

    def after_run(self, run_context, run_values):
        """Ends the training where the variable says so."""
        if run_values.results:
            tf_logging.info('Early stopping requested, suspending run.')
            run_context.request_stop()
