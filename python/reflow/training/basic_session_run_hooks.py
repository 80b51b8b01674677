"""The hooks of `tf.train` that look at values and decide when to stop; those that write files are in saving_hooks.py."""
import time

import numpy as np

from reflow.framework import dtypes, errors
from reflow.training import session_run_hook
from reflow.training.hook_timers import NeverTriggerTimer, SecondOrStepTimer  # noqa: F401
from reflow.training.session_run_hook import SessionRunArgs

_HOOKS = 'hooks'
_STEPS_PER_RUN_VAR = 'steps_per_run'


def __getattr__(name):
    if name in ('CheckpointSaverHook', 'CheckpointSaverListener', 'ProfilerHook', 'StepCounterHook',
                'SummarySaverHook', 'SummaryWriterCache'):
        from reflow.training import saving_hooks
        return getattr(saving_hooks, name)
    raise AttributeError('module %r has no attribute %r' % (__name__, name))


def _logging():
    from reflow.platform import tf_logging
    return tf_logging


def global_step_read(hook_name):
    """The tensor that reads the graph's global step. Raises RuntimeError, naming the hook, if there is none."""
    from reflow.training import training_util
    tensor = training_util._get_or_create_global_step_read()
    if tensor is None:
        raise RuntimeError('Global step should be created to use %s.' % hook_name)
    return tensor


class LoggingTensorHook(session_run_hook.SessionRunHook):
    """Logs values every so many iterations or seconds, or at the end.

    `tensors` is a list of names or tensors, or maps tags to them; `formatter` makes a line of a dict of values.
    """

    def __init__(self, tensors, every_n_iter=None, every_n_secs=None, at_end=False, formatter=None):
        only_log_at_end = at_end and every_n_iter is None and every_n_secs is None
        if not only_log_at_end and (every_n_iter is None) == (every_n_secs is None):
            raise ValueError('either at_end and/or exactly one of every_n_iter and every_n_secs must be provided.')
        if every_n_iter is not None and every_n_iter <= 0:
            raise ValueError('invalid every_n_iter=%s.' % every_n_iter)
        if isinstance(tensors, dict):
            self._tag_order = sorted(tensors)
        else:
            self._tag_order = tensors
            tensors = {item: item for item in tensors}
        self._tensors = tensors
        self._formatter = formatter
        self._timer = NeverTriggerTimer() if only_log_at_end else SecondOrStepTimer(
            every_secs=every_n_secs, every_steps=every_n_iter)
        self._log_at_end = at_end

    def begin(self):
        self._timer.reset()
        self._iter_count = 0
        self._current_tensors = {tag: _as_graph_element(tensor) for tag, tensor in self._tensors.items()}

    def before_run(self, run_context):
        self._should_trigger = self._timer.should_trigger_for_step(self._iter_count)
        return SessionRunArgs(self._current_tensors) if self._should_trigger else None

    def after_run(self, run_context, run_values):
        if self._should_trigger:
            self._log_tensors(run_values.results)
        self._iter_count += 1

    def end(self, session):
        if self._log_at_end:
            self._log_tensors(session.run(self._current_tensors))

    def _log_tensors(self, values):
        elapsed_secs, _ = self._timer.update_last_triggered_step(self._iter_count)
        with np.printoptions(suppress=True):
            if self._formatter:
                _logging().info(self._formatter(values))
                return
            line = ', '.join('%s = %s' % (tag, values[tag]) for tag in self._tag_order)
        if elapsed_secs is None:
            _logging().info('%s', line)
        else:
            _logging().info('%s (%.3f sec)', line, elapsed_secs)


def _as_graph_element(obj):
    """The tensor of the default graph that is meant by a tensor, its name or the name of an operation with one."""
    from reflow.framework import ops
    graph = ops.get_default_graph()
    if not isinstance(obj, str):
        if not hasattr(obj, 'graph') or obj.graph != graph:
            raise ValueError('Passed %s should have graph attribute that is equal to current graph %s.' % (obj, graph))
        return obj
    if ':' in obj:
        return graph.as_graph_element(obj)
    element = graph.as_graph_element(obj + ':0')
    try:
        graph.as_graph_element(obj + ':1')
    except (KeyError, ValueError):
        return element
    raise ValueError('Name %s is ambiguous, as this `Operation` has multiple outputs (at least 2).' % obj)


def get_or_create_steps_per_run_variable():
    """The variable that says how many steps a run of a loop on the device does."""
    from reflow.framework import ops
    from reflow.ops import init_ops, variable_scope
    collection = '{}_{}'.format(_HOOKS, _STEPS_PER_RUN_VAR)
    existing = ops.get_default_graph().get_collection(collection)
    if len(existing) > 1:
        raise RuntimeError('Multiple steps_per_run_var in collection.')
    if existing:
        return existing[0]
    with variable_scope.variable_scope(_HOOKS, reuse=variable_scope.AUTO_REUSE):
        return variable_scope.get_variable(
            _STEPS_PER_RUN_VAR, initializer=init_ops.ones_initializer(), shape=[], dtype=dtypes.int32, trainable=False,
            collections=[collection, ops.GraphKeys.LOCAL_VARIABLES], use_resource=True)


