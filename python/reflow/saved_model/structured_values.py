"""Python's values as the StructuredValue messages that SavedModels of objects keep of functions' arguments."""
import collections

from reflow.framework import dtypes, tensor_shape, tensor_spec


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
