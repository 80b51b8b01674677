"""Python's values as the StructuredValue messages that SavedModels of objects keep of functions' arguments."""
import collections
import collections.abc

from reflow import _core
from reflow.framework import dtypes, protos, tensor_shape, tensor_spec


def decode(value):
    """The value of a message. NotImplementedError: a kind of value that Reflow doesn't know."""
    kind = value.WhichOneof('kind')
    if kind not in _DECODERS:
        raise NotImplementedError('A StructuredValue of the kind %s' % kind)
    return _DECODERS[kind](getattr(value, kind))


def _tensor_spec(spec):
    return tensor_spec.TensorSpec(tensor_shape.TensorShape(spec.shape), dtypes.as_dtype(spec.dtype), spec.name or None)


def _named_tuple(value):
    cls = collections.namedtuple(value.name, [pair.key for pair in value.values])
    return cls(*[decode(pair.value) for pair in value.values])


_DECODERS = {
    'none_value': lambda value: None,
    'float64_value': float,
    'int64_value': int,
    'string_value': str,
    'bool_value': bool,
    'tensor_shape_value': tensor_shape.TensorShape,
    'tensor_dtype_value': dtypes.as_dtype,
    'tensor_spec_value': _tensor_spec,
    'list_value': lambda value: [decode(each) for each in value.values],
    'tuple_value': lambda value: tuple(decode(each) for each in value.values),
    'dict_value': lambda value: {key: decode(value.fields[key]) for key in value.fields},
    'named_tuple_value': _named_tuple,
}


def encode(value):
    """The message of a value. NotImplementedError: a kind of value that has none."""
    message = protos.message('tensorflow.StructuredValue')()
    _encode(value, message)
    return message


def _encode(value, message):
    if value is None:
        message.none_value.SetInParent()
    elif isinstance(value, bool):
        message.bool_value = value
    elif isinstance(value, int):
        message.int64_value = value
    elif isinstance(value, float):
        message.float64_value = value
    elif isinstance(value, str):
        message.string_value = value
    elif isinstance(value, tensor_shape.TensorShape):
        message.tensor_shape_value.CopyFrom(value.as_proto())
    elif isinstance(value, dtypes.DType):
        message.tensor_dtype_value = value.as_datatype_enum
    elif isinstance(value, tensor_spec.TensorSpec):
        _encode_spec(value, value.name, message)
    elif isinstance(value, _core.Tensor):  # a result: its structure and type
        _encode_spec(value, None, message)
    else:
        _encode_structure(value, message)


def _encode_spec(spec, name, message):
    message.tensor_spec_value.dtype = dtypes.as_dtype(spec.dtype).as_datatype_enum
    message.tensor_spec_value.shape.CopyFrom(spec.shape.as_proto())
    message.tensor_spec_value.name = name or ''


def _encode_structure(value, message):
    if isinstance(value, list):
        message.list_value.SetInParent()
        for each in value:
            _encode(each, message.list_value.values.add())
    elif isinstance(value, tuple) and hasattr(value, '_fields'):
        message.named_tuple_value.name = type(value).__name__
        for key in value._fields:
            pair = message.named_tuple_value.values.add(key=key)
            _encode(getattr(value, key), pair.value)
    elif isinstance(value, tuple):
        message.tuple_value.SetInParent()
        for each in value:
            _encode(each, message.tuple_value.values.add())
    elif isinstance(value, collections.abc.Mapping):
        message.dict_value.SetInParent()
        for key in sorted(value):
            _encode(value[key], message.dict_value.fields[key])
    else:
        raise NotImplementedError('No encoder for object [%s] of type [%s].' % (value, type(value)))
