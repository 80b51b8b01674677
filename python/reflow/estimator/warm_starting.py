"""From where an Estimator's variables begin."""

import collections
import os

from reflow.platform import gfile
from reflow.platform import tf_logging
from reflow.saved_model import utils_impl as saved_model_utils
from reflow.training import warm_starting_util
from reflow.util import compat

VocabInfo = warm_starting_util.VocabInfo


class WarmStartSettings(collections.namedtuple('WarmStartSettings', [
        'ckpt_to_initialize_from', 'vars_to_warm_start', 'var_name_to_vocab_info', 'var_name_to_prev_var_name'])):
    """A checkpoint, and which variables begin with what it has."""

    def __new__(cls, ckpt_to_initialize_from, vars_to_warm_start='.*', var_name_to_vocab_info=None,
                var_name_to_prev_var_name=None):
        if not ckpt_to_initialize_from:
            raise ValueError('`ckpt_to_initialize_from` MUST be set in WarmStartSettings')
        return super().__new__(cls, ckpt_to_initialize_from, vars_to_warm_start, var_name_to_vocab_info or {},
                               var_name_to_prev_var_name or {})


def settings_of(warm_start_from):
    """The WarmStartSettings of a path of a checkpoint or SavedModel, of settings, or None."""
    if warm_start_from is None or isinstance(warm_start_from, WarmStartSettings):
        return warm_start_from
    if not isinstance(warm_start_from, (str, bytes)):
        raise ValueError('warm_start_from must be a string or a WarmStartSettings, instead got {}'.format(
            type(warm_start_from)))
    index = os.path.join(saved_model_utils.get_variables_dir(warm_start_from), compat.as_text('variables.index'))
    if gfile.Exists(index):
        tf_logging.info('Warm-starting from a SavedModel')
        return WarmStartSettings(ckpt_to_initialize_from=saved_model_utils.get_variables_path(warm_start_from))
    return WarmStartSettings(ckpt_to_initialize_from=warm_start_from)


def warm_start(settings):
    """Has variables initialized as settings, unless they are None, say."""
    if settings:
        tf_logging.info('Warm-starting with WarmStartSettings: %s' % (settings,))
        warm_starting_util.warm_start(*settings)
