"""Splitting strings."""

from reflow.framework import dtypes
from reflow.framework import ops
from reflow.ops import string_ops
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
