"""Types of tensor elements, `tf.DType`, and what converts to them.

One table holds all that is known of a type. Types are interned: `as_dtype` of anything that means float32 is the object
`float32`. A reference type (`float32_ref`, the type of a ref variable's output) has the number of its base plus 100.
"""
import builtins

import numpy as np

_REF_OFFSET = 100
_INVALID_RANGE = 'Cannot find %s value of %s.'


class DType:
    """The type of the elements of a tensor."""

    def __init__(self, type_enum):
        type_enum = int(type_enum)
        if type_enum not in _NAMES:
            raise TypeError('type_enum is not a valid types_pb2.DataType: %s' % type_enum)
        self._type_enum = type_enum

    @property
    def _is_ref_dtype(self):
        return self._type_enum > _REF_OFFSET

    @property
    def _as_ref(self):
        return self if self._is_ref_dtype else _INTERNED[self._type_enum + _REF_OFFSET]

    @property
    def base_dtype(self):
        """The type without reference."""
        return _INTERNED[self._type_enum - _REF_OFFSET] if self._type_enum > _REF_OFFSET else self

    @property
    def real_dtype(self):
        """The type of the real part; of a type that is not complex, the type itself."""
        return _REAL.get(self._type_enum % _REF_OFFSET, self)

    @property
    def is_numpy_compatible(self):
        """Whether NumPy arrays can hold the values: not so for handles of resources and variants."""
        return self._type_enum % _REF_OFFSET not in _HANDLES

    @property
    def as_numpy_dtype(self):
        """The NumPy type that stands for this type; of strings and bools the Python type `object` and `bool`."""
        base = self._type_enum % _REF_OFFSET
        if base == _BFLOAT16:
            return _bfloat16_numpy_type()
        return _TO_NUMPY[base]

    @property
    def as_datatype_enum(self):
        """The number of the type in `tensorflow.DataType`."""
        return self._type_enum

    @property
    def is_bool(self):
        return self._type_enum % _REF_OFFSET == _BOOL

    @property
    def is_integer(self):
        """Whether it is an integer type that is not quantized."""
        return self._type_enum % _REF_OFFSET in _INTEGERS

    @property
    def is_floating(self):
        """Whether it is a real floating-point type."""
        return self._type_enum % _REF_OFFSET in _FLOATS

    @property
    def is_complex(self):
        return self._type_enum % _REF_OFFSET in _REAL

    @property
    def is_quantized(self):
        return self._type_enum % _REF_OFFSET in _QUANTIZED

    @property
    def is_unsigned(self):
        """Whether it is a type of numbers, not quantized, none of which is negative."""
        try:
            return self.min == 0
        except TypeError:
            return False

    @property
    def min(self):
        """The least finite value. Raises TypeError for types without order and for quantized types."""
        return self._extreme('min', 'minimum')

    @property
    def max(self):
        """The greatest finite value. Raises TypeError for types without order and for quantized types."""
        return self._extreme('max', 'maximum')

    def _extreme(self, which, word):
        base = self._type_enum % _REF_OFFSET
        if base in _INTEGERS:
            return getattr(np.iinfo(_TO_NUMPY[base]), which)
        if base == _BFLOAT16:
            return _bfloat16_numpy_type()(float.fromhex('0x1.FEp127') * (-1 if which == 'min' else 1))
        if base in _FLOATS:
            return getattr(np.finfo(_TO_NUMPY[base]), which)
        raise TypeError(_INVALID_RANGE % (word, self))

    @property
    def limits(self):
        """`(0, greatest intensity)` of an image of this type."""
        return 0, dtype_range[self.as_numpy_dtype][1]

    def is_compatible_with(self, other):
        """Whether a tensor of type `other` may be given where this type is asked for."""
        other = as_dtype(other)
        return self._type_enum in (other._type_enum, other.base_dtype._type_enum)

    def __eq__(self, other):
        if self is other:
            return True
        if other is None:
            return False
        try:
            return self._type_enum == as_dtype(other)._type_enum
        except TypeError:
            return False

    def __ne__(self, other):
        return not self.__eq__(other)

    def __hash__(self):
        return self._type_enum

    @property
    def name(self):
        return _NAMES[self._type_enum]

    def __str__(self):
        return '<dtype: %r>' % self.name

    def __repr__(self):
        return 'tf.' + self.name

    def __reduce__(self):
        return as_dtype, (self.name,)

    @property
    def size(self):
        """Bytes of one element in a NumPy array."""
        base = self._type_enum % _REF_OFFSET
        if base in _HANDLES:
            return 1
        if base == _BFLOAT16:
            return 2
        return np.dtype(_TO_NUMPY[base]).itemsize


def _bfloat16_numpy_type():
    """The class of bfloat16 scalars, which the engine's extension makes known to NumPy."""
    from reflow import _core
    return _core.bfloat16


# A quantized type's NumPy type is a record with one field, whose name says which type is meant.
_np_qint8, _np_quint8, _np_qint16, _np_quint16, _np_qint32, np_resource = [
    np.dtype([(field, number)]) for field, number in (
        ('qint8', np.int8), ('quint8', np.uint8), ('qint16', np.int16), ('quint16', np.uint16), ('qint32', np.int32),
        ('resource', np.ubyte))]

