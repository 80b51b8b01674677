"""Signatures and folders of exported models."""

import os
import time

from reflow.platform import gfile
from reflow.platform import tf_logging
from reflow.saved_model import signature_constants
from reflow.saved_model import signature_def_utils
from reflow.saved_model import tag_constants
from reflow.saved_model.model_utils import export_output as export_output_lib
from reflow.saved_model.model_utils import mode_keys
from reflow.util import compat

ModeKeys = mode_keys.KerasModeKeys

EXPORT_TAG_MAP = mode_keys.ModeKeyMap(**{
    ModeKeys.PREDICT: [tag_constants.SERVING],
    ModeKeys.TRAIN: [tag_constants.TRAINING],
    ModeKeys.TEST: [tag_constants.EVAL]})

SIGNATURE_KEY_MAP = mode_keys.ModeKeyMap(**{
    ModeKeys.PREDICT: signature_constants.DEFAULT_SERVING_SIGNATURE_DEF_KEY,
    ModeKeys.TRAIN: signature_constants.DEFAULT_TRAIN_SIGNATURE_DEF_KEY,
    ModeKeys.TEST: signature_constants.DEFAULT_EVAL_SIGNATURE_DEF_KEY})

SINGLE_FEATURE_DEFAULT_NAME = 'feature'
SINGLE_RECEIVER_DEFAULT_NAME = 'input'
SINGLE_LABEL_DEFAULT_NAME = 'label'

MAX_DIRECTORY_CREATION_ATTEMPTS = 10

_FRIENDLY_METHOD_NAMES = {
    signature_constants.CLASSIFY_METHOD_NAME: 'Classify',
    signature_constants.REGRESS_METHOD_NAME: 'Regress',
    signature_constants.PREDICT_METHOD_NAME: 'Predict',
    signature_constants.SUPERVISED_TRAIN_METHOD_NAME: 'Train',
    signature_constants.SUPERVISED_EVAL_METHOD_NAME: 'Eval',
}


def _receivers(tensors):
    return tensors if isinstance(tensors, dict) else {SINGLE_RECEIVER_DEFAULT_NAME: tensors}


def build_all_signature_defs(receiver_tensors, export_outputs, receiver_tensors_alternatives=None, serving_only=True):
    """{name: signature} of the outputs that go with the inputs, and with alternative ones under 'ALTERNATIVE:NAME'."""
    receiver_tensors = _receivers(receiver_tensors)
    if not isinstance(export_outputs, dict):
        raise ValueError('export_outputs must be a dict and not{}'.format(type(export_outputs)))
    signatures = {}
    excluded = {}

    def add(name, output, receivers):
        try:
            signatures[name] = output.as_signature_def(receivers)
        except ValueError as error:
            excluded[name] = str(error)

    for key, output in export_outputs.items():
        add('{}'.format(key or 'None'), output, receiver_tensors)
    for receiver_name, alternative in (receiver_tensors_alternatives or {}).items():
        for key, output in export_outputs.items():
            add('{}:{}'.format(receiver_name or 'None', key or 'None'), output, _receivers(alternative))
    _log_signature_report(signatures, excluded)
    if serving_only:
        signatures = {name: signature for name, signature in signatures.items()
                      if signature_def_utils.is_valid_signature(signature)}
    return signatures


def _log_signature_report(signatures, excluded):
    names_by_method = {method: [] for method in _FRIENDLY_METHOD_NAMES}
    for name, signature in signatures.items():
        names_by_method.setdefault(signature.method_name, []).append(name)
    for method, names in names_by_method.items():
        tf_logging.info('Signatures INCLUDED in export for {}: {}'.format(
            _FRIENDLY_METHOD_NAMES.get(method, method), names or 'None'))
    if excluded:
        tf_logging.info('Signatures EXCLUDED from export because they cannot be be served via TensorFlow Serving APIs:')
        for name, message in excluded.items():
            tf_logging.info("'{}' : {}".format(name, message))
    if not signatures:
        tf_logging.warn('Export includes no signatures!')
    elif signature_constants.DEFAULT_SERVING_SIGNATURE_DEF_KEY not in signatures:
        tf_logging.warn('Export includes no default signature!')


def get_timestamped_export_dir(export_dir_base):
    """A folder that isn't there yet, named by the second, as bytes."""
    for attempt in range(MAX_DIRECTORY_CREATION_ATTEMPTS):
        result = os.path.join(compat.as_bytes(export_dir_base), compat.as_bytes(str(int(time.time()))))
        if not gfile.Exists(result):
            return result
        time.sleep(1)
        tf_logging.warn('Directory {} already exists; retrying (attempt {}/{})'.format(
            compat.as_str_any(result), attempt + 1, MAX_DIRECTORY_CREATION_ATTEMPTS))
    raise RuntimeError('Failed to obtain a unique export directory name after {} attempts.'.format(
        MAX_DIRECTORY_CREATION_ATTEMPTS))


def get_temp_export_dir(timestamped_export_dir):
    """The folder in which an export is made before it gets its name."""
    folder, name = os.path.split(timestamped_export_dir)
    return os.path.join(compat.as_bytes(folder), b'temp-' + compat.as_bytes(name))


def export_outputs_for_mode(mode, serving_export_outputs=None, predictions=None, loss=None, metrics=None):
    """{signature name: ExportOutput} of what a model gives in a mode."""
    if mode not in SIGNATURE_KEY_MAP:
        raise ValueError('Export output type not found for mode: {}. Expected one of: {}.\nOne likely error is that V1 '
                         'Estimator Modekeys were somehow passed to this function. Please ensure that you are using the '
                         'new ModeKeys.'.format(mode, SIGNATURE_KEY_MAP.keys()))
    if mode_keys.is_predict(mode):
        return get_export_outputs(serving_export_outputs, predictions)
    output = export_output_lib.TrainOutput if mode_keys.is_train(mode) else export_output_lib.EvalOutput
    return {SIGNATURE_KEY_MAP[mode]: output(loss=loss, predictions=predictions, metrics=metrics)}


def get_export_outputs(export_outputs, predictions):
    """The checked outputs, by default the predictions, with one for DEFAULT_SERVING_SIGNATURE_DEF_KEY."""
    default_key = signature_constants.DEFAULT_SERVING_SIGNATURE_DEF_KEY
    if export_outputs is None:
        export_outputs = {default_key: export_output_lib.PredictOutput(predictions)}
    if not isinstance(export_outputs, dict):
        raise TypeError('export_outputs must be dict, given: {}'.format(export_outputs))
    for value in export_outputs.values():
        if not isinstance(value, export_output_lib.ExportOutput):
            raise TypeError('Values in export_outputs must be ExportOutput objects. Given: {}'.format(export_outputs))
    if default_key not in export_outputs:
        if len(export_outputs) > 1:
            raise ValueError('Multiple export_outputs were provided, but none of them is specified as the default.  Do this '
                             'by naming one of them with signature_constants.DEFAULT_SERVING_SIGNATURE_DEF_KEY.')
        for value in list(export_outputs.values()):
            export_outputs[default_key] = value
    return export_outputs
