"""The hooks and the loop of Estimator.train."""

from reflow.estimator import cluster_tasks
from reflow.estimator import warm_starting
from reflow.framework import ops
from reflow.training import basic_session_run_hooks as hooks_lib
from reflow.training import monitored_session
from reflow.training import saver as saver_lib


def train(estimator, spec, input_hooks, hooks, global_step, saving_listeners):
    """Trains until a hook or the input ends it; gives the last loss, None if there was no step."""
    from reflow.summary import summary
    config = estimator._config
    warm_starting.warm_start(estimator._warm_start_settings)
    if not any(each.op.name == 'loss' for each in ops.get_collection(ops.GraphKeys.SUMMARIES)):
        summary.scalar('loss', spec.loss)
    ops.add_to_collection(ops.GraphKeys.LOSSES, spec.loss)
    worker_hooks = list(input_hooks) + list(hooks) + [hooks_lib.NanTensorHook(spec.loss)]
    if config.log_step_count_steps is not None:
        worker_hooks.append(hooks_lib.LoggingTensorHook({'loss': spec.loss, 'step': global_step},
                                                        every_n_iter=config.log_step_count_steps))
    worker_hooks.extend(spec.training_hooks)
    if not (spec.scaffold.saver or ops.get_collection(ops.GraphKeys.SAVERS)):
        ops.add_to_collection(ops.GraphKeys.SAVERS, saver_lib.Saver(
            sharded=True, max_to_keep=config.keep_checkpoint_max,
            keep_checkpoint_every_n_hours=config.keep_checkpoint_every_n_hours, defer_build=True,
            save_relative_paths=True))
    chief_hooks = _saving_hooks(estimator, spec, worker_hooks, saving_listeners)
    save_summary_steps, log_step_count_steps = _periods(config, spec, worker_hooks)
    with monitored_session.MonitoredTrainingSession(
            master=config.master, is_chief=config.is_chief, checkpoint_dir=estimator._model_dir, scaffold=spec.scaffold,
            hooks=worker_hooks, chief_only_hooks=tuple(chief_hooks) + tuple(spec.training_chief_hooks),
            save_checkpoint_secs=0, save_summaries_steps=save_summary_steps, config=estimator._session_config,
            max_wait_secs=config.session_creation_timeout_secs, log_step_count_steps=log_step_count_steps) as session:
        return run(session, spec)


def run(session, spec):
    """The loop; gives the last loss."""
    from reflow.platform import tf_logging
    loss = None
    any_step_done = False
    while not session.should_stop():
        _, loss = session.run([spec.train_op, spec.loss])
        any_step_done = True
    if not any_step_done:
        tf_logging.warning('Training with estimator made no steps. Perhaps input is empty or misspecified.')
    return loss


def _saving_hooks(estimator, spec, worker_hooks, saving_listeners):
    """The hook that saves checkpoints, unless there is one; it gets the listeners."""
    config = estimator._config
    savers = [hook for hook in worker_hooks + list(spec.training_chief_hooks)
              if isinstance(hook, hooks_lib.CheckpointSaverHook)]
    made = []
    if not savers and (config.save_checkpoints_secs or config.save_checkpoints_steps):
        made = savers = [hooks_lib.CheckpointSaverHook(
            estimator._model_dir, save_secs=config.save_checkpoints_secs, save_steps=config.save_checkpoints_steps,
            scaffold=spec.scaffold)]
    if saving_listeners and not savers:
        raise ValueError('There should be a CheckpointSaverHook to use saving_listeners. Please set one of the '
                         'RunConfig.save_checkpoints_steps or RunConfig.save_checkpoints_secs.')
    for listener in saving_listeners:
        if listener not in savers[0]._listeners:
            savers[0]._listeners.append(listener)
    return made


def _periods(config, spec, worker_hooks):
    """Steps between summaries and lines of the log, of which worker 0 takes care where the chief is a master."""
    jobs = config.cluster_spec.jobs if config.cluster_spec else []
    if cluster_tasks.TaskType.WORKER not in jobs or cluster_tasks.TaskType.MASTER not in jobs:
        return config.save_summary_steps, config.log_step_count_steps
    if config.task_type == cluster_tasks.TaskType.WORKER and config.task_id == 0:
        if config.save_summary_steps:
            worker_hooks.append(hooks_lib.SummarySaverHook(
                save_steps=config.save_summary_steps, output_dir=config.model_dir, scaffold=spec.scaffold))
        if config.log_step_count_steps:
            worker_hooks.append(hooks_lib.StepCounterHook(
                every_n_steps=config.log_step_count_steps, output_dir=config.model_dir))
    return 0, None
