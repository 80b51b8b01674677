"""train_and_evaluate, and what it takes."""

import collections

from reflow.estimator import exporter as exporter_lib
from reflow.estimator.cluster_tasks import TaskType
from reflow.platform import tf_logging
from reflow.training import session_run_hook


def _validate_input_fn(input_fn):
    if not callable(input_fn):
        raise TypeError('`input_fn` must be callable, given: {}'.format(input_fn))


def _validate_hooks(hooks):
    hooks = tuple(hooks or [])
    for hook in hooks:
        if not isinstance(hook, session_run_hook.SessionRunHook):
            raise TypeError('All hooks must be `SessionRunHook` instances, given: {}'.format(hook))
    return hooks


def _validate_exporters(exporters):
    """The exporters, one or several, as a tuple."""
    if not exporters:
        return ()
    if isinstance(exporters, exporter_lib.Exporter):
        exporters = [exporters]
    try:
        valid = all(isinstance(each, exporter_lib.Exporter) for each in exporters)
    except TypeError:
        valid = False
    if not valid:
        raise TypeError('`exporters` must be an Exporter, an iterable of Exporter, or `None`, found %s.' % exporters)
    names = [each.name for each in exporters]
    for i, name in enumerate(names):
        if not name:
            raise ValueError('An Exporter cannot have a name that is `None` or empty. All exporter names: {}'.format(names))
        if not isinstance(name, str):
            raise ValueError('An Exporter must have a string name. Given: {}'.format(type(name)))
        if name in names[:i]:
            raise ValueError('`exporters` must have unique names. Such a name cannot be `None`. All exporter names: {}'.format(
                names))
    return tuple(exporters)


class TrainSpec(collections.namedtuple('TrainSpec', ['input_fn', 'max_steps', 'hooks'])):
    """What and how long train_and_evaluate trains."""

    def __new__(cls, input_fn, max_steps=None, hooks=None):
        _validate_input_fn(input_fn)
        if max_steps is not None and max_steps <= 0:
            raise ValueError('Must specify max_steps > 0, given: {}'.format(max_steps))
        return super().__new__(cls, input_fn=input_fn, max_steps=max_steps, hooks=_validate_hooks(hooks))


class EvalSpec(collections.namedtuple('EvalSpec', [
        'input_fn', 'steps', 'name', 'hooks', 'exporters', 'start_delay_secs', 'throttle_secs'])):
    """What and how often train_and_evaluate evaluates and exports."""

    def __new__(cls, input_fn, steps=100, name=None, hooks=None, exporters=None, start_delay_secs=120,
                throttle_secs=600):
        _validate_input_fn(input_fn)
        if steps is not None and steps <= 0:
            raise ValueError('Must specify steps > 0, given: {}'.format(steps))
        if name is not None and not isinstance(name, str):
            raise TypeError('`name` must be string, given: {}'.format(name))
        hooks = _validate_hooks(hooks)
        exporters = _validate_exporters(exporters)
        for argument, seconds in (('start_delay_secs', start_delay_secs), ('throttle_secs', throttle_secs)):
            if seconds < 0:
                raise ValueError('Must specify %s >= 0, given: %s' % (argument, seconds))
        return super().__new__(cls, input_fn=input_fn, steps=steps, name=name, hooks=hooks, exporters=exporters,
                               start_delay_secs=start_delay_secs, throttle_secs=throttle_secs)


def assert_eval_spec(eval_spec):
    """Raises TypeError for anything else."""
    if not isinstance(eval_spec, EvalSpec):
        raise TypeError('`eval_spec` must have type `tf.estimator.EvalSpec`. Got: {}'.format(type(eval_spec)))


def train_and_evaluate(estimator, train_spec, eval_spec):
    """Trains, and evaluates and exports after each checkpoint; in a cluster does what this task is for.

    Gives (metrics, results of the exporters) of the last evaluation, None in a cluster.
    """
    from reflow.estimator.training_executor import _TrainingExecutor
    assert_eval_spec(eval_spec)
    executor = _TrainingExecutor(estimator=estimator, train_spec=train_spec, eval_spec=eval_spec)
    config = estimator.config
    tf_logging.info('Not using Distribute Coordinator.')
    if config.task_type == TaskType.EVALUATOR and config.task_id > 0:
        raise ValueError('For distributed training, there can only be one `evaluator` task (with task id 0).  Given task id '
                         '{}'.format(config.task_id))
    return executor.run()


def __getattr__(name):
    if name in ('_TrainingExecutor', '_ContinuousEvalListener', '_EvalResult', '_EvalStatus', '_NewCheckpointListenerForEvaluate'):
        from reflow.estimator import training_executor
        return getattr(training_executor, name)
    raise AttributeError('module %r has no attribute %r' % (__name__, name))