def _validate_last_step(num_steps, last_step):
    if num_steps is None and last_step is None:
        raise ValueError('One of num_steps or last_step must be specified.')
    if num_steps is not None and last_step is not None:
        raise ValueError('Only one of num_steps or last_step can be specified.')


class _MultiStepStopAtStepHook(session_run_hook.SessionRunHook):
    """Stops after so many steps, or at a step, where a run does several: the last run does what is left."""

    def __init__(self, num_steps=None, last_step=None, steps_per_run=1):
        _validate_last_step(num_steps, last_step)
        if steps_per_run is None or steps_per_run < 1:
            raise ValueError('steps_per_run should be greater than 0')
        self._num_steps = num_steps
        self._last_step = last_step
        self._steps_per_run = steps_per_run

    def begin(self):
        from reflow.training import training_util
        self._step = training_util.get_global_step()
        if self._step is None:
            raise RuntimeError('Global step should be created to use StopAtStepHook.')
        self._steps_per_run_variable = get_or_create_steps_per_run_variable()

    def _plan_run(self, session, left):
        """Says how many of the steps that are left the next run does."""
        self._steps_per_run_variable.load(min(left, self._steps_per_run), session=session)

    def after_create_session(self, session, coord):
        step = session.run(self._step)
        self._last_step = step + self._num_steps if self._last_step is None else self._last_step
        self._plan_run(session, self._last_step - step)

    def after_run(self, run_context, run_values):
        left = self._last_step - run_context.session.run(self._step)
        if left > 0:
            self._plan_run(run_context.session, left)
        else:
            run_context.request_stop()


class StopAtStepHook(session_run_hook.SessionRunHook):
    """Stops after `num_steps` steps, or at step `last_step`."""

    def __init__(self, num_steps=None, last_step=None):
        _validate_last_step(num_steps, last_step)
        self._num_steps = num_steps
        self._last_step = last_step

    def begin(self):
        self._global_step_tensor = global_step_read('StopAtStepHook')

    def after_create_session(self, session, coord):
        if self._last_step is None:
            self._last_step = session.run(self._global_step_tensor) + self._num_steps

    def before_run(self, run_context):
        return SessionRunArgs(self._global_step_tensor)

    def after_run(self, run_context, run_values):
        # The value may have been read before the run raised it, or after; ask again when it may be enough.
        if run_values.results + 1 >= self._last_step:
            if run_context.session.run(self._global_step_tensor) >= self._last_step:
                run_context.request_stop()


class NanLossDuringTrainingError(RuntimeError):
    """Raised when a loss is not a number."""

    def __str__(self):
        return 'NaN loss during training.'


class NanTensorHook(session_run_hook.SessionRunHook):
    """Raises, or asks to stop, when the loss is not a number."""

    def __init__(self, loss_tensor, fail_on_nan_loss=True):
        self._loss_tensor = loss_tensor
        self._fail_on_nan_loss = fail_on_nan_loss

    def before_run(self, run_context):
        return SessionRunArgs(self._loss_tensor)

    def after_run(self, run_context, run_values):
        if np.isnan(run_values.results):
            text = 'Model diverged with loss = NaN.'
            if self._fail_on_nan_loss:
                _logging().error(text)
                raise NanLossDuringTrainingError
            _logging().warning(text)
            run_context.request_stop()


class GlobalStepWaiterHook(session_run_hook.SessionRunHook):
    """Delays the first run until the global step has come to `wait_until_step`."""

    def __init__(self, wait_until_step):
        self._wait_until_step = wait_until_step

    def begin(self):
        self._worker_is_started = False
        self._global_step_tensor = global_step_read('_GlobalStepWaiterHook')

    def before_run(self, run_context):
        if self._worker_is_started or self._wait_until_step <= 0:
            self._worker_is_started = True
            return None
        _logging().info('Waiting for global step %d before starting training.', self._wait_until_step)
        last_logged_step = 0
        while True:
            current_step = run_context.session.run(self._global_step_tensor)
            if current_step >= self._wait_until_step:
                self._worker_is_started = True
                return None
            if current_step - last_logged_step > 1000:
                _logging().info('Waiting for global step %d before starting training. Current step is %d.',
                                self._wait_until_step, current_step)
                last_logged_step = current_step
            time.sleep(0.5)


class FinalOpsHook(session_run_hook.SessionRunHook):
    """Runs `final_ops` at the end; `final_ops_values` has what they gave."""

    def __init__(self, final_ops, final_ops_feed_dict=None):
        self._final_ops = final_ops
        self._final_ops_feed_dict = final_ops_feed_dict
        self._final_ops_values = None

    @property
    def final_ops_values(self):
        return self._final_ops_values

    def end(self, session):
        if self._final_ops is None:
            return
        try:
            self._final_ops_values = session.run(self._final_ops, feed_dict=self._final_ops_feed_dict)
        except (errors.OutOfRangeError, StopIteration):
            _logging().warning(
                'The final operations of a FinalOpsHook have come to the end of their input: they depend on a source of '
                'data that the loop before has used up. They should read variables only.')
            raise


class FeedFnHook(session_run_hook.SessionRunHook):
    """Feeds what `feed_fn` returns, a dict, in each run."""

    def __init__(self, feed_fn):
        self.feed_fn = feed_fn

    def before_run(self, run_context):
        return SessionRunArgs(fetches=None, feed_dict=self.feed_fn())
