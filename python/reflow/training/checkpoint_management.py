"""The files of checkpoints in a folder, and the file `checkpoint` that names them."""
import collections
import glob
import os
import time

from reflow import _core
from reflow.framework import errors, ops, protos
from reflow.util import compat, deprecation

_V2 = 2


def _text(path):
    return compat.as_str_any(os.fspath(path))


def _message(state):
    """The CheckpointState message of what the extension gives."""
    path, all_paths, timestamps, preserved = state
    return protos.message('tensorflow.CheckpointState')(
        model_checkpoint_path=path, all_model_checkpoint_paths=all_paths, all_model_checkpoint_timestamps=timestamps,
        last_preserved_timestamp=preserved)


def generate_checkpoint_state_proto(save_dir, model_checkpoint_path, all_model_checkpoint_paths=None,
                                    all_model_checkpoint_timestamps=None, last_preserved_timestamp=None):
    """The CheckpointState for a folder, with paths relative to it where that is relative."""
    return _message(_core.generate_checkpoint_state(
        _text(save_dir), _text(model_checkpoint_path), [_text(path) for path in all_model_checkpoint_paths or []],
        list(all_model_checkpoint_timestamps or []), last_preserved_timestamp or 0.0))


@deprecation.deprecated(date=None, instructions='Use `tf.train.CheckpointManager` to manage checkpoints rather than '
                                                'manually editing the Checkpoint proto.')
def update_checkpoint_state(save_dir, model_checkpoint_path, all_model_checkpoint_paths=None, latest_filename=None,
                            all_model_checkpoint_timestamps=None, last_preserved_timestamp=None):
    """Writes the file `checkpoint` of a folder."""
    update_checkpoint_state_internal(
        save_dir, model_checkpoint_path, all_model_checkpoint_paths, latest_filename,
        all_model_checkpoint_timestamps=all_model_checkpoint_timestamps, last_preserved_timestamp=last_preserved_timestamp)


def update_checkpoint_state_internal(save_dir, model_checkpoint_path, all_model_checkpoint_paths=None,
                                     latest_filename=None, save_relative_paths=False,
                                     all_model_checkpoint_timestamps=None, last_preserved_timestamp=None):
    """update_checkpoint_state that can write relative paths."""
    _core.update_checkpoint_state(
        _text(save_dir), _text(model_checkpoint_path), [_text(path) for path in all_model_checkpoint_paths or []],
        latest_filename or 'checkpoint', bool(save_relative_paths), list(all_model_checkpoint_timestamps or []),
        last_preserved_timestamp or 0.0)


def get_checkpoint_state(checkpoint_dir, latest_filename=None):
    """The CheckpointState of a folder, with whole paths; None: there is none."""
    state = _core.get_checkpoint_state(_text(checkpoint_dir), latest_filename or 'checkpoint')
    return None if state is None else _message(state)


def latest_checkpoint(checkpoint_dir, latest_filename=None):
    """The prefix of the newest checkpoint of a folder; None: there is none."""
    state = get_checkpoint_state(checkpoint_dir, latest_filename)
    if state is None:
        return None
    if checkpoint_exists_internal(state.model_checkpoint_path):
        return state.model_checkpoint_path
    from reflow.platform import tf_logging
    tf_logging.error("Couldn't match files for checkpoint %s", state.model_checkpoint_path)
    return None


def checkpoint_exists_internal(checkpoint_prefix):
    """Whether there is a checkpoint, V2 or V1. NotFoundError: its folder isn't there."""
    prefix = _text(checkpoint_prefix)
    if _core.checkpoint_exists(prefix):
        return True
    folder = os.path.dirname(prefix)
    if folder and '://' not in folder and not os.path.isdir(folder):
        raise errors.NotFoundError(None, None, folder + '; No such file or directory')
    return False


@deprecation.deprecated(date=None, instructions='Use standard file APIs to check for files with this prefix.')
def checkpoint_exists(checkpoint_prefix):
    """Whether there is a checkpoint, V2 or V1."""
    return checkpoint_exists_internal(checkpoint_prefix)


@deprecation.deprecated(date=None, instructions='Use standard file utilities to get mtimes.')
def get_checkpoint_mtimes(checkpoint_prefixes):
    """When the checkpoints were written, seconds since 1970; those that are not there are left out."""
    return _core.get_checkpoint_mtimes([_text(prefix) for prefix in checkpoint_prefixes])


@deprecation.deprecated(date=None, instructions='Use standard file APIs to delete files with this prefix.')
def remove_checkpoint(checkpoint_prefix, checkpoint_format_version=_V2, meta_graph_suffix='meta'):
    """Deletes the files of a checkpoint, and its graph."""
    _core.remove_checkpoint(_text(checkpoint_prefix), checkpoint_format_version, meta_graph_suffix)


