"""Splitting strings, decoding and encoding them, and n-grams."""

from reflow.framework import dtypes
from reflow.framework import ops
from reflow.ops import array_ops
from reflow.ops import gen_string_ops
from reflow.ops import string_ops
from reflow.util import compat
from reflow.util import deprecation


def string_split(source, sep=None, skip_empty=True, delimiter=None, result_type='SparseTensor', name=None):
    """The pieces of strings between delimiters: those of a string in a row."""
    with ops.name_scope(name, 'StringSplit', [source]):
        sparse_result = string_ops.string_split(source, sep=sep, skip_empty=skip_empty, delimiter=delimiter)
        return _result(sparse_result, result_type)


def strings_split_v1(input=None, sep=None, maxsplit=-1, result_type='SparseTensor', source=None, name=None):
    """The pieces of strings between separators, as Python's str.split gives them: those of a string in a row."""
    input = deprecation.deprecated_argument_lookup('input', input, 'source', source)
    with ops.name_scope(name, 'StringSplit', [input]):
        input = ops.convert_to_tensor(input, dtype=dtypes.string, name='input')
        sparse_result = string_ops.string_split_v2(input, sep=sep, maxsplit=maxsplit) if input.shape.rank == 1 else None
        return _result(sparse_result, result_type)


def string_split_v2(input, sep=None, maxsplit=-1, name=None):
    """The pieces of strings between separators, as Python's str.split gives them, in ragged rows; of a scalar a vector."""
    with ops.name_scope(name, 'StringSplit', [input]):
        input = ops.convert_to_tensor(input, dtype=dtypes.string, name='input')
        if input.shape.rank == 0:
            return string_ops.string_split_v2(array_ops.stack([input]), sep=sep, maxsplit=maxsplit).values
        sparse_result = string_ops.string_split_v2(input, sep=sep, maxsplit=maxsplit) if input.shape.rank == 1 else None
        return _result(sparse_result, 'RaggedTensor')


def _result(sparse_result, result_type):
    if result_type not in ('SparseTensor', 'RaggedTensor'):
        raise ValueError("result_type must be 'RaggedTensor' or 'SparseTensor'.")
    if sparse_result is None:
        raise NotImplementedError('Only vectors of strings are split yet, into sparse tensors or ragged ones')
    if result_type == 'RaggedTensor':
        from reflow.ops.ragged import ragged_tensor
        return ragged_tensor.RaggedTensor.from_value_rowids(
            sparse_result.values, sparse_result.indices[:, 0], sparse_result.dense_shape[0], validate=False)
    return sparse_result


def _ragged():
    from reflow.ops.ragged import ragged_tensor
    return ragged_tensor


def string_bytes_split(input, name=None):
    """The bytes of strings, each a string: those of a string in a row."""
    ragged = _ragged()
    with ops.name_scope(name, 'StringsByteSplit', [input]):
        input = ragged.convert_to_tensor_or_ragged_tensor(input, name='input')
        if ragged.is_ragged(input):
            return input.with_flat_values(string_bytes_split(input.flat_values))
        rank = input.shape.ndims
        if rank is None:
            raise ValueError('input must have a statically-known rank.')
        if rank == 0:
            return string_bytes_split(array_ops.stack([input])).values
        if rank > 1:
            return string_bytes_split(ragged.RaggedTensor.from_tensor(input))
        indices, values, shape = gen_string_ops.string_split(input, delimiter='', skip_empty=False)
        return ragged.RaggedTensor.from_value_rowids(values, indices[:, 0], shape[0], validate=False)


def unicode_encode(input, output_encoding, errors='replace', replacement_char=65533, name=None):
    """Strings of the code points in the last dimension."""
    ragged = _ragged()
    rest = output_encoding, errors, replacement_char
    with ops.name_scope(name, 'UnicodeEncode', [input]):
        points = ragged.convert_to_tensor_or_ragged_tensor(input)
        rank = points.shape.ndims
        if rank is None:
            raise ValueError('Rank of input_tensor must be statically known.')
        if ragged.is_ragged(points):
            if points.flat_values.shape.ndims > 1:
                return points.with_flat_values(unicode_encode(points.flat_values, *rest))
            if points.ragged_rank > 1:
                return points.with_values(unicode_encode(points.values, *rest))
            return gen_string_ops.unicode_encode(points.values, points.row_splits, output_encoding=output_encoding,
                                                 errors=errors, replacement_char=replacement_char)
        if rank == 0:
            raise ValueError("input_tensor's rank must be at least 1.")
        if rank == 2:
            return unicode_encode(ragged.RaggedTensor.from_tensor(points), *rest)
        if rank > 2:
            flat = array_ops.reshape(points, array_ops.stack([-1, array_ops.shape(points)[-1]]))
            return array_ops.reshape(unicode_encode(flat, *rest), array_ops.shape(points)[:-1])
        splits = array_ops.stack([0, array_ops.shape(points, out_type=dtypes.int32)[0]])
        row = ragged.RaggedTensor.from_row_splits(points, splits, validate=False)
        return array_ops.reshape(unicode_encode(row, *rest), [])


def unicode_decode(input, input_encoding, errors='replace', replacement_char=65533, replace_control_characters=False,
                   name=None):
    """The code points of strings: those of a string in a row."""
    with ops.name_scope(name, 'UnicodeDecode', [input]):
        return _decoded(input, input_encoding, errors, replacement_char, replace_control_characters)[0]


