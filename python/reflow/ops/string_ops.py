"""Operations on strings."""

import numpy as np

from reflow.framework import dtypes
from reflow.framework import ops
from reflow.framework import sparse_tensor
from reflow.framework import tensor_util
from reflow.ops import gen_string_ops
from reflow.util import deprecation


def __getattr__(name):
    """What is an op and nothing more."""
    return getattr(gen_string_ops, name)


def regex_full_match(input, pattern, name=None):
    """Whether each string matches the pattern from beginning to end."""
    if isinstance(pattern, str):
        return gen_string_ops.static_regex_full_match(input=input, pattern=pattern, name=name)
    return gen_string_ops.regex_full_match(input=input, pattern=pattern, name=name)


def regex_replace(input, pattern, rewrite, replace_global=True, name=None):
    """The strings with what matches the pattern replaced."""
    if isinstance(pattern, str) and isinstance(rewrite, str):
        return gen_string_ops.static_regex_replace(input=input, pattern=pattern, rewrite=rewrite,
                                                   replace_global=replace_global, name=name)
    return gen_string_ops.regex_replace(input=input, pattern=pattern, rewrite=rewrite, replace_global=replace_global,
                                        name=name)


def string_format(template, inputs, placeholder='{}', summarize=3, name=None):
    """`template` with the tensors in place of the placeholders."""
    inputs = [inputs] if tensor_util.is_tensor(inputs) else inputs
    places = template.count(placeholder)
    if places != len(inputs):
        raise ValueError('%s placeholder(s) in template does not match %s tensor(s) provided as input' % (places, len(inputs)))
    return gen_string_ops.string_format(inputs, template=template, placeholder=placeholder, summarize=summarize,
                                        name=name)


def string_split(source, sep=None, skip_empty=True, delimiter=None):
    """The pieces of strings between delimiters, as a sparse tensor: those of a string in a row."""
    delimiter = deprecation.deprecated_argument_lookup('sep', sep, 'delimiter', delimiter)
    delimiter = ops.convert_to_tensor(' ' if delimiter is None else delimiter, dtype=dtypes.string)
    source = ops.convert_to_tensor(source, dtype=dtypes.string)
    return _pieces(*gen_string_ops.string_split(source, delimiter=delimiter, skip_empty=skip_empty))


def string_split_v2(source, sep=None, maxsplit=-1):
    """The pieces of strings between separators, as Python's str.split gives them: those of a string in a row."""
    if sep is None:
        sep = ''
    sep = ops.convert_to_tensor(sep, dtype=dtypes.string)
    source = ops.convert_to_tensor(source, dtype=dtypes.string)
    indices, values, shape = gen_string_ops.string_split_v2(source, sep=sep, maxsplit=maxsplit)
    return _pieces(indices, values, shape)


def _pieces(indices, values, shape):
    indices.set_shape([None, 2])
    values.set_shape([None])
    shape.set_shape([2])
    return sparse_tensor.SparseTensor(indices, values, shape)


def _reduce_join_reduction_dims(x, axis):
    """The axes to join along: all of them, from the first to the last, where none are given."""
    from reflow.ops import array_ops
    from reflow.ops import math_ops
    if axis is not None:
        return axis
    if x.get_shape().ndims is not None:
        return ops.convert_to_tensor(np.arange(x.get_shape().ndims - 1, -1, -1), dtype=dtypes.int32)
    return math_ops.range(array_ops.rank(x) - 1, -1, -1)


def reduce_join(inputs, axis=None, keep_dims=None, separator='', name=None, reduction_indices=None, keepdims=None):
    """The strings along dimensions joined."""
    keepdims = deprecation.deprecated_argument_lookup('keepdims', keepdims, 'keep_dims', keep_dims)
    axis = deprecation.deprecated_argument_lookup('axis', axis, 'reduction_indices', reduction_indices)
    return reduce_join_v2(inputs=inputs, axis=axis, keepdims=bool(keepdims), separator=separator, name=name)


def reduce_join_v2(inputs, axis=None, keepdims=False, separator='', name=None):
    """The strings along dimensions joined."""
    with ops.name_scope(None, 'ReduceJoin', [inputs, axis]):
        inputs_t = ops.convert_to_tensor(inputs)
        axis = _reduce_join_reduction_dims(inputs_t, axis)
        return gen_string_ops.reduce_join(inputs=inputs_t, reduction_indices=axis, keep_dims=keepdims,
                                          separator=separator, name=name)


def string_length(input, name=None, unit='BYTE'):
    """The number of bytes, or with unit='UTF8_CHAR' of characters, of each string."""
    return gen_string_ops.string_length(input, unit=unit, name=name)


def string_length_v2(input, unit='BYTE', name=None):
    """The number of bytes or characters of each string."""
    return gen_string_ops.string_length(input, unit=unit, name=name)


def substr_deprecated(input, pos, len, name=None, unit='BYTE'):
    """A part of each string."""
    return substr(input, pos, len, name=name, unit=unit)


def substr(input, pos, len, name=None, unit='BYTE'):
    """A part of each string."""
    return gen_string_ops.substr(input, pos, len, unit=unit, name=name)


def substr_v2(input, pos, len, unit='BYTE', name=None):
    """A part of each string."""
    return gen_string_ops.substr(input, pos, len, unit=unit, name=name)


def string_to_number(input, out_type=dtypes.float32, name=None):
    """The numbers that strings write."""
    from reflow.ops import gen_parsing_ops
    return gen_parsing_ops.string_to_number(input, out_type, name)


def string_to_number_v1(string_tensor=None, out_type=dtypes.float32, name=None, input=None):
    """The numbers that strings write."""
    string_tensor = deprecation.deprecated_argument_lookup('input', input, 'string_tensor', string_tensor)
    return string_to_number(string_tensor, out_type, name)


def string_to_hash_bucket(input, num_buckets, name=None):
    """Hashes of strings, below `num_buckets`."""
    return gen_string_ops.string_to_hash_bucket(input, num_buckets, name)


def string_to_hash_bucket_v1(string_tensor=None, num_buckets=None, name=None, input=None):
    """Hashes of strings, below `num_buckets`."""
    string_tensor = deprecation.deprecated_argument_lookup('input', input, 'string_tensor', string_tensor)
    return gen_string_ops.string_to_hash_bucket(string_tensor, num_buckets, name)
