"""Weights of models in files: TensorFlow's checkpoints of objects, and HDF5."""

import os

from reflow import _core
from reflow.keras import backend_session
from reflow.platform import tf_logging as logging


class WeightFiles:
    """What models have to save and load weights."""

    def save_weights(self, filepath, overwrite=True, save_format=None):
        """Writes the weights: to an HDF5 file where its name ends so, otherwise as a checkpoint."""
        self._assert_weights_created()
        is_h5 = _is_h5(filepath)
        if save_format is None:
            save_format = 'h5' if is_h5 else 'tf'
        else:
            known = {'tensorflow': 'tf', 'tf': 'tf', 'hdf5': 'h5', 'h5': 'h5', 'keras': 'h5'}
            if save_format.lower().strip() not in known:
                raise ValueError('Unknown format "%s". Was expecting one of {"tf", "h5"}.' % (save_format,))
            save_format = known[save_format.lower().strip()]
        if save_format == 'tf' and is_h5:
            raise ValueError('save_weights got save_format="tf"/"tensorflow", but the filepath ("%s") looks like an HDF5 '
                             'file. Omit the ".h5"/".keras" when saving in TensorFlow format.' % filepath)
        checked = filepath + '.index' if save_format == 'tf' else filepath
        if not overwrite and os.path.isfile(checked) and not _ask_to_overwrite(checked):
            return
        if save_format == 'h5':
            from reflow.keras.saving import hdf5_format
            hdf5_format.save_weights(self, filepath)
            return
        self._save_checkpoint(filepath)

    def _save_checkpoint(self, filepath):
        from reflow.training import checkpoint_management
        from reflow.training.tracking import util
        session = None if _core.executing_eagerly() else backend_session.get_session()
        util.saver_with_op_caching(self).save(filepath, session=session)
        checkpoint_management.update_checkpoint_state_internal(
            save_dir=os.path.dirname(filepath), model_checkpoint_path=filepath, save_relative_paths=True,
            all_model_checkpoint_paths=[filepath])

    def load_weights(self, filepath, by_name=False):
        """Reads the weights. A checkpoint is read for later variables too."""
        if _is_h5(filepath) or not _is_checkpoint(filepath):
            from reflow.keras.saving import hdf5_format
            self._assert_weights_created()
            hdf5_format.load_weights(self, filepath, by_name=by_name)
            return None
        from reflow.training.tracking import load_status, util
        if by_name:
            raise NotImplementedError('Weights may only be loaded based on topology into Models when loading '
                                      'TensorFlow-formatted weights (got by_name=True to load_weights).')
        session = None if _core.executing_eagerly() else backend_session.get_session()
        status = util.saver_with_op_caching(self).restore(filepath)
        if session is not None and hasattr(status, 'initialize_or_restore'):
            status.initialize_or_restore(session=session)
            if isinstance(status, load_status.CheckpointLoadStatus):
                load_status.streaming_restore(status, session=session)  # variables that are made later, too
        return status

    def save(self, filepath, overwrite=True, include_optimizer=True, save_format=None, signatures=None):
        """Writes the model: architecture, weights, and how it is trained."""
        from reflow.keras.saving import save
        save.save_model(self, filepath, overwrite, include_optimizer, save_format, signatures)


def _is_h5(filepath):
    return str(filepath).endswith(('.h5', '.keras', '.hdf5'))


def _is_checkpoint(filepath):
    from reflow.training import checkpoint_management
    try:
        return checkpoint_management.checkpoint_exists(filepath)
    except Exception as error:  # whatever the file system says, HDF5 is what is left
        logging.debug('%s is no checkpoint: %s', filepath, error)
        return False


def _ask_to_overwrite(filepath):
    answer = input('[WARNING] %s already exists - overwrite? [y/n]' % filepath).strip().lower()
    while answer not in ('y', 'n'):
        answer = input('Enter "y" (overwrite) or "n" (cancel).').strip().lower()
    return answer == 'y'
