"""Looking into checkpoints, and initializing variables from them."""
import time

from reflow import _core, pywrap_tensorflow
from reflow.training import checkpoint_management
from reflow.util import compat

__all__ = ['load_checkpoint', 'load_variable', 'list_variables', 'checkpoints_iterator', 'init_from_checkpoint']


def load_checkpoint(ckpt_dir_or_file):
    """A CheckpointReader of a checkpoint, or of the newest one of a folder."""
    return pywrap_tensorflow.NewCheckpointReader(_checkpoint_filename(ckpt_dir_or_file))


def load_variable(ckpt_dir_or_file, name):
    """The array that a checkpoint has under this name."""
    return load_checkpoint(ckpt_dir_or_file).get_tensor(name[:-2] if name.endswith(':0') else name)


def list_variables(ckpt_dir_or_file):
    """[(name, shape)] of all tensors of a checkpoint, by name."""
    return sorted(load_checkpoint(ckpt_dir_or_file).get_variable_to_shape_map().items())


def wait_for_new_checkpoint(checkpoint_dir, last_checkpoint=None, seconds_to_sleep=1, timeout=None):
    """The prefix of the next checkpoint after `last_checkpoint`; None: there was none within `timeout` seconds."""
    from reflow.platform import tf_logging
    tf_logging.info('Waiting for new checkpoint at %s', checkpoint_dir)
    stop_time = None if timeout is None else time.time() + timeout
    while True:
        path = checkpoint_management.latest_checkpoint(checkpoint_dir)
        if path is not None and path != last_checkpoint:
            tf_logging.info('Found new checkpoint at %s', path)
            return path
        if stop_time is not None and time.time() + seconds_to_sleep > stop_time:
            return None
        time.sleep(seconds_to_sleep)


def checkpoints_iterator(checkpoint_dir, min_interval_secs=0, timeout=None, timeout_fn=None):
    """The prefixes of checkpoints as they come, until none comes within `timeout` seconds and `timeout_fn` agrees."""
    from reflow.platform import tf_logging
    path = None
    while True:
        new_path = wait_for_new_checkpoint(checkpoint_dir, path, timeout=timeout)
        if new_path is None:
            if not timeout_fn:
                tf_logging.info('Timed-out waiting for a checkpoint.')
                return
            if timeout_fn():
                return
            continue
        start = time.time()
        path = new_path
        yield path
        time.sleep(max(0.0, start + min_interval_secs - time.time()))


def init_from_checkpoint(ckpt_dir_or_file, assignment_map):
    """Has variables initialized with what a checkpoint has, instead of their initial values.

    The map is {tensor in the checkpoint: variable, list of its parts, or its name}, or {'scope/': 'scope/'}.
    """
    targets = {}
    for name, target in assignment_map.items():
        if isinstance(target, _core.Variable):
            target = [target]
        elif not isinstance(target, str):
            target = list(target)
        targets[name] = target
    _core.init_from_checkpoint(compat.as_str_any(compat.path_to_str(ckpt_dir_or_file)), targets)


def _checkpoint_filename(ckpt_dir_or_file):
    return _core.checkpoint_prefix(compat.as_str_any(compat.path_to_str(ckpt_dir_or_file)))


_get_checkpoint_filename = _checkpoint_filename


def _is_variable(x):
    return isinstance(x, _core.Variable)
