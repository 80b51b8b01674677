"""Values as TensorProto and TensorProtos as arrays, with TensorFlow's choice of fields."""
import numpy as np

from reflow.framework import dtypes, tensor_like, tensor_shape
from reflow.util import compat, nest

# Types of which several elements are written as raw bytes.
_RAW_TYPES = frozenset([
    dtypes.float32, dtypes.float64, dtypes.int8, dtypes.int16, dtypes.int32, dtypes.int64, dtypes.uint8, dtypes.uint32,
    dtypes.uint64, dtypes.qint8, dtypes.quint8, dtypes.qint16, dtypes.quint16, dtypes.qint32])

# The field of TensorProto that has the elements one by one.
_FIELDS = {
    dtypes.float16: 'half_val', dtypes.bfloat16: 'half_val', dtypes.float32: 'float_val', dtypes.float64: 'double_val',
    dtypes.int8: 'int_val', dtypes.int16: 'int_val', dtypes.int32: 'int_val', dtypes.uint8: 'int_val',
    dtypes.uint16: 'int_val', dtypes.qint8: 'int_val', dtypes.quint8: 'int_val', dtypes.qint16: 'int_val',
    dtypes.quint16: 'int_val', dtypes.qint32: 'int_val', dtypes.int64: 'int64_val', dtypes.uint32: 'uint32_val',
    dtypes.uint64: 'uint64_val', dtypes.complex64: 'scomplex_val', dtypes.complex128: 'dcomplex_val',
    dtypes.bool: 'bool_val', dtypes.string: 'string_val'}

_BFLOAT16_SHIFT = 16  # a bfloat16 is the upper half of a float32
_MAX_CONTENT_BYTES = 1 << 31


class _Mismatch(Exception):
    """Carries the element that is not of the type asked for."""


def _check_elements(values, allowed):
    for value in nest.flatten(values):
        if not isinstance(value, allowed):
            raise _Mismatch(value)


def _check_quantized(values):
    """Quantized elements are tuples of one integer, in lists."""
    if isinstance(values, tuple):
        _check_elements(values, (compat.integral_types, tensor_shape.Dimension))
    elif isinstance(values, list):
        for value in values:
            _check_quantized(value)
    else:
        raise _Mismatch(values)


def _check_no_tensor(values):
    for value in nest.flatten(values):
        if tensor_like.is_plain_tensor(value):
            raise _Mismatch(value)


def holds_tensor(values):
    """Whether a tensor is among the values of a nested structure."""
    return any(tensor_like.is_plain_tensor(value) for value in nest.flatten(values))


def _assert_compatible(values, dtype):
    """Raises TypeError unless Python's `values` may become a tensor of `dtype`."""
    try:
        if dtype is None:
            _check_no_tensor(values)
        elif dtype.is_bool:
            _check_elements(values, bool)
        elif dtype.is_integer:
            _check_elements(values, (compat.integral_types, tensor_shape.Dimension))
        elif dtype.is_floating:
            _check_elements(values, compat.real_types)
        elif dtype.is_complex:
            _check_elements(values, compat.complex_types)
        elif dtype.is_quantized:
            _check_quantized(values)
        elif dtype == dtypes.string:
            _check_elements(values, compat.bytes_or_text_types)
        else:
            _check_no_tensor(values)
    except _Mismatch as mismatch:
        value, = mismatch.args
        if dtype is None:
            raise TypeError('List of Tensors when single Tensor expected') from None
        raise TypeError("Expected %s, got %s of type '%s' instead." % (
            dtype.name, repr(value), type(value).__name__)) from None


def _dense_dimensions(values):
    """The shape of nested lists, if they are as long as their first ones."""
    dims = []
    while isinstance(values, (list, tuple)):
        dims.append(len(values))
        if not values:
            break
        values = values[0]
    return dims


def _is_array_like(value):
    if tensor_like.is_plain_tensor(value) and not hasattr(value, 'numpy'):
        return False
    if callable(getattr(value, '__array__', None)) or isinstance(getattr(value, '__array_interface__', None), dict):
        return True
    if isinstance(value, bytes):
        return False
    try:
        memoryview(value)
    except TypeError:
        return False
    return True


