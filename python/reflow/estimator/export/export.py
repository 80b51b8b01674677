"""Receivers: the inputs of an exported model."""

import collections

from reflow.estimator import util
from reflow.framework import dtypes
from reflow.framework import ops
from reflow.framework import sparse_tensor
from reflow.framework import tensor_shape
from reflow.saved_model.model_utils import export_utils
from reflow.saved_model.model_utils.export_utils import (
    SINGLE_FEATURE_DEFAULT_NAME, SINGLE_LABEL_DEFAULT_NAME, SINGLE_RECEIVER_DEFAULT_NAME)

build_all_signature_defs = export_utils.build_all_signature_defs
get_temp_export_dir = export_utils.get_temp_export_dir
get_timestamped_export_dir = export_utils.get_timestamped_export_dir

_SINGLE_TENSOR_DEFAULT_NAMES = {
    'feature': SINGLE_FEATURE_DEFAULT_NAME,
    'label': SINGLE_LABEL_DEFAULT_NAME,
    'receiver_tensor': SINGLE_RECEIVER_DEFAULT_NAME,
    'receiver_tensors_alternative': SINGLE_RECEIVER_DEFAULT_NAME,
}


def wrap_and_check_input_tensors(tensors, field_name, allow_int_keys=False):
    """{name: tensor} of tensors or of the only one. ValueError: other names or values."""
    if tensors is None:
        raise ValueError('{}s must be defined.'.format(field_name))
    if not isinstance(tensors, dict):
        tensors = {_SINGLE_TENSOR_DEFAULT_NAMES[field_name]: tensors}
    for name, tensor in tensors.items():
        _check_key(name, field_name, allow_int_keys)
        _check_tensor(tensor, name, field_name)
    return tensors


def _check_tensor(tensor, name, label='feature'):
    if isinstance(tensor, (ops.Tensor, sparse_tensor.SparseTensor)):
        return
    error = ValueError('{}{} must be a Tensor or SparseTensor.'.format(label, ' {}'.format(name) if name else ''))
    if not hasattr(tensor, 'tensor'):
        raise error
    try:
        ops.convert_to_tensor(tensor)
    except TypeError:
        raise error from None


def _check_key(name, label, allow_ints):
    if isinstance(name, str):
        return
    if not allow_ints:
        raise ValueError('{} keys must be strings: {}.'.format(label, name))
    if not isinstance(name, int):
        raise ValueError('{} keys must be strings or ints: {}.'.format(label, name))


class ServingInputReceiver(collections.namedtuple(
        'ServingInputReceiver', ['features', 'receiver_tensors', 'receiver_tensors_alternatives'])):
    """The features of a model, and the placeholders from which they are made."""

    def __new__(cls, features, receiver_tensors, receiver_tensors_alternatives=None):
        features = wrap_and_check_input_tensors(features, 'feature', allow_int_keys=True)
        receiver_tensors = wrap_and_check_input_tensors(receiver_tensors, 'receiver_tensor')
        if receiver_tensors_alternatives is not None:
            if not isinstance(receiver_tensors_alternatives, dict):
                raise ValueError('receiver_tensors_alternatives must be a dict: {}.'.format(receiver_tensors_alternatives))
            for name, alternative in receiver_tensors_alternatives.items():
                receiver_tensors_alternatives[name] = wrap_and_check_input_tensors(
                    alternative, 'receiver_tensors_alternative')
        return super().__new__(cls, features=features, receiver_tensors=receiver_tensors,
                               receiver_tensors_alternatives=receiver_tensors_alternatives)


class TensorServingInputReceiver(collections.namedtuple(
        'TensorServingInputReceiver', ['features', 'receiver_tensors', 'receiver_tensors_alternatives'])):
    """The only feature, a tensor, of a model, and the placeholders from which it is made."""

    def __new__(cls, features, receiver_tensors, receiver_tensors_alternatives=None):
        if features is None:
            raise ValueError('features must be defined.')
        _check_tensor(features, None)
        receiver = ServingInputReceiver(features=features, receiver_tensors=receiver_tensors,
                                        receiver_tensors_alternatives=receiver_tensors_alternatives)
        return super().__new__(cls, features=receiver.features[SINGLE_FEATURE_DEFAULT_NAME],
                               receiver_tensors=receiver.receiver_tensors,
                               receiver_tensors_alternatives=receiver.receiver_tensors_alternatives)


