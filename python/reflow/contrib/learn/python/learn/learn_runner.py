"""Runs an Experiment as its task within a cluster asks for."""

from reflow.contrib.learn.python.learn.estimators import run_config as run_config_lib
from reflow.contrib.learn.python.learn.experiment import Experiment
from reflow.contrib.training.python.training import hparam
from reflow.platform import tf_logging
from reflow.util import deprecation

_INSTEAD = 'Use tf.estimator.train_and_evaluate.'


def _execute_schedule(experiment, schedule):
    task = getattr(experiment, schedule, None)
    if callable(task):
        return task()
    kind, error = ('non-callable member', TypeError) if hasattr(experiment, schedule) else ('non-existent task', ValueError)
    tf_logging.error('Schedule references %s %s', kind, schedule)
    tf_logging.error('Allowed values for this experiment are: %s',
                     [name for name in dir(experiment) if not name.startswith('_') and callable(getattr(experiment, name))])
    raise error('Schedule references %s %s' % (kind, schedule))


def _require_experiment(experiment):
    if not isinstance(experiment, Experiment):
        raise TypeError('Experiment builder did not return an Experiment instance, got %s instead.' % type(experiment))
    return experiment


def _made_with_config(experiment_fn, run_config, hparams, require_hparams=False):
    """The Experiment of a RunConfig, which its Estimator has to have."""
    if not isinstance(run_config, run_config_lib.RunConfig):
        raise ValueError('`run_config` must be `tf.contrib.learn.RunConfig` instance')
    if not run_config.model_dir:
        raise ValueError('Must specify a model directory `model_dir` in `run_config`.')
    if hparams is not None and not isinstance(hparams, hparam.HParams):
        raise ValueError('`hparams` must be `HParams` instance')
    if require_hparams and hparams is None:
        raise ValueError('`hparams` cannot be `None`.')
    expected = run_config.uid()
    experiment = _require_experiment(experiment_fn(run_config, hparams))
    config = experiment.estimator.config
    if not hasattr(config, 'uid'):
        raise RuntimeError('Pass `run_config` argument of the `experiment_fn` to the Estimator in Experiment. It is likely a '
                           'different `RunConfig` is passed to `Estimator` or the `config` constructor argument in '
                           '`Estimator` is not set.')
    if config.uid() != expected:
        raise RuntimeError('`RunConfig` instance is expected to be used by the `Estimator` inside the `Experiment`. expected '
                           '{}, but got {}'.format(expected, config.uid()))
    return experiment


@deprecation.deprecated(None, _INSTEAD)
def run(experiment_fn, output_dir=None, schedule=None, run_config=None, hparams=None):
    """Calls the method `schedule` of what `experiment_fn` makes, by default the one for this task; gives its result.

    `experiment_fn` takes a RunConfig and HParams, or, where `output_dir` is given, that.
    """
    if output_dir is not None and run_config is not None:
        raise ValueError('Cannot provide both `output_dir` and `run_config`')
    if output_dir is None and run_config is None:
        raise ValueError('Must set value for `output_dir` or `run_config`')
    if not callable(experiment_fn):
        raise TypeError('Experiment builder "%s" is not callable.' % experiment_fn)
    if run_config is not None:
        experiment = _made_with_config(experiment_fn, run_config, hparams)
    else:
        if not output_dir:
            raise ValueError('Must specify an output directory')
        if hparams is not None:
            raise ValueError('Must set `hparams` as None for `experiment_fn` with `output_dir`.')
        experiment = _require_experiment(experiment_fn(output_dir=output_dir))
    return _execute_schedule(experiment, schedule or _get_default_schedule(run_config or experiment.estimator.config))


@deprecation.deprecated(None, _INSTEAD)
def tune(experiment_fn, tuner):
    """Has `tuner` run Experiments until it has no further trial."""
    while tuner.next_trial():
        tuner.run_experiment(lambda run_config, hparams: _made_with_config(
            experiment_fn, run_config, hparams, require_hparams=True))


def _is_distributed(config):
    spec = config.cluster_spec
    return bool(spec) and sum(len(spec.job_tasks(job)) for job in spec.jobs) > 1


def _get_default_schedule(config):
    if not config or not _is_distributed(config):
        return 'train_and_evaluate'
    if not config.task_type:
        raise ValueError('Must specify a schedule')
    schedules = {run_config_lib.TaskType.MASTER: 'train_and_evaluate', run_config_lib.TaskType.PS: 'run_std_server',
                 run_config_lib.TaskType.WORKER: 'train'}
    if config.task_type not in schedules:
        raise ValueError('No default schedule for task type: %s' % (config.task_type))
    return schedules[config.task_type]