def _array_of_list(values, numpy_type):
    if numpy_type is None:
        try:
            return np.array(values)
        except ValueError:  # lists of different lengths
            return np.array(values, dtype=object)
    try:
        return np.array(values, dtype=numpy_type)
    except OverflowError:
        return np.array(values).astype(numpy_type)  # integers out of range wrap around
    except ValueError:
        if _ragged(values):
            raise ValueError('setting an array element with a sequence.') from None
        raise


def _ragged(values):
    try:
        np.array(values)
        return False
    except ValueError:
        return True


def _array_of_python(values, dtype, shape):
    """Python's numbers, strings and lists as an array: of `dtype`, or of float32 and int32 where these are enough."""
    if values is None:
        raise ValueError('None values not supported.')
    numpy_type = dtype.as_numpy_dtype if dtype and dtype.is_numpy_compatible else None
    if shape is not None and np.prod(shape, dtype=np.int64) == 0:
        array = np.empty(shape, dtype=numpy_type)
    else:
        _assert_compatible(values, dtype)
        array = _array_of_list(values, numpy_type)
        if list(array.shape) != _dense_dimensions(values) and not (dtype and dtype.is_quantized):
            raise ValueError('Argument must be a dense tensor: %s - got shape %s, but wanted %s.' % (
                values, list(array.shape), _dense_dimensions(values)))
    if dtype is None:
        if array.dtype == np.float64:
            return array.astype(np.float32)
        if array.dtype == np.int64:
            narrow = array.astype(np.int32)
            return narrow if np.array_equal(narrow, array) else array
    return array


def _bfloat16_bits(values):
    """float32 elements as bfloat16, rounded to nearest even, in uint16."""
    floats = np.asarray(values, dtype=np.float32)
    bits = floats.view(np.uint32)
    rounded = ((bits + 0x7fff + ((bits >> _BFLOAT16_SHIFT) & 1)) >> _BFLOAT16_SHIFT).astype(np.uint16)
    return np.where(np.isnan(floats), np.uint16(0x7fc0), rounded)


def _append_elements(proto, array, dtype):
    """Writes all elements of an array into the field that is theirs."""
    field = getattr(proto, _FIELDS[dtype])
    elements = array.ravel()
    if dtype == dtypes.string:
        field.extend([compat.as_bytes(element) for element in elements.tolist()])
    elif dtype == dtypes.float16:
        field.extend(elements.view(np.uint16).tolist())
    elif dtype == dtypes.bfloat16:
        field.extend(_bfloat16_bits(elements).tolist())
    elif dtype.is_complex:
        field.extend(elements.view(np.float32 if dtype == dtypes.complex64 else np.float64).tolist())
    elif dtype.is_quantized:
        field.extend(elements[elements.dtype.names[0]].tolist())
    else:
        field.extend(elements.tolist())


def _strings_in(values):
    if isinstance(values, (list, tuple)):
        for value in values:
            yield from _strings_in(value)
    else:
        yield values


def _checked_shape(array, shape, verify_shape, allow_broadcast):
    """`shape` as a list. Raises if `array` does not fit it."""
    shape = [int(dim) for dim in shape]
    num_elements = np.prod(shape, dtype=np.int64)
    wrong = TypeError("Expected Tensor's shape: %s, got %s." % (tuple(shape), array.shape))
    if allow_broadcast:
        if array.shape not in ((1,), ()) and array.size != num_elements:
            raise wrong
    elif verify_shape and array.shape != tuple(shape):
        raise wrong
    elif array.size > num_elements:
        raise ValueError('Too many elements provided. Needed at most %d, but received %d' % (num_elements, array.size))
    return shape


