"""Operations on sparse tensors."""

import numpy as np

from reflow.framework import common_shapes
from reflow.framework import constant_op
from reflow.framework import dtypes
from reflow.framework import ops
from reflow.framework import sparse_tensor
from reflow.framework import tensor_shape
from reflow.framework import tensor_util
from reflow.ops import gen_sparse_ops
from reflow.ops.sparse_arguments import convert_to_sparse_tensor, convert_to_sparse_tensors, ids_and_sizes, parts_of
from reflow.ops.sparse_serialization import (  # noqa: F401 - the names they have in TensorFlow
    deserialize_many_sparse, deserialize_sparse, serialize_many_sparse, serialize_many_sparse_v2, serialize_sparse,
    serialize_sparse_v2)
from reflow.util import compat
from reflow.util import deprecation

SparseTensor = sparse_tensor.SparseTensor


def __getattr__(name):
    """What is an op and nothing more."""
    return getattr(gen_sparse_ops, name)


def _lookup(new_name, new, old_name, old):
    return deprecation.deprecated_argument_lookup(new_name, new, old_name, old)


def from_dense(tensor, name=None):
    """The elements of a tensor that aren't zero, as a sparse tensor."""
    from reflow.ops import array_ops
    from reflow.ops import math_ops
    with ops.name_scope(name, 'dense_to_sparse'):
        tensor = ops.convert_to_tensor(tensor)
        indices = array_ops.where_v2(math_ops.not_equal(tensor, ops.convert_to_tensor(0, tensor.dtype)))
        values = array_ops.gather_nd(tensor, indices)
        return SparseTensor(indices, values, array_ops.shape(tensor, out_type=dtypes.int64))


def sparse_expand_dims(sp_input, axis=None, name=None):
    """The sparse tensor with a dimension of size 1 more."""
    from reflow.ops import array_ops
    rank = sp_input.dense_shape.get_shape()[0]
    with ops.name_scope(name, default_name='expand_dims', values=[sp_input]):
        axis = -1 if axis is None else axis
        if not isinstance(axis, ops.Tensor):
            if not isinstance(axis, compat.integral_types):
                raise TypeError('axis must be an integer value in range [-rank(sp_input) - 1, rank(sp_input)]')
            axis = ops.convert_to_tensor(axis, name='axis', dtype=dtypes.int32)
        axis = array_ops.where_v2(axis >= 0, axis, axis + rank + 1)
        # A column of zeros among those of the indices, and a 1 among the sizes.
        zeros = array_ops.zeros([array_ops.shape(sp_input.indices)[0], 1], dtype=dtypes.int64)
        columns = [array_ops.slice(sp_input.indices, begin, size) for begin, size in (
            ([0, 0], [-1, axis]), ([0, axis], [-1, -1]))]
        indices = array_ops.concat([columns[0], zeros, columns[1]], axis=1)
        sizes = [array_ops.slice(sp_input.dense_shape, begin, size) for begin, size in (([0], [axis]), ([axis], [-1]))]
        one = ops.convert_to_tensor([1], name='new_shape', dtype=dtypes.int64)
        return SparseTensor(indices, sp_input.values, array_ops.concat([sizes[0], one, sizes[1]], axis=0))


def sparse_eye(num_rows, num_columns=None, dtype=dtypes.float32, name=None):
    """The identity matrix."""
    from reflow.ops import array_ops
    from reflow.ops import math_ops
    with ops.name_scope(name, default_name='eye', values=[num_rows, num_columns]):
        num_rows = _int64_scalar(num_rows, 'num_rows')
        num_columns = num_rows if num_columns is None else _int64_scalar(num_columns, 'num_columns')
        diag_size = math_ops.minimum(num_rows, num_columns)
        diag_range = math_ops.range(diag_size, dtype=dtypes.int64)
        return SparseTensor(indices=array_ops.stack([diag_range, diag_range], axis=1),
                            values=array_ops.ones(diag_size, dtype=dtype), dense_shape=[num_rows, num_columns])


def _int64_scalar(value, name):
    return ops.convert_to_tensor(value, dtype=dtypes.int64, name=name) if not isinstance(value, ops.Tensor) else value