class UnsupervisedInputReceiver(ServingInputReceiver):
    """Features without labels, for training or evaluation."""

    def __new__(cls, features, receiver_tensors):
        return super().__new__(cls, features=features, receiver_tensors=receiver_tensors)


class SupervisedInputReceiver(collections.namedtuple('SupervisedInputReceiver', ['features', 'labels', 'receiver_tensors'])):
    """Features and labels, for training or evaluation."""

    def __new__(cls, features, labels, receiver_tensors):
        wrap_and_check_input_tensors(features, 'feature', allow_int_keys=True)
        wrap_and_check_input_tensors(labels, 'label', allow_int_keys=True)
        receiver_tensors = wrap_and_check_input_tensors(receiver_tensors, 'receiver_tensor')
        return super().__new__(cls, features=features, labels=labels, receiver_tensors=receiver_tensors)


def build_parsing_serving_input_receiver_fn(feature_spec, default_batch_size=None):
    """A function that gives a receiver of serialized Examples."""

    def serving_input_receiver_fn():
        from reflow.ops import array_ops
        from reflow.ops import parsing_ops
        serialized = array_ops.placeholder(dtype=dtypes.string, shape=[default_batch_size], name='input_example_tensor')
        features = parsing_ops.parse_example(serialized, feature_spec)
        return ServingInputReceiver(features, {'examples': serialized})

    return serving_input_receiver_fn


def _placeholder_from_tensor(tensor, default_batch_size=None):
    from reflow.ops import array_ops
    shape = tensor_shape.TensorShape([default_batch_size]).concatenate(tensor.get_shape()[1:])
    try:
        name = tensor.op.name
    except AttributeError:  # eager tensors have none
        name = None
    return array_ops.placeholder(dtype=tensor.dtype, shape=shape, name=name)


def _placeholders(tensors, single_name, default_batch_size):
    """({name: placeholder}, placeholders as the tensors are given)"""
    if isinstance(tensors, dict):
        result = {name: _placeholder_from_tensor(tensor, default_batch_size) for name, tensor in tensors.items()}
        return result, result
    placeholder = _placeholder_from_tensor(tensors, default_batch_size)
    return {single_name: placeholder}, placeholder


def build_raw_serving_input_receiver_fn(features, default_batch_size=None):
    """A function that gives a receiver of the features themselves."""

    def serving_input_receiver_fn():
        receiver_tensors = {name: _placeholder_from_tensor(tensor, default_batch_size)
                            for name, tensor in features.items()}
        return ServingInputReceiver(receiver_tensors, receiver_tensors)

    return serving_input_receiver_fn


def build_raw_supervised_input_receiver_fn(features, labels, default_batch_size=None):
    """A function that gives a receiver of features and labels themselves."""
    feature_keys = features.keys() if isinstance(features, dict) else [SINGLE_RECEIVER_DEFAULT_NAME]
    label_keys = labels.keys() if isinstance(labels, dict) else [SINGLE_LABEL_DEFAULT_NAME]
    overlap = set(feature_keys) & set(label_keys)
    if overlap:
        raise ValueError('Features and labels must have distinct keys. Found overlapping keys: {}'.format(overlap))

    def supervised_input_receiver_fn():
        receiver_tensors, own_features = _placeholders(features, SINGLE_RECEIVER_DEFAULT_NAME, default_batch_size)
        receiver_labels, own_labels = _placeholders(labels, SINGLE_LABEL_DEFAULT_NAME, default_batch_size)
        return SupervisedInputReceiver(own_features, own_labels, dict(receiver_tensors, **receiver_labels))

    return supervised_input_receiver_fn


def build_supervised_input_receiver_fn_from_input_fn(input_fn, **input_fn_args):
    """A function that gives a receiver of what an input_fn gives."""
    with ops.Graph().as_default():
        features, labels, _ = util.parse_input_fn_result(input_fn(**input_fn_args))
    return build_raw_supervised_input_receiver_fn(features, labels)
