"""Static shapes as programs of TensorFlow 1 see them: `TensorShape`, a list of `Dimension`s or unknown altogether.

A dimension without value compares to anything as None, which is neither True nor False, and arithmetic with it gives
another unknown dimension. With `enable_v2_tensorshape()` shapes hand out numbers in place of Dimensions.
"""
import operator

from reflow.framework.dtypes import DType
from reflow.util import deprecation

_v2_behavior = False


def enable_v2_tensorshape():
    """Makes indexing and iterating a TensorShape give numbers and None, as TensorFlow 2 does."""
    global _v2_behavior
    _v2_behavior = True


def disable_v2_tensorshape():
    """Makes indexing and iterating a TensorShape give Dimensions again."""
    global _v2_behavior
    _v2_behavior = False


def dimension_value(dimension):
    """The number or None of a Dimension; anything else as it is."""
    return dimension._value if isinstance(dimension, Dimension) else dimension


def dimension_at_index(shape, index):
    """The Dimension at `index` of `shape`, an unknown one where the rank is unknown."""
    assert isinstance(shape, TensorShape)
    return Dimension(None) if shape._dims is None else shape._dims[index]


def as_dimension(value):
    """`value`, a number, None or a Dimension, as Dimension."""
    return value if isinstance(value, Dimension) else Dimension(value)


def _or_not_implemented(value):
    """`value` as Dimension; NotImplemented where it can't be one."""
    try:
        return as_dimension(value)
    except (TypeError, ValueError):
        return NotImplemented


def _arithmetic(function, lenient=True, swapped=False):
    """A method of Dimension that computes with both values. A strict one raises for what is no dimension."""
    convert = _or_not_implemented if lenient else as_dimension

    def method(self, other):
        other = convert(other)
        if other is NotImplemented:
            return other
        if self._value is None or other._value is None:
            return Dimension(None)
        if swapped:
            return Dimension(function(other._value, self._value))
        return Dimension(function(self._value, other._value))

    return method


def _comparison(function, lenient):
    convert = _or_not_implemented if lenient else as_dimension

    def method(self, other):
        other = convert(other)
        if other is NotImplemented:
            return other
        if self._value is None or other._value is None:
            return None
        return function(self._value, other._value)

    return method


class Dimension:
    """The size of one dimension of a shape: a number, or None where it is unknown."""

    def __init__(self, value):
        if value is None:
            self._value = None
        elif type(value) is int:
            if value < 0:
                raise ValueError('Dimension %d must be >= 0' % value)
            self._value = value
        elif isinstance(value, Dimension):
            self._value = value._value
        elif isinstance(value, DType):
            raise TypeError('Cannot convert %s to Dimension' % value)
        else:
            self._value = int(value)
            if not isinstance(value, (bytes, str)) and self._value != value:
                raise ValueError('Ambiguous dimension: %s' % value)
            if self._value < 0:
                raise ValueError('Dimension %d must be >= 0' % self._value)

    def __repr__(self):
        return 'Dimension(%r)' % (self._value,)

    def __str__(self):
        return '?' if self._value is None else str(self._value)

    # Defining __eq__ without __hash__ makes Dimensions unhashable, as TensorFlow's are.
    __eq__ = _comparison(operator.eq, lenient=True)
    __ne__ = _comparison(operator.ne, lenient=True)
    __lt__ = _comparison(operator.lt, lenient=False)
    __le__ = _comparison(operator.le, lenient=False)
    __gt__ = _comparison(operator.gt, lenient=False)
    __ge__ = _comparison(operator.ge, lenient=False)

    __add__ = _arithmetic(operator.add)
    __mul__ = _arithmetic(operator.mul)
    __sub__ = _arithmetic(operator.sub)
    __rsub__ = _arithmetic(operator.sub, lenient=False, swapped=True)
    __floordiv__ = __div__ = _arithmetic(operator.floordiv)
    __rfloordiv__ = _arithmetic(operator.floordiv, lenient=False, swapped=True)
    __mod__ = _arithmetic(operator.mod, lenient=False)
    __rmod__ = _arithmetic(operator.mod, lenient=False, swapped=True)

    def __radd__(self, other):
        return self + other

    def __rmul__(self, other):
        return self * other

    def __truediv__(self, other):
        raise TypeError("unsupported operand type(s) for /: 'Dimension' and '{}', please use // instead".format(
            type(other).__name__))

    def __rtruediv__(self, other):
        raise TypeError("unsupported operand type(s) for /: '{}' and 'Dimension', please use // instead".format(
            type(other).__name__))

    __rdiv__ = __rtruediv__

    def __int__(self):
        return self._value

    __long__ = __index__ = __int__

    @property
    def value(self):
        return self._value

    def is_compatible_with(self, other):
        """Whether both may be the same size: they are equal, or one is unknown."""
        other = _or_not_implemented(other)
        if other is NotImplemented:
            return other
        return self._value is None or other._value is None or self._value == other._value

    def assert_is_compatible_with(self, other):
        if not self.is_compatible_with(other):
            raise ValueError('Dimensions %s and %s are not compatible' % (self, other))

    def merge_with(self, other):
        """What is known of both together. Raises ValueError if they differ."""
        other = _or_not_implemented(other)
        if other is NotImplemented:
            return other
        self.assert_is_compatible_with(other)
        return Dimension(other._value if self._value is None else self._value)

    def __reduce__(self):
        return _make_dimension, (self._value,)