def meta_graph_filename(checkpoint_filename, meta_graph_suffix='meta'):
    """The name of the file of the graph that belongs to a checkpoint."""
    return _core.meta_graph_filename(_text(checkpoint_filename), meta_graph_suffix)


class CheckpointManager:
    """Saves a tf.train.Checkpoint under numbered prefixes of a folder, and deletes old ones."""

    def __init__(self, checkpoint, directory, max_to_keep, keep_checkpoint_every_n_hours=None, checkpoint_name='ckpt'):
        if max_to_keep is not None and max_to_keep <= 0:
            raise ValueError('Expected a positive integer or `None` for `max_to_max_to_keep`, got %d.' % (max_to_keep,))
        self._checkpoint = checkpoint
        self._save_counter_assign = None
        self._max_to_keep = max_to_keep
        self._keep_checkpoint_every_n_hours = keep_checkpoint_every_n_hours
        self._directory = directory
        self._checkpoint_prefix = os.path.join(directory, checkpoint_name)
        self._maybe_delete = collections.OrderedDict()
        state, now = get_checkpoint_state(directory), time.time()
        self._latest_checkpoint = state.model_checkpoint_path if state else None
        # A little back in time, so that managers which are made one right after the other agree.
        self._last_preserved_timestamp = state.last_preserved_timestamp if state else now - 1.
        if state:
            self._recover(state, now)

    def _recover(self, state, now):
        """Takes up the checkpoints of an earlier process."""
        if now < self._last_preserved_timestamp:
            from reflow.platform import tf_logging
            tf_logging.warning('time.time() returned a value %f seconds behind the last preserved checkpoint timestamp.',
                               self._last_preserved_timestamp - now)
            self._last_preserved_timestamp = now
        paths = state.all_model_checkpoint_paths
        timestamps = state.all_model_checkpoint_timestamps or [self._last_preserved_timestamp] * len(paths)
        for path, timestamp in zip(paths, timestamps):
            if min(timestamp, now) > self._last_preserved_timestamp:
                self._maybe_delete[path] = min(timestamp, now)

    @property
    def latest_checkpoint(self):
        """The prefix of the newest checkpoint; None: there is none."""
        return self._latest_checkpoint

    @property
    def checkpoints(self):
        """The prefixes of those that may be deleted one day, the oldest first."""
        return list(self._maybe_delete)

    @property
    def _prefix(self):
        return self._checkpoint_prefix

    def _sweep(self):
        """Deletes those that are too many, but keeps one in `keep_checkpoint_every_n_hours` for good."""
        while self._max_to_keep and len(self._maybe_delete) > self._max_to_keep:
            prefix, timestamp = self._maybe_delete.popitem(last=False)
            every = self._keep_checkpoint_every_n_hours
            if every and timestamp - every * 3600. >= self._last_preserved_timestamp:
                self._last_preserved_timestamp = timestamp
                continue
            for path in [prefix + '.index', *glob.glob(glob.escape(prefix) + '.data-?????-of-?????')]:
                if os.path.exists(path):
                    os.remove(path)

    def _record_state(self):
        update_checkpoint_state_internal(
            self._directory, model_checkpoint_path=self.latest_checkpoint,
            all_model_checkpoint_paths=list(self._maybe_delete),
            all_model_checkpoint_timestamps=list(self._maybe_delete.values()),
            last_preserved_timestamp=self._last_preserved_timestamp, save_relative_paths=True)

    def _count_saving(self):
        """Adds 1 to the checkpoint's counter, which is made and initialized if it isn't there; gives the counter."""
        session = ops.get_default_session()
        if not _core.executing_eagerly() and self._checkpoint._save_counter is None:
            session.run(self._checkpoint.save_counter.initializer)
        counter = self._checkpoint.save_counter
        if _core.executing_eagerly():
            counter.assign_add(1)
            return counter
        if self._save_counter_assign is None:
            self._save_counter_assign = counter.assign_add(1, read_value=False)
        session.run(self._save_counter_assign)
        return counter

    def save(self, checkpoint_number=None):
        """Writes the next checkpoint; gives its prefix."""
        counter = self._count_saving()
        if checkpoint_number is None:
            checkpoint_number = counter
        if not isinstance(checkpoint_number, compat.integral_types):
            from reflow.training import training_util
            checkpoint_number = training_util.global_step(ops.get_default_session(), checkpoint_number)
        save_path = self._checkpoint.write('%s-%d' % (self._prefix, checkpoint_number))
        self._maybe_delete.pop(save_path, None)
        self._maybe_delete[save_path] = time.time()
        self._latest_checkpoint = save_path
        # The new checkpoint is named before old ones are deleted, so that a process which ends meanwhile has it.
        self._record_state()
        self._sweep()
        self._record_state()
        return save_path