# Number in tensorflow.DataType, name, NumPy type, kind.
_TABLE = (
    (1, 'float32', np.float32, 'float'),
    (2, 'float64', np.float64, 'float'),
    (3, 'int32', np.int32, 'integer'),
    (4, 'uint8', np.uint8, 'integer'),
    (5, 'int16', np.int16, 'integer'),
    (6, 'int8', np.int8, 'integer'),
    (7, 'string', object, 'string'),
    (8, 'complex64', np.complex64, 'complex'),
    (9, 'int64', np.int64, 'integer'),
    (10, 'bool', builtins.bool, 'bool'),
    (11, 'qint8', _np_qint8, 'quantized'),
    (12, 'quint8', _np_quint8, 'quantized'),
    (13, 'qint32', _np_qint32, 'quantized'),
    (14, 'bfloat16', None, 'float'),
    (15, 'qint16', _np_qint16, 'quantized'),
    (16, 'quint16', _np_quint16, 'quantized'),
    (17, 'uint16', np.uint16, 'integer'),
    (18, 'complex128', np.complex128, 'complex'),
    (19, 'float16', np.float16, 'float'),
    (20, 'resource', None, 'handle'),
    (21, 'variant', None, 'handle'),
    (22, 'uint32', np.uint32, 'integer'),
    (23, 'uint64', np.uint64, 'integer'),
)
_BOOL, _BFLOAT16 = 10, 14


def _of_kind(kind):
    return frozenset(row[0] for row in _TABLE if row[3] == kind)


_INTEGERS = _of_kind('integer')
_FLOATS = _of_kind('float')
_QUANTIZED = _of_kind('quantized')
_HANDLES = _of_kind('handle')
_TO_NUMPY = {row[0]: row[2] for row in _TABLE if row[2] is not None}
_NAMES = {row[0]: row[1] for row in _TABLE}
_NAMES.update({number + _REF_OFFSET: name + '_ref' for number, name in tuple(_NAMES.items())})
_INTERNED = {number: DType(number) for number in _NAMES}

float16, float32, float64 = _INTERNED[19], _INTERNED[1], _INTERNED[2]
bfloat16 = _INTERNED[14]
int8, int16, int32, int64 = _INTERNED[6], _INTERNED[5], _INTERNED[3], _INTERNED[9]
uint8, uint16, uint32, uint64 = _INTERNED[4], _INTERNED[17], _INTERNED[22], _INTERNED[23]
complex64, complex128 = _INTERNED[8], _INTERNED[18]
bool = _INTERNED[10]  # the name programs use; Python's own is builtins.bool here
string = _INTERNED[7]
qint8, quint8, qint16, quint16, qint32 = (_INTERNED[number] for number in (11, 12, 15, 16, 13))
resource, variant = _INTERNED[20], _INTERNED[21]
half, double = float16, float64
globals().update({name: _INTERNED[number] for number, name in _NAMES.items() if name.endswith('_ref')})
half_ref, double_ref = float16._as_ref, float64._as_ref

_REAL = {8: float32, 18: float64}
QUANTIZED_DTYPES = frozenset(
    [_INTERNED[number] for number in _QUANTIZED] + [_INTERNED[number + _REF_OFFSET] for number in _QUANTIZED])

# The range of an image's intensities, by NumPy type.
dtype_range = {
    np.bool_: (False, True),
    np.float32: (-1, 1),
    np.float64: (-1, 1),
}
dtype_range.update({
    _TO_NUMPY[number]: (int(np.iinfo(_TO_NUMPY[number]).min), int(np.iinfo(_TO_NUMPY[number]).max))
    for number in _INTEGERS})

_FROM_NUMPY = {row[2]: _INTERNED[row[0]] for row in _TABLE if row[2] not in (None, object, builtins.bool)}
_FROM_NUMPY.update({np.object_: string, np.bytes_: string, np.str_: string, np.bool_: bool})
for _platform_type in (np.intc, np.uintc, np.int_, np.uint, np.longlong, np.ulonglong):
    if _platform_type not in _FROM_NUMPY:
        _FROM_NUMPY[_platform_type] = next(
            dtype for numpy_type, dtype in _FROM_NUMPY.items() if numpy_type == np.dtype(_platform_type))

TF_VALUE_DTYPES = set(_FROM_NUMPY.values()) | {bfloat16}

_FROM_ANY = dict(_INTERNED)
_FROM_ANY.update({name: _INTERNED[number] for number, name in _NAMES.items()})
_FROM_ANY.update({
    'half': float16, 'half_ref': half_ref, 'float': float32, 'float_ref': float32._as_ref,
    'double': float64, 'double_ref': double_ref,
    builtins.float: float32, builtins.bool: bool, builtins.object: string})
_FROM_ANY.update(_FROM_NUMPY)


def _is_bfloat16(numpy_type):
    """Whether it is NumPy's type of bfloat16, which is made by the extension, or another library's."""
    numpy_class = numpy_type.type if isinstance(numpy_type, np.dtype) else numpy_type
    return isinstance(numpy_class, type) and issubclass(numpy_class, np.generic) and numpy_class.__name__ == 'bfloat16'


def as_dtype(type_value):
    """The DType that is meant by a DType, its number or name, a NumPy type or dtype, or float, bool or object."""
    if isinstance(type_value, DType):
        return type_value
    if isinstance(type_value, np.dtype):
        dtype = _FROM_NUMPY.get(type_value.type)
        if dtype is not None:
            return dtype
    dtype = _FROM_ANY.get(type_value)
    if dtype is not None:
        return dtype
    if _is_bfloat16(type_value):
        return bfloat16
    raise TypeError('Cannot convert value %r to a TensorFlow DType.' % (type_value,))