def sparse_concat(axis, sp_inputs, name=None, expand_nonconcat_dim=False, concat_dim=None, expand_nonconcat_dims=None):
    """Sparse tensors joined along a dimension."""
    expand_nonconcat_dims = _lookup('expand_nonconcat_dims', expand_nonconcat_dims, 'expand_nonconcat_dim',
                                    expand_nonconcat_dim)
    axis = _lookup('axis', axis, 'concat_dim', concat_dim)
    return sparse_concat_v2(axis, sp_inputs, expand_nonconcat_dims, name)


def sparse_concat_v2(axis, sp_inputs, expand_nonconcat_dims=False, name=None):
    """Sparse tensors joined along a dimension."""
    from reflow.ops import array_ops
    from reflow.ops import math_ops
    sp_inputs = convert_to_sparse_tensors(sp_inputs)
    if len(sp_inputs) == 1:
        return sp_inputs[0]
    parts = [parts_of(sp_input) for sp_input in sp_inputs]
    indices, values, shapes = ([part[i] for part in parts] for i in range(3))
    if expand_nonconcat_dims:
        behind = None if axis == -1 else axis + 1
        largest = math_ops.reduce_max(array_ops.concat([array_ops.reshape(shape, [1, -1]) for shape in shapes], 0), 0)
        shapes = [array_ops.concat([largest[:axis], shape[axis:behind], largest[behind:] if behind is not None else []], 0)
                  for shape in shapes]
    indices, values, shape = gen_sparse_ops.sparse_concat(indices, values, shapes, axis, name=name)
    known = [tensor_util.constant_value(each) for each in shapes]
    if known and all(each is not None for each in known):
        joined = known[0]
        joined[axis] = sum(each[axis] for each in known)
        shape = ops.convert_to_tensor(joined)
    return SparseTensor(indices, values, shape)


def sparse_add(a, b, threshold=None, thresh=None):
    """The sum of tensors of which one is sparse; elements below `threshold` are left out."""
    threshold = _lookup('threshold', threshold, 'thresh', thresh)
    return sparse_add_v2(a, b, 0 if threshold is None else threshold)


def sparse_add_v2(a, b, threshold=0):
    """The sum of tensors of which one is sparse; elements below `threshold` are left out."""
    are_sparse = [isinstance(value, (SparseTensor, sparse_tensor.SparseTensorValue)) for value in (a, b)]
    if not any(are_sparse):
        raise TypeError('At least one input should be SparseTensor; do you mean to use tf.add()?')
    if all(are_sparse):
        return _sparse_sum(convert_to_sparse_tensor(a), convert_to_sparse_tensor(b), threshold)
    one, dense = (a, b) if are_sparse[0] else (b, a)
    return gen_sparse_ops.sparse_tensor_dense_add(*parts_of(one), dense)


def _sparse_sum(a, b, threshold):
    threshold = ops.convert_to_tensor(threshold, dtype=a.values.dtype.real_dtype.base_dtype, name='threshold')
    indices, values, shape = gen_sparse_ops.sparse_add(*parts_of(a), *parts_of(b), threshold)
    a.get_shape().assert_is_compatible_with(b.get_shape())
    known = common_shapes.broadcast_shape(a.get_shape(), b.get_shape())
    return SparseTensor(indices, values, known.as_list() if known.is_fully_defined() else shape)


def _sparse_cross(inputs, name=None):
    """Strings of the combinations of features in each row."""
    return _sparse_cross_internal(inputs=inputs, hashed_output=False, name=name)


sparse_cross = _sparse_cross


def _sparse_cross_hashed(inputs, num_buckets=0, hash_key=None, name=None):
    """Hashes of the combinations of features in each row."""
    return _sparse_cross_internal(inputs=inputs, hashed_output=True, num_buckets=num_buckets, hash_key=hash_key,
                                  name=name)


sparse_cross_hashed = _sparse_cross_hashed
_DEFAULT_HASH_KEY = 0xDECAFCAFFE


