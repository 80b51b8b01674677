"""Sets along the last dimension of tensors."""

from reflow.framework import dtypes
from reflow.framework import sparse_tensor
from reflow.ops import gen_set_ops

_VALID_DTYPES = frozenset([dtypes.int8, dtypes.int16, dtypes.int32, dtypes.int64, dtypes.uint8, dtypes.uint16,
                           dtypes.string])


def set_size(a, validate_indices=True):
    """The number of different elements along the last dimension."""
    sets = sparse_tensor.convert_to_tensor_or_sparse_tensor(a, name='a')
    if not sparse_tensor.is_sparse(sets):
        raise TypeError('Expected `SparseTensor`, got %s.' % sets)
    if sets.dtype.base_dtype not in _VALID_DTYPES:
        raise TypeError('Invalid dtype %s.' % sets.dtype)
    return gen_set_ops.set_size(*_parts(sets), validate_indices)


def _parts(sparse):
    return sparse.indices, sparse.values, sparse.dense_shape


def _convert_to_tensors_or_sparse_tensors(a, b):
    """Both sets as tensors, and whether they have changed places: the dense one of two kinds comes first."""
    a = sparse_tensor.convert_to_tensor_or_sparse_tensor(a, name='a')
    if a.dtype.base_dtype not in _VALID_DTYPES:
        raise TypeError("'a' invalid dtype %s." % a.dtype)
    b = sparse_tensor.convert_to_tensor_or_sparse_tensor(b, name='b')
    if a.dtype.base_dtype != b.dtype.base_dtype:
        raise TypeError("Types don't match, %s vs %s." % (a.dtype, b.dtype))
    change_places = sparse_tensor.is_sparse(a) and not sparse_tensor.is_sparse(b)
    return (b, a, True) if change_places else (a, b, False)


def _set_operation(a, b, set_operation, validate_indices=True):
    operations = {(False, False): gen_set_ops.dense_to_dense_set_operation,
                  (False, True): gen_set_ops.dense_to_sparse_set_operation,
                  (True, True): gen_set_ops.sparse_to_sparse_set_operation}
    kinds = sparse_tensor.is_sparse(a), sparse_tensor.is_sparse(b)
    if kinds not in operations:
        raise ValueError('Sparse,Dense is not supported, but Dense,Sparse is. Please flip the order of your inputs.')
    operands = [part for each, is_sparse in zip((a, b), kinds) for part in (_parts(each) if is_sparse else (each,))]
    return sparse_tensor.SparseTensor(*operations[kinds](*operands, set_operation, validate_indices))


def set_intersection(a, b, validate_indices=True):
    """What is in both sets."""
    a, b, _ = _convert_to_tensors_or_sparse_tensors(a, b)
    return _set_operation(a, b, 'intersection', validate_indices)


def set_difference(a, b, aminusb=True, validate_indices=True):
    """What is in `a` and not in `b`; with aminusb=False what is in `b` and not in `a`."""
    a, b, flipped = _convert_to_tensors_or_sparse_tensors(a, b)
    if flipped:
        aminusb = not aminusb
    return _set_operation(a, b, 'a-b' if aminusb else 'b-a', validate_indices)


def set_union(a, b, validate_indices=True):
    """What is in one of the sets."""
    a, b, _ = _convert_to_tensors_or_sparse_tensors(a, b)
    return _set_operation(a, b, 'union', validate_indices)