def unicode_decode_with_offsets(input, input_encoding, errors='replace', replacement_char=65533,
                                replace_control_characters=False, name=None):
    """The code points of strings, and the bytes at which they begin."""
    with ops.name_scope(name, 'UnicodeDecodeWithOffsets', [input]):
        return _decoded(input, input_encoding, errors, replacement_char, replace_control_characters, with_offsets=True)


def unicode_split(input, input_encoding, errors='replace', replacement_char=65533, name=None):
    """The characters of strings, each a string: those of a string in a row."""
    with ops.name_scope(name, 'UnicodeSplit', [input]):
        points, = _decoded(input, input_encoding, errors, replacement_char, False)
        return _characters(points, input_encoding, errors, replacement_char)


def unicode_split_with_offsets(input, input_encoding, errors='replace', replacement_char=65533, name=None):
    """The characters of strings, and the bytes at which they begin."""
    with ops.name_scope(name, 'UnicodeSplitWithOffsets', [input]):
        points, offsets = _decoded(input, input_encoding, errors, replacement_char, False, with_offsets=True)
        return _characters(points, input_encoding, errors, replacement_char), offsets


def _characters(points, *encoding):
    """Each code point as a string."""
    flat = getattr(points, 'flat_values', points)
    strings = unicode_encode(array_ops.expand_dims(flat, -1), *encoding)
    return points.with_flat_values(strings) if _ragged().is_ragged(points) else strings


def _decoded(input, input_encoding, errors, replacement_char, replace_control_characters, with_offsets=False):
    """(code points,) or (code points, offsets)."""
    ragged = _ragged()
    input = ragged.convert_to_tensor_or_ragged_tensor(input, name='input')
    rank = input.shape.ndims
    if rank is None:
        raise ValueError('Rank of `input` must be statically known.')
    if rank > 1:
        if not ragged.is_ragged(input):
            input = ragged.RaggedTensor.from_tensor(input, ragged_rank=rank - 1)
        elif input.ragged_rank < rank - 1:
            input = input.with_flat_values(ragged.RaggedTensor.from_tensor(
                input.flat_values, ragged_rank=rank - input.ragged_rank - 1))
    flat = array_ops.reshape(input.flat_values if ragged.is_ragged(input) else input, [-1])
    decode = gen_string_ops.unicode_decode_with_offsets if with_offsets else gen_string_ops.unicode_decode
    splits, *values = decode(input=flat, input_encoding=input_encoding, errors=errors, replacement_char=replacement_char,
                             replace_control_characters=replace_control_characters)
    if rank == 0:
        return tuple(values)
    rows = [ragged.RaggedTensor.from_row_splits(each, splits, validate=False) for each in values]
    return tuple(input.with_flat_values(each) if rank > 1 else each for each in rows)


def _pads(pad_values):
    """What is put before and after a row."""
    if pad_values is None:
        return '', ''
    pads = tuple(pad_values[:2]) if isinstance(pad_values, (list, tuple)) else (pad_values, pad_values)
    if not all(isinstance(each, compat.bytes_or_text_types) for each in pads):
        raise TypeError('pad_values must be a string, tuple of strings, or None.')
    return pads


def ngrams(data, ngram_width, separator=' ', pad_values=None, padding_width=None, preserve_short_sequences=False,
           name=None):
    """`ngram_width` strings after each other in the last dimension, joined; for several widths one after the other."""
    ragged = _ragged()
    rest = ngram_width, separator, pad_values, padding_width, preserve_short_sequences, name
    with ops.name_scope(name, 'StringNGrams', [data]):
        left_pad, right_pad = _pads(pad_values)
        if padding_width is not None and padding_width < 1:
            raise ValueError('padding_width must be greater than 0.')
        if padding_width is not None and pad_values is None:
            raise ValueError('pad_values must be provided if padding_width is set.')
        data = ragged.convert_to_tensor_or_ragged_tensor(data, name='data', dtype=dtypes.string)
        dense_shape = None
        if not ragged.is_ragged(data):
            dense_shape = array_ops.concat([array_ops.shape(data)[:-1], [-1]], axis=0)
            if data.shape.ndims is None:
                raise ValueError('Rank of data must be known.')
            if data.shape.ndims == 0:
                raise ValueError('Data must have rank>0')
            if data.shape.ndims == 1:
                return ngrams(ragged.RaggedTensor.from_row_starts(data, [0], validate=False), *rest).values
            data = ragged.RaggedTensor.from_tensor(data, ragged_rank=data.shape.ndims - 1)
        if data.ragged_rank > 1:
            output = data.with_values(ngrams(data.values, *rest))
            return output if dense_shape is None else array_ops.reshape(output.flat_values, dense_shape)
        widths = list(ngram_width) if isinstance(ngram_width, (list, tuple)) else [ngram_width]
        if any(width < 1 for width in widths):
            raise ValueError('All ngram_widths must be greater than 0. Got %s' % (ngram_width,))
        if pad_values is None:
            padding_width = 0
        elif padding_width is None:
            padding_width = -1
        output, splits = gen_string_ops.string_n_grams(
            data=data.flat_values, data_splits=data.row_splits, separator=separator, ngram_widths=widths, left_pad=left_pad,
            right_pad=right_pad, pad_width=padding_width, preserve_short_sequences=preserve_short_sequences)
        if dense_shape is not None:
            return array_ops.reshape(output, dense_shape)
        return ragged.RaggedTensor.from_row_splits(output, splits, validate=False)