def _sparse_cross_internal(inputs, hashed_output=False, num_buckets=0, hash_key=None, name=None):
    from reflow.ops import math_ops
    if not isinstance(inputs, (tuple, list)):
        raise TypeError('Inputs must be a list')
    if not all(isinstance(value, (SparseTensor, ops.Tensor)) for value in inputs):
        raise TypeError('All inputs must be SparseTensors')

    def with_type_of_op(tensors):
        return [each if each.dtype in (dtypes.string, dtypes.int64) else math_ops.cast(each, dtypes.int64) for each in tensors]

    sparse = [value for value in inputs if isinstance(value, SparseTensor)]
    dense = [value for value in inputs if not isinstance(value, SparseTensor)]
    # Strings stay, numbers are int64; where there are both, numbers say how elements are combined.
    has_numbers = any(value.dtype != dtypes.string for value in inputs)
    values = with_type_of_op([value.values for value in sparse])
    return SparseTensor(*gen_sparse_ops.sparse_cross(
        [value.indices for value in sparse], values, [value.dense_shape for value in sparse], with_type_of_op(dense),
        hashed_output=hashed_output, num_buckets=num_buckets, hash_key=hash_key or _DEFAULT_HASH_KEY,
        out_type=dtypes.int64 if hashed_output else dtypes.string,
        internal_type=dtypes.int64 if has_numbers else dtypes.string, name=name))


def sparse_dense_cwise_add(sp_t, dense_t):
    """The elements of the sparse tensor with those of the dense one added."""
    return SparseTensor(sp_t.indices, gen_sparse_ops.sparse_dense_cwise_add(
        sp_t.indices, sp_t.values, sp_t.dense_shape, dense_t), sp_t.dense_shape)


def sparse_reorder(sp_input, name=None):
    """The sparse tensor with its indices in order."""
    sp_input = convert_to_sparse_tensor(sp_input)
    reordered_ind, reordered_val = gen_sparse_ops.sparse_reorder(sp_input.indices, sp_input.values, sp_input.dense_shape,
                                                                 name=name)
    from reflow.ops import array_ops
    if sp_input.get_shape().is_fully_defined():
        return SparseTensor(reordered_ind, reordered_val, sp_input.get_shape().as_list())
    return SparseTensor(reordered_ind, reordered_val, array_ops.identity(sp_input.dense_shape))


def sparse_reshape(sp_input, shape, name=None):
    """The same elements in another shape, of which one dimension may be -1."""
    from reflow.ops import array_ops
    from reflow.ops import math_ops
    sp_input = convert_to_sparse_tensor(sp_input)
    shape = math_ops.cast(shape, dtype=dtypes.int64)
    with ops.name_scope(name, 'SparseReshape', [sp_input]) as name:
        reshaped_ind, reshaped_shape = gen_sparse_ops.sparse_reshape(sp_input.indices, sp_input.dense_shape, shape,
                                                                     name=name)
        static_shape = _reshaped(sp_input.get_shape(), shape)
        if static_shape is not None:
            reshaped_shape = constant_op.constant(static_shape, dtype=dtypes.int64)
        return SparseTensor(reshaped_ind, array_ops.identity(sp_input.values), reshaped_shape)