def _make_dimension(value):
    return Dimension(value)


class TensorShape:
    """The shape of a tensor as far as it is known: all, the rank only, or nothing."""

    def __init__(self, dims):
        if dims is None:
            self._dims = None
        elif isinstance(dims, (list, tuple)):
            self._dims = [as_dimension(dim) for dim in dims]
        elif isinstance(dims, TensorShape):
            self._dims = dims._dims
        elif isinstance(dims, (bytes, str)):
            raise TypeError('A string has ambiguous TensorShape, please wrap in a list or convert to an int: %s' % dims)
        elif type(dims).__name__ == 'TensorShapeProto':
            self._dims = None if dims.unknown_rank else [
                Dimension(None if dim.size == -1 else dim.size) for dim in dims.dim]
        else:
            try:
                sizes = iter(dims)
            except TypeError:
                sizes = (dims,)
            self._dims = [as_dimension(size) for size in sizes]

    @property
    def _v2_behavior(self):
        return _v2_behavior

    def __repr__(self):
        if _v2_behavior and self._dims is not None:
            return 'TensorShape(%r)' % self.as_list()
        return 'TensorShape(%r)' % (self._dims,)

    def __str__(self):
        if self._dims is None:
            return '<unknown>'
        sizes = [str(dim._value if _v2_behavior else dim) for dim in self._dims]
        return '(%s,)' % sizes[0] if len(sizes) == 1 else '(%s)' % ', '.join(sizes)

    @property
    def rank(self):
        """The number of dimensions, None if unknown."""
        return None if self._dims is None else len(self._dims)

    ndims = rank

    @property
    def dims(self):
        """The list of Dimensions, None if the rank is unknown."""
        return self._dims

    def __len__(self):
        if self._dims is None:
            raise ValueError('Cannot take the length of shape with unknown rank.')
        return len(self._dims)

    def __bool__(self):
        return self._dims is not None

    __nonzero__ = __bool__

    def __iter__(self):
        if self._dims is None:
            raise ValueError('Cannot iterate over a shape with unknown rank.')
        return iter(self.as_list() if _v2_behavior else self._dims)

    def __getitem__(self, key):
        if isinstance(key, slice):
            return self._slice_of_unknown(key) if self._dims is None else TensorShape(self._dims[key])
        dim = Dimension(None) if self._dims is None else self._dims[key]
        return dim._value if _v2_behavior else dim

    @staticmethod
    def _slice_of_unknown(key):
        start = 0 if key.start is None else key.start
        if key.step is not None:
            raise ValueError('Steps are not yet handled')
        if key.stop is None or start < 0 or key.stop < 0:
            return unknown_shape()
        return unknown_shape(rank=key.stop - start)

    def num_elements(self):
        """The number of elements, None if the shape is not fully defined."""
        if not self.is_fully_defined():
            return None
        count = 1
        for dim in self._dims:
            count *= dim._value
        return count

    def merge_with(self, other):
        """What is known of both together. Raises ValueError if they contradict each other."""
        other = as_shape(other)
        if self._dims is None:
            return other
        try:
            self.assert_same_rank(other)
            if other._dims is None:
                return TensorShape([Dimension(dim) for dim in self._dims])
            return TensorShape([mine.merge_with(theirs) for mine, theirs in zip(self._dims, other._dims)])
        except ValueError:
            raise ValueError('Shapes %s and %s are not compatible' % (self, other))

    def concatenate(self, other):
        """The dimensions of both in a row; unknown where one rank is."""
        other = as_shape(other)
        if self._dims is None or other._dims is None:
            return unknown_shape()
        return TensorShape(self._dims + other._dims)

    __concat__ = concatenate

    def __add__(self, other):
        return self.concatenate(other)

    def __radd__(self, other):
        return as_shape(other).concatenate(self)

    def assert_same_rank(self, other):
        other = as_shape(other)
        if self._dims is not None and other._dims is not None and len(self._dims) != len(other._dims):
            raise ValueError('Shapes %s and %s must have the same rank' % (self, other))

    def assert_has_rank(self, rank):
        if self.rank not in (None, rank):
            raise ValueError('Shape %s must have rank %d' % (self, rank))

    def with_rank(self, rank):
        """This shape with its rank made known. Raises ValueError if it has another."""
        try:
            return self.merge_with(unknown_shape(rank=rank))
        except ValueError:
            raise ValueError('Shape %s must have rank %d' % (self, rank))

    def with_rank_at_least(self, rank):
        if self.rank is not None and self.rank < rank:
            raise ValueError('Shape %s must have rank at least %d' % (self, rank))
        return self

    def with_rank_at_most(self, rank):
        if self.rank is not None and self.rank > rank:
            raise ValueError('Shape %s must have rank at most %d' % (self, rank))
        return self

    def is_compatible_with(self, other):
        """Whether a tensor may have both shapes."""
        other = as_shape(other)
        if self._dims is None or other._dims is None:
            return True
        return len(self._dims) == len(other._dims) and all(
            mine.is_compatible_with(theirs) for mine, theirs in zip(self._dims, other._dims))

    def assert_is_compatible_with(self, other):
        if not self.is_compatible_with(other):
            raise ValueError('Shapes %s and %s are incompatible' % (self, other))

    def most_specific_compatible_shape(self, other):
        """The shape that says what both say and no more."""
        other = as_shape(other)
        if self._dims is None or other._dims is None or len(self._dims) != len(other._dims):
            return unknown_shape()
        return TensorShape([mine if mine == theirs else None for mine, theirs in zip(self._dims, other._dims)])

    def is_fully_defined(self):
        return self._dims is not None and all(dim._value is not None for dim in self._dims)

    def assert_is_fully_defined(self):
        if not self.is_fully_defined():
            raise ValueError('Shape %s is not fully defined' % self)

    def as_list(self):
        """A list of numbers and None. Raises ValueError if the rank is unknown."""
        if self._dims is None:
            raise ValueError('as_list() is not defined on an unknown TensorShape.')
        return [dim._value for dim in self._dims]

    def as_proto(self):
        """The shape as TensorShapeProto."""
        from reflow.framework import protos
        proto = protos.message('tensorflow.TensorShapeProto')()
        if self._dims is None:
            proto.unknown_rank = True
        else:
            for dim in self._dims:
                proto.dim.add(size=-1 if dim._value is None else dim._value)
        return proto

    # Defining __eq__ without __hash__ makes shapes unhashable, as TensorFlow's are.
    def __eq__(self, other):
        try:
            other = as_shape(other)
        except TypeError:
            return NotImplemented
        return self._dims == other._dims

    def __ne__(self, other):
        try:
            other = as_shape(other)
        except TypeError:
            return NotImplemented
        if self._dims is None or other._dims is None:
            raise ValueError('The inequality of unknown TensorShapes is undefined.')
        return len(self._dims) != len(other._dims) or self._dims != other._dims

    def __reduce__(self):
        return as_shape, (self._dims,)


def as_shape(shape):
    """`shape`, a TensorShape or anything that TensorShape takes, as TensorShape."""
    return shape if isinstance(shape, TensorShape) else TensorShape(shape)


def unknown_shape(rank=None, **kwargs):
    """The shape of which nothing is known, or of `rank` unknown dimensions; `ndims` is the older name of `rank`."""
    if rank is None and 'ndims' in kwargs:
        rank = kwargs.pop('ndims')
    if kwargs:
        raise TypeError('Unknown argument: %s' % kwargs)
    return TensorShape(None if rank is None else [Dimension(None)] * rank)


@deprecation.deprecated(None, 'Use tf.TensorShape([]).')
def scalar():
    """The shape of a scalar."""
    return TensorShape([])


@deprecation.deprecated(None, 'Use tf.TensorShape([length]).')
def vector(length):
    """The shape of a vector."""
    return TensorShape([length])


@deprecation.deprecated(None, 'Use tf.TensorShape([rows, cols]).')
def matrix(rows, cols):
    """The shape of a matrix."""
    return TensorShape([rows, cols])
