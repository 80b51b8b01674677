"""Checkpoints by names of variables without a session."""
import contextlib

from reflow import _core
from reflow.framework import errors
from reflow.training import saver as saver_lib


@contextlib.contextmanager
def restore_variables_on_create(save_path, map_func=None):
    """Within it, new variables get the values that a checkpoint has under their names, or under `map_func` of these.

    NotFoundError: it has none. Without a checkpoint, None, nothing happens.
    """
    if not _core.executing_eagerly():
        raise ValueError('Currently, restore_variables_on_create can only be used with eager execution enabled.')
    if not save_path:
        yield
        return
    if map_func is not None and not callable(map_func):
        raise ValueError('map_func must be callable.')
    from reflow.ops import variable_scope
    from reflow.training import checkpoint_utils
    reader = checkpoint_utils.load_checkpoint(save_path)
    waiting = {name for name, _ in checkpoint_utils.list_variables(save_path)}
    known = set(waiting)

    def restored(next_creator, **kwargs):
        variable = next_creator(**kwargs)
        name = variable.op.name if not variable._is_eager else variable.name[:-len(':0')]
        name = map_func(name) if map_func else name
        if name not in known:
            raise errors.NotFoundError(None, None, '%s not found in checkpoint' % name)
        if name in waiting:
            waiting.remove(name)
            variable.assign(reader.get_tensor(name))
        return variable

    with variable_scope.variable_creator_scope(restored):
        yield


class Saver:
    """A tf.train.Saver that needs no session."""

    def __init__(self, var_list):
        if not _core.executing_eagerly():
            raise RuntimeError('tfe.Saver can only be used when eager execution is enabled. Use tf.train.Saver when '
                               'building graphs.')
        self._saver = saver_lib.Saver(var_list=var_list)

    def save(self, file_prefix, global_step=None):
        """Writes a checkpoint; gives its prefix."""
        return self._saver.save(None, file_prefix, write_meta_graph=False, global_step=global_step)

    def restore(self, file_prefix):
        """Restores the variables."""
        self._saver.restore(None, file_prefix)


def get_optimizer_variables(optimizer):
    """The variables of an optimizer."""
    return optimizer.variables()
