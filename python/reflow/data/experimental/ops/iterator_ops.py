"""Iterators in checkpoints."""
from reflow.data.ops import iterator_ops
from reflow.framework import ops
from reflow.training import basic_session_run_hooks, checkpoint_management, saver as saver_lib, session_run_hook


def make_saveable_from_iterator(iterator):
    """What a Saver saves and restores of an iterator: how far it is. It has to be initialized before either."""
    return _Saveable(iterator._iterator_resource)


class _Saveable(iterator_ops._IteratorSaveable):
    """The state of an iterator, under the name of its resource."""

    def __init__(self, iterator_resource):
        super().__init__(iterator_resource, iterator_resource.name, '-state')


class CheckpointInputPipelineHook(session_run_hook.SessionRunHook):
    """Saves the graph's iterators when an Estimator saves its model, in checkpoints of their own; restores them at first."""

    def __init__(self, estimator):
        config = estimator._config
        prefix = 'input'
        if config.num_worker_replicas > 1:
            prefix += '_{}_{}'.format(config.task_type, config.task_id)
        self._checkpoint_saver_hook = basic_session_run_hooks.CheckpointSaverHook(
            estimator.model_dir, save_secs=config._save_checkpoints_secs, save_steps=config._save_checkpoints_steps,
            checkpoint_basename=prefix + '.ckpt')
        self._latest_filename = 'checkpoint_' + prefix
        self._first_run = True

    def begin(self):
        saver_hook = self._checkpoint_saver_hook
        if saver_hook._saver is None and saver_hook._scaffold is None:
            saveables = [_Saveable(iterator) for iterator in ops.get_collection(iterator_ops.GLOBAL_ITERATORS)]
            saver_hook._saver = _InputSaver(saveables, self._latest_filename, sharded=True)
        saver_hook.begin()

    def before_run(self, run_context):
        # Not when the session has been made: the hook that initializes the iterators may be called after this one.
        if self._first_run:
            self._first_run = False
            self._restore_or_save(run_context.session)
        return self._checkpoint_saver_hook.before_run(run_context)

    def after_run(self, run_context, run_values):
        self._checkpoint_saver_hook.after_run(run_context, run_values)

    def end(self, session):
        self._checkpoint_saver_hook.end(session)

    def _restore_or_save(self, session):
        saver_hook = self._checkpoint_saver_hook
        latest = checkpoint_management.latest_checkpoint(saver_hook._checkpoint_dir, latest_filename=self._latest_filename)
        if latest:
            saver_hook._get_saver().restore(session, latest)
            return
        step = session.run(saver_hook._global_step_tensor)
        saver_hook._save(session, step)
        saver_hook._timer.update_last_triggered_step(step)


class _InputSaver(saver_lib.Saver):
    """A Saver whose list of checkpoints is a file of its own."""

    def __init__(self, var_list, latest_filename, sharded=False):
        super().__init__(var_list, sharded=sharded)
        self._latest_filename = latest_filename

    def save(self, sess, save_path, global_step=None, latest_filename=None, meta_graph_suffix='meta', write_meta_graph=True,
             write_state=True, strip_default_attrs=False, save_debug_info=False):
        return super().save(sess, save_path, global_step, latest_filename or self._latest_filename, meta_graph_suffix,
                            write_meta_graph, write_state, strip_default_attrs, save_debug_info)