def _reshaped(old_shape, shape):
    """The sizes that a reshape gives; None: they aren't known. ValueError: the shapes don't fit."""
    sizes = tensor_util.constant_value_as_shape(shape)
    if sizes.ndims is None or not old_shape.is_fully_defined():
        return None
    given = tensor_util.constant_value(shape)
    if given is not None and sum(size == -1 for size in given) > 1:
        raise ValueError('At most one dimension can be inferred (-1). Found: %s' % given)
    sizes = sizes.as_list()
    asked = list(sizes)
    number = int(np.prod(old_shape.as_list()))
    if sizes.count(None) == 1:
        i = sizes.index(None)
        sizes[i] = int(number // np.prod(sizes[:i] + sizes[i + 1:]))
    if None in sizes:
        return None
    if np.prod(sizes) != number:
        raise ValueError('Cannot reshape a tensor with %d elements to shape %s (%d elements).' % (
            number, asked, np.prod(sizes)))
    return sizes


class KeywordRequired:
    """The default of an argument in front of those that are given by keyword."""

    def __repr__(self):
        return 'KeywordRequired()'


def sparse_split(keyword_required=KeywordRequired(), sp_input=None, num_split=None, axis=None, name=None,
                 split_dim=None):
    """The sparse tensor cut along a dimension into `num_split` ones."""
    if not isinstance(keyword_required, KeywordRequired):
        raise ValueError('Keyword arguments are required for this function.')
    if sp_input is None:
        raise ValueError('sp_input is required')
    if num_split is None:
        raise ValueError('num_split is required')
    axis = _lookup('axis', axis, 'split_dim', split_dim)
    if axis is None:
        raise ValueError('axis is required')
    return sparse_split_v2(sp_input, num_split, axis, name)


def sparse_split_v2(sp_input=None, num_split=None, axis=None, name=None):
    """The sparse tensor cut along a dimension into `num_split` ones."""
    sp_input = convert_to_sparse_tensor(sp_input)
    inds, vals, shapes = gen_sparse_ops.sparse_split(axis, sp_input.indices, sp_input.values, sp_input.dense_shape,
                                                     num_split, name=name)
    return [SparseTensor(inds[i], vals[i], shapes[i]) for i in range(num_split)]


def sparse_slice(sp_input, start, size, name=None):
    """A part of the sparse tensor."""
    sp_input = convert_to_sparse_tensor(sp_input)
    start = ops.convert_to_tensor(start, dtypes.int64)
    size = ops.convert_to_tensor(size, dtypes.int64)
    with ops.name_scope(name, 'SparseSlice', [sp_input]) as name:
        return SparseTensor(*gen_sparse_ops.sparse_slice(sp_input.indices, sp_input.values, sp_input.dense_shape, start,
                                                         size, name=name))


def sparse_to_dense(sparse_indices, output_shape, sparse_values, default_value=0, validate_indices=True, name=None):
    """A tensor with these values at these places, and the default elsewhere."""
    return gen_sparse_ops.sparse_to_dense(sparse_indices, output_shape, sparse_values, default_value=default_value,
                                          validate_indices=validate_indices, name=name)


def _reduction(name, doc):
    """Both forms of a reduction: that of TensorFlow 1, and that with output_is_sparse."""
    op_dense, op_sparse = 'sparse_reduce_' + name, 'sparse_reduce_%s_sparse' % name

    def v2(sp_input, axis=None, keepdims=None, output_is_sparse=False, name=None):
        if keepdims is None:
            keepdims = False
        axes = _reduction_axes(sp_input, axis)
        if output_is_sparse:
            return SparseTensor(*getattr(gen_sparse_ops, op_sparse)(
                sp_input.indices, sp_input.values, sp_input.dense_shape, axes, keepdims, name=name))
        return getattr(gen_sparse_ops, op_dense)(sp_input.indices, sp_input.values, sp_input.dense_shape, axes, keepdims,
                                                 name=name)

    def v1(sp_input, axis=None, keepdims=None, reduction_axes=None, keep_dims=None):
        keepdims = _lookup('keepdims', keepdims, 'keep_dims', keep_dims)
        return v2(sp_input, _lookup('axis', axis, 'reduction_axes', reduction_axes), keepdims)

    def v1_sparse(sp_input, axis=None, keepdims=None, reduction_axes=None, keep_dims=None):
        keepdims = _lookup('keepdims', keepdims, 'keep_dims', keep_dims)
        return v2(sp_input, _lookup('axis', axis, 'reduction_axes', reduction_axes), keepdims, output_is_sparse=True)

    for function, suffix in ((v1, ''), (v1_sparse, '_sparse'), (v2, '_v2')):
        function.__doc__ = doc
        function.__name__ = function.__qualname__ = op_dense + suffix
    return v1, v1_sparse, v2


def _reduction_axes(sp_input, axis):
    """`axis`, or all dimensions."""
    from reflow.ops import math_ops
    if axis is not None:
        return axis
    rank = sp_input.get_shape().ndims
    if rank is None and sp_input.dense_shape.shape.is_fully_defined():
        rank = sp_input.dense_shape.shape.dims[0].value
    if rank is not None:
        return constant_op.constant(np.arange(rank), dtype=dtypes.int32)
    from reflow.ops import array_ops
    return math_ops.range(0, array_ops.rank(sp_input))


sparse_reduce_max, sparse_reduce_max_sparse, sparse_reduce_max_v2 = _reduction(
    'max', 'The largest of the elements along dimensions.')
sparse_reduce_sum, sparse_reduce_sum_sparse, sparse_reduce_sum_v2 = _reduction(
    'sum', 'The sum of the elements along dimensions.')


def sparse_tensor_to_dense(sp_input, default_value=None, validate_indices=True, name=None):
    """The tensor that a sparse one stands for."""
    from reflow.ops import array_ops
    sp_input = convert_to_sparse_tensor(sp_input)
    if default_value is None:
        default_value = array_ops.zeros([], dtype=sp_input.dtype)
    return gen_sparse_ops.sparse_to_dense(sp_input.indices, sp_input.dense_shape, sp_input.values,
                                          default_value=default_value, validate_indices=validate_indices, name=name)


def sparse_to_indicator(sp_input, vocab_size, name=None):
    """Bools: which of the ids below `vocab_size` each row has."""
    from reflow.ops import array_ops
    sp_input = convert_to_sparse_tensor(sp_input)
    with ops.name_scope(name, 'SparseToIndicator', [sp_input]) as name:
        count = array_ops.shape(sp_input.indices)[0]
        are_there = array_ops.fill(array_ops.expand_dims(count, 0), True)
        of_ids = sparse_merge_impl(sp_input, SparseTensor(sp_input.indices, are_there, sp_input.dense_shape), vocab_size, name)
        # Several ids of a row may be the same.
        return sparse_tensor_to_dense(of_ids, default_value=False, validate_indices=False, name=name)


@deprecation.deprecated(None, 'No similar op available at this time.')
def sparse_merge(sp_ids, sp_values, vocab_size, name=None, already_sorted=False):
    """A sparse tensor of values at the places that ids name."""
    return sparse_merge_impl(sp_ids, sp_values, vocab_size, name, already_sorted)


def sparse_merge_impl(sp_ids, sp_values, vocab_size, name=None, already_sorted=False):
    """A sparse tensor of values at the places that ids name: the ids stand in place of the last index."""
    from reflow.ops import array_ops
    from reflow.ops import math_ops
    sp_ids, vocab_size = ids_and_sizes(sp_ids, vocab_size)
    with ops.name_scope(name, 'SparseMerge', [sp_ids, sp_values]):
        sp_ids = convert_to_sparse_tensors(sp_ids)
        values = convert_to_sparse_tensor(sp_values).values
        columns = []
        for each in sp_ids:
            ids = each.values if each.dtype == dtypes.int64 else math_ops.cast(each.values, dtypes.int64)
            columns.append(array_ops.expand_dims(ids, axis=1))
        sizes = [math_ops.cast(size, dtypes.int64) for size in vocab_size]
        places = array_ops.concat([sp_ids[0].indices[:, :-1], *columns], 1)
        shape = array_ops.concat([sp_ids[0].dense_shape[:-1], sizes], 0)
        merged = SparseTensor(places, values, shape)
        if not already_sorted:
            in_order = sparse_reorder(merged)
            merged = SparseTensor(in_order.indices, in_order.values, shape)
        return merged


def sparse_retain(sp_input, to_retain):
    """The elements of the sparse tensor where `to_retain` is true."""
    from reflow.ops import array_ops
    sp_input = convert_to_sparse_tensor(sp_input)
    to_retain = ops.convert_to_tensor(to_retain)
    to_retain.get_shape().assert_has_rank(1)
    counts = sp_input.values.get_shape()
    if counts.dims is not None:
        counts.dims[0].merge_with(tensor_shape.dimension_at_index(to_retain.get_shape(), 0))
    kept = array_ops.reshape(array_ops.where_v2(to_retain), [-1])
    indices, values = array_ops.gather(sp_input.indices, kept), array_ops.gather(sp_input.values, kept)
    return SparseTensor(indices, values, array_ops.identity(sp_input.dense_shape))


def sparse_reset_shape(sp_input, new_shape=None):
    """The sparse tensor in a larger shape, or in the smallest that holds its elements."""
    from reflow.ops import array_ops
    from reflow.ops import math_ops
    sp_input = convert_to_sparse_tensor(sp_input)
    indices, values, shape = map(array_ops.identity, parts_of(sp_input))
    if new_shape is None:
        largest = math_ops.reduce_max(indices, axis=0)
        # 0 where there are no elements, whose largest index is the least number.
        zero = ops.convert_to_tensor(0, dtype=dtypes.int64)
        return SparseTensor(indices, values, math_ops.maximum(zero, math_ops.add(largest, array_ops.ones_like(shape))))
    return SparseTensor(indices, values, _larger_shape(new_shape, shape, sp_input.get_shape()))


def _larger_shape(new_shape, shape, static_shape):
    """`new_shape`, which is at least `shape`. ValueError: it is known not to be; else an assertion says so in the run."""
    from reflow.ops import array_ops
    from reflow.ops import check_ops
    from reflow.ops import control_flow_ops
    from reflow.ops import math_ops
    new_shape = ops.convert_to_tensor(new_shape)
    new_shape.get_shape().assert_has_rank(1)
    new_shape = math_ops.cast(new_shape, dtypes.int64)
    if None not in (new_shape.get_shape().dims, shape.get_shape().dims):
        new_shape.get_shape().dims[0].merge_with(shape.get_shape().dims[0])
    known = tensor_util.constant_value(new_shape)
    if known is None or not static_shape.is_fully_defined():
        ranks = check_ops.assert_equal(array_ops.shape(shape), array_ops.shape(new_shape))
        new_shape = control_flow_ops.with_dependencies([ranks], new_shape)
        return control_flow_ops.with_dependencies([check_ops.assert_less_equal(shape, new_shape)], new_shape)
    sizes = np.array(static_shape.as_list())
    if np.any(sizes > known):
        raise ValueError('Requested new_shape should have dimension sizes >= sp_input.shape.  Found new_shape (%s), '
                         'sp_input.shape (%s).' % (sizes, known))
    return known


def sparse_fill_empty_rows(sp_input, default_value, name=None):
    """The sparse tensor with `default_value` in each row that has nothing, and bools: which rows those are."""
    sp_input = convert_to_sparse_tensor(sp_input)
    with ops.name_scope(name, 'SparseFillEmptyRows', [sp_input]):
        default_value = ops.convert_to_tensor(default_value, dtype=sp_input.values.dtype)
        indices, values, are_empty, _ = gen_sparse_ops.sparse_fill_empty_rows(*parts_of(sp_input), default_value)
        return SparseTensor(indices, values, sp_input.dense_shape), are_empty


def sparse_tensor_dense_matmul(sp_a, b, adjoint_a=False, adjoint_b=False, name=None):
    """The product of a sparse matrix and a dense one."""
    indices, values, shape = parts_of(convert_to_sparse_tensor(sp_a))
    with ops.name_scope(name, 'SparseTensorDenseMatMul', [indices, values, b]):
        b = ops.convert_to_tensor(b, name='b')
        return gen_sparse_ops.sparse_tensor_dense_mat_mul(indices, values, shape, b, adjoint_a, adjoint_b)


def sparse_softmax(sp_input, name=None):
    """The softmax of each row of a batch of sparse matrices."""
    with ops.name_scope(name, 'SparseSoftmax', [sp_input.indices, sp_input.values]):
        values = gen_sparse_ops.sparse_softmax(*parts_of(sp_input))
        return SparseTensor(sp_input.indices, values, sp_input.dense_shape)


def sparse_maximum(sp_a, sp_b, name=None):
    """The larger elements of two sparse tensors of one shape."""
    return _sparse_of_two(gen_sparse_ops.sparse_sparse_maximum, 'SparseSparseMaximum', sp_a, sp_b, name)


def sparse_minimum(sp_a, sp_b, name=None):
    """The smaller elements of two sparse tensors of one shape."""
    return _sparse_of_two(gen_sparse_ops.sparse_sparse_minimum, 'SparseSparseMinimum', sp_a, sp_b, name)


def _sparse_of_two(function, scope, sp_a, sp_b, name):
    with ops.name_scope(name, scope, [*parts_of(sp_a)[:2], *parts_of(sp_b)[:2]]) as name:
        indices, values = function(*parts_of(sp_a), *parts_of(sp_b), name=name)
    return SparseTensor(indices, values, sp_a.dense_shape)


def sparse_transpose(sp_input, perm=None, name=None):
    """The sparse tensor with its dimensions in another order, reversed by default."""
    from reflow.ops import array_ops
    with ops.name_scope(name, 'SparseTranspose', [sp_input]) as name:
        if perm is None:
            from reflow.ops import math_ops
            rank = array_ops.rank(sp_input)
            perm = (rank - 1) - math_ops.range(0, rank, 1)
        indices = sp_input.indices
        transposed_indices = array_ops.transpose(array_ops.gather(array_ops.transpose(indices), perm))
        order = tensor_util.constant_value(ops.convert_to_tensor(perm))
        if order is not None and sp_input.get_shape().is_fully_defined():
            sizes = sp_input.get_shape().as_list()
            dense_shape = [sizes[i] for i in order]
        else:
            dense_shape = array_ops.gather(sp_input.dense_shape, perm)
        return sparse_reorder(SparseTensor(transposed_indices, sp_input.values, dense_shape))
