"""The files of checkpoints in a folder, and the file `checkpoint` that names them."""
import os

from reflow import _core
from reflow.framework import protos
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
    """Whether there is a checkpoint, V2 or V1."""
    return _core.checkpoint_exists(_text(checkpoint_prefix))


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
