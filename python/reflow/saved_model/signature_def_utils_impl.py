"""Signatures: what a model takes and gives, by names that do not change with the graph."""
from reflow import _core
from reflow.framework import dtypes, errors_impl, protos
from reflow.saved_model import signature_constants as names
from reflow.saved_model import utils_impl as utils
from reflow.util import deprecation

_STRING, _FLOAT = dtypes.string.as_datatype_enum, dtypes.float32.as_datatype_enum


def _deprecated(name):
    return deprecation.deprecated_endpoints('saved_model.signature_def_utils.' + name)


@_deprecated('build_signature_def')
def build_signature_def(inputs=None, outputs=None, method_name=None):
    """The SignatureDef with these inputs and outputs, dicts from names to TensorInfos."""
    signature_def = protos.message('tensorflow.SignatureDef')()
    for name, tensor_info in (inputs or {}).items():
        signature_def.inputs[name].CopyFrom(tensor_info)
    for name, tensor_info in (outputs or {}).items():
        signature_def.outputs[name].CopyFrom(tensor_info)
    if method_name is not None:
        signature_def.method_name = method_name
    return signature_def


def _infos(tensors):
    return {name: utils.build_tensor_info(tensor) for name, tensor in tensors.items()}


def _info_of_type(tensor, dtype, message):
    tensor_info = utils.build_tensor_info(tensor)
    if tensor_info.dtype != dtype:
        raise ValueError(message)
    return tensor_info


@_deprecated('regression_signature_def')
def regression_signature_def(examples, predictions):
    """The signature of a model that takes serialized Examples and gives numbers."""
    if examples is None:
        raise ValueError('Regression examples cannot be None.')
    if not isinstance(examples, _core.Tensor):
        raise ValueError('Regression examples must be a string Tensor.')
    if predictions is None:
        raise ValueError('Regression predictions cannot be None.')
    inputs = {names.REGRESS_INPUTS: _info_of_type(examples, _STRING, 'Regression examples must be a string Tensor.')}
    outputs = {names.REGRESS_OUTPUTS: _info_of_type(predictions, _FLOAT, 'Regression output must be a float Tensor.')}
    return build_signature_def(inputs, outputs, names.REGRESS_METHOD_NAME)


@_deprecated('classification_signature_def')
def classification_signature_def(examples, classes, scores):
    """The signature of a model that takes serialized Examples and gives the classes' names, their scores, or both."""
    if examples is None:
        raise ValueError('Classification examples cannot be None.')
    if not isinstance(examples, _core.Tensor):
        raise ValueError('Classification examples must be a string Tensor.')
    if classes is None and scores is None:
        raise ValueError('Classification classes and scores cannot both be None.')
    inputs = {names.CLASSIFY_INPUTS: _info_of_type(
        examples, _STRING, 'Classification examples must be a string Tensor.')}
    outputs = {}
    if classes is not None:
        outputs[names.CLASSIFY_OUTPUT_CLASSES] = _info_of_type(
            classes, _STRING, 'Classification classes must be a string Tensor.')
    if scores is not None:
        outputs[names.CLASSIFY_OUTPUT_SCORES] = _info_of_type(
            scores, _FLOAT, 'Classification scores must be a float Tensor.')
    return build_signature_def(inputs, outputs, names.CLASSIFY_METHOD_NAME)


@_deprecated('predict_signature_def')
def predict_signature_def(inputs, outputs):
    """The signature of a model that takes and gives tensors of any kind: dicts from names to tensors."""
    if inputs is None or not inputs:
        raise ValueError('Prediction inputs cannot be None or empty.')
    if outputs is None or not outputs:
        raise ValueError('Prediction outputs cannot be None or empty.')
    return build_signature_def(_infos(inputs), _infos(outputs), names.PREDICT_METHOD_NAME)


def supervised_train_signature_def(inputs, loss, predictions=None, metrics=None):
    """The signature of a training step: dicts from names to tensors."""
    return _supervised_signature_def(names.SUPERVISED_TRAIN_METHOD_NAME, inputs, loss, predictions, metrics)


def supervised_eval_signature_def(inputs, loss, predictions=None, metrics=None):
    """The signature of an evaluation: dicts from names to tensors."""
    return _supervised_signature_def(names.SUPERVISED_EVAL_METHOD_NAME, inputs, loss, predictions, metrics)


def _supervised_signature_def(method_name, inputs, *outputs):
    if inputs is None or not inputs:
        raise ValueError('{} inputs cannot be None or empty.'.format(method_name))
    all_outputs = {}
    for tensors in outputs:
        all_outputs.update(_infos(tensors or {}))
    return build_signature_def(_infos(inputs), all_outputs, method_name)


@_deprecated('is_valid_signature')
def is_valid_signature(signature_def):
    """Whether TensorFlow Serving can serve the signature."""
    if signature_def is None:
        return False
    inputs = {name: info.dtype for name, info in signature_def.inputs.items()}
    outputs = {name: info.dtype for name, info in signature_def.outputs.items()}
    if signature_def.method_name == names.PREDICT_METHOD_NAME:
        return bool(inputs) and bool(outputs)
    if signature_def.method_name == names.REGRESS_METHOD_NAME:
        return inputs == {names.REGRESS_INPUTS: _STRING} and outputs == {names.REGRESS_OUTPUTS: _FLOAT}
    if signature_def.method_name == names.CLASSIFY_METHOD_NAME:
        allowed = {names.CLASSIFY_OUTPUT_CLASSES: _STRING, names.CLASSIFY_OUTPUT_SCORES: _FLOAT}
        return inputs == {names.CLASSIFY_INPUTS: _STRING} and bool(outputs) and outputs.items() <= allowed.items()
    return False


def op_signature_def(op, key):
    """The signature whose one output, `key`, names an operation or a tensor."""
    return build_signature_def(outputs={key: utils.build_tensor_info_from_op(op)})


def load_op_from_signature_def(signature_def, key, import_scope=None):
    """The operation or tensor that the output `key` of a signature names. NotFoundError: the graph has none."""
    try:
        return utils.get_element_from_tensor_info(signature_def.outputs[key], import_scope=import_scope)
    except KeyError:
        raise errors_impl.NotFoundError(
            None, None, 'The {0} could not be found in the graph. Please make sure the SavedModel was created by the '
            'internal _SavedModelBuilder. If you are using the public API, please make sure the SignatureDef in the '
            'SavedModel does not contain the key "{0}".'.format(key))
