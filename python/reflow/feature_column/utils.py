"""What feature columns check of their arguments, and the lengths of sequences."""

from reflow.framework import dtypes
from reflow.framework import ops
from reflow.util import nest


def sequence_length_from_sparse_tensor(sp_tensor, num_elements=1):
    """[batch_size] lengths: the last column of each row, in elements of `num_elements` values."""
    from reflow.ops import array_ops
    from reflow.ops import math_ops
    with ops.name_scope(None, 'sequence_length') as scope:
        rows, columns = sp_tensor.indices[:, 0], sp_tensor.indices[:, 1]
        counts = math_ops.segment_max(columns + array_ops.ones_like(columns), rows)
        lengths = math_ops.cast(math_ops.ceil(counts / num_elements), dtypes.int64)
        # Rows without values at the end are in no segment.
        missing = array_ops.shape(sp_tensor)[:1] - array_ops.shape(lengths)[:1]
        return array_ops.concat([lengths, array_ops.zeros(missing, dtype=lengths.dtype)], axis=0, name=scope)


def assert_string_or_int(dtype, prefix):
    """Raises ValueError for other types."""
    if dtype != dtypes.string and not dtype.is_integer:
        raise ValueError('{} dtype must be string or integer. dtype: {}.'.format(prefix, dtype))


def assert_key_is_string(key):
    """Raises ValueError for other keys."""
    if not isinstance(key, str):
        raise ValueError('key must be a string. Got: type {}. Given key: {}.'.format(type(key), key))


def check_shape(shape, key):
    """`shape` of a column, a number or a sequence, as a tuple of numbers above 0."""
    assert_key_is_string(key)
    if not nest.is_sequence(shape):
        shape = [shape]
    shape = tuple(shape)
    for dimension in shape:
        if not isinstance(dimension, int):
            raise TypeError('shape dimensions must be integer. shape: {}, key: {}'.format(shape, key))
        if dimension < 1:
            raise ValueError('shape dimensions must be greater than 0. shape: {}, key: {}'.format(shape, key))
    return shape


def check_numeric_column(dtype, normalizer_fn, key):
    """Raises ValueError or TypeError where a column of these can't be numeric."""
    if not (dtype.is_integer or dtype.is_floating):
        raise ValueError('dtype must be convertible to float. dtype: {}, key: {}'.format(dtype, key))
    if normalizer_fn is not None and not callable(normalizer_fn):
        raise TypeError('normalizer_fn must be a callable. Given: {}'.format(normalizer_fn))


def check_default_value(shape, default_value, dtype, key):
    """`default_value` as nested tuples of `shape`, or None."""
    if default_value is None:
        return None
    if isinstance(default_value, int) or (isinstance(default_value, float) and dtype.is_floating):
        return _filled(shape, default_value)
    if callable(getattr(default_value, 'tolist', None)):
        default_value = default_value.tolist()
    if nest.is_sequence(default_value):
        if not _has_shape(default_value, shape):
            raise ValueError('The shape of default_value must be equal to given shape. '
                             'default_value: {}, shape: {}, key: {}'.format(default_value, shape, key))
        values = nest.flatten(default_value)
        if all(isinstance(value, int) for value in values):
            return _as_tuple(default_value)
        if any(isinstance(value, float) for value in values) and dtype.is_floating:
            return _as_tuple(default_value)
    raise TypeError('default_value must be compatible with dtype. default_value: {}, dtype: {}, key: {}'.format(
        default_value, dtype, key))


def _filled(shape, value):
    return tuple(_filled(shape[1:], value) for _ in range(shape[0])) if shape else value


def _as_tuple(value):
    return tuple(_as_tuple(each) for each in value) if nest.is_sequence(value) else value


def _has_shape(value, shape):
    if nest.is_sequence(value) != bool(shape):
        return False
    return not shape or (len(value) == shape[0] and all(_has_shape(each, shape[1:]) for each in value))