def make_tensor_proto(values, dtype=None, shape=None, verify_shape=False, allow_broadcast=False):
    """`values`, numbers, strings, lists of them or an array, as TensorProto.

    A `shape` of more elements than there are values is filled up with the last one. `verify_shape` asks for just the
    shape of the values, `allow_broadcast` for one or all elements.
    """
    if allow_broadcast and verify_shape:
        raise ValueError('allow_broadcast and verify_shape are not both allowed.')
    if type(values).__name__ == 'TensorProto':
        return values
    if dtype:
        dtype = dtypes.as_dtype(dtype)
    bfloat16 = dtype == dtypes.bfloat16  # whose elements travel as float32, which Python's numbers can become
    array_dtype = dtypes.float32 if bfloat16 else dtype
    if _is_array_like(values):
        values = np.asarray(values)
    if isinstance(values, (np.ndarray, np.generic)):
        array = values.astype(array_dtype.as_numpy_dtype) if dtype and dtype.is_numpy_compatible else values
    else:
        array = _array_of_python(values, array_dtype, shape)
    element_type = dtype if bfloat16 or (dtype and dtype.is_quantized) else dtypes.as_dtype(array.dtype)
    if dtype is not None and dtype.base_dtype != element_type.base_dtype:
        raise TypeError('Incompatible types: %s vs. %s. Value is %s' % (dtype, array.dtype, values))

    shape = array.shape if shape is None else _checked_shape(array, shape, verify_shape, allow_broadcast)
    num_elements = np.prod(shape, dtype=np.int64)
    from reflow.framework import protos
    proto = protos.message('tensorflow.TensorProto')(
        dtype=element_type.as_datatype_enum, tensor_shape=tensor_shape.as_shape(shape).as_proto())
    if num_elements == array.size and element_type in _RAW_TYPES and num_elements > 1:
        if array.nbytes >= _MAX_CONTENT_BYTES:
            raise ValueError('Cannot create a tensor proto whose content is larger than 2GB.')
        proto.tensor_content = array.tobytes()
    elif element_type == dtypes.string and not isinstance(values, np.ndarray):
        try:
            proto.string_val.extend([compat.as_bytes(value) for value in _strings_in(values)])
        except TypeError:
            raise TypeError('Failed to convert object of type %s to Tensor. Contents: %s. Consider casting elements to '
                            'a supported type.' % (type(values), values))
    else:
        _append_elements(proto, array, element_type.base_dtype)
    return proto


def MakeNdarray(tensor):
    """The array that a TensorProto stands for."""
    shape = [dim.size for dim in tensor.tensor_shape.dim]
    num_elements = int(np.prod(shape, dtype=np.int64))
    dtype = dtypes.as_dtype(tensor.dtype)
    if dtype not in _FIELDS:
        raise TypeError('Unsupported tensor type: %s' % tensor.dtype)
    if tensor.tensor_content:
        return _from_content(tensor.tensor_content, dtype).reshape(shape)
    values = _from_field(list(getattr(tensor, _FIELDS[dtype])), dtype)
    if values.size == 0:
        filler = b'' if dtype == dtypes.string else 0
        return np.full(shape, filler, dtype=values.dtype) if not dtype.is_quantized else np.zeros(shape, values.dtype)
    if values.size < num_elements:
        values = np.concatenate([values, np.repeat(values[-1:], num_elements - values.size)])
    return values.reshape(shape)


def _from_content(content, dtype):
    return np.frombuffer(content, dtype=dtype.as_numpy_dtype).copy()


def _from_field(values, dtype):
    if dtype == dtypes.string:
        array = np.empty(len(values), dtype=object)
        array[:] = values
        return array
    if dtype in (dtypes.float16, dtypes.bfloat16):
        return np.array(values, dtype=np.uint16).view(dtype.as_numpy_dtype)
    if dtype.is_complex:
        parts = np.array(values, dtype=np.float32 if dtype == dtypes.complex64 else np.float64)
        return parts.view(dtype.as_numpy_dtype)
    if dtype.is_quantized:
        numpy_type = dtype.as_numpy_dtype
        return np.array(values, dtype=np.int64).astype(numpy_type[0]).view(numpy_type)
    if dtype.is_integer:
        return np.array(values, dtype=object).astype(dtype.as_numpy_dtype) if dtype == dtypes.uint64 else np.array(
            values, dtype=np.int64).astype(dtype.as_numpy_dtype)
    return np.array(values, dtype=dtype.as_numpy_dtype)
